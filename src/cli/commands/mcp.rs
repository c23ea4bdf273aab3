//! `mcp`: the verbs as tools for an MCP client. What is served is `src/mcp/`'s; here it is handed the streams and the
//! profile.

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Own, read};
use crate::actions::definition::{Changes, Reach, Wrapper};
use crate::cli::local::Local;
use crate::error::Result;

/// The command.
pub const COMMAND: Own = Own {
    name: "mcp",
    about: "Serve the same as tools to an MCP client",
    reach: Reach {
        network: true,
        changes: Changes::Odoo,
        wrapper: Wrapper::Allowed,
        result: || json!({ "description": "messages of the Model Context Protocol, one a line" }),
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(&read(matches)?, local),
};

/// Flags of `mcp`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "A client starts it; odoo-agent help mcp-clients says how to tell it so.

Examples:
  echo '{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}' | odoo-agent mcp
  odoo-agent describe mcp")]
pub struct Args {
    /// Offer odoo_execute_kw and odoo_web_call too, as published servers have them
    #[arg(long)]
    compat: bool,
}

#[cfg(not(feature = "mcp"))]
fn run(_: &Args, _: Local) -> Result<()> {
    use crate::error::{Code, Error};
    Err(Error::new(
        Code::ConfigMissing,
        "this build of odoo-agent serves no MCP client: it was made without the feature `mcp`; nothing was sent",
    )
    .with_hint("cargo install --path . --locked builds it with that"))
}

/// Refuses flags that would do nothing: results are messages here, and stdin is the client's.
///
/// # Errors
/// `usage`.
#[cfg(feature = "mcp")]
fn refuse_idle(local: &Local) -> Result<()> {
    let look = &local.look;
    let idle = [
        ("--output and --pretty", look.output.is_some()),
        ("--pluck", look.pluck.is_some()),
        ("--utc", look.utc),
        ("--context-file -", local.context.is_on_stdin()),
    ];
    match idle.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((flag, _)) => Err(crate::error::Error::usage(format!(
            "{flag}: mcp reads and writes messages of its protocol on stdin and stdout, and nothing else: nothing was sent"
        ))),
    }
}

/// What Ctrl-C would say of a call of a tool: whoever reads it has a shell.
#[cfg(feature = "mcp")]
struct Marked {
    call: crate::cli::interrupt::Interruptible,
    people: crate::cli::words::Speech,
}

#[cfg(feature = "mcp")]
impl crate::mcp::Marking for Marked {
    fn sending(&self, what: &str, access: crate::operation::Access) -> Box<dyn crate::host::Watch> {
        Box::new(self.call.sending(what, access))
    }

    fn journaled(&self, id: &str) {
        self.call.journaled(self.people.hint(&crate::journal::entry::how_to_check(id)));
    }
}

/// Serves until the client has gone.
#[cfg(feature = "mcp")]
fn run(args: &Args, mut local: Local) -> Result<()> {
    use std::io::Write;
    use std::sync::Arc;

    use crate::cli::connect::{Opener, speech};
    use crate::cli::out::line_of;
    use crate::cli::words::{Manner, Speech};
    use crate::hint::Hint;
    use crate::mcp::compat::Compat;
    use crate::mcp::{Door, Marking, Say, serve};
    use crate::operation::Object;
    use crate::settings::{Settings, Wish};

    refuse_idle(&local)?;
    let context = local.context()?;
    let opener = Opener::of(&local).by_channel("mcp");
    // What is wrong with a profile is said before a client has come to rely on it; commands for a key are run when
    // the first call needs it.
    let settings = Settings::load(&local.selection, &local.environment, &local.paths)?;
    local.refuse_keys()?;
    crate::caller::Caller::new(context.clone(), &settings.allowed_context, &settings.agent_channel)
        .map_err(|error| Speech::plain().error(error))?;
    let people = speech(&local, Manner::CommandLine(""), &settings, &Object::new());
    let veil = Arc::clone(&local.out.veil);
    let (for_stderr, is_terminal) = (Arc::clone(&veil), local.out.stderr_is_terminal);
    let talk = move |kind: &str, text: &str| {
        let line = line_of(kind, text, Object::new(), is_terminal);
        let _ = std::io::stderr().write_all(&for_stderr.without_secrets(line.as_bytes()));
    };
    let (is_quiet, noting) = (local.look.quiet, talk.clone());
    let say = Arc::new(move |text: &str| {
        if !is_quiet {
            noting("note", text);
        }
    });
    let trace: Option<Box<Say>> =
        local.look.debug.then(|| -> Box<Say> { Box::new(move |text: &str| talk("debug", text)) });
    let (noted, for_notes) = (Arc::clone(&say), people.clone());
    let gate = opener.gate(&settings.label);
    gate.policies()?;
    let mut compat = Vec::new();
    for tool in Compat::ALL.into_iter().filter(|_| args.compat) {
        match tool.missing(&settings) {
            None => compat.push(tool),
            Some(lacks) => say(&format!("{} is not offered: it needs {lacks} in the profile", tool.name())),
        }
    }
    let opener = opener.keeping_to(&settings);
    let files = opener.files(&settings);
    let open = move |wish: Option<Wish>| {
        let (mut settings, notes) = opener.settings()?;
        settings.wish = wish.unwrap_or(settings.wish);
        notes.iter().for_each(|note: &Hint| noted(&for_notes.hint(note)));
        Ok(opener.session(settings))
    };
    let words = people.clone();
    let marking = move || -> Box<dyn Marking> {
        Box::new(Marked { call: crate::cli::interrupt::call(), people: words.clone() })
    };
    let door = Door {
        open: Box::new(open),
        files,
        marking: Box::new(marking),
        for_a_person: Box::new(move |action| people.action(action)),
        say: Box::new(move |text: &str| say(text)),
        trace,
        veil,
        context,
        patience: local.selection.wait,
        settings: settings.mcp,
        compat,
        hides: Box::new(move |tool| gate.look().is_ok_and(|policies| policies.hides(tool))),
        clock: local.clock,
    };
    serve(door, Box::new(std::io::stdin()), Box::new(std::io::stdout()))
}
