//! Text made fit for where it goes: JSON re-spaced, words of a shell, what cannot act on a terminal, markup as plain
//! text. It decides no content and writes to no stream.

pub mod html;
pub mod json;
pub mod sanitize;
pub mod shell;
