//! The flags of `group`.

use clap::Args as ClapArgs;

use super::shared::DomainArgs;
use crate::actions::group::{FUNCTIONS, Request, aggregates, names};
use crate::error::Result;
use crate::json_input::{self, Source, Stdin};
use crate::operation;

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
