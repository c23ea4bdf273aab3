//! Requests and tokens of the agent guard: digests, scope, who asked, who approved and who used. Data only. Nobody may
//! write them; filing, issuing and spending is done in `guard`, and a token itself is kept nowhere.

use super::{Model, SYSTEM, Source, boolean, char, datetime, many2one, model, selection, text};
use crate::sandbox::computed;
use crate::sandbox::guard::{AGENT_GROUP, APPROVER_GROUP};

pub(super) const MODELS: &[Model] = &[Model {
    order: "id desc",
    name_field: "requested_model",
    rights: &[(APPROVER_GROUP, "r"), (AGENT_GROUP, "r")],
    unique: &[(&["token_digest"], "A token can be issued only once.")],
    fields: &[
        many2one("user_id", "Approver", "res.users").readonly(),
        many2one("agent_user_id", "Agent", "res.users").readonly(),
        selection(
            "state",
            "State",
            &[
                ("pending", "Pending"),
                ("approved", "Approved"),
                ("done", "Used"),
                ("rejected", "Rejected"),
                ("expired", "Expired"),
            ],
        )
        .required()
        .readonly(),
        char("token_digest", "Token Digest").readonly().group(SYSTEM),
        char("requested_model", "Model").required().readonly(),
        char("requested_method", "Method").required().readonly(),
        text("requested_ids_json", "Records").required().readonly(),
        char("reason", "Reason").readonly(),
        datetime("expires_at", "Expires At").required().readonly(),
        boolean("used", "Used").from(Source::Computed(computed::token_used)),
        datetime("used_at", "Used At").readonly(),
        char("agent_channel", "Agent Channel").readonly(),
        char("request_uuid", "Request").readonly(),
        datetime("decided_at", "Decided At").readonly(),
        char("reject_reason", "Reject Reason").readonly(),
        char("arguments_digest", "Arguments Digest").readonly(),
        char("summary", "Summary").readonly(),
        char("recipients_text", "To").readonly(),
        char("subject", "Subject").readonly(),
    ],
    ..model("strictbase.agent.confirmation", "Agent Confirmation", "strictbase_agent_guard")
}];
