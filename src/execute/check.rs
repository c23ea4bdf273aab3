//! Whether a call happened of which nobody knows: found out by reading, told with what was looked at, and written down
//! where it is sure. It changes nothing in Odoo.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::before::leaves_a_mark;
use super::compared::{self, Field};
use crate::clock::odoo_datetime;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::hint::{Action, Hint};
use crate::journal::{Entry, Journal, State};
use crate::knowledge::methods;
use crate::odoo::schema::Schemas;
use crate::operation::{self, Object, Operation};
use crate::session::Run;

/// What was cut off is carried out all the same: nothing is said not to have happened before.
const SETTLED: u64 = 5;
/// Whoever gave up waiting left Odoo at work, which it may be for so long.
const AT_WORK: u64 = 120;
/// Where the server does not tell its time, its clock may differ from ours by this.
const APART: u64 = 900;
/// Where it does.
const NEAR: u64 = 30;
/// Times are compared by whole seconds, those of two clocks.
const ROUNDED: i128 = 2;
/// More records are not compared.
const MOST: u32 = 200;
/// When a record was made and last written, and by whom.
const STAMPS: [&str; 3] = ["create_date", "write_date", "write_uid"];
/// Methods that post a message on a record.
const POSTS: [&str; 2] = ["message_post", "message_notify"];

/// What was found.
enum Found {
    /// It happened, with the records that it made.
    Happened(Option<Vec<i64>>),
    /// It did not.
    DidNotHappen,
    /// Neither is sure.
    CannotTell,
}

impl Found {
    fn word(&self) -> &'static str {
        match self {
            Found::Happened(_) => "happened",
            Found::DidNotHappen => "did_not_happen",
            Found::CannotTell => "cannot_tell",
        }
    }
}

/// What was looked at, for whoever is told what was found.
#[derive(Default)]
struct Looked(Vec<String>);

impl Looked {
    fn at(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }
}

/// Finds it out: `{"id", "finding", "ids", "looked_at"}`.
///
/// # Errors
/// `cannot_tell`, or what kept it from being found out.
pub fn settled(run: &Run, journal: &Journal, entry: &Entry) -> Result<Value> {
    let told = |finding: &str, ids: Value, looked: &[String]| json!({ "id": entry.id, "finding": finding, "ids": ids, "looked_at": looked });
    let known = ["the journal, which knows what became of it".to_string()];
    match entry.state() {
        State::Done => return Ok(told("happened", made_by(entry), &known)),
        State::Rejected | State::NotSent => return Ok(told("did_not_happen", Value::Null, &known)),
        State::Open => {}
    }
    let clock = &run.session.clock;
    let (found, looked) = loop {
        let mut looked = Looked::default();
        let look = Looker::new(run, journal, entry, &mut looked)?.look(&mut looked);
        let found = match look {
            // Whoever answers, and refuses, leaves it untold.
            Err(error) if error.http_status.is_some() || error.odoo.is_some() => {
                looked.at(format!("what cannot be seen: {}", error.message));
                Found::CannotTell
            }
            look => look?,
        };
        let age = clock.seconds().saturating_sub(entry.at());
        if !matches!(found, Found::DidNotHappen) || age >= SETTLED || run.host.is_stopped() {
            break (found, looked.0);
        }
        clock.sleep(Duration::from_secs(1));
    };
    let age = clock.seconds().saturating_sub(entry.at());
    let gave_up = entry.outcome.as_ref().is_some_and(|outcome| outcome["timed_out"] == true);
    if matches!(found, Found::DidNotHappen) && gave_up && age < AT_WORK {
        let mut error = unsure(entry, looked, "it is not there, and Odoo may still be at work on it");
        error.retry_after_s = Some(AT_WORK - age);
        return Err(error);
    }
    if matches!(found, Found::CannotTell) {
        return Err(unsure(entry, looked, "what there is to see is no proof either way"));
    }
    let ids = match &found {
        Found::Happened(Some(ids)) => json!(ids),
        _ => Value::Null,
    };
    let line = Map::from_iter([
        ("finding".to_string(), json!(found.word())),
        ("ids".into(), ids.clone()),
        ("looked_at".into(), json!(looked)),
    ]);
    journal.close(&entry.id, line, clock.now()).map_err(|error| {
        Error::local_state(format!(
            "it was found that the call {}, which could not be written down ({error})",
            found.word()
        ))
        .with_source(error)
    })?;
    Ok(told(found.word(), ids, &looked))
}

/// The records that a call is known to have made.
fn made_by(entry: &Entry) -> Value {
    match entry.result() {
        Value::Array(ids) if ids.iter().all(Value::is_i64) => json!(ids),
        Value::Number(id) => json!([id]),
        _ => Value::Null,
    }
}

fn unsure(entry: &Entry, looked: Vec<String>, why: &str) -> Error {
    let mut error = Error::new(
        Code::CannotTell,
        format!("whether {}/{} happened cannot be told: {why}", entry.model(), entry.method()),
    )
    .with_effect(Effect::Unknown, Retry::CheckFirst)
    .with_hint(
        Hint::new("what was to be done: ").action(Action::new("journal show").with("id", entry.id.as_str())),
    );
    error.journal = Some(entry.id.clone());
    error.errors = looked.into_iter().map(|what| format!("looked at {what}").into()).collect();
    error
}

/// One look.
struct Looker<'a> {
    run: &'a Run<'a>,
    journal: &'a Journal,
    entry: &'a Entry,
    context: Object,
    user: Option<i64>,
    /// The call came after this, by the server's clock.
    since: String,
    /// What was made before this was made before the call.
    begun: String,
}

impl<'a> Looker<'a> {
    fn new(
        run: &'a Run<'a>,
        journal: &'a Journal,
        entry: &'a Entry,
        looked: &mut Looked,
    ) -> Result<Looker<'a>> {
        let mut context = entry.intent["context"].as_object().cloned().unwrap_or(run.context()?);
        context.extend(context::agent_marks(&run.caller.channel));
        let user = entry.intent["user"].as_i64().or_else(|| run.user_id());
        let there = run.session.odoo().probe().ok().and_then(|reply| {
            let date = httpdate::parse_http_date(reply.header("date")?).ok()?;
            date.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
        });
        let here = run.session.clock.seconds();
        let (ahead, margin) = match there {
            Some(there) => (i128::from(there) - i128::from(here), NEAR),
            None => {
                looked.at("the clock of this machine alone, as the server does not tell its own");
                (0, APART)
            }
        };
        let at = i128::from(entry.at()) + ahead;
        let time = |second: i128| odoo_datetime(u64::try_from(second).unwrap_or_default());
        let (since, begun) = (time(at - i128::from(margin)), time(at - ROUNDED));
        Ok(Looker { run, journal, entry, context, user, since, begun })
    }

    fn look(&self, looked: &mut Looked) -> Result<Found> {
        let (model, method) = (self.entry.model(), self.entry.method());
        if self.entry.intent["values"].is_null() && !matches!(method, "unlink") && self.entry.ids().is_empty()
        {
            looked.at("the journal, which keeps no values here");
            return Ok(Found::CannotTell);
        }
        if POSTS.contains(&method) {
            return self.posted(looked);
        }
        let known = methods::of(model, method);
        match method {
            "create" => self.created(looked),
            "unlink" => self.removed(looked),
            _ if self.entry.ids().is_empty() => {
                looked.at("nothing: the call names no records");
                Ok(Found::CannotTell)
            }
            _ if known.is_some_and(|known| known.stores() == Some("vals") && !known.makes_records()) => {
                self.written(looked)
            }
            _ => self.standing(looked),
        }
    }

    /// Rows of a search, the latest first.
    fn search(&self, model: &str, domain: Value, fields: &[String]) -> Result<Vec<Value>> {
        let kwargs = json!({ "domain": domain, "fields": fields, "order": "id desc", "limit": MOST });
        let question = Operation::new(model, "search_read", operation::kwargs(kwargs))?;
        let mut context = self.context.clone();
        context.insert("active_test".into(), json!(false));
        let reply = self.run.desk().ask(question, &context)?;
        serde_json::from_str(reply.get()).map_err(|why| {
            Error::new(Code::BadReply, "search_read did not answer with a list").with_source(why)
        })
    }

    fn field(&self, name: &str) -> Field {
        let schema = self.run.filled(self.entry.model()).ok().flatten();
        Field::of(&schema.and_then(|schema| schema.field(name)).unwrap_or_default())
    }

    /// Records that other calls have made, of this profile or another one in the database, are not this one's.
    fn others(&self, is_alike: &dyn Fn(&Entry) -> bool) -> Result<BTreeSet<i64>> {
        let entries = self.journal.of_database()?;
        let others = entries.iter().filter(|other| other.id != self.entry.id && is_alike(other));
        Ok(others.flat_map(|other| compared::ids(&made_by(other))).collect())
    }

    /// Whether a row was made before the call.
    fn is_early(&self, row: &Value) -> bool {
        row["create_date"].as_str().is_some_and(|made| made < self.begun.as_str())
    }

    /// Whether there is a row that may be the one that was looked for, changed by somebody since.
    fn may_be_changed<'r>(&self, mut rows: impl Iterator<Item = &'r Value>, looked: &mut Looked) -> bool {
        let is_changed = |row: &Value| {
            row["write_date"] != row["create_date"]
                || !row["write_uid"].is_null() && compared::record(&row["write_uid"]) != self.user
        };
        let found = rows.any(is_changed);
        if found {
            looked.at("one that was changed after it was made, and may be what was to be made");
        }
        found
    }

    fn created(&self, looked: &mut Looked) -> Result<Found> {
        let model = self.entry.model();
        let wanted = self.entry.vals_list();
        let mut names: Vec<String> = wanted.iter().flat_map(|vals| vals.keys().cloned()).collect();
        names.sort();
        names.dedup();
        let Some(user) = self.user.filter(|_| !names.is_empty()) else {
            looked.at("nothing: the user or the values are not known");
            return Ok(Found::CannotTell);
        };
        let domain = json!([["create_uid", "=", user], ["create_date", ">=", self.since]]);
        let asked: Vec<String> =
            names.iter().cloned().chain(STAMPS.iter().map(|name| name.to_string())).collect();
        let rows = self.search(model, domain, &asked)?;
        let others = self.others(&|other| other.model() == model)?;
        looked.at(format!(
            "{} records of {model} that user {user} made since {} UTC",
            rows.len(),
            self.since
        ));
        let mut free: Vec<&Value> =
            rows.iter().filter(|row| row["id"].as_i64().is_some_and(|id| !others.contains(&id))).collect();
        let fields: Vec<(String, Field)> =
            names.iter().map(|name| (name.clone(), self.field(name))).collect();
        let is_it = |vals: &Object, row: &Value| {
            fields.iter().filter(|(name, _)| vals.contains_key(name)).all(|(name, field)| {
                let is_hidden = vals[name].get(crate::journal::kept::SECRET).is_some();
                is_hidden || compared::holds(field, &vals[name], Some(&json!([])), &row[name])
            })
        };
        let mut ids = Vec::new();
        for vals in &wanted {
            let alike: Vec<usize> = (0..free.len()).filter(|at| is_it(vals, free[*at])).collect();
            let same = wanted.iter().filter(|other| **other == *vals).count();
            let still = same - wanted[..ids.len()].iter().filter(|other| **other == *vals).count();
            if alike.len() > still {
                looked
                    .at(format!("{} of them hold the same values, and {still} were to be made", alike.len()));
                return Ok(Found::CannotTell);
            }
            // The earliest first, as they were made.
            let Some(at) = alike.last() else { break };
            if self.is_early(free[*at]) {
                looked.at("one with the same values, which was made before the call");
                return Ok(Found::CannotTell);
            }
            ids.extend(free[*at]["id"].as_i64());
            free.remove(*at);
        }
        looked.at(format!("{} of {} with the values of the call", ids.len(), wanted.len()));
        Ok(match ids.len() {
            0 if rows.len() >= MOST as usize => Found::CannotTell,
            0 if self.may_be_changed(free.iter().copied(), looked) => Found::CannotTell,
            0 => Found::DidNotHappen,
            count if count == wanted.len() => Found::Happened(Some(ids)),
            // Odoo makes all of them or none.
            _ => Found::CannotTell,
        })
    }

    fn posted(&self, looked: &mut Looked) -> Result<Found> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let body = &self.entry.intent["values"]["body"];
        let Some(user) = self.user.filter(|_| body.is_string()) else {
            looked.at("nothing: the user or the text is not known");
            return Ok(Found::CannotTell);
        };
        let domain = json!([
            ["model", "=", model],
            ["res_id", "in", ids],
            ["create_uid", "=", user],
            ["create_date", ">=", self.since]
        ]);
        let fields: Vec<String> =
            ["body", "res_id", "subject"].iter().chain(&STAMPS).map(|name| name.to_string()).collect();
        let rows = self.search("mail.message", domain, &fields)?;
        let others = self.others(&|other| POSTS.contains(&other.method()))?;
        let is_free = |row: &&Value| row["id"].as_i64().is_some_and(|id| !others.contains(&id));
        let text = Field { kind: "html".into(), relation: String::new() };
        let escaped =
            Value::String(body.as_str().unwrap_or_default().replace('&', "&amp;").replace('<', "&lt;"));
        let is_it = |row: &&Value| {
            compared::same(&text, body, &row["body"]) || compared::same(&text, &escaped, &row["body"])
        };
        let alike: Vec<&Value> = rows.iter().filter(is_free).filter(is_it).collect();
        let found: Vec<i64> = alike.iter().filter_map(|row| row["id"].as_i64()).collect();
        looked.at(format!(
            "{} messages of user {user} on {model} since {} UTC: {} with this text",
            rows.len(),
            self.since,
            found.len()
        ));
        if alike.iter().any(|row| self.is_early(row)) {
            looked.at("one with this text, which was made before the call");
            return Ok(Found::CannotTell);
        }
        Ok(match found.len() {
            0 if rows.len() >= MOST as usize => Found::CannotTell,
            0 if self.may_be_changed(rows.iter().filter(is_free), looked) => Found::CannotTell,
            0 => Found::DidNotHappen,
            count if count <= ids.len().max(1) => Found::Happened(Some(found)),
            _ => Found::CannotTell,
        })
    }

    fn removed(&self, looked: &mut Looked) -> Result<Found> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let rows = self.search(model, json!([["id", "in", ids]]), &["id".to_string()])?;
        looked.at(format!("{} of the {} records, which are still there", rows.len(), ids.len()));
        Ok(match rows.len() {
            0 => Found::Happened(None),
            count if count == ids.len() => Found::DidNotHappen,
            _ => Found::CannotTell,
        })
    }

    /// The rows before the call and now, pair by pair; none where one is missing.
    fn pairs(&self, fields: &[String], looked: &mut Looked) -> Result<Option<Vec<(Value, Value)>>> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let before = self.entry.intent["before"]["rows"].as_array().cloned().unwrap_or_default();
        let now = match self.run.rows_now(model, &ids, fields, &self.context) {
            Ok(now) => now,
            Err(error) if error.code == Code::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let of = |rows: &[Value], id: i64| rows.iter().find(|row| row["id"] == id).cloned();
        let pairs: Option<Vec<(Value, Value)>> =
            ids.iter().map(|id| Some((of(&before, *id).unwrap_or_default(), of(&now, *id)?))).collect();
        if pairs.is_none() {
            looked.at(format!("records of {model} that are not there any more"));
        }
        Ok(pairs)
    }

    fn stamps(&self) -> Vec<String> {
        let schema = self.run.filled(self.entry.model()).ok().flatten();
        let has = |name: &&str| schema.as_ref().is_none_or(|schema| schema.has(name));
        ["write_date", "write_uid"].into_iter().filter(has).map(str::to_string).collect()
    }

    fn written(&self, looked: &mut Looked) -> Result<Found> {
        let vals = self.entry.intent["values"]["vals"].as_object().cloned().unwrap_or_default();
        let is_told = |value: &Value| value.get(crate::journal::kept::SECRET).is_none();
        let vals: Vec<(String, Value)> = vals.into_iter().filter(|(_, value)| is_told(value)).collect();
        if vals.is_empty() {
            looked.at("nothing: the values are not known");
            return Ok(Found::CannotTell);
        }
        let fields: Vec<String> = vals.iter().map(|(name, _)| name.clone()).chain(self.stamps()).collect();
        let Some(pairs) = self.pairs(&fields, looked)? else { return Ok(Found::CannotTell) };
        let types: Vec<Field> = vals.iter().map(|(name, _)| self.field(name)).collect();
        if vals.iter().zip(&types).any(|((_, value), field)| compared::makes_or_changes(field, value)) {
            looked.at("nothing of the lines that were to be made or changed, whose ids do not tell");
            return Ok(Found::CannotTell);
        }
        let (mut hold, mut old, mut count) = (0, 0, 0);
        for (before, now) in &pairs {
            for ((name, value), field) in vals.iter().zip(&types) {
                count += 1;
                hold += usize::from(compared::holds(field, value, before.get(name), &now[name]));
                old += usize::from(
                    before.get(name).is_some_and(|before| compared::same(field, before, &now[name])),
                );
            }
        }
        looked.at(format!("{count} values in {} records: {hold} as written, {old} as before", pairs.len()));
        if hold == count {
            return Ok(Found::Happened(None));
        }
        if old < count {
            return Ok(Found::CannotTell);
        }
        Ok(self.untouched(&pairs, looked))
    }

    /// Of records that hold what they held: whether that proves that the call never reached them.
    fn untouched(&self, pairs: &[(Value, Value)], looked: &mut Looked) -> Found {
        // Whoever has written since may have put back what the call wrote.
        let is_same = |(before, now): &(Value, Value)| {
            before["write_date"].is_string() && before["write_date"] == now["write_date"]
        };
        looked.at("when they were last written");
        if pairs.iter().all(is_same) { Found::DidNotHappen } else { Found::CannotTell }
    }

    /// The same where it is not known how they stood: what nobody has written since was not written by the call either.
    /// That somebody has is no proof: it may have been just before.
    fn stamped(&self, looked: &mut Looked) -> Result<Found> {
        let stamps = self.stamps();
        let Some(pairs) = self.pairs(&stamps, looked)? else { return Ok(Found::CannotTell) };
        let is_earlier = |row: &Value| row["write_date"].as_str().is_some_and(|at| at < self.since.as_str());
        let untouched = pairs.iter().filter(|(_, now)| is_earlier(now)).count();
        looked.at(format!(
            "when they were last written: {untouched} of {} before {} UTC",
            pairs.len(),
            self.since
        ));
        looked.at("nothing else: how the records stood before is not known");
        let is_sure = untouched == pairs.len() && leaves_a_mark(self.entry.model(), self.entry.method());
        Ok(if is_sure { Found::DidNotHappen } else { Found::CannotTell })
    }

    /// A method on records: their state and the time of their last change against those before.
    fn standing(&self, looked: &mut Looked) -> Result<Found> {
        let (model, method) = (self.entry.model(), self.entry.method());
        let before = &self.entry.intent["before"]["rows"][0];
        let mut fields: Vec<String> = before
            .as_object()
            .map(|row| row.keys().filter(|key| *key != "id").cloned().collect())
            .unwrap_or_default();
        if fields.is_empty() {
            return self.stamped(looked);
        }
        fields.extend(self.stamps().into_iter().filter(|stamp| !fields.contains(stamp)).collect::<Vec<_>>());
        let Some(pairs) = self.pairs(&fields, looked)? else { return Ok(Found::CannotTell) };
        let differs = |(before, now): &(Value, Value), name: &str| {
            before.get(name).is_some_and(|before| *before != now[name])
        };
        // Anything may have written the record since: a stamp alone proves nothing.
        let marks: Vec<&String> =
            fields.iter().filter(|name| !matches!(name.as_str(), "write_date" | "write_uid")).collect();
        let is_changed = |pair: &(Value, Value)| marks.iter().any(|name| differs(pair, name));
        let is_untouched = |pair: &&(Value, Value)| !is_changed(pair) && !differs(pair, "write_date");
        let is_ours = |(_, now): &(Value, Value)| compared::record(&now["write_uid"]) == self.user;
        let changed = pairs.iter().filter(|pair| is_changed(pair)).count();
        let untouched = pairs.iter().filter(is_untouched).count();
        let named = fields.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        looked.at(format!(
            "{named} of {} records, {changed} of them changed, {untouched} untouched",
            pairs.len()
        ));
        if changed == pairs.len() && pairs.iter().all(is_ours) {
            return Ok(Found::Happened(None));
        }
        if untouched == pairs.len() && leaves_a_mark(model, method) {
            return Ok(Found::DidNotHappen);
        }
        if untouched == pairs.len() {
            looked.at(format!("nothing else: {method} may leave no mark on its records"));
        }
        Ok(Found::CannotTell)
    }
}
