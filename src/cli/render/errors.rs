//! An error as text: one JSON object off a terminal, a readable block on it. It adds nothing to what the
//! error says; Odoo's traceback is shown only when asked for.

use serde_json::Value;

use crate::error::Error;
use crate::hint::Hint;
use crate::text::sanitize;

/// The error as it goes to stderr, with its newline.
pub fn text(error: &Error, terminal: bool, debug: bool) -> String {
    if terminal { block(error, debug) } else { format!("{}\n", error.object(debug)) }
}

fn block(error: &Error, debug: bool) -> String {
    let mut lines = vec![format!("error: {} [{}]", indented(&error.message), error.code.as_str())];
    lines.extend(error.errors.iter().filter_map(Hint::as_text).map(|line| format!("  - {}", indented(line))));
    if let Some(fault) = error.odoo.as_ref().filter(|fault| !error.message.contains(&fault.message)) {
        lines.push(format!("  odoo: {}", indented(&fault.message)));
    }
    if let Some(denied) = error.denied.as_ref().filter(|denied| !error.message.contains(&denied.reason)) {
        lines.push(format!("  policy: {} ({} of {})", indented(&denied.reason), denied.pointer, denied.file));
        lines.extend(denied.allowed.iter().map(|allowed| format!("  allowed: {allowed}")));
    }
    if let Some(Value::Array(candidates)) = &error.candidates {
        lines.extend(candidates.iter().map(|candidate| format!("  {candidate}")));
    }
    let journal = error.journal.as_ref().map_or(String::new(), |id| format!(", journal: {id}"));
    lines.push(format!("  effect: {}, retry: {}{journal}", error.effect.as_str(), error.retry.as_str()));
    lines.extend(
        error.hints.iter().filter_map(Hint::as_text).map(|hint| format!("  hint: {}", indented(hint))),
    );
    if debug {
        lines.extend(error.odoo.iter().filter_map(|fault| fault.debug.clone()));
        lines.extend(
            error.source.iter().flat_map(|source| source.chain().map(|cause| format!("  cause: {cause}"))),
        );
    }
    sanitize::for_terminal(&(lines.join("\n") + "\n"))
}

/// Text of several lines, none of which can pass for a line of our own.
pub fn indented(text: &str) -> String {
    text.replace('\n', "\n        ")
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::error::{Code, Error, OdooFault};

    #[test]
    fn the_traceback_is_shown_only_with_debug() {
        let fault = OdooFault { name: "N".into(), message: "M".into(), debug: Some("Traceback (x)".into()) };
        let error = Error::new(Code::Rejected, "refused").with_odoo(fault);
        assert!(!text(&error, false, false).contains("Traceback"));
        assert!(text(&error, false, true).contains("Traceback"));
        assert!(!text(&error, true, false).contains("Traceback"));
    }

    #[test]
    fn several_wrong_things_are_a_list_or_lines_and_one_is_neither() {
        let mut error = Error::new(Code::PreflightRefused, "vals.a: no (and 1 more)");
        assert!(!text(&error, false, false).contains("errors"));
        error.errors = vec!["vals.a: no".into(), "vals.b: no\nerror: forged".into()];
        let object: serde_json::Value = serde_json::from_str(&text(&error, false, false)).unwrap();
        assert_eq!(object["error"]["errors"][0], "vals.a: no");
        let block = text(&error, true, false);
        assert!(
            block.contains("\n  - vals.a: no\n  - vals.b: no\n") && !block.contains("\nerror: forged"),
            "{block}"
        );
    }

    #[test]
    fn the_object_has_the_keys_of_the_contract_in_order() {
        let error = Error::new(Code::Busy, "locked").with_status(409).with_hint("wait");
        assert_eq!(
            text(&error, false, false),
            "{\"error\":{\"code\":\"busy\",\"message\":\"locked\",\"hints\":[\"wait\"],\"effect\":\"rejected\",\"retry\":\"safe\",\"http_status\":409}}\n"
        );
    }
}
