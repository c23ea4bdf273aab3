//! What the web client and generic tools ask beside the basics: nested reads,
//! groups, the models there are, who the caller is. None of them changes anything
//! but `web_save`.

use serde_json::{Map, Value, json};

use super::core::{dictionary, find as find_records};
use super::{Call, Method, On};
use crate::sandbox::access::{self, GROUPS, Operation};
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::python::{text_repr, truthy, type_name};
use crate::sandbox::schema::{self, FieldType, Model, translate};
use crate::sandbox::{group, records, search};

const READ: Method = Method {
    name: "",
    signature: "",
    on: On::Every,
    model_level: true,
    readonly: true,
    returns: "",
    doc: "",
    run: has_group,
};

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "web_search_read",
        signature: "domain, specification, offset=0, limit=None, order=None, count_limit=None",
        returns: "dict",
        doc: "Search records and read them as the specification says.",
        run: web_search_read,
        ..READ
    },
    Method {
        name: "web_read",
        signature: "specification",
        model_level: false,
        returns: "list[dict]",
        doc: "Read the records as the specification says.",
        run: web_read,
        ..READ
    },
    Method {
        name: "web_name_search",
        signature: "name, specification, domain=None, operator='ilike', limit=100",
        doc: "Search by name and read the found records as the specification says.",
        run: web_name_search,
        ..READ
    },
    Method {
        name: "get_param",
        signature: "key, default=False",
        on: On::Models(&["ir.config_parameter"]),
        returns: "str | Literal[False]",
        doc: "Retrieve the value of a key.",
        run: get_param,
        ..READ
    },
    Method {
        name: "check",
        signature: "model, mode='read', raise_exception=True",
        on: On::Models(&["ir.model.access"]),
        returns: "bool",
        doc: "Whether the groups of the user allow it.",
        run: check_model,
        ..READ
    },
    Method {
        name: "web_save",
        signature: "vals, specification, next_id=None",
        model_level: false,
        readonly: false,
        returns: "list[dict]",
        doc: "Create or update, then read back.",
        run: web_save,
        ..READ
    },
    Method {
        name: "web_save_multi",
        signature: "vals_list, specification",
        model_level: false,
        readonly: false,
        returns: "list[dict]",
        doc: "Update each record with values of its own, then read back.",
        run: web_save_multi,
        ..READ
    },
    Method {
        name: "read_group",
        signature: "domain, fields, groupby, offset=0, limit=None, orderby=False, lazy=True",
        doc: "Deprecated - Get the list of records in list view grouped by the given groupby fields.",
        run: group::read_group,
        ..READ
    },
    Method {
        name: "formatted_read_group",
        signature: "domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None",
        returns: "list[dict]",
        doc: "Aggregate the records that satisfy the domain, by group.",
        run: formatted_read_group,
        ..READ
    },
    Method {
        name: "get_available_models",
        on: On::Models(&["ir.model"]),
        returns: "list[dict]",
        doc: "Return the models that the user may read.",
        run: available_models,
        ..READ
    },
    Method {
        name: "display_name_for",
        signature: "models",
        on: On::Models(&["ir.model"]),
        returns: "list[dict]",
        doc: "Return the names of some models.",
        run: display_name_for,
        ..READ
    },
    Method {
        name: "context_get",
        on: On::Models(&["res.users"]),
        returns: "dict",
        doc: "Return the language, the time zone and the id of the user.",
        run: context_get,
        ..READ
    },
    Method {
        name: "has_group",
        signature: "group_ext_id",
        on: On::Models(&["res.users"]),
        model_level: false,
        returns: "bool",
        doc: "Return whether the user belongs to the group.",
        run: has_group,
        ..READ
    },
];

fn web_search_read(env: &mut Env, call: &Call) -> Outcome<Value> {
    let wanted = specification(call, "keys")?;
    let ids = find_records(env, call)?;
    let all = search::search(env, call.model, call.get("domain"), 0, call.count("count_limit"), "id")?.len();
    let records = nested(env, call.model, &ids, &wanted)?;
    Ok(json!({"length": all.max(ids.len()), "records": records}))
}

fn web_read(env: &mut Env, call: &Call) -> Outcome<Value> {
    read_back(env, call, &call.ids)
}

fn web_name_search(env: &mut Env, call: &Call) -> Outcome<Value> {
    let wanted = specification(call, "__len__")?;
    let pairs = super::core::name_search(env, call)?;
    let pairs = pairs.as_array().cloned().unwrap_or_default();
    if wanted.len() == 1 && wanted.contains_key("display_name") {
        let named = pairs
            .iter()
            .map(|pair| json!({"id": pair[0], "display_name": pair[1], "__formatted_display_name": pair[1]}));
        return Ok(named.collect());
    }
    let ids: Vec<i64> = pairs.iter().filter_map(|pair| pair[0].as_i64()).collect();
    nested(env, call.model, &ids, &wanted).map(Value::Array)
}

fn get_param(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Read)?;
    let key = call.text("key");
    let found = env.world.rows(call.model.name).find(|(_, row)| row.get("key") == Some(&json!(key)));
    Ok(found.and_then(|(_, row)| row.get("value").cloned()).unwrap_or_else(|| call.get("default").clone()))
}

fn check_model(env: &mut Env, call: &Call) -> Outcome<Value> {
    let Some(operation) = Operation::parse(call.text("mode")) else {
        return Err(Fault::assertion("Invalid access mode"));
    };
    let Some(model) = schema::find(call.text("model")) else { return Ok(json!(false)) };
    if truthy(call.get("raise_exception")) {
        access::check(env, model, operation)?;
    }
    Ok(json!(access::allowed(env, model, operation)))
}

/// What a specification names of some records.
fn read_back(env: &Env, call: &Call, ids: &[i64]) -> Outcome<Value> {
    nested(env, call.model, ids, &specification(call, "items")?).map(Value::Array)
}

/// A specification is walked through as a dictionary.
fn specification(call: &Call, how: &str) -> Outcome<Map<String, Value>> {
    match call.get("specification") {
        Value::Object(map) => Ok(map.clone()),
        other => Err(Fault::attribute(type_name(other), how)),
    }
}

fn web_save_multi(env: &mut Env, call: &Call) -> Outcome<Value> {
    let list = call.get("vals_list").as_array().cloned().unwrap_or_default();
    if list.len() != call.ids.len() {
        return Err(Fault::value("Each record must have a corresponding vals entry."));
    }
    for (id, vals) in call.ids.iter().zip(&list) {
        records::write(env, call.model, &[*id], &dictionary(call.model, vals)?)?;
    }
    read_back(env, call, &call.ids)
}

fn web_save(env: &mut Env, call: &Call) -> Outcome<Value> {
    let vals = dictionary(call.model, call.get("vals"))?;
    let ids = if call.ids.is_empty() {
        records::create(env, call.model, &[vals])?
    } else {
        records::write(env, call.model, &call.ids, &vals)?;
        call.ids.clone()
    };
    let gone = ids.iter().any(|id| !env.exists(call.model.name, *id));
    if gone { Ok(json!([])) } else { read_back(env, call, &ids) }
}

/// Rows in which a relation shows the fields that its own specification names.
fn nested(
    env: &Env,
    model: &'static Model,
    ids: &[i64],
    specification: &Map<String, Value>,
) -> Outcome<Vec<Value>> {
    let names: Vec<String> = specification.keys().cloned().collect();
    if names.is_empty() || names == ["id"] {
        return Ok(ids.iter().map(|id| json!({"id": id})).collect());
    }
    let mut rows = records::read(env, model, ids, &names, false)?;
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        for (name, inner) in specification {
            let Some(field) = model.field(name) else { continue };
            let (Some(target), Some(wanted)) =
                (field.relation().and_then(schema::find), inner.get("fields").and_then(Value::as_object))
            else {
                continue;
            };
            let linked = match row.get(name) {
                Some(Value::Number(id)) => id.as_i64().into_iter().collect(),
                Some(list) => crate::sandbox::env::ids_of(list),
                None => Vec::new(),
            };
            let mut inside = nested(env, target, &linked, wanted)?;
            let value = match field.kind {
                FieldType::Many2one(_) if inside.is_empty() => json!(false),
                FieldType::Many2one(_) => inside.swap_remove(0),
                _ => Value::Array(inside),
            };
            row.insert(name.clone(), value);
        }
    }
    Ok(rows)
}

fn formatted_read_group(env: &mut Env, call: &Call) -> Outcome<Value> {
    group::formatted(env, call)
}

fn available_models(env: &mut Env, _: &Call) -> Outcome<Value> {
    let language = env.language();
    let models = schema::models()
        .filter(|model| access::allowed(env, model, Operation::Read) && !model.fields.is_empty());
    Ok(models
        .map(|model| json!({"display_name": translate(language, model.label), "model": model.name}))
        .collect())
}

fn display_name_for(env: &mut Env, call: &Call) -> Outcome<Value> {
    let language = env.language();
    let names = call.names("models").into_iter().map(|name| {
        let model = schema::find(&name).filter(|model| access::allowed(env, model, Operation::Read));
        let shown = model.map_or_else(|| name.clone(), |model| translate(language, model.label).to_owned());
        json!({"display_name": shown, "model": name})
    });
    Ok(names.collect())
}

fn context_get(env: &mut Env, _: &Call) -> Outcome<Value> {
    let own = |name: &str| {
        env.row("res.users", env.user).and_then(|row| row.get(name)).cloned().unwrap_or(json!(false))
    };
    Ok(json!({"lang": own("lang"), "tz": own("tz"), "uid": env.user}))
}

fn has_group(env: &mut Env, call: &Call) -> Outcome<Value> {
    let user = call.single()?;
    let group = call.text("group_ext_id");
    if user != env.user && !env.has_group("base.group_erp_manager") {
        return Err(Fault::access("You can ony call user.has_group() with your current user."));
    }
    if !group.contains('.') {
        return Err(Fault::value(format!("External ID must be fully qualified: {}", text_repr(group))));
    }
    let known = GROUPS.iter().any(|(_, name, _)| *name == group);
    Ok(json!(known && access::user_has_group(env, user, group)))
}
