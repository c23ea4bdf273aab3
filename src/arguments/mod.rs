//! What a verb is told: one list of arguments a verb, from which a spec's keys, its schema and the flags of a command
//! line are made. It knows no surface, and what an argument means is the verb's.

pub mod keys;
pub mod rules;
pub mod values;

use serde_json::Value;

use crate::error::Result;

/// How the caller names an argument: `--ids` for whoever typed a command line, `spec.ids` for whoever wrote a spec.
pub type At<'a> = &'a dyn Fn(&str) -> String;

/// What a value looks like, and what is checked of it before anything is sent.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// How it is written.
    pub shape: Shape,
    /// Refuses what it cannot be; the text is where it stands.
    pub check: fn(Value, &str) -> Result<()>,
    /// What the schema says beyond that. A spec is held to it, since others judge it by the schema; in a line the
    /// checks before the call say the same in more words.
    pub exact: fn(&Value, &str) -> Result<()>,
}

/// How a value is written where no JSON is typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A word, under this name in the help.
    Word(&'static str),
    /// One of these.
    Choice(&'static [Choice]),
    /// There or not.
    Flag,
    /// A whole number between these.
    Whole(u32, u32),
    /// A duration.
    Duration,
    /// JSON, in the line or in a file; the word says of what kind.
    Json(&'static str),
    /// JSON in the line alone.
    JsonWord(&'static str),
    /// A list of fields, or all of them.
    Fields,
    /// Records.
    Ids,
    /// Names, the argument repeated for each.
    Names(&'static str),
    /// Names of fields, with commas or repeated.
    Columns,
}

/// One of several things that a verb does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// `wait`
    pub word: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Which other arguments it takes; those that stand by their place cannot be left out.
    pub takes: &'static [&'static str],
    /// Which ones it takes and does without.
    pub may_take: &'static [&'static str],
}

impl Choice {
    /// One that takes nothing yet.
    pub const fn new(word: &'static str, about: &'static str) -> Choice {
        Choice { word, about, takes: &[], may_take: &[] }
    }

    /// It takes these.
    pub const fn takes(self, keys: &'static [&'static str]) -> Choice {
        Choice { takes: keys, ..self }
    }

    /// And these, or does without.
    pub const fn may_take(self, keys: &'static [&'static str]) -> Choice {
        Choice { may_take: keys, ..self }
    }

    /// Whether it takes an argument at all.
    pub fn knows(&self, key: &str) -> bool {
        self.takes.contains(&key) || self.may_take.contains(&key)
    }
}

/// A type of values that can stand behind an argument.
pub trait Valued {
    /// What they look like.
    const FORM: Form;
    /// Whether it can be left out.
    const OPTIONAL: bool = false;
}

impl<T: Valued> Valued for Option<T> {
    const FORM: Form = T::FORM;
    const OPTIONAL: bool = true;
}

/// One argument of a verb.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    key: &'static str,
    about: &'static str,
    /// What its value looks like.
    pub form: Form,
    /// It cannot be left out.
    pub is_required: bool,
    /// It stands by its place, without a name.
    pub is_positional: bool,
    /// Its flag where that is not its key.
    pub flag: Option<&'static str>,
    /// What its value is called in the help.
    pub value: Option<&'static str>,
    /// What counts without it.
    pub default: Option<u32>,
    /// The arguments that are given in its place, never beside it.
    pub excludes: &'static [&'static str],
}

impl Argument {
    /// An argument of this type.
    pub const fn new<T: Valued>(key: &'static str, about: &'static str) -> Argument {
        Argument {
            key,
            about,
            form: T::FORM,
            is_required: !T::OPTIONAL,
            is_positional: false,
            flag: None,
            value: None,
            default: None,
            excludes: &[],
        }
    }

    /// It stands by its place.
    pub const fn positional(self) -> Argument {
        Argument { is_positional: true, ..self }
    }

    /// It cannot be left out.
    pub const fn required(self) -> Argument {
        Argument { is_required: true, ..self }
    }

    /// Its flag has this name.
    pub const fn flag(self, name: &'static str) -> Argument {
        Argument { flag: Some(name), ..self }
    }

    /// Its value is called this.
    pub const fn value(self, name: &'static str) -> Argument {
        Argument { value: Some(name), ..self }
    }

    /// It is never given beside these.
    pub const fn excludes(self, keys: &'static [&'static str]) -> Argument {
        Argument { excludes: keys, ..self }
    }

    /// This counts without it.
    pub const fn default(self, number: u32) -> Argument {
        Argument { default: Some(number), ..self }
    }

    /// Its key in a spec.
    pub fn key(&self) -> &'static str {
        self.key.trim_start_matches("r#")
    }

    /// What it says; other arguments are named in backticks, for each surface to word.
    pub fn about(&self) -> &'static str {
        self.about.trim()
    }
}

/// A value as JSON has it for an argument: some take a list where a flag is repeated.
pub fn taken(argument: Option<&Argument>, value: &Value) -> Value {
    let takes_a_list =
        |shape: Shape| matches!(shape, Shape::Names(_) | Shape::Columns | Shape::Fields | Shape::Ids);
    match argument {
        Some(argument) if takes_a_list(argument.form.shape) && !value.is_array() => {
            Value::Array(vec![value.clone()])
        }
        _ => value.clone(),
    }
}

/// A struct of arguments: what its fields are called, of what type they are and what is said of them is said once.
pub trait Arguments {
    /// What the whole is for.
    const ABOUT: &'static str;
    /// Each argument, in the order of the help.
    const LIST: &'static [Argument];
}

/// Declares a struct of arguments. `=> positional(), flag("x")` says how a command line has one that is not `--key`.
macro_rules! arguments {
    (
        #[doc = $purpose:literal]
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[doc = $about:literal])+ $key:ident: $type:ty $(=> $($how:ident($($word:expr)?)),+)?, )*
        }
    ) => {
        #[doc = $purpose]
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name {
            $( $(#[doc = $about])+ pub $key: $type, )*
        }

        impl $crate::arguments::Arguments for $name {
            const ABOUT: &'static str = $purpose;
            const LIST: &'static [$crate::arguments::Argument] = &[$(
                $crate::arguments::Argument::new::<$type>(stringify!($key), concat!($($about),+))
                    $($(.$how($($word)?))+)?,
            )*];
        }
    };
}

pub(crate) use arguments;
