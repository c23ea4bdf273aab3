//! How a name is looked for: by which questions, in which order, and by `name` alone where more would tell what does not
//! leave. What is kept, and what is said of what was found, is `lookup`'s.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::error::{Code, Error, Result};
use crate::odoo::lookup::Wanted;
use crate::odoo::schema::{Schema, Schemas};
use crate::operation::Operation;
use crate::session::Run;

/// Asks Odoo: for oneself, by the name, by the name that reads show.
pub(super) fn find(wanted: &Wanted, run: &Run) -> Result<Vec<Value>> {
    let model = wanted.model();
    let mut schema = if wanted.exact { run.filled(model)? } else { run.known(model) };
    if wanted.is_oneself()
        && let Some(user) = run.user_id()
        && wanted.oneself(user, None).is_some()
    {
        let make = |schema: Option<&Schema>| {
            wanted.oneself(user, schema).ok_or_else(|| Error::new(Code::Internal, "nobody is meant"))
        };
        let reply = asked(&make, &mut schema, model, run)?;
        let rows: Vec<Value> = serde_json::from_str(&reply).unwrap_or_default();
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    let by_name = |operation: Operation| by_name_alone(operation, wanted, run);
    let rows = wanted.rows(&asked(&|schema| by_name(wanted.operation(schema)?), &mut schema, model, run)?)?;
    let ask = |operation: Operation| wanted.rows(run.send(by_name(operation)?)?.get());
    let rows = match rows.is_empty() && !wanted.exact {
        true => wanted.holding(ask(wanted.by_display_name(schema.as_deref())?)?),
        false => rows,
    };
    match wanted.between_brackets().filter(|_| rows.is_empty()) {
        Some(inner) => {
            // Of a whole name `rows` keeps those that are shown so.
            let rows = ask(inner.operation(schema.as_deref())?)?;
            let mut rows = if wanted.exact { rows } else { wanted.holding(rows) };
            rows.truncate(wanted.limit as usize);
            Ok(rows)
        }
        None => Ok(rows),
    }
}

/// Where a search for a name would tell what does not leave, the records are found by `name` and nothing else; the same
/// where the policy denies what such a search looks at.
pub(super) fn by_name_alone(operation: Operation, wanted: &Wanted, run: &Run) -> Result<Operation> {
    let withheld = run.session.gate().withheld(&operation.model)?;
    if withheld.is("name", 0).is_some() {
        return Ok(operation);
    }
    let is_withheld = |field: &str| withheld.is(field, 0).is_some();
    if withheld.names_tell().is_some() {
        return Ok(found_by_name(operation, wanted, &is_withheld));
    }
    if operation.method != "name_search" || run.may_be_shown(&operation) {
        return Ok(operation);
    }
    // Whoever may not search for names at all is not shown another way.
    let mut every = operation.clone();
    every.kwargs.shift_remove("name");
    if !run.may_be_shown(&every) {
        return Ok(operation);
    }
    let other = found_by_name(operation.clone(), wanted, &is_withheld);
    Ok(if run.may_be_shown(&other) { other } else { operation })
}

fn found_by_name(
    mut operation: Operation,
    wanted: &Wanted,
    is_withheld: &dyn Fn(&str) -> bool,
) -> Operation {
    if operation.method == "name_search" {
        let mut kwargs = operation.kwargs.clone();
        let mut domain = kwargs.shift_remove("domain").unwrap_or_else(|| json!([]));
        if let (Some(leaves), Some(name)) = (domain.as_array_mut(), kwargs.shift_remove("name")) {
            leaves.push(json!(["name", "ilike", name]));
        }
        kwargs.insert("domain".into(), domain);
        kwargs.insert("fields".into(), json!(["id", "display_name"]));
        operation = Operation { method: "search_read".into(), kwargs, ..operation };
    }
    let leaves = operation.kwargs.get_mut("domain").and_then(Value::as_array_mut);
    // The caller's own conditions are theirs.
    let own = wanted.domain.len();
    for field in leaves.into_iter().flatten().skip(own).filter_map(|leaf| leaf.get_mut(0)) {
        let tells = field.as_str().is_some_and(|it| it == "display_name" || is_withheld(it));
        if tells {
            *field = "name".into();
        }
    }
    operation
}

/// Asks; where a version lacks one of the usual fields, once more for those that it has.
fn asked(
    make: &dyn Fn(Option<&Schema>) -> Result<Operation>,
    schema: &mut Option<Arc<Schema>>,
    model: &str,
    run: &Run,
) -> Result<String> {
    let question = make(schema.as_deref())?;
    let error = match run.send(question.clone()) {
        Err(error) if error.code == Code::InvalidRequest && schema.is_none() => error,
        outcome => return outcome.map(|reply| reply.get().to_string()),
    };
    *schema = run.filled(model)?;
    match make(schema.as_deref())? {
        other if other != question => run.send(other).map(|reply| reply.get().to_string()),
        _ => Err(error),
    }
}

/// Of those that hold the words, the one that is called so and no more, by its name or its code, if there is exactly
/// one.
pub(super) fn whole_name(wanted: &Wanted, candidates: usize, run: &Run) -> Result<Option<Value>> {
    let whole = Wanted { exact: true, ..wanted.clone() };
    let found = find(&whole, run)?;
    let [one] = found.as_slice() else { return Ok(None) };
    if candidates > 1 {
        run.note(format!(
            "others have {:?} in their names; this is the only one that is called so",
            wanted.query
        ));
    }
    Ok(Some(one.clone()))
}
