//! Policies to begin with, as they are printed: each a whole document that its descriptions explain.

/// A policy to begin with.
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

/// Every one.
pub const TEMPLATES: [Template; 3] = [
    Template { name: "internal", text: include_str!("internal.json") },
    Template { name: "readonly", text: include_str!("readonly.json") },
    Template { name: "standard", text: include_str!("standard.json") },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::Document;

    #[test]
    fn every_template_is_a_policy() {
        for template in &TEMPLATES {
            assert!(Document::parse(template.text).is_ok(), "{}", template.name);
        }
    }
}
