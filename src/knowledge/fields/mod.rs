//! Fields: those of every model, what others were called before, and where a value that Odoo would lose has its place.

mod renamed;
mod ways;

pub use renamed::other_names;
pub use ways::way;

/// Fields of every model.
pub const ALWAYS: [&str; 6] = ["id", "display_name", "create_uid", "create_date", "write_uid", "write_date"];

/// Fields that Odoo keeps itself and drops from what it is given, without a word.
pub const KEPT: [&str; 6] = ["create_date", "create_uid", "id", "parent_path", "write_date", "write_uid"];
