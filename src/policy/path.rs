//! A way into an operation, as conditions and limits name it, and what stands there: through lists by every item, through
//! commands by their values.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::act::{Act, Kind};
use super::asked::Asked;
use super::naming;
use super::reading::{Node, Read};
use crate::knowledge::{classes, methods};

/// A way into an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// As it was written.
    pub text: String,
    root: Root,
    steps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Root {
    Model,
    Method,
    Ids,
    Context,
    Values,
    Argument(String),
}

/// What a path leads to.
pub struct Found<'v> {
    /// The values.
    pub values: Vec<Cow<'v, Value>>,
    /// Somewhere there is none.
    pub is_missing: bool,
}

impl Path {
    /// From the text of a policy.
    pub fn read(node: &Node) -> Read<Path> {
        let text = node.text()?;
        let mut parts = text.split('.');
        let mut first = parts.next().unwrap_or_default();
        let is_arguments = matches!(first, "args" | "arguments" | "kwargs");
        if is_arguments {
            first = parts.next().unwrap_or_default();
        }
        let root = match first {
            "model" => Root::Model,
            "method" => Root::Method,
            "ids" => Root::Ids,
            "context" => Root::Context,
            "values" => Root::Values,
            "kwargs" if is_arguments => Root::Argument(parts.next().unwrap_or_default().into()),
            name if is_arguments && !name.is_empty() => Root::Argument(name.into()),
            _ => {
                return Err(node.wrong(
                    "a path begins with args., values., context., ids, model or method: this can never match",
                ));
            }
        };
        let steps: Vec<String> = parts.map(str::to_string).collect();
        let is_bare = matches!(root, Root::Model | Root::Method) && !steps.is_empty();
        if is_bare || steps.iter().any(String::is_empty) || root == Root::Argument(String::new()) {
            return Err(node.wrong("no argument has such a path: this can never match"));
        }
        Ok(Path { text: text.into(), root, steps })
    }

    /// Whether it is the ids themselves.
    pub fn is_ids(&self) -> bool {
        self.root == Root::Ids && self.steps.is_empty()
    }

    /// Whether it leads to values that an operation stores, however it names them.
    pub fn is_of_values(&self, asked: &Asked) -> bool {
        match &self.root {
            Root::Values => true,
            Root::Argument(name) => asked.holds_values(name),
            _ => false,
        }
    }

    /// Whether an act of an operation can have it. What the operation is given has no other act.
    pub fn fits(&self, asked: &Asked, act: &Act) -> bool {
        let operation = asked.operation;
        let is_itself = act.kind == Kind::Itself;
        match &self.root {
            Root::Model | Root::Method => true,
            Root::Ids => {
                if is_itself {
                    naming::takes_records(operation)
                } else {
                    !act.ids.is_empty()
                }
            }
            // A key of the context that is not there is not hidden: it is not there.
            Root::Context => self
                .steps
                .first()
                .is_none_or(|key| asked.contexts.iter().any(|context| context.contains_key(key))),
            Root::Values => {
                let is_given = |name| asked.defaults_of(act).iter().any(|(field, _)| field == name);
                act.has_values || self.steps.first().is_some_and(is_given)
            }
            Root::Argument(name) => {
                let is_taken = || classes::takes(&operation.model, &operation.method, name);
                is_itself && (operation.kwargs.contains_key(name) || is_taken())
            }
        }
    }

    /// Whether an act has what stands there, or hides it.
    pub fn may_be_in(&self, asked: &Asked, act: &Act) -> bool {
        self.is_hidden_in(asked, act) || !self.find(asked, act).values.is_empty()
    }

    /// Whether it leads to values that an act stores and does not show.
    pub fn is_hidden_in(&self, asked: &Asked, act: &Act) -> bool {
        self.is_of_values(asked) && self.steps.iter().any(|step| asked.hides(act, step))
    }

    /// Whether an act is held to it where it has none. What is said of every name is said of those that have it: a
    /// value that is not stored, or an argument of a method that nobody knows, is not missing there.
    pub fn is_due(&self, asked: &Asked, act: &Act, is_everywhere: bool) -> bool {
        let operation = asked.operation;
        let is_known =
            |name| methods::of(&operation.model, &operation.method).is_some_and(|method| method.knows(name));
        act.kind == Kind::Itself
            && match &self.root {
                _ if !is_everywhere => true,
                _ if self.is_of_values(asked) => false,
                Root::Argument(name) => is_known(name),
                _ => true,
            }
    }

    /// What stands there, of an act.
    pub fn find<'v>(&self, asked: &'v Asked, act: &'v Act) -> Found<'v> {
        let operation = asked.operation;
        let mut found = Found { values: Vec::new(), is_missing: false };
        match &self.root {
            Root::Model => found.made(act.model.as_ref().map(|model| json!(model.given))),
            Root::Method => found.made(act.methods.first().map(|method| json!(method))),
            Root::Ids => found.ids_of(operation.ids.as_deref(), act, &self.steps),
            Root::Context => match self.steps.split_first() {
                None => found.values.extend(asked.contexts.iter().map(|context| Cow::Owned(json!(context)))),
                Some((key, rest)) => {
                    let given = asked.contexts.iter().filter_map(|context| context.get(key));
                    given.for_each(|value| found.walk(value, rest));
                }
            },
            Root::Argument(name) => found.walk_to(operation.kwargs.get(name), &self.steps),
            Root::Values => found.values_of(asked, act, &self.steps),
        }
        found.is_missing |= found.values.is_empty();
        found
    }
}

impl<'v> Found<'v> {
    fn made(&mut self, value: Option<Value>) {
        self.values.extend(value.map(Cow::Owned));
    }

    fn walk_to(&mut self, value: Option<&'v Value>, steps: &[String]) {
        match value {
            Some(value) => self.walk(value, steps),
            None => self.is_missing = true,
        }
    }

    /// As they were given to the operation, or as an act has them.
    fn ids_of(&mut self, given: Option<&[i64]>, act: &Act, steps: &[String]) {
        let own = || (!act.ids.is_empty()).then_some(act.ids.as_slice());
        let ids = if act.kind == Kind::Itself { given } else { own() };
        let value = match (steps, ids) {
            ([], ids) => Some(json!(ids)),
            ([step], Some(ids)) if step == "length" => Some(json!(ids.len())),
            ([step], Some(ids)) if step == "*" => {
                return self.values.extend(ids.iter().map(|id| Cow::Owned(json!(id))));
            }
            ([step], Some(ids)) => step.parse::<usize>().ok().and_then(|at| ids.get(at)).map(|id| json!(id)),
            _ => None,
        };
        self.made(value);
    }

    fn values_of(&mut self, asked: &'v Asked, act: &'v Act, steps: &[String]) {
        let defaults = asked.defaults_of(act);
        let default = |name: &String| defaults.iter().find(|(field, _)| field == name).map(|it| it.1);
        let Some((first, rest)) = steps.split_first() else {
            let all = act.values.iter().map(|stored| Cow::Owned(json!(stored.values)));
            self.values.extend(all);
            return;
        };
        for stored in &act.values {
            self.walk_to(stored.values.get(first).or_else(|| default(first)), rest);
        }
        if act.values.is_empty()
            && let Some(value) = default(first)
        {
            self.walk(value, rest);
        }
    }

    /// Into lists a name goes by every one of what they hold; commands stand for their values.
    fn walk(&mut self, value: &'v Value, steps: &[String]) {
        let Some((step, rest)) = steps.split_first() else { return self.values.push(Cow::Borrowed(value)) };
        match (value, step.as_str()) {
            (Value::Array(items), "length") if rest.is_empty() => self.made(Some(json!(items.len()))),
            (Value::Array(items), step) => {
                if let Ok(at) = step.parse::<usize>() {
                    return self.walk_to(items.get(at), rest);
                }
                if items.is_empty() {
                    self.is_missing = true;
                }
                let rest = if step == "*" { rest } else { steps };
                for item in items {
                    let inner = match item {
                        Value::Array(command) if step != "*" => command.get(2).filter(|it| it.is_object()),
                        item => Some(item),
                    };
                    self.walk_to(inner, rest);
                }
            }
            (Value::Object(object), step) => self.walk_to(object.get(step), rest),
            _ => self.is_missing = true,
        }
    }
}
