# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("survey.survey")
def make_survey_survey(case):
    survey = case.env["survey.survey"].create(
        {
            "title": "Questions",
            "access_mode": "public",
            "user_id": False,
            "question_and_page_ids": [
                Command.create({"title": "Well?", "question_type": "text_box"})
            ],
        }
    )
    case.at["survey"] = survey.id
