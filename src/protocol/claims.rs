//! Takes the claim out of a refusal by Odoo's guard before anybody sees it: out of the message, the arguments, the
//! context and the traceback alike. What is left can be printed, traced and kept.

use serde_json::Value;

use super::faults::CONFIRMATION_MARKER;
use crate::secret::Secret;
use crate::transport::HttpReply;
use crate::waiting::{self, Waiting};

/// A line of the marker that holds the claim.
const LINE: &str = "claim: ";
/// Where an error holds it in its context.
const PLACE: &str = "agent_confirmation";

/// The reply without its claim, and the request that it spoke of; nothing if it holds none.
pub fn taken_out(reply: &HttpReply) -> Option<(HttpReply, Option<Waiting>)> {
    if ![CONFIRMATION_MARKER, PLACE].iter().any(|word| holds(&reply.body, word)) {
        return None;
    }
    let mut body: Value = serde_json::from_slice(&reply.body).ok()?;
    let mut claims = Vec::new();
    collect(&body, &mut claims);
    if claims.is_empty() {
        return None;
    }
    let waiting = request(&body);
    clean(&mut body, &claims);
    let body = body.to_string().into_bytes();
    Some((HttpReply { status: reply.status, headers: reply.headers.clone(), body }, waiting))
}

fn holds(body: &[u8], word: &str) -> bool {
    body.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Every text that is given out as a claim.
fn collect(value: &Value, claims: &mut Vec<String>) {
    let mut add = |text: &str| {
        let text = text.trim();
        if waiting::is_claim(text) && !claims.iter().any(|known| known == text) {
            claims.push(text.into());
        }
    };
    match value {
        Value::String(text) => {
            text.lines().filter_map(|line| line.trim_start().strip_prefix(LINE)).for_each(add);
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, claims)),
        Value::Object(object) => {
            if let Some(Value::String(claim)) = object.get("claim") {
                add(claim);
            }
            object.values().for_each(|value| collect(value, claims));
        }
        _ => {}
    }
}

fn clean(value: &mut Value, claims: &[String]) {
    match value {
        Value::String(text) if claims.iter().any(|claim| text.contains(claim.as_str())) => {
            let is_other =
                |line: &&str| line.trim_start().strip_prefix(LINE).is_none_or(|rest| !is_one(rest, claims));
            let mut left = text.lines().filter(is_other).collect::<Vec<_>>().join("\n");
            for claim in claims {
                left = left.replace(claim.as_str(), "(redacted)");
            }
            *text = left;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean(item, claims)),
        Value::Object(object) => {
            object.retain(|key, value| {
                key != "claim" || value.as_str().is_none_or(|text| !is_one(text, claims))
            });
            object.values_mut().for_each(|value| clean(value, claims));
        }
        _ => {}
    }
}

fn is_one(text: &str, claims: &[String]) -> bool {
    claims.iter().any(|claim| claim == text.trim())
}

/// The request of a refusal: from its context, else from the lines of its message.
fn request(body: &Value) -> Option<Waiting> {
    let message = body["message"].as_str().filter(|text| text.starts_with(CONFIRMATION_MARKER))?;
    let context = &body["context"][PLACE];
    let said = |key: &str| -> Option<String> {
        let line = || message.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        context[key].as_str().or_else(line).map(|text| text.trim().to_string())
    };
    Some(Waiting {
        request: waiting::number(&said("request")?)?,
        claim: said("claim").filter(|claim| waiting::is_claim(claim)).map(Secret::new)?,
        is_approved: context["state"] == "approved",
        expires_at: context["expires_at"].as_str().map(str::to_string),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CLAIM: &str = "Ycb8aV9GDiva-unRS_KFpfsXhO_7cZ7WloHRpekXDfY";
    const REQUEST: &str = "5591aa8a-f0ee-4af3-9370-39fff0719bac";

    fn reply(body: &Value) -> HttpReply {
        HttpReply { status: 422, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    fn refusal() -> Value {
        let message = format!(
            "{CONFIRMATION_MARKER}\nreason: r\ndetail: d\nrequest: {REQUEST}\nclaim: {CLAIM}\nsubject: claim: mine"
        );
        json!({
            "name": "odoo.exceptions.UserError", "message": message, "arguments": [message],
            "context": { "agent_confirmation": { "request": REQUEST, "claim": CLAIM, "state": "approved" } },
            "debug": format!("Traceback\nUserError: {message}\nrepr: '{CLAIM}'"),
        })
    }

    #[test]
    fn the_claim_is_in_no_part_of_what_is_left_and_the_rest_is_whole() {
        let body = refusal();
        let given = reply(&body);
        let (left, waiting) = taken_out(&given).unwrap();
        let waiting = waiting.unwrap();
        assert_eq!((waiting.request.as_str(), waiting.claim.expose()), (REQUEST, CLAIM));
        assert!(waiting.is_approved);
        assert!(!String::from_utf8_lossy(&left.body).contains(CLAIM));
        let left: Value = serde_json::from_slice(&left.body).unwrap();
        let message = body["message"].as_str().unwrap().replace(&format!("claim: {CLAIM}\n"), "");
        assert_eq!(left["message"], message);
        assert_eq!(left["context"]["agent_confirmation"]["request"], REQUEST);
    }

    #[test]
    fn a_refusal_that_holds_it_in_one_place_alone_is_cleaned_as_well() {
        for place in ["message", "context", "debug", "arguments"] {
            let mut body = refusal();
            for (key, value) in body.as_object_mut().unwrap() {
                if key != place && key != "name" {
                    clean(value, &[CLAIM.into()]);
                }
            }
            let (given, has_number) = (reply(&body), matches!(place, "message" | "context"));
            let (left, waiting) = taken_out(&given).unwrap();
            assert!(!String::from_utf8_lossy(&left.body).contains(CLAIM), "{place}");
            assert_eq!(waiting.is_some(), has_number, "{place}");
        }
    }

    #[test]
    fn what_is_no_refusal_of_the_guards_is_left_as_it_came() {
        let message = "Your claim: 123456789012345678901 was filed";
        for body in [
            json!({ "name": "odoo.exceptions.UserError", "message": message, "arguments": [message] }),
            json!({ "message": format!("{CONFIRMATION_MARKER}\nreason: r\nclaim: a short one") }),
        ] {
            assert!(taken_out(&reply(&body)).is_none(), "{body}");
        }
    }
}
