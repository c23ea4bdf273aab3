//! What a model is: fields as data, the rights of each group, uniqueness; and the list of all
//! models. The tables are data; nothing here touches a record. A test holds every relation, group and
//! order in them to what exists.

mod field;
mod french;
mod told;

use std::sync::{LazyLock, OnceLock};

pub use field::*;
pub use french::translate;

/// A model: its fields and rules.
pub struct Model {
    /// Technical name.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// The Odoo module that brings it.
    pub module: &'static str,
    /// Order of a search that names none.
    pub order: &'static str,
    /// The field that names a record.
    pub name_field: &'static str,
    /// The field that makes a tree.
    pub parent: &'static str,
    /// Record rules are held against it, so that a record that is gone is missed.
    pub ruled: bool,
    /// Odoo keeps who made and changed it: all of it, only when it was made, or nothing.
    pub log: &'static [&'static str],
    /// Holds a wizard's values for a while.
    pub transient: bool,
    /// Has a chatter: messages, followers, activities.
    pub thread: bool,
    /// Own fields; everyone's are added by [`Model::all_fields`].
    pub fields: &'static [Field],
    /// Group and what it may do: any of `rwcu` (read, write, create, unlink).
    pub rights: &'static [(&'static str, &'static str)],
    /// Fields that are unique together, and what is said otherwise.
    pub unique: &'static [(&'static [&'static str], &'static str)],
}

pub(crate) const USER: &str = "base.group_user";
pub(crate) const SYSTEM: &str = "base.group_system";

/// Who made and last changed a record.
const LOG: &[&str] = &["create_uid", "create_date", "write_uid", "write_date"];

impl Model {
    fn without_fields(name: &'static str) -> Model {
        Model {
            name,
            label: name,
            module: "base",
            order: "id",
            name_field: "",
            parent: "",
            ruled: false,
            log: LOG,
            transient: false,
            thread: false,
            fields: &[],
            rights: &[],
            unique: &[],
        }
    }

    /// Own fields, the chatter's and those that every record has.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> {
        let chatter = if self.thread { *CHATTER } else { &[] };
        let logged = |field: &&Field| !LOG.contains(&field.name) || self.log.contains(&field.name);
        self.fields.iter().chain(chatter).chain(EVERY_RECORD.iter().filter(logged))
    }

    /// One field by name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.all_fields().find(|field| field.name == name)
    }
}

macro_rules! told {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("models/", $name, ".json")))),*]
    };
}

/// Every model by name with what is told of it, in the order of their ids.
const TOLD: [(&str, &str); 52] = told! {
    "res.partner"
    "res.partner.category"
    "res.users"
    "res.groups"
    "res.users.apikeys"
    "hr.employee"
    "hr.department"
    "res.company"
    "res.country"
    "res.country.state"
    "res.currency"
    "res.lang"
    "product.product"
    "product.tag"
    "project.project"
    "project.task"
    "project.task.type"
    "project.tags"
    "account.analytic.account"
    "account.analytic.line"
    "helpdesk.ticket"
    "helpdesk.stage"
    "crm.lead"
    "crm.stage"
    "sale.order"
    "sale.order.line"
    "account.move"
    "account.move.line"
    "account.account"
    "account.move.send.wizard"
    "mail.thread"
    "mail.message"
    "mail.message.subtype"
    "mail.followers"
    "mail.activity"
    "mail.activity.type"
    "mail.template"
    "mail.mail"
    "mail.compose.message"
    "ir.attachment"
    "discuss.channel.rtc.session"
    "discuss.channel"
    "ir.model"
    "ir.model.data"
    "ir.model.access"
    "ir.config_parameter"
    "ir.cron"
    "ir.mail_server"
    "ir.actions.server"
    "ir.rule"
    "ir.module.module"
    "strictbase.agent.confirmation"
};

/// Each made when somebody looks at it: most calls look at two or three.
static MODELS: [OnceLock<Model>; TOLD.len()] = [const { OnceLock::new() }; TOLD.len()];

/// What a chatter adds to a model.
static CHATTER: LazyLock<&[Field]> =
    LazyLock::new(|| told::fields(include_str!("chatter.json")).unwrap_or_default());

/// The fields that every record has.
static EVERY_RECORD: LazyLock<&[Field]> =
    LazyLock::new(|| told::fields(include_str!("every_record.json")).unwrap_or_default());

/// A model that cannot be read is a mistake that the tests below catch; a release then has it without fields.
fn at(place: usize) -> &'static Model {
    let (name, text) = TOLD[place];
    MODELS[place].get_or_init(|| told::model(name, text).unwrap_or_else(|_| Model::without_fields(name)))
}

/// Every model.
pub fn models() -> impl Iterator<Item = &'static Model> {
    (0..TOLD.len()).map(at)
}

/// Where a model stands among all.
pub fn place(name: &str) -> Option<usize> {
    TOLD.iter().position(|(known, _)| *known == name)
}

/// A model by name.
pub fn find(name: &str) -> Option<&'static Model> {
    place(name).map(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_told_and_what_is_told_amiss_is_said() {
        for (name, text) in TOLD {
            assert_eq!(told::model(name, text).err(), None);
        }
        assert_eq!((EVERY_RECORD.len(), CHATTER.len()), (6, 5));
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/schema/models");
        assert_eq!(std::fs::read_dir(directory).unwrap().count(), TOLD.len(), "no file is forgotten");
        let one = |field: &str| {
            let text = format!(
                r#"{{"label": "A", "module": "base", "fields": [{{"name": "a", "label": "A", {field}}}]}}"#
            );
            told::model("x", text.leak()).err().unwrap_or_default()
        };
        assert_eq!(one(r#""type": "char""#), "");
        for (field, says) in [
            (r#""type": "chart""#, r#"no type "chart""#),
            (r#""type": "many2one""#, "no type"),
            (r#""type": "char", "compute": "nothing""#, r#"no computation "nothing""#),
            (r#""type": "char", "requird": true"#, "unknown field `requird`"),
            (r#""type": "char", "default": {"of": "tomorrow"}"#, r#"no default {"of":"tomorrow"}"#),
            (r#""type": "char", "default": false"#, "no default false"),
        ] {
            assert!(one(field).contains(says), "{field}: {}", one(field));
        }
    }

    #[test]
    fn every_relation_inverse_group_and_order_exists() {
        for model in models() {
            for field in model.all_fields() {
                if let Some(relation) = field.relation() {
                    let target = find(relation)
                        .unwrap_or_else(|| panic!("{}.{} -> {relation}", model.name, field.name));
                    if let FieldType::One2many(_, inverse) | FieldType::Many2manyOf(_, inverse) = field.kind {
                        assert!(target.field(inverse).is_some(), "{}.{}", model.name, field.name);
                    }
                }
                assert!(
                    field.group.is_empty()
                        || crate::sandbox::access::GROUPS.iter().any(|each| each.1 == field.group)
                );
            }
            for (group, rights) in model.rights {
                assert!(crate::sandbox::access::GROUPS.iter().any(|each| each.1 == *group), "{group}");
                assert!(rights.chars().all(|right| "rwcu".contains(right)));
            }
            for part in model.order.split(',') {
                let name = part.trim().split(' ').next().unwrap_or("");
                assert!(model.field(name).is_some(), "{} order {name}", model.name);
            }
            for (fields, _) in model.unique {
                assert!(fields.iter().all(|name| model.field(name).is_some()));
            }
            let mut names: Vec<_> = model.all_fields().map(|field| field.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{} has a field twice", model.name);
        }
    }
}
