//! Views as the web client asks for them. The stand-in has no views of its own: each is made of the first fields of
//! the model, as Odoo makes one where a model has none. It reads no record.

use serde_json::{Map, Value, json};

use super::{Call, Method, On};
use crate::sandbox::access::{self, Operation};
use crate::sandbox::describe;
use crate::sandbox::env::Env;
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::schema::{Field, FieldType, Model, translate};

/// Fields that a view shows.
const SHOWN: usize = 6;

/// Types of views that every model has.
const TYPES: [&str; 4] = ["form", "kanban", "list", "search"];

pub(super) const METHODS: &[Method] = &[Method {
    name: "get_views",
    signature: "views, options=None",
    on: On::Every,
    model_level: true,
    readonly: true,
    returns: "",
    doc: "Returns the fields_views of given views, along with the fields of the current model.",
    run: get_views,
}];

fn get_views(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Read)?;
    let asked = call.get("views").as_array().cloned().unwrap_or_default();
    let names: Vec<String> = shown(env, call.model).map(|field| field.name.to_owned()).collect();
    let label = translate(env.language(), call.model.label);
    let mut views = Map::new();
    for view in asked {
        let kind = view[1].as_str().unwrap_or_default();
        if !TYPES.contains(&kind) {
            return Err(Fault::value(format!("Wrong value for ir.ui.view.type: {kind:?}")));
        }
        let fields: String = names.iter().map(|name| format!("<field name=\"{name}\"/>")).collect();
        let arch = format!("<{kind} string=\"{label}\">{fields}</{kind}>");
        views.insert(kind.to_owned(), json!({"arch": arch, "id": false, "model": call.model.name}));
    }
    let fields = describe::fields(env, call.model, &names, &[]);
    let mut models = Map::new();
    models.insert(call.model.name.to_owned(), json!({ "fields": fields }));
    Ok(json!({"views": views, "models": models}))
}

/// What names a record, then its other plain fields.
fn shown<'e>(env: &'e Env, model: &'static Model) -> impl Iterator<Item = &'static Field> + 'e {
    let is_plain = |field: &&Field| {
        !field.is_x2many()
            && !matches!(
                field.kind,
                FieldType::Html | FieldType::Text | FieldType::Binary | FieldType::Reference
            )
    };
    let own = model.fields.iter().filter(is_plain).filter(|field| field.name != model.name_field);
    let named = model.field(model.name_field);
    named.into_iter().chain(own).filter(|field| access::field_visible(env, field)).take(SHOWN)
}
