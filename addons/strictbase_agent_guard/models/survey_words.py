# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Surveys: whoever has the link reads them, without any right of theirs.

A link may be anywhere, so a survey is shown once somebody has been invited or has
answered, or while it is played; before that it is a draft.
"""

from odoo import api, models

from ..tools.rules import Rule

SURVEY = "survey.survey"
#: From a part of a survey to the survey.
WAYS = {
    SURVEY: ((),),
    "survey.question": (("survey_id",),),
    "survey.question.answer": (
        ("question_id", "survey_id"),
        ("matrix_question_id", "survey_id"),
    ),
}


class Base(models.AbstractModel):
    # a concern of its own, apart from what opens a record
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_rules(self):
        rules = super()._agent_guard_rules()
        if self._name in WAYS:
            said = frozenset(
                name
                for name, field in self._fields.items()
                if field.store
                and not (field.compute and field.readonly)
                and (field.type in ("html", "text", "binary") or field.translate)
            )
            rules.append(Rule(fields=said, given=True, items="_agent_guard_surveyed"))
        return rules

    def _agent_guard_surveyed(self):
        """A line for each of these parts of a survey that somebody outside takes."""
        items = []
        taken = {}
        for part in self:
            survey = self.env[SURVEY]
            for way in WAYS[self._name]:
                found = part
                for name in way:
                    found = found[name]
                survey |= found
            for one in survey:
                if one not in taken:
                    taken[one] = one.session_state or bool(
                        self.env["survey.user_input"].search_count(
                            [("survey_id", "=", one.id), ("test_entry", "=", False)],
                            limit=1,
                        )
                    )
                if taken[one]:
                    items.append(
                        part._agent_guard_shown_to(
                            {"name": "whoever has the survey's link", "address": ""}
                        )
                    )
        return items
