# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent stores is judged by the rules of its model, as it is stored.

A sending that a later job makes runs as another user, in another transaction, so the
row or field that arms it, or says what an armed one sends, is where an agent is still
known. What each model adds is in its own ``_agent_guard_rules``.
"""

from odoo import SUPERUSER_ID, api, models

from ..tools.acts import in_job
from ..tools.rules import Rule
from ..tools.who import actor_of

#: A stored field to one of these on any lasting record, such as a stage, says what is
#: sent later, when a colleague or a job gets there.
TEMPLATES = {"mail.template": "e-mail by template", "sms.template": "SMS by template"}
#: Types whose values can be compared before they are stored.
COMPARED = {
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "selection",
    "text",
}
RECIPIENT_FIELDS = ("partner_id", "email", "email_normalized")


class Base(models.AbstractModel):
    _inherit = "base"

    #: Whether a template of this model only fills a draft; what is sent is judged
    #: when it is.
    _agent_guard_drafts = False

    # ------------------------------------------------------------------
    # The one way into the guard that create and write have, on any model
    # ------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if actor_of(self.env) is None:
            return super().create(vals_list)
        return self._agent_guard_create(vals_list)

    def write(self, vals):
        if actor_of(self.env) is None:
            if self.env.uid == SUPERUSER_ID or in_job.get():
                self._agent_guard_before_job_writes()
            return super().write(vals)
        return self._agent_guard_write(vals)

    @api.model
    def _agent_guard_create(self, vals_list):
        """``create`` in an agent's call: each concern extends it as it would that one,
        and a person's call passes by all of them at once."""
        # pylint: disable-next=super-method-mismatch
        records = super().create(vals_list)
        self.env["strictbase.agent.guard"]._note_made(records)
        names = {name for vals in vals_list for name in vals}
        records._agent_guard_check(names, created=True)
        return records

    def _agent_guard_write(self, vals):
        """``write`` in an agent's call, as above."""
        self._agent_guard_check_contacts(vals)
        changed = self._agent_guard_changed(vals)
        # pylint: disable-next=super-method-mismatch
        res = super().write(vals)
        if changed:
            self._agent_guard_check(changed)
        return res

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------
    @api.model
    def _agent_guard_rules(self):
        """Companions extend this list for the models of their application."""
        rules = []
        if self._transient or self._agent_guard_drafts:
            return rules
        for name, field in self._fields.items():
            if field.store and field.comodel_name in TEMPLATES:
                rules.append(
                    Rule(
                        TEMPLATES[field.comodel_name],
                        frozenset({name}),
                        lambda r, name=name: r[name],
                        given=True,
                    )
                )
        return rules

    def _agent_guard_changed(self, vals):
        """Names of these values without those that say what is there already."""
        judged = set()
        for rule in self._agent_guard_rules():
            judged |= set(vals) if rule.fields is None else rule.fields & set(vals)
        records = self.sudo()
        kept = set()
        for name in judged:
            field = self._fields.get(name)
            if field is None or not field.store or field.type not in COMPARED:
                continue
            try:
                new = field.convert_to_cache(vals[name], records)
            except (TypeError, ValueError):
                continue  # Odoo says so when it is stored
            if all(
                field.convert_to_cache(record[name], record) == new
                for record in records
            ):
                kept.add(name)
        return set(vals) - kept

    def _agent_guard_check(self, names, created=False):
        """Ask for approval of what these rows, with values so named, would send."""
        items = []
        for rule in self._agent_guard_rules():
            if not rule.is_met(names, created):
                continue
            records = self.sudo()
            if rule.items:
                found = getattr(records, rule.items)()
            else:
                found = records._agent_guard_armed(rule)
            optional = {
                n for n in names if n in self._fields and not self._fields[n].required
            }
            way = rule.way_inside(optional if rule.given or not created else ())
            for item in found:
                item.instead = item.instead or way
            items += found
        self.env["strictbase.agent.guard"]._egress(items)

    def _agent_guard_armed(self, rule):
        """A manifest line for each of these rows that the rule says sends."""
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        items = []
        for record in self:
            if rule.when is not None and not rule.when(record):
                continue
            recipients = record._agent_guard_armed_recipients(actor)
            if recipients:
                items.append(
                    guard._new_egress(
                        rule.channel,
                        recipients,
                        record,
                        subject=record.display_name or "",
                        target=(record._name, record.id),
                    )
                )
        return items

    def _agent_guard_held_item(self, held):
        """The manifest line of what is held about this record, as it is now."""
        guard = self.env["strictbase.agent.guard"]
        return guard._new_egress(
            held.channel,
            held.recipients or [],
            self.env[held.model].browse(held.res_id) if held.model else None,
            subject=held.subject or "",
            digest=held.content_digest or "",
            target=(self._name, self.id),
        )

    def _agent_guard_put_back(self, payload):
        """An approver has released what was held about this record."""

    def _agent_guard_dropped(self):
        """An approver has decided that it does not leave."""

    def _agent_guard_armed_recipients(self, actor):
        """Whom it is for, as far as the row says; empty if all of them are inside."""
        guard = self.env["strictbase.agent.guard"]
        found = []
        known = False
        for name in RECIPIENT_FIELDS:
            field = self._fields.get(name)
            if field is None or not self[name]:
                continue
            if field.type == "many2one" and field.comodel_name == "res.partner":
                known = True
                outside = guard._outside_partners(self[name])
                found += guard._as_recipients(outside)
            elif field.type == "char":
                known = True
                found += [
                    {"name": "", "address": address}
                    for address in guard._outside_addresses(self[name])
                ]
        if "message_partner_ids" in self._fields:
            # what is sent about a record goes to those who follow it, too
            outside = guard._outside_partners(self.message_partner_ids)
            found += guard._as_recipients(outside)
        if not known:
            return [{"name": self.display_name or self._description, "address": ""}]
        return [r for i, r in enumerate(found) if r not in found[:i]]
