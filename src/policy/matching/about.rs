//! What a rule is about, whatever is asked: its models, its fields, and itself in a few words. It decides nothing.

use super::Match;
use crate::knowledge::classes::{self, Class, Classes};
use crate::policy::act::Act;
use crate::policy::pattern::{ModelNames, Pattern};
use crate::policy::test::Test;

impl Match {
    /// Whether it holds for nothing but reading.
    pub fn reads_only(&self) -> bool {
        let is_read = |method: &Pattern| method.is_literal() && classes::of("", method.text()) == Class::Read;
        self.effects.is_some_and(|effects| effects.is_within(Classes::of(&[Class::Read])))
            || self.methods.as_ref().is_some_and(|all| all.iter().all(is_read))
    }

    /// Whether it names neither models nor methods.
    pub fn is_of_everything(&self) -> bool {
        let is_any = |all: &Vec<Pattern>| all.iter().any(Pattern::is_everything);
        self.models.as_ref().is_none_or(|all| all.iter().any(|it| it.pattern().is_everything()))
            && self.methods.as_ref().is_none_or(is_any)
    }

    /// Whether it names models, and not simply every one.
    pub fn names_models(&self) -> bool {
        self.models.as_ref().is_some_and(|all| all.iter().all(|it| !it.pattern().is_everything()))
    }

    /// Whether it says something of fields.
    pub fn names_fields(&self) -> bool {
        self.fields.is_some() || self.domain_fields.is_some() || !self.values.is_empty()
    }

    /// Whether it says something of one model that is read, and not of others: where a field stands matters then.
    pub fn tells_models_apart(&self) -> bool {
        let is_read =
            |method: &Pattern| !method.is_literal() || classes::of("", method.text()) == Class::Read;
        self.names_models()
            && self.effects.is_none_or(|effects| effects.has(Class::Read))
            && self.methods.as_ref().is_none_or(|all| all.iter().any(is_read))
    }

    /// Whether it permits only some fields of the model of an act.
    pub fn permits_some(&self, act: &Act) -> bool {
        let is_some = |all: &Vec<Pattern>| !all.iter().any(Pattern::is_everything);
        let is_model = |model: &ModelNames| {
            self.models.as_ref().is_some_and(|all| all.iter().any(|it| it.covers(model)))
        };
        self.fields.as_ref().is_some_and(is_some)
            && self.effects.is_none_or(|effects| act.classes.meets(effects))
            && act.model.as_ref().is_some_and(is_model)
    }

    /// Whether a field is among those that it names.
    pub fn names_field(&self, field: &str) -> bool {
        self.fields
            .as_ref()
            .is_some_and(|all| all.iter().any(|pattern| !pattern.is_everything() && pattern.holds(field)))
    }

    /// What it holds for, in a few words.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        let texts = |all: &[Pattern]| all.iter().map(Pattern::text).collect::<Vec<_>>().join(", ");
        if let Some(effects) = self.effects {
            words.push(effects.list().map(Class::as_str).collect::<Vec<_>>().join(", "));
        }
        if let Some(all) = &self.methods {
            words.push(texts(all));
        }
        if let Some(all) = &self.models {
            let all: Vec<&str> = all.iter().map(|it| it.pattern().text()).collect();
            words.push(format!("on {}", all.join(", ")));
        }
        if let Some((min, max)) = self.records {
            words.push(match (min, max) {
                (0, max) => format!("of at most {max} records"),
                (min, u64::MAX) => format!("of {min} records or more"),
                (min, max) => format!("of {min} to {max} records"),
            });
        }
        if let Some(all) = &self.fields {
            words.push(format!("with {}", texts(all)));
        }
        for test in &self.values {
            let tests: Vec<String> = test.tests.iter().map(Test::words).collect();
            words.push(format!("where {} {}", test.field, tests.join(" and ")));
        }
        if words.is_empty() { "everything".into() } else { words.join(" ") }
    }
}
