//! `message_post`: exactly one record, and notes about what it makes of its arguments. It must not judge whom a
//! message reaches: that is the guard's.

use serde_json::Value;

use super::{Check, refused};
use crate::error::Result;
use crate::hint::Hint;
use crate::operation::{Operation, is_true};

/// Tags by which a text is taken for HTML; `<a@b.c>` and `a < b` are none.
const TAGS: [&str; 22] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "ul",
];

/// The rules of `message_post`.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let given = |name: &str| operation.kwargs.get(name).is_some_and(is_true);
    if operation.method == "message_notify" && !given("partner_ids") {
        check.note("message_notify tells the people in partner_ids, and here are none: nobody is told of it");
    }
    if operation.method != "message_post" {
        return Ok(());
    }
    let ids = operation.ids.as_deref().unwrap_or_default();
    if ids.len() > 1 {
        return Err(refused(format!(
            "message_post takes exactly one record, here are {}: Odoo would fail on it",
            ids.len()
        ))
        .with_hint("call it once for each"));
    }
    super::content::of_message(check, operation);
    let body = operation.kwargs.get("body").and_then(Value::as_str).unwrap_or_default();
    if looks_like_html(body) && !given("body_is_html") && !check.is_forced("body") {
        return Err(refused("the body looks like HTML and would be shown as it stands, tags and all")
            .with_hint("\"body_is_html\": true in the arguments makes it HTML")
            .with_hint(
                Hint::default().with("force_fields", "body").text(" sends it as the text that it is"),
            ));
    }
    if body.contains("<![CDATA[") {
        check.note("the body holds CDATA markers, which are no HTML and arrive in the text: leave out <![CDATA[ and ]]>");
    } else if body.trim().contains('\n') && !looks_like_html(body) {
        check.note("the body is shown as HTML, and a text loses its line breaks there: \"body_is_html\": true with <p>…</p> around each paragraph, or <br> at the end of each line");
    }
    let subtype = operation.kwargs.get("subtype_xmlid").and_then(Value::as_str);
    let told = told(given("partner_ids"), given("outgoing_email_to"));
    let has_subtype = given("subtype_xmlid") || given("subtype_id");
    if subtype == Some("mail.mt_note") && !told.is_empty() {
        check.note(format!("an internal note, but {told}"));
    }
    // Members of a channel have every message of it.
    if CHANNELS.contains(&operation.model.as_str()) {
        return Ok(());
    }
    if !has_subtype && !told.is_empty() {
        check.note(format!("no subtype: followers are not notified, but {told}"));
    }
    if !has_subtype && told.is_empty() {
        check.note("no subtype: this is an internal note, which followers are not told of; \"subtype_xmlid\": \"mail.mt_comment\" with \"message_type\": \"comment\" reaches them");
    }
    Ok(())
}

/// Models whose records are talks: their members are told, and not followers.
const CHANNELS: [&str; 2] = ["discuss.channel", "mail.channel"];

/// Who is told of a message besides its followers.
fn told(partners: bool, addresses: bool) -> &'static str {
    match (partners, addresses) {
        (true, false) => {
            "each of partner_ids is notified of it, by e-mail where they have no account of this Odoo or have chosen so"
        }
        (false, true) => "it is e-mailed to outgoing_email_to",
        (true, true) => {
            "each of partner_ids is notified of it, by e-mail where they have no account of this Odoo or have chosen so, and it is e-mailed to outgoing_email_to"
        }
        (false, false) => "",
    }
}

/// Whether a text has tags as HTML has them.
pub fn looks_like_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let name: String =
            rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let ends = rest[name.len()..].starts_with(['>', '/', ' ', '\n', '\t']);
        ends && TAGS.contains(&name.as_str()) && rest.contains('>')
    })
}

#[cfg(test)]
mod tests {
    use super::{looks_like_html, told};

    #[test]
    fn nobody_is_left_out_of_those_who_are_told() {
        assert!(told(false, false).is_empty());
        assert!(
            told(false, true).contains("outgoing_email_to") && !told(false, true).contains("partner_ids")
        );
        assert!(told(true, true).contains("outgoing_email_to") && told(true, true).contains("partner_ids"));
    }

    #[test]
    fn html_is_told_from_addresses_and_comparisons() {
        for html in ["<p>Hi</p>", "a<br>b", "<BR/>", "<a href=\"x\">y</a>", "<ul>\n<li>x</li></ul>"] {
            assert!(looks_like_html(html), "{html}");
        }
        for text in ["Ann <a@b.c>", "a < b", "1 <b 2", "<", "<>", "<unknown>", "x <3"] {
            assert!(!looks_like_html(text), "{text}");
        }
    }
}
