//! One look at Odoo for a call: whose it was, when it was by Odoo's clock, and the rows that can tell of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Found, Looked};
use crate::context;
use crate::error::{Code, Error, Result};
use crate::execute::before::{STAMPS, is_beside};
use crate::execute::compared;
use crate::execute::moment::{Moment, NEAR, ROUNDED};
use crate::journal::{Entry, Journal, Reading, kept};
use crate::knowledge::methods;
use crate::odoo::schema::{Kind, Schemas};
use crate::operation::{self, Object, Operation};
use crate::session::Run;

/// Where the server does not tell its time, its clock may differ from ours by this.
const APART: u64 = 900;
/// Nothing that was begun so many seconds before a call was still being made when it came.
const LONG: u64 = 600;
/// More records are not compared.
pub const MOST: usize = 200;
/// Methods that post a message on a record.
pub const POSTS: [&str; 2] = ["message_post", "message_notify"];

/// One look.
pub struct Looker<'a> {
    run: &'a Run<'a>,
    journal: &'a Journal,
    reading: &'a Reading,
    pub entry: &'a Entry,
    context: Object,
    /// Who made the call.
    pub user: Option<i64>,
    /// The call came after this, by the server's clock.
    pub since: String,
    /// What was made before this was made before the call.
    pub begun: String,
    /// What was made before this was made long before it.
    pub long_before: String,
    /// What was made after this was made after the call.
    pub until: String,
    /// Whether the server tells its time, so that what was made before the call can be told from what came after.
    pub has_clock: bool,
}

impl<'a> Looker<'a> {
    pub fn new(
        run: &'a Run<'a>,
        journal: &'a Journal,
        reading: &'a Reading,
        entry: &'a Entry,
        looked: &mut Looked,
    ) -> Result<Looker<'a>> {
        let mut context = entry.intent["context"].as_object().cloned().unwrap_or(run.context()?);
        context.extend(context::agent_marks(&run.caller.channel));
        let user = entry.intent["user"].as_i64().or_else(|| run.user_id());
        let moment = Moment::here(run);
        if !moment.is_told {
            looked.at("the clock of this machine alone, as the server does not tell its own");
        }
        let margin = if moment.is_told { NEAR } else { APART };
        Ok(Looker {
            run,
            journal,
            reading,
            entry,
            context,
            user,
            since: moment.before(entry.at(), margin),
            begun: moment.before(entry.at(), ROUNDED),
            long_before: moment.before(entry.at(), LONG),
            until: moment.before(super::at_work_until(run, entry).max(entry.at()) + ROUNDED, 0),
            has_clock: moment.is_told,
        })
    }

    pub fn look(&self, looked: &mut Looked) -> Result<Found> {
        let (model, method) = (self.entry.model(), self.entry.method());
        let has_records = !self.entry.ids().is_empty();
        match method {
            "create" => self.created(looked),
            _ if !has_records => Ok(looked.in_vain("nothing: the call names no records")),
            "unlink" => self.removed(looked),
            _ if POSTS.contains(&method) => self.posted(looked),
            _ if methods::of(model, method).is_some_and(methods::Method::writes) => self.written(looked),
            _ => self.standing(looked),
        }
    }

    /// Rows of a search, the latest first.
    pub fn search(&self, model: &str, domain: Value, fields: &[String]) -> Result<Vec<Value>> {
        self.asked(model, domain, fields, ("id desc", MOST))
    }

    /// Rows of a search in an order, so many at most.
    pub fn asked(
        &self,
        model: &str,
        domain: Value,
        fields: &[String],
        (order, limit): (&str, usize),
    ) -> Result<Vec<Value>> {
        let kwargs = json!({ "domain": domain, "fields": fields, "order": order, "limit": limit });
        let question = Operation::new(model, "search_read", operation::kwargs(kwargs))?;
        let mut context = self.context.clone();
        context.insert("active_test".into(), json!(false));
        let reply = self.run.desk().ask(question, &context)?;
        serde_json::from_str(reply.get()).map_err(|why| {
            Error::new(Code::BadReply, "search_read did not answer with a list").with_source(why)
        })
    }

    /// What was made since the call, by its user where that is known.
    pub fn recent(&self, mut domain: Vec<Value>) -> Value {
        domain.extend(self.user.map(|user| json!(["create_uid", "=", user])));
        domain.push(json!(["create_date", ">=", self.since]));
        domain.into()
    }

    pub fn kind(&self, name: &str) -> Kind {
        let schema = self.run.filled(self.entry.model()).ok().flatten();
        schema.map(|schema| schema.kind(name)).unwrap_or_default()
    }

    /// The records that other calls are known to have made, of this profile or of another one in the database.
    pub fn claimed(&self, is_alike: &dyn Fn(&Entry) -> bool, looked: &mut Looked) -> BTreeSet<i64> {
        let (beside, unread) = self.journal.beside_it();
        if unread > 0 {
            looked.at(format!("not {unread} journals of other profiles, which cannot be read"));
        }
        let all = self.reading.entries.all().iter().chain(&beside);
        let others = all.filter(|other| other.id != self.entry.id && is_alike(other));
        others.filter_map(Entry::surely_made).flatten().collect()
    }

    /// Whether a row was made before the call, as far as clocks tell.
    pub fn is_early(&self, row: &Value) -> bool {
        row["create_date"].as_str().is_some_and(|made| made < self.begun.as_str())
    }

    /// The rows before the call and after it, pair by pair; none where one is missing. The next call of ours on a record
    /// tells how it found it: what has come since, by us or by others, is nothing of this one.
    pub fn pairs(&self, fields: &[String], looked: &mut Looked) -> Result<Option<Vec<(Value, Value)>>> {
        let (model, ids) = (self.entry.model(), self.entry.ids());
        let now = match self.run.rows_now(model, &ids, fields, &self.context) {
            Ok(now) => now,
            Err(error) if error.code == Code::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let of = |rows: &[Value], id: i64| rows.iter().find(|row| row["id"] == id).cloned();
        let before = self.before();
        let pairs: Option<Vec<(Value, Value)>> = ids
            .iter()
            .map(|id| Some((of(before, *id).unwrap_or_default(), self.after(of(&now, *id)?))))
            .collect();
        if pairs.is_none() {
            looked.at(format!("records of {model} that are not there any more"));
        }
        Ok(pairs)
    }

    /// A row of now as our next call on the record has found it; not stamped where that did not look.
    fn after(&self, mut row: Value) -> Value {
        let id = row["id"].as_i64().unwrap_or_default();
        let mut later = self.reading.entries.later_on(self.entry, self.entry.model(), id);
        let Some(next) = later.find(|other| !is_beside(other.method())) else { return row };
        for name in STAMPS {
            row[name] = Value::Null;
        }
        for (name, value) in next.found(id).and_then(Value::as_object).into_iter().flatten() {
            row[name] = value.clone();
        }
        row
    }

    /// Whether the user of the call was the last to write a record, and not before it.
    pub fn is_ours(&self, row: &Value) -> bool {
        let begun = if self.has_clock { &self.begun } else { &self.since };
        let is_early = row["write_date"].as_str().is_some_and(|at| at < begun.as_str());
        self.user.is_some() && compared::record(&row["write_uid"]) == self.user && !is_early
    }

    /// The rows before the call, as far as they were kept.
    pub fn before(&self) -> &[Value] {
        self.entry.intent["before"]["rows"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The fields of this model that tell when it was written and by whom.
    pub fn stamps(&self) -> Vec<String> {
        let schema = self.run.filled(self.entry.model()).ok().flatten();
        let has = |name: &&str| schema.as_ref().is_none_or(|schema| schema.has(name));
        STAMPS.into_iter().filter(has).map(str::to_string).collect()
    }

    /// Of records that hold what they held: whether that proves that the call never reached them.
    pub fn untouched(&self, pairs: &[(Value, Value)], looked: &mut Looked) -> Found {
        // Whoever has written since may have put back what the call wrote.
        let is_same = |(before, now): &(Value, Value)| {
            before["write_date"].is_string() && before["write_date"] == now["write_date"]
        };
        looked.at("when they were last written");
        if pairs.iter().all(is_same) { Found::DidNotHappen } else { Found::CannotTell }
    }

    /// The same where nothing else is to be seen of the call: two changes in one second leave one time.
    pub fn never_written(&self, pairs: &[(Value, Value)], looked: &mut Looked) -> Found {
        let is_earlier = |(_, now): &(Value, Value)| {
            self.has_clock && now["write_date"].as_str().is_some_and(|at| at < self.begun.as_str())
        };
        match self.untouched(pairs, looked) {
            Found::DidNotHappen if !pairs.iter().all(is_earlier) => {
                looked.in_vain("nothing else: they were written shortly before the call")
            }
            found => found,
        }
    }
}

/// Whether a value of a call can be compared with what a row holds.
pub fn is_comparable(value: &Value, row: &Value, name: &str) -> bool {
    kept::is_told(value) && compared::shown(row, name).is_some()
}
