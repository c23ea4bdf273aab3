//! How values become text.
pub mod sanitize;
