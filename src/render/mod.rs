//! How values become text: JSON re-spaced, rows, tables, errors, and text made harmless for a terminal. It
//! decides no content and writes to no stream.

pub mod cell;
pub mod errors;
pub mod format;
pub mod html;
pub mod json;
pub mod moment;
pub mod pointer;
pub mod rows;
pub mod sanitize;
pub mod shell;
pub mod table;
pub mod width;
