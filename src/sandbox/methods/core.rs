//! The methods that every model has: search, read, create, write, unlink, copy and their
//! kin. They read their arguments, call the engine and shape its answer; rules about
//! records are not here.

use serde_json::{Map, Value, json};

use super::{Call, Method, On};
use crate::sandbox::access::{self, Operation};
use crate::sandbox::domain::Domain;
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::python::{text_repr, truthy, type_name};
use crate::sandbox::schema::{Field, Model};
use crate::sandbox::{computed, deletion, describe, records, search, xmlids};

const fn reading(
    name: &'static str,
    signature: &'static str,
    returns: &'static str,
    run: fn(&mut Env, &Call) -> Outcome<Value>,
    doc: &'static str,
) -> Method {
    Method { name, signature, on: On::Every, model_level: true, readonly: true, returns, doc, run }
}

const fn changing(
    name: &'static str,
    signature: &'static str,
    returns: &'static str,
    run: fn(&mut Env, &Call) -> Outcome<Value>,
    doc: &'static str,
) -> Method {
    Method { name, signature, on: On::Every, model_level: false, readonly: false, returns, doc, run }
}

pub(super) const METHODS: &[Method] = &[
    reading(
        "search",
        "domain, offset=0, limit=None, order=None",
        "list[int]",
        search_ids,
        "Search for the records that satisfy the given domain.",
    ),
    reading(
        "search_count",
        "domain, limit=None",
        "int",
        search_count,
        "Return the number of records that satisfy the given domain.",
    ),
    reading(
        "search_read",
        "domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs",
        "list[ValuesType]",
        search_read,
        "Perform a search followed by a read.",
    ),
    Method {
        model_level: false,
        ..reading(
            "read",
            "fields=None, load='_classic_read'",
            "list[ValuesType]",
            read,
            "Read the requested fields of the records.",
        )
    },
    Method {
        model_level: true,
        ..changing("create", "vals_list", "list[int]", create, "Create new records for the model.")
    },
    changing("write", "vals", "typing.Literal[True]", write, "Update the records with the provided values."),
    changing("unlink", "", "typing.Literal[True]", unlink, "Delete the records."),
    changing(
        "copy",
        "default=None",
        "list[int]",
        copy,
        "Duplicate the records, updating them with default values.",
    ),
    reading(
        "name_search",
        "name='', domain=None, operator='ilike', limit=100",
        "list[tuple[int, str]]",
        name_search,
        "Search for records that have a display name matching the given pattern.",
    ),
    Method {
        model_level: true,
        ..changing(
            "name_create",
            "name",
            "tuple[int, str] | False",
            name_create,
            "Create a new record with only one value: the display name.",
        )
    },
    reading(
        "fields_get",
        "allfields=None, attributes=None",
        "dict[str, dict]",
        fields_get,
        "Return the definition of each field.",
    ),
    reading("default_get", "fields", "dict", default_get, "Return default values for the fields."),
    Method {
        model_level: false,
        ..reading(
            "has_access",
            "operation",
            "bool",
            has_access,
            "Return whether the operation is allowed on the records.",
        )
    },
    reading(
        "check_access_rights",
        "operation, raise_exception=True",
        "",
        check_access_rights,
        "Verify that the operation is allowed for the current user.",
    ),
    Method {
        model_level: false,
        ..reading("get_metadata", "", "list[dict]", get_metadata, "Return some metadata about the records.")
    },
    Method {
        model_level: false,
        ..reading("get_external_id", "", "dict", get_external_id, "Return the external id of the records.")
    },
    Method {
        on: On::Archivable,
        ..changing("action_archive", "", "", archive, "Set active to False on the records.")
    },
    Method {
        on: On::Archivable,
        ..changing("action_unarchive", "", "", unarchive, "Set active to True on the records.")
    },
    Method {
        on: On::Archivable,
        ..changing("toggle_active", "", "", toggle, "Invert the value of active on the records.")
    },
];

/// Order, offset and limit of a search.
pub(super) fn find(env: &Env, call: &Call) -> Outcome<Vec<i64>> {
    check_counts(call)?;
    let order = call.text("order");
    search::search(
        env,
        call.model,
        call.get("domain"),
        call.count("offset").unwrap_or(0),
        call.count("limit"),
        order,
    )
}

/// A count is PostgreSQL's to read: text of digits is one, and what is none must not widen a search.
pub fn check_counts(call: &Call) -> Outcome<()> {
    for (name, clause) in [("limit", "LIMIT"), ("offset", "OFFSET"), ("count_limit", "LIMIT")] {
        match call.get(name) {
            Value::Number(count) if count.as_f64().is_some_and(|count| count < 0.0) => {
                return Err(Fault::negative(clause));
            }
            Value::String(text) if !text.is_empty() => match text.trim().parse::<i64>() {
                Ok(count) if count < 0 => return Err(Fault::negative(clause)),
                Ok(_) => {}
                Err(_) => {
                    let message = format!("invalid input syntax for type bigint: {}\n", json!(text));
                    return Err(Fault::database_text(message));
                }
            },
            Value::Bool(true) => return Err(Fault::no_count(clause, "boolean")),
            Value::Array(items) if !items.is_empty() => return Err(Fault::no_count(clause, "integer[]")),
            Value::Object(map) if !map.is_empty() => return Err(Fault::no_adapter()),
            _ => {}
        }
    }
    Ok(())
}

fn search_ids(env: &mut Env, call: &Call) -> Outcome<Value> {
    find(env, call).map(|ids| json!(ids))
}

fn search_count(env: &mut Env, call: &Call) -> Outcome<Value> {
    find(env, call).map(|ids| json!(ids.len()))
}

fn field_names(call: &Call, name: &str) -> Outcome<Vec<String>> {
    match call.get(name) {
        Value::Array(items) => items
            .iter()
            .map(|item| match item.as_str() {
                Some(name) => Ok(name.to_owned()),
                None => Err(Fault::value(format!(
                    "Invalid field {} on {}",
                    crate::sandbox::python::repr(item),
                    text_repr(call.model.name)
                ))),
            })
            .collect(),
        value if !truthy(value) => Ok(Vec::new()),
        // Python walks through a string letter by letter, and through the keys of a dictionary.
        Value::String(text) => Ok(text.chars().map(String::from).collect()),
        Value::Object(map) => Ok(map.keys().cloned().collect()),
        other => Err(Fault::kind(format!("'{}' object is not iterable", type_name(other)))),
    }
}

fn search_read(env: &mut Env, call: &Call) -> Outcome<Value> {
    let fields = field_names(call, "fields")?;
    let domain = if truthy(call.get("domain")) { call.get("domain").clone() } else { json!([]) };
    let (offset, limit) = (call.count("offset").unwrap_or(0), call.count("limit"));
    check_counts(call)?;
    access::check(env, call.model, Operation::Read)?;
    let ids = search::search(env, call.model, &domain, offset, limit, call.text("order"))?;
    env.context.shift_remove("active_test");
    let load = call.extra.get("load").is_none_or(|load| load == "_classic_read");
    let rows = records::read(env, call.model, &ids, &fields, load)?;
    if let Some(name) = call.extra.keys().find(|name| *name != "load") {
        let message = format!("BaseModel._read_format() got an unexpected keyword argument '{name}'");
        return Err(Fault::kind(message));
    }
    Ok(Value::Array(rows))
}

fn read(env: &mut Env, call: &Call) -> Outcome<Value> {
    let fields = field_names(call, "fields")?;
    let load = call.text("load") == "_classic_read";
    if fields == ["id"] {
        return echo(env, call);
    }
    records::read(env, call.model, &call.ids, &fields, load).map(Value::Array)
}

/// Ids alone are given back as they came: nothing has to be looked up for them, in Odoo neither.
pub(super) fn echo(env: &Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Read)?;
    Ok(call.ids.iter().map(|id| json!({"id": id})).collect())
}

/// Values as Odoo walks through them: what stands in no dictionary is taken for the names of fields.
pub(super) fn dictionary(model: &Model, value: &Value) -> Outcome<Map<String, Value>> {
    let first = match value {
        Value::Object(map) => return Ok(map.clone()),
        Value::Array(items) => items.first().cloned(),
        Value::String(text) => text.chars().next().map(|letter| letter.to_string().into()),
        other => return Err(Fault::kind(format!("'{}' object is not iterable", type_name(other)))),
    };
    let Some(name) = first else { return Err(Fault::attribute(type_name(value), "items")) };
    let name = crate::sandbox::python::repr(&name);
    Err(Fault::value(format!("Invalid field {name} in {}", text_repr(model.name))))
}

fn create(env: &mut Env, call: &Call) -> Outcome<Value> {
    let wrong = || Fault::kind("create() expects a dictionary or a list of dictionaries");
    let list: Vec<Map<String, Value>> = match call.get("vals_list") {
        Value::Object(vals) => vec![vals.clone()],
        Value::Array(list) => {
            list.iter().map(|vals| vals.as_object().cloned().ok_or_else(wrong)).collect::<Outcome<_>>()?
        }
        _ => return Err(wrong()),
    };
    records::create(env, call.model, &list).map(|ids| json!(ids))
}

fn write(env: &mut Env, call: &Call) -> Outcome<Value> {
    let vals = dictionary(call.model, call.get("vals"))?;
    // Users may change a few things about themselves.
    const OWN: &[&str] = &["lang", "tz", "signature", "notification_type"];
    let own = call.model.name == "res.users"
        && call.ids == [env.user]
        && vals.keys().all(|name| OWN.contains(&name.as_str()));
    if own {
        env.as_superuser(|env| records::write(env, call.model, &call.ids, &vals))?;
    } else {
        records::write(env, call.model, &call.ids, &vals)?;
    }
    Ok(json!(true))
}

fn unlink(env: &mut Env, call: &Call) -> Outcome<Value> {
    deletion::unlink(env, call.model, &call.ids)?;
    Ok(json!(true))
}

fn copy(env: &mut Env, call: &Call) -> Outcome<Value> {
    if let Value::String(text) = call.get("default")
        && !text.is_empty()
    {
        return Err(Fault::value("dictionary update sequence element #0 has length 1; 2 is required"));
    }
    records::copy(env, call.model, &call.ids, &call.object("default")).map(|ids| json!(ids))
}

pub(super) fn name_search(env: &mut Env, call: &Call) -> Outcome<Value> {
    check_counts(call)?;
    access::check(env, call.model, Operation::Read)?;
    let mut domain = vec![json!(["display_name", call.get("operator"), call.get("name")])];
    let extra = call.get("domain");
    if truthy(extra) {
        Domain::check(extra)?;
        domain.extend(extra.as_array().cloned().unwrap_or_default());
    }
    let domain = Domain::parse(env, call.model, &Value::Array(domain))?;
    let mut ids = search::matching(env, call.model, &domain);
    search::sort(env, call.model, &mut ids, call.model.order)?;
    ids.truncate(call.count("limit").unwrap_or(usize::MAX));
    Ok(ids.into_iter().map(|id| json!([id, computed::name_of(env, call.model, id)])).collect())
}

fn name_create(env: &mut Env, call: &Call) -> Outcome<Value> {
    if call.model.field(call.model.name_field).is_none() {
        return Ok(json!(false));
    }
    let vals = Map::from_iter([(call.model.name_field.to_owned(), call.get("name").clone())]);
    let ids = records::create(env, call.model, &[vals])?;
    let id = ids.first().copied().unwrap_or(0);
    Ok(json!([id, computed::name_of(env, call.model, id)]))
}

fn fields_get(env: &mut Env, call: &Call) -> Outcome<Value> {
    Ok(describe::fields(env, call.model, &call.names("allfields"), &call.names("attributes")))
}

fn default_get(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Create)?;
    let wanted = call.names("fields");
    let mut found = records::defaults(env, call.model, |name| wanted.iter().any(|each| each == name));
    for (name, value) in found.iter_mut() {
        // Records of a default are given as one command.
        if call.model.field(name).is_some_and(Field::is_x2many) && !value[0].is_array() {
            *value = json!([[6, 0, crate::sandbox::env::ids_of(value)]]);
        }
        if name == "display_name" && !truthy(value) {
            *value = Value::Null;
        }
    }
    Ok(Value::Object(found))
}

fn operation(call: &Call) -> Outcome<Operation> {
    Operation::parse(call.text("operation")).ok_or_else(|| Fault::assertion("Invalid access mode"))
}

fn has_access(env: &mut Env, call: &Call) -> Outcome<Value> {
    let operation = operation(call)?;
    if !access::allowed(env, call.model, operation) {
        return Ok(json!(false));
    }
    if call.model.ruled {
        records::check_there(env, call.model, &call.ids)?;
    }
    Ok(json!(call.ids.iter().all(|id| access::row_visible(env, call.model, *id))))
}

fn check_access_rights(env: &mut Env, call: &Call) -> Outcome<Value> {
    let operation = operation(call)?;
    if truthy(call.get("raise_exception")) {
        // The deprecated method gives what its successor gives: nothing.
        access::check(env, call.model, operation)?;
        return Ok(Value::Null);
    }
    Ok(json!(access::allowed(env, call.model, operation)))
}

fn get_metadata(env: &mut Env, call: &Call) -> Outcome<Value> {
    let fields = ["create_uid", "create_date", "write_uid", "write_date"].map(str::to_owned);
    let mut rows = records::read(env, call.model, &call.ids, &fields, true)?;
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        let id = row.get("id").and_then(Value::as_i64).unwrap_or(0);
        let name = xmlids::of(env, call.model.name, id);
        let names: Vec<Value> = name.iter().map(|name| json!({"xmlid": name, "noupdate": false})).collect();
        row.insert("xmlids".to_owned(), json!(names));
        row.insert("xmlid".to_owned(), name.map_or(json!(false), |name| json!(name)));
        row.insert("noupdate".to_owned(), json!(false));
    }
    Ok(Value::Array(rows))
}

fn get_external_id(env: &mut Env, call: &Call) -> Outcome<Value> {
    let name = |id: i64| xmlids::of(env, call.model.name, id).unwrap_or_default();
    Ok(Value::Object(call.ids.iter().map(|id| (id.to_string(), json!(name(*id)))).collect()))
}

fn set_active(env: &mut Env, call: &Call, active: impl Fn(bool) -> bool) -> Outcome<Value> {
    records::check_there(env, call.model, &call.ids)?;
    for id in &call.ids {
        let now = env.flag(call.model.name, *id, "active");
        if active(now) != now || !env.exists(call.model.name, *id) {
            let vals = Map::from_iter([("active".to_owned(), json!(active(now)))]);
            records::write(env, call.model, &[*id], &vals)?;
        }
    }
    Ok(Value::Null)
}

fn archive(env: &mut Env, call: &Call) -> Outcome<Value> {
    set_active(env, call, |_| false)
}

fn unarchive(env: &mut Env, call: &Call) -> Outcome<Value> {
    set_active(env, call, |_| true)
}

fn toggle(env: &mut Env, call: &Call) -> Outcome<Value> {
    set_active(env, call, |now| !now)
}
