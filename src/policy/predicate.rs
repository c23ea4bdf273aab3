//! Conditions on arguments: a path, an operator and a value. Types count: `true` is not `"true"`, and what cannot be
//! compared is taken for missing.

use serde_json::Value;

use super::act::{Act, Stored};
use super::asked::Asked;
use super::path::{Found, Path};
use super::reading::{Members, Node, Read};
use super::test::Test;

/// What came of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It holds.
    True,
    /// It does not.
    False,
    /// What it is about is not there, or cannot be compared.
    Missing,
}

/// A condition on an operation.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// JSON Pointer.
    pub pointer: String,
    /// What it looks at.
    pub path: Path,
    /// What it asks.
    pub tests: Vec<Test>,
    /// What the agent is told.
    pub on_deny: Option<String>,
}

impl Predicate {
    /// From a policy: `{"path": …, "op": …, "value": …}`, or a path alone, which is to be there.
    pub fn read(node: &Node) -> Read<Predicate> {
        if node.value.is_string() {
            let tests = vec![Test::Exists(true)];
            return Ok(Predicate { pointer: node.pointer(), path: Path::read(node)?, tests, on_deny: None });
        }
        let members = node.object(&["path", "arg", "op", "value", "on_deny", "reason", "name"])?;
        members.text("name")?;
        let path = match (members.get("path"), members.get("arg")) {
            (Some(path), None) | (None, Some(path)) => path,
            _ => return Err(members.wrong("a condition has a path")),
        };
        let test = match (members.get("op"), members.get("value")) {
            (Some(operator), Some(value)) => Test::read(operator.text()?, &value)?,
            (Some(operator), None) if operator.text()? == "exists" => Test::Exists(true),
            (None, None) => Test::Exists(true),
            _ => return Err(members.wrong("op and value go together")),
        };
        Ok(Predicate {
            pointer: node.pointer(),
            path: Path::read(&path)?,
            tests: vec![test],
            on_deny: members.text("on_deny")?.or(members.text("reason")?),
        })
    }

    /// Whether an act is held to it where it does not have what it looks at.
    pub fn is_due(&self, asked: &Asked, act: &Act, is_everywhere: bool) -> bool {
        self.path.is_due(asked, act, is_everywhere && !is_of_presence(&self.tests))
    }

    /// Whether it holds for an act: for one of the values, or for each. What is not due is not missing.
    pub fn came(&self, asked: &Asked, act: &Act, for_each: bool, is_due: bool) -> Came {
        let mut found = self.path.find(asked, act);
        if found.values.is_empty() && self.path.is_hidden_in(asked, act) {
            return Came::Missing;
        }
        found.is_missing &= is_due || found.values.is_empty();
        came(&self.tests, &found, for_each)
    }

    /// In words.
    pub fn words(&self) -> String {
        let tests: Vec<String> = self.tests.iter().map(Test::words).collect();
        format!("{} {}", self.path.text, tests.join(" and "))
    }
}

/// Whether it is asked only that something is there, or is not.
fn is_of_presence(tests: &[Test]) -> bool {
    matches!(tests, [Test::Exists(_)])
}

fn came(tests: &[Test], found: &Found, for_each: bool) -> Came {
    if let [Test::Exists(wanted)] = tests {
        let holds = match (wanted, for_each) {
            (true, false) => !found.values.is_empty(),
            (true, true) => !found.is_missing,
            (false, false) => found.is_missing,
            (false, true) => found.values.is_empty(),
        };
        return if holds { Came::True } else { Came::False };
    }
    let all = found.values.iter().map(|value| holds_all(tests, value));
    judged(all, found.is_missing, for_each)
}

fn holds_all(tests: &[Test], value: &Value) -> Option<bool> {
    tests.iter().try_fold(true, |so_far, test| Some(so_far && test.holds(value)?))
}

fn judged(all: impl Iterator<Item = Option<bool>>, is_missing: bool, for_each: bool) -> Came {
    let (mut any, mut every, mut sure) = (false, true, !is_missing);
    for holds in all {
        match holds {
            Some(holds) => {
                any |= holds;
                every &= holds;
            }
            None => sure = false,
        }
    }
    match (sure, for_each) {
        (_, false) if any => Came::True,
        (_, true) if !every => Came::False,
        (false, _) => Came::Missing,
        (true, false) => Came::False,
        (true, true) => Came::True,
    }
}

/// Conditions of a rule on fields of values.
#[derive(Clone, Debug)]
pub struct ValueTest {
    /// The field.
    pub field: String,
    /// What is asked of it.
    pub tests: Vec<Test>,
}

impl ValueTest {
    /// From `{"field": …}`.
    pub fn all(node: &Node) -> Read<Vec<ValueTest>> {
        let read =
            |(field, node): (&str, Node)| Ok(ValueTest { field: field.into(), tests: Test::all(&node)? });
        let all = node.map()?.into_iter().filter(|(field, _)| *field != "description");
        let all = all.map(read).collect::<Read<Vec<_>>>()?;
        if all.is_empty() { Err(node.wrong("no field is named: this can never match")) } else { Ok(all) }
    }

    /// Whether an act is held to it where it does not store the field.
    pub fn is_due(&self, is_everywhere: bool) -> bool {
        !is_everywhere || is_of_presence(&self.tests)
    }

    /// Whether stored values are so. What is not due is not missing.
    pub fn came(&self, all: &[Stored], defaults: &[(&str, &Value)], for_each: bool, is_due: bool) -> Came {
        let default = defaults.iter().find(|(field, _)| *field == self.field).map(|it| it.1);
        let mut found: Vec<Option<&Value>> =
            all.iter().map(|stored| stored.values.get(&self.field).or(default)).collect();
        if all.is_empty() {
            found.push(default);
        }
        if let [Test::Exists(wanted)] = self.tests.as_slice() {
            let mut is_it = found.iter().map(|value| value.is_some() == *wanted);
            let holds = if for_each { is_it.all(|it| it) } else { is_it.any(|it| it) };
            return if holds { Came::True } else { Came::False };
        }
        let is_missing = found.iter().any(Option::is_none) && (is_due || found.iter().all(Option::is_none));
        judged(found.into_iter().flatten().map(|value| holds_all(&self.tests, value)), is_missing, for_each)
    }
}

/// `require`, `deny_if` and the like.
pub fn list(members: &Members, key: &str) -> Read<Vec<Predicate>> {
    match members.get(key) {
        Some(node) => node.list()?.iter().map(Predicate::read).collect(),
        None => Ok(Vec::new()),
    }
}
