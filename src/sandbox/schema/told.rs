//! Reads what `models/*.json` tells of a model: a field a line, of which only what is out of the ordinary is said. As
//! constants they were full of addresses, which the loader moved at every start. It knows no model by name.

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::Value;

use super::{Field, FieldType, LOG, Model, OnDelete, Preset, SYSTEM, Source, Sql, USER, field};
use crate::sandbox::computed;

/// A text that lasts: the program's own, or for good what stands there with escapes.
#[derive(Clone, Copy, Default)]
struct Text(&'static str);

impl<'de: 'static> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        struct Reader;
        impl<'de: 'static> Visitor<'de> for Reader {
            type Value = Text;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text, E> {
                Ok(Text(text))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_string().leak()))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

type Pair = (Text, Text);

fn pair((left, right): Pair) -> (&'static str, &'static str) {
    (left.0, right.0)
}

fn kept<T, U>(told: Vec<T>, one: impl Fn(T) -> U) -> &'static [U] {
    told.into_iter().map(one).collect::<Vec<_>>().leak()
}

/// Whatever is not said of a model is as it mostly is.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"), deny_unknown_fields)]
struct ToldModel {
    label: Text,
    module: Text,
    order: Option<Text>,
    name_field: Option<Text>,
    #[serde(default)]
    parent: Text,
    #[serde(default)]
    ruled: bool,
    log: Option<Vec<Text>>,
    #[serde(default)]
    transient: bool,
    #[serde(default)]
    thread: bool,
    rights: Option<Vec<Pair>>,
    #[serde(default)]
    unique: Vec<(Vec<Text>, Text)>,
    fields: Vec<ToldField>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"), deny_unknown_fields)]
struct ToldField {
    name: Text,
    label: Text,
    r#type: Text,
    #[serde(default)]
    selection: Vec<Pair>,
    relation: Option<Text>,
    relation_field: Option<Text>,
    related: Option<Text>,
    sum: Option<Pair>,
    count: Option<Text>,
    compute: Option<Text>,
    required: Option<bool>,
    not_null: Option<bool>,
    readonly: Option<bool>,
    copy: Option<bool>,
    sql: Option<Text>,
    on_delete: Option<Text>,
    /// true, a number, a text, or an object: `of` what the value is made, or the prefix of a `sequence`.
    default: Option<Value>,
    #[serde(default)]
    no_sum: bool,
    #[serde(default)]
    elsewhere: bool,
    #[serde(default)]
    translated: bool,
    #[serde(default)]
    group: Text,
    without: Option<Pair>,
    inverse: Option<Pair>,
    #[serde(default)]
    help: Text,
}

/// The model that a text tells of; in words why there is none.
pub(super) fn model(name: &'static str, text: &'static str) -> Result<Model, String> {
    let told: ToldModel = serde_json::from_str(text).map_err(|wrong| format!("{name}: {wrong}"))?;
    Ok(Model {
        name,
        label: told.label.0,
        module: told.module.0,
        order: told.order.map_or("id", |text| text.0),
        name_field: told.name_field.map_or("name", |text| text.0),
        parent: told.parent.0,
        ruled: told.ruled,
        log: told.log.map_or(LOG, |log| kept(log, |text| text.0)),
        transient: told.transient,
        thread: told.thread,
        fields: made(told.fields).map_err(|wrong| format!("{name}: {wrong}"))?,
        rights: told.rights.map_or(&[(USER, "r"), (SYSTEM, "rwcu")], |rights| kept(rights, pair)),
        unique: kept(told.unique, |(fields, says)| (kept(fields, |text| text.0), says.0)),
    })
}

/// The fields that a text tells of; in words why there are none.
pub(super) fn fields(text: &'static str) -> Result<&'static [Field], String> {
    made(serde_json::from_str(text).map_err(|wrong| wrong.to_string())?)
}

fn made(told: Vec<ToldField>) -> Result<&'static [Field], String> {
    let fields: Result<Vec<Field>, String> = told.into_iter().map(field_of).collect();
    Ok(fields?.leak())
}

fn field_of(told: ToldField) -> Result<Field, String> {
    let name = told.name.0;
    let unknown = |what: &str, word: &str| format!("{name}: no {what} {word:?}");
    let mut made = field(name, told.label.0, kind(&told).ok_or_else(|| unknown("type", told.r#type.0))?);
    if let Some(source) = source(&told).map_err(|word| unknown("computation", word))? {
        made = made.from(source);
    }
    if told.required == Some(true) {
        made = made.required();
    }
    if told.readonly == Some(true) {
        made = made.readonly();
    }
    if let Some(text) = told.sql {
        made.sql = match text.0 {
            "column" => Sql::Column,
            "search" => Sql::Search,
            "none" => Sql::None,
            other => return Err(unknown("sql", other)),
        };
    }
    if let Some(text) = told.on_delete {
        made.on_delete = match text.0 {
            "set null" => OnDelete::SetNull,
            "restrict" => OnDelete::Restrict,
            "cascade" => OnDelete::Cascade,
            other => return Err(unknown("on_delete", other)),
        };
    }
    if let Some(told) = told.default {
        made.preset = preset(&told).ok_or_else(|| format!("{name}: no default {told}"))?;
    }
    Ok(Field {
        not_null: told.not_null.unwrap_or(made.not_null),
        readonly: told.readonly.unwrap_or(made.readonly),
        copy: told.copy.unwrap_or(made.copy),
        help: told.help.0,
        no_sum: told.no_sum,
        elsewhere: told.elsewhere,
        translated: told.translated,
        group: told.group.0,
        without: told.without.map(pair),
        inverse: told.inverse.map(pair),
        ..made
    })
}

fn preset(told: &Value) -> Option<Preset> {
    let lasting = |text: &Value| text.as_str().map(|text| &*text.to_string().leak());
    Some(match (told, told["of"].as_str()) {
        (Value::Bool(true), _) => Preset::True,
        (Value::Number(number), _) => Preset::Number(number.as_i64()?),
        (Value::String(_), _) => Preset::Text(lasting(told)?),
        (_, Some("today")) => Preset::Today,
        (_, Some("now")) => Preset::Now,
        (_, Some("user")) => Preset::User,
        (_, Some("company")) => Preset::Company,
        (_, Some("currency")) => Preset::Currency,
        (_, Some("first")) => Preset::First,
        _ => Preset::Sequence(lasting(&told["sequence"])?),
    })
}

fn kind(told: &ToldField) -> Option<FieldType> {
    let relation = told.relation.map(|text| text.0);
    let inverse = told.relation_field.map(|text| text.0);
    Some(match told.r#type.0 {
        "char" => FieldType::Char,
        "text" => FieldType::Text,
        "html" => FieldType::Html,
        "integer" => FieldType::Integer,
        "float" => FieldType::Float,
        "monetary" => FieldType::Monetary,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" => FieldType::Datetime,
        "binary" => FieldType::Binary,
        "many2one_reference" => FieldType::Reference,
        "selection" => FieldType::Selection(kept(told.selection.clone(), pair)),
        "many2one" => FieldType::Many2one(relation?),
        // Without a field of theirs, lines lead here by a model's name and an id.
        "one2many" => match inverse {
            Some(inverse) => FieldType::One2many(relation?, inverse),
            None => FieldType::Thread(relation?),
        },
        "many2many" => match inverse {
            Some(inverse) => FieldType::Many2manyOf(relation?, inverse),
            None => FieldType::Many2many(relation?),
        },
        _ => return None,
    })
}

/// Where values come from, if the row does not keep them; else the computation that there is not.
fn source(told: &ToldField) -> Result<Option<Source>, &'static str> {
    Ok(if let Some(path) = told.related {
        Some(Source::Related(path.0))
    } else if let Some((lines, amount)) = told.sum {
        Some(Source::Sum(lines.0, amount.0))
    } else if let Some(lines) = told.count {
        Some(Source::Count(lines.0))
    } else if let Some(name) = told.compute {
        Some(Source::Computed(computed::by_name(name.0).ok_or(name.0)?))
    } else {
        None
    })
}
