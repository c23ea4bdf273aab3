# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessDenied, AccessError, ValidationError
from odoo.tools import SQL

from ..tools.who import agents_of, is_internal

AGENT = "strictbase_agent_guard.group_agent"
#: Groups that are trusted with code without any right that says so.
CODE_GROUPS = ("base.group_sanitize_override",)
#: What these allow no agent has, also one that is a member.
WITHHELD_GROUPS = {"mail.group_mail_template_editor", *CODE_GROUPS}
#: What an agent may change on its own user.
OWN_FIELDS = {"lang", "tz", "company_id"}


class ResUsers(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "res.users"

    @api.model
    def _agent_guard_uids(self):
        """Ids of all agents, by whatever group that implies theirs."""
        return agents_of(self.env)

    @api.model
    def _agent_guard_query(self):
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(
            AGENT, raise_if_not_found=False
        )
        if not group_id:
            return frozenset()
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE agent_group(id) AS (
                    SELECT %s::int
                    UNION
                    SELECT implied.gid
                      FROM res_groups_implied_rel implied
                      JOIN agent_group ON implied.hid = agent_group.id
                )
                SELECT rel.uid
                  FROM res_groups_users_rel rel
                  JOIN agent_group ON rel.gid = agent_group.id
                """,
                group_id,
            )
        )
        return frozenset(uid for (uid,) in self.env.cr.fetchall())

    @api.model
    def _agent_guard_refresh(self):
        if self._agent_guard_query() != self._agent_guard_uids():
            self.env.registry.clear_cache("groups")

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        if users._agent_guard_membership_changed():
            self.env.registry.clear_cache("groups")
        return users

    @api.model
    def _agent_guard_is_person(self, uid):
        """Whether this is an internal user, neither an agent nor Odoo itself."""
        if not uid or uid == SUPERUSER_ID or uid in agents_of(self.env):
            return False
        return is_internal(self.env, uid)

    def write(self, vals):
        self._agent_guard_check_own_fields(vals)
        res = super().write(vals)
        if "group_ids" in vals and self._agent_guard_membership_changed():
            self.env.registry.clear_cache("groups")
        return res

    def _agent_guard_membership_changed(self):
        agents = self._agent_guard_uids()
        group = self.env.ref(AGENT, raise_if_not_found=False)
        if not group:
            return False
        for user in self.sudo():
            if (group in user.all_group_ids) != (user.id in agents):
                return True
        return False

    def _agent_guard_check_own_fields(self, vals):
        """An agent's address and notifications are set by an administrator."""
        if self.env.su or self.env.uid not in self._agent_guard_uids():
            return
        if set(vals) - OWN_FIELDS:
            raise AccessError(
                self.env._("An agent cannot change users, its own included.")
            )

    @api.constrains("group_ids")
    def _check_agent_guard_roles(self):
        guard = self.env["strictbase.agent.guard"]
        agent_group = self.env.ref(AGENT, raise_if_not_found=False)
        if not agent_group:
            return
        for user in self.sudo():
            if agent_group in user.all_group_ids and guard._forbidden_roles(user):
                raise ValidationError(
                    self.env._(
                        "%(name)s is an agent and can be neither approver nor "
                        "administrator, nor in a group that is trusted with code, "
                        "such as a designer of the website.",
                        name=user.name,
                    )
                )

    def has_group(self, group_ext_id):
        # placeholders run code, and what they render is the agent's to read; whoever
        # was trusted with code before they became an agent is not any more
        if (
            group_ext_id in WITHHELD_GROUPS
            and len(self) == 1
            and self.id in self._agent_guard_uids()
        ):
            return False
        return super().has_group(group_ext_id)

    # ------------------------------------------------------------------
    # An agent signs in by an API key and in no other way
    # ------------------------------------------------------------------
    def _check_credentials(self, credential, env):
        if self.env.uid in self._agent_guard_uids():
            raise AccessDenied()
        return super()._check_credentials(credential, env)

    def _login(self, credential, user_agent_env):
        auth_info = super()._login(credential, user_agent_env=user_agent_env)
        if auth_info["uid"] in self._agent_guard_uids():
            raise AccessDenied()
        return auth_info

    @api.model
    def _check_uid_passwd(self, uid, passwd):
        if int(uid) in self._agent_guard_uids():
            raise AccessDenied()
        return super()._check_uid_passwd(uid, passwd)
