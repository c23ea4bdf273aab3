//! `group`: records counted and summed up by fields, in Odoo. What a group looks like is Odoo's
//! (`formatted_read_group`); which fields can be grouped and summed up is decided there too.

use serde_json::{Value, json};

use super::read_group::Older;
use super::{fields, list};
use super::definition::{Definition, Reach, Told, Verb};
use super::{Request as Any, checked, order};
use crate::arguments::values::{Columns, Domain, Groups, Having, Model, Text, Whole};
use crate::arguments::{At, arguments, rules::ShowRules};
use crate::caller::Caller;
use crate::error::{Code, Effect, Error, Result};
use crate::hint::Hint;
use crate::host::Host;
use crate::operation::{Object, Operation};
use crate::outcome::{Layout, Outcome};
use crate::session::{Run, Session};

/// What fields can be summed up by.
pub const FUNCTIONS: [&str; 5] = ["sum", "avg", "min", "max", "count_distinct"];

/// The first version with `formatted_read_group`.
const FIRST_WITH_GROUPS: u32 = 19;

/// The verb.
pub const VERB: Verb = Verb {
    name: "group",
    reach: Reach::reads(|| {
        json!({ "type": "array", "description": "Odoo's own groups", "items": {
            "type": "object", "required": ["__count"], "properties": { "__count": { "type": "integer" } },
        } })
    }),
    definition: Definition::of::<Arguments>(),
    more: r#"Periods of dates: hour, day, week, month, quarter, year, in the context's time zone; parts of
them as numbers: year_number, quarter_number, month_number, iso_week_number, day_of_year,
day_of_month, day_of_week, hour_number. __count is how many, __extra_domain finds them again.

Examples:
  odoo-agent group sale.order --by state --sum amount_total
  odoo-agent group account.analytic.line --by employee_id --by date:month --sum unit_amount"#,
};

arguments! {
    /// Sum up and count records in groups
    pub struct Arguments {
        /// Model, like sale.order
        model: Model => positional(),
        /// Field, or FIELD:PERIOD for a date, like date_order:month; repeatable [default: one group of all]
        by: Option<Groups>,
        /// Add up these fields, like amount_total,margin; the other four in the same way
        sum: Option<Columns>,
        /// Average
        avg: Option<Columns>,
        /// Smallest or earliest
        min: Option<Columns>,
        /// Largest or latest
        max: Option<Columns>,
        /// How many different values
        count_distinct: Option<Columns>,
        /// Which records [default: all]
        domain: Option<Domain>,
        /// Which groups, like '[["amount_total:sum", ">", 1000]]'
        having: Option<Having>,
        /// Like 'amount_total:sum desc' or '__count desc' [default: by the fields of `by`]
        order: Option<Text> => value("ORDER"),
        /// At most this many groups, 0 for no limit
        limit: Option<Whole<0>> => default(0),
    }
}

impl Told for Arguments {
    type Rules = ShowRules;

    fn request(self, _: &mut Object, _: At) -> Result<Any> {
        let given = [self.sum, self.avg, self.min, self.max, self.count_distinct];
        let given = given.map(|fields| fields.unwrap_or_default().0);
        Ok(Any::Group(Request {
            model: checked(self.model)?,
            domain: self.domain.unwrap_or_default().0,
            by: names(self.by.unwrap_or_default().0, "by")?,
            aggregates: aggregates(given)?,
            having: self.having.unwrap_or_default().0,
            order: order(self.order),
            limit: self.limit.map_or(0, |number| number.0),
        }))
    }
}

/// Groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Model.
    pub model: String,
    /// Domain.
    pub domain: Vec<Value>,
    /// Odoo's `groupby`: `field` or `field:granularity`.
    pub by: Vec<String>,
    /// Odoo's `aggregates`: `field:function`, without `__count`, which is always asked for.
    pub aggregates: Vec<String>,
    /// Conditions on aggregates.
    pub having: Vec<Value>,
    /// Odoo's order clause.
    pub order: Option<String>,
    /// Most groups; 0 is no limit.
    pub limit: u32,
}

/// Odoo's `field:function` for the fields of each of [`FUNCTIONS`].
pub fn aggregates(given: [Vec<String>; FUNCTIONS.len()]) -> Result<Vec<String>> {
    let mut aggregates = Vec::new();
    for (function, fields) in FUNCTIONS.into_iter().zip(given) {
        for field in names(fields, function)? {
            if field.contains(':') {
                return Err(Error::usage(format!("{function} {field}: a field without a colon is expected")));
            }
            aggregates.push(format!("{field}:{function}"));
        }
    }
    Ok(aggregates)
}

/// Names as given, without blanks around them and each once.
pub fn names(given: Vec<String>, flag: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for name in given {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::usage(format!("{flag} holds an empty name")));
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
    }
    Ok(names)
}

impl Request {
    /// The call.
    fn operation(&self) -> Result<Operation> {
        let aggregates: Vec<&str> =
            std::iter::once("__count").chain(self.aggregates.iter().map(String::as_str)).collect();
        let mut kwargs = Object::from_iter([
            ("domain".to_string(), Value::from(self.domain.clone())),
            ("groupby".to_string(), self.by.clone().into()),
            ("aggregates".to_string(), aggregates.into()),
        ]);
        if !self.having.is_empty() {
            kwargs.insert("having".into(), self.having.clone().into());
        }
        if let Some(order) = &self.order {
            kwargs.insert("order".into(), json!(order));
        }
        if self.limit > 0 {
            kwargs.insert("limit".into(), self.limit.into());
        }
        Operation::new(&self.model, "formatted_read_group", kwargs)
    }

    /// What it sends, as far as that is known without asking anybody.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        Ok(vec![self.operation()?])
    }

    /// An error that names the flags, or the keys of a spec, in place of Odoo's arguments.
    fn in_own_words(&self, mut error: Error) -> Error {
        for index in 0..self.by.len() {
            error = error.with_place(&format!("groupby[{index}]"), "by");
        }
        for (index, aggregate) in self.aggregates.iter().enumerate() {
            let function = aggregate.rsplit(':').next().unwrap_or_default();
            // The first that is sent is __count.
            error = error.with_place(&format!("aggregates[{}]", index + 1), function);
        }
        error
    }
}

/// Comes to the groups; a note says when there may be more.
pub fn perform(request: Request, session: &Session, caller: &Caller, host: &dyn Host) -> Result<Outcome> {
    let run = Run::new(session, caller, host);
    let mut operation = request.operation()?;
    let major = session.odoo().major(host)?;
    let mut older = None;
    if major < FIRST_WITH_GROUPS {
        // Checked as what is asked today, then put as it was then.
        let checked = run.in_context(operation).and_then(|operation| run.prepared(&operation));
        let put = Older::of(&checked.map_err(|error| request.in_own_words(error))?, major)?;
        operation = put.operation.clone();
        older = Some(put);
    }
    if caller.rules.dry_run {
        return run.shown(operation).map_err(|error| request.in_own_words(error));
    }
    fields::learn_types(&run, &request.model)?;
    let mut reply = run.send(operation).map_err(|error| request.in_own_words(error))?;
    if let Some(older) = older {
        let rows = list(&reply, "read_group")?;
        let rows = rows.iter().filter_map(|row| serde_json::from_str(row.get()).ok()).collect();
        reply = serde_json::value::to_raw_value(&older.answer(rows))
            .map_err(|_| Error::new(Code::Internal, "groups are no JSON here"))?;
    }
    let count = list(&reply, "formatted_read_group")?.len();
    let columns = request.by.iter().map(String::as_str).chain(["__count"]);
    let columns: Vec<&str> = columns.chain(request.aggregates.iter().map(String::as_str)).collect();
    let types = fields::types(&run, &request.model, columns.iter().copied());
    let layout = Layout::records().columns(&columns).grouped(&request.by).typed(types);
    let outcome = Outcome::reply(reply, Effect::Nothing).laid_out(layout);
    if request.limit == 0 || count < request.limit as usize {
        return Ok(outcome);
    }
    Ok(outcome.noting(
        Hint::new(format!("the limit of {} is reached, there may be more groups: ", request.limit))
            .with("limit", 0)
            .text(" gives all"),
    ))
}
