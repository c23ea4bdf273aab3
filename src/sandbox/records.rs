//! Create, read, write, unlink, copy: the same for every model, under the rights of the
//! caller and the constraints of the schema. What a particular model does on top is
//! `business`'.

use serde_json::{Map, Value, json};

use super::access::{self, Operation};
use super::env::Env;
use super::fault::{Fault, Outcome};
use super::python::text_repr;
use super::schema::{Field, FieldType, Model, Preset, Source, find};
use super::{business, commands, computed, search, values};

/// Values of a record, by field.
pub type Values = Map<String, Value>;

const UNWRITABLE: &[&str] = &["id", "create_uid", "create_date", "write_uid", "write_date", "display_name"];

/// Rows of some fields; ids that are not there are left out.
pub fn read(
    env: &Env,
    model: &'static Model,
    ids: &[i64],
    names: &[String],
    load: bool,
) -> Outcome<Vec<Value>> {
    access::check(env, model, Operation::Read)?;
    let fields = fields_to_read(env, model, names)?;
    let ids: Vec<i64> = ids.iter().copied().filter(|id| env.exists(model.name, *id)).collect();
    access::check_rows(env, model, &ids, Operation::Read)?;
    if !ids.is_empty() {
        for field in &fields {
            access::check_relation(env, model, field)?;
        }
    }
    Ok(ids.iter().map(|id| row(env, model, *id, &fields, load)).collect())
}

fn fields_to_read(env: &Env, model: &'static Model, names: &[String]) -> Outcome<Vec<&'static Field>> {
    if names.is_empty() {
        return Ok(model.all_fields().filter(|field| access::field_visible(env, field)).collect());
    }
    let mut fields: Vec<&'static Field> = Vec::new();
    for name in names {
        let field = model.field(name).ok_or_else(|| {
            Fault::value(format!("Invalid field {} on {}", text_repr(name), text_repr(model.name))).gap()
        })?;
        access::check_field(env, model, field, Operation::Read)?;
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    }
    Ok(fields)
}

fn row(env: &Env, model: &'static Model, id: i64, fields: &[&'static Field], load: bool) -> Value {
    let mut row = Map::from_iter([("id".to_owned(), json!(id))]);
    for field in fields {
        let value = env.value(model, id, field);
        row.insert(field.name.to_owned(), if load { with_name(env, field, value) } else { value });
    }
    Value::Object(row)
}

/// A many2one as `[id, name]`.
pub fn with_name(env: &Env, field: &Field, value: Value) -> Value {
    match (field.kind, value.as_i64()) {
        (FieldType::Many2one(target), Some(id)) => match find(target) {
            Some(target) => json!([id, computed::name_of(env, target, id)]),
            None => value,
        },
        _ => value,
    }
}

/// What a new record of a model starts with, the context's `default_` keys first.
pub fn defaults(env: &Env, model: &'static Model, wanted: impl Fn(&str) -> bool) -> Values {
    let mut found = Values::new();
    for field in model.all_fields().filter(|field| wanted(field.name)) {
        let from_context = env.context.get(&format!("default_{}", field.name)).cloned();
        let value = from_context.or_else(|| preset(env, field));
        if let Some(value) = value {
            found.insert(field.name.to_owned(), value);
        }
    }
    found
}

fn preset(env: &Env, field: &Field) -> Option<Value> {
    Some(match field.preset {
        Preset::Text(text) => json!(text),
        Preset::Number(number) if matches!(field.kind, FieldType::Float | FieldType::Monetary) => {
            json!(number as f64)
        }
        Preset::Number(number) => json!(number),
        Preset::True => json!(true),
        Preset::Today => json!(env.today()),
        Preset::Now => json!(env.now_text()),
        Preset::User => json!(env.user),
        Preset::Company => json!(env.company()),
        Preset::Currency => env.row("res.company", env.company())?.get("currency_id")?.clone(),
        Preset::First => {
            let target = find(field.relation()?)?;
            let mut ids = env.world.ids(target.name);
            search::sort(env, target, &mut ids, target.order).ok()?;
            json!(ids.first()?)
        }
        Preset::None | Preset::Sequence(_) => return None,
    })
}

fn check_names(env: &Env, model: &'static Model, vals: &Values, operation: Operation) -> Outcome<()> {
    for name in vals.keys() {
        let field = model.field(name).ok_or_else(|| {
            Fault::value(format!("Invalid field {} in {}", text_repr(name), text_repr(model.name))).gap()
        })?;
        access::check_field(env, model, field, operation)?;
    }
    Ok(())
}

/// Creates records and gives their ids.
pub fn create(env: &mut Env, model: &'static Model, vals_list: &[Values]) -> Outcome<Vec<i64>> {
    access::check(env, model, Operation::Create)?;
    let mut created = Vec::new();
    for vals in vals_list {
        check_names(env, model, vals, Operation::Create)?;
        let mut vals = vals.clone();
        for (name, value) in defaults(env, model, |name| !vals.contains_key(name)) {
            vals.insert(name, value);
        }
        business::before_create(env, model, &mut vals)?;
        let stamp = env.now_text();
        let id = env.world.insert(
            model.name,
            Map::from_iter([
                ("create_uid".to_owned(), json!(env.user)),
                ("create_date".to_owned(), json!(stamp)),
                ("write_uid".to_owned(), json!(env.user)),
                ("write_date".to_owned(), json!(stamp)),
            ]),
        );
        number_sequences(env, model, id, &vals);
        set_all(env, model, id, &vals, true)?;
        business::after_change(env, model, id, &vals, true)?;
        check_constraints(env, model, id)?;
        created.push(id);
    }
    Ok(created)
}

fn number_sequences(env: &mut Env, model: &'static Model, id: i64, vals: &Values) {
    for field in model.fields.iter().filter(|field| !vals.contains_key(field.name)) {
        if let Preset::Sequence(prefix) = field.preset {
            env.world.set(model.name, id, field.name, json!(format!("{prefix}{id:05}")));
        }
    }
}

fn set_all(env: &mut Env, model: &'static Model, id: i64, vals: &Values, creating: bool) -> Outcome<()> {
    let known = vals.iter().filter_map(|(name, value)| model.field(name).map(|field| (field, value)));
    // Lines come last: they may look at their owner.
    let (lines, plain): (Vec<_>, Vec<_>) = known.partition(|(field, _)| field.is_x2many());
    for (field, value) in plain.into_iter().filter(|(field, _)| !UNWRITABLE.contains(&field.name)) {
        match (field.inverse, field.source) {
            (Some((target, means_true)), _) => {
                env.world.set(model.name, id, target, json!(value.as_str() == Some(means_true)))
            }
            (None, Source::Related(path)) if model.name == "res.users" => {
                // A user is a partner too: these fields are the partner's.
                if let (Some(("partner_id", name)), Some(partners)) =
                    (path.split_once('.'), find("res.partner"))
                {
                    let partner = env.user_partner(id);
                    write(env, partners, &[partner], &Map::from_iter([(name.to_owned(), value.clone())]))?;
                }
            }
            (None, Source::Stored) => {
                let value = values::convert(env, model, field, value, creating)?;
                env.world.set(model.name, id, field.name, value);
            }
            _ => {}
        }
    }
    for (field, value) in lines.into_iter().filter(|(_, value)| !commands::is_nothing(value)) {
        commands::apply(env, model, id, field, value)?;
    }
    Ok(())
}

/// Writes the same values to some records. Without ids nothing happens and nobody complains.
pub fn write(env: &mut Env, model: &'static Model, ids: &[i64], vals: &Values) -> Outcome<()> {
    if ids.is_empty() {
        return Ok(());
    }
    access::check(env, model, Operation::Write)?;
    check_names(env, model, vals, Operation::Write)?;
    let ids = &there(env, model, ids)?;
    access::check_rows(env, model, ids, Operation::Write)?;
    business::before_write(env, model, ids, vals)?;
    for id in ids {
        set_all(env, model, *id, vals, false)?;
        if vals.keys().any(|name| !UNWRITABLE.contains(&name.as_str())) {
            env.world.set(model.name, *id, "write_uid", json!(env.user));
            env.world.set(model.name, *id, "write_date", json!(env.now_text()));
        }
        business::after_change(env, model, *id, vals, false)?;
        check_constraints(env, model, *id)?;
    }
    Ok(())
}

/// The ids that are there. Those that are not are missed only where a record rule looks at them: SQL does not say
/// that it found nothing to change.
pub fn there(env: &Env, model: &Model, ids: &[i64]) -> Outcome<Vec<i64>> {
    if model.ruled {
        check_there(env, model, ids)?;
    }
    Ok(ids.iter().copied().filter(|id| env.exists(model.name, *id)).collect())
}

/// Refuses ids that are not there.
pub fn check_there(env: &Env, model: &Model, ids: &[i64]) -> Outcome<()> {
    let missing: Vec<i64> = ids.iter().copied().filter(|id| !env.exists(model.name, *id)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::missing(model.name, &missing, env.user)) }
}

fn check_constraints(env: &Env, model: &'static Model, id: i64) -> Outcome<()> {
    let Some(row) = env.row(model.name, id) else { return Ok(()) };
    for field in model.fields.iter().filter(|field| field.not_null && field.stored()) {
        let fills = row.contains_key(field.name)
            || matches!(field.kind, FieldType::Integer | FieldType::Float | FieldType::Boolean);
        if !fills {
            return Err(Fault::integrity(values::is_missing(model, field)));
        }
    }
    for (fields, message) in model.unique {
        let value =
            |row: &Values| fields.iter().map(|name| row.get(*name).cloned()).collect::<Option<Vec<_>>>();
        // PostgreSQL holds no empty value equal to another.
        if let Some(own) = value(row)
            && env.world.rows(model.name).any(|(other, row)| other != id && value(row).as_ref() == Some(&own))
        {
            return Err(Fault::integrity(message));
        }
    }
    if !model.parent.is_empty() {
        let parent =
            |id: i64| env.row(model.name, id).and_then(|row| row.get(model.parent)).and_then(Value::as_i64);
        let mut at = parent(id);
        let mut steps = 0;
        while let Some(above) = at {
            steps += 1;
            if above == id || steps > 1000 {
                return Err(business::recursion(model, steps));
            }
            at = parent(above);
        }
    }
    Ok(())
}

/// Copies records; `changes` overrule what is taken over.
pub fn copy(env: &mut Env, model: &'static Model, ids: &[i64], changes: &Values) -> Outcome<Vec<i64>> {
    check_there(env, model, ids)?;
    let mut copies = Vec::new();
    for id in ids {
        let mut vals = Values::new();
        for field in model.fields.iter().filter(|field| field.copy && access::field_visible(env, field)) {
            let value = match (field.kind, field.relation().and_then(find)) {
                (FieldType::One2many(_, inverse), Some(target)) => {
                    lines_of(env, model, *id, field, target, inverse)
                }
                _ if !field.stored() => continue,
                _ => env
                    .row(model.name, *id)
                    .and_then(|row| row.get(field.name))
                    .cloned()
                    .unwrap_or(json!(false)),
            };
            vals.insert(field.name.to_owned(), value);
        }
        if let Some(name) = vals.get("name").and_then(Value::as_str).filter(|_| model.name_field == "name") {
            let name = format!("{name} (copy)");
            vals.insert("name".to_owned(), json!(name));
        }
        if model.name == "res.users" {
            // Odoo copies a user under another login.
            vals.insert("login".to_owned(), json!(format!("{} (copy)", env.text(model.name, *id, "login"))));
        }
        vals.extend(changes.clone());
        copies.extend(create(env, model, &[vals])?);
    }
    Ok(copies)
}

fn lines_of(
    env: &Env,
    model: &Model,
    id: i64,
    field: &Field,
    target: &'static Model,
    inverse: &str,
) -> Value {
    let lines = env.links(model.name, id, field.name).into_iter().filter_map(|line| {
        let row = env.row(target.name, line)?;
        let kept = row.iter().filter(|(name, _)| {
            *name != inverse
                && target.field(name).is_some_and(|field| field.copy && !UNWRITABLE.contains(&field.name))
        });
        Some(json!([0, 0, kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Values>()]))
    });
    Value::Array(lines.collect())
}
