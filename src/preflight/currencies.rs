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
    if operation.method != "formatted_read_group" {
        return None;
    }
    let texts = |key: &str| -> Vec<String> {
        let items = operation.kwargs.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
    };
    let (by, aggregates) = (texts("groupby"), texts("aggregates"));
    let amounts: Vec<&str> = aggregates
        .iter()
        .filter_map(|aggregate| aggregate.split_once(':'))
        .filter(|(_, function)| MIXING.contains(function))
        .map(|(name, _)| name)
        .collect();
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
        counted.push((amount.to_string(), currency.to_string(), format!("{currency}:count_distinct")));
    }
    if counted.is_empty() || counted.iter().any(|(_, _, count)| aggregates.contains(count)) {
        return None;
    }
    let list = operation.kwargs.get_mut("aggregates")?.as_array_mut()?;
    for (_, _, count) in &counted {
        if !list.iter().any(|known| known == count) {
            list.push(count.as_str().into());
        }
    }
    Some(Asked { counted })
}

impl Asked {
    /// The answer without the counts, and what is to be said of them.
    pub fn take_out(&self, check: &Check, operation: &Operation, answer: &str) -> Option<Box<RawValue>> {
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
