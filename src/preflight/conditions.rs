//! The value of a condition, held against the field that it is compared with: what would find nothing, or
//! everything, without a word. Form, operators and paths are `domain.rs`'s. It must not change a domain.

use serde_json::Value;

use super::dates::{self, Reading};
use super::{Check, refused, scalars};
use crate::error::Result;
use crate::hint::Hint;
use crate::json_input::type_name;

/// Words that Odoo reads as true or false (`str2bool`).
const BOOLEANS: [&str; 13] = ["0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes", ""];

/// Checks the value of one condition.
pub fn check(
    check: &Check,
    path: &str,
    operator: &str,
    value: &Value,
    field: &Value,
    place: &str,
) -> Result<()> {
    if check.is_forced(path) {
        return Ok(());
    }
    let operator = operator.to_ascii_lowercase();
    let compared = Compared { check, path, operator: &operator, value, place };
    match field["type"].as_str().unwrap_or_default() {
        "selection" => compared.selection(&field["selection"]),
        kind @ ("many2one" | "one2many" | "many2many") => compared.records(kind),
        "binary" if field["attachment"] != false => compared.contents(),
        "integer" | "float" | "monetary" | "many2one_reference" => compared.numbers(),
        "boolean" => compared.booleans(),
        kind @ ("date" | "datetime") => compared.moments(kind),
        "char" | "text" | "html" => compared.texts(),
        _ => Ok(()),
    }
}

/// What other languages write for nothing, in quotes.
const NOTHING: [&str; 7] = ["False", "false", "None", "none", "null", "NULL", "nil"];

struct Compared<'a, 'b> {
    check: &'a Check<'b>,
    path: &'a str,
    operator: &'a str,
    value: &'a Value,
    place: &'a str,
}

impl Compared<'_, '_> {
    /// The values that the operator compares with; Odoo takes = with a list for in.
    fn values(&self) -> Vec<&Value> {
        match self.value {
            Value::Array(items) => items.iter().collect(),
            one => vec![one],
        }
    }

    fn strings(&self) -> impl Iterator<Item = &str> {
        self.values().into_iter().filter_map(Value::as_str)
    }

    fn is_equality(&self) -> bool {
        matches!(self.operator, "=" | "!=" | "in" | "not in" | "=?" | "==" | "<>")
    }

    fn is_pattern(&self) -> bool {
        self.operator.contains("like")
    }

    fn condition(&self, value: &str) -> String {
        format!("[\"{}\", \"{}\", {value}]", self.path, self.operator)
    }

    /// Keys, not labels: a key that is none is equal to nothing, and different from everything.
    fn selection(&self, options: &Value) -> Result<()> {
        let keys: Vec<&Value> = options.as_array().into_iter().flatten().map(|option| &option[0]).collect();
        if keys.is_empty() {
            return Ok(());
        }
        if self.is_pattern() {
            return self.selection_pattern(options, &keys);
        }
        if !self.is_equality() {
            return Ok(());
        }
        let values = self.values();
        let is_sound = |value: &Value| {
            matches!(value, Value::Null | Value::Bool(_)) || value == "" || keys.contains(&value)
        };
        let wrong: Vec<&Value> = values.iter().copied().filter(|value| !is_sound(value)).collect();
        let Some(first) = wrong.first() else { return Ok(()) };
        let refusal = scalars::no_such_key(
            self.check,
            format!("{}: {} has no key {first}, which would be equal to nothing", self.place, self.path),
            first,
            options,
        );
        // Some of a list are right: what is asked can be answered, but not by what is not there.
        if wrong.len() < values.len() {
            let told = [&[Hint::new(refusal.message)], &refusal.hints[..]].concat();
            self.check.note(Hint::joined(&told));
            return Ok(());
        }
        Err(refusal)
    }

    fn selection_pattern(&self, options: &Value, keys: &[&Value]) -> Result<()> {
        let Some(text) = self.value.as_str() else { return Ok(()) };
        let needle = text.trim_matches('%').to_lowercase();
        let is_there =
            keys.iter().filter_map(|key| key.as_str()).any(|key| key.to_lowercase().contains(&needle));
        if needle.is_empty() || needle.contains(['%', '_']) || is_there {
            return Ok(());
        }
        Err(scalars::no_such_key(
            self.check,
            format!("{}: no key of {} contains {text:?}: labels are not searched", self.place, self.path),
            self.value,
            options,
        ))
    }

    /// A text is searched for as a name, an id in quotes too. A record may well be called 2025, so it goes out.
    fn records(&self, kind: &str) -> Result<()> {
        let is_compared = self.is_equality() || matches!(self.operator, "child_of" | "parent_of");
        if !is_compared {
            return Ok(());
        }
        if kind == "many2one" && self.value == true && self.check.version >= TYPED_SINCE {
            return Err(refused(format!(
                "{}: {} is a record, and true is none: Odoo would fail on it",
                self.place, self.path
            ))
            .with_hint(format!(
                "whether there is one: [\"{}\", \"{}\", false]",
                self.path,
                if self.operator == "!=" { "=" } else { "!=" }
            )));
        }
        self.nothing();
        let quoted: Vec<&str> = self.strings().filter(|text| is_whole(text)).collect();
        if quoted.is_empty() {
            return Ok(());
        }
        let plain = quoted.join(", ");
        let plain = if self.value.is_array() { format!("[{plain}]") } else { plain };
        self.check.note(format!(
            "{}: a number in quotes is searched for as a name; the record with that id is found without the quotes: {}",
            self.place,
            self.condition(&plain)
        ));
        Ok(())
    }

    /// A word for nothing in quotes is searched for as the text that it is.
    fn nothing(&self) {
        if !self.is_equality() {
            return;
        }
        if let Some(text) = self.strings().find(|text| NOTHING.contains(text)) {
            let plain = if self.value.is_array() { "[false]" } else { "false" };
            self.check.note(format!(
                "{}: {text:?} in quotes is searched for as a text; where nothing stands is {}",
                self.place,
                self.condition(plain)
            ));
        }
    }

    /// Of the content of a file Odoo knows whether there is some, and leaves any other condition out.
    fn contents(&self) -> Result<()> {
        let is_asked = |value: &Value| matches!(value, Value::Null | Value::Bool(false)) || value == "";
        if self.is_equality() && self.values().into_iter().all(is_asked) {
            return Ok(());
        }
        Err(refused(format!(
            "{}: {} is a file, of which Odoo can tell whether there is one; it would leave this condition out and find everything",
            self.place, self.path
        ))
        .with_hint(format!("[\"{}\", \"!=\", false]", self.path)))
    }

    fn numbers(&self) -> Result<()> {
        if self.is_pattern() {
            return Ok(());
        }
        let is_id = self.path.rsplit('.').next() == Some("id");
        let broken =
            self.values().into_iter().find(|value| value.as_f64().is_some_and(|id| id.fract() != 0.0));
        if let Some(broken) = broken.filter(|_| is_id) {
            return Err(refused(format!(
                "{}: {} is a whole number, and {broken} is none: Odoo would find nothing",
                self.place, self.path
            )));
        }
        let is_number = |text: &str| text.trim().parse::<f64>().is_ok_and(f64::is_finite);
        let Some(text) = self.strings().find(|text| !text.is_empty() && !is_number(text)) else {
            return Ok(());
        };
        let error = refused(format!(
            "{}: {} is a number, and {text:?} is none: Odoo would fail on it",
            self.place, self.path
        ));
        Err(match self.path.rsplit('.').next() {
            Some("id") if text.contains('.') => error.with_hint(
                "an external id is looked up in ir.model.data: [[\"module\", \"=\", …], [\"name\", \"=\", …]], field res_id",
            ),
            Some("id") => error.with_hint(Hint::new("a record by its name: [\"display_name\", \"=\", …], or with ").verb("lookup")),
            _ => match scalars::meant_number(text) {
                Some(number) => error.with_hint(format!("write {}", self.condition(&number))),
                None => error.with_hint(format!("a number has digits and a point: {}", self.condition("1000.5"))),
            },
        })
    }

    fn booleans(&self) -> Result<()> {
        let wrong = self.strings().find(|text| !BOOLEANS.contains(&text.to_ascii_lowercase().as_str()));
        match wrong {
            Some(text) => Err(refused(format!(
                "{}: {} is true or false, Odoo would take {text:?} for false",
                self.place, self.path
            ))
            .with_hint(format!("{} or {}", self.condition("true"), self.condition("false")))),
            None => Ok(()),
        }
    }

    fn moments(&self, kind: &str) -> Result<()> {
        if self.is_pattern() {
            return Ok(());
        }
        if let Some(text) = self.strings().find(|text| !is_moment(text)) {
            return Err(refused(format!("{}: {text:?} is no {kind}", self.place)).with_hint(match kind {
                "date" => "write it as 2026-03-31, or relative: today, today -7d, today =1d +1m",
                _ => "write it as 2026-03-31 14:00:00, in UTC, or relative: now -2H, today, today -7d",
            }));
        }
        let zoned = self.strings().find_map(|text| match dates::date(text) {
            Reading::Mended(day, true) => Some((text, day)),
            _ => None,
        });
        if let Some((text, day)) = zoned.filter(|_| kind == "date" && !self.path.contains('.')) {
            return Err(refused(format!(
                "{}: {} is a date, and {text:?} a time with a zone, on which Odoo would fail",
                self.place, self.path
            ))
            .with_hint(self.condition(&format!("\"{day}\""))));
        }
        let number = self.values().into_iter().find(|value| value.is_number());
        if let Some(number) = number {
            let day = number.as_u64().map(|number| number.to_string()).filter(|digits| digits.len() == 8);
            let day = day.map(|digits| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]));
            if let Some(day) = day.filter(|day| dates::date(day) == Reading::Fine) {
                return Err(refused(format!(
                    "{}: {} is a {kind}, this is a number: {number}",
                    self.place, self.path
                ))
                .with_hint(self.condition(&format!("\"{day}\""))));
            }
            return Err(refused(format!(
                "{}: {} is a {kind}, this is {}: {number}",
                self.place,
                self.path,
                type_name(number)
            ))
            .with_hint("a year is searched with [\"FIELD.year_number\", \"=\", 2026]"));
        }
        if kind == "datetime" && self.is_equality() {
            let day = self.strings().find(|text| text.len() == 10 && dates::date(text) == Reading::Fine);
            if let Some((day, next)) = day.and_then(|day| Some((day, dates::next_day(day)?))) {
                let path = self.path;
                self.check.note(format!(
                    "{}: {path} is a time, and {day} with {} is its midnight alone; the whole day is [\"{path}\", \">=\", \"{day}\"], [\"{path}\", \"<\", \"{next}\"]",
                    self.place, self.operator
                ));
            }
        }
        Ok(())
    }

    /// `%` means something to the patterns with = in front, and nothing to = itself.
    fn texts(&self) -> Result<()> {
        self.nothing();
        let has_wildcard =
            |text: &&str| text.len() > 1 && (text.starts_with(['%', '*']) || text.ends_with(['%', '*']));
        if matches!(self.operator, "=" | "in")
            && let Some(text) = self.strings().find(has_wildcard)
        {
            let plain = text.trim_matches(['%', '*']);
            self.check.note(format!(
                "{}: {} takes {text:?} letter by letter; a part of a text is found with [\"{}\", \"ilike\", {}]",
                self.place,
                self.operator,
                self.path,
                Value::from(plain)
            ));
        }
        Ok(())
    }
}

/// The first version that leaves the comparison of a record with true to the database.
const TYPED_SINCE: crate::knowledge::Version = 19;

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A date or a time, or one relative to now as Odoo 19 reads it (`parse_date`).
fn is_moment(text: &str) -> bool {
    let begins_with_digits = text
        .split_once('-')
        .is_some_and(|(year, _)| !year.is_empty() && year.bytes().all(|byte| byte.is_ascii_digit()));
    if text.is_empty() || begins_with_digits {
        return text.is_empty() || dates::datetime(text) != Reading::Unreadable;
    }
    let mut terms = text.split_whitespace().peekable();
    if matches!(terms.peek(), Some(&"today" | &"now")) {
        terms.next();
    }
    terms.all(|term| {
        let Some(rest) = term.strip_prefix(['+', '-', '=']) else { return false };
        let is_offset = rest
            .strip_suffix(['d', 'w', 'm', 'y', 'H', 'M', 'S'])
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        let is_day = matches!(
            rest,
            "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" | "week_start"
        );
        is_offset || is_day
    })
}

#[cfg(test)]
mod tests {
    use super::is_moment;

    #[test]
    fn moments_relative_to_now_are_moments() {
        for right in [
            "2026-03-01",
            "2026-03-01 10:00:00",
            "today",
            "now -2H",
            "today -7d",
            "-1d",
            "=monday",
            "today =1d +1m",
            "",
        ] {
            assert!(is_moment(right), "{right}");
        }
        for wrong in ["01/02/2026", "last week", "yesterday", "2026-13-01", "today 1d", "1.2.2026"] {
            assert!(!is_moment(wrong), "{wrong}");
        }
    }
}
