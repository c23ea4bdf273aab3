//! What a write is about to change, as it is now: read with the same user and context, and kept in the journal, to be
//! restored or compared. Only where it cannot be asked at all is the write kept back.

mod imported;
mod lines;
mod translated;

use serde_json::{Value, json};

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::Hint;
use crate::journal::kept;
use crate::knowledge::{inverses, methods, states};
use crate::odoo::schema::{Schema, Schemas};
use crate::operation::{self, Object, Operation};
use crate::session::Run;

pub use translated::languages;

/// More than this is not kept.
const MOST: usize = 8 * 1024 * 1024;
/// Of more records than this no more is kept than what is written to them.
const FEW: usize = 20;
/// And nothing more where that would be longer than this.
const MOST_ALONG: usize = 256 * 1024;
/// When a record was changed, and by whom.
pub const STAMPS: [&str; 2] = ["write_date", "write_uid"];
/// Fields that tell how a record stands.
const STANDING: [&str; 3] = ["state", "active", "stage_id"];
/// Methods of records that can be archived, with whether they are active then; none for the other of both.
const ARCHIVES: [(&str, Option<bool>); 3] =
    [("action_archive", Some(false)), ("action_unarchive", Some(true)), ("toggle_active", None)];
/// What begins so is of the messages and activities beside a record.
const BESIDE: [&str; 4] = ["message_", "website_message_", "activity_", "rating_"];
/// Fields that Odoo fills itself.
const MAGIC: [&str; 8] = [
    "id",
    "display_name",
    "create_date",
    "create_uid",
    "write_date",
    "write_uid",
    "parent_path",
    "access_token",
];

/// What is read of the records of an operation.
enum Wanted {
    /// Nothing.
    Nothing,
    /// These fields.
    Fields(Vec<String>),
    /// All that is stored.
    Everything,
}

impl Run<'_> {
    /// The old values of what an operation changes, or why there are none; null where nothing is to be kept.
    ///
    /// # Errors
    /// Odoo cannot be reached: then it cannot for the write either, and that was not sent.
    pub(super) fn before(&self, operation: &Operation) -> Result<Value> {
        let keeps = self.journal()?.has_values && !self.caller.rules.no_before;
        if keeps && operation.method == "load" {
            return self.before_import(operation);
        }
        let Some(ids) = operation.ids.as_ref().filter(|ids| keeps && !ids.is_empty()) else {
            return Ok(Value::Null);
        };
        if operation.method == "update_field_translations" {
            return self.before_translations(operation, ids);
        }
        let fields = match wanted(operation) {
            Wanted::Nothing => return Ok(Value::Null),
            Wanted::Fields(names) => self.there(operation, names),
            Wanted::Everything => match self.schema(&operation.model, false) {
                Ok(schema) => stored(&operation.model, &schema),
                Err(error) => return kept_back(error),
            },
        };
        if fields.is_empty() {
            return Ok(Value::Null);
        }
        let read = |fields: &[String]| match self.with_lines(operation, ids, fields) {
            Some(read) => Ok(read),
            None => self
                .rows_now(&operation.model, ids, fields, &operation.context)
                .map(|rows| (rows, Object::new())),
        };
        let along = self.along(operation, &fields);
        let with_more: Vec<String> = fields.iter().chain(&along).cloned().collect();
        let read = match read(&with_more) {
            // What is not written may be closed to this user. Whoever did not answer is not asked twice.
            Err(error) if !along.is_empty() && (error.odoo.is_some() || is_decided(&error)) => read(&fields),
            read => read,
        };
        let (mut rows, mut lines) = match read {
            Ok(read) => read,
            Err(error) => return kept_back(error),
        };
        self.lines_elsewhere(operation, &rows, &mut lines);
        let values_along = rows.iter().flat_map(|row| along.iter().filter_map(|name| row.get(name)));
        if values_along.map(|value| value.to_string().len()).sum::<usize>() > MOST_ALONG {
            let rows = rows.iter_mut().filter_map(Value::as_object_mut);
            rows.for_each(|row| row.retain(|name, _| !along.contains(name)));
        }
        let lines: Object = match lines.is_empty() {
            true => lines,
            false => Object::from_iter([("lines".to_string(), lines.into())]),
        };
        Ok(keeping(&operation.model, &rows, lines))
    }

    /// Fields of records as Odoo has them now, archived ones in lists too, by ids and without names.
    ///
    /// # Errors
    /// What Odoo says.
    pub fn rows_now(
        &self,
        model: &str,
        ids: &[i64],
        fields: &[String],
        context: &Object,
    ) -> Result<Vec<Value>> {
        let question =
            Operation::new(model, "read", operation::kwargs(json!({ "fields": fields, "load": null })))?;
        let mut context = context.clone();
        context.retain(|key, _| key != "bin_size" && !key.starts_with("bin_size_"));
        context.insert("active_test".into(), json!(false));
        let reply = self.desk().ask(question.on(ids.to_vec()), &context)?;
        serde_json::from_str(reply.get())
            .map_err(|why| Error::new(Code::BadReply, "read did not answer with a list").with_source(why))
    }

    /// Other fields of a few records, which Odoo may change along with those that are written: an address with the
    /// company that a contact belongs to, a date with the terms of payment. Only plain values are, and can be given
    /// back; what does not leave Odoo is not asked for.
    fn along(&self, operation: &Operation, written: &[String]) -> Vec<String> {
        const PLAIN: [&str; 11] = [
            "boolean",
            "char",
            "date",
            "datetime",
            "float",
            "integer",
            "many2one",
            "monetary",
            "reference",
            "selection",
            "text",
        ];
        let is_write = methods::of(&operation.model, &operation.method).is_some_and(methods::Method::writes);
        let is_few = operation.ids.as_ref().is_some_and(|ids| ids.len() <= FEW);
        let Some(schema) = self.known(&operation.model).filter(|_| is_write && is_few) else {
            return Vec::new();
        };
        let Ok(withheld) = self.session.gate().withheld(&operation.model) else { return Vec::new() };
        let is_plain = |field: Value| {
            field["store"] == true && field["type"].as_str().is_some_and(|kind| PLAIN.contains(&kind))
        };
        let is_one = |name: &&str| {
            // Where a button drives the state, no write leads it back.
            let is_driven = *name == "state" && states::driven(&operation.model).is_some();
            !is_driven
                && !is_beside(name)
                && !written.iter().any(|other| other == name)
                && schema.field(name).is_some_and(is_plain)
                && is_settable(&schema, name)
                && withheld.is(name, 0).is_none()
        };
        schema.names().filter(is_one).map(str::to_string).collect()
    }

    /// The names that a model has, as far as that is known, with when and by whom a record was changed.
    fn there(&self, operation: &Operation, names: Vec<String>) -> Vec<String> {
        let Some(schema) = self.known(&operation.model) else {
            // Every model that can be changed has this one, but for a few.
            let only_stamps = names.first().is_some_and(|name| STANDING.contains(&name.as_str()));
            let mut sure: Vec<&str> =
                marks(&operation.model, &operation.method).iter().map(|mark| mark.field).collect();
            sure.push(STAMPS[0]);
            return if only_stamps { sure.into_iter().map(str::to_string).collect() } else { names };
        };
        let stamps = STAMPS.iter().map(|name| name.to_string());
        let mut there: Vec<String> =
            names.into_iter().chain(stamps).filter(|name| schema.has(name)).collect();
        there.dedup();
        there
    }
}

/// What of its records an operation changes.
fn wanted(operation: &Operation) -> Wanted {
    let name = operation.method.as_str();
    let known = methods::of(&operation.model, name);
    let named = |names: &[&str]| Wanted::Fields(names.iter().map(|name| name.to_string()).collect());
    if name == "unlink" {
        return Wanted::Everything;
    }
    if let Some(key) = known.filter(|method| !method.makes_records()).and_then(|method| method.stores()) {
        let given = operation.kwargs.get(key).unwrap_or(&Value::Null);
        let objects = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
        let mut names: Vec<String> =
            objects.iter().filter_map(Value::as_object).flat_map(|vals| vals.keys().cloned()).collect();
        names.sort_unstable();
        names.dedup();
        return if names.is_empty() { Wanted::Nothing } else { Wanted::Fields(names) };
    }
    if !may_leave_a_mark(&operation.model, name) {
        return Wanted::Nothing;
    }
    let restored = inverses::inverses(&operation.model, name).flat_map(|way| way.restores.iter().copied());
    named(&STANDING.into_iter().chain(restored).collect::<Vec<_>>())
}

/// Whether a method may change how its records stand: it is known to, or is called as those are that do. That is
/// enough to read it beforehand, and proves nothing after: many a name like these acts on other records, or on none.
fn may_leave_a_mark(model: &str, method: &str) -> bool {
    !marks(model, method).is_empty() || ["action_", "button_"].iter().any(|start| method.starts_with(start))
}

/// A field that tells whether a method was carried out.
pub struct Mark {
    pub field: &'static str,
    /// What it holds then; nothing where it holds the other of two.
    leaves: Vec<Value>,
}

impl Mark {
    /// Whether a record that held one value holds what the method leaves.
    pub fn is_left(&self, before: &Value, now: &Value) -> bool {
        if self.leaves.is_empty() { now != before } else { self.leaves.contains(now) }
    }
}

/// The fields that are known to tell whether a method was carried out; none for a method that is not known.
pub fn marks(model: &str, method: &str) -> Vec<Mark> {
    let texts = |states: Vec<&str>| states.into_iter().map(Value::from).collect::<Vec<_>>();
    let ways = inverses::inverses(model, method).filter(|way| !way.field.is_empty());
    let led = ways.map(|way| (way.field, texts(way.now.to_vec())));
    let driven =
        states::is_button(model, method).then(|| ("state", texts(states::led_to(model, method).collect())));
    let archived = ARCHIVES.iter().find(|(name, _)| *name == method);
    let archived = archived.map(|(_, leaves)| ("active", leaves.map(Value::from).into_iter().collect()));
    let mut marks: Vec<Mark> = Vec::new();
    for (field, leaves) in led.chain(driven).chain(archived) {
        match marks.iter_mut().find(|mark| mark.field == field) {
            Some(mark) => mark.leaves.extend(leaves),
            None => marks.push(Mark { field, leaves }),
        }
    }
    marks
}

/// Every field that is stored, but for what is told of a record beside it, pictures in other sizes, and lists of other
/// models than its own lines, which this user may not be allowed to see.
fn stored(model: &str, schema: &Schema) -> Vec<String> {
    let is_stored = |name: &&str| {
        let field = schema.field(name).unwrap_or_default();
        let is_copy = field["type"] == "binary" && field["readonly"] == true;
        let is_elsewhere =
            field["type"] == "one2many" && !is_part_of(field["relation"].as_str().unwrap_or_default(), model);
        field["store"] != false && !is_beside(name) && !is_copy && !is_elsewhere
    };
    schema.names().filter(is_stored).map(str::to_string).collect()
}

/// Whether a field can be given to a new record: Odoo makes some itself.
pub fn is_settable(schema: &Schema, name: &str) -> bool {
    let field = schema.field(name).unwrap_or_default();
    field["readonly"] != true && field["type"] != "one2many" && !MAGIC.contains(&name)
}

/// Whether a field or a method is of the messages and activities beside a record, and not of the record.
pub fn is_beside(name: &str) -> bool {
    BESIDE.iter().any(|start| name.starts_with(start))
}

/// Whether a model is that of records which are a part of those of another, as its lines are.
pub fn is_part_of(relation: &str, model: &str) -> bool {
    relation == model || relation.strip_prefix(model).is_some_and(|rest| rest.starts_with('.'))
}

/// What is kept of rows, and of what belongs to them, unless it is too much.
fn keeping(model: &str, rows: &[Value], more: Object) -> Value {
    let rows = rows.iter().filter_map(Value::as_object);
    let mut whole = Object::from_iter([(
        "rows".to_string(),
        rows.map(|row| Value::from(kept::old_values(model, row))).collect(),
    )]);
    whole.extend(kept::old_values(model, &more));
    match Value::from(whole) {
        whole if whole.to_string().len() > MOST => missing("they are too much to be kept"),
        whole => whole,
    }
}

fn missing(why: &str) -> Value {
    json!({ "missing": why })
}

/// Whether a policy kept back the question.
fn is_decided(error: &Error) -> bool {
    matches!(error.code, Code::PolicyDenied | Code::ConfirmationRequired)
}

/// A question for old values that went wrong: that is noted, and the write goes on. What did not leave here is not
/// tried again at once with the write, unless a policy kept back the question alone.
fn kept_back(error: Error) -> Result<Value> {
    if is_decided(&error) || error.effect != Effect::NotSent && error.code != Code::Interrupted {
        return Ok(missing(&error.message));
    }
    let mut error = error.with_effect(Effect::NotSent, Retry::Safe);
    error.message = format!("{} (asked for the old values first: the call was not sent)", error.message);
    Err(error.with_hint(Hint::default().name("no_before").text(" does without them")))
}
