//! `man`: the manual page on stdout, or the pages in a directory of the caller. This is the one command that writes
//! where it is told: only into a directory that is there, is nobody else's and is no link, only files with the
//! names of its pages, each replaced whole and only if it is a regular file.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::interface::man::{self, Page};
use crate::cli::local::Local;
use crate::cli::wrapped;
use crate::error::{Effect, Error, Result};
use crate::fsio;

/// The command.
pub const COMMAND: Own = Own {
    name: "man",
    about: "Print the manual page, or write the pages into a directory",
    reach: Reach {
        network: false,
        changes: Changes::Local,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "text, no JSON: roff; with DIR the list of files written" }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `man`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Only a directory that nobody else can write in will do, and no link.

Examples:
  odoo-agent man > odoo-agent.1
  mkdir -m 755 man1 && odoo-agent man man1")]
pub struct Args {
    /// Write odoo-agent.1 and a page for each command into this directory, which must be there and be yours
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Prints or writes.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let cannot = |error: io::Error| {
        Error::local_state(format!("the manual pages cannot be made: {error}")).with_source(error)
    };
    let Some(directory) = args.directory else {
        return local.out.data(&man::whole().map_err(cannot)?.text, Effect::NotSent);
    };
    if local.is_wrapped() {
        return Err(wrapped::refusal("man DIR"));
    }
    let pages = man::pages().map_err(cannot)?;
    refuse_unsafe(&directory, &pages)
        .map_err(|why| Error::usage(format!("{}: {why}; nothing was written", directory.display())))?;
    for page in &pages {
        fsio::write_readable(&directory.join(&page.file), &page.text).map_err(|error| {
            Error::local_state(format!("{} cannot be written: {error}", directory.join(&page.file).display()))
                .with_source(error)
        })?;
    }
    let written: Vec<String> =
        pages.iter().map(|page| directory.join(&page.file).display().to_string()).collect();
    local.print_value(&json!({ "written": written }))
}

/// Everything that could be wrong, before anything is written.
fn refuse_unsafe(directory: &Path, pages: &[Page]) -> std::result::Result<(), String> {
    let found = std::fs::metadata(directory).map_err(|error| error.to_string())?;
    if !found.is_dir() {
        return Err("it is not a directory".into());
    }
    let real = std::fs::canonicalize(directory).map_err(|error| error.to_string())?;
    if std::path::absolute(directory).map_err(|error| error.to_string())? != real {
        return Err(format!("a link or .. is on the way: name it as {}", real.display()));
    }
    // Who can rename what is above it can put another directory in its place.
    #[cfg(unix)]
    for above in real.ancestors().skip(1) {
        if fsio::others_can_replace_in(above).map_err(|error| error.to_string())? {
            return Err(format!("others can change {}", above.display()));
        }
    }
    #[cfg(unix)]
    if !fsio::owned_by_us(&found) {
        return Err("the directory belongs to another user".into());
    }
    if fsio::others_can_write(directory).map_err(|error| error.to_string())? {
        return Err("others can write in the directory".into());
    }
    for page in pages {
        match std::fs::symlink_metadata(directory.join(&page.file)) {
            Ok(found) if !found.is_file() => {
                return Err(format!("{} is there and is no regular file", page.file));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.to_string()),
            _ => {}
        }
    }
    Ok(())
}
