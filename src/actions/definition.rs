//! What a verb is: its name, its arguments, what it reaches, what it comes to, and whether a wrapper may run it. One
//! constant a verb, in the verb's own file; command line, spec, help and whatever comes next are made from it.

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Request;
use crate::arguments::rules::{Asked, Common};
use crate::arguments::{Argument, Arguments, At, keys};
use crate::caller::{Approval, Rules};
use crate::error::Result;
use crate::operation::Object;

/// What a command can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Nothing but caches.
    Nothing,
    /// Something on this machine.
    Local,
    /// Data in Odoo.
    Odoo,
}

impl Changes {
    /// The word in `describe`.
    pub fn as_str(self) -> &'static str {
        match self {
            Changes::Nothing => "nothing",
            Changes::Local => "local",
            Changes::Odoo => "odoo",
        }
    }
}

/// Whether whoever has nothing but a wrapper, which works in one profile, may run it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrapper {
    /// It works on records of the profile, or on nothing at all.
    Allowed,
    /// It reaches beyond the profile, or is a person's.
    #[default]
    Refused,
}

/// What a command reaches, and what comes of it.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// It talks to Odoo.
    pub network: bool,
    /// It can change this.
    pub changes: Changes,
    /// A wrapper may run it.
    pub wrapper: Wrapper,
    /// The JSON Schema of what it prints.
    pub result: fn() -> Value,
}

impl Reach {
    /// Reads records of the profile.
    pub const fn reads(result: fn() -> Value) -> Reach {
        Reach { network: true, changes: Changes::Nothing, wrapper: Wrapper::Allowed, result }
    }

    /// Changes records of the profile.
    pub const fn writes(result: fn() -> Value) -> Reach {
        Reach { changes: Changes::Odoo, ..Reach::reads(result) }
    }
}

/// A verb on Odoo.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// `search_read`
    pub name: &'static str,
    /// What it reaches.
    pub reach: Reach,
    /// What it is told.
    pub definition: Definition,
    /// What its help ends with: more words, and examples.
    pub more: &'static str,
}

impl Verb {
    /// The argument of this key, the checks that can be asked of it among them.
    pub fn argument(&self, key: &str) -> Option<&'static Argument> {
        let Definition { own, rules, .. } = self.definition;
        own.iter().chain(rules).find(|argument| argument.key() == key)
    }
}

/// A request and what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// What to do.
    pub request: Request,
    /// What the caller adds to the context.
    pub context: Object,
    /// What the caller brings along for an outbound call.
    pub approval: Approval,
    /// What the caller asked of the checks.
    pub rules: Rules,
}

/// The arguments of a verb, as a type that becomes its request.
pub trait Told: Arguments + DeserializeOwned + JsonSchema {
    /// The checks that can be asked of it.
    type Rules: Asked;

    /// The request that is described. A context among the values is added to `context`.
    ///
    /// # Errors
    /// What the arguments cannot be together.
    fn request(self, context: &mut Object, at: At) -> Result<Request>;
}

/// What is known of a verb's arguments without any at hand.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// What the verb is for.
    pub about: &'static str,
    /// Its own arguments.
    pub own: &'static [Argument],
    /// The checks that can be asked of it.
    pub rules: &'static [Argument],
    /// It may do what a person has to approve.
    pub may_go_out: bool,
    /// Its keys.
    pub keys: fn() -> Vec<&'static str>,
    /// Arguments by key as a request.
    pub job: fn(Object, At) -> Result<Job>,
    /// The JSON Schema of its arguments.
    pub schema: fn(&'static str, &mut SchemaGenerator) -> Value,
}

impl Definition {
    /// Of this type.
    pub const fn of<T: Told>() -> Definition {
        Definition {
            about: T::ABOUT,
            own: T::LIST,
            rules: T::Rules::LIST,
            may_go_out: T::Rules::MAY_GO_OUT,
            keys: own_keys::<T>,
            job: job::<T>,
            schema: schema_of::<T>,
        }
    }
}

fn own_keys<T: Told>() -> Vec<&'static str> {
    [keys::of::<T>(), keys::of::<T::Rules>()].concat()
}

fn job<T: Told>(mut object: Object, at: At) -> Result<Job> {
    let (approval, mut context) = common(&mut object, at)?;
    let rules: T::Rules = keys::read(keys::take(&mut object, keys::of::<T::Rules>()), at)?;
    let told: T = keys::read(object, at)?;
    Ok(Job { request: told.request(&mut context, at)?, context, approval, rules: rules.into() })
}

/// What every verb takes.
fn common(object: &mut Object, at: At) -> Result<(Approval, Object)> {
    let common: Common = keys::read(keys::take(object, keys::of::<Common>()), at)?;
    Ok((common.approval(), common.context.unwrap_or_default().0))
}

/// A verb's own arguments, the checks and what every verb takes, as one closed object.
fn schema_of<T: Told>(name: &'static str, generator: &mut SchemaGenerator) -> Value {
    let whole = T::json_schema(generator).to_value();
    let rules = T::Rules::json_schema(generator).to_value();
    let common = Common::json_schema(generator).to_value();
    closed(name, whole, [rules, common], [T::LIST, T::Rules::LIST])
}

/// The properties of several schemas as those of one, each told as its argument is.
fn closed(name: &'static str, mut whole: Value, others: [Value; 2], lists: [&[Argument]; 2]) -> Value {
    let mut properties = Map::from_iter([("action".to_string(), json!({ "const": name }))]);
    let mut add = |schema: &Value| {
        if let Some(more) = schema["properties"].as_object() {
            properties.extend(more.clone());
        }
    };
    add(&whole);
    others.iter().for_each(add);
    for argument in lists.into_iter().flatten() {
        let Some(property) = properties.get_mut(argument.key()) else { continue };
        // What help names in backticks is a key here.
        property["description"] = argument.about().replace('`', "").into();
        if let Some(default) = argument.default {
            property["default"] = default.into();
        }
    }
    for never in keys::NEVER_NULL {
        if let Some(types) = properties.get_mut(never).and_then(|of| of.get_mut("type"))
            && let Some(one) = types.as_array().and_then(|all| all.iter().find(|name| *name != "null"))
        {
            *types = one.clone();
        }
    }
    let mut required = vec![json!("action")];
    required.extend(whole["required"].as_array().into_iter().flatten().cloned());
    whole["title"] = name.into();
    whole["properties"] = properties.into();
    whole["required"] = required.into();
    whole
}
