//! `group` on an Odoo before 19, by the `read_group` of then: the same question, and its answer in the form of today.
//! It sends nothing and judges no fields.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::error::{Code, Error, Result};
use crate::knowledge::vocabulary::{DATE_PARTS, DATE_PARTS_SINCE};
use crate::operation::{Object, Operation};

/// Counts the records of a group; without any aggregate, versions up to 16 would sum up every number.
const COUNT: &str = "of_group:count(id)";

/// A question by `formatted_read_group` as one by `read_group`, and what is left to do with its answer.
pub struct Older {
    groups: Vec<String>,
    aggregates: Vec<String>,
    /// Terms that `read_group` cannot sort by, with whether they descend.
    sorted: Vec<(String, bool)>,
    limit: usize,
    /// The question.
    pub operation: Operation,
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_string)).collect()
}

fn alias(place: usize) -> String {
    format!("aggregate_{place}")
}

impl Older {
    /// Of a question by `formatted_read_group`, checked as such.
    ///
    /// # Errors
    /// It has conditions on aggregates.
    pub fn of(asked: &Operation, major: u32) -> Result<Older> {
        let given = &asked.kwargs;
        if given.get("having").is_some_and(|having| *having != json!([])) {
            return Err(Error::new(
                Code::PreflightRefused,
                format!("Odoo {major} has no conditions on aggregates (having): they came with Odoo 19; nothing was sent"),
            )
            .with_hint("leave them out, and choose among the groups yourself"));
        }
        let part = |term: &String| DATE_PARTS.into_iter().find(|part| term.ends_with(&format!(":{part}")));
        let parts = texts(&given["groupby"]).iter().find_map(part);
        if let Some(part) = parts.filter(|_| major < u32::from(DATE_PARTS_SINCE)) {
            return Err(Error::new(
                Code::PreflightRefused,
                format!(
                    "Odoo {major} groups by no {part}: it came with Odoo {DATE_PARTS_SINCE}; nothing was sent"
                ),
            ));
        }
        let (groups, aggregates) = (texts(&given["groupby"]), texts(&given["aggregates"]));
        let aggregates: Vec<String> = aggregates.into_iter().filter(|name| name != "__count").collect();
        let terms: Vec<(String, bool)> = given
            .get("order")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .split(',')
            .filter_map(term)
            .collect();
        let is_by_groups = terms.iter().all(|(name, _)| groups.contains(name));
        let limit = given.get("limit").and_then(Value::as_u64).unwrap_or_default();
        let fields = aggregates.iter().enumerate().filter_map(|(place, aggregate)| {
            let (field, function) = aggregate.rsplit_once(':')?;
            Some(format!("{}:{function}({field})", alias(place)))
        });
        let fields: Vec<String> = fields.chain([COUNT.to_string()]).collect();
        let mut kwargs = Object::from_iter([
            ("domain".to_string(), given.get("domain").cloned().unwrap_or(json!([]))),
            ("fields".to_string(), fields.into()),
            ("groupby".to_string(), groups.clone().into()),
            ("lazy".to_string(), false.into()),
        ]);
        if is_by_groups {
            kwargs.extend(given.get("order").map(|order| ("orderby".to_string(), order.clone())));
            kwargs.extend((limit > 0).then(|| ("limit".to_string(), limit.into())));
        }
        let mut operation = Operation::new(&asked.model, "read_group", kwargs)?;
        operation.context = asked.context.clone();
        let sorted = if is_by_groups { Vec::new() } else { terms };
        let limit = if is_by_groups { 0 } else { usize::try_from(limit).unwrap_or(usize::MAX) };
        Ok(Older { groups, aggregates, sorted, limit, operation })
    }

    /// Its answer in the form of today.
    pub fn answer(&self, rows: Vec<Value>) -> Vec<Value> {
        let mut groups: Vec<Value> = rows.iter().map(|row| self.group(row)).collect();
        if !self.sorted.is_empty() {
            groups.sort_by(|left, right| {
                let by = self.sorted.iter().map(|(name, descends)| {
                    let order = compared(&left[name.as_str()], &right[name.as_str()]);
                    if *descends { order.reverse() } else { order }
                });
                by.fold(Ordering::Equal, Ordering::then)
            });
        }
        if self.limit > 0 {
            groups.truncate(self.limit);
        }
        groups
    }

    fn group(&self, row: &Value) -> Value {
        let mut group = Map::new();
        let mut domains = Vec::new();
        let mut sections = Sections::of(row);
        for by in &self.groups {
            let (value, domain) = value(row, by, sections.next(by));
            group.insert(by.clone(), value);
            domains.push(domain);
        }
        group.insert("__extra_domain".into(), all_of(domains));
        group.insert("__count".into(), row["__count"].clone());
        for (place, aggregate) in self.aggregates.iter().enumerate() {
            group.insert(aggregate.clone(), row[alias(place)].clone());
        }
        Value::Object(group)
    }
}

/// A term of an order, and whether it descends.
fn term(text: &str) -> Option<(String, bool)> {
    let mut words = text.split_whitespace();
    let name = words.next()?.to_string();
    Some((name, words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"))))
}

/// The conditions of a group's own domain, term by term as it was grouped: up to 14 they alone tell a period.
struct Sections<'a> {
    left: &'a [Value],
}

impl<'a> Sections<'a> {
    fn of(row: &'a Value) -> Sections<'a> {
        Sections { left: row["__domain"].as_array().map(Vec::as_slice).unwrap_or_default() }
    }

    /// The next term's bounds, where it is a period.
    fn next(&mut self, by: &str) -> Option<(&'a Value, &'a Value)> {
        let field = field_of(by);
        let at = self.left.iter().position(|condition| condition[0] == field)?;
        let left = &self.left[at..];
        let bounds = match left {
            [from, to, ..] if from[1] == ">=" && to[0] == field && to[1] == "<" => Some((&from[2], &to[2])),
            _ => None,
        };
        self.left = &left[if bounds.is_some() { 2 } else { 1 }..];
        bounds
    }
}

fn field_of(by: &str) -> &str {
    by.split(':').next().unwrap_or(by)
}

/// What a group is made by, as today, with the domain that finds its records.
fn value(row: &Value, by: &str, bounds: Option<(&Value, &Value)>) -> (Value, Vec<Value>) {
    let field = field_of(by);
    let value = row[by].clone();
    let ranges = &row["__range"];
    let range = ranges.get(by).or_else(|| ranges.get(field)).filter(|range| range.is_object());
    if let Some((from, to)) = range.map(|range| (&range["from"], &range["to"])).or(bounds) {
        return (json!([from, value]), vec![json!("&"), json!([field, ">=", from]), json!([field, "<", to])]);
    }
    // A part of a date is found again along its path; where there is no date there is none.
    let part = by.split_once(':').map(|(_, part)| part).filter(|part| DATE_PARTS.contains(part));
    if let Some(part) = part.filter(|_| value.is_number()) {
        let domain = json!([format!("{field}.{part}"), "=", value]);
        return (value, vec![domain]);
    }
    let id = value.as_array().and_then(|pair| pair.first()).cloned();
    let wanted = id.unwrap_or_else(|| value.clone());
    (value, vec![json!([field, "=", wanted])])
}

fn all_of(domains: Vec<Vec<Value>>) -> Value {
    let mut whole = vec![json!("&"); domains.len().saturating_sub(1)];
    whole.extend(domains.into_iter().flatten());
    whole.into()
}

/// As PostgreSQL sorts: what is empty comes last.
fn compared(left: &Value, right: &Value) -> Ordering {
    let is_empty = |value: &Value| value.is_null() || *value == json!(false);
    match (is_empty(left), is_empty(right)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => left.total_cmp(&right),
            _ => left.to_string().cmp(&right.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::kwargs;

    fn older(asked: Value) -> Result<Older> {
        Older::of(&Operation::new("sale.order", "formatted_read_group", kwargs(asked)).unwrap(), 17)
    }

    #[test]
    fn a_question_is_put_as_it_was_then() {
        let asked = older(json!({
            "domain": [["state", "=", "sale"]], "groupby": ["partner_id", "date_order:month"],
            "aggregates": ["__count", "amount_total:sum", "amount_total:max"], "limit": 5,
            "order": "partner_id desc",
        }));
        assert_eq!(
            Value::Object(asked.unwrap().operation.kwargs),
            json!({
                "domain": [["state", "=", "sale"]],
                "fields": ["aggregate_0:sum(amount_total)", "aggregate_1:max(amount_total)", "of_group:count(id)"],
                "groupby": ["partner_id", "date_order:month"], "lazy": false,
                "orderby": "partner_id desc", "limit": 5,
            })
        );
        let by_sum = older(json!({
            "groupby": ["state"], "aggregates": ["__count", "amount_total:sum"], "limit": 1,
            "order": "amount_total:sum desc",
        }));
        let by_sum = by_sum.unwrap();
        assert!(!by_sum.operation.kwargs.contains_key("limit"), "the largest may be any of them");
        let row = |state: &str, sum: Value| json!({ "state": state, "__count": 1, "aggregate_0": sum });
        let sorted = by_sum.answer(vec![row("a", json!(1.5)), row("b", json!(20)), row("c", json!(3))]);
        assert_eq!(sorted.iter().map(|row| row["state"].clone()).collect::<Vec<_>>(), ["b"]);
        assert!(older(json!({ "groupby": ["a"], "aggregates": [], "having": [["a:sum", ">", 1]] })).is_err());
    }

    #[test]
    fn a_part_of_a_date_is_found_again_along_its_path() {
        let asked = kwargs(json!({ "groupby": ["create_date:hour_number"], "aggregates": [] }));
        let asked = Operation::new("sale.order", "formatted_read_group", asked).unwrap();
        assert!(Older::of(&asked, 17).is_err());
        let asked = Older::of(&asked, 18).unwrap();
        let row = |hour: Value| json!({ "create_date:hour_number": hour, "__count": 1, "of_group": 1 });
        let answer = asked.answer(vec![row(json!(6)), row(json!(0)), row(json!(false))]);
        let domains: Vec<&Value> = answer.iter().map(|row| &row["__extra_domain"]).collect();
        assert_eq!(
            domains,
            [
                &json!([["create_date.hour_number", "=", 6]]),
                &json!([["create_date.hour_number", "=", 0]]),
                &json!([["create_date", "=", false]])
            ]
        );
    }

    /// As Odoo 14 answers: no ranges, and the conditions of the question behind those of the group.
    #[test]
    fn a_period_is_found_in_the_domain_of_its_group() {
        let by = json!(["partner_id", "date_order:month", "date_order:day"]);
        let asked = older(json!({ "groupby": by, "aggregates": ["__count"] })).unwrap();
        let day = |from: &str, to: &str| json!(["&", ["date_order", ">=", from], ["date_order", "<", to]]);
        let (month, days) = (day("2026-03-01", "2026-04-01"), day("2026-03-05", "2026-03-06"));
        let domain: Vec<Value> = json!(["&", "&", "&", ["partner_id", "=", 7]])
            .as_array()
            .into_iter()
            .chain(month.as_array())
            .chain(days.as_array())
            .flatten()
            .cloned()
            .chain([json!(["date_order", ">=", "1990-01-01"])])
            .collect();
        let row = json!({
            "partner_id": [7, "Azure"], "date_order:month": "March 2026", "date_order:day": "05 Mar 2026",
            "__count": 1, "of_group": 1, "__domain": domain,
        });
        let unset = json!({
            "partner_id": [7, "Azure"], "date_order:month": false, "date_order:day": false, "__count": 1,
            "__domain": ["&", ["partner_id", "=", 7], ["date_order", "=", false], ["date_order", "=", false],
                         ["date_order", ">=", "1990-01-01"], ["date_order", "<", "1991-01-01"]],
        });
        let answer = asked.answer(vec![row, unset]);
        assert_eq!(answer[0]["date_order:month"], json!(["2026-03-01", "March 2026"]));
        assert_eq!(answer[0]["date_order:day"], json!(["2026-03-05", "05 Mar 2026"]));
        let own = json!([
            "&",
            "&",
            ["partner_id", "=", 7],
            "&",
            ["date_order", ">=", "2026-03-01"],
            ["date_order", "<", "2026-04-01"],
            "&",
            ["date_order", ">=", "2026-03-05"],
            ["date_order", "<", "2026-03-06"],
        ]);
        assert_eq!(answer[0]["__extra_domain"], own);
        assert_eq!(answer[1]["date_order:month"], false);
    }

    #[test]
    fn its_answer_has_the_form_of_today() {
        let asked = older(json!({
            "groupby": ["partner_id", "date_order:month", "state"], "aggregates": ["__count", "amount_total:sum"],
        }));
        let rows = json!([
            {
                "partner_id": [7, "Azure"], "date_order:month": "March 2026", "state": "sale", "__count": 2,
                "aggregate_0": 10.5, "of_group": 2, "__domain": [],
                "__range": { "date_order:month": { "from": "2026-03-01 00:00:00", "to": "2026-04-01 00:00:00" } },
            },
            {
                "partner_id": false, "date_order:month": false, "state": false, "__count": 1, "aggregate_0": false,
                "__range": { "date_order:month": false },
            },
        ]);
        let answer = asked.unwrap().answer(rows.as_array().unwrap().clone());
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            concat!(
                r#"[{"partner_id":[7,"Azure"],"date_order:month":["2026-03-01 00:00:00","March 2026"],"state":"sale","#,
                r#""__extra_domain":["&","&",["partner_id","=",7],"&",["date_order",">=","2026-03-01 00:00:00"],"#,
                r#"["date_order","<","2026-04-01 00:00:00"],["state","=","sale"]],"__count":2,"amount_total:sum":10.5},"#,
                r#"{"partner_id":false,"date_order:month":false,"state":false,"__extra_domain":["&","&","#,
                r#"["partner_id","=",false],["date_order","=",false],["state","=",false]],"__count":1,"#,
                r#""amount_total:sum":false}]"#
            )
        );
    }
}
