//! Finding a record by what a person calls it: four kinds with their own fields, and any model by Odoo's
//! `name_search`. It builds the question and reads the answer; caching is the caller's.

use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::operation::{Object, Operation};

/// A kind that has a name of its own.
struct Known {
    kind: &'static str,
    model: &'static str,
    fields: &'static [&'static str],
}

const KNOWN: [Known; 4] = [
    Known {
        kind: "partner",
        model: "res.partner",
        fields: &["id", "name", "email", "active", "company_type"],
    },
    Known {
        kind: "project",
        model: "project.project",
        fields: &["id", "name", "partner_id", "allow_timesheets", "active"],
    },
    Known {
        kind: "task",
        model: "project.task",
        fields: &["id", "name", "project_id", "partner_id", "active", "stage_id"],
    },
    Known {
        kind: "employee",
        model: "hr.employee",
        fields: &["id", "name", "user_id", "work_email", "company_id"],
    },
];

/// Names of the known kinds.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.kind)
}

/// Everyday words, and what the same is here.
const CALLED: [(&str, &str); 14] = [
    ("company", "res.company"),
    ("contact", "partner"),
    ("country", "res.country"),
    ("customer", "partner"),
    ("event", "calendar.event"),
    ("invoice", "account.move"),
    ("lead", "crm.lead"),
    ("opportunity", "crm.lead"),
    ("order", "sale.order"),
    ("product", "product.product"),
    ("quotation", "sale.order"),
    ("supplier", "partner"),
    ("user", "res.users"),
    ("vendor", "partner"),
];

/// The kind or model that people mean by a word which is neither.
pub fn called(word: &str) -> Option<&'static str> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let other = CALLED.iter().find(|(called, _)| *called == singular || *called == word);
    other.map(|(_, meant)| *meant).or_else(|| kinds().find(|kind| *kind == singular))
}

/// The model that people mean by a word: a kind of lookup, or an everyday name.
pub fn model_called(word: &str) -> Option<&'static str> {
    let kind = kinds().find(|kind| *kind == word).or_else(|| called(word))?;
    Some(KNOWN.iter().find(|known| known.kind == kind).map_or(kind, |known| known.model))
}

/// What to find.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// A known kind, or a model.
    pub kind: String,
    /// What a person calls it, any script.
    pub query: String,
    /// Most results.
    pub limit: u32,
    /// Whole names only, whatever their case.
    pub exact: bool,
}

impl Wanted {
    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.kind == self.kind)
    }

    /// The model that is searched.
    pub fn model(&self) -> &str {
        self.known().map_or(&self.kind, |known| known.model)
    }

    /// The call that finds it.
    pub fn operation(&self) -> Result<Operation> {
        let pattern = if self.exact { escape_pattern(&self.query) } else { self.query.clone() };
        let operator = if self.exact { "=ilike" } else { "ilike" };
        let (method, kwargs) = match self.known() {
            Some(known) => (
                "search_read",
                json!({
                    "domain": [["name", operator, pattern]], "fields": known.fields, "limit": self.limit,
                    "order": "name asc",
                }),
            ),
            None if self.exact => {
                ("name_search", json!({ "name": pattern, "operator": operator, "limit": self.limit }))
            }
            None => ("name_search", json!({ "name": pattern, "limit": self.limit })),
        };
        Operation::new(self.model(), method, kwargs.as_object().cloned().unwrap_or_default())
    }

    /// The rows of an answer: objects with `id` and a name; `--exact` is checked here once more.
    ///
    /// # Errors
    /// `bad_reply` when the answer is not a list.
    pub fn rows(&self, answer: &str) -> Result<Vec<Value>> {
        let rows: Vec<Value> = serde_json::from_str(answer)
            .map_err(|_| Error::new(Code::BadReply, "the lookup was not answered with a list"))?;
        let rows = rows.into_iter().map(|row| match row {
            Value::Array(pair) if pair.len() == 2 => json!({ "id": pair[0], "display_name": pair[1] }),
            other => other,
        });
        let wanted = self.query.to_lowercase();
        Ok(rows
            .filter(|row| !self.exact || name_of(row).is_some_and(|name| name.to_lowercase() == wanted))
            .collect())
    }
}

fn name_of(row: &Value) -> Option<&str> {
    row.get("name").or_else(|| row.get("display_name")).and_then(Value::as_str)
}

/// `=ilike` takes `%` and `_` as wildcards; a person's query has none.
fn escape_pattern(query: &str) -> String {
    query.chars().fold(String::new(), |mut pattern, character| {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
        pattern
    })
}

/// What distinguishes two lookups of one model for the cache.
pub fn question(wanted: &Wanted, context: &Object) -> Value {
    json!({ "kind": wanted.kind, "query": wanted.query, "limit": wanted.limit, "exact": wanted.exact, "context": context })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(kind: &str, query: &str, exact: bool) -> Wanted {
        Wanted { kind: kind.into(), query: query.into(), limit: 10, exact }
    }

    #[test]
    fn the_query_reaches_odoo_as_typed() {
        for query in ["北京", "Łódź", "O'Neil & Søn", "100%_a"] {
            let operation = wanted("partner", query, false).operation().unwrap();
            assert_eq!(operation.kwargs["domain"], json!([["name", "ilike", query]]));
        }
        let exact = wanted("partner", "100%_a\\", true).operation().unwrap();
        assert_eq!(exact.kwargs["domain"], json!([["name", "=ilike", "100\\%\\_a\\\\"]]));
    }

    #[test]
    fn exact_keeps_whole_names_in_any_case() {
        let rows =
            wanted("product.product", "ŁÓDŹ", true).rows(r#"[[1,"Łódź"],[2,"Łódź Wschodnia"]]"#).unwrap();
        assert_eq!(rows, [json!({"id": 1, "display_name": "Łódź"})]);
    }
}
