//! What a call comes to as the text that a client gets: compact JSON with the effect, the notes and, where rows were
//! left out, the call that goes on. Nothing is cut but at whole rows, and an error is the same object as everywhere.

use serde_json::{Value, json};

use super::fit::{self, Cut, LONGEST_NAME, bound, shortened, shown, size, size_within};
use super::going_on::{self, GoingOn};
use super::left_out::{self, LeftOut};
use super::paging;
use super::words::Speech;
use crate::actions::definition::Verb;
use crate::error::{Effect, Error};
use crate::hint::Action;
use crate::operation::Object;
use crate::outcome::{Body, End, Outcome};

/// What a client gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The text.
    pub text: String,
    /// The call failed.
    pub is_error: bool,
}

/// The texts of an error are no longer than this, and no more than so many things are listed: less where an answer
/// would not hold them.
const BOUNDS: [(usize, usize); 5] = [(1500, 20), (600, 10), (200, 5), (60, 1), (15, 1)];

/// An error, in at most so many characters.
pub fn error(error: &Error, most: usize) -> Answer {
    let mut object = error.object(false);
    left_out::without_binaries(&mut object, None);
    for (longest, listed) in BOUNDS {
        bound(&mut object, longest, listed);
        if size(&object) <= most {
            break;
        }
    }
    Answer { text: shown(&object.to_string()), is_error: true }
}

/// What stands around a result and its notes.
const AROUND: usize = 60;
/// What is said of rows and of texts that are left out takes no more.
const TOLD: usize = 600;
const TOLD_OF_ROWS: usize = 200;
/// So many fields that are left out are named.
const MOST_NAMED: usize = 5;

/// The call that an answer is of.
pub struct Called<'a> {
    /// The verb.
    pub verb: &'static Verb,
    /// As the client gave them.
    pub arguments: &'a Object,
    /// So many of the first of a list were shown before.
    pub offset: usize,
    /// The rows of a stream, if it was one.
    pub rows: Vec<Value>,
    /// The numbers of the rows that Odoo gave.
    pub given: Vec<i64>,
    /// The words.
    pub speech: &'a Speech,
    /// Most characters of an answer.
    pub most: usize,
}

impl<'a> Called<'a> {
    /// A call that leaves out none of the first rows and is no stream.
    pub fn of(verb: &'static Verb, arguments: &'a Object, speech: &'a Speech, most: usize) -> Called<'a> {
        Called { verb, arguments, offset: 0, rows: Vec::new(), given: Vec::new(), speech, most }
    }

    /// What it came to.
    pub fn answer(mut self, outcome: &Outcome, mut noted: Vec<String>) -> Answer {
        let mut cut = None;
        let mut value: Value = match &outcome.body {
            Body::Value(json) => serde_json::from_str(json).unwrap_or_else(|_| json!(json)),
            Body::Request(request) => request.clone(),
            Body::Rows(stream) => {
                let rows = std::mem::take(&mut self.rows);
                if stream.end != End::Complete {
                    cut = Some(Cut { shown: rows.len(), of: None });
                }
                Value::Array(rows)
            }
        };
        self.given = going_on::numbers(&value);
        if value.as_array().is_some_and(|rows| rows.len() != self.given.len()) {
            self.given.clear();
        }
        paging::without_first(&mut value, outcome.layout.place, self.offset);
        let binaries = left_out::without_binaries(&mut value, outcome.layout.types.as_ref());
        noted.extend(outcome.notes.iter().map(|note| self.speech.hint(note)));
        noted.extend(self.how_to_fetch(&binaries, "binary"));
        let mut notes = fit::notes(noted, self.most / 4);
        let overhead = AROUND + size(&json!(notes));
        let next_is = self.room_for_next();
        let whole = self.most.saturating_sub(overhead + cut.as_ref().map_or(0, |_| next_is));
        if size_within(&value, whole).is_none() {
            let room = self.most.saturating_sub(overhead + next_is + TOLD);
            let texts = fit::fit(&mut value, room, outcome.layout.place, &mut cut);
            notes.extend(self.how_to_fetch(&texts, "too long for an answer"));
        }
        let cut = cut.filter(|cut| !self.is_all_that_was_asked(cut));
        let going_on = cut.as_ref().and_then(|cut| self.going_on(cut, &value));
        if let Some(cut) = cut {
            notes.push(told(&cut, going_on.as_ref()));
        }
        let next_is = match &going_on {
            Some(GoingOn::Call(next)) => size(next),
            _ => 0,
        };
        let left = self.most.saturating_sub(AROUND + size(&value) + next_is);
        if size(&json!(notes)) > left {
            notes = fit::notes(notes, left);
        }
        let mut text = format!("{{\"effect\":\"{}\",\"result\":{value}", outcome.effect.as_str());
        if !notes.is_empty() {
            text += &format!(",\"notes\":{}", json!(notes));
        }
        if let Some(GoingOn::Call(next)) = going_on {
            text += &format!(",\"next\":{next}");
        }
        text.push('}');
        Answer { text: shown(&text), is_error: false }
    }

    /// How to get what was left out.
    fn how_to_fetch(&self, left_out: &[LeftOut], why: &str) -> Option<String> {
        let first = left_out.first()?;
        let mut fields: Vec<&str> = left_out.iter().map(|one| one.field.as_str()).collect();
        fields.sort_unstable();
        fields.dedup();
        let mut named: Vec<String> =
            fields.iter().take(MOST_NAMED).map(|field| shortened(field, LONGEST_NAME)).collect();
        if fields.len() > named.len() {
            named.push(format!("and {} more", fields.len() - named.len()));
        }
        let told = format!("left out, {why}: {}", named.join(", "));
        let model = self.arguments.get("model").and_then(Value::as_str);
        let (Some(model), Some(id)) = (model, first.id) else { return Some(told) };
        let read = Action::new("read")
            .with("model", model)
            .with("ids", vec![id])
            .with("fields", vec![first.field.as_str()])
            .by_a_person();
        let how = format!("{told}; a shell has it: {}", (self.speech.for_a_person)(&read));
        Some(if how.len() > TOLD - TOLD_OF_ROWS { told } else { how })
    }
}

/// How much of a list is here, and how to have the rest.
fn told(cut: &Cut, going_on: Option<&GoingOn>) -> String {
    let rows = match cut.of {
        Some(of) => format!("{} of {of} are here", cut.shown),
        None => format!("{} are here, there are more", cut.shown),
    };
    let how = match going_on {
        Some(GoingOn::Call(_)) => "next goes on",
        Some(GoingOn::Words(how)) => how,
        None => "ask for less: fewer fields, records, or a filter",
    };
    format!("{rows}: {how}")
}

/// What is refused here is said in less.
const SHORT: usize = 2000;

/// An answer that a call never came to, because the server will not begin it.
pub fn refused(code: crate::error::Code, message: &str) -> Answer {
    let refusal = Error::new(code, message);
    let retry = refusal.retry;
    error(&refusal.with_effect(Effect::NotSent, retry), SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::tools::Naming;
    use serde_json::Map;

    fn speech() -> Speech {
        Speech {
            naming: Naming::Each,
            by: None,
            hidden: Vec::new(),
            for_a_person: std::sync::Arc::new(|action| format!("odoo-agent {}", action.verb)),
        }
    }

    fn rows(count: i64, text: &str) -> String {
        json!((1..=count).map(|id| json!({ "id": id, "name": text })).collect::<Vec<_>>()).to_string()
    }

    fn answered(verb: &str, arguments: Value, outcome: &Outcome, most: usize) -> Value {
        let speech = speech();
        let verb = crate::actions::verb(verb).unwrap();
        let arguments = arguments.as_object().unwrap();
        let called = Called::of(verb, arguments, &speech, most);
        let answer = called.answer(outcome, Vec::new());
        assert!(answer.text.len() <= most, "{} of {most}", answer.text.len());
        serde_json::from_str(&answer.text).unwrap()
    }

    #[test]
    fn what_fits_is_whole_and_says_nothing_more() {
        let said = answered("count", json!({ "model": "a.b" }), &Outcome::read("7".into()), 4000);
        assert_eq!(said.to_string(), r#"{"effect":"none","result":7}"#);
    }

    #[test]
    fn a_long_answer_ends_at_a_whole_row_and_next_goes_on_after_it() {
        let outcome = Outcome::read(rows(500, "some name")).laid_out(crate::outcome::Layout::records());
        let said =
            answered("search_read", json!({ "model": "a.b", "limit": 500, "offset": 10 }), &outcome, 4000);
        let shown = said["result"].as_array().unwrap().len();
        assert!(shown > 20 && shown < 500);
        let next = &said["next"];
        assert_eq!(next["tool"], "odoo_search_read");
        assert_eq!(next["arguments"]["offset"], 10 + shown);
        assert_eq!(next["arguments"]["limit"], 500 - shown);
        let ids: Vec<i64> = (1..=500).collect();
        let said = answered("read", json!({ "model": "a.b", "ids": ids }), &outcome, 9000);
        let shown = said["result"].as_array().unwrap().len();
        assert_eq!(said["next"]["arguments"]["ids"][0], shown + 1);
        let data = json!({ "model": "res.partner", "method": "search_read", "data": { "domain": [], "limit": 500 } });
        let said = answered("call", data, &outcome, 4000);
        assert_eq!(said["next"]["arguments"]["data"]["offset"], said["result"].as_array().unwrap().len());
    }

    #[test]
    fn a_list_that_a_verb_gives_as_a_whole_goes_on_by_the_same_call() {
        let speech = speech();
        let layout = |under: bool| match under {
            true => crate::outcome::Layout::records().under("models"),
            false => crate::outcome::Layout::records(),
        };
        for (verb, under, asked) in
            [("group", false, json!({ "model": "a.b", "limit": 400 })), ("doc_index", true, json!({}))]
        {
            let all: Vec<Value> = (1..=300).map(|n| json!({ "__count": n, "by": "some name" })).collect();
            let whole = if under { json!({ "models": all }) } else { json!(all) };
            let outcome = Outcome::read(whole.to_string()).laid_out(layout(under));
            let verb = crate::actions::verb(verb).unwrap();
            let (mut arguments, mut seen) = (asked.as_object().unwrap().clone(), Vec::new());
            loop {
                let mut own = arguments.clone();
                let offset = paging::taken(verb, &mut own).unwrap();
                assert_eq!(json!(own), asked, "the verb is asked the same");
                let called = Called { offset, ..Called::of(verb, &arguments, &speech, 4000) };
                let said: Value = serde_json::from_str(&called.answer(&outcome, Vec::new()).text).unwrap();
                let rows = if under { &said["result"]["models"] } else { &said["result"] };
                seen.extend(rows.as_array().unwrap().clone());
                let Some(next) = said.get("next") else { break };
                arguments = next["arguments"].as_object().unwrap().clone();
            }
            assert_eq!(seen, all, "each once, in order");
        }
    }

    #[test]
    fn arguments_that_take_most_of_an_answer_are_not_said_back_and_it_goes_on() {
        let outcome = Outcome::read(rows(500, "some name")).laid_out(crate::outcome::Layout::records());
        let long = |characters: usize| json!([["name", "=", "x".repeat(characters)]]);
        for characters in [200, 900, 1100, 3900, 4000, 50_000] {
            let asked = json!({ "model": "a.b", "domain": long(characters), "limit": 500 });
            let said = answered("search_read", asked, &outcome, 4000);
            let shown = said["result"].as_array().unwrap().len();
            assert!(shown > 20, "{characters}: {shown}");
            let note = said["notes"][0].as_str().unwrap();
            if characters < 900 {
                assert_eq!(said["next"]["arguments"]["offset"], shown);
            } else if characters > 1000 {
                assert!(said.get("next").is_none());
                let how = format!("goes on with limit {} and offset {shown}", 500 - shown);
                assert!(note.ends_with(&how), "{note}");
            }
        }
        let ids: Vec<i64> = (1..=2000).collect();
        let said = answered("read", json!({ "model": "a.b", "ids": ids }), &outcome, 4000);
        let shown = said["result"].as_array().unwrap().len();
        assert!(said["notes"][0].as_str().unwrap().ends_with(&format!("ids from {} on", shown + 1)));
        let (speech, verb) = (speech(), crate::actions::verb("search_read").unwrap());
        let arguments = Object::from_iter([("model".to_string(), json!("a.b"))]);
        let called = Called::of(verb, &arguments, &speech, 4000);
        let nothing = Cut { shown: 0, of: Some(9) };
        assert_eq!(called.going_on(&nothing, &json!([])), None, "it would be asked for again and again");
    }

    #[test]
    fn a_row_that_is_too_long_loses_its_long_text_and_no_other() {
        let long = "word ".repeat(3000);
        let value =
            json!([{ "id": 1, "name": "a", "body": long }, { "id": 2, "name": "b", "body": "short" }]);
        let said =
            answered("search_read", json!({ "model": "a.b" }), &Outcome::read(value.to_string()), 4000);
        assert_eq!(said["result"][0]["body"], json!({ "left_out": true, "characters": 15000 }));
        assert_eq!(said["result"][1]["body"], "short");
        let text = json!("word ".repeat(3000));
        let said = answered("call", json!({ "model": "a.b" }), &Outcome::read(text.to_string()), 4000);
        assert_eq!(said["result"]["left_out"], true);
        let fields: Map<String, Value> =
            (0..400).map(|n| (format!("f{n}"), json!({ "type": "char" }))).collect();
        let document = json!({ "model": "a.b", "fields": fields, "methods": { "m": {} } });
        let said =
            answered("doc_model", json!({ "model": "a.b" }), &Outcome::read(document.to_string()), 4000);
        assert!(
            said["result"]["fields"]["f0"].is_object() && said["result"]["methods"].is_object(),
            "{said}"
        );
    }

    #[test]
    fn a_text_that_is_left_out_or_was_sent_costs_about_what_it_costs_to_show_it() {
        use crate::clock::{Clock, System};
        let text = "plain text, łódź ".repeat(100_000);
        let since = System.instant();
        assert!(shown(&text).len() >= text.len());
        let to_show = System.instant() - since;
        let speech = speech();
        let asked = json!({ "model": "a.b" });
        for (arguments, value, is_left_out) in [
            (&asked, json!([{ "id": 1, "body": text }]), true),
            (&asked, json!({ "a": text }), true),
            (&asked, json!(text), true),
            (&json!({ "model": "a.b", "ids": [1], "vals": { "body": text } }), json!(true), false),
        ] {
            let verb = crate::actions::verb(if is_left_out { "read" } else { "write" }).unwrap();
            let arguments = arguments.as_object().unwrap();
            let called = Called::of(verb, arguments, &speech, 4000);
            let outcome = Outcome::read(value.to_string());
            let since = System.instant();
            let answer = called.answer(&outcome, Vec::new());
            let taken = System.instant() - since;
            assert!(answer.text.contains("left_out") == is_left_out && answer.text.len() <= 4000);
            assert!(taken < 5 * to_show, "{taken:?} of {to_show:?}");
        }
    }

    #[test]
    fn the_words_of_an_error_are_bounded_and_it_stays_json() {
        let mut long = Error::new(crate::error::Code::Rejected, "x".repeat(9000)).with_hint("h");
        long.candidates = Some(json!(vec![json!({ "id": 1 }); 300]));
        let answer = error(&long, 4000);
        assert!(answer.is_error && answer.text.len() < 4000);
        let said: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(said["error"]["code"], "rejected");
        assert_eq!(said["error"]["candidates"].as_array().unwrap().len(), 20);
    }

    #[test]
    fn nothing_is_longer_than_an_answer_may_be_as_it_is_shown() {
        // Three bytes that are shown as six, and one that is shown as six.
        for text in
            ["\u{202e}".repeat(1000), "\u{7}".repeat(3000), "\"\\".repeat(1500), "plain ".repeat(1000)]
        {
            let mut long = Error::new(crate::error::Code::Rejected, text.clone());
            for _ in 0..100 {
                long = long.with_hint(text.clone());
            }
            long.candidates = Some(json!(vec![json!({ "id": 1, "name": text }); 40]));
            for most in [2000, 4000, 40_000] {
                let answer = error(&long, most);
                assert!(answer.text.len() <= most, "{} of {most}", answer.text.len());
                let said: Value = serde_json::from_str(&answer.text).unwrap();
                assert_eq!(said["error"]["effect"], "rejected");
            }
            let named: Map<String, Value> = (0..60)
                .map(|n| (format!("{n}{}", &text[..text.len() / 60 * 3]), json!({ "t": text })))
                .collect();
            for result in [
                json!(vec![json!({ "id": 1, "name": text }); 40]),
                json!(vec![json!({ "id": 1, "name": &text[..text.len() / 300 * 3] }); 200]),
                json!(text),
                json!({ "a": text, "b": [text, text], "c": { "d": text } }),
                named.into(),
            ] {
                for most in [2000, 4000, 40_000] {
                    let speech = speech();
                    let verb = crate::actions::verb("search_read").unwrap();
                    let arguments = json!({ "model": "a.b", "domain": [["name", "=", text]] });
                    let arguments = arguments.as_object().unwrap();
                    let called = Called::of(verb, arguments, &speech, most);
                    let outcome = Outcome::read(result.to_string());
                    let answer = called.answer(&outcome, vec![text.clone(); 30]);
                    assert!(answer.text.len() <= most, "{} of {most}", answer.text.len());
                    let said: Value = serde_json::from_str(&answer.text).unwrap();
                    assert!(!said["notes"].as_array().unwrap().is_empty());
                }
            }
        }
    }
}
