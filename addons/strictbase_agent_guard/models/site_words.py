# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What visitors read of a record that is shown already: its words are an outbound act.

Which records the site shows, and which of their fields, is taken from what Odoo says of
them: access, publication, and the templates of the site. What a page is called is an
ordinary field. How a record comes to be shown is judged in ``published.py``.
"""

import re

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..tools.rules import Rule
from .code_guard import ADDRESS

PUBLISHED = "is_published"
#: Said by the mixin of what the site publishes; colleagues publish to each other, too.
SITE_PUBLISHED = "website_published"
#: A page of its own, a line of one, or words that pages take over.
PAGE, LINE, PART = "page", "line", "part"
#: One line that is no text of anybody's: what somebody or something is called, where it
#: is found or reached, a code, or how it looks.
CALLED = re.compile(
    r"(?:^|_)(?:barcode|city|classes|code|colou?r|currency|email|icon|key|lang|login|"
    r"mobile|model|name|number|phone|ref|reference|sku|state|street2?|token|type|tz|"
    r"uuid|vat|zip)$"
)
HOUSEKEEPING = ("bus.", "discuss.", "ir.", "mail.", "rating.", "res.company")


class Base(models.AbstractModel):
    # a concern of its own, apart from what opens a record
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    def _agent_guard_write(self, vals):
        if self._transient:
            return super()._agent_guard_write(vals)
        # what is written already comes to be shown by being put somewhere
        hidden = [
            lines - lines._agent_guard_shown_now()
            for lines in self.sudo()._agent_guard_moved(vals)
        ]
        before = self.sudo()._agent_guard_lines_made(vals)
        res = super()._agent_guard_write(vals)
        # a list of others makes them first, and has them then
        hidden += [self.sudo()[name] - lines for name, lines in before.items()]
        for lines in filter(None, hidden):
            self.flush_recordset()
            lines = lines.exists()
            # whether a page shows it is worked out anew
            lines.invalidate_recordset()
            guard = self.env["strictbase.agent.guard"]
            guard._egress(lines._agent_guard_on_the_website())
        return res

    def _agent_guard_moved(self, vals):
        """Lines that these values put on a page, or elsewhere: sets by their model."""
        moved = []
        if self._agent_guard_site_role() == LINE and any(
            name in self._fields and self._fields[name].relational for name in vals
        ):
            moved.append(self)
        for name, value in vals.items():
            field = self._fields.get(name)
            if (
                field is not None
                and field.type in ("many2many", "one2many")
                and self.env[field.comodel_name]._agent_guard_site_role() == LINE
            ):
                ids = self._agent_guard_ids(value)
                moved.append(self.env[field.comodel_name].browse(ids).exists())
        return [lines for lines in moved if lines._agent_guard_site_words()]

    def _agent_guard_lines_made(self, vals):
        """name -> the lines that are there, of lists in which values make some."""
        return {
            name: self[name]
            for name, value in vals.items()
            if (field := self._fields.get(name)) is not None
            and field.type == "many2many"
            and isinstance(value, list | tuple)
            and any(
                isinstance(command, list | tuple) and command[:1] in ([0], (0,))
                for command in value
            )
            and self.env[field.comodel_name]._agent_guard_site_role() == LINE
            and self.env[field.comodel_name]._agent_guard_site_words()
        }

    @api.model
    def _agent_guard_rules(self):
        rules = super()._agent_guard_rules()
        if self._transient or self._abstract:
            return rules
        role = self._agent_guard_site_role()
        if role:
            rules.append(
                Rule(
                    fields=self._agent_guard_site_words(),
                    created=role == PAGE,
                    given=True,
                    items="_agent_guard_on_the_website",
                )
            )
        return rules

    # ------------------------------------------------------------------
    # What a model is to the site
    # ------------------------------------------------------------------
    @api.model
    @ormcache(cache="stable")
    def _agent_guard_site_role(self):
        """How visitors come to read such records, "" if they do not."""
        if self._transient or self._abstract:
            return ""
        if self._name.startswith(HOUSEKEEPING) and not self._agent_guard_is_page():
            return ""
        if self._agent_guard_is_page() or self._agent_guard_is_published_on_site():
            return PAGE
        guard = self.env["strictbase.agent.guard"]
        by_visitors = self._name in guard._models_open_to("base.group_public")
        of_site = (self._original_module or "").startswith("website")
        if "message_ids" not in self._fields:
            portal = self._name in guard._models_open_to("base.group_portal")
            if by_visitors and self._agent_guard_is_published_with_another():
                return LINE
            # a page may read its own lines with all rights
            if (by_visitors or portal or of_site) and self._agent_guard_page_fields():
                return LINE
        if by_visitors and (of_site or "seo_name" in self._fields):
            return PART
        return ""

    @api.model
    def _agent_guard_is_published_on_site(self):
        return PUBLISHED in self._fields and SITE_PUBLISHED in self._fields

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_is_published_with_another(self):
        """Whether visitors read such a record once another one is published."""
        self.env.cr.execute(
            SQL(
                """
                SELECT 1
                  FROM ir_rule rule
                  JOIN ir_model model ON model.id = rule.model_id
                  JOIN rule_group_rel rel ON rel.rule_group_id = rule.id
                  JOIN ir_model_data data ON data.model = 'res.groups'
                                         AND data.res_id = rel.group_id
                 WHERE rule.active AND rule.perm_read AND model.model = %s
                   AND data.module = 'base' AND data.name = 'group_public'
                   AND rule.domain_force LIKE '%%published%%'
                 LIMIT 1
                """,
                self._name,
            )
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _agent_guard_page_fields(self, below=()):
        """Fields by which such a record is a line of a page, or of a line of one: what
        only portal users read, such as the line of an order, merely names a product
        unless it goes with it."""
        guard = self.env["strictbase.agent.guard"]
        by_visitors = self._name in guard._models_open_to("base.group_public")
        below = (*below, self._name)
        found = []
        for name in self._agent_guard_part_fields():
            comodel = self.env.get(self._fields[name].comodel_name)
            if comodel is None or comodel._name in below:
                continue
            if not by_visitors and self._fields[name].ondelete != "cascade":
                continue
            if comodel._agent_guard_is_whole_page() or (
                "message_ids" not in comodel._fields
                and not comodel._name.startswith(HOUSEKEEPING)
                and comodel._agent_guard_page_fields(below)
            ):
                found.append(name)
        return found

    @api.model
    def _agent_guard_is_whole_page(self):
        return self._agent_guard_is_page() or self._agent_guard_is_published_on_site()

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_site_words(self):
        """Fields of such a record that say something to who opens the page."""
        role = self._agent_guard_site_role()
        said, named = set(), set()
        for name, field in self._fields.items():
            # also what is taken from another record and written there
            written = field.store or (field.related and not field.inherited)
            if not written or (field.compute and field.readonly):
                continue
            if field.type == "html" and field.store:
                said.add(name)
            elif name == self._rec_name and role != LINE:
                continue
            elif field.type in ("html", "text"):
                named.add(name)
            elif not field.store:
                continue
            elif role != PART and field.type == "binary":
                named.add(name)
            elif (
                role != PART
                and field.type == "char"
                and (field.translate or ADDRESS.search(name) or not CALLED.search(name))
            ):
                named.add(name)
        if role == PART:
            named |= said
            said = set()
        return frozenset(said | self._agent_guard_named_by_site(named))

    @api.model
    def _agent_guard_named_by_site(self, names):
        """Those of these fields that a template of the site takes up."""
        # an application may bring pages of its own, without the site
        own = self._agent_guard_is_page() and "website_url" not in self._fields
        keys = ["website%", f"{self._original_module}.%"] if own else ["website%"]
        return self._agent_guard_in_templates(names, keys)

    @api.model
    def _agent_guard_in_templates(self, names, keys, before=""):
        """Those of these fields that a template with such a key names.

        :param keys: patterns of LIKE
        :param before: a regular expression of what stands right before the name
        """
        if not names:
            return set()
        self.env.cr.execute(
            SQL(
                r"""
                SELECT field.name
                  FROM unnest(%s) field(name)
                 WHERE EXISTS (
                    SELECT 1
                      FROM ir_ui_view view
                     WHERE view.type = 'qweb' AND view.active
                       AND view.key LIKE ANY(%s)
                       AND view.arch_db->>'en_US' LIKE '%%' || field.name || '%%'
                       AND view.arch_db->>'en_US'
                           ~ ('\m' || %s || field.name || '\M'))
                """,
                sorted(names),
                keys,
                before,
            )
        )
        return {name for (name,) in self.env.cr.fetchall()}

    # ------------------------------------------------------------------
    # What is shown now
    # ------------------------------------------------------------------
    def _agent_guard_shown_now(self):
        """Those of these records that the site shows visitors, or portal users."""
        role = self._agent_guard_site_role()
        if role == PAGE:
            shown = self._agent_guard_seen_by_public()
            if self._agent_guard_is_published_on_site():
                # also what a page takes with all rights
                rest = self - shown
                if self._active_name:
                    rest = rest.filtered(self._active_name)
                shown |= rest.filtered(SITE_PUBLISHED)
            return shown
        if not role:
            return self.browse()
        shown = self.browse()
        for name in self._agent_guard_page_fields() if role == LINE else ():
            wholes = self[name]._agent_guard_shown_now()
            shown |= self.filtered(lambda line, name=name, w=wholes: line[name] in w)
        rest = self - shown
        guard = self.env["strictbase.agent.guard"]
        if rest and (role == PART or self._agent_guard_is_published_with_another()):
            if self._name in guard._models_open_to("base.group_public"):
                shown |= rest._agent_guard_read_by_public()
        return shown

    def _agent_guard_on_the_website(self):
        return [
            record._agent_guard_shown_to(self._agent_guard_visitors())
            for record in self._agent_guard_shown_now()
        ]

    @api.model
    def _agent_guard_visitors(self):
        return {"name": "everyone on the website", "address": ""}
