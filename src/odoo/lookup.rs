//! Finding a record by what a person calls it: four kinds with their own fields, and any model by Odoo's
//! `name_search`. It builds the question and reads the answer; caching is the caller's.

use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::knowledge::names::EVERYDAY;
use crate::operation::{Object, Operation};

use super::schema::Schema;

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

/// The kind or model that people mean by a word which is neither.
pub fn called(word: &str) -> Option<&'static str> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let other = EVERYDAY.iter().find(|(called, _)| *called == singular || *called == word);
    other.map(|(_, meant)| *meant).or_else(|| kinds().find(|kind| *kind == singular))
}

/// The model that people mean by a word: a kind of lookup, or an everyday name.
pub fn model_called(word: &str) -> Option<&'static str> {
    let kind = kinds().find(|kind| *kind == word).or_else(|| called(word))?;
    Some(KNOWN.iter().find(|known| known.kind == kind).map_or(kind, |known| known.model))
}

/// Fields by which a record is called, on whatever model has them.
const CALLED_BY: [&str; 11] = [
    "name",
    "display_name",
    "complete_name",
    "default_code",
    "barcode",
    "ref",
    "code",
    "email",
    "work_email",
    "login",
    "vat",
];

/// What stands in the place of one's own name.
const ONESELF: &str = "me";

/// Models in which oneself is a record.
pub const PEOPLE: [&str; 3] = ["hr.employee", "res.partner", "res.users"];

/// Variants of one name that are looked through.
const MOST_VARIANTS: u32 = 80;

/// What to find.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// A known kind, or a model.
    pub kind: String,
    /// What a person calls it, any script; blanks around it and several inside it mean nothing.
    pub query: String,
    /// Most results.
    pub limit: u32,
    /// Whole names only, whatever their case.
    pub exact: bool,
    /// Among which records.
    pub domain: Vec<Value>,
}

impl Wanted {
    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.kind == self.kind)
    }

    /// The model that is searched.
    pub fn model(&self) -> &str {
        self.known().map_or(&self.kind, |known| known.model)
    }

    /// What is called, with single blanks.
    fn name(&self) -> String {
        single_blanks(&self.query)
    }

    /// The call that finds it. `schema` is needed for whole names alone.
    pub fn operation(&self, schema: Option<&Schema>) -> Result<Operation> {
        let pattern = escape_pattern(&self.name());
        if self.exact {
            return self.search(schema, self.called(schema, &pattern), self.called_by(schema));
        }
        match self.known() {
            Some(_) => self.search(schema, vec![json!(["name", "ilike", pattern])], Vec::new()),
            None => {
                let kwargs = Object::from_iter([
                    ("name".to_string(), json!(pattern)),
                    ("domain".to_string(), self.domain.clone().into()),
                    ("limit".to_string(), self.limit.into()),
                ]);
                let kwargs = kwargs.into_iter().filter(|(key, _)| key != "domain" || !self.domain.is_empty());
                Operation::new(self.model(), "name_search", kwargs.collect())
            }
        }
    }

    /// The same by what stands between the code before a name and the variant behind it, `[E-COM08] Desk (Wood)`, or
    /// behind the names above it, `All / Desks`: Odoo shows them and finds a name by none. None where there are none.
    pub fn between_brackets(&self) -> Option<Wanted> {
        let whole = self.name();
        let mut name = whole.as_str();
        if let Some((_, rest)) = name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            name = rest;
        }
        if let Some((before, _)) = name.trim().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
            name = before;
        }
        // Of a name with those above it, the last is the record's own.
        if let Some((_, own)) = name.rsplit_once(" / ") {
            name = own;
        }
        let name = name.trim();
        let is_less = !name.is_empty() && name != whole;
        is_less.then(|| Wanted { query: name.into(), limit: self.limit.max(MOST_VARIANTS), ..self.clone() })
    }

    /// The call that finds it by the name that reads show, however many blanks stand in it; where the first found
    /// nothing.
    pub fn by_display_name(&self, schema: Option<&Schema>) -> Result<Operation> {
        let words: Vec<String> = self.name().split(' ').map(escape_pattern).collect();
        self.search(schema, vec![json!(["display_name", "ilike", words.join("%")])], Vec::new())
    }

    /// The call that finds oneself, if that is who is meant.
    pub fn oneself(&self, user: i64, schema: Option<&Schema>) -> Option<Operation> {
        let condition = match self.model() {
            "hr.employee" => json!(["user_id", "=", user]),
            "res.partner" => json!(["user_ids", "=", user]),
            "res.users" => json!(["id", "=", user]),
            _ => return None,
        };
        self.search(schema, vec![condition], Vec::new()).ok()
    }

    /// Whether oneself is meant.
    pub fn is_oneself(&self) -> bool {
        self.name().eq_ignore_ascii_case(ONESELF) && PEOPLE.contains(&self.model())
    }

    fn search(&self, schema: Option<&Schema>, condition: Vec<Value>, more: Vec<&str>) -> Result<Operation> {
        let domain: Vec<Value> = self.domain.iter().cloned().chain(condition).collect();
        let mut fields: Vec<&str> =
            self.known().map_or(vec!["id", "display_name"], |known| known.fields.to_vec());
        // A field that this user does not see would fail the whole lookup.
        fields.retain(|name| {
            schema.is_none_or(|schema| {
                schema.is_empty() || matches!(*name, "id" | "display_name") || schema.has(name)
            })
        });
        fields.extend(more.iter().filter(|name| !fields.contains(name)).copied().collect::<Vec<_>>());
        let mut kwargs = json!({ "domain": domain, "fields": fields, "limit": self.limit });
        if self.known().is_some() {
            kwargs["order"] = "name asc".into();
        }
        Operation::new(self.model(), "search_read", kwargs.as_object().cloned().unwrap_or_default())
    }

    /// The fields that hold what a record of this model is called.
    fn called_by<'s>(&self, schema: Option<&'s Schema>) -> Vec<&'s str> {
        let Some(schema) = schema else {
            return if self.known().is_some() { vec!["name", "display_name"] } else { vec!["display_name"] };
        };
        let is_text = |name: &&str| {
            schema.field(name).is_some_and(|field| {
                matches!(field["type"].as_str(), Some("char" | "text")) && field["searchable"] != false
            })
        };
        // A model is called by its technical name; elsewhere that is of which model a record is.
        let technical = (self.model() == "ir.model").then_some("model");
        CALLED_BY.into_iter().chain(technical).filter(is_text).collect()
    }

    /// One of those fields is equal to the name.
    fn called(&self, schema: Option<&Schema>, pattern: &str) -> Vec<Value> {
        let conditions: Vec<Value> =
            self.called_by(schema).into_iter().map(|name| json!([name, "=ilike", pattern])).collect();
        let signs = vec![json!("|"); conditions.len().saturating_sub(1)];
        signs.into_iter().chain(conditions).collect()
    }

    /// The rows of an answer: objects with `id` and a name; whole names are checked here once more.
    ///
    /// # Errors
    /// `bad_reply` when the answer is not a list.
    pub fn rows(&self, answer: &str) -> Result<Vec<Value>> {
        let rows: Vec<Value> = serde_json::from_str(answer).map_err(|why| {
            Error::new(Code::BadReply, "the lookup was not answered with a list").with_source(why)
        })?;
        let rows = rows.into_iter().map(|row| match row {
            Value::Array(pair) if pair.len() == 2 => json!({ "id": pair[0], "display_name": pair[1] }),
            other => other,
        });
        let wanted = self.name().to_lowercase();
        let is_called = |row: &Value| {
            let fields = CALLED_BY.iter().chain(&["model"]);
            let mut names = fields.filter_map(|name| row.get(*name).and_then(Value::as_str));
            names.any(|name| single_blanks(name).to_lowercase() == wanted)
        };
        let shown = self.known().map_or(&["id", "display_name"][..], |known| known.fields);
        Ok(rows
            .filter(|row| !self.exact || is_called(row))
            .map(|mut row| {
                if let Some(object) = row.as_object_mut().filter(|_| self.exact) {
                    object.retain(|name, _| shown.contains(&name.as_str()));
                }
                row
            })
            .collect())
    }

    /// Those of the rows whose names hold the query, however many blanks stand in either.
    pub fn holding(&self, rows: Vec<Value>) -> Vec<Value> {
        let wanted = self.name().to_lowercase();
        rows.into_iter()
            .filter(|row| {
                // A kind's own row does not show the name that was searched.
                row.get("display_name")
                    .and_then(Value::as_str)
                    .is_none_or(|name| single_blanks(name).to_lowercase().contains(&wanted))
            })
            .collect()
    }

    /// Whether a row has the query as whole words, or was found by something that it does not show.
    pub fn is_whole_in(&self, row: &Value) -> bool {
        let wanted = self.name().to_lowercase();
        let names = ["name", "display_name"].iter().filter_map(|name| row.get(*name).and_then(Value::as_str));
        let names: Vec<String> = names.map(|name| single_blanks(name).to_lowercase()).collect();
        let inside = |name: &String| name.contains(&wanted);
        !names.iter().any(inside) || names.iter().any(|name| has_words(name, &wanted))
    }
}

/// What identifies a row: its id and its names. The rest may have changed since it was read.
pub fn identity(rows: &[Value]) -> Vec<Value> {
    let keep = |row: &Value| {
        let object = row.as_object().into_iter().flatten();
        Value::Object(
            object
                .filter(|(key, _)| matches!(key.as_str(), "id" | "name" | "display_name"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    };
    rows.iter().map(keep).collect()
}

fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether words stand in a text with nothing of a longer word around them. Scripts without blanks between words
/// have no longer words.
fn has_words(text: &str, words: &str) -> bool {
    let joins = |letter: Option<char>| {
        letter.is_some_and(|letter| {
            letter.is_alphanumeric()
                && (letter.is_lowercase() || letter.is_uppercase() || letter.is_numeric())
        })
    };
    text.match_indices(words).any(|(at, found)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
        let (first, last) = (words.chars().next(), words.chars().next_back());
        !(joins(before) && joins(first) || joins(after) && joins(last))
    })
}

/// `ilike` takes `%` and `_` as wildcards; a person's query has none.
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
    let mut question = json!({ "kind": wanted.kind, "query": wanted.name(), "limit": wanted.limit, "exact": wanted.exact, "context": context });
    if !wanted.domain.is_empty() {
        question["domain"] = wanted.domain.clone().into();
    }
    question
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(kind: &str, query: &str, exact: bool) -> Wanted {
        Wanted { kind: kind.into(), query: query.into(), limit: 10, exact, domain: Vec::new() }
    }

    #[test]
    fn what_odoo_shows_around_a_name_is_taken_off() {
        let between =
            |query: &str| wanted("product.product", query, false).between_brackets().map(|it| it.query);
        assert_eq!(between("[E-COM08] Large Desk (Wood)").as_deref(), Some("Large Desk"));
        assert_eq!(between("Large Desk (Wood, XL)").as_deref(), Some("Large Desk"));
        assert_eq!(between("[E-COM08] Desk").as_deref(), Some("Desk"));
        assert_eq!(between("Vendor / Office Supplies").as_deref(), Some("Office Supplies"));
        for plain in ["Large Desk", "A/B", "Desk /", "(Wood)", "[E-COM08]", "Desk) (", "Desk (half"] {
            assert_eq!(between(plain), None, "{plain}");
        }
    }

    #[test]
    fn no_letter_of_a_query_is_a_wildcard() {
        for query in ["北京", "Łódź", "O'Neil & Søn"] {
            let operation = wanted("partner", query, false).operation(None).unwrap();
            assert_eq!(operation.kwargs["domain"], json!([["name", "ilike", query]]));
        }
        let part = wanted("partner", " 100%_a\\  b ", false).operation(None).unwrap();
        assert_eq!(part.kwargs["domain"], json!([["name", "ilike", "100\\%\\_a\\\\ b"]]));
        let model = wanted("res.country", "Bel_ium", false).operation(None).unwrap();
        assert_eq!(model.kwargs["name"], "Bel\\_ium");
    }

    #[test]
    fn exact_keeps_whole_names_and_references_in_any_case() {
        let exact = wanted("product.product", "ŁÓDŹ", true);
        let rows = exact
            .rows(r#"[{"id":1,"display_name":"[X] Łódź","name":"Łódź"},{"id":2,"display_name":"Łódź Wschodnia"},{"id":3,"display_name":"Y","default_code":"łódź"}]"#)
            .unwrap();
        assert_eq!(
            rows,
            [json!({"id": 1, "display_name": "[X] Łódź"}), json!({"id": 3, "display_name": "Y"})]
        );
    }

    #[test]
    fn a_part_of_a_word_is_no_whole_word() {
        for (query, name, whole) in [
            ("Azure", "Azure Interior", true),
            ("azure interior", "Azure Interior, Brandon", true),
            ("zur", "Azure Interior", false),
            ("Ann", "Anna", false),
            ("Ann", "Ann-Marie", true),
            ("FURN", "[FURN_7777] Chair", true),
            ("北京", "北京市", true),
            ("x@y.z", "Somebody", true),
        ] {
            assert_eq!(
                wanted("res.partner", query, false).is_whole_in(&json!({ "display_name": name })),
                whole,
                "{query} {name}"
            );
        }
    }
}
