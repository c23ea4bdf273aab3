//! Every document that applies to a profile, together: each decides for itself, the strictest counts, and every limit
//! of each. Pure.

use serde_json::json;

use super::asked::Asked;
use super::decide::{Ruling, Verdict};
use super::document::Document;
use super::facts::Facts;
use super::limit::{Due, Who};
use super::naming;

use crate::operation::{Object, Operation, kwargs};

/// Where a document comes from, and so for whom it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The machine's administrator.
    Machine,
    /// The owner, for every profile.
    Everyone,
    /// The owner, for one profile.
    Profile,
}

impl Origin {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Machine => "machine",
            Origin::Everyone => "all profiles",
            Origin::Profile => "profile",
        }
    }
}

/// A document and its file.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// For whom it is.
    pub origin: Origin,
    /// As messages name it.
    pub file: String,
    /// What it says.
    pub document: Document,
}

/// Those that apply.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// The machine's first.
    pub documents: Vec<Loaded>,
}

/// What they say of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What is to happen.
    pub verdict: Verdict,
    /// Which document decides, and what it says; none without any.
    pub by: Option<(usize, Ruling)>,
    /// What is counted, and by which document.
    pub dues: Vec<(usize, Due)>,
    /// What documents that only watch would have done.
    pub shadows: Vec<(usize, Ruling)>,
    /// Limits of documents that only watch, which have been reached.
    pub reached: Vec<(usize, String)>,
    /// Every document that asks for a person.
    pub asking: Vec<usize>,
    /// Each of them takes an answer in a form.
    pub by_form: bool,
}

impl Policies {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Whether tools of this name are not to be told of.
    pub fn hides(&self, name: &str) -> bool {
        let names = naming::forms(name);
        let hides = |document: &Document| {
            document.hide.iter().any(|(_, pattern)| names.iter().any(|name| pattern.holds(name)))
                || names.iter().any(|name| document.tools.get(name).is_some_and(|tool| tool.is_hidden))
        };
        self.enforced().any(|loaded| hides(&loaded.document))
    }

    /// Those that do more than watch.
    pub fn enforced(&self) -> impl Iterator<Item = &Loaded> {
        self.documents.iter().filter(|loaded| !loaded.document.is_shadow)
    }

    /// Whether any of them is about the way to Odoo.
    pub fn name_a_protocol(&self) -> bool {
        naming::ways().any(|name| self.documents.iter().any(|loaded| loaded.document.names(name)))
    }

    /// Whether any of them looks at more than the whole of an operation, so that it matters where its fields lead.
    pub fn look_inside(&self) -> bool {
        self.redact() || self.documents.iter().any(|loaded| loaded.document.looks_inside())
    }

    /// Whether any of them says more of one model that is read than of others.
    pub fn look_across(&self) -> bool {
        self.documents.iter().any(|loaded| loaded.document.looks_across)
    }

    /// Whether any of them withholds fields.
    pub fn redact(&self) -> bool {
        self.enforced().any(|loaded| !loaded.document.redact.is_empty())
    }

    /// Decides.
    pub fn decide(&self, asked: &Asked, who: &Who) -> Decision {
        let mut decision = Decision {
            verdict: Verdict::Allow,
            by: None,
            dues: Vec::new(),
            shadows: Vec::new(),
            reached: Vec::new(),
            asking: Vec::new(),
            by_form: true,
        };
        if self.is_empty() {
            return decision;
        }
        for (at, loaded) in self.documents.iter().enumerate() {
            let mut ruling = loaded.document.decide(asked, &loaded.label(), who);
            decision.dues.extend(std::mem::take(&mut ruling.dues).into_iter().map(|due| (at, due)));
            if loaded.document.is_shadow {
                decision.shadows.push((at, ruling));
                continue;
            }
            if ruling.verdict == Verdict::Ask {
                decision.asking.push(at);
                decision.by_form &= ruling.by_form;
            }
            if decision.by.as_ref().is_none_or(|(_, before)| ruling.verdict > before.verdict) {
                decision.verdict = ruling.verdict;
                decision.by = Some((at, ruling));
            }
        }
        decision
    }

    /// What would be allowed in the place of what was denied, in a few words.
    pub fn instead(&self, operation: &Operation, facts: Facts, who: &Who) -> Option<String> {
        let tries: [(&str, Object); 4] = [
            ("search_read", kwargs(json!({ "fields": ["id"] }))),
            ("read", kwargs(json!({ "fields": ["id"] }))),
            ("create", Object::new()),
            ("write", Object::new()),
        ];
        // Nothing is asked for that: the answer may be what is denied.
        let facts = Facts { verb: None, is_last: false, is_across: false, ..facts };
        let allowed = tries.into_iter().filter_map(|(method, kwargs)| {
            let other = Operation::new(&operation.model, method, kwargs).ok()?;
            let other = if matches!(method, "read" | "write") { other.on(vec![1]) } else { other };
            let same = method == operation.method;
            let verdict = self.decide(&Asked::of(&other, facts), who).verdict;
            (!same && verdict == Verdict::Allow).then_some(method)
        });
        let allowed: Vec<&str> = allowed.collect();
        (!allowed.is_empty()).then(|| format!("{} of {}", allowed.join(", "), operation.model))
    }
}

impl Loaded {
    /// What tells its counters from those of other documents, and what it has only watched from what it holds back.
    fn label(&self) -> String {
        let own = match self.origin {
            Origin::Machine => "machine",
            Origin::Everyone => "all",
            Origin::Profile => "profile",
        };
        if self.document.is_shadow { format!("{own}, watching") } else { own.into() }
    }
}
