//! Names that are at hand without asking anybody: profiles by their files' names, models and fields by what is
//! cached, whoever it was cached for. Which of it a user may see, Odoo decides when it is asked.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use crate::embedded;
use crate::fsio;
use crate::odoo::{columns, lookup, schema};
use crate::operation;
use crate::settings::Paths;

/// What is read on one TAB: more would take longer than a person notices. One index of a large Odoo is 2 MiB.
const BUDGET: u64 = 4 * 1024 * 1024;

/// What can be known.
pub struct Known {
    paths: Paths,
    model: Option<String>,
}

impl Known {
    /// For a line that names this model.
    pub fn new(paths: &Paths, model: Option<String>) -> Known {
        Known { paths: paths.clone(), model: model.filter(|model| operation::check_model(model).is_ok()) }
    }

    /// Every profile.
    pub fn profiles(&self) -> Vec<String> {
        let plain = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        self.paths
            .profiles()
            .into_iter()
            .filter(plain)
            .chain(embedded::is_there().then(|| embedded::PROFILE.to_string()))
            .collect()
    }

    /// Models of the short lists and of the cache.
    pub fn models(&self) -> Vec<String> {
        let mut models: BTreeSet<String> = schema::listed_models().map(str::to_string).collect();
        for owner in self.owners() {
            for kind in ["schema", "lookup", "document"] {
                let directories = entries(&owner.join(kind)).into_iter();
                let names = directories.filter_map(|path| Some(path.file_name()?.to_str()?.to_string()));
                models.extend(names.filter(|name| name != INDEX));
            }
        }
        for index in self.read::<Index>("document", INDEX) {
            models.extend(index.models.into_iter().map(|model| model.model));
        }
        models.retain(|name| operation::check_model(name).is_ok());
        models.into_iter().collect()
    }

    /// Kinds of lookup, and models.
    pub fn lookup_kinds(&self) -> Vec<String> {
        let models = self.models().into_iter().filter(|model| model.contains('.'));
        lookup::kinds().map(str::to_string).chain(models).collect()
    }

    /// Fields of the line's model.
    pub fn fields(&self) -> Vec<String> {
        let Some(model) = &self.model else { return Vec::new() };
        let mut fields: BTreeSet<String> = ["id", "display_name"].map(str::to_string).into();
        fields.extend(columns::listed(model).unwrap_or_default().iter().map(|name| name.to_string()));
        for names in self.read::<Names>("schema", model) {
            fields.extend(names.0);
        }
        for document in self.read::<Document>("document", model) {
            fields.extend(document.fields.0);
        }
        fields.retain(|name| operation::check_model(name).is_ok() && !name.contains('.'));
        fields.into_iter().collect()
    }

    /// Methods of the line's model, where its document is at hand.
    pub fn methods(&self) -> Vec<String> {
        let Some(model) = &self.model else { return Vec::new() };
        let mut methods: BTreeSet<String> = BTreeSet::new();
        for document in self.read::<Document>("document", model) {
            methods.extend(document.methods.0);
        }
        for index in self.read::<IndexOfMethods>("document", INDEX) {
            let own = index.models.into_iter().filter(|found| found.model == *model);
            methods.extend(own.flat_map(|found| found.methods.0));
        }
        methods.retain(|name| operation::check_model(name).is_ok() && !name.contains('.'));
        methods.into_iter().collect()
    }

    /// The bodies of the entries of one kind about one model, whoever they were fetched for, the newest first. What
    /// is damaged is left out.
    fn read<T: for<'de> Deserialize<'de>>(&self, kind: &str, model: &str) -> Vec<T> {
        let directories = self.owners().into_iter().map(|owner| owner.join(kind).join(model));
        let mut found: Vec<(SystemTime, u64, PathBuf)> = directories
            .flat_map(|directory| entries(&directory))
            .filter_map(|path| {
                let metadata = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
                Some((metadata.modified().ok()?, metadata.len(), path))
            })
            .collect();
        found.sort_unstable();
        let mut left = BUDGET;
        let affordable = found.into_iter().rev().take_while(|(_, size, _)| {
            let enough = *size <= left;
            left = left.saturating_sub(*size);
            enough
        });
        affordable.filter_map(|(_, size, path)| read(&path, size)).collect()
    }

    fn owners(&self) -> Vec<PathBuf> {
        entries(&self.paths.cache.join("v1"))
    }
}

/// The page that lists every model.
const INDEX: &str = "index";

fn entries(directory: &Path) -> Vec<PathBuf> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The body of a cached entry, whatever it answers.
fn read<T: for<'de> Deserialize<'de>>(path: &Path, size: u64) -> Option<T> {
    let bytes = fsio::read_plain(path, size).ok()?;
    let body = bytes.iter().position(|byte| *byte == b'\n').map(|end| &bytes[end + 1..])?;
    serde_json::from_slice(body).ok()
}

#[derive(Deserialize)]
struct Index {
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    model: String,
}

/// The same index, read for its methods.
#[derive(Deserialize)]
struct IndexOfMethods {
    models: Vec<ModelWithMethods>,
}

#[derive(Deserialize)]
struct ModelWithMethods {
    model: String,
    #[serde(default)]
    methods: Names,
}

#[derive(Default, Deserialize)]
struct Document {
    #[serde(default)]
    fields: Names,
    #[serde(default)]
    methods: Names,
}

/// The keys of an object, or the texts of a list.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Names;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry::<Cow<str>, IgnoredAny>()? {
                    names.push(name.into_owned());
                }
                Ok(Names(names))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Names, E> {
                Ok(Names::default())
            }
        }
        deserializer.deserialize_any(Keys)
    }
}
