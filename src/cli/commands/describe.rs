//! `describe`: the whole interface as JSON, or one command of it. Nothing is read but the program itself.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::definition;
use crate::cli::interface;
use crate::cli::local::Local;
use crate::cli::wrapped::{in_its_name, without_refused_examples};
use crate::error::Result;
use crate::settings::wrapper;

/// The command.
pub const COMMAND: Own = Own {
    name: "describe",
    about: "Print the whole interface, or one command, as JSON",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || json!({ "type": "object", "required": ["interface", "version"] }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, &local),
};

/// Flags of `describe`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent describe search-read
  odoo-agent describe --pretty")]
pub struct Args {
    /// Only this command
    #[arg(value_name = "COMMAND")]
    of: Vec<String>,
}

/// The examples as whoever runs this program through a wrapper gives them.
fn called(value: &mut Value, wrapper: &str) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::Array(lines) if key == "examples" => {
                        let page: String = lines
                            .iter()
                            .filter_map(Value::as_str)
                            .map(|line| format!("  {line}\n"))
                            .collect();
                        let page = without_refused_examples(&format!("\nExamples:\n{page}"));
                        let kept = page
                            .lines()
                            .map(str::trim)
                            .filter(|line| !line.is_empty() && *line != "Examples:");
                        *lines = kept.map(|line| in_its_name(line, wrapper).into()).collect();
                    }
                    value => called(value, wrapper),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| called(item, wrapper)),
        _ => {}
    }
}

/// Prints it.
pub fn run(args: Args, local: &Local) -> Result<()> {
    let print = |mut whole: Value| {
        if let Some(wrapper) = wrapper::path(&local.environment) {
            called(&mut whole, wrapper);
        }
        local.print_value(&whole)
    };
    if args.of.is_empty() {
        return print(interface::describe(local.is_wrapped()));
    }
    let mut root = definition::root(local.is_wrapped());
    root.build();
    let command = interface::find(&root, &args.of)
        .ok_or_else(|| crate::cli::usage::no_such_command(&root, &args.of, false))?;
    print(interface::describe_command(command))
}
