//! What was typed, as the values by key that a spec would have.

use clap::ArgMatches;
use serde_json::{Value, json};

use super::{arguments, choice, flag, is_global, name};
use crate::actions::call;
use crate::actions::definition::{Job, Verb};
use crate::arguments::rules::AllRules;
use crate::arguments::{Argument, Arguments, Shape, keys};
use crate::caller::Rules;
use crate::error::{Code, Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::json_slips;
use crate::operation::Object;
use crate::settings::Selection;

/// A command line as the job of a verb.
///
/// # Errors
/// What an argument cannot be, and what they cannot be together, with the flags that were typed.
pub fn job(
    verb: &'static Verb,
    matches: &ArgMatches,
    selection: &mut Selection,
    context: Object,
    stdin: &mut Stdin,
) -> Result<Job> {
    let mut typed = Typed { verb, stdin, given: Object::new(), flags: Vec::new() };
    match (choice(verb), matches.subcommand()) {
        (Some((which, choices)), Some((word, own))) => {
            typed.given.insert(which.key().into(), word.into());
            let chosen = choices.iter().find(|choice| choice.word == word);
            let is_taken = |key: &str| chosen.is_some_and(|choice| choice.knows(key));
            for argument in arguments(verb).filter(|argument| is_taken(argument.key())) {
                match selection.timeout.filter(|_| is_global(argument)) {
                    // How long a person is waited for: no request to Odoo takes that long.
                    Some(timeout) => {
                        selection.timeout = None;
                        typed.keep(
                            argument,
                            json!(format!("{}s", timeout.as_secs().max(1))),
                            argument.key(),
                        )?;
                    }
                    None if is_global(argument) => {}
                    None => typed.read(argument, own)?,
                }
            }
        }
        _ => {
            for argument in arguments(verb) {
                typed.read(argument, matches)?;
            }
        }
    }
    let Typed { mut given, flags, .. } = typed;
    if !context.is_empty() {
        given.insert("context".into(), context.into());
    }
    let at = |key: &str| match flags.iter().find(|(known, _)| *known == key) {
        Some((_, flag)) => flag.clone(),
        None => named(verb, key),
    };
    (verb.definition.job)(given, &at)
}

/// The checks that flags of [`AllRules`] ask for.
///
/// # Errors
/// One of them is not what it must be.
pub fn rules(matches: &ArgMatches, stdin: &mut Stdin) -> Result<Rules> {
    let mut typed = Typed { verb: &call::VERB, stdin, given: Object::new(), flags: Vec::new() };
    for argument in AllRules::LIST {
        typed.read(argument, matches)?;
    }
    let asked: AllRules = keys::read(typed.given, &|key| named(&call::VERB, key))?;
    Ok(asked.into())
}

/// How an argument is called that was not typed.
fn named(verb: &Verb, key: &str) -> String {
    match verb.argument(key) {
        Some(argument) if argument.is_positional => key.to_uppercase(),
        Some(argument) if matches!(argument.form.shape, Shape::Json(_)) => {
            format!("--{}-json", flag(argument))
        }
        Some(argument) => format!("--{}", flag(argument)),
        None => format!("--{}", name(key)),
    }
}

/// What was typed, as it is read.
struct Typed<'a> {
    verb: &'static Verb,
    stdin: &'a mut Stdin,
    given: Object,
    /// By key, the flag that gave it.
    flags: Vec<(&'static str, String)>,
}

impl Typed<'_> {
    fn keep(&mut self, argument: &Argument, value: Value, place: &str) -> Result<()> {
        (argument.form.check)(value.clone(), place)?;
        self.given.insert(argument.key().into(), value);
        self.flags.push((argument.key(), place.to_string()));
        Ok(())
    }

    fn read(&mut self, argument: &Argument, matches: &ArgMatches) -> Result<()> {
        let flag = flag(argument);
        let id = if argument.is_positional { argument.key().to_string() } else { flag.replace('-', "_") };
        let is_typed = |id: &str| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        let place = format!("--{flag}");
        match argument.form.shape {
            Shape::Choice(_) => Ok(()),
            Shape::Word(_) | Shape::Duration => match matches.get_one::<String>(&id) {
                Some(word) if argument.is_positional => self.keep(argument, json!(word), argument.key()),
                Some(word) => self.keep(argument, json!(word), &place),
                None => Ok(()),
            },
            Shape::Flag if is_typed(&id) => self.keep(argument, json!(true), &place),
            Shape::Flag => Ok(()),
            Shape::Whole(..) if is_typed(&id) => {
                self.keep(argument, json!(matches.get_one::<u32>(&id)), &place)
            }
            Shape::Whole(..) => Ok(()),
            Shape::Json(_) => {
                let word = |id: &str| matches.get_one::<String>(id).cloned();
                let (json, file) = (format!("{place}-json"), format!("{place}-file"));
                let source =
                    Source::choose(&json, word(&format!("{id}_json")), &file, word(&format!("{id}_file")))?;
                self.json(argument, source, || {
                    Error::usage(format!("{} needs {json} or {file}", name(self.verb.name)))
                })
            }
            Shape::JsonWord(_) => {
                let source = Source::choose(&place, matches.get_one::<String>(&id).cloned(), "", None)?;
                self.json(argument, source, || Error::usage(format!("{place} is missing")))
            }
            Shape::Fields => self.fields(argument, matches, &id, &place),
            Shape::Ids => match many(matches, &id) {
                words if words.is_empty() && argument.is_required => Err(Error::usage(format!(
                    "{} needs {place}: without them Odoo would do nothing and say that it did",
                    name(self.verb.name)
                ))),
                words if words.is_empty() => Ok(()),
                words => match as_json(&words) {
                    Some(list) => self.keep(argument, list, &place),
                    None => self.keep(argument, json!(ids(&words, &place)?), &place),
                },
            },
            Shape::Names(_) => match many(matches, &id) {
                words if words.is_empty() => Ok(()),
                words => self.keep(argument, json!(words), &place),
            },
            Shape::Columns => match many(matches, &id) {
                words if words.is_empty() => Ok(()),
                words => {
                    if let Some(list) = as_json(&words) {
                        return self.keep(argument, list, &place);
                    }
                    // --sum amount_total:sum says the same twice.
                    let end = format!(":{}", argument.key());
                    let plain: Vec<&str> =
                        words.iter().map(|word| word.trim().strip_suffix(&end).unwrap_or(word)).collect();
                    self.keep(argument, json!(plain), &place)
                }
            },
        }
    }

    /// JSON from the line or a file.
    fn json(
        &mut self,
        argument: &Argument,
        source: Option<Source>,
        missing: impl Fn() -> Error,
    ) -> Result<()> {
        let Some(source) = source else {
            return if argument.is_required { Err(missing()) } else { Ok(()) };
        };
        let value = self.stdin.json(&source)?;
        let is_list = value.is_array();
        self.keep(argument, value, source.flag()).map_err(|error| {
            // Several where one is meant has an argument of its own.
            let several = format!("{}_list", argument.key());
            match self.verb.argument(&several).filter(|_| is_list) {
                Some(other) => error.with_hint(format!(
                    "the values of several records go with {}",
                    source.flag().replace(&flag(argument), &flag(other))
                )),
                None => error,
            }
        })
    }

    /// Names of fields: a list of words, or JSON.
    fn fields(&mut self, argument: &Argument, matches: &ArgMatches, id: &str, place: &str) -> Result<()> {
        let word = |id: &str| matches.get_one::<String>(id).cloned();
        if let Some(list) = word(id) {
            let is_json = list.trim_start().starts_with('[');
            // JSON is what every other argument of this kind takes.
            return match json_input::parse(&list) {
                Ok(value) if is_json => self.keep(argument, value, place),
                _ if is_json => Err(Error::usage(format!("{place} takes names with commas: a,b,c"))
                    .with_hint(format!("a JSON list goes with {place}-json"))),
                _ => {
                    let names: Vec<&str> = list.split([',', ' ']).filter(|name| !name.is_empty()).collect();
                    match names.is_empty() {
                        true => Err(Error::usage(format!("{place} is empty"))),
                        false => self.keep(argument, json!(names), place),
                    }
                }
            };
        }
        let (json, file) = (format!("{place}-json"), format!("{place}-file"));
        let source = Source::choose(&json, word(&format!("{id}_json")), &file, word(&format!("{id}_file")))?;
        self.json(argument, source, || Error::usage(format!("{place} is missing")))
    }
}

/// A JSON list, as every other argument of many takes it.
fn as_json(words: &[String]) -> Option<Value> {
    // What stands between commas comes as words of its own.
    let whole = words.join(",");
    json_input::parse(&whole).ok().filter(|value| whole.trim_start().starts_with('[') && value.is_array())
}

/// Every value of an argument that can be repeated.
fn many(matches: &ArgMatches, id: &str) -> Vec<String> {
    matches.get_many::<String>(id).into_iter().flatten().cloned().collect()
}

/// Record ids in their three forms: `1 2`, `1,2`, the flag repeated.
///
/// # Errors
/// One of them is none, or there is none.
pub fn ids(words: &[String], place: &str) -> Result<Vec<i64>> {
    let parts = words.iter().flat_map(|word| word.split([',', ' '])).filter(|part| !part.is_empty());
    let ids: Vec<i64> = parts
        .map(|part| {
            part.parse::<i64>().ok().filter(|id| *id > 0).ok_or_else(|| {
                Error::new(
                    Code::InvalidJson,
                    format!("{place}: {part:?} is not a record id (a whole number from 1)"),
                )
            })
        })
        .collect::<Result<_>>()
        .map_err(|error: Error| match json_slips::as_ids(&words.join(",")) {
            Some(Value::Array(ids)) => {
                let ids: Vec<String> = ids.iter().map(Value::to_string).collect();
                error.with_hint(format!("{place} {}", ids.join(",")))
            }
            _ => error,
        })?;
    if ids.is_empty() { Err(Error::usage(format!("{place} is empty: nothing was sent"))) } else { Ok(ids) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Vec<i64>> {
        ids(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>(), "--ids")
    }

    #[test]
    fn ids_come_in_three_forms() {
        assert_eq!(read(&["1", "2,3", "4 5"]).unwrap(), [1, 2, 3, 4, 5]);
        for bad in ["0", "-1", "x", "1.0", "true", "99999999999999999999", ""] {
            assert!(read(&[bad]).is_err(), "{bad}");
        }
    }
}
