//! `policy`: what applies, whether it can be taken, what it says of a command, policies to begin with. It asks Odoo
//! nothing and writes no file: what it makes is printed, and the owner puts it where policies lie.

use std::ffi::OsString;

use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Value, json};

use super::{Own, exec_spec, job, read};
use crate::actions::definition::{Changes, Job, Reach, Wrapper};
use crate::caller::Road;
use crate::cli::connect::{connect, gate};
use crate::cli::definition::{self, Entry};
use crate::cli::local::Local;
use crate::cli::terminal;
use crate::cli::words::Manner;
use crate::cli::wrapped;
use crate::error::{Code, Effect, Error, Result};
use crate::execute;
use crate::json_input;
use crate::knowledge::classes;
use crate::operation::Operation;
use crate::outbound;
use crate::outcome::{Layout, Outcome};
use crate::policy::decide::Verdict;
use crate::policy::document::{Document, LARGEST};
use crate::policy::gate::Explained;
use crate::policy::passphrase;
use crate::policy::policies::Loaded;
use crate::policy::templates::TEMPLATES;
use crate::session::Run;
use crate::settings::Settings;

/// The command.
pub const COMMAND: Own = Own {
    name: "policy",
    about: "Show and explain what the policy allows; policies to begin with",
    reach: Reach {
        network: false,
        changes: Changes::Nothing,
        wrapper: Wrapper::Allowed,
        result: || {
            json!({
                "type": ["object", "array", "string"],
                "description": "check: {\"ok\": true, \"files\": …}; explain: {\"operations\": …}; show: {\"documents\": …}; init: a policy; classes: rows; passphrase: its hash",
            })
        },
    },
    is_hidden: false,
    build: Args::augment_args,
    run: |matches, local| run(read(matches)?, local),
};

/// Flags of `policy`.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  odoo-agent policy explain -- write res.partner --ids 7 --vals-json '{\"phone\": \"1\"}'
  odoo-agent policy init internal")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone, Debug)]
enum Action {
    /// Print whether the policies that apply, or this file, can be taken as they stand
    Check {
        /// A file, or - for stdin [default: those that apply]
        file: Option<String>,
    },
    /// Print which rule decides a command, why, and what each limit has left; nothing is sent
    Explain {
        /// The command, behind --
        #[arg(last = true, required = true, value_name = "COMMAND")]
        words: Vec<OsString>,
    },
    /// Print what applies
    Show,
    /// Print a policy to begin with: internal, readonly or standard
    Init {
        /// Which
        name: String,
    },
    /// Print what every known method does: read, write, execute, destructive or outbound
    Classes,
    /// Print the hash of a passphrase, by which a person lets held calls through; it is typed at a terminal
    Passphrase,
}

/// Does it.
pub fn run(args: Args, mut local: Local) -> Result<()> {
    match args.action {
        Action::Check { file: Some(file) } => check_file(&file, &mut local),
        Action::Check { file: None } => {
            let gate = gate(&local, &label(&local));
            let policies = gate.policies()?;
            let files: Vec<&str> = policies.documents.iter().map(|it| it.file.as_str()).collect();
            local.print_value(&json!({ "ok": true, "files": files }))
        }
        Action::Explain { words } => explain(words, local),
        Action::Show => {
            let gate = gate(&local, &label(&local));
            let documents: Vec<Value> = gate.policies()?.documents.iter().map(shown).collect();
            local.print_value(&json!({ "documents": documents }))
        }
        Action::Init { .. } if local.is_wrapped() => Err(wrapped::refusal("policy init")),
        Action::Passphrase if local.is_wrapped() => Err(wrapped::refusal("policy passphrase")),
        Action::Init { name } => {
            let template = TEMPLATES.iter().find(|it| it.name == name).ok_or_else(|| {
                let names: Vec<&str> = TEMPLATES.iter().map(|it| it.name).collect();
                Error::usage(format!("{name:?} is no policy to begin with: use {}", names.join(", ")))
            })?;
            local.out.data(template.text.as_bytes(), Effect::NotSent)
        }
        Action::Classes => {
            let row = |(model, method, class): (&str, &str, &str)| json!({ "model": model, "method": method, "class": class });
            let known = classes::known().map(|(model, method, class)| (model, method, class.as_str()));
            let sends = outbound::methods().map(|(model, method)| (model, method, "outbound"));
            let rows: Vec<Value> = known
                .filter(|(_, method, _)| !outbound::methods().any(|(of, name)| of == "*" && name == *method))
                .chain(sends)
                .map(row)
                .collect();
            let layout = Layout::records().columns(&["model", "method", "class"]);
            local.present(&Outcome::local(&Value::Array(rows)).laid_out(layout))
        }
        Action::Passphrase => {
            let first = terminal::ask_hidden("The passphrase (not shown): ", None)?;
            let again = terminal::ask_hidden("Once more: ", None)?;
            if first.expose() != again.expose() {
                return Err(Error::usage("the two are not the same: no hash was made"));
            }
            local.print_value(&json!(passphrase::hashed(&first)?))
        }
    }
}

/// The profile, where one can be told.
fn label(local: &Local) -> String {
    let settings = Settings::load(&local.selection, &local.environment, &local.paths);
    let named = || local.selection.profile.clone().unwrap_or_else(|| "environment".into());
    settings.map_or_else(|_| named(), |settings| settings.label)
}

fn check_file(file: &str, local: &mut Local) -> Result<()> {
    let bytes = local.stdin.bytes("policy check", file, LARGEST)?;
    let invalid = |pointer: &str, why: &str| {
        let place = if pointer.is_empty() { file.to_string() } else { format!("{file} at {pointer}") };
        Error::new(Code::PolicyInvalid, format!("the policy {place} cannot be taken: {why}"))
    };
    let text = json_input::text_of(&bytes).map_err(|why| invalid("", &why))?;
    let document = Document::parse(text).map_err(|wrong| invalid(&wrong.pointer, &wrong.why))?;
    local.print_value(&json!({
        "ok": true, "files": [file], "rules": document.rules.len(), "tools": document.tools.len(),
        "limits": document.limits(),
    }))
}

/// A document in short: what it says by default, of which names, and its rules in words.
fn shown(loaded: &Loaded) -> Value {
    let document = &loaded.document;
    let rules: Vec<Value> = document
        .rules
        .iter()
        .map(|rule| {
            let mut shown = json!({
                "pointer": rule.pointer, "action": rule.action.as_str(), "match": rule.matches.words(),
            });
            if let Some(reason) = &rule.reason {
                shown["reason"] = reason.as_str().into();
            }
            if rule.by_form {
                shown["form"] = true.into();
            }
            if let Some(end) = rule.expires {
                shown["expires"] = crate::clock::odoo_datetime(end).into();
            }
            shown
        })
        .collect();
    let tools = document.tools.values().chain([&document.all_tools]);
    let limits =
        tools.flat_map(|tool| &tool.limits).chain(document.rules.iter().flat_map(|rule| &rule.limits));
    let limits: Vec<Value> = limits
        .map(|limit| {
            json!({
                "pointer": limit.pointer, "counter": limit.counter, "window_s": limit.window / 1000,
                "max": limit.max.to_string(), "sum": limit.sum.as_ref().map(|path| path.text.as_str()),
            })
        })
        .collect();
    json!({
        "file": loaded.file, "for": loaded.origin.as_str(),
        "mode": if document.is_shadow { "shadow" } else { "enforce" },
        "default": if document.denies_by_default { "deny" } else { "allow" },
        "hide": document.hide.iter().map(|(_, it)| it.text()).collect::<Vec<_>>(),
        "tools": document.tools.keys().collect::<Vec<_>>(), "rules": rules, "limits": limits,
        "redact": document.redact.len(), "passphrase": document.passphrase.is_some(),
    })
}

/// The job of a command line that is not run.
fn job_of(words: Vec<OsString>, local: &mut Local) -> Result<(Job, Manner)> {
    let is_program = |word: &OsString| word.to_string_lossy().rsplit('/').next() == Some("odoo-agent");
    let skipped = words.first().is_some_and(is_program);
    let line: Vec<OsString> =
        std::iter::once("odoo-agent".into()).chain(words.into_iter().skip(usize::from(skipped))).collect();
    let parsed = definition::parse(&line).map_err(|why| {
        Error::usage(format!("the command behind -- cannot be understood: {}", why.kind()))
            .with_hint("run it with --help to see what it takes")
    })?;
    let (selection, context, _) = parsed.globals.parts();
    if selection.profile.is_some() || selection.env_file.is_some() {
        if local.is_wrapped() {
            return Err(Error::usage(
                "this wrapper works in its own profile only: leave --profile and --env-file out behind --",
            ));
        }
        local.selection.profile = selection.profile.or(local.selection.profile.take());
        local.selection.env_file = selection.env_file.or(local.selection.env_file.take());
    }
    local.context = context;
    match parsed.entry {
        Entry::Verb(verb) => Ok((job(verb, &parsed.matches, local)?, Manner::CommandLine(verb.name))),
        Entry::Own(own) if own.name == exec_spec::COMMAND.name => {
            Ok((exec_spec::job(&parsed.matches, local)?, Manner::Spec))
        }
        Entry::Own(own) => Err(Error::usage(format!("{} sends nothing that a policy decides", own.name))),
    }
}

fn explain(words: Vec<OsString>, mut local: Local) -> Result<()> {
    let (job, manner) = job_of(words, &mut local)?;
    let verb = job.request.verb().name;
    let connected = connect(&local, manner, &job)?;
    let caller = connected.caller.carrying_out(verb);
    let run = Run::new(&connected.session, &caller, &connected.host);
    let operations: Vec<Value> = job
        .request
        .operations()?
        .iter()
        .map(|operation| explained(&run, operation))
        .collect::<Result<_>>()?;
    local.print_value(&json!({ "operations": operations }))
}

fn explained(run: &Run, operation: &Operation) -> Result<Value> {
    let operation = execute::told(run, operation);
    let gate = run.session.gate();
    let policies = gate.policies()?;
    let file = |at: usize| policies.documents.get(at).map_or("", |it| it.file.as_str());
    let road: &Road = &run.caller.road;
    let decided = |is_last: bool| {
        run.session.odoo().in_case_offline(&operation, road, run.host, is_last, |case| {
            let secret = gate.refuse_named(&case.asked).err().and_then(|error| error.denied);
            Ok((gate.explained(case)?, secret))
        })
    };
    let ruling = |(at, it): &(usize, crate::policy::decide::Ruling)| json!({ "file": file(*at), "pointer": it.pointer, "verdict": it.verdict.as_str(), "reason": it.reason });
    let (told, secret) = decided(false)?;
    let word = |told: &Explained| {
        let is_full = told.limits.iter().any(|(_, due, left)| due.amount > *left);
        if is_full && told.decision.verdict != Verdict::Deny {
            "limit"
        } else {
            told.decision.verdict.as_str()
        }
    };
    let limits = told.limits.iter().map(|(at, due, left)| {
        json!({
            "file": file(*at), "pointer": due.pointer, "takes": due.amount.to_string(),
            "left": left.to_string(), "max": due.max.to_string(), "window_s": due.window / 1000,
        })
    });
    let mut answer = json!({
        "model": operation.model, "method": operation.method,
        "decision": if secret.is_some() { "deny" } else { word(&told) },
        "by": match &secret {
            Some(denied) => Some(json!({
                "file": denied.file, "pointer": denied.pointer, "verdict": "deny", "reason": denied.reason,
            })),
            None => told.decision.by.as_ref().map(ruling),
        },
        "limits": limits.collect::<Vec<_>>(),
        "shadow": told.decision.shadows.iter().map(ruling).collect::<Vec<_>>(),
    });
    // Where some of its fields lead is not known here; what Odoo does not tell by then is taken for the worst.
    let last = decided(true)?.0;
    if secret.is_none() && word(&last) != word(&told) {
        answer["unless"] = json!({
            "decision": word(&last), "by": last.decision.by.as_ref().map(ruling),
            "because": "where its fields lead is not kept here: it is asked when it is sent, and what is not told then counts as this",
        });
    }
    Ok(answer)
}
