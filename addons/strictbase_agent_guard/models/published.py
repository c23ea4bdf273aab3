# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whatever shows a record to people outside is an outbound act, by any road.

Roads are known by what a field means (published, public, a visibility, a group that
people outside are in) and by asking as the public user whether a page is there to be
read. Ordinary fields that portal users may read, such as the name of a task, are no
messages, unless an administrator has set ``strict_fields``.
"""

import re

from odoo import api, models
from odoo.tools import SQL, clean_context, ormcache

from ..tools.rules import Rule

STRICT_FIELDS = "strictbase_agent_guard.strict_fields"

PUBLISHED = "is_published"
PUBLISHES = re.compile(
    r"(?:^|_)(?:public|published|visible_to_customers|on_website|portal_visible|"
    r"ecommerce_ok|website_visible|visible_by_everyone|shown_on_\w+)$|^selectable$"
)
#: Selections that say who may see a record, and how open it is when it is not only us.
VISIBILITY = re.compile(
    r"visibility$|^privacy$|access_mode$|audience$|^enroll$|sharing$|_via_link$"
    r"|^attached_on_"
)
OUTSIDE = {
    "anonymous": 3,
    "anyone": 3,
    "everyone": 3,
    "inside": 3,
    "public": 3,
    "quotation": 3,
    "sale_order": 3,
    "website": 3,
    "connected": 2,
    "logged_in": 2,
    "logged_users": 2,
    "portal": 2,
    "invited_users": 1,
    "link": 1,
}
WORDS = {"char", "html", "text"}
#: What a visitor is told by Odoo itself; shown without any right of the visitor's.
SPOKEN = {
    "chatbot.script",
    "chatbot.script.answer",
    "chatbot.script.step",
    "im_livechat.channel",
    "im_livechat.channel.rule",
}
#: Whoever is in a group of such members gets what anybody writes to it.
MEMBER = ".member"
#: Where a link leads that people outside may have already.
LEADING = {"link.tracker": frozenset({"url"})}
#: These have rules of their own.
APART = {
    "discuss.channel",
    "discuss.channel.member",
    "mail.message",
    "mail.message.reaction",
    "mail.notification",
}
EVERYONE = {"name": "everyone on the website", "address": ""}
PORTAL = {"name": "portal users who can open it", "address": ""}


class StrictbaseAgentGuard(models.AbstractModel):
    # a part of it by its concern
    _inherit = "strictbase.agent.guard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @ormcache("xmlids", cache="stable")
    def _models_open_to(self, *xmlids):
        """Models that these groups may read, as far as access rights go."""
        groups = self.env["res.groups"].sudo()
        for xmlid in xmlids:
            group = self.env.ref(xmlid, raise_if_not_found=False)
            groups |= group.sudo() if group else groups.browse()
        groups |= groups.all_implied_ids
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT model.model
                  FROM ir_model_access access
                  JOIN ir_model model ON model.id = access.model_id
                 WHERE access.active AND access.perm_read
                   AND (access.group_id IS NULL OR access.group_id = ANY(%s))
                """,
                list(groups.ids),
            )
        )
        return frozenset(name for (name,) in self.env.cr.fetchall())

    @api.model
    def _is_strict_about_fields(self):
        value = self.env["ir.config_parameter"].sudo().get_param(STRICT_FIELDS)
        return value in ("1", "True")


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        records = super()._agent_guard_create(vals_list)
        if self._transient:
            return records
        opened = records.browse()
        plain = self.with_context(clean_context(self.env.context))
        for record, vals in zip(records, vals_list, strict=True):
            if not record._agent_guard_is_written(vals):
                continue
            names = [name for name in vals if self._agent_guard_opens(name)]
            default = plain.default_get(names) if names else {}
            if any(
                self._agent_guard_openness(name, vals[name])
                > self._agent_guard_openness(name, default.get(name))
                for name in names
            ) or (PUBLISHED in self._fields and record.sudo()[PUBLISHED]):
                opened |= record
        opened.sudo()._agent_guard_check_opened()
        return records

    def _agent_guard_write(self, vals):
        if self._transient:
            return super()._agent_guard_write(vals)
        records = self.sudo()
        opened = records.browse()
        for name in filter(self._agent_guard_opens, vals):
            now = self._agent_guard_openness(name, vals[name])
            if now:
                opened |= records.filtered(
                    lambda record, name=name, now=now: record._agent_guard_is_written(
                        vals
                    )
                    and record._agent_guard_openness(name, record[name]) < now
                )
        seen = records._agent_guard_seen_by_public()
        res = super()._agent_guard_write(vals)
        # by whatever value: unarchived, dated, validated, …
        opened |= records.exists()._agent_guard_seen_by_public() - seen
        opened.exists()._agent_guard_check_opened()
        return res

    # ------------------------------------------------------------------
    # What a field means
    # ------------------------------------------------------------------
    @api.model
    def _agent_guard_opens(self, name):
        """Whether this field says who may see a record."""
        field = self._fields.get(name)
        if field is None or self._name in APART:
            return False
        if name == PUBLISHED and not self._agent_guard_is_open_to_site():
            return False
        if field.type == "boolean":
            return bool(PUBLISHES.search(name))
        return field.type == "selection" and bool(VISIBILITY.search(name))

    @api.model
    def _agent_guard_is_open_to_site(self):
        """Whether publishing one shows it to the site; colleagues publish to each
        other, too."""
        guard = self.env["strictbase.agent.guard"]
        return "website_published" in self._fields or self._name in (
            guard._models_open_to("base.group_public", "base.group_portal")
        )

    @api.model
    def _agent_guard_openness(self, name, value):
        if isinstance(value, bool):
            return int(value)
        if name.endswith("_via_link"):
            return int(value not in (False, "none"))
        return OUTSIDE.get(str(value), 0)

    def _agent_guard_check_opened(self):
        if self:
            guard = self.env["strictbase.agent.guard"]
            guard._egress([record._agent_guard_shown_to(EVERYONE) for record in self])

    @api.model
    def _agent_guard_rules(self):
        rules = super()._agent_guard_rules()
        if self._transient or self._abstract:
            return rules
        for name, field in self._fields.items():
            if field.comodel_name == "res.groups" and field.store:
                rules.append(
                    Rule(
                        fields=frozenset({name}),
                        given=True,
                        items="_agent_guard_open_to_groups",
                    )
                )
        if self._name.endswith(".share") and "access_token" in self._fields:
            rules.append(Rule("share link", created=True))
        if self._name in SPOKEN:
            said = frozenset({"title"}) if self._name == "chatbot.script" else None
            rules.append(Rule(fields=said, created=True, items="_agent_guard_spoken"))
        if self._name.endswith(MEMBER) and self._name not in APART:
            reached = frozenset(
                name
                for name in ("email", "partner_id")
                if name in self._fields and self._fields[name].store
            )
            if reached:
                rules.append(Rule("mailing list", fields=reached, created=True))
        if self._name in LEADING:
            rules.append(
                Rule(
                    fields=LEADING[self._name],
                    items="_agent_guard_leads",
                    instead="make another link, with its own address",
                )
            )
        if self._name in APART:
            return rules
        guard = self.env["strictbase.agent.guard"]
        if guard._is_strict_about_fields() and self._agent_guard_may_be_read():
            texts = {
                name
                for name, field in self._fields.items()
                if field.type in WORDS
                and field.store
                and not (field.compute and field.readonly)
            }
            rules.append(
                Rule(
                    fields=frozenset(texts),
                    created=True,
                    items="_agent_guard_in_the_portal",
                )
            )
        return rules

    @api.model
    def _agent_guard_may_be_read(self):
        """Whether portal users or visitors may read such records, or the site, which
        reads its own with all rights, shows some."""
        guard = self.env["strictbase.agent.guard"]
        return (
            self._name
            in guard._models_open_to("base.group_public", "base.group_portal")
            or (self._original_module or "").startswith("website")
            or bool(self._agent_guard_site_role())
        )

    def _agent_guard_is_written(self, vals):
        """Whether these values are an agent's own, and not made by Odoo itself."""
        return True

    # ------------------------------------------------------------------
    # Who sees it
    # ------------------------------------------------------------------
    def _agent_guard_shown_to(self, *recipients):
        self.ensure_one()
        return self.env["strictbase.agent.guard"]._new_egress(
            "website",
            list(recipients),
            self,
            subject=self.display_name or "",
            target=(self._name, self.id),
        )

    def _agent_guard_open_to_groups(self):
        guard = self.env["strictbase.agent.guard"]
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.comodel_name == "res.groups"
        ]
        return [
            record._agent_guard_shown_to(EVERYONE)
            for record in self
            if any(guard._group_is_outside(record[name]) for name in names)
        ]

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_is_page(self):
        """Whether the site has a page for each such record that it may show: those
        that have an address there, or that say themselves who may see them."""
        guard = self.env["strictbase.agent.guard"]
        if self._name in APART or self._name not in guard._models_open_to(
            "base.group_public"
        ):
            return False
        return "website_url" in self._fields or any(
            field.type == "selection"
            and VISIBILITY.search(name)
            and "public" in dict(field._description_selection(self.env))
            for name, field in self._fields.items()
        )

    def _agent_guard_seen_by_public(self):
        """Those of these pages that a visitor can open now."""
        if self._name in APART or not self._agent_guard_is_page():
            return self.browse()
        if PUBLISHED in self._fields:
            # no page without it: most records end here
            self = self.filtered(PUBLISHED)
        if self._active_name:
            self = self.filtered(self._active_name)
        return self._agent_guard_read_by_public()

    def _agent_guard_read_by_public(self):
        """Those of these records that a visitor's access rules let read."""
        if not self:
            return self.browse()
        self.flush_recordset()
        public = self.env.ref("base.public_user")
        # judged without the caller's context, such as companies that it names
        env = self.env(user=public.id, su=False, context={})
        seen = self.with_env(env)._filtered_access("read")
        return self.browse(seen._ids)

    def _agent_guard_leads(self):
        return [
            record._agent_guard_shown_to(
                {"name": "whoever has the link", "address": ""}
            )
            for record in self
        ]

    def _agent_guard_in_the_portal(self):
        return [record._agent_guard_shown_to(PORTAL) for record in self]

    def _agent_guard_spoken(self):
        """Words of the live chat, once visitors can come across them."""
        rules = self.env["im_livechat.channel.rule"].sudo()
        items = []
        for record in self:
            if record._name == "chatbot.script":
                script = record
            elif "script_step_id" in record._fields:
                script = record.script_step_id.chatbot_script_id
            elif record._name.startswith("chatbot."):
                script = record.chatbot_script_id
            else:
                script = None
            if script is None or rules.search_count(
                [("chatbot_script_id", "in", script.ids)], limit=1
            ):
                items.append(record._agent_guard_shown_to(EVERYONE))
        return items
