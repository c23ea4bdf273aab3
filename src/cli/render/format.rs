//! The forms a result can be written in, as `--output` names them. It renders nothing.

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON value on one line
    Json,
    /// One JSON value, indented
    Pretty,
    /// One JSON value a line for each row
    Ndjson,
    /// Aligned columns, for people
    Table,
    /// Comma-separated values with a header
    Csv,
}
