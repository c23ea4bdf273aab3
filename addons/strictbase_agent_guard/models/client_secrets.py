# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fields with a client's token are closed to agents that name them.

Odoo's own code in the agent's call takes them from a record as before: for a mail to a
client, or a button of it, Odoo needs them.
"""

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.client_secrets import internal_fetch, is_secret
from ..tools.who import agents_of

#: Odoo's own code writes these without sudo.
GIVEN = {"invite_token"}


def _closed_to_agents(model, secrets):
    """The check of a field of this model, with the tokens closed to agents."""

    @api.model
    def _check_field_access(self, field, operation):
        if (
            field.name in secrets
            and operation == "read"
            and not internal_fetch.get()
            and self._agent_guard_hides(field.name)
        ):
            self._agent_guard_refuse_secret(field.name)
        return super(model, self)._check_field_access(field, operation)

    return _check_field_access


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_hides(self, name):
        return (
            is_secret(self._name, name)
            and not self.env.su
            and self.env.uid in agents_of(self.env)
        )

    @api.model
    def _agent_guard_refuse_secret(self, name):
        raise AccessError(
            self.env._(
                "%(model)s.%(field)s is not open to agents: who has it is taken for "
                "a client.",
                model=self._name,
                field=name,
            )
        )

    def _post_model_setup__(self):
        res = super()._post_model_setup__()
        # asked for each field of each query: only models with such a field ask
        model = type(self)
        secrets = frozenset(n for n in self._fields if is_secret(self._name, n))
        if secrets:
            model._check_field_access = _closed_to_agents(model, secrets)
        elif "_check_field_access" in vars(model):
            del model._check_field_access
        return res

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        fields = super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)
        env = self.env
        if env.su or env.uid not in agents_of(env) or internal_fetch.get():
            return fields
        # one that was asked for is refused by now: left is what others depend on
        return [field for field in fields if not self._agent_guard_hides(field.name)]

    def _fetch_field(self, field):
        # a field taken from a record by code, with what is prefetched along with it
        env = self.env
        if env.su or env.uid not in agents_of(env):
            return super()._fetch_field(field)
        token = internal_fetch.set(True)
        try:
            return super()._fetch_field(field)
        finally:
            internal_fetch.reset(token)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        fields = super().fields_get(allfields, attributes)
        hidden = [name for name in fields if self._agent_guard_hides(name)]
        for name in hidden:
            del fields[name]
        return fields

    def export_data(self, fields_to_export):
        for path in fields_to_export:
            model = self
            for name in str(path).replace(".", "/").split("/"):
                if model._agent_guard_hides(name):
                    model._agent_guard_refuse_secret(name)
                field = model._fields.get(name)
                if field is None or not field.relational:
                    break
                model = self.env[field.comodel_name]
        return super().export_data(fields_to_export)

    @api.model
    def _agent_guard_create(self, vals_list):
        for vals in vals_list:
            self._agent_guard_check_secrets(vals)
        return super()._agent_guard_create(vals_list)

    def _agent_guard_write(self, vals):
        self._agent_guard_check_secrets(vals)
        return super()._agent_guard_write(vals)

    @api.model
    def _agent_guard_check_secrets(self, vals):
        """A token of one's own choice is as good; taking one back is free."""
        for name in vals:
            if vals[name] and name not in GIVEN and self._agent_guard_hides(name):
                self._agent_guard_refuse_secret(name)
