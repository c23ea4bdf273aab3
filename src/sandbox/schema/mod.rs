//! What a model is: fields as constant data, the rights of each group, uniqueness; and the list of all
//! models. The tables are data; nothing here touches a record. A test holds every relation, group and
//! order in them to what exists.

mod chatter;
mod company;
mod field;
mod french;
mod guard;
mod people;
mod projects;
mod sales;
mod system;

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

/// A model with the usual order and name.
pub(crate) const fn model(name: &'static str, label: &'static str, module: &'static str) -> Model {
    Model {
        name,
        label,
        module,
        order: "id",
        name_field: "name",
        parent: "",
        ruled: false,
        log: LOG,
        transient: false,
        thread: false,
        fields: &[],
        rights: &[(USER, "r"), (SYSTEM, "rwcu")],
        unique: &[],
    }
}

pub(crate) const USER: &str = "base.group_user";
pub(crate) const SYSTEM: &str = "base.group_system";

/// Who made and last changed a record.
const LOG: &[&str] = &["create_uid", "create_date", "write_uid", "write_date"];

impl Model {
    /// Own fields, the chatter's and those that every record has.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> {
        let chatter: &'static [Field] = if self.thread { chatter::THREAD_FIELDS } else { &[] };
        let logged = |field: &&Field| !LOG.contains(&field.name) || self.log.contains(&field.name);
        self.fields.iter().chain(chatter).chain(system::MAGIC_FIELDS.iter().filter(logged))
    }

    /// One field by name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.all_fields().find(|field| field.name == name)
    }
}

/// All models, part by part.
const PARTS: &[&[Model]] = &[
    people::MODELS,
    company::MODELS,
    projects::MODELS,
    sales::MODELS,
    chatter::MODELS,
    system::MODELS,
    guard::MODELS,
];

/// Every model.
pub fn models() -> impl Iterator<Item = &'static Model> {
    PARTS.iter().flat_map(|part| part.iter())
}

/// A model by name.
pub fn find(name: &str) -> Option<&'static Model> {
    models().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

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
