//! Texts in other languages taken back: each language gets the text that it showed before, and none that somebody has
//! changed since.

use serde_json::{Value, json};

use super::back::rows_before;
use super::plan::{Plan, call, conflict, impossible, told};
use super::sight::Sight;
use crate::context;
use crate::error::{Effect, Result, Retry};
use crate::execute::before::languages;
use crate::journal::{Entry, kept};
use crate::operation::{self, Object, Operation};

const SOURCE: &str = "en_US";

/// A text of a field, as Odoo tells it: of the whole, or of a part of it.
fn text_in<'t>(texts: &'t [Value], language: &str, part: Option<&str>) -> Option<&'t Value> {
    let is_it = |text: &&Value| text["lang"] == language && part.is_none_or(|part| text["source"] == part);
    texts.iter().find(is_it).map(|text| &text["value"])
}

/// What takes back an `update_field_translations`.
///
/// # Errors
/// `undo_conflict`: somebody has changed a text since. `undo_impossible`: there are no old texts, or they cannot be put
/// back.
pub fn undo_translations(sight: &Sight, entry: &Entry, name: &str) -> Result<Plan> {
    rows_before(entry, name)?;
    let before = &entry.intent["before"];
    let values = &entry.intent["values"];
    let field = values["field_name"].as_str().unwrap_or_default();
    let (Some(given), Some(old), Some(id)) = (
        values["translations"].as_object(),
        before["translations"].as_array(),
        entry.ids().first().copied(),
    ) else {
        return Err(impossible(format!("the texts of {field} are not in the journal")));
    };
    if !kept::is_whole(&values["translations"]) || !kept::is_whole(&before["translations"]) {
        return Err(impossible(format!("the texts of {field} are not kept, for they may be secret")));
    }
    let by_terms = before["by_terms"] == true;
    let is_of_another = values["source_lang"].as_str().is_some_and(|source| !matches!(source, "" | SOURCE));
    if by_terms && (is_of_another || given.contains_key(SOURCE)) {
        return Err(impossible(format!(
            "{field} is translated part by part, and the parts in {SOURCE}, by which they are known, were changed too, or named in another language"
        )));
    }
    let now = now(sight, entry, field, id, given)?;
    let (mut back, mut changed, mut plan) = (Object::new(), Vec::new(), Plan::default());
    for (language, ours) in given {
        let parts: Vec<(Option<&str>, &Value)> = match ours.as_object().filter(|_| by_terms) {
            Some(parts) => parts.iter().map(|(part, ours)| (Some(part.as_str()), ours)).collect(),
            None => vec![(None, ours)],
        };
        for (part, ours) in parts {
            let (Some(was), Some(is)) = (text_in(old, language, part), text_in(&now, language, part)) else {
                return Err(impossible(format!("Odoo tells no text of {field} in {language} for what was written")));
            };
            let nothing = || if by_terms { Some(json!("")) } else { text_in(&now, SOURCE, None).cloned() };
            let left = if matches!(ours, Value::Bool(false)) { nothing() } else { Some(ours.clone()) };
            // A part that reads as its source is told as none.
            let left = left.map(|left| if by_terms && left.as_str() == part { json!("") } else { left });
            if was == is {
                continue;
            }
            if left.as_ref() != Some(is) {
                changed.push(told(entry.model(), id, &format!("{field} in {language}"), was, ours, is));
                continue;
            }
            let Some(text) = was.as_str().filter(|text| by_terms || !text.is_empty()) else {
                return Err(impossible(format!("{field} was empty in {language}, which cannot be put back")));
            };
            match part {
                Some(part) => {
                    let text = if text.is_empty() { json!(false) } else { json!(text) };
                    back.entry(language.clone()).or_insert(json!({}))[part] = text;
                }
                None => {
                    if language != SOURCE && text_in(old, SOURCE, None) == Some(was) {
                        plan.lost.push(format!(
                            "whether {field} of {} {id} had a text of its own in {language}, or showed that of {SOURCE}: it has one now",
                            entry.model()
                        ));
                    }
                    back.insert(language.clone(), json!(text));
                }
            }
        }
    }
    if !changed.is_empty() {
        return Err(conflict(format!("somebody has changed since what {name} wrote"), changed));
    }
    if back.is_empty() {
        return Err(conflict(format!("{name} changed nothing that is not as it was before"), Vec::new()));
    }
    let kwargs = operation::kwargs(json!({ "field_name": field, "translations": back }));
    plan.steps.push(Operation { kwargs, ..call(entry.model(), entry.method(), vec![id]) });
    Ok(plan)
}

/// The texts as they are.
fn now(sight: &Sight, entry: &Entry, field: &str, id: i64, given: &Object) -> Result<Vec<Value>> {
    let asked = json!({ "field_name": field, "langs": languages(given) });
    let question = Operation::new(entry.model(), "get_field_translations", operation::kwargs(asked))?;
    let context = context::agent_marks(&sight.run.caller.channel);
    let reply = sight.run.desk().ask(question.on(vec![id]), &context);
    let reply = reply.map_err(|error| error.with_effect(Effect::NotSent, Retry::Safe))?;
    let told: Value = serde_json::from_str(reply.get()).unwrap_or_default();
    Ok(told[0].as_array().cloned().unwrap_or_default())
}
