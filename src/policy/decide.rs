//! What a document says of an operation. Deny comes before ask, ask before limit, limit before allow; the order of
//! rules says nothing. Pure.

use super::act::{Act, Kind};
use super::asked::Asked;
use super::document::{Action, Document, Rule, Tool};
use super::limit::{Due, Limit, Who};
use super::matching::Holds;
use super::naming;
use super::path::Path;
use super::pattern::Pattern;
use super::predicate::{Came, Predicate};
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
    /// Whatever asks for a person takes an answer in a form.
    pub by_form: bool,
}

impl Document {
    /// Decides. `label` tells the counters of documents apart.
    pub fn decide(&self, asked: &Asked, label: &str, who: &Who) -> Ruling {
        let live = |rule: &&Rule| rule.expires.is_none_or(|end| asked.facts.now < end);
        let rules: Vec<&Rule> = self.rules.iter().filter(live).collect();
        if let Some(denied) = self.hidden(asked).or_else(|| self.denied(asked, &rules)) {
            return denied;
        }
        if asked.is_approval() {
            return ruling(Verdict::Allow, "/default", "a request is approved or taken back".into());
        }
        if self.denies_by_default
            && let Some(denied) = self.not_granted(asked, &rules)
        {
            return denied;
        }
        let dues = match self.owed(asked, &rules, label, who) {
            Ok(dues) => dues,
            Err(denied) => return denied,
        };
        if let Some(asks) = self.asked_for(asked, &rules) {
            return Ruling { dues, ..asks };
        }
        Ruling { dues, ..ruling(Verdict::Allow, &self.granted_by(asked, &rules), String::new()) }
    }

    /// What is said of the names of an operation and of what it writes besides.
    fn named<'d>(&'d self, asked: &'d Asked) -> impl Iterator<Item = (&'d str, &'d Tool)> {
        let is_named = |(name, _): &(&str, &Tool)| asked.called(name).next().is_some();
        self.tools.iter().map(|(name, tool)| (name.as_str(), tool)).filter(is_named)
    }

    /// What is said of every name.
    fn everywhere(&self) -> impl Iterator<Item = &Tool> {
        self.tools.get("*").into_iter().chain([&self.all_tools])
    }

    /// What the tools deny.
    fn hidden(&self, asked: &Asked) -> Option<Ruling> {
        if asked.is_entry() {
            let reason = format!("{} hides what it calls: call that itself", asked.operation.method);
            return Some(ruling(Verdict::Deny, "/default", reason));
        }
        let hides = |pattern: &Pattern| {
            asked.acts.iter().flat_map(|act| asked.names_of(act)).any(|name| pattern.holds(name))
        };
        if let Some((pointer, pattern)) = self.hide.iter().find(|(_, it)| hides(it)) {
            return Some(ruling(Verdict::Deny, pointer, format!("{} is hidden", pattern.text())));
        }
        let named = self
            .named(asked)
            .find_map(|(name, tool)| tool.denial(asked, &asked.called(name).collect::<Vec<_>>(), false));
        named.or_else(|| {
            let done = done(asked);
            self.everywhere().find_map(|tool| tool.denial(asked, &done, true))
        })
    }

    /// What the rules deny.
    fn denied(&self, asked: &Asked, rules: &[&Rule]) -> Option<Ruling> {
        let is_approval = asked.is_approval();
        // Approving is a person's own affair, unless a rule names its model.
        let about =
            |rule: &&&Rule| rule.action == Action::Deny && (!is_approval || rule.matches.names_models());
        rules.iter().filter(about).find_map(|rule| {
            let what = || rule.matches.words();
            let why = match rule.matches.touches(asked) {
                Holds::No => return None,
                Holds::Yes if rule.matches.is_of_a_search(asked) => {
                    format!(
                        "denied: {}: a search for a name looks at that too, a condition on name does not",
                        what()
                    )
                }
                Holds::Yes => format!("denied: {}", what()),
                Holds::Missing => format!("it does not say what is denied: {}", what()),
            };
            Some(ruling(Verdict::Deny, &rule.pointer, rule.reason.clone().unwrap_or(why)))
        })
    }

    /// What is counted when it is sent.
    fn owed(&self, asked: &Asked, rules: &[&Rule], label: &str, who: &Who) -> Result<Vec<Due>, Ruling> {
        let written = done(asked);
        let mut dues = Vec::new();
        let mut add = |limits: &[Limit], acts: &[&Act], is_everywhere: bool| {
            for limit in limits {
                let more = limit.dues(asked, acts, is_everywhere, label, who);
                dues.extend(more.map_err(|why| ruling(Verdict::Deny, &limit.pointer, why))?);
            }
            Ok(())
        };
        for tool in self.everywhere() {
            add(&tool.limits, &written, true)?;
        }
        for (name, tool) in self.named(asked).filter(|(_, tool)| !tool.limits.is_empty()) {
            add(&tool.limits, &asked.called(name).collect::<Vec<_>>(), false)?;
        }
        for rule in rules.iter().filter(|rule| rule.action != Action::Deny && !rule.limits.is_empty()) {
            let touched = rule.matches.touched(asked).map(|(act, _)| act);
            let touched: Vec<&Act> = touched.filter(|act| act.kind != Kind::Inherited).collect();
            // What a button causes is counted for it, but for what is added up of values.
            let is_plain = |limit: &Limit| limit.sum.as_ref().is_none_or(Path::is_ids);
            let has_itself = touched.iter().any(|act| act.kind == Kind::Itself);
            for limit in &rule.limits {
                let is_counted = |act: &&Act| !(act.kind == Kind::Caused && has_itself && is_plain(limit));
                let touched: Vec<&Act> = touched.iter().copied().filter(is_counted).collect();
                add(std::slice::from_ref(limit), &touched, rule.matches.is_of_everything())?;
            }
        }
        Ok(dues)
    }

    /// Whether a person has to let it through.
    fn asked_for(&self, asked: &Asked, rules: &[&Rule]) -> Option<Ruling> {
        let asks = |rule: &&&Rule| rule.action == Action::Ask && rule.matches.touches(asked) != Holds::No;
        let mut asking = rules.iter().filter(asks).peekable();
        let by_rule = asking.peek().map(|rule| (&rule.pointer, &rule.reason));
        let by_form = asking.all(|rule| rule.by_form);
        let tools = self.named(asked).map(|(_, tool)| tool).chain(self.everywhere());
        let mut tools = tools.filter(|tool| tool.action == Some(Action::Ask));
        let by_tool = tools.next().map(|tool| (&tool.pointer, &tool.reason));
        let by_form = by_form && by_tool.is_none();
        let (pointer, reason) = by_rule.or(by_tool)?;
        let usual = || "the policy wants a person to let it through".into();
        Some(Ruling { by_form, ..ruling(Verdict::Ask, pointer, reason.clone().unwrap_or_else(usual)) })
    }

    /// What permits it, or counts it.
    fn granted_by(&self, asked: &Asked, rules: &[&Rule]) -> String {
        let permits = |rule: &&&Rule| {
            rule.action.grants() && asked.itself().is_some_and(|act| rule.matches.covers(act, asked))
        };
        let tool = || self.named(asked).map(|(_, tool)| tool.pointer.clone()).next();
        let limit = || self.everywhere().find_map(|tool| Some(tool.limits.first()?.pointer.clone()));
        let rule = rules.iter().find(permits).map(|rule| rule.pointer.clone());
        rule.or_else(tool).or_else(limit).unwrap_or_else(|| "/default".into())
    }

    /// What of an operation nothing permits, where that is needed.
    fn not_granted(&self, asked: &Asked, rules: &[&Rule]) -> Option<Ruling> {
        let needs = |act: &&Act| needs_permission(act, asked) || is_half_open(act, rules);
        for act in asked.acts.iter().filter(needs) {
            // What a rule permits of a model by the names of its fields, it permits wherever they stand.
            let is_named = |field: &str| {
                let names = |rule: &&&Rule| rule.action.grants() && rule.matches.names_field(field);
                let has = |own: &&Act| own.kind != Kind::Inherited && own.fields.contains(field);
                act.kind == Kind::Inherited
                    && rules.iter().filter(names).any(|rule| {
                        asked
                            .acts
                            .iter()
                            .filter(has)
                            .any(|own| rule.matches.covers_with(own, asked, &|_| true))
                    })
            };
            let covers = |rule: &Rule| rule.matches.covers_with(act, asked, &is_named);
            let all_named = act.kind == Kind::Inherited
                && !act.is_whole
                && act.fields.iter().all(|field| is_named(field));
            if all_named {
                continue;
            }
            let mut covering = rules.iter().filter(|rule| rule.action.grants() && covers(rule));
            let tier = act.model.as_ref().and_then(|model| sensitive::tier(&model.now));
            let closed = tier.filter(|tier| is_closed(*tier, act.classes));
            let opened = match closed {
                Some(_) => covering.any(|rule| rule.reason.is_some() && rule.matches.names_models()),
                None => self.lists(asked, act) || covering.next().is_some(),
            };
            if opened {
                continue;
            }
            let given = act.model.as_ref().map(|model| model.given.as_str());
            let what = format!(
                "{}/{}",
                given.unwrap_or("a model that cannot be told"),
                act.methods.first().unwrap_or(&"")
            );
            let why = match closed {
                Some(tier) => {
                    format!("{what} is {}: it needs a rule of its own, with a reason", tier.name())
                }
                None if act.kind == Kind::Itself => {
                    let counts =
                        |rule: &&&Rule| rule.action == Action::Count && rule.matches.covers(act, asked);
                    let only = rules.iter().find(counts).map_or(String::new(), |rule| {
                        format!(": {} has limits and no action, so it only counts", rule.pointer)
                    });
                    format!("nothing permits {what}{only}")
                }
                None => format!("nothing permits {what}, which this does as well"),
            };
            return Some(ruling(Verdict::Deny, "/default", why));
        }
        None
    }

    /// Whether an act is listed by one of its names, or by the way that it goes.
    fn lists(&self, asked: &Asked, act: &Act) -> bool {
        let has = |name: &String| self.tools.contains_key(name);
        asked.names_of(act).iter().any(has) || naming::of_the_way(&asked.names, &asked.facts).any(has)
    }
}

impl Tool {
    /// What it denies of acts that are called by its name.
    fn denial(&self, asked: &Asked, acts: &[&Act], is_everywhere: bool) -> Option<Ruling> {
        if self.is_hidden || self.action == Some(Action::Deny) {
            let part = if self.is_hidden { "hide" } else { "action" };
            let name = self.pointer.rsplit('/').next().unwrap_or_default();
            let reason = self.reason.clone().unwrap_or_else(|| format!("{name} is denied"));
            return Some(ruling(Verdict::Deny, &format!("{}/{part}", self.pointer), reason));
        }
        acts.iter().find_map(|act| self.refused(asked, act, is_everywhere))
    }

    /// The condition by which an act is refused. Of what is written inside values nothing is missing: what they do not
    /// give, the call did not promise.
    fn refused(&self, asked: &Asked, act: &Act, is_everywhere: bool) -> Option<Ruling> {
        let denied = |predicate: &Predicate, why: String| {
            let said = predicate.on_deny.clone().or_else(|| self.reason.clone());
            Some(ruling(Verdict::Deny, &predicate.pointer, said.unwrap_or(why)))
        };
        // A field that another record holds is the model's own as well.
        let is_own = act.kind == Kind::Inherited && act.is_read();
        let came = |predicate: &Predicate, for_each: bool, is_due: bool| {
            let path = &predicate.path;
            (!(is_own && (for_each || act.is_by_name))
                && path.fits(asked, act)
                && (is_due || path.may_be_in(asked, act)))
            .then(|| predicate.came(asked, act, for_each, is_due))
        };
        for predicate in &self.deny_if {
            match came(predicate, false, predicate.is_due(asked, act, is_everywhere)) {
                Some(Came::True) => return denied(predicate, format!("denied: {}", predicate.words())),
                Some(Came::Missing) => {
                    let path = &predicate.path.text;
                    return denied(predicate, format!("{path} is not given, or cannot be compared"));
                }
                Some(Came::False) | None => {}
            }
        }
        for predicate in &self.require {
            // What is required of every name is required of each.
            let came = came(predicate, true, predicate.is_due(asked, act, false));
            if came.is_some_and(|came| came != Came::True) {
                return denied(predicate, format!("required: {}", predicate.words()));
            }
        }
        None
    }
}

/// What an operation does, beside what it shows and names.
fn done<'a, 'o>(asked: &'a Asked<'o>) -> Vec<&'a Act<'o>> {
    asked.acts.iter().filter(|act| matches!(act.kind, Kind::Itself | Kind::Written)).collect()
}

fn ruling(verdict: Verdict, pointer: &str, reason: String) -> Ruling {
    Ruling { verdict, pointer: pointer.into(), reason, dues: Vec::new(), by_form: false }
}

/// What an operation does itself, writes and shows has to be permitted, and what a condition or an order tells of other
/// records than their names; what it names of its own is held to the rules on fields.
fn needs_permission(act: &Act, asked: &Asked) -> bool {
    match act.kind {
        _ if act.is_by_name => false,
        Kind::Itself => true,
        Kind::Inherited => false,
        // Who opened the wizard for itself opened what it is for.
        Kind::Caused => {
            let tier = |act: &Act| {
                let tier = act.model.as_ref().and_then(|model| sensitive::tier(&model.now));
                tier.filter(|tier| is_closed(*tier, act.classes))
            };
            tier(act).is_some() && asked.itself().and_then(tier).is_none()
        }
        // A link shows the name of its one record by itself, and a list those of none.
        Kind::Named if !act.tells() => act.is_of_list && act.is_secret(),
        Kind::Written | Kind::Shown | Kind::Named => act.model.is_some() || asked.facts.is_last,
    }
}

/// Whether an act is done to a record of which a document permits only some fields, by a model that holds them too.
fn is_half_open(act: &Act, rules: &[&Rule]) -> bool {
    let some = |rule: &&Rule| rule.action.grants() && rule.matches.permits_some(act);
    matches!(act.kind, Kind::Inherited | Kind::Caused) && !act.is_by_name && rules.iter().any(some)
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
