//! What a document says of an operation. Deny comes before ask, ask before limit, limit before allow; the order of
//! rules says nothing. Pure.

use super::asked::{Act, Asked, Kind};
use super::document::{Action, Document, Rule, Tool};
use super::limit::{Due, Who};
use super::matching::Holds;
use super::predicate::Came;
use crate::knowledge::classes::{Class, Classes};
use crate::knowledge::sensitive::{self, Tier};

/// What is to happen to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is sent.
    Allow,
    /// A person has to let it through.
    Ask,
    /// It is refused.
    Deny,
}

impl Verdict {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Ask => "ask",
            Verdict::Deny => "deny",
        }
    }
}

/// What one document says.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// What is to happen.
    pub verdict: Verdict,
    /// JSON Pointer of what decides.
    pub pointer: String,
    /// Why, in the words of the document or in ours.
    pub reason: String,
    /// What is counted when it is sent.
    pub dues: Vec<Due>,
}

impl Document {
    /// Decides. `label` tells the counters of documents apart.
    pub fn decide(&self, asked: &Asked, label: &str, who: &Who) -> Ruling {
        let ruling = |verdict, pointer: &str, reason: String| Ruling {
            verdict,
            pointer: pointer.into(),
            reason,
            dues: Vec::new(),
        };
        if let Some((pointer, reason)) = self.denial(asked) {
            return ruling(Verdict::Deny, &pointer, reason);
        }
        let live = |rule: &&Rule| rule.expires.is_none_or(|end| asked.facts.now < end);
        let rules: Vec<&Rule> = self.rules.iter().filter(live).collect();
        // What denies whatever stands beside it.
        let is_approval = asked.is_approval();
        let about = |rule: &&&Rule| !is_approval || rule.matches.names_models();
        for rule in rules.iter().filter(|rule| rule.action == Action::Deny).filter(about) {
            let missing = match rule.matches.touches(asked) {
                Holds::No => continue,
                Holds::Yes => false,
                Holds::Missing => true,
            };
            let said = rule.reason.clone().unwrap_or_else(|| {
                let what = rule.matches.words();
                if missing {
                    format!("it does not say what is denied: {what}")
                } else {
                    format!("denied: {what}")
                }
            });
            return ruling(Verdict::Deny, &rule.pointer, said);
        }
        if is_approval {
            return ruling(Verdict::Allow, "/default", "a request is approved or taken back".into());
        }
        let named: Vec<&Tool> = self.named(asked).collect();
        if self.denies_by_default
            && let Some((pointer, reason)) = self.not_granted(asked, &rules, !named.is_empty())
        {
            return ruling(Verdict::Deny, &pointer, reason);
        }
        let mut dues = Vec::new();
        let mut limits: Vec<&super::limit::Limit> = self.all_tools.limits.iter().collect();
        limits.extend(named.iter().flat_map(|tool| &tool.limits));
        let star = self.tools.get("*");
        limits.extend(star.iter().flat_map(|tool| &tool.limits));
        limits.extend(
            rules
                .iter()
                .filter(|rule| rule.action != Action::Deny && !rule.limits.is_empty())
                .filter(|rule| rule.matches.touches(asked) != Holds::No)
                .flat_map(|rule| &rule.limits),
        );
        for limit in &limits {
            match limit.dues(asked, label, who) {
                Ok(more) => dues.extend(more),
                Err(why) => return ruling(Verdict::Deny, &limit.pointer, why),
            }
        }
        let asking =
            rules.iter().find(|rule| rule.action == Action::Ask && rule.matches.touches(asked) != Holds::No);
        let tool_asks = |tool: &&&Tool| tool.action == Some(Action::Ask);
        let tools = named.iter().copied().chain(star).chain([&self.all_tools]);
        let tools: Vec<&Tool> = tools.collect();
        let asks = asking
            .map(|rule| (rule.pointer.clone(), rule.reason.clone()))
            .or_else(|| tools.iter().find(tool_asks).map(|it| (it.pointer.clone(), it.reason.clone())));
        if let Some((pointer, reason)) = asks {
            let reason = reason.unwrap_or_else(|| "the policy wants a person to let it through".into());
            return Ruling { dues, ..ruling(Verdict::Ask, &pointer, reason) };
        }
        let permitted = rules.iter().find(|rule| {
            rule.action != Action::Deny
                && asked.acts.first().is_some_and(|act| rule.matches.covers(act, asked))
        });
        let pointer = match (permitted, named.first(), limits.first()) {
            (Some(rule), ..) => rule.pointer.clone(),
            (None, Some(tool), _) => tool.pointer.clone(),
            (None, None, Some(limit)) => limit.pointer.clone(),
            _ => "/default".into(),
        };
        Ruling { dues, ..ruling(Verdict::Allow, &pointer, String::new()) }
    }

    /// What is said of the names of an operation.
    fn named<'d>(&'d self, asked: &'d Asked) -> impl Iterator<Item = &'d Tool> {
        asked.names.iter().filter_map(|name| self.tools.get(name))
    }

    fn denial(&self, asked: &Asked) -> Option<(String, String)> {
        if asked.is_entry() {
            let reason = format!("{} hides what it calls: call that itself", asked.operation.method);
            return Some(("/default".into(), reason));
        }
        let hidden = self.hide.iter().find(|(_, it)| asked.names.iter().any(|name| it.holds(name)));
        if let Some((pointer, pattern)) = hidden {
            return Some((pointer.clone(), format!("{} is hidden", pattern.text())));
        }
        let everywhere = [Some(&self.all_tools), self.tools.get("*")].into_iter().flatten();
        for tool in self.named(asked).chain(everywhere) {
            if tool.is_hidden || tool.action == Some(Action::Deny) {
                let part = if tool.is_hidden { "hide" } else { "action" };
                let name = tool.pointer.rsplit('/').next().unwrap_or_default();
                let reason = tool.reason.clone().unwrap_or_else(|| format!("{name} is denied"));
                return Some((format!("{}/{part}", tool.pointer), reason));
            }
            let denied = |predicate: &super::predicate::Predicate, why: String| {
                let said = predicate.on_deny.clone().or_else(|| tool.reason.clone());
                Some((predicate.pointer.clone(), said.unwrap_or(why)))
            };
            for predicate in &tool.deny_if {
                if !predicate.path.fits(asked) {
                    continue;
                }
                match predicate.came(asked, false) {
                    Came::True => return denied(predicate, format!("denied: {}", predicate.words())),
                    Came::Missing => {
                        return denied(
                            predicate,
                            format!("{} is not given, or cannot be compared", predicate.path.text),
                        );
                    }
                    Came::False => {}
                }
            }
            for predicate in &tool.require {
                if predicate.path.fits(asked) && predicate.came(asked, true) != Came::True {
                    return denied(predicate, format!("required: {}", predicate.words()));
                }
            }
        }
        None
    }

    /// What of an operation nothing permits, where that is needed.
    fn not_granted(&self, asked: &Asked, rules: &[&Rule], is_named: bool) -> Option<(String, String)> {
        for act in &asked.acts {
            if !needs_permission(act, asked) {
                continue;
            }
            let mut covering =
                rules.iter().filter(|rule| rule.action != Action::Deny && rule.matches.covers(act, asked));
            let tier = act.model.as_ref().and_then(|model| sensitive::tier(&model.now));
            let closed = tier.filter(|tier| is_closed(*tier, act.classes));
            let opened = match closed {
                Some(_) => covering.any(|rule| rule.reason.is_some() && rule.matches.names_models()),
                None => is_named || covering.next().is_some(),
            };
            if opened {
                continue;
            }
            let model =
                act.model.as_ref().map_or("a model that cannot be told", |model| model.given.as_str());
            let what = format!("{model}/{}", act.methods.first().unwrap_or(&""));
            let why = match closed {
                Some(tier) => {
                    format!("{what} is {}: it needs a rule of its own, with a reason", tier.name())
                }
                None if act.kind == Kind::Itself => format!("nothing permits {what}"),
                None => format!("nothing permits {what}, which this does as well"),
            };
            return Some(("/default".into(), why));
        }
        None
    }
}

/// What an operation does itself, writes and shows has to be permitted; a name in a condition shows nothing, and is
/// held to the rules on fields.
fn needs_permission(act: &Act, asked: &Asked) -> bool {
    match act.kind {
        Kind::Itself => true,
        Kind::Named => false,
        Kind::Written | Kind::Shown => act.model.is_some() || asked.facts.is_last,
    }
}

fn is_closed(tier: Tier, classes: Classes) -> bool {
    tier.closes_reads() || !classes.is_within(Classes::of(&[Class::Read]))
}

impl super::matching::Match {
    /// Whether permitting what it holds for opens a model that a general permission does not.
    pub fn opens_sensitive(&self, model: &str) -> bool {
        let reads_only = self.reads_only();
        sensitive::tier(model).is_some_and(|tier| tier.closes_reads() || !reads_only)
    }
}
