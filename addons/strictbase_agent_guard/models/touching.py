# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which records a call of an agent touches: for the ledger, which is ``agent_touch``'s.

Also where a job or a value that is worked out anew writes on them: neither is a look.
"""

from collections import defaultdict

from psycopg2.extensions import AsIs

from odoo import SUPERUSER_ID, Command, api, models, tools
from odoo.exceptions import UserError

from ..tools.acts import in_job
from ..tools.who import agent_of, agents_of
from .agent_touch import WHOLE

#: Models that never say what leaves, or whose rows are judged one by one.
OUTSIDE_LEDGER = (
    "bus.",
    "discuss.",
    "ir.",
    "mail.activity",
    "mail.mail",
    "mail.notification",
    "mail.tracking",
    "sms.sms",
    "sms.tracker",
    "strictbase.",
)
IN_LEDGER = {"ir.attachment"}


class Base(models.AbstractModel):
    # a concern of its own, apart from the rules in base.py
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        agent = self._agent_guard_toucher()
        if agent:
            self.browse()._agent_guard_touch_linked(agent, vals_list)
        records = super()._agent_guard_create(vals_list)
        if agent:
            records._agent_guard_touch(agent, {WHOLE})
        return records

    def _agent_guard_write(self, vals):
        agent = self._agent_guard_toucher()
        if agent:
            # before and after: what it is taken from is touched, too
            self._agent_guard_touch(agent, set(vals))
            self._agent_guard_touch_linked(agent, [vals])
            res = super()._agent_guard_write(vals)
            if not set(self._agent_guard_part_fields()).isdisjoint(vals):
                self._agent_guard_touch(agent, set(vals))
            return res
        if self.env.uid == SUPERUSER_ID or in_job.get():
            self._agent_guard_before_job_writes()
        return super()._agent_guard_write(vals)

    def _agent_guard_before_job_writes(self):
        if self._agent_guard_watched():
            self.env["strictbase.agent.touch"].sudo()._before_job_writes(self)

    def _write_multi(self, vals_list):
        if self._agent_guard_watched():
            vals_list = self._agent_guard_keep_writer(vals_list)
        return super()._write_multi(vals_list)

    def _agent_guard_keep_writer(self, vals_list):
        """What is only worked out anew, nobody has looked at: a record that an agent
        wrote last stays so. No query is spent on it: where the writer is not at hand,
        the statement itself asks."""
        agents = agents_of(self.env)
        if self.env.uid in agents:
            return vals_list
        if all("write_uid" in vals for vals in vals_list):
            # written, which is what people do
            return vals_list
        ids = ", ".join(map(str, sorted(agents)))
        writer = (
            f"(SELECT CASE WHEN write_uid IN ({ids}) THEN write_uid "
            f'ELSE {self.env.uid} END FROM "{self._table}" WHERE id = %s)'
        )
        known = self._fields["write_uid"]._get_cache(self.env)
        kept = []
        for record_id, vals in zip(self._ids, vals_list, strict=True):
            if "write_uid" not in vals:
                if record_id not in known:
                    vals = {**vals, "write_uid": AsIs(writer % record_id)}
                elif known[record_id] in agents:
                    vals = {**vals, "write_uid": known[record_id]}
            kept.append(vals)
        return kept

    def unlink(self):
        agent = self._agent_guard_toucher()
        if agent:
            self._agent_guard_touch(agent, {WHOLE})
        return super().unlink()

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        agent = self._agent_guard_toucher()
        if agent:
            self._agent_guard_touch(agent, {field_name})
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    @api.model
    def _agent_guard_untouched(self):
        return (
            self._transient
            or not self._auto
            or (self._name.startswith(OUTSIDE_LEDGER) and self._name not in IN_LEDGER)
        )

    @api.model
    def _agent_guard_toucher(self):
        """The agent whose call this is, None where the ledger is not concerned."""
        if self._agent_guard_untouched():
            return None
        return agent_of(self.env)

    @api.model
    def _agent_guard_watched(self):
        return (
            self._log_access
            and not self._agent_guard_untouched()
            and self.pool.ready
            and bool(agents_of(self.env))
        )

    def _agent_guard_touch(self, agent, names):
        keys = {}
        for record in self.sudo():
            if record.id:
                keys[self._name, record.id] = names
                for model, res_id, name in record._agent_guard_wholes():
                    keys.setdefault((model, res_id), set()).add(name)
        if keys:
            self.env["strictbase.agent.touch"].sudo()._note(agent, keys)

    def _agent_guard_wholes(self):
        """(model, id, name) of what this record is a part of."""
        self.ensure_one()
        return [
            (self._fields[name].comodel_name, self[name].id, self._name)
            for name in self._agent_guard_part_fields()
            if self[name]
        ]

    @api.model
    @tools.ormcache()
    def _agent_guard_part_fields(self):
        """Fields by which a record is a line of another: it cannot be without it, or
        has no conversation of its own, and the other one lists it."""
        thread = "message_ids" in self._fields
        found = []
        for name, field in self._fields.items():
            if field.type != "many2one" or not field.store or field.related:
                continue
            comodel = self.env.get(field.comodel_name)
            if comodel is None or field.comodel_name.startswith(("res.", "ir.")):
                continue
            if not any(
                inverse.type == "one2many"
                for inverse in self.pool.field_inverses[field]
            ):
                continue
            bound = field.required or field.ondelete == "cascade"
            if bound or (not thread and "message_ids" in comodel._fields):
                found.append(name)
        return tuple(found)

    @api.model
    def _agent_guard_touch_linked(self, agent, vals_list):
        """The other side of what is put into lists, or taken out of them."""
        keys = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields.get(name)
                if (
                    field is None
                    or field.type != "many2many"
                    or not field.store
                    or self.env[field.comodel_name]._agent_guard_untouched()
                ):
                    continue
                commands = _commands(value)
                ids = self._agent_guard_ids(commands)
                if any(map(_empties, commands)):
                    ids.update(self.sudo()[name].ids)
                for res_id in ids:
                    keys[field.comodel_name, res_id].add(f"{self._name}.{name}")
        if keys:
            self.env["strictbase.agent.touch"].sudo()._note(agent, keys)

    @api.model
    def _agent_guard_ids(self, value):
        """Ids of what is put into a list, or taken out of it, by this value.

        Odoo hands an id to PostgreSQL as it came, which takes a text or a fraction for
        a number, too.
        """
        ids = [i for command in _commands(value) for i in _ids_of(command)]
        for given in ids:
            if isinstance(given, str | float):
                raise UserError(
                    self.env._(
                        "Ids of records are whole numbers, and %(value)s is none: "
                        "nothing was written.",
                        value=repr(given),
                    )
                )
        return {i for i in ids if isinstance(i, int) and i}


def _commands(value):
    """What is given for a list, as Odoo reads it."""
    if value is False or value is None:
        return [Command.clear()]
    if isinstance(value, models.BaseModel):
        return [Command.set(value.ids)]
    if not isinstance(value, list | tuple):
        return []
    if value and not isinstance(value[0], list | tuple):
        return [Command.set(value)]
    return value


def _ids_of(command):
    if not isinstance(command, list | tuple) or not command:
        return ()
    if command[0] in (Command.UNLINK, Command.LINK):
        return command[1:2]
    if command[0] == Command.SET and len(command) > 2:
        return command[2] or ()
    return ()


def _empties(command):
    """Whether it takes all out of a list that are in it."""
    if not isinstance(command, list | tuple) or not command:
        return False
    return command[0] in (Command.CLEAR, Command.SET)
