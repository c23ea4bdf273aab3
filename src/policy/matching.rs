//! What a rule holds for. A rule that permits has to cover everything that an operation does; one that forbids, asks
//! or limits has to touch any of it.

mod about;
mod keys;

use keys::{context, effects, names, range};

use super::act::{Act, Kind};
use super::asked::Asked;
use super::hours::Hours;
use super::pattern::{ModelPattern, Pattern};
use super::predicate::{Came, ValueTest};
use super::reading::{Members, Node, Read};
use super::test::Test;
use crate::knowledge::classes::{self, Class, Classes};
use crate::knowledge::methods::{self, Role};
use crate::operation::Object;

/// The `match` of a rule.
#[derive(Clone, Debug, Default)]
pub struct Match {
    /// Models.
    pub models: Option<Vec<ModelPattern>>,
    methods: Option<Vec<Pattern>>,
    effects: Option<Classes>,
    records: Option<(u64, u64)>,
    ids: Option<Vec<i64>>,
    /// Fields.
    pub fields: Option<Vec<Pattern>>,
    values: Vec<ValueTest>,
    domain_fields: Option<Vec<Pattern>>,
    context: Vec<(String, Vec<Test>)>,
    profiles: Option<Vec<Pattern>>,
    channels: Option<Vec<Pattern>>,
    surfaces: Option<Vec<Pattern>>,
    hours: Option<Hours>,
}

const KEYS: [&str; 12] = [
    "model",
    "method",
    "effect",
    "ids",
    "fields",
    "values",
    "domain_fields",
    "context",
    "profile",
    "channel",
    "surface",
    "time",
];

/// The doors that operations come through.
const SURFACES: [&str; 3] = ["cli", "spec", "mcp"];

/// Whether an operation is one that a rule holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// What the rule looks at is not there.
    Missing,
}

impl Match {
    /// From a policy.
    pub fn read(node: &Node) -> Read<Match> {
        let members = node.object(&KEYS)?;
        let models = members.get("model").map(|node| node.one_or_more()?.iter().map(Node::model).collect());
        let (records, ids) = match members.get("ids") {
            Some(node) if node.value.is_array() => {
                let id = |node: &Node| {
                    node.value.as_i64().filter(|id| *id > 0).ok_or_else(|| node.wrong("an id is expected"))
                };
                (None, Some(node.filled()?.iter().map(id).collect::<Read<Vec<_>>>()?))
            }
            Some(node) => (Some(range(&node)?), None),
            None => (None, None),
        };
        let found = Match {
            models: models.transpose()?,
            methods: names(&members, "method", "")?,
            effects: members.get("effect").map(|node| effects(&node)).transpose()?,
            records,
            ids,
            fields: names(&members, "fields", "")?,
            values: members.get("values").map_or(Ok(Vec::new()), |node| ValueTest::all(&node))?,
            domain_fields: names(&members, "domain_fields", "")?,
            context: members.get("context").map_or(Ok(Vec::new()), |node| context(&node))?,
            profiles: names(&members, "profile", "-./ ")?,
            channels: names(&members, "channel", "-./ :@")?,
            surfaces: names(&members, "surface", "")?,
            hours: members.get("time").map(|node| Hours::read(&node)).transpose()?,
        };
        found.refuse_contradictions(&members)?;
        Ok(found)
    }

    /// What can hold for no operation.
    fn refuse_contradictions(&self, members: &Members) -> Read<()> {
        let at = |key: &str, why: &str| match members.get(key) {
            Some(node) => Err(node.wrong(why)),
            None => Err(members.wrong(why)),
        };
        let literal: Option<Vec<&str>> = self
            .methods
            .as_ref()
            .and_then(|all| all.iter().map(|method| method.is_literal().then(|| method.text())).collect());
        if let (Some(effects), Some(all)) = (self.effects, &literal)
            && !all.iter().any(|method| classes::possible(method).widened().meets(effects))
        {
            return at("effect", "no call of that method has this effect: the rule can never match");
        }
        let reads_only = |method: &&str| {
            classes::has_values("", method) == Some(false) && classes::of("", method) == Class::Read
        };
        let reads = literal.as_ref().is_some_and(|all| all.iter().all(reads_only))
            || self.effects.is_some_and(|effects| effects.is_within(Classes::of(&[Class::Read])));
        if reads && !self.values.is_empty() {
            return at("values", "what only reads stores no values: the rule can never match");
        }
        let without_domain = |method: &&str| {
            methods::of("", method).is_some_and(|row| {
                row.argument(Role::Domain).is_none() && row.others != methods::Others::PassedOn
            })
        };
        if self.domain_fields.is_some() && literal.is_some_and(|all| all.iter().all(without_domain)) {
            return at("domain_fields", "that method takes no domain: the rule can never match");
        }
        if let Some(surfaces) = &self.surfaces
            && let Some(odd) = surfaces.iter().find(|it| !SURFACES.iter().any(|surface| it.holds(surface)))
        {
            return at(
                "surface",
                &format!("{:?} is none of {}: it can never match", odd.text(), SURFACES.join(", ")),
            );
        }
        Ok(())
    }

    /// Whether it holds whatever a single act is, for the whole operation: in one of its contexts, or in each.
    fn surrounds(&self, asked: &Asked, in_each: bool) -> bool {
        let facts = &asked.facts;
        let has = |list: &Option<Vec<Pattern>>, name: &str| list.as_ref().is_none_or(|all| has(all, name));
        let holds_in = |context: &&Object| {
            self.context.iter().all(|(key, tests)| {
                let value = asked.in_context(context, key);
                match tests.as_slice() {
                    [Test::Exists(wanted)] => value.is_some() == *wanted,
                    tests => value
                        .is_some_and(|value| tests.iter().all(|it| it.holds_in_context(value) == Some(true))),
                }
            })
        };
        let mut contexts = asked.contexts.iter();
        has(&self.profiles, facts.profile)
            && has(&self.channels, facts.channel)
            && has(&self.surfaces, facts.surface)
            && self.hours.as_ref().is_none_or(|hours| hours.hold(facts.now))
            && if in_each { contexts.all(holds_in) } else { contexts.any(holds_in) }
    }

    /// Whether a rule that forbids, asks or limits is about an operation.
    pub fn touches(&self, asked: &Asked) -> Holds {
        let mut holds = Holds::No;
        for (_, touched) in self.touched(asked) {
            if touched == Holds::Yes {
                return Holds::Yes;
            }
            holds = Holds::Missing;
        }
        holds
    }

    /// Whether it is about an operation for nothing but what a search for a name looks at.
    pub fn is_of_a_search(&self, asked: &Asked) -> bool {
        let mut touched = self.touched(asked).map(|(act, _)| act).peekable();
        touched.peek().is_some() && touched.all(|act| act.kind == Kind::Named && act.is_by_name)
    }

    /// The acts of an operation that such a rule is about, or may be.
    pub fn touched<'a, 'o>(&self, asked: &'a Asked<'o>) -> impl Iterator<Item = (&'a Act<'o>, Holds)> {
        let is_domain =
            |all: &Vec<Pattern>| asked.is_opaque || asked.domain_fields.iter().any(|field| has(all, field));
        let is_about = self.surrounds(asked, false) && self.domain_fields.as_ref().is_none_or(is_domain);
        let acts = asked.acts.iter().filter(move |_| is_about);
        acts.map(|act| (act, self.touches_act(act, asked))).filter(|(_, holds)| *holds != Holds::No)
    }

    fn touches_act(&self, act: &Act, asked: &Asked) -> Holds {
        if !self.may_be_about(act, asked) || act.is_by_name && !self.names_fields() {
            return Holds::No;
        }
        let is_method = |all: &Vec<Pattern>| act.methods.iter().any(|name| has(all, name));
        let is_effect = |effects: Classes| act.classes.widened().meets(effects);
        let is_field = |all: &Vec<Pattern>| {
            // Of a model that the rule names it is said that there are such fields.
            act.is_whole
                && (self.names_models()
                    || act.kind != Kind::Caused && asked.may_have(act, &|name| has(all, name)))
                || act.fields.iter().any(|field| has(all, field))
                || act.kind == Kind::Itself
                    && (asked.is_opaque || asked.shown.iter().any(|field| has(all, field)))
        };
        if !self.methods.as_ref().is_none_or(is_method)
            || !self.effects.is_none_or(is_effect)
            || !self.fields.as_ref().is_none_or(is_field)
        {
            return Holds::No;
        }
        let mut holds = Holds::Yes;
        for part in [self.counts(asked.counted(act)), self.names(act, asked)] {
            match part {
                Holds::No => return Holds::No,
                Holds::Missing => holds = Holds::Missing,
                Holds::Yes => {}
            }
        }
        if self.values.is_empty() {
            return holds;
        }
        // Only what can have values is held to them.
        let defaults = asked.defaults_of(act);
        let is_given = |test: &ValueTest| defaults.iter().any(|(field, _)| *field == test.field);
        if !act.has_values && !self.values.iter().any(is_given) {
            return Holds::No;
        }
        for test in &self.values {
            let is_due = test.is_due(self.is_of_everything());
            // What is said of everything is said of what stores the field.
            if !is_due && !asked.hides(act, &test.field) && !act.fields.contains(test.field.as_str()) {
                return Holds::No;
            }
            match test.came(&act.values, defaults, false, is_due) {
                Came::False => return Holds::No,
                Came::Missing => holds = Holds::Missing,
                Came::True => {}
            }
        }
        holds
    }

    /// Whether an act is done to as many records as the rule has. Of how many it is done to that nobody has counted,
    /// only the least is known.
    fn counts(&self, act: &Act) -> Holds {
        let Some((min, max)) = self.records else { return Holds::Yes };
        let least = act.records();
        match (act.is_uncounted, least > max, least < min) {
            (_, true, _) | (false, _, true) => Holds::No,
            (true, ..) if least < min || max < u64::MAX => Holds::Missing,
            _ => Holds::Yes,
        }
    }

    /// Whether it is done to one of the records that the rule names. Which records are read beside others nobody says.
    fn names(&self, act: &Act, asked: &Asked) -> Holds {
        match &self.ids {
            None => Holds::Yes,
            Some(ids) if act.kind == Kind::Itself && asked.found.iter().any(|id| ids.contains(id)) => {
                Holds::Yes
            }
            Some(ids) if act.ids.iter().any(|id| ids.contains(id)) => Holds::Yes,
            Some(_) if act.is_uncounted => Holds::Missing,
            Some(_) => Holds::No,
        }
    }

    /// Of an act whose model cannot be told: it may be any, once it is about to be sent; a field that is named is that
    /// field wherever it is.
    fn may_be_about(&self, act: &Act, asked: &Asked) -> bool {
        let Some(models) = &self.models else { return true };
        match &act.model {
            Some(model) => models.iter().any(|it| it.touches(model)),
            None => asked.facts.is_last || act.kind != Kind::Written && self.fields.is_some(),
        }
    }

    /// Whether a rule that permits covers an act of an operation.
    pub fn covers(&self, act: &Act, asked: &Asked) -> bool {
        self.covers_with(act, asked, &|_| false)
    }

    /// The same where some of its fields are permitted already.
    pub fn covers_with(&self, act: &Act, asked: &Asked, is_permitted: &dyn Fn(&str) -> bool) -> bool {
        let is_model = |all: &Vec<ModelPattern>| match &act.model {
            Some(model) => all.iter().any(|it| it.covers(model)),
            None => all.iter().any(|it| it.pattern().is_everything()),
        };
        let is_method = |all: &Vec<Pattern>| {
            let (own, rest) =
                act.methods.split_first().map_or(("", [].as_slice()), |(own, rest)| (*own, rest));
            has(all, own) || !rest.is_empty() && rest.iter().all(|name| has(all, name))
        };
        let counted = asked.counted(act);
        let is_id = |all: &Vec<i64>| {
            !act.is_uncounted
                && act.made == 0
                && !act.ids.is_empty()
                && act.ids.iter().all(|id| all.contains(id))
        };
        // Fields are named by what reads and writes them: what deletes, runs or sends is permitted by fields alone
        // where the rule names its effect as well, and what names none never is, unless it tells of none or every field
        // is permitted.
        let is_read = act.classes.is_within(Classes::of(&[Class::Read]));
        let is_plain = act.classes.is_within(Classes::of(&[Class::Read, Class::Write]));
        let is_field = |all: &Vec<Pattern>| {
            if act.is_whole && !all.iter().any(Pattern::is_everything) {
                return false;
            }
            let names_some = is_read || act.is_whole || !act.fields.is_empty();
            (names_some || all.iter().any(Pattern::is_everything))
                && (is_plain || self.effects.is_some())
                && act.fields.iter().all(|field| field == "id" || has(all, field) || is_permitted(field))
        };
        let is_domain = |all: &Vec<Pattern>| {
            !asked.is_opaque && asked.domain_fields.iter().all(|field| *field == "id" || has(all, field))
        };
        let defaults = asked.defaults_of(act);
        self.surrounds(asked, true)
            && self.models.as_ref().is_none_or(is_model)
            && self.methods.as_ref().is_none_or(is_method)
            && self.effects.is_none_or(|effects| act.classes.is_within(effects))
            && self.counts(counted) == Holds::Yes
            && self.ids.as_ref().is_none_or(is_id)
            && self.fields.as_ref().is_none_or(is_field)
            && self.domain_fields.as_ref().is_none_or(is_domain)
            && self.values.iter().all(|test| test.came(&act.values, defaults, true, true) == Came::True)
    }
}

fn has(all: &[Pattern], name: &str) -> bool {
    all.iter().any(|pattern| pattern.holds(name))
}
