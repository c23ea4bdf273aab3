//! A policy document: the gateway's format, the prose's words for the same, and rules on operations. What is read here
//! is either understood whole or not taken at all.

use std::collections::BTreeMap;

use argon2::password_hash::phc::PasswordHash;
use serde_json::Value;

use super::limit::Limit;
use super::matching::Match;
use super::pattern::{ModelPattern, Pattern};
use super::predicate::{self, Predicate};
use super::reading::{Members, Node, Read, Wrong};
use crate::json_input;
use crate::knowledge::{models, sensitive};

/// The largest file.
pub const LARGEST: u64 = 256 * 1024;
/// Deeper than this nothing has a meaning.
const DEEPEST: usize = 24;

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Refuses.
    Deny,
    /// A person has to let it through.
    Ask,
    /// Permits so much of it.
    Limit,
    /// Permits.
    Allow,
    /// Counts what something else permits: a rule that has limits and says nothing more.
    Count,
}

impl Action {
    /// Whether something is let through by it, if only after a person's yes or up to a number.
    pub fn grants(self) -> bool {
        !matches!(self, Action::Deny | Action::Count)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Deny => "deny",
            Action::Ask => "ask",
            Action::Limit => "limit",
            Action::Allow => "allow",
            Action::Count => "count",
        }
    }
}

/// A rule on operations.
#[derive(Clone, Debug)]
pub struct Rule {
    /// JSON Pointer.
    pub pointer: String,
    /// What it holds for.
    pub matches: Match,
    /// What it does.
    pub action: Action,
    /// What the owner calls it: its name, or how it is described.
    pub called: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// From this second on it is inert.
    pub expires: Option<u64>,
    /// How much.
    pub limits: Vec<Limit>,
    /// Asked of a person, an answer in a form of the client's will do.
    pub by_form: bool,
}

/// What is said of a tool.
#[derive(Clone, Debug, Default)]
pub struct Tool {
    /// JSON Pointer.
    pub pointer: String,
    /// What happens to it, where that is said.
    pub action: Option<Action>,
    /// Hidden, and so denied.
    pub is_hidden: bool,
    /// How the owner describes it.
    pub called: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What has to hold.
    pub require: Vec<Predicate>,
    /// What must not.
    pub deny_if: Vec<Predicate>,
    /// How much.
    pub limits: Vec<Limit>,
}

/// A field that does not leave.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// Of this model; of every one where none is named.
    pub model: Option<ModelPattern>,
    /// The field.
    pub field: Pattern,
}

/// A document.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// It decides, and nothing is held back.
    pub is_shadow: bool,
    /// What is not listed is denied.
    pub denies_by_default: bool,
    /// Names that are hidden.
    pub hide: Vec<(String, Pattern)>,
    /// What holds for every operation.
    pub all_tools: Tool,
    /// What is said of names.
    pub tools: BTreeMap<String, Tool>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// Fields that do not leave.
    pub redact: Vec<Redaction>,
    /// The salted hash of the passphrase by which a person proves to be here.
    pub passphrase: Option<String>,
    /// It says more of one model that is read than of others.
    pub looks_across: bool,
}

impl Document {
    /// Understands the text of a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Read<Document> {
        let whole = |why: String| Wrong { pointer: String::new(), why };
        if text.len() as u64 > LARGEST {
            return Err(whole(format!("it is larger than {LARGEST} bytes")));
        }
        let value = json_input::parse(text).map_err(|why| whole(format!("it is not strict JSON: {why}")))?;
        if depth(&value) > DEEPEST {
            return Err(whole(format!("it is nested more than {DEEPEST} deep")));
        }
        Document::read(&Node::root(&value))
    }

    /// Understands a JSON value.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(node: &Node) -> Read<Document> {
        let members = node.object(&[
            "version",
            "default",
            "mode",
            "hide",
            "all_tools",
            "tools",
            "rules",
            "redact",
            "approval",
        ])?;
        let version = members.required("version")?;
        if version.value != "1" {
            return Err(version.wrong("only version \"1\" is known"));
        }
        let denies_by_default = match members.get("default") {
            None => false,
            Some(node) => match node.text()? {
                "allow" => false,
                "deny" => true,
                _ => return Err(node.wrong("allow or deny is expected")),
            },
        };
        let is_shadow = match members.get("mode") {
            None => false,
            Some(node) => match node.text()? {
                "enforce" => false,
                "shadow" => true,
                _ => return Err(node.wrong("enforce or shadow is expected")),
            },
        };
        let mut document = Document { is_shadow, denies_by_default, ..Document::default() };
        for node in members.get("hide").map_or(Ok(Vec::new()), |node| node.list())? {
            document.hide.push((node.pointer(), node.pattern(".-")?));
        }
        if let Some(node) = members.get("all_tools") {
            document.all_tools = tool(&node)?;
        }
        for (name, node) in members.get("tools").map_or(Ok(Vec::new()), |node| node.map())? {
            if name == "description" && node.value.is_string() {
                continue;
            }
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.*".contains(c);
            if name.is_empty() || !name.chars().all(is_name) || name.contains('*') && name != "*" {
                return Err(node.wrong("no tool has such a name: this can never match"));
            }
            document.tools.insert(name.into(), tool(&node)?);
        }
        for node in members.get("rules").map_or(Ok(Vec::new()), |node| node.list())? {
            document.rules.push(rule(&node)?);
        }
        for node in members.get("redact").map_or(Ok(Vec::new()), |node| node.list())? {
            document.redact.push(redaction(&node)?);
        }
        if let Some(node) = members.get("approval") {
            document.passphrase = passphrase(&node)?;
        }
        document.looks_across = document.tells_apart();
        Ok(document)
    }

    /// Whether anything in it is about the way to Odoo.
    pub fn names(&self, name: &str) -> bool {
        self.tools.contains_key(name) || self.hide.iter().any(|(_, pattern)| pattern.holds(name))
    }

    /// Whether it looks at more than the whole of an operation: limits for all calls do not.
    pub fn looks_inside(&self) -> bool {
        self.denies_by_default || !self.rules.is_empty() || !self.tools.is_empty() || !self.hide.is_empty()
    }

    /// Whether any rule denies, asks about or permits something of one model that is read.
    fn tells_apart(&self) -> bool {
        self.rules.iter().any(|rule| {
            let refuses = matches!(rule.action, Action::Deny | Action::Ask);
            (refuses || rule.matches.fields.is_some()) && rule.matches.tells_models_apart()
        })
    }

    /// How many limits it has.
    pub fn limits(&self) -> usize {
        let tools = self.tools.values().chain([&self.all_tools]).map(|tool| tool.limits.len());
        tools.chain(self.rules.iter().map(|rule| rule.limits.len())).sum()
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn action(node: &Node) -> Read<Action> {
    Ok(match node.text()? {
        "deny" => Action::Deny,
        "ask" => Action::Ask,
        "limit" => Action::Limit,
        "allow" => Action::Allow,
        _ => return Err(node.wrong("allow, deny, ask or limit is expected")),
    })
}

/// `limits` and the prose's `rate_limit`.
fn limits(members: &Members) -> Read<Vec<Limit>> {
    let mut all = match members.get("limits") {
        Some(node) => node.list()?.iter().map(Limit::read).collect::<Read<Vec<_>>>()?,
        None => Vec::new(),
    };
    if let Some(node) = members.get("rate_limit") {
        all.push(Limit::read(&node)?);
    }
    Ok(all)
}

fn tool(node: &Node) -> Read<Tool> {
    let members = node.object(&[
        "action",
        "hide",
        "reason",
        "on_deny",
        "require",
        "deny_if",
        "limits",
        "rate_limit",
        "require_approval",
    ])?;
    let mut action = members.get("action").map(|node| action(&node)).transpose()?;
    if members.flag("require_approval")? && action != Some(Action::Deny) {
        action = Some(Action::Ask);
    }
    Ok(Tool {
        pointer: node.pointer(),
        action,
        is_hidden: members.flag("hide")?,
        called: members.text("description")?,
        reason: members.text("on_deny")?.or(members.text("reason")?),
        require: predicate::list(&members, "require")?,
        deny_if: predicate::list(&members, "deny_if")?,
        limits: limits(&members)?,
    })
}

fn rule(node: &Node) -> Read<Rule> {
    let members = node.object(&[
        "match",
        "action",
        "reason",
        "on_deny",
        "expires",
        "limits",
        "rate_limit",
        "require_approval",
        "form",
        "name",
    ])?;
    let called = members.text("name")?.or(members.text("description")?);
    let matches = Match::read(&members.required("match")?)?;
    let limits = limits(&members)?;
    let is_asked = members.flag("require_approval")?;
    let action = match members.get("action") {
        Some(node) => match action(&node)? {
            Action::Allow | Action::Limit if is_asked => Action::Ask,
            action => action,
        },
        None if is_asked => Action::Ask,
        None if !limits.is_empty() => Action::Count,
        None => return Err(members.wrong("action is missing")),
    };
    let by_form = members.flag("form")?;
    if let Some(node) = members.get("form").filter(|_| by_form && action != Action::Ask) {
        return Err(node.wrong("only what is asked of a person can be answered in a form"));
    }
    if action == Action::Limit && limits.is_empty() {
        return Err(members.wrong("a limit needs limits"));
    }
    if action == Action::Deny && !limits.is_empty() {
        return Err(members.wrong("what is denied cannot be limited: take limits or the denial out"));
    }
    let reason = members.text("reason")?.or(members.text("on_deny")?);
    if action == Action::Allow
        && reason.is_none()
        && let Some(name) = matches
            .models
            .iter()
            .flatten()
            .find_map(|it| it.named().filter(|name| sensitive::tier(name).is_some()).map(str::to_string))
        && matches.opens_sensitive(&name)
    {
        let tier = sensitive::tier(&name).map_or("", |tier| tier.name());
        return Err(members.wrong(format!("{name} is {tier}: opening it needs a reason")));
    }
    let expires = members.get("expires").map(|node| moment(&node)).transpose()?;
    Ok(Rule { pointer: node.pointer(), matches, action, called, reason, expires, limits, by_form })
}

/// A day or a moment, UTC.
fn moment(node: &Node) -> Read<u64> {
    let text = node.text()?;
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.replace(' ', "T") };
    let whole = if whole.ends_with('Z') { whole } else { format!("{whole}Z") };
    humantime::parse_rfc3339(&whole)
        .ok()
        .and_then(|moment| moment.duration_since(std::time::UNIX_EPOCH).ok())
        .map(|since| since.as_secs())
        .ok_or_else(|| node.wrong("a day like 2027-01-31 is expected, or 2027-01-31T12:00:00Z"))
}

/// `vat`, of whatever model, or `res.partner.vat`.
fn redaction(node: &Node) -> Read<Redaction> {
    let whole = node.pattern(".")?;
    if models::is_known(whole.text()) {
        return Err(node.wrong(format!("{0} is a model: name a field of it, or {0}.*", whole.text())));
    }
    let (model, field) = match whole.text().rsplit_once('.') {
        None => (None, whole.text()),
        Some((model, field)) => (Some(model), field),
    };
    if field == "id" {
        return Err(node.wrong("the number of a record is never withheld"));
    }
    Ok(match model {
        None => Redaction { model: None, field: whole },
        Some(model) if !model.is_empty() && !field.is_empty() => {
            Redaction { model: Some(node.named(model)?), field: Pattern::new(field) }
        }
        Some(_) => return Err(node.wrong("a field is expected, or a model and its field")),
    })
}

/// The most memory that proving may take, in KiB, and how often it is gone over.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_ROUNDS: u32 = 64;

fn passphrase(node: &Node) -> Read<Option<String>> {
    let members = node.object(&["passphrase"])?;
    let Some(node) = members.get("passphrase") else { return Ok(None) };
    let text = node.text()?;
    let is_hash = || {
        let hash = PasswordHash::new(text).ok()?;
        let cost = argon2::Params::try_from(&hash).ok()?;
        let is_argon = hash.algorithm.as_str().starts_with("argon2");
        let is_whole = hash.hash.is_some() && hash.salt.is_some();
        (is_argon && is_whole && cost.m_cost() <= MOST_MEMORY && cost.t_cost() <= MOST_ROUNDS).then_some(())
    };
    match is_hash() {
        Some(()) => Ok(Some(text.into())),
        None => {
            Err(node.wrong("a salted hash of argon2 is expected: odoo-agent policy passphrase makes one"))
        }
    }
}
