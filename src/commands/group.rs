//! `group`: records counted and summed up by fields, in Odoo. What a group looks like is Odoo's
//! (`formatted_read_group`); which fields can be grouped and summed up is decided there too.

use clap::Args as ClapArgs;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::fields::DomainArgs;
use crate::error::{Code, Effect, Error, Result};
use crate::json_input::{self, Source, Stdin};
use crate::members::Members;
use crate::odoo::vocabulary::PERIODS;
use crate::operation::{self, Object, Operation};
use crate::render::rows::{Column, Kind};
use crate::results::{Layout, TypeOf};
use crate::session::Session;

/// What fields can be summed up by.
const FUNCTIONS: [&str; 5] = ["sum", "avg", "min", "max", "count_distinct"];

/// Flags of `group`.
#[derive(ClapArgs, Clone, Debug)]
#[command(
    after_help = "Periods of dates: hour, day, week, month, quarter, year, in the context's time zone; parts of
them as numbers: year_number, quarter_number, month_number, iso_week_number, day_of_year,
day_of_month, day_of_week, hour_number. __count is how many, __extra_domain finds them again.

Examples:
  odoo-agent group sale.order --by state --sum amount_total
  odoo-agent group account.analytic.line --by employee_id --by date:month --sum unit_amount"
)]
pub struct Args {
    /// Model, like sale.order
    pub model: String,
    /// Field, or FIELD:PERIOD for a date, like date_order:month; repeatable [default: one group of all]
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    by: Vec<String>,
    /// Add up these fields, like amount_total,margin; the other four in the same way
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    sum: Vec<String>,
    /// Average
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    avg: Vec<String>,
    /// Smallest or earliest
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    min: Vec<String>,
    /// Largest or latest
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    max: Vec<String>,
    /// How many different values
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    count_distinct: Vec<String>,
    #[command(flatten)]
    domain: DomainArgs,
    /// Which groups (a JSON list), like '[["amount_total:sum", ">", 1000]]'
    #[arg(long, value_name = "JSON")]
    having: Option<String>,
    /// Like 'amount_total:sum desc' or '__count desc' [default: by the fields of --by]
    #[arg(long)]
    order: Option<String>,
    /// At most this many groups, 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 0)]
    limit: u32,
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

impl Args {
    /// Checks the flags.
    pub fn request(self, stdin: &mut Stdin) -> Result<Request> {
        operation::check_model(&self.model)?;
        let having = match Source::choose("--having", self.having, "", None)? {
            Some(source) => json_input::list(stdin.json(&source)?, source.flag())?,
            None => Vec::new(),
        };
        let mut given = [self.sum, self.avg, self.min, self.max, self.count_distinct];
        for (function, fields) in FUNCTIONS.into_iter().zip(&mut given) {
            // --sum amount_total:sum says the same twice.
            let end = format!(":{function}");
            fields.iter_mut().for_each(|field| {
                if let Some(plain) = field.trim().strip_suffix(&end) {
                    *field = plain.to_string();
                }
            });
        }
        let aggregates = aggregates(given)?;
        Ok(Request {
            domain: self.domain.domain(stdin)?,
            by: names(self.by, "by")?,
            aggregates,
            having,
            order: self.order.filter(|order| !order.trim().is_empty()),
            limit: self.limit,
            model: self.model,
        })
    }
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
    pub fn operation(&self) -> Result<Operation> {
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

/// What a column of a CSV holds. Records and periods that were grouped by come as a pair; where the type of
/// a field is not known, as for a path, the values tell.
fn csv_kind(name: &str, request: &Request, type_of: &TypeOf, groups: &[&RawValue]) -> Kind {
    if !request.by.iter().any(|by| by == name) {
        return Kind::Plain;
    }
    let is_period = name.rsplit_once(':').is_some_and(|(_, period)| PERIODS.contains(&period));
    let holds = |first: char| {
        groups
            .iter()
            .filter_map(|group| Members::of(group.get()))
            .any(|group| group.get(name).is_some_and(|value| value.get().starts_with(first)))
    };
    match type_of(name).as_deref() {
        _ if is_period || holds('[') => Kind::Many2one,
        Some("many2one" | "many2many") => Kind::Many2one,
        Some("boolean") => Kind::Boolean,
        None if holds('t') => Kind::Boolean,
        _ => Kind::Plain,
    }
}

/// Prints the groups; a note says when there may be more.
pub fn run(request: Request, session: &Session) -> Result<()> {
    let operation = request.operation()?;
    if session.rules.dry_run {
        return session.carry_out(operation).map_err(|error| request.in_own_words(error));
    }
    session.learn_columns(&request.model)?;
    let reply = session.execute(operation).map_err(|error| request.in_own_words(error))?;
    let groups: Vec<&RawValue> = serde_json::from_str(reply.get())
        .map_err(|_| Error::new(Code::BadReply, "formatted_read_group did not answer with a list"))?;
    let columns = request.by.iter().map(String::as_str).chain(["__count"]);
    let columns: Vec<&str> = columns.chain(request.aggregates.iter().map(String::as_str)).collect();
    let type_of = |name: &str| session.known_type(&request.model, name);
    let csv: Vec<Column> = columns
        .iter()
        .map(|name| Column { name: (*name).to_string(), kind: csv_kind(name, &request, &type_of, &groups) })
        .collect();
    let layout = Layout::records().columns(&columns).grouped(&request.by).typed(&type_of).csv(&csv);
    session.local.print_as(reply.get(), Effect::Rejected, &layout)?;
    if request.limit > 0 && groups.len() >= request.limit as usize {
        session.note_once(&format!(
            "the limit of {} is reached, there may be more groups: --limit 0 gives all",
            request.limit
        ));
    }
    Ok(())
}
