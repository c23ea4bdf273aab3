//! A model described to others: `fields_get` and the documents behind
//! `/doc-bearer`. It reads the schema and the caller's rights, never a
//! record.

use serde_json::{Map, Value, json};

use super::access::{self, Operation};
use super::env::Env;
use super::methods::{self, methods_of};
use super::schema::{self, Field, FieldType, Model, Source, Sql, translate};

/// Models that have a parent in Odoo, though not here.
pub const INHERITS_A_TREE: &[&str] = &["res.users", "sale.order.line", "mail.message"];

/// `fields_get`: the wanted fields (none means all) with the wanted attributes (none means all).
pub fn fields(env: &Env, model: &'static Model, wanted: &[String], attributes: &[String]) -> Value {
    let shown = model
        .all_fields()
        .filter(|field| wanted.is_empty() || wanted.iter().any(|name| name == field.name))
        .filter(|field| access::field_visible(env, field));
    let described = shown.map(|field| {
        let mut all = attributes_of(env, model, field);
        all.retain(|name, _| attributes.is_empty() || attributes.iter().any(|each| each == name));
        (field.name.to_owned(), Value::Object(all))
    });
    Value::Object(described.collect())
}

fn attributes_of(env: &Env, model: &Model, field: &Field) -> Map<String, Value> {
    let language = env.language();
    let has_column = field.sql == Sql::Column;
    let stored = match field.kind {
        FieldType::One2many(..) | FieldType::Thread(_) => matches!(field.source, Source::Stored),
        _ => has_column && !field.elsewhere,
    };
    let mut all = Map::new();
    let mut add = |name: &str, value: Value| {
        all.insert(name.to_owned(), value);
    };
    if let Some(aggregator) = field.aggregator() {
        add("aggregator", json!(aggregator));
    } else if field.no_sum {
        add("aggregator", json!(false));
    }
    if let Some(relation) = field.relation() {
        let is_tree = schema::find(relation).is_some_and(|target| target.field("parent_id").is_some());
        add("allow_hierachy_operators", json!(is_tree || INHERITS_A_TREE.contains(&relation)));
    }
    add("change_default", json!(false));
    add("company_dependent", json!(false));
    if field.relation().is_some() {
        add("context", json!({}));
    }
    if field.kind == FieldType::Monetary {
        add("currency_field", json!("currency_id"));
    }
    add("default_export_compatible", json!(false));
    add("depends", depends(field));
    if field.relation().is_some() {
        add("domain", json!([]));
    }
    add("exportable", json!(true));
    add("groupable", json!(has_column));
    if !field.group.is_empty() {
        add("groups", json!(field.group));
    }
    if !field.help.is_empty() {
        add("help", json!(field.help));
    }
    add("manual", json!(false));
    add("name", json!(field.name));
    add("readonly", json!(field.readonly));
    if let Source::Related(path) = field.source {
        add("related", json!(path));
    }
    if let Some(relation) = field.relation() {
        add("relation", json!(relation));
    }
    match field.kind {
        FieldType::One2many(_, inverse) => add("relation_field", json!(inverse)),
        FieldType::Thread(_) => add("relation_field", json!("res_id")),
        _ => {}
    }
    add("required", json!(field.required));
    add("searchable", json!(field.sql != Sql::None));
    if let FieldType::Selection(options) = field.kind {
        let options: Vec<_> =
            options.iter().map(|(value, label)| json!([value, translate(language, label)])).collect();
        add("selection", Value::Array(options));
    }
    add("sortable", json!(has_column && !field.is_x2many()));
    add("store", json!(stored));
    add("string", json!(translate(language, field.label)));
    if matches!(field.kind, FieldType::Char | FieldType::Text | FieldType::Html) {
        add("translate", json!(field.translated));
    }
    if field.kind == FieldType::Char {
        add("trim", json!(true));
    }
    add("type", json!(field.type_name()));
    let _ = model;
    all
}

fn depends(field: &Field) -> Value {
    match field.source {
        Source::Related(path) => json!([path]),
        Source::Sum(lines, amount) => json!([format!("{lines}.{amount}")]),
        Source::Count(lines) => json!([lines]),
        Source::Computed(_) => json!(["id"]),
        _ => json!([]),
    }
}

/// `/doc-bearer/index.json`.
pub fn index(env: &Env) -> Value {
    let language = env.language();
    let readable = || {
        schema::models()
            .filter(|model| access::allowed(env, model, Operation::Read) && !model.fields.is_empty())
    };
    let mut modules: Vec<&str> =
        readable().map(|model| model.module).chain(["api_doc", "rpc", "web"]).collect();
    modules.sort_unstable();
    modules.dedup();
    let models: Vec<Value> = readable()
        .map(|model| {
            let mut fields: Vec<_> = model.all_fields().filter(|field| access::field_visible(env, field)).collect();
            fields.sort_unstable_by_key(|field| field.name);
            let fields: Map<String, Value> = fields
                .into_iter()
                .map(|field| (field.name.to_owned(), json!({"string": translate(language, field.label)})))
                .collect();
            let mut names: Vec<&str> = methods_of(model).map(|method| method.name).collect();
            names.sort_unstable();
            json!({"model": model.name, "name": translate(language, model.label), "fields": fields, "methods": names})
        })
        .collect();
    json!({"modules": modules, "models": models})
}

/// `/doc-bearer/<model>.json`.
pub fn document(env: &Env, model: &'static Model) -> Value {
    let mut all = fields(env, model, &[], &[]);
    for field in
        all.as_object_mut().into_iter().flat_map(|all| all.values_mut()).filter_map(Value::as_object_mut)
    {
        field.insert("module".to_owned(), json!(model.module));
    }
    let mut methods: Vec<_> = methods_of(model).collect();
    methods.sort_unstable_by_key(|method| method.name);
    let methods: Map<String, Value> =
        methods.into_iter().map(|method| (method.name.to_owned(), describe_method(method))).collect();
    json!({
        "model": model.name,
        "name": translate(env.language(), model.label),
        "doc": null,
        "fields": all,
        "methods": methods,
    })
}

fn describe_method(method: &methods::Method) -> Value {
    let arrow = if method.returns.is_empty() { String::new() } else { format!(" -> {}", method.returns) };
    // Odoo shows the signature without the stars.
    let plain = method.signature.replace("**", "").replace("*, ", "");
    let mut parameters = Map::new();
    for parameter in methods::parameters(method.signature) {
        let mut about = Map::new();
        if parameter.takes_rest {
            about.insert("kind".to_owned(), json!("VAR_KEYWORD"));
        } else if parameter.keyword_only {
            about.insert("kind".to_owned(), json!("KEYWORD_ONLY"));
        }
        if let Some(default) = parameter.default {
            about.insert("default".to_owned(), default);
        }
        parameters.insert(parameter.name, Value::Object(about));
    }
    let mut about = Map::new();
    about.insert("signature".to_owned(), json!(format!("({plain}){arrow}")));
    about.insert("parameters".to_owned(), Value::Object(parameters));
    if !method.returns.is_empty() {
        about.insert("return".to_owned(), json!({"annotation": method.returns}));
    }
    let mut api = Vec::new();
    if method.model_level {
        api.push("model");
    }
    if method.readonly {
        api.push("readonly");
    }
    if !api.is_empty() {
        about.insert("api".to_owned(), json!(api));
    }
    about.insert(
        "doc".to_owned(),
        json!(format!("<div class=\"document\">\n\n\n<p>{}</p>\n</div>", method.doc)),
    );
    let core = matches!(method.on, methods::On::Every | methods::On::Archivable);
    let (model, module) = if core { ("core", "core") } else { ("mail.thread", "mail") };
    about.insert("model".to_owned(), json!(model));
    about.insert("module".to_owned(), json!(module));
    Value::Object(about)
}
