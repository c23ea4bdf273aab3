# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent wrote and nobody approved is not shown outside.

One flag on what is written, and one filter on whatever is read for somebody outside: a
portal user, a guest, a visitor, by whatever road and also through ``sudo``. Who can
open a record, now or later, need not be known. What is written here decides nothing
about sending, which is judged where it leaves.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.call_state import current_request, peek
from ..tools.who import actor_of, is_internal

FLAG = "agent_unapproved"

#: True while the guard itself sets the flag.
_flagging = ContextVar("strictbase_agent_guard_flagging", default=False)
#: The model of which Odoo's own code takes known rows from the database.
_by_id = ContextVar("strictbase_agent_guard_by_id", default="")


@contextmanager
def _set(variable, value=True):
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


class StrictbaseAgentGuard(models.AbstractModel):
    # a part of it by its concern
    _inherit = "strictbase.agent.guard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _viewer_is_outside(self):
        """Whether what is read now is read for somebody outside.

        The caller is asked, not only the current user: pages read through ``sudo``.
        """
        env = self.env
        if not env.uid:
            return True  # a page for nobody in particular, such as the one to sign in
        if env.uid != SUPERUSER_ID and not is_internal(env, env.uid):
            return True
        request = current_request()
        if request is not None and request.env is not None:
            if request.db == env.cr.dbname and request.env.uid:
                return not is_internal(env, request.env.uid)
        default = env.transaction.default_env
        if default is not None and default.uid and default.uid != env.uid:
            return not is_internal(env, default.uid)
        return False

    @api.model
    def _group_is_outside(self, group):
        """Whether portal users or visitors are in this group."""
        outside = self.env["res.groups"].sudo()
        for xmlid in ("base.group_portal", "base.group_public"):
            outside |= self.env.ref(xmlid).sudo()
        return bool(group & (outside | outside.all_implied_ids))


class AgentUnapproved(models.AbstractModel):
    """Rows that people outside see once they are approved, if an agent wrote them."""

    _name = "strictbase.agent.unapproved"
    _description = "Written by an Agent, Shown Outside when Approved"

    agent_unapproved = fields.Boolean(
        "Not Visible Outside Until Approved",
        readonly=True,
        copy=False,
        help="An agent wrote it and nobody has approved it: portal users, guests and "
        "visitors do not see it.",
    )

    #: Fields whose change by an agent is new writing.
    _agent_guard_shown_fields = frozenset()
    #: What Odoo's own code finds in them for somebody outside.
    _agent_guard_blanks = {}

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        if actor_of(self.env) is None:
            given = f"default_{FLAG}" in self.env.context
            if given or any(FLAG in vals for vals in vals_list):
                vals_list = [{**vals, FLAG: False} for vals in vals_list]
            return super().create(vals_list)
        # what Odoo's own code gives may speak for it, a default of the context may not
        written = self._agent_guard_is_written
        filled_list = self._agent_guard_with_defaults(vals_list)
        rows = super().create(
            [
                {**filled, FLAG: written(vals) or written(filled)}
                for vals, filled in zip(vals_list, filled_list, strict=True)
            ]
        )
        rows.filtered(FLAG)._agent_guard_ask_to_show()
        return rows

    def write(self, vals):
        if FLAG in vals and not _flagging.get():
            raise AccessError(
                self.env._("What an agent wrote is approved with its button only.")
            )
        res = super().write(vals)
        if (
            not self._agent_guard_shown_fields.isdisjoint(vals)
            and actor_of(self.env) is not None
        ):
            rows = self.sudo().filtered(lambda row: row._agent_guard_is_written(vals))
            rows._agent_guard_flag(True)
            rows._agent_guard_ask_to_show()
        return res

    def copy(self, default=None):
        copies = super().copy(default)
        for row, copied in zip(self.sudo(), copies, strict=True):
            if row[FLAG]:
                copied._agent_guard_flag(True)
        return copies

    def _agent_guard_is_written(self, vals):
        """Whether these values, of one row, are an agent's words to show."""
        return True

    def _agent_guard_flag(self, value):
        rows = self.sudo().filtered(lambda row: row[FLAG] != value)
        if rows:
            with _set(_flagging):
                rows.write({FLAG: value})

    def _agent_guard_ask_to_show(self):
        """What the call's approval covers is shown, too; else it is stored, not shown.

        An approver is told of it if the call is refused for what it would send.
        """
        state = peek(self.env)
        if state is None:
            return
        guard = self.env["strictbase.agent.guard"]
        if not (state.grant or state.token):
            state.shows.append(self)
            if state.refused:
                guard._tell_shows(state)
            return
        items = self._agent_guard_showings()
        if not items or not guard._granted(state):
            state.shows.append(self)
            return
        guard._describe(items, state)
        guard._egress([item for item in items if state.grant.covers(item)])

    def _agent_guard_showings(self):
        """A manifest line for each of these rows that people outside could see."""
        return []

    # ------------------------------------------------------------------
    # Approving
    # ------------------------------------------------------------------
    def action_show_outside(self):
        """Show these outside: as an approver, or, for an agent, with a token."""
        self.check_access("read")
        guard = self.env["strictbase.agent.guard"]
        rows = self.sudo().filtered(FLAG)
        if guard._actor() is not None:
            guard._egress(rows._agent_guard_showings())
            return True
        if not self.env.user.has_group(
            "strictbase_agent_guard.group_agent_confirmation_approver"
        ):
            raise AccessError(
                self.env._("Only an Agent Confirmation Approver shows this outside.")
            )
        items = rows._agent_guard_showings()
        self.env["strictbase.agent.egress"]._record_shown(rows, items)
        rows._agent_guard_flag(False)
        return True

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------
    @api.model
    def _search(self, domain, *args, **kwargs):
        guard = self.env["strictbase.agent.guard"]
        if _by_id.get() != self._name and guard._viewer_is_outside():
            domain = Domain(domain) & Domain(FLAG, "=", False)
            # some searches go on with a statement of their own
            self.flush_model([FLAG])
        return super()._search(domain, *args, **kwargs)

    def fetch(self, field_names=None):
        if (
            not self.env.su
            or not self.env["strictbase.agent.guard"]._viewer_is_outside()
        ):
            return super().fetch(field_names)
        # Odoo's own code has the row already, such as the parent of a message; it
        # gets it without the words
        with _set(_by_id, self._name):
            res = super().fetch(field_names)
            self._agent_guard_blank(field_names)
        return res

    def _agent_guard_blank(self, field_names):
        names = self._agent_guard_blanks.keys()
        if field_names is not None:
            names = names & set(field_names)
        rows = self._origin.filtered(FLAG) if names else self.browse()
        for name in names if rows else ():
            cache = self._fields[name]._get_cache(self.env)
            for row_id in rows._ids:
                if row_id in cache:
                    cache[row_id] = self._agent_guard_blanks[name]

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or not self.env["strictbase.agent.guard"]._viewer_is_outside():
            return result
        rest = self - result[0] if result else self
        if hidden := rest._agent_guard_hidden():
            if result:
                return result[0] + hidden, result[1]
            return hidden, lambda: self.env["ir.rule"]._make_access_error(
                operation, hidden
            )
        return result

    def _agent_guard_hidden(self):
        return self.browse(self.sudo().filtered(FLAG)._ids)


class StrictbaseAgentEgress(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.egress"

    @api.model
    def _record(self, state, items):
        res = super()._record(state, items)
        self._agent_guard_show_targets(item.target for item in items)
        return res

    @api.model
    def _agent_guard_show_targets(self, targets):
        """What has been approved to leave may be seen, with the files it carries."""
        for model, res_id in targets:
            if not res_id or model not in self.env:
                continue
            row = self.env[model].sudo().browse(res_id).exists()
            if not row:
                continue
            if "mail_message_id" in row._fields:
                row.mail_message_id._agent_guard_flag(False)
            if hasattr(row, "_agent_guard_flag"):
                row._agent_guard_flag(False)
            if "attachment_ids" in row._fields:
                row.attachment_ids._agent_guard_flag(False)

    @api.model
    def _record_shown(self, rows, items):
        """A log line for each of these, shown by the approver who is at work."""
        agents = self.env["res.users"]._agent_guard_uids()
        by_target = {row.id: row for row in rows}
        values = []
        for item in items:
            row = by_target.get(item.target[1])
            author = row.create_uid if row else self.env.user
            if author.id not in agents:
                author = row.write_uid if row and row.write_uid else author
            values.append(
                {
                    "agent_user_id": author.id,
                    "approver_user_id": self.env.uid,
                    "entry": f"{rows._name}.action_show_outside {rows.ids}",
                    **item.as_row(),
                    "note": item.note,
                }
            )
        if not values and rows:
            raise UserError(self.env._("Nobody outside would see this."))
        self.env(su=True, context={})[self._name].create(values)
        self._agent_guard_show_targets(item.target for item in items)
