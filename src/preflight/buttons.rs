//! The buttons of a form, as a user sees them: read from the view that Odoo sends, of which it shows no more than what
//! stays on the screen. It asks for a view and changes nothing.

use serde_json::{Value, json};

use crate::odoo::schema::Schemas;
use crate::operation::{Operation, kwargs};
use crate::text::html;

/// A button that calls a method.
#[derive(Debug, PartialEq)]
pub struct Button {
    /// What it calls.
    pub method: String,
    /// What stands on it; empty where that is drawn.
    pub label: String,
    is_in_footer: bool,
}

/// The buttons of a model's form: of this view, or of the usual one. With the `state` of a record, those alone that it
/// shows.
pub fn of_form(schemas: &dyn Schemas, model: &str, view: Option<i64>, state: Option<&str>) -> Vec<Button> {
    let views = kwargs(json!({ "views": [[view.map_or(json!(false), Value::from), "form"]] }));
    let answer = Operation::new(model, "get_views", views).ok().and_then(|question| schemas.ask(question));
    let arch = answer.as_ref().and_then(|answer| answer["views"]["form"]["arch"].as_str());
    arch.map(|arch| shown(arch, state)).unwrap_or_default()
}

/// The same for a wizard: those of its footer end it, a button elsewhere is on a line or changes what is shown.
pub fn of_wizard(schemas: &dyn Schemas, model: &str, view: Option<i64>, state: Option<&str>) -> Vec<Button> {
    let mut all = of_form(schemas, model, view, state);
    if all.iter().any(|button| button.is_in_footer) {
        all.retain(|button| button.is_in_footer);
    }
    all
}

/// What stands in a tag, as it was before it was escaped.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split('"').next().map(html::unescaped)
}

/// What is drawn, without what only its author reads.
fn without_comments(arch: &str) -> String {
    let mut parts = arch.split("<!--");
    let first = parts.next().unwrap_or_default();
    parts.filter_map(|part| part.split_once("-->")).fold(first.to_string(), |drawn, (_, after)| drawn + after)
}

fn shown(arch: &str, state: Option<&str>) -> Vec<Button> {
    // Each element that is open, with whether it is hidden and whether it is a footer.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut found: Vec<Button> = Vec::new();
    for tag in without_comments(arch).split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        if tag.starts_with('/') {
            open.pop();
            continue;
        }
        if tag.starts_with(['!', '?']) {
            continue;
        }
        // A tag may go on on the next line.
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        let hides = is_hidden(&tag, state);
        let is_seen = !hides && open.iter().all(|(hidden, _)| !hidden);
        let is_in_footer = open.iter().any(|(_, is_footer)| *is_footer);
        if !tag.ends_with('/') {
            open.push((hides, name == "footer"));
        }
        let is_button = name == "button" && attribute(&tag, "type").as_deref() == Some("object");
        if is_button
            && is_seen
            && attribute(&tag, "special").is_none()
            && let Some(method) = attribute(&tag, "name")
            && found.iter().all(|known| known.method != method)
        {
            let label = attribute(&tag, "string").unwrap_or_default();
            found.push(Button { method, label, is_in_footer });
        }
    }
    found
}

/// Whether an element is never shown, or not in this state. Other conditions are the record's, and are not read.
fn is_hidden(tag: &str, state: Option<&str>) -> bool {
    let invisible = attribute(tag, "invisible").unwrap_or_default();
    let by_its_state = |state: &str| {
        attribute(tag, "states").is_some_and(|states| states.split(',').all(|one| one.trim() != state))
            || attribute(tag, "attrs").and_then(|attrs| by_state(&attrs, state)) == Some(true)
            || by_state(&invisible, state) == Some(true)
    };
    matches!(invisible.as_str(), "1" | "True") || state.is_some_and(by_its_state)
}

/// What a condition says that asks for the state alone: `state != 'choose'`, and before 17 the same as a domain.
fn by_state(condition: &str, state: &str) -> Option<bool> {
    let spaced = condition.replace("!=", " != ").replace("==", " == ");
    let is_mark = |c: char| !(c.is_alphanumeric() || "_!=|&".contains(c));
    let words: Vec<&str> =
        spaced.split(is_mark).filter(|word| !word.is_empty() && *word != "invisible").collect();
    if words.iter().any(|word| matches!(*word, "and" | "or" | "|" | "&" | "if")) {
        return None;
    }
    match words.as_slice() {
        ["state", "==" | "=", one] => Some(*one == state),
        ["state", "!=", one] => Some(*one != state),
        ["state", "in", some @ ..] => Some(some.contains(&state)),
        ["state", "not", "in", some @ ..] => Some(!some.contains(&state)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods(arch: &str, state: Option<&str>) -> Vec<String> {
        shown(arch, state).into_iter().map(|button| button.method).collect()
    }

    #[test]
    fn a_state_shows_its_own_buttons() {
        let arch = r#"<form><!-- a > b --><group invisible="state != 'choose'"><field name="lang"/></group>
            <footer invisible="state != 'choose'"><button name="act_getfile" string="Export"
                type="object" class="btn"/><button special="cancel" string="Cancel" type="object"/></footer>
            <footer invisible="state != 'get'"><button special="cancel" string="Close" type="object"/></footer></form>"#;
        assert_eq!(methods(arch, Some("choose")), ["act_getfile"]);
        assert_eq!(methods(arch, None), ["act_getfile"]);
        assert!(methods(arch, Some("get")).is_empty());
    }

    #[test]
    fn what_is_escaped_or_left_out_is_read_as_the_page_has_it() {
        let arch = r#"<form><!-- <footer><button name="gone" type="object"/> --><header invisible="state != &quot;get&quot;">
            <button name="later" type="object"/></header>
            <button name="go" type="object" string="Say &quot;go&quot; &#39;n&#39; end"/></form>"#;
        let shown = shown(arch, Some("choose"));
        let told: Vec<(&str, &str, bool)> =
            shown.iter().map(|one| (one.method.as_str(), one.label.as_str(), one.is_in_footer)).collect();
        assert_eq!(told, [("go", "Say \"go\" 'n' end", false)]);
        assert_eq!(methods(arch, Some("get")), ["later", "go"]);
    }

    #[test]
    fn conditions_on_the_state_are_read_and_others_are_not() {
        for (condition, hidden) in [
            ("state != 'a'", Some(false)),
            ("state=='a'", Some(true)),
            ("state in ('a', 'b')", Some(true)),
            ("state not in ['a', 'b']", Some(false)),
            ("{'invisible': [('state','!=','b')]}", Some(true)),
            ("{'invisible': ['|', ('state','!=','b'), ('x','=',1)]}", None),
            ("state != 'a' or not partner_id", None),
            ("not partner_id", None),
            ("", None),
        ] {
            assert_eq!(by_state(condition, "a"), hidden, "{condition}");
        }
        let old = r#"<form><button name="go" type="object" states="b,c"/><button name="end" type="object" states="a"/></form>"#;
        assert_eq!(methods(old, Some("a")), ["end"]);
    }

    #[test]
    fn what_is_drawn_on_a_button_does_not_close_it() {
        let arch = r#"<form><header><button name="confirm" type="object" string="Pay &amp; Close"/>
            <button name="hidden" type="object" invisible="1"/><button name="12" type="action" string="No method"/></header>
            <footer><button name="switch" type="object">To <field name="lang"/></button>
            <button name="reload" type="object" string="Close"/></footer></form>"#;
        let all = shown(arch, None);
        let told: Vec<(&str, &str, bool)> =
            all.iter().map(|one| (one.method.as_str(), one.label.as_str(), one.is_in_footer)).collect();
        assert_eq!(
            told,
            [("confirm", "Pay & Close", false), ("switch", "", true), ("reload", "Close", true)]
        );
    }
}
