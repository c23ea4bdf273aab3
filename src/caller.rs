//! What ONE call brings along: its context, what it asks of the checks, a person's approval, the channel it comes
//! through, and what its surface wants to know of columns. A session serves many callers and keeps none.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chance;
use crate::context;
use crate::error::Result;
use crate::operation::Object;
use crate::secret::Secret;

/// What the caller asked of the checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Refuse what could be mended.
    pub strict: bool,
    /// Fields whose values go as given.
    pub force_fields: Vec<String>,
    /// The most records that a write, a creation or a deletion may touch.
    pub max_records: Option<u32>,
    /// Show the request instead of sending it.
    pub dry_run: bool,
    /// Spare the journal the old values.
    pub no_before: bool,
    /// A name under which the same is done once.
    pub idempotency_key: Option<String>,
}

/// Which earlier call this one is for, by its id in the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trail {
    /// The one that it undoes.
    pub undoes: Option<String>,
    /// It undoes a part of it, or is not the last step.
    pub is_part: bool,
    /// The one that it sends again.
    pub retries: Option<String>,
}

/// What the caller brings along for an outbound call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Approval {
    /// Mint with the approver's key if the guard refuses.
    pub confirm_outbound: bool,
    /// A token that a person has given.
    pub token: Option<Secret>,
    /// If the guard refuses, wait this long for a person to approve, and send it then.
    pub wait: Option<Duration>,
}

/// What a surface has to know of the columns of records to show them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// Nothing: it hands them on.
    #[default]
    Plain,
    /// The types of fields, as far as they are at hand.
    IfKnown,
    /// The types of fields, asked for where they are not.
    Typed,
}

/// Who asked for a call that is sent later, by whoever lets it through or sends it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asker {
    /// The profile; none where it is the one at hand.
    pub profile: Option<String>,
    /// `cli`, `spec` or `mcp`; what is not told here and below is as now.
    pub surface: Option<String>,
    /// The channel that Odoo's audit names.
    pub channel: Option<String>,
    /// The verb.
    pub verb: Option<String>,
    /// The tool of MCP.
    pub tool: Option<String>,
}

impl Asker {
    /// Whoever came this way, in a profile.
    pub fn of(road: &Road, profile: &str) -> Asker {
        Asker {
            profile: Some(profile.into()),
            surface: Some(road.surface.into()),
            channel: None,
            verb: road.verb.map(str::to_string),
            tool: road.tool.clone(),
        }
    }

    /// As it is kept in a file.
    pub fn stored(&self) -> Value {
        let Asker { profile, surface, channel, verb, tool } = self;
        json!({ "profile": profile, "surface": surface, "channel": channel, "verb": verb, "tool": tool })
    }

    /// From a file; of one that tells nothing it is whoever is there now.
    pub fn from_stored(value: &Value) -> Asker {
        let text = |key: &str| value[key].as_str().map(str::to_string);
        Asker {
            profile: text("profile"),
            surface: text("surface"),
            channel: text("channel"),
            verb: text("verb"),
            tool: text("tool"),
        }
    }
}

/// How an operation came here: what a policy may ask of it besides itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Road {
    /// `cli`, `spec` or `mcp`.
    pub surface: &'static str,
    /// The verb that is carried out; none for a question of the program's own.
    pub verb: Option<&'static str>,
    /// The tool of MCP that was called.
    pub tool: Option<String>,
    /// At a limit it waits so long for its turn.
    pub patience: Option<Duration>,
    /// A person has proved to be here, and lets it through.
    pub is_approved: bool,
    /// Whoever asked for it first: what is denied to them is not sent for them by another.
    pub on_behalf: Option<Asker>,
}

impl Default for Road {
    fn default() -> Road {
        Road { surface: "cli", verb: None, tool: None, patience: None, is_approved: false, on_behalf: None }
    }
}

impl Road {
    /// The same for a question of the program's own.
    pub fn asking(&self) -> Road {
        Road { verb: None, tool: None, is_approved: false, on_behalf: None, ..self.clone() }
    }
}

/// One caller.
#[derive(Clone, Debug)]
pub struct Caller {
    context: Object,
    /// What it asked of the checks.
    pub rules: Rules,
    /// Approval by a person.
    pub approval: Approval,
    /// The channel that Odoo's audit names.
    pub channel: String,
    /// What is to be known of columns.
    pub columns: Columns,
    /// How it came here.
    pub road: Road,
    /// What the calls of one run have in common in the journal.
    pub run: String,
    /// Which earlier call it is for.
    pub trail: Trail,
}

impl Caller {
    /// A caller whose context switches nothing off but what `allowed` names.
    ///
    /// # Errors
    /// A key of the context that is refused.
    pub fn new(context: Object, allowed: &[String], channel: &str) -> Result<Caller> {
        context::check(&context, allowed)?;
        Ok(Caller {
            context,
            rules: Rules::default(),
            approval: Approval::default(),
            channel: channel.into(),
            columns: Columns::Plain,
            road: Road::default(),
            run: chance::name(8),
            trail: Trail::default(),
        })
    }

    /// The same, carrying out a verb.
    pub fn carrying_out(&self, verb: &'static str) -> Caller {
        Caller { road: Road { verb: Some(verb), ..self.road.clone() }, ..self.clone() }
    }

    /// The same, for a question of the program's own.
    pub fn asking(&self) -> Caller {
        Caller { road: self.road.asking(), ..self.clone() }
    }

    /// What it adds to the context.
    pub fn context(&self) -> &Object {
        &self.context
    }
}
