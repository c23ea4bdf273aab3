//! `search-read`: records that match a domain, with chosen fields.

use serde_json::{Value, json};

use super::fields::{self, Fields};
use super::list;
use super::definition::{Definition, Reach, Told, Verb};
use super::search_all::{self, LARGEST_PAGE, Misfit, PAGE};
use super::{Request as Any, checked, order, rows};
use crate::arguments::values::{Domain, FieldNames, Flag, Model, Text, Whole};
use crate::arguments::{At, arguments, rules::ShowRules};
use crate::caller::Caller;
use crate::arguments::rules::yes;
use crate::error::{Error, Result};
use crate::hint::{Action, Hint};
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::Outcome;
use crate::preflight::records;
use crate::session::{Run, Session};

/// Rows without `--limit`.
pub const LIMIT: u32 = 20;

/// The verb.
pub const VERB: Verb = Verb {
    name: "search_read",
    reach: Reach::reads(rows),
    definition: Definition::of::<Arguments>(),
    more: r#"Examples:
  odoo-agent search-read res.partner --domain '[["is_company", "=", true]]' --fields name,email
  odoo-agent search-read project.task --all --output csv --fields name,project_id,date_deadline"#,
};

arguments! {
    /// Search records and read fields of them
    #[schemars(extend(
        "if" = { "required": ["all"], "properties": { "all": { "const": true } } },
        "then" = { "properties": { "offset": { "enum": [0, null] },
            "order": { "anyOf": [{ "type": "null" }, { "type": "string", "pattern": "^\\s*([Ii][Dd](\\s+[Aa][Ss][Cc])?\\s*)?$" }] } } },
        "else" = { "properties": { "page": { "type": "null" }, "after": { "type": "null" },
            "no_header": { "enum": [false, null] } } },
    ))]
    pub struct Arguments {
        /// Model, like res.partner
        model: Model => positional(),
        /// Which records [default: all]
        domain: Option<Domain>,
        /// Fields to read, or '*' for all that are readable [default: the columns of Odoo's own list]
        fields: Option<FieldNames>,
        /// At most this many rows, 0 for no limit [default: 20; none with `all`]
        limit: Option<Whole<0>>,
        /// Leave this many rows out at the start
        offset: Option<Whole<0>> => default(0),
        /// Like 'name asc, id desc' [default: the model's own]
        order: Option<Text> => value("ORDER"),
        /// Every record, by id, as a stream: ndjson, or --output csv or json
        all: Option<Flag>,
        /// With `all`: rows a request
        page: Option<Whole<1, LARGEST_PAGE>> => default(PAGE),
        /// With `all`: go on after this id
        after: Option<Whole<0>> => value("ID"),
        /// With `all`, as csv: leave the header out
        no_header: Option<Flag>,
    }
}

impl Told for Arguments {
    type Rules = ShowRules;

    fn request(self, _: &mut Object, at: At) -> Result<Any> {
        let (all, no_header) = (yes(self.all), yes(self.no_header));
        let usual = if all { 0 } else { LIMIT };
        let search = Request {
            model: checked(self.model)?,
            domain: self.domain.unwrap_or_default().0,
            fields: Fields::of(self.fields.unwrap_or_default().0),
            limit: self.limit.map_or(usual, |number| number.0),
            offset: self.offset.map_or(0, |number| number.0),
            order: order(self.order),
        };
        if !all {
            let given =
                [("page", self.page.is_some()), ("after", self.after.is_some()), ("no_header", no_header)];
            return match given.into_iter().find(|(_, is_given)| *is_given) {
                Some((key, _)) => Err(Error::usage(format!("{} needs {}", at(key), at("all")))),
                None => Ok(Any::SearchRead(search)),
            };
        }
        let page = self.page.map_or(PAGE, |number| number.0);
        let after = self.after.map(|id| i64::from(id.0));
        search_all::Request::new(search, page, after, !no_header).map(Any::SearchAll).map_err(|misfit| {
            let all = at("all");
            match misfit {
                Misfit::Order(order) => {
                    Error::usage(format!("{all} gives rows by id: it takes no {} {order}", at("order")))
                        .with_hint(format!(
                            "sort the output, or leave {all} out and give a {}",
                            at("limit")
                        ))
                }
                Misfit::Offset => {
                    Error::usage(format!("{all} starts at the first record: it takes no {}", at("offset")))
                        .with_hint(format!("{} goes on after a record", at("after")))
                }
            }
        })
    }
}

/// A search.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Domain.
    pub domain: Vec<Value>,
    /// Fields.
    pub fields: Fields,
    /// Most rows; 0 is no limit.
    pub limit: u32,
    /// Rows to skip.
    pub offset: u32,
    /// Odoo's order clause.
    pub order: Option<String>,
}

impl Request {
    /// The call, once the fields are known.
    pub fn operation(&self, fields: Vec<String>) -> Result<Operation> {
        let mut kwargs = Object::new();
        kwargs.insert("domain".into(), self.domain.clone().into());
        kwargs.insert("fields".into(), fields.into());
        kwargs.insert("limit".into(), self.limit.into());
        kwargs.insert("offset".into(), self.offset.into());
        if let Some(order) = &self.order {
            kwargs.insert("order".into(), json!(order));
        }
        Operation::new(&self.model, "search_read", kwargs)
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.operation(self.fields.known(&self.model))?])
    }
}

/// Comes to the rows; a note says when there may be more, and how to get them.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    records::refuse_unlimited(&request.domain, request.limit)?;
    let fields = request.fields.resolve(&request.model, &run)?;
    let operation = request.operation(fields.clone())?;
    if caller.rules.dry_run {
        return run.shown(operation);
    }
    fields::learn_types(&run, &request.model)?;
    let reply = run.send(operation)?;
    let count = list(&reply, "search_read")?.len();
    let outcome = fields::records(&run, &request.model, &request.fields, &fields, reply);
    if request.limit == 0 || count < request.limit as usize {
        return Ok(outcome);
    }
    let next = u64::from(request.offset) + count as u64;
    let all = Hint::default()
        .name("all")
        .text(" in place of ")
        .name("limit")
        .text(", ")
        .name("offset")
        .text(" and ")
        .name("order")
        .text(" gives every record");
    Ok(outcome.noting(
        Hint::new(format!("the limit of {} is reached, there may be more: ", request.limit))
            .with("offset", next)
            .text(" goes on; ")
            .action(request.same().with("all", true).or("every record: ", all)),
    ))
}

impl Request {
    /// The same search for the same fields.
    pub fn same(&self) -> Action {
        let mut action = Action::new("search_read").with("model", self.model.as_str());
        if !self.domain.is_empty() {
            action = action.with("domain", self.domain.clone());
        }
        match &self.fields {
            Fields::Usual => {}
            Fields::All => action = action.with("fields", vec!["*"]),
            Fields::Named(names) => action = action.with("fields", names.clone()),
        }
        action.alike()
    }
}
