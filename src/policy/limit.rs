//! What a limit is: so much within a window that slides, counted for whom. Counting is not done here.

use std::collections::BTreeMap;

use super::act::Act;
use super::asked::Asked;
use super::decimal::Decimal;
use super::path::Path;
use super::reading::{Node, Read};

/// Nobody counts longer.
const LONGEST: u64 = 366 * 24 * 3600;

/// For whom it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whoever came with one grant of a gateway: there is none here, and so it is the profile.
    Grant,
    /// Everybody who works in the profile.
    Profile,
    /// One model.
    Model,
    /// One record.
    Record,
}

/// A limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// JSON Pointer.
    pub pointer: String,
    /// What it counts in: limits of one document that name the same count together.
    pub counter: String,
    /// Milliseconds.
    pub window: u64,
    /// At most.
    pub max: Decimal,
    /// For whom.
    pub scope: Scope,
    /// What is added up; without it operations are counted.
    pub sum: Option<Path>,
    /// What the agent is told.
    pub reason: Option<String>,
}

/// What one operation takes of a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// JSON Pointer.
    pub pointer: String,
    /// Under which name it is counted.
    pub key: String,
    /// Milliseconds.
    pub window: u64,
    /// At most.
    pub max: Decimal,
    /// How much.
    pub amount: Decimal,
    /// What the agent is told.
    pub reason: Option<String>,
}

impl Limit {
    /// From a policy.
    pub fn read(node: &Node) -> Read<Limit> {
        let members =
            node.object(&["counter", "window", "max", "scope", "sum", "reason", "on_deny", "name"])?;
        members.text("name")?;
        let sum = members.get("sum").map(|node| Path::read(&node)).transpose()?;
        let max = members.required("max")?;
        let most = max.decimal()?;
        if most < Decimal::ZERO || sum.is_none() && !most.is_whole() {
            return Err(max.wrong("a whole number that is not negative is expected"));
        }
        let window = members.required("window")?;
        let seconds = match window.value.as_str() {
            Some("minute") => 60,
            Some("hour") => 3600,
            Some("day") => 24 * 3600,
            Some(_) => return Err(window.wrong("minute, hour, day or a number of seconds is expected")),
            None => window.whole()?,
        };
        if !(1..=LONGEST).contains(&seconds) {
            return Err(window.wrong("between a second and a year is expected"));
        }
        let scope = match members.get("scope") {
            None => Scope::Grant,
            Some(scope) => match scope.text()? {
                "grant" => Scope::Grant,
                "profile" => Scope::Profile,
                "model" => Scope::Model,
                "record" => Scope::Record,
                _ => {
                    return Err(scope.wrong(
                        "grant, profile, model or record is expected; there is no session on a command line",
                    ));
                }
            },
        };
        Ok(Limit {
            pointer: node.pointer(),
            counter: members.text("counter")?.unwrap_or_else(|| node.pointer()),
            window: seconds * 1000,
            max: most,
            scope,
            sum,
            reason: members.text("on_deny")?.or(members.text("reason")?),
        })
    }

    /// What an operation takes of it by those of its acts that it is about; none where it takes nothing. What stores
    /// something else adds nothing: where another gives the amount, where it makes no record that has one anyway, and
    /// where the limit is everybody's.
    ///
    /// # Errors
    /// What it adds up is not there, or no amount.
    pub fn dues(
        &self,
        asked: &Asked,
        acts: &[&Act],
        is_everywhere: bool,
        document: &str,
        who: &Who,
    ) -> Result<Vec<Due>, String> {
        let mut owed: BTreeMap<String, Decimal> = BTreeMap::new();
        let is_given = acts.iter().any(|act| self.gives(asked, act));
        let is_due = |path: &Path, act: &Act| match path.is_of_values(asked) {
            true => act.makes() && !is_given && !is_everywhere,
            false => path.is_due(asked, act, is_everywhere),
        };
        let adds_nothing =
            |path: &Path, act: &Act| !path.is_ids() && !path.may_be_in(asked, act) && !is_due(path, act);
        for act in acts {
            let whose = self.whose(act, who);
            let amount = match &self.sum {
                None => Decimal::ONE,
                Some(path) if !path.fits(asked, act) && !path.is_ids() => continue,
                Some(path) if adds_nothing(path, act) => continue,
                Some(path) => self.added(path, asked, act)?,
            };
            for whose in whose {
                let before = owed.entry(whose).or_insert(Decimal::ZERO);
                let sum = if self.sum.is_some() { before.plus(amount) } else { Some(amount) };
                *before = sum.ok_or_else(|| format!("{} is more than can be added up", self.unit()))?;
            }
        }
        let due = |(whose, amount): (String, Decimal)| Due {
            pointer: self.pointer.clone(),
            key: format!("{document}\n{}\n{}\n{whose}", self.counter, self.unit()),
            window: self.window,
            max: self.max,
            amount,
            reason: self.reason.clone(),
        };
        Ok(owed.into_iter().map(due).collect())
    }

    /// For whom an act is counted.
    fn whose(&self, act: &Act, who: &Who) -> Vec<String> {
        let model = act.model.as_ref().map_or("", |model| model.now.as_str());
        match self.scope {
            Scope::Grant | Scope::Profile => vec![who.profile.to_string()],
            Scope::Model => vec![format!("{} {model}", who.profile)],
            Scope::Record => act.ids.iter().map(|id| format!("{} {model} {id}", who.profile)).collect(),
        }
    }

    fn unit(&self) -> &str {
        self.sum.as_ref().map_or("", |path| path.text.as_str())
    }

    /// Whether an act has what is added up.
    fn gives(&self, asked: &Asked, act: &Act) -> bool {
        self.sum
            .as_ref()
            .is_some_and(|path| path.fits(asked, act) && !path.find(asked, act).values.is_empty())
    }

    fn added(&self, path: &Path, asked: &Asked, act: &Act) -> Result<Decimal, String> {
        let is_for_one = self.scope == Scope::Record;
        if path.is_ids() {
            if act.is_uncounted && !is_for_one {
                return Err(format!(
                    "how many records {} takes is not said, and a limit counts them: name each",
                    act.methods.first().unwrap_or(&"it")
                ));
            }
            return Ok(if is_for_one { Decimal::ONE } else { Decimal::whole(act.records()) });
        }
        let found = path.find(asked, act);
        if found.is_missing {
            return Err(format!("{} is not given, and a limit adds it up", path.text));
        }
        let is_of_values = path.is_of_values(asked);
        let same = act.values.first().map_or(1, |stored| stored.times);
        // Each of several values may be for another number of records.
        let is_even = act.values.iter().all(|stored| stored.times == same);
        let most = act.values.iter().map(|stored| stored.times).max().unwrap_or(1);
        let times = |at: usize| match act.values.get(at) {
            _ if is_for_one || !is_of_values => 1,
            Some(stored) if !is_even && found.values.len() == act.values.len() => stored.times,
            _ => most,
        };
        let mut sum = Decimal::ZERO;
        for (at, value) in found.values.iter().enumerate() {
            let amount = Decimal::of(value).map(Decimal::size).and_then(|amount| amount.times(times(at)));
            sum = amount
                .and_then(|amount| sum.plus(amount))
                .ok_or_else(|| format!("{} is no amount that can be added up", path.text))?;
        }
        Ok(sum)
    }
}

/// Whose operation it is.
#[derive(Clone, Copy, Debug)]
pub struct Who<'w> {
    /// The profile, by its server, database and user.
    pub profile: &'w str,
}
