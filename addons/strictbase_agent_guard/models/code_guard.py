# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An agent writes nothing that runs: not in another's browser, not in the server.

A script in a page that an approver opens acts with the approver's rights. What Odoo
sanitizes for everybody is left to it; what it leaves to the trust in a group, such as a
designer of the site, is closed here, by what the field is and who may write it.
"""

import re

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, html_sanitize, ormcache

from ..tools.active_content import (
    is_active,
    is_active_address,
    is_active_link,
    is_more_than_colour,
)
from .res_users import CODE_GROUPS

#: Whoever may write one of these has code run in the server or in every page.
CODE_MODELS = (
    "base.automation",
    "ir.actions.server",
    "ir.asset",
    "ir.cron",
    "ir.model.fields",
    "ir.ui.view",
)
#: Texts that Odoo evaluates.
EVALUATED = re.compile(r"(?:^|_)(?:code|python\w*)$")
#: Models with code that no agent may write, whatever its groups.
CLOSED = ("ir.actions.server", "ir.cron")
#: Texts that a browser follows.
ADDRESS = re.compile(
    r"(?:^|_)(?:href|link|location|redirect|src|uri|url|website)(?:_|$)"
)

#: Texts that pages put into a style as they are.
COLOUR = re.compile(r"(?:^|_)colou?r$")


class StrictbaseAgentGuard(models.AbstractModel):
    # a part of it by its concern
    _inherit = "strictbase.agent.guard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @ormcache(cache="stable")
    def _code_group_ids(self):
        """Groups that no agent may be in: they bring code with them."""
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT access.group_id
                  FROM ir_model_access access
                  JOIN ir_model model ON model.id = access.model_id
                 WHERE access.active AND access.group_id IS NOT NULL
                   AND (access.perm_write OR access.perm_create)
                   AND model.model IN %s
                """,
                CODE_MODELS,
            )
        )
        found = {group_id for (group_id,) in self.env.cr.fetchall()}
        for xmlid in CODE_GROUPS:
            group = self.env.ref(xmlid, raise_if_not_found=False)
            found |= set(group.ids) if group else set()
        return frozenset(found)

    @api.model
    @ormcache(cache="stable")
    def _code_models(self):
        """Models that only such groups write: pages, menus, redirects of a site, …"""
        self.env.cr.execute(
            SQL(
                """
                SELECT model.model
                  FROM ir_model model
                  JOIN ir_model_access access ON access.model_id = model.id
                 WHERE access.active
                   AND (access.perm_write OR access.perm_create)
              GROUP BY model.model
                HAVING bool_and(COALESCE(access.group_id = ANY(%s), FALSE))
                """,
                list(self._code_group_ids()),
            )
        )
        return frozenset(name for (name,) in self.env.cr.fetchall())

    @api.model
    def _forbidden_roles(self, user):
        roles = super()._forbidden_roles(user)
        if not self._code_group_ids().isdisjoint(user.sudo().all_group_ids.ids):
            roles.append("code")
        return roles


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        if self._agent_guard_asks():
            vals_list = [self._agent_guard_without_code(vals) for vals in vals_list]
        return super()._agent_guard_create(vals_list)

    def _agent_guard_write(self, vals):
        if self._agent_guard_asks():
            vals = self._agent_guard_without_code(vals)
        return super()._agent_guard_write(vals)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        if not self._agent_guard_asks():
            return super()._update_field_translations(
                field_name, translations, digest, source_lang=source_lang
            )
        field = self._fields.get(field_name)
        clean = {}
        for lang, value in translations.items():
            terms = value.values() if isinstance(value, dict) else [value]
            for term in filter(None, terms):
                self._agent_guard_check_code(field, term, translated=True)
            if field.type == "html" and isinstance(value, str) and value:
                # Odoo stores a translation as it comes
                value = html_sanitize(value, sanitize_attributes=False)
            clean[lang] = value
        res = super()._update_field_translations(
            field_name, clean, digest, source_lang=source_lang
        )
        # it is written, without write()
        self._agent_guard_check({field_name})
        return res

    @api.model
    def _agent_guard_without_code(self, vals):
        """The values as an agent may have them stored."""
        kept = dict(vals)
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or not value or not isinstance(value, str):
                continue
            self._agent_guard_check_code(field, value)
            if field.type == "html" and not field.sanitize and field.store:
                kept[name] = html_sanitize(
                    value, sanitize_attributes=False, sanitize_form=False
                )
        return kept

    @api.model
    def _agent_guard_check_code(self, field, value, translated=False):
        if field is None or not isinstance(value, str):
            return
        runs = False
        if field.type == "html" or (translated and callable(field.translate)):
            # what Odoo sanitizes when it is written, it does not when translated
            if translated or not field.sanitize:
                runs = is_active(value)
        elif field.type == "char":
            # a view may show any of them as a link
            named = ADDRESS.search(field.name)
            runs = is_active_address(value) if named else is_active_link(value)
            runs = runs or (
                bool(COLOUR.search(field.name)) and is_more_than_colour(value)
            )
        elif field.type == "text" and field.store:
            # jobs and actions are closed to agents: Odoo itself makes this one
            own = self.env.su and self._name.startswith(CLOSED)
            runs = bool(EVALUATED.search(field.name)) and not own
        if runs:
            raise AccessError(
                self.env._(
                    "%(model)s.%(field)s: an agent can store nothing that runs in a "
                    "browser or in the server. Leave the code out; a person with "
                    "that right may add it.",
                    model=self._name,
                    field=field.name,
                )
            )


class IrAttachment(models.Model):
    _inherit = "ir.attachment"  # pylint: disable=consider-merging-classes-inherited

    def _agent_guard_without_code(self, vals):
        """A file at an address of the site is a page or a script of it."""
        url = str(vals.get("url") or "").strip()
        elsewhere = re.match(r"https?://", url, re.IGNORECASE)
        if url and not elsewhere and self.env.uid != SUPERUSER_ID:
            raise AccessError(
                self.env._(
                    "An agent can store a link to another site, starting with "
                    "https://, but no file at an address of this one."
                )
            )
        return super()._agent_guard_without_code(vals)
