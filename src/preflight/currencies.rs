//! Sums of amounts in several currencies, which Odoo adds up to one number without a word. Beside what is asked,
//! the same request counts the currencies of each group; the answer leaves without that count.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Check, echoes};
use crate::hint::{Action, Hint};
use crate::members::Members;
use crate::operation::Operation;

/// Functions whose result means nothing over several currencies.
const MIXING: [&str; 4] = ["sum", "avg", "min", "max"];

/// What was asked besides.
pub struct Asked {
    /// Amount, its field of the currency, and the aggregate that counts them.
    counted: Vec<(String, String, String)>,
}

/// Adds to a call the count of currencies behind each amount; `None` where there is nothing to count.
pub fn ask(check: &Check, operation: &mut Operation) -> Option<Asked> {
    let key = match (operation.method.as_str(), operation.kwargs.contains_key("aggregates")) {
        ("formatted_read_group", _) | ("web_read_group", true) => "aggregates",
        ("read_group", false) => "fields",
        _ => return None,
    };
    let is_old = key == "fields";
    let texts = |key: &str| -> Vec<String> {
        let items = operation.kwargs.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
    };
    let (mut by, aggregates) = (texts("groupby"), texts(key));
    if is_old && operation.kwargs.get("lazy").is_none_or(|lazy| *lazy != false) {
        // It groups by the first alone.
        by.truncate(1);
    }
    let amounts: Vec<&str> = aggregates.iter().filter_map(|aggregate| amount(aggregate, is_old)).collect();
    if amounts.is_empty() {
        return None;
    }
    let schema = check.schemas.filled(&operation.model).ok().flatten()?;
    let mut counted: Vec<(String, String, String)> = Vec::new();
    for amount in amounts {
        let Some(field) = schema.field(amount).filter(|field| field["type"] == "monetary") else { continue };
        let Some(currency) = field["currency_field"].as_str() else { continue };
        // A related field has no column, and Odoo groups by it all the same where it says so.
        let is_counted = schema.field(currency).is_some_and(|field| match &field["groupable"] {
            Value::Bool(groupable) => *groupable,
            _ => field["store"] != false,
        });
        if !is_counted
            || by.iter().any(|by| by == currency)
            || counted.iter().any(|(known, _, _)| known == amount)
        {
            continue;
        }
        let count =
            if is_old { format!("{currency}_count_distinct") } else { format!("{currency}:count_distinct") };
        counted.push((amount.to_string(), currency.to_string(), count));
    }
    if counted.is_empty() || counted.iter().any(|(_, _, count)| aggregates.contains(count)) {
        return None;
    }
    let list = operation.kwargs.get_mut(key)?.as_array_mut()?;
    for (_, currency, count) in &counted {
        let asked = if is_old { format!("{count}:count_distinct({currency})") } else { count.clone() };
        if !list.iter().any(|known| *known == asked) {
            list.push(asked.into());
        }
    }
    Some(Asked { counted })
}

/// The field that an aggregate puts together in a way that mixes, as `read_group` has it or as those after it.
fn amount(aggregate: &str, is_old: bool) -> Option<&str> {
    let Some((name, function)) = aggregate.split_once(':') else { return is_old.then_some(aggregate) };
    match function.split_once('(') {
        Some((function, field)) if MIXING.contains(&function) => Some(field.trim_end_matches(')')),
        None if MIXING.contains(&function) => Some(name),
        _ => None,
    }
}

impl Asked {
    /// The answer without the counts, and what is to be said of them.
    pub fn take_out(&self, check: &Check, operation: &Operation, answer: &str) -> Option<Box<RawValue>> {
        if let Some(whole) = Members::of(answer) {
            // With the groups goes how many there are.
            let groups = self.take_out(check, operation, whole.get("groups")?.get())?;
            let member = |(name, value): &(String, &RawValue)| {
                let value = if name == "groups" { groups.get() } else { value.get() };
                format!("{}:{value}", Value::from(name.as_str()))
            };
            let members: Vec<String> = whole.0.iter().map(member).collect();
            return RawValue::from_string(format!("{{{}}}", members.join(","))).ok();
        }
        let groups: Vec<&RawValue> = serde_json::from_str(answer).ok()?;
        let mut mixed: Vec<&(String, String, String)> = Vec::new();
        let mut plain = Vec::new();
        for group in groups {
            let members = Members::of(group.get())?;
            for counted in &self.counted {
                let count = members.get(&counted.2).and_then(|count| count.get().parse::<u64>().ok());
                if count.is_some_and(|count| count > 1) && !mixed.contains(&counted) {
                    mixed.push(counted);
                }
            }
            let counts: Vec<&str> = self.counted.iter().map(|(_, _, count)| count.as_str()).collect();
            plain.push(echoes::without(group.get(), &counts)?);
        }
        for (amount, currency, _) in mixed {
            check.note(Asked::says(operation, amount, currency));
        }
        RawValue::from_string(format!("[{}]", plain.join(","))).ok()
    }

    fn says(operation: &Operation, amount: &str, currency: &str) -> Hint {
        let model = operation.model.as_str();
        let list = |key: &str| {
            let given = operation.kwargs.get(key).filter(|list| list.is_array()).cloned();
            given.unwrap_or_else(|| Value::Array(Vec::new()))
        };
        let (domain, groups) = (list("domain"), list("groupby"));
        let by: Vec<&str> =
            groups.as_array().into_iter().flatten().filter_map(Value::as_str).chain([currency]).collect();
        let mut apart =
            Action::new("group").with("model", model).with("by", json!(by)).with("sum", json!([amount]));
        if domain.as_array().is_some_and(|domain| !domain.is_empty()) {
            apart = apart.with("domain", domain.clone());
        }
        let converted =
            json!({ "domain": domain, "groupby": groups, "aggregates": [format!("{amount}:sum_currency")] });
        let converted = Action::new("call")
            .with("model", model)
            .with("method", "formatted_read_group")
            .with("data", converted);
        Hint::new(format!("{amount} is put together over several currencies as if they were one: "))
            .action(apart)
            .text(" keeps them apart; the sum in the company's currency is ")
            .action(converted)
    }
}
