//! The keywords of well-known methods, above all of those that take any keyword (`**kwargs`) and would swallow a
//! misspelt one. One rule; which keywords a method takes is knowledge, and other methods are Odoo's to judge.

use super::findings::Findings;
use super::{Check, refused};
use crate::error::Result;
use crate::hint::Hint;
use crate::knowledge::methods::{self, Others};
use crate::operation::Operation;
use crate::suggest::closest;

/// Other names under which people know a keyword.
const CALLED: [(&str, &str); 14] = [
    ("args", "domain"),
    ("count", "limit"),
    ("criteria", "domain"),
    ("data", "vals"),
    ("filter", "domain"),
    ("filters", "domain"),
    ("html", "body_is_html"),
    ("max", "limit"),
    ("message", "body"),
    ("order_by", "order"),
    ("orderby", "order"),
    ("recipients", "partner_ids"),
    ("sort", "order"),
    ("subtype", "subtype_xmlid"),
];

/// Refuses a keyword that would be swallowed.
pub fn check(check: &Check, operation: &Operation) -> Result<()> {
    let method = operation.method.as_str();
    let Some(known) = methods::of(&operation.model, method) else { return Ok(()) };
    if !matches!(known.others, Others::Swallowed(_)) {
        return Ok(());
    }
    let mut found = Findings::default();
    for key in operation.kwargs.keys() {
        // An activity takes its own fields, those of a studio included.
        let is_own = method == "activity_schedule" && key.starts_with("x_");
        if known.knows(key) || check.is_forced(key) || is_own {
            continue;
        }
        let takes = known.keywords(check.version);
        let error = refused(format!("{method} has no keyword {key}, and would not say so"));
        found.add(Err(match meant(key, &takes) {
            Some(close) => error.with_hint(format!("did you mean {close}?")),
            None if takes.len() < 15 => error.with_hint(format!("{method} takes {}", takes.join(", "))),
            None => error
                .with_hint(Hint::new("if a module of yours takes it: ").with("force_fields", key.as_str())),
        }))?;
    }
    found.told()
}

/// The keywords of a method, if it is known.
pub fn of(check: &Check, operation: &Operation) -> Option<Vec<&'static str>> {
    let known = methods::in_version(&operation.model, &operation.method, check.version)?;
    Some(known.keywords(check.version))
}

/// The keyword that was meant.
pub fn meant<'a>(key: &str, takes: &[&'a str]) -> Option<&'a str> {
    let called = CALLED.iter().find(|(other, _)| *other == key).map(|(_, name)| *name);
    // `vals` is vals_list for create.
    takes
        .iter()
        .copied()
        .find(|name| called == Some(*name))
        .or_else(|| closest(key, takes.iter().copied()))
        .or(match takes {
            [only] if matches!(key, "vals" | "values" | "data" | "records") => Some(*only),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::USUAL;

    #[test]
    fn misspelt_keywords_find_what_was_meant() {
        let keywords = |method| methods::of("res.partner", method).unwrap().keywords(USUAL);
        let search_read = keywords("search_read");
        for (given, wanted) in
            [("domian", "domain"), ("feilds", "fields"), ("filter", "domain"), ("orderby", "order")]
        {
            assert_eq!(meant(given, &search_read), Some(wanted));
        }
        assert_eq!(meant("values", &keywords("create")), Some("vals_list"));
    }
}
