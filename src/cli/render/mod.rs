//! How values become text: rows, tables, errors. It decides no content and writes to no stream.

pub mod cell;
pub mod errors;
pub mod format;
pub mod moment;
pub mod pointer;
pub mod rows;
pub mod table;
pub mod width;
