//! Where configuration, cache and state live. It computes paths and creates nothing.

use std::path::{Path, PathBuf};

use super::{Environment, names};
use crate::error::{Code, Error, Result};

/// The helper's own directories; nothing is written anywhere else.
#[derive(Clone, Debug)]
pub struct Paths {
    /// Profiles: `odoo_NAME.env`.
    pub config: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
    /// What cannot: the sandbox's company.
    pub state: PathBuf,
    /// What the machine's administrator says to all of its users. Nothing in the environment moves it.
    pub machine: PathBuf,
}

/// Where an administrator keeps what holds for the whole machine.
const MACHINE: &str = "/etc/odoo-agent";

impl Paths {
    /// From `ODOO_AGENT_HOME`, else where this platform keeps such things.
    pub fn find(environment: &Environment) -> Result<Paths> {
        if let Some(home) = environment.path(names::AGENT_HOME) {
            if !home.is_absolute() {
                return Err(Error::new(
                    Code::ConfigInvalid,
                    format!("{} must be an absolute path, it is {}", names::AGENT_HOME, home.display()),
                ));
            }
            return Ok(Paths {
                config: home.join("config"),
                cache: home.join("cache"),
                state: home.join("state"),
                machine: MACHINE.into(),
            });
        }
        let project = directories::ProjectDirs::from("", "", "odoo-agent").ok_or_else(|| {
            Error::new(Code::ConfigMissing, "this user has no home directory to keep configuration in")
                .with_hint(format!("set {} to a directory of your own", names::AGENT_HOME))
        })?;
        let paths = Paths {
            config: project.config_dir().to_path_buf(),
            cache: project.cache_dir().to_path_buf(),
            state: project.state_dir().unwrap_or_else(|| project.data_local_dir()).to_path_buf(),
            machine: MACHINE.into(),
        };
        // Below a home that is relative they would lie in whatever directory the run begins in.
        for path in [&paths.config, &paths.cache, &paths.state] {
            if !path.is_absolute() {
                return Err(Error::new(
                    Code::ConfigInvalid,
                    format!("HOME must be an absolute path: it leads to {}", path.display()),
                )
                .with_hint(format!("or set {} to a directory of your own", names::AGENT_HOME)));
            }
        }
        Ok(paths)
    }

    /// The file of a profile.
    pub fn profile(&self, name: &str) -> PathBuf {
        self.config.join(format!("odoo_{name}.env"))
    }

    /// Names of the profiles there are, sorted.
    pub fn profiles(&self) -> Vec<String> {
        let mut found: Vec<String> = std::fs::read_dir(&self.config)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| profile_name(&entry.path()))
            .collect();
        found.sort_unstable();
        found
    }
}

fn profile_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_prefix("odoo_")?.strip_suffix(".env")?;
    (!name.is_empty()).then(|| name.to_string())
}
