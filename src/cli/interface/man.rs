//! The manual pages, as roff: one for each command, and one that holds everything. Made from the clap definition
//! and the tables; it writes no file.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use super::{commands, commands_of, readable, topics};
use crate::error::Code;
use crate::exit;
use crate::settings::names;

/// A page.
pub struct Page {
    /// `odoo-agent-read.1`.
    pub file: String,
    /// Its text.
    pub text: Vec<u8>,
}

/// The page of the whole program, the flags of every command included.
pub fn whole() -> io::Result<Page> {
    let root = with_aliases(readable(false));
    let mut text = Vec::new();
    let page = page(&root);
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    for command in commands_of(&root) {
        section(&mut text, &format!("odoo-agent {}", command.get_name()), |roff| {
            roff.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        })?;
        options(&mut text, command)?;
        examples(&mut text, command, true)?;
    }
    for topic in &topics::TOPICS {
        section(&mut text, topic.name, |roff| verbatim(roff, &topic.text()))?;
    }
    tables(&mut text)?;
    Ok(Page { file: "odoo-agent.1".into(), text })
}

/// That, and a page for each command.
pub fn pages() -> io::Result<Vec<Page>> {
    let root = with_aliases(readable(false));
    let mut pages = vec![whole()?];
    for command in commands_of(&root) {
        let mut text = Vec::new();
        let page = page(command);
        page.render_title(&mut text)?;
        page.render_name_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_options_section(&mut text)?;
        if command.has_subcommands() {
            section(&mut text, "COMMANDS", |roff| {
                for nested in commands_of(command) {
                    definition(
                        roff,
                        nested.get_name(),
                        &nested.get_about().map(ToString::to_string).unwrap_or_default(),
                    );
                }
            })?;
        }
        examples(&mut text, command, false)?;
        section(&mut text, "SEE ALSO", |roff| {
            roff.text([
                bold("odoo-agent"),
                roman("(1) for the global options, the exit codes and the environment"),
            ]);
        })?;
        pages.push(Page { file: format!("odoo-agent-{}.1", command.get_name()), text });
    }
    Ok(pages)
}

/// Other names of a flag in its help, for the renderer has no place for them.
fn with_aliases(command: Command) -> Command {
    let named = |arg: Arg| {
        let aliases: Vec<String> =
            arg.get_visible_aliases().into_iter().flatten().map(|name| format!("--{name}")).collect();
        if aliases.is_empty() {
            return arg;
        }
        let ending = format!(" [also: {}]", aliases.join(", "));
        let help = format!("{}{ending}", arg.get_help().map(ToString::to_string).unwrap_or_default());
        let long = arg.get_long_help().map_or_else(|| help.clone(), |long| format!("{long}{ending}"));
        arg.help(help).long_help(long)
    };
    command.mut_args(named).mut_subcommands(with_aliases)
}

fn page(command: &Command) -> Man {
    let source = concat!("odoo-agent ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).date("").source(source).manual("odoo-agent")
}

fn tables(text: &mut Vec<u8>) -> io::Result<()> {
    section(text, "EXIT STATUS", |roff| {
        for exit in &exit::TABLE {
            let codes: Vec<&str> = exit.codes().map(Code::as_str).collect();
            let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
            definition(roff, &exit.number.to_string(), &format!("{}{codes}", exit.meaning));
        }
    })?;
    section(text, "ENVIRONMENT", |roff| {
        for name in &names::ALL {
            definition(roff, name.name, name.meaning);
        }
    })?;
    section(text, "FILES", |roff| {
        definition(roff, "~/.config/odoo-agent/odoo_NAME.env", "the profile NAME, with mode 0600");
        definition(roff, "~/.cache/odoo-agent", "what was fetched and may be used again");
        definition(roff, "~/.local/state/odoo-agent", "the embedded sandbox");
    })
}

fn examples(text: &mut Vec<u8>, command: &Command, nested: bool) -> io::Result<()> {
    let lines = commands::examples(command);
    if lines.is_empty() {
        return Ok(());
    }
    let mut roff = Roff::new();
    if !nested {
        roff.control("SH", ["EXAMPLES"]);
    }
    verbatim(&mut roff, &lines.join("\n"));
    roff.to_writer(text)
}

fn section(text: &mut Vec<u8>, title: &str, fill: impl FnOnce(&mut Roff)) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", [title.to_uppercase().as_str()]);
    fill(&mut roff);
    roff.to_writer(text)
}

fn definition(roff: &mut Roff, term: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(meaning)]);
}

fn verbatim(roff: &mut Roff, text: &str) {
    roff.control("PP", []);
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// The flags of a command as part of a section.
fn options(text: &mut Vec<u8>, command: &Command) -> io::Result<()> {
    let mut rendered = Vec::new();
    Man::new(command.clone()).render_options_section(&mut rendered)?;
    let lines = rendered.split_inclusive(|byte| *byte == b'\n');
    text.extend(lines.filter(|line| !line.starts_with(b".SH ")).flatten());
    Ok(())
}
