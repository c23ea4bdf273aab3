//! What a limit is: so much within a window that slides, counted for whom. Counting is not done here.

use super::asked::Asked;
use super::decimal::Decimal;
use super::path::Path;
use super::reading::{Node, Read};

/// Nobody counts longer.
const LONGEST: u64 = 366 * 24 * 3600;

/// For whom it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whoever came with one grant of a gateway; without one it is the profile.
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
            pointer: node.pointer.clone(),
            counter: members.text("counter")?.unwrap_or_else(|| node.pointer.clone()),
            window: seconds * 1000,
            max: most,
            scope,
            sum,
            reason: members.text("on_deny")?.or(members.text("reason")?),
        })
    }

    /// What an operation takes of it; none where it takes nothing.
    ///
    /// # Errors
    /// What it adds up is not there, or no amount.
    pub fn dues(&self, asked: &Asked, document: &str, who: &Who) -> Result<Vec<Due>, String> {
        let amount = match &self.sum {
            None => Decimal::ONE,
            Some(path) if !path.fits(asked) => return Ok(Vec::new()),
            Some(path) => self.added(path, asked)?,
        };
        let model = || asked.acts.first().and_then(|act| act.model.as_ref()).map(|model| model.now.clone());
        let whose: Vec<String> = match self.scope {
            Scope::Grant => {
                vec![who.grant.map_or_else(|| who.profile.to_string(), |it| format!("grant {it}"))]
            }
            Scope::Profile => vec![who.profile.to_string()],
            Scope::Model => vec![format!("{} {}", who.profile, model().unwrap_or_default())],
            Scope::Record => {
                let mut ids = asked.operation.ids.clone().unwrap_or_default();
                ids.sort_unstable();
                ids.dedup();
                let of = |id: i64| format!("{} {} {id}", who.profile, model().unwrap_or_default());
                ids.into_iter().map(of).collect()
            }
        };
        let due = |whose: String| Due {
            pointer: self.pointer.clone(),
            key: format!("{document}\n{}\n{}\n{whose}", self.counter, self.unit()),
            window: self.window,
            max: self.max,
            amount,
            reason: self.reason.clone(),
        };
        Ok(whose.into_iter().map(due).collect())
    }

    fn unit(&self) -> &str {
        self.sum.as_ref().map_or("", |path| path.text.as_str())
    }

    fn added(&self, path: &Path, asked: &Asked) -> Result<Decimal, String> {
        if path.text == "ids" || path.text == "args.ids" {
            return Ok(Decimal::whole(asked.records));
        }
        let found = path.find(asked);
        if found.is_missing {
            return Err(format!("{} is not given, and a limit adds it up", path.text));
        }
        let each = match &asked.operation.ids {
            Some(ids) if path.text.contains("values") => ids.len().max(1) as u64,
            _ => 1,
        };
        let mut sum = Decimal::ZERO;
        for value in &found.values {
            let amount = Decimal::of(value).map(Decimal::size).and_then(|amount| amount.times(each));
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
    /// The grant of a gateway, if it came by one.
    pub grant: Option<&'w str>,
}
