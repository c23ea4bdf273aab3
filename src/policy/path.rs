//! A way into an operation, as conditions and limits name it, and what stands there: through lists by every item, through
//! commands by their values.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::asked::Asked;
use super::naming;
use super::reading::{Node, Read};
use crate::knowledge::classes;

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

    /// Whether an operation can have it.
    pub fn fits(&self, asked: &Asked) -> bool {
        let operation = asked.operation;
        match &self.root {
            Root::Model | Root::Method => true,
            Root::Ids => naming::takes_records(operation),
            // A key of the context that is not there is not hidden: it is not there.
            Root::Context => self.steps.first().is_none_or(|key| operation.context.contains_key(key)),
            Root::Values => asked.acts.first().is_some_and(|act| {
                let is_given = |name| asked.defaults_of(act).iter().any(|(field, _)| field == name);
                act.has_values || self.steps.first().is_some_and(is_given)
            }),
            Root::Argument(name) => {
                operation.kwargs.contains_key(name)
                    || classes::takes(&operation.model, &operation.method, name)
            }
        }
    }

    /// What stands there.
    pub fn find<'v>(&self, asked: &'v Asked) -> Found<'v> {
        let operation = asked.operation;
        let mut found = Found { values: Vec::new(), is_missing: false };
        match &self.root {
            Root::Model => found.walk(Cow::Owned(json!(operation.model)), &self.steps),
            Root::Method => found.walk(Cow::Owned(json!(operation.method)), &self.steps),
            Root::Ids => found.walk(Cow::Owned(json!(operation.ids)), &self.steps),
            Root::Context => {
                found.walk(Cow::Owned(Value::Object(operation.context.clone())), &self.steps);
            }
            Root::Argument(name) => match operation.kwargs.get(name) {
                Some(value) => found.walk(Cow::Borrowed(value), &self.steps),
                None => found.is_missing = true,
            },
            Root::Values => found.values_of(asked, &self.steps),
        }
        found.is_missing |= found.values.is_empty();
        found
    }
}

impl<'v> Found<'v> {
    fn values_of(&mut self, asked: &'v Asked, steps: &[String]) {
        let all = asked.acts.first().map(|act| act.values.as_slice()).unwrap_or_default();
        let defaults = asked.acts.first().map(|act| asked.defaults_of(act)).unwrap_or_default();
        let default = |name: &String| defaults.iter().find(|(field, _)| field == name).map(|it| it.1);
        let Some((first, rest)) = steps.split_first() else {
            self.values.extend(all.iter().map(|values| Cow::Owned(Value::Object((*values).clone()))));
            return;
        };
        for values in all {
            match values.get(first).or_else(|| default(first)) {
                Some(value) => self.walk(Cow::Borrowed(value), rest),
                None => self.is_missing = true,
            }
        }
        if all.is_empty()
            && let Some(value) = default(first)
        {
            self.walk(Cow::Borrowed(value), rest);
        }
    }

    /// Into lists a name goes by every one of what they hold; commands stand for their values.
    fn walk(&mut self, value: Cow<'v, Value>, steps: &[String]) {
        let Some((step, rest)) = steps.split_first() else { return self.values.push(value) };
        match (value.as_ref(), step.as_str()) {
            (Value::Array(items), "length") => {
                self.walk(Cow::Owned(json!(items.len())), rest);
            }
            (Value::Array(items), step) => {
                if let Ok(at) = step.parse::<usize>() {
                    return match items.get(at) {
                        Some(item) => self.walk(Cow::Owned(item.clone()), rest),
                        None => self.is_missing = true,
                    };
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
                    match inner {
                        Some(inner) => self.walk(Cow::Owned(inner.clone()), rest),
                        None => self.is_missing = true,
                    }
                }
            }
            (Value::Object(object), step) => match object.get(step) {
                Some(inner) => self.walk(Cow::Owned(inner.clone()), rest),
                None => self.is_missing = true,
            },
            _ => self.is_missing = true,
        }
    }
}
