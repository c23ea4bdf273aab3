//! How values become text: JSON re-spaced, errors, and text made harmless for a terminal. It decides no
//! content and writes to no stream.

pub mod errors;
pub mod format;
pub mod json;
pub mod rows;
pub mod sanitize;
pub mod shell;
