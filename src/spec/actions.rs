//! The actions of a spec: one type each, whose fields are its keys and whose comments describe them in the schema.
//! Turning one into a request is all that is done here. A new action is a type here and a line in `mod.rs`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::common::{AllRules, NoRules, ReadRules, ShowRules, names, yes};
use super::values::{
    Arguments, Columns, Deed, Domain, FieldNames, Filled, FilledNames, Flag, Ids, JsonObject, JsonObjects,
    LookupKind, Method, Model, Names, Number, Patience, SomeIds, Text, Whole,
};
use crate::actions::search_all::Misfit;
use crate::actions::{
    Request, approvals, call, count, create, doc_index, doc_model, group, lookup, read, schema_summary,
    search_all, search_read, write,
};
use crate::caller::Rules;
use crate::error::{Code, Error, Result};
use crate::odoo::lookup::Wanted;
use crate::operation::{self, Object};

/// One kind of spec.
pub trait Action: DeserializeOwned + JsonSchema {
    /// `action` in the spec.
    const NAME: &'static str;
    /// The checks that can be asked of it.
    type Rules: DeserializeOwned + JsonSchema + Into<Rules>;

    /// The request that it describes. A context among its values is added to `context`.
    fn request(self, context: &mut Object) -> Result<Request>;
}

/// Find a record by its name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// partner, project, task, employee, or a model
    kind: LookupKind,
    /// What it is called, or a part of that
    query: Filled,
    /// At most this many results, without it 10
    limit: Option<Whole<1>>,
    /// Ask Odoo even if the answer is cached
    refresh: Option<Flag>,
    /// Whole names only, whatever their case
    exact: Option<Flag>,
    /// Print the one match itself; none or several is an error
    one: Option<Flag>,
    /// Among which records, without it all
    domain: Option<Domain>,
}

impl Action for Lookup {
    const NAME: &'static str = "lookup";
    type Rules = NoRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let wanted = Wanted {
            kind: self.kind.0,
            query: self.query.0,
            limit: self.limit.map_or(lookup::LIMIT, |number| number.0),
            exact: yes(self.exact),
            domain: self.domain.unwrap_or_default().0,
        };
        lookup::Request::new(wanted, yes(self.refresh), yes(self.one)).map(Request::Lookup)
    }
}

/// List the fields of a model.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaSummary {
    /// Like project.task
    model: Model,
    /// Ask Odoo even if the schema is cached
    refresh: Option<Flag>,
    /// These fields
    fields: Option<Names>,
    /// Fields whose name or label contains one of these
    contains: Option<Names>,
    /// Every field, not only the model's short list
    all: Option<Flag>,
}

impl Action for SchemaSummary {
    const NAME: &'static str = "schema_summary";
    type Rules = NoRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        Ok(Request::SchemaSummary(schema_summary::Request {
            model: checked(self.model)?,
            refresh: yes(self.refresh),
            fields: names(self.fields),
            contains: names(self.contains),
            all: yes(self.all),
        }))
    }
}

/// List every model.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocIndex {
    /// Models whose name or label contains this
    #[serde(rename = "match")]
    matching: Option<Text>,
    /// Names and labels only
    names: Option<Flag>,
    /// Ask Odoo even if the document is cached
    refresh: Option<Flag>,
}

impl Action for DocIndex {
    const NAME: &'static str = "doc_index";
    type Rules = NoRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        Ok(Request::DocIndex(doc_index::Request {
            matching: self.matching.map(|text| text.0),
            names: yes(self.names),
            refresh: yes(self.refresh),
        }))
    }
}

/// Describe one model: fields, methods, parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocModel {
    /// Like project.task
    model: Model,
    /// These fields; without `methods`, no methods are shown
    fields: Option<Names>,
    /// These methods; without `fields`, no fields are shown
    methods: Option<Names>,
    /// Fields and methods whose name or label contains this
    #[serde(rename = "match")]
    matching: Option<Text>,
    /// Names and labels only
    names: Option<Flag>,
    /// All that Odoo says, in place of name, signature and first line
    full: Option<Flag>,
    /// Ask Odoo even if the document is cached
    refresh: Option<Flag>,
}

impl Action for DocModel {
    const NAME: &'static str = "doc_model";
    type Rules = NoRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        Ok(Request::DocModel(doc_model::Request {
            model: checked(self.model)?,
            fields: names(self.fields),
            methods: names(self.methods),
            matching: self.matching.map(|text| text.0),
            names: yes(self.names),
            full: yes(self.full),
            refresh: yes(self.refresh),
        }))
    }
}

/// Call any public method of any model.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("not" = { "required": ["ids", "data"],
    "properties": { "ids": { "type": "array" },
        "data": { "type": "object", "required": ["ids"], "properties": { "ids": { "type": "array" } } } } }))]
pub struct Call {
    /// Like res.partner
    model: Model,
    /// Like search_count
    method: Method,
    /// Records it works on
    ids: Option<Ids>,
    /// Arguments of the method by name
    data: Option<Arguments>,
}

impl Action for Call {
    const NAME: &'static str = "call";
    type Rules = AllRules;

    fn request(self, context: &mut Object) -> Result<Request> {
        let ids = self.ids.map(|ids| ids.0);
        let data = self.data.unwrap_or_default().0;
        call::Request::new(&self.model.0, &self.method.0, ids, data, context, "spec.data").map(Request::Call)
    }
}

/// Search records and read fields of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend(
    "if" = { "required": ["all"], "properties": { "all": { "const": true } } },
    "then" = { "properties": { "offset": { "enum": [0, null] },
        "order": { "anyOf": [{ "type": "null" }, { "type": "string", "pattern": "^\\s*([Ii][Dd](\\s+[Aa][Ss][Cc])?\\s*)?$" }] } } },
    "else" = { "properties": { "page": { "type": "null" }, "after": { "type": "null" },
        "no_header": { "enum": [false, null] } } },
))]
pub struct SearchRead {
    /// Like res.partner
    model: Model,
    /// Which records, without it all
    domain: Option<Domain>,
    /// Fields to read, ["*"] for all that are readable; without it the few that matter
    fields: Option<FieldNames>,
    /// At most this many rows, 0 for no limit; without it 20, with all none
    limit: Option<Whole<0>>,
    /// Leave this many rows out at the start
    offset: Option<Whole<0>>,
    /// Like 'name asc, id desc'
    order: Option<Text>,
    /// Every record, by id, as a stream
    all: Option<Flag>,
    /// With all: rows a request, without it 1000
    #[schemars(extend("maximum" = search_all::LARGEST_PAGE))]
    page: Option<Whole<1>>,
    /// With all: go on after this id
    after: Option<Whole<0>>,
    /// With all, as csv: leave the header out
    no_header: Option<Flag>,
}

impl Action for SearchRead {
    const NAME: &'static str = "search_read";
    type Rules = ShowRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let (all, no_header) = (yes(self.all), yes(self.no_header));
        let usual = if all { 0 } else { search_read::LIMIT };
        let search = search_read::Request {
            model: checked(self.model)?,
            domain: self.domain.unwrap_or_default().0,
            fields: self.fields.unwrap_or_default().fields(),
            limit: self.limit.map_or(usual, |number| number.0),
            offset: self.offset.map_or(0, |number| number.0),
            order: order(self.order),
        };
        if !all {
            if self.page.is_some() || self.after.is_some() || no_header {
                return Err(invalid("spec.page, spec.after and spec.no_header need \"all\": true"));
            }
            return Ok(Request::SearchRead(search));
        }
        let page = self.page.map_or(search_all::PAGE, |number| number.0);
        if page > search_all::LARGEST_PAGE {
            return Err(invalid(&format!("spec.page: expected at most {}", search_all::LARGEST_PAGE)));
        }
        let after = self.after.map(|id| i64::from(id.0));
        search_all::Request::new(search, page, after, !no_header).map(Request::SearchAll).map_err(|misfit| {
            match misfit {
                Misfit::Order(order) => {
                    invalid(&format!("spec.order: with \"all\" rows come by id, and not by {order}"))
                        .with_hint("sort the output, or leave spec.all out and give a spec.limit")
                }
                Misfit::Offset => invalid("spec.offset: \"all\" starts at the first record")
                    .with_hint("spec.after goes on after a record"),
            }
        })
    }
}

/// Count the records that match.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Like res.partner
    model: Model,
    /// Which records, without it all
    domain: Option<Domain>,
}

impl Action for Count {
    const NAME: &'static str = "count";
    type Rules = ShowRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let domain = self.domain.unwrap_or_default().0;
        Ok(Request::Count(count::Request { model: checked(self.model)?, domain }))
    }
}

/// Count and sum up records by fields.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Like sale.order
    model: Model,
    /// Which records, without it all
    domain: Option<Domain>,
    /// Fields, or FIELD:PERIOD for a date, like date_order:month; without it one group of all
    by: Option<FilledNames>,
    /// Add up these fields
    sum: Option<Columns>,
    /// Average
    avg: Option<Columns>,
    /// Smallest or earliest
    min: Option<Columns>,
    /// Largest or latest
    max: Option<Columns>,
    /// How many different values
    count_distinct: Option<Columns>,
    /// Which groups: conditions on sums and the like
    having: Option<Domain>,
    /// Like 'amount_total:sum desc'; without it by the fields of by
    order: Option<Text>,
    /// At most this many groups, without it all
    limit: Option<Whole<0>>,
}

impl Action for Group {
    const NAME: &'static str = "group";
    type Rules = ShowRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let given = [self.sum, self.avg, self.min, self.max, self.count_distinct];
        let given = given.map(|fields| fields.unwrap_or_default().0);
        Ok(Request::Group(group::Request {
            model: checked(self.model)?,
            domain: self.domain.unwrap_or_default().0,
            by: group::names(self.by.unwrap_or_default().0, "by")?,
            aggregates: group::aggregates(given)?,
            having: self.having.unwrap_or_default().0,
            order: order(self.order),
            limit: self.limit.map_or(0, |number| number.0),
        }))
    }
}

/// Read fields of records by id.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// Like res.partner
    model: Model,
    /// The records
    ids: SomeIds,
    /// Fields to read, ["*"] for all that are readable; without it the few that matter
    fields: Option<FieldNames>,
}

impl Action for Read {
    const NAME: &'static str = "read";
    type Rules = ReadRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        Ok(Request::Read(read::Request {
            model: checked(self.model)?,
            ids: self.ids.0,
            fields: self.fields.unwrap_or_default().fields(),
        }))
    }
}

/// Create one record or several.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["vals"], "properties": { "vals": { "type": "object" }, "vals_list": { "type": "null" } } },
    { "required": ["vals_list"], "properties": { "vals_list": { "type": "array" }, "vals": { "type": "null" } } },
]))]
pub struct Create {
    /// Like project.task
    model: Model,
    /// Values of one record
    vals: Option<JsonObject>,
    /// Values of several records
    vals_list: Option<JsonObjects>,
}

impl Action for Create {
    const NAME: &'static str = "create";
    type Rules = AllRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let vals_list = match (self.vals, self.vals_list) {
            (Some(vals), None) => vec![vals.0],
            (None, Some(list)) => list.0,
            (Some(_), Some(_)) => return Err(invalid("spec.vals and spec.vals_list exclude each other")),
            (None, None) => return Err(invalid("spec.vals or spec.vals_list is missing")),
        };
        create::Request::new(self.model.0, vals_list).map(Request::Create)
    }
}

/// Write values to records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// Like res.partner
    model: Model,
    /// The records
    ids: SomeIds,
    /// Values
    vals: JsonObject,
}

impl Action for Write {
    const NAME: &'static str = "write";
    type Rules = AllRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        Ok(Request::Write(write::Request { model: checked(self.model)?, ids: self.ids.0, vals: self.vals.0 }))
    }
}

/// Requests of the agent that wait for a person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [
    { "if": { "properties": { "do": { "const": "list" } } }, "then": { "properties": { "request": { "type": "null" } } },
        "else": { "required": ["request"], "properties": { "request": { "type": "string" } } } },
    { "if": { "properties": { "do": { "const": "wait" } } }, "else": { "properties": { "timeout": { "type": "null" } } } },
]))]
pub struct Approvals {
    /// list, show, wait, send or drop
    #[serde(rename = "do")]
    deed: Deed,
    /// The number that the refusal names; list needs none
    request: Option<Number>,
    /// With wait: at most this long, without it 10m
    timeout: Option<Patience>,
}

impl Action for Approvals {
    const NAME: &'static str = "approvals";
    type Rules = NoRules;

    fn request(self, _: &mut Object) -> Result<Request> {
        let number = || match &self.request {
            Some(number) => Ok(number.0.clone()),
            None => Err(invalid("spec.request is missing")),
        };
        let patience = self.timeout.as_ref().map(|patience| patience.0);
        if patience.is_some() && self.deed.0 != "wait" {
            return Err(invalid("spec.timeout goes with \"do\": \"wait\" alone"));
        }
        Ok(Request::Approvals(match self.deed.0.as_str() {
            "list" if self.request.is_some() => return Err(invalid("spec.request: list takes none")),
            "list" => approvals::Request::List,
            "show" => approvals::Request::Show(number()?),
            "wait" => approvals::Request::Wait(number()?, patience.unwrap_or(approvals::PATIENCE)),
            "send" => approvals::Request::Send(number()?),
            _ => approvals::Request::Drop(number()?),
        }))
    }
}

/// A blank one is none.
fn order(order: Option<Text>) -> Option<String> {
    order.map(|text| text.0).filter(|order| !order.trim().is_empty())
}

fn checked(model: Model) -> Result<String> {
    operation::check_model(&model.0)?;
    Ok(model.0)
}

fn invalid(message: &str) -> Error {
    Error::new(Code::InvalidSpec, message)
}
