//! The confirmation tokens of the agent guard: digests, scope, who issued and who used. Data only.

use super::{Model, SYSTEM, boolean, char, datetime, many2one, model, text};
use crate::sandbox::guard::APPROVER_GROUP;

pub(super) const MODELS: &[Model] = &[Model {
    order: "id desc",
    name_field: "reason",
    rights: &[(APPROVER_GROUP, "r"), (SYSTEM, "r")],
    fields: &[
        char("token_hash", "Token Digest").required().readonly(),
        char("model_name", "Model").required().readonly(),
        char("method_name", "Method").required().readonly(),
        text("record_ids_json", "Records").required().readonly(),
        char("reason", "Reason").readonly(),
        char("channel", "Channel").readonly(),
        datetime("expires_at", "Expires").required().readonly(),
        boolean("used", "Used").readonly(),
        datetime("used_at", "Used on").readonly(),
        many2one("issuer_id", "Issued by", "res.users").required().readonly(),
        many2one("agent_user_id", "Agent", "res.users").readonly(),
    ],
    ..model("strictbase.agent.confirmation", "Agent Confirmation", "strictbase_agent_guard")
}];
