# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("hr.applicant")
def make_hr_applicant(case):
    env = case.env
    template = env["mail.template"].create(
        {
            "name": "Applicant",
            "model_id": env["ir.model"]._get_id("hr.applicant"),
            "subject": "Your application",
            "body_html": "<p>Thank you</p>",
            "use_default_to": False,
            "partner_to": "{{ object.partner_id.id }}",
        }
    )
    stage = env["hr.recruitment.stage"].create(
        {"name": "Invited", "template_id": template.id, "sequence": 99}
    )
    quiet = env["hr.recruitment.stage"].create({"name": "Read", "sequence": 98})
    job = env["hr.job"].create({"name": "Job"})
    person = env["res.partner"].create(
        {"name": "Applicant", "email": "applicant@outside.example"}
    )
    applicant = env["hr.applicant"].create(
        {
            "partner_id": person.id,
            "partner_name": "Applicant",
            "email_from": "applicant@outside.example",
            "job_id": job.id,
        }
    )
    reason = env["hr.applicant.refuse.reason"].search([], limit=1)
    reason.template_id = template
    case.at.update(
        applicant=applicant.id,
        applicant_stage=stage.id,
        applicant_quiet_stage=quiet.id,
        applicant_template=template.id,
        refuse_reason=reason.id,
        job=job.id,
    )
