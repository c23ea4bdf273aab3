//! `doc-model`: one model's fields, methods and parameters, as Odoo documents them: in few words, or what was named
//! and all of it in full. Documentation is text here, whatever it is in Odoo.

use serde_json::{Map, Value, json};

use super::doc_index::{FALLBACK_NOTE, NO_DOCUMENTS_NOTE};
use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked};
use crate::arguments::values::{Flag, Model, Names, Text};
use crate::arguments::{At, arguments, rules::{NoRules, names, yes}};
use super::parts;
use crate::caller::Caller;
use crate::error::{Code, Error, Result};
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::odoo::client::described;
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::preflight::buttons;
use crate::session::{Run, Session};
use crate::text::html;

/// What a table shows of fields and of methods.
const SHOWN: [&str; 8] = ["name", "type", "string", "relation", "required", "readonly", "signature", "doc"];

/// What is told of a field in few words; the first two always.
const IN_FEW_WORDS: [&str; 4] = ["type", "string", "relation", "required"];

/// Characters of a first line.
const LONGEST_LINE: usize = 120;

/// The verb.
pub const VERB: Verb = Verb {
    name: "doc_model",
    reach: Reach::reads(|| {
        json!({
            "type": "object", "required": ["model"],
            "properties": {
                "model": { "type": "string" }, "fields": { "type": "object" }, "methods": { "type": "object" },
            },
        })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent doc-model project.task --match stage
  odoo-agent doc-model res.partner --field email,phone"#,
};

arguments! {
    /// Describe one model: fields, methods, parameters
    pub struct Arguments {
        /// Model, like project.task
        model: Model => positional(),
        /// These fields in full; without `methods`, no methods are shown
        fields: Option<Names> => flag("field"),
        /// These methods in full; without `fields`, no fields are shown
        methods: Option<Names> => flag("method"),
        /// Fields and methods whose name or label contains this
        r#match: Option<Text> => excludes(&["fields", "methods"]),
        /// Names and labels only
        names: Option<Flag>,
        /// All that Odoo says, in place of name, signature and first line
        full: Option<Flag> => excludes(&["names"]),
        /// Ask Odoo even if the document is cached
        refresh: Option<Flag>,
    }
}

impl Told for Arguments {
    type Rules = NoRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        Ok(Any::DocModel(Request {
            model: checked(self.model)?,
            fields: names(self.fields),
            methods: names(self.methods),
            matching: self.r#match.map(|text| text.0),
            names: yes(self.names),
            full: yes(self.full),
            refresh: yes(self.refresh),
        }))
    }
}

/// A model's document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Fields by name.
    pub fields: Vec<String>,
    /// Methods by name.
    pub methods: Vec<String>,
    /// A part of a field's or method's name, or of a field's label.
    pub matching: Option<String>,
    /// Names and labels only.
    pub names: bool,
    /// Everything that Odoo says.
    pub full: bool,
    /// Past the cache.
    pub refresh: bool,
}

impl Request {
    /// What is known of the rows.
    pub fn layout() -> Layout {
        Layout::records()
            .named(&["fields", "methods"])
            .columns(&SHOWN)
            .keys(&["name", "type", "relation"])
            .cut_first("doc")
            .attributes(&["required", "readonly"])
    }

    /// Fields and methods are two kinds of rows.
    pub fn has_one_kind_of_row(&self) -> bool {
        self.fields.is_empty() != self.methods.is_empty()
    }

    fn names_some(&self) -> bool {
        !self.fields.is_empty() || !self.methods.is_empty()
    }

    /// What is told of one member: all of what was named.
    fn told(&self, section: &str, about: &Value) -> Value {
        match section {
            _ if self.names => match section {
                "fields" => json!({ "string": about["string"] }),
                _ => json!({}),
            },
            _ if self.full || self.names_some() => as_text(about, false),
            "fields" => field_in_few_words(about),
            // A button is told by what stands on it.
            _ if about.get("signature").is_none() => about.clone(),
            _ => method_in_few_words(about),
        }
    }

    fn is_wanted(&self, name: &str, about: &Value) -> bool {
        let label = about["string"].as_str().unwrap_or_default().to_lowercase();
        self.matching.as_ref().is_none_or(|term| {
            let term = term.to_lowercase();
            name.to_lowercase().contains(&term) || label.contains(&term)
        })
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![described(&self.model)?])
    }
}

/// Comes to the document, or to the part that was asked for.
pub fn perform(mut request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    (request.fields, request.methods) = (parts(request.fields), parts(request.methods));
    if request.names_some() && request.matching.is_some() {
        return Err(Error::usage(
            "what is named is found without a search: name fields or methods, or search",
        ));
    }
    let context = run.context()?;
    let page = run.documents(&context).model(&request.model, request.refresh)?;
    if page.is_fallback {
        let note = Hint::new(if page.has_none { NO_DOCUMENTS_NOTE } else { FALLBACK_NOTE });
        run.note(match request.matching {
            Some(_) => note.text(" but the buttons of its form"),
            None => note.text("; ").name("match").text(" finds the buttons of its form, too"),
        });
    }
    let mut document: Map<String, Value> = serde_json::from_str(&page.body).map_err(|why| {
        Error::new(Code::BadReply, "the model's documentation is not what Odoo 19 sends").with_source(why)
    })?;
    if !request.methods.is_empty() && !document.contains_key("methods") {
        return Err(Error::new(
            Code::AccessDenied,
            "this user cannot see methods: Odoo shows them to the group Technical Documentation only",
        )
        .with_hint(Hint::new("call the method all the same if you know it: ").help("call"))
        .with_hint(
            Hint::new("the buttons of its form are methods: ")
                .action(Action::new("doc_model").with("model", &*request.model).with("match", &*request.methods[0])),
        ));
    }
    if request.matching.is_some() && !document.contains_key("methods") {
        let buttons = buttons::of_form(&run, &request.model, None, None);
        let told = buttons.into_iter().map(|button| (button.method, json!({ "string": button.label })));
        let told: Map<String, Value> = told.collect();
        if !told.is_empty() {
            document.insert("methods".into(), told.into());
        }
    }
    let mut told = Map::new();
    let mut found = 0;
    for (key, value) in &document {
        let part = match (key.as_str(), value.as_object()) {
            ("fields" | "methods", Some(members)) => {
                let members = section(&request, key, members)?;
                found += members.len();
                Value::Object(members)
            }
            ("doc", _) => as_text(&json!({ "doc": value }), !request.full)["doc"].take(),
            _ => value.clone(),
        };
        told.insert(key.clone(), part);
    }
    let outcome = Outcome::read(Value::Object(told).to_string()).laid_out(Request::layout());
    let outcome = Outcome { origin: page.origin, ..outcome };
    Ok(match &request.matching {
        Some(term) if found == 0 => {
            outcome.noting(format!("no field or method of {} has {term} in its name or label", request.model))
        }
        None if !request.full && !request.names && !request.names_some() => outcome.noting(
            "in few words: full tells all of it, match finds some, a field or method that is named is told of in full",
        ),
        _ => outcome,
    })
}

fn section(request: &Request, key: &str, members: &Map<String, Value>) -> Result<Map<String, Value>> {
    let wanted = if key == "fields" { &request.fields } else { &request.methods };
    if request.names_some() {
        let what = key.trim_end_matches('s');
        let picked = wanted.iter().map(|name| {
            let about = members.get(name).ok_or_else(|| missing(members, name, &request.model, what))?;
            Ok((name.clone(), request.told(key, about)))
        });
        return picked.collect();
    }
    let wanted = members.iter().filter(|(name, about)| request.is_wanted(name, about));
    Ok(wanted.map(|(name, about)| (name.clone(), request.told(key, about))).collect())
}

fn missing(members: &Map<String, Value>, name: &str, model: &str, what: &str) -> Error {
    let error = Error::new(Code::NotFound, format!("{model} documents no {what} {name}"));
    match crate::suggest::closest(name, members.keys().map(String::as_str)) {
        Some(close) => error.with_hint(format!("did you mean {}?", crate::text::shell::quoted(close))),
        None => error,
    }
}

fn field_in_few_words(about: &Value) -> Value {
    let is_empty = |value: &Value| matches!(value, Value::Null | Value::Bool(false));
    let told = IN_FEW_WORDS.iter().enumerate().filter(|(at, key)| *at < 2 || !is_empty(&about[**key]));
    told.map(|(_, key)| ((*key).to_string(), about[*key].clone())).collect::<Map<_, _>>().into()
}

fn method_in_few_words(about: &Value) -> Value {
    let doc = about["doc"].as_str().map(html::lines).unwrap_or_default();
    let mut told = json!({ "signature": about["signature"] });
    if let Some(first) = first_line(&doc) {
        told["doc"] = first.into();
    }
    told
}

/// The first sentence of the first line.
fn first_line(doc: &str) -> Option<String> {
    let line = doc.lines().next()?;
    let sentence = line.split_once(". ").map_or(line, |(sentence, _)| sentence);
    if sentence.chars().count() <= LONGEST_LINE {
        return Some(sentence.into());
    }
    Some(sentence.chars().take(LONGEST_LINE).chain(['…']).collect())
}

/// The same with documentation as text; in few words its first line.
fn as_text(value: &Value, in_few_words: bool) -> Value {
    let text = |html_text: &str| {
        let text =
            if html_text.contains(['<', '&']) { html::lines(html_text) } else { html_text.to_string() };
        if in_few_words { first_line(&text).unwrap_or_default() } else { text }
    };
    let told = value.as_object().into_iter().flatten().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("doc" | "help", Value::String(doc)) => text(doc).into(),
            ("raise", Value::Object(errors)) => {
                let said = errors.iter().map(|(name, doc)| {
                    (name.clone(), doc.as_str().map_or_else(|| doc.clone(), |doc| text(doc).into()))
                });
                Value::Object(said.collect())
            }
            ("parameters", Value::Object(parameters)) => {
                let said = parameters.iter().map(|(name, about)| (name.clone(), as_text(about, false)));
                Value::Object(said.collect())
            }
            ("return", Value::Object(_)) => as_text(value, false),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Value::Object(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_text() {
        let about = json!({ "signature": "(a)", "doc": "<div class=\"document\">\n\n<p>Set <tt>active</tt> to\nfalse. Then more.</p><p>Next</p></div>",
            "raise": { "UserError": "<p>if a &lt; b</p>" }, "parameters": { "a": { "doc": "<p>which</p>", "default": 1.10 } },
            "return": { "annotation": "list[int]", "doc": "<p>ids</p>" } });
        assert_eq!(method_in_few_words(&about), json!({ "signature": "(a)", "doc": "Set active to false" }));
        let full = as_text(&about, false);
        assert_eq!(full["doc"], "Set active to false. Then more.\nNext");
        assert_eq!(full["raise"]["UserError"], "if a < b");
        assert_eq!(full["parameters"]["a"]["doc"], "which");
        assert_eq!(full["return"], json!({ "annotation": "list[int]", "doc": "ids" }));
        assert!(!full.to_string().contains("<p>"));
    }
}
