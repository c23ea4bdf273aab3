//! What the program knows of an Odoo that it carries inside itself: where it seems to be, how it is opened, and no
//! more. Which one it is stands in `crate::embedded`.

use std::path::Path;

use super::Transport;
use crate::error::Result;

/// How what it lacks is told from what Odoo lacks: its refusals of unknown names end so.
pub const GAP: &str = ", not in the sandbox, which knows a part of Odoo";

/// Says where an embedded Odoo listens, once it does.
pub type Announce<'a> = &'a mut dyn FnMut(&serde_json::Value) -> Result<()>;

/// An Odoo inside the program.
pub struct Embedded {
    /// The address that stands for it; it resolves nowhere.
    pub base_url: &'static str,
    /// The name of its database.
    pub database: &'static str,
    /// The key of its agent: public and worthless.
    pub key: &'static str,
    /// Opens the data of a directory.
    pub open: fn(&Path) -> Result<Box<dyn Transport + Send + Sync>>,
    /// Brings a directory's data back to what is delivered.
    pub reset: fn(&Path) -> Result<()>,
    /// Answers on a port of this machine until the process ends; port 0 takes any free one.
    pub serve: fn(&Path, u16, Announce) -> Result<()>,
}
