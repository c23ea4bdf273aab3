//! What a command is handed. `Local` is enough for commands that never leave this machine; `Session` adds the
//! settings and, when it is first needed, the connection. It decides nothing about data.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Value, json};

use crate::approval::Approval;
use crate::cache::{Cache, Found, Key, Kind as CacheKind, Owner};
use crate::cli::Globals;
use crate::commands::fields::Fields;
use crate::context;
use crate::error::{Code, Effect, Error, Result, Retry};
use crate::execute;
use crate::json_input::Stdin;
use crate::odoo::client::Reply;
use crate::odoo::docs::Reader;
use crate::odoo::profile_context::wrong_setting;
use crate::odoo::schema::Schema;
use crate::odoo::{Odoo, user_context};
use crate::operation::{Kind, Object, Operation};
use crate::out::Out;
use crate::preflight::{Rules, Schemas, contexts};
use crate::render::format::Format;
use crate::render::shell;
use crate::results::{Layout, Results};
use crate::sandbox::Sandbox;
use crate::settings::{Environment, Paths, Selection, Settings, wrapper};
use crate::transport::Transport;
use crate::transport::http::HttpTransport;

/// Streams, flags, environment and directories: no way to the network.
pub struct Local {
    /// Output.
    pub out: Rc<Out>,
    /// Input.
    pub stdin: Stdin,
    /// Flags of every command.
    pub globals: Globals,
    /// The process environment.
    pub environment: Environment,
    /// The helper's directories.
    pub paths: Paths,
}

impl Local {
    /// How results leave in this run.
    pub fn results(&self) -> Results {
        Results::new(&self.out, &self.globals, &self.environment)
    }

    /// Whether only a part of the result is wanted.
    pub fn is_plucked(&self) -> bool {
        self.globals.pluck.is_some()
    }

    /// Prints a result that is no list of records: JSON unless another form is asked for.
    pub fn print(&self, json: &str, effect: Effect) -> Result<()> {
        self.print_as(json, effect, &Layout::value())
    }

    /// Prints a result with what is known of its rows.
    pub fn print_as(&self, json: &str, effect: Effect, layout: &Layout) -> Result<()> {
        self.results().print(json, effect, layout)
    }

    /// Prints a value that was put together here.
    pub fn print_value(&self, value: &Value, effect: Effect) -> Result<()> {
        self.print(&value.to_string(), effect)
    }

    /// A line on stderr, unless `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.globals.quiet {
            self.out.line("note", text);
        }
    }
}

/// A command's view of one profile.
pub struct Session {
    /// What needs no network.
    pub local: Local,
    /// The profile.
    pub settings: Rc<Settings>,
    /// What was fetched before.
    pub cache: Cache,
    /// Whose entries.
    pub owner: Owner,
    /// What the caller brings along for an outbound call.
    pub approval: Approval,
    /// What the caller asked of the checks before a call.
    pub rules: Rules,
    /// What the caller adds to the context.
    caller_context: Object,
    odoo: Odoo,
    context: OnceCell<Object>,
    said: RefCell<HashSet<String>>,
    schemas: RefCell<HashMap<String, Rc<Schema>>>,
}

impl Session {
    /// Loads the profile and checks the caller's context. Nothing is sent.
    pub fn open(local: Local, caller_context: Object, approval: Approval, rules: Rules) -> Result<Session> {
        let selection = Selection {
            profile: local.globals.profile.clone(),
            env_file: local.globals.env_file.clone(),
            timeout: local.globals.timeout,
            agent_channel: local.globals.agent_channel.clone(),
        };
        let settings = Rc::new(Settings::load(&selection, &local.environment, &local.paths)?);
        local.out.protect(settings.api_key.clone());
        for name in &settings.unread {
            local.note(&format!("the profile {} sets {name}, which nothing reads", settings.label));
        }
        for (name, meant) in local.environment.misspelt() {
            local.note(&format!("the environment sets {name}, which nothing reads: is {meant} meant?"));
        }
        context::check(&caller_context, &settings.allowed_context)?;
        if let Some(zone) = settings.time_zone.as_deref()
            && let Err(error) = contexts::zone(zone, "ODOO_TZ")
        {
            local.note(&format!("{}; {}", error.message, error.hints.join("; ")));
        }
        let owner = Owner {
            base_url: settings.base_url.text(),
            database: settings.database.clone(),
            user: settings.api_key.fingerprint(),
        };
        let odoo = connect_later(&settings, &local);
        Ok(Session {
            cache: Cache::new(&local.paths.cache),
            approval,
            rules,
            local,
            settings,
            owner,
            caller_context,
            odoo,
            context: OnceCell::new(),
            said: RefCell::default(),
            schemas: RefCell::default(),
        })
    }

    /// The client.
    pub fn odoo(&self) -> &Odoo {
        &self.odoo
    }

    /// What the caller adds to the context.
    pub fn caller_context(&self) -> &Object {
        &self.caller_context
    }

    /// The whole context of every call: the profile's or the user's language and time zone, companies, what
    /// the caller adds, and over all of it the agent's marks.
    pub fn context(&self) -> Result<&Object> {
        if let Some(context) = self.context.get() {
            return Ok(context);
        }
        let agent = context::agent_marks(&self.settings.agent_channel);
        let mut whole = context::of_profile(&self.settings);
        whole.extend(self.caller_context.clone());
        if !(whole.contains_key("lang") && whole.contains_key("tz")) {
            let mut learnt =
                user_context::learn(&self.odoo, &self.cache, &self.owner, &self.settings.agent_channel)?;
            learnt.extend(whole);
            whole = learnt;
        }
        whole.extend(agent);
        Ok(self.context.get_or_init(|| whole))
    }

    /// Sends an operation through the pipeline, with the session's context.
    pub fn execute(&self, mut operation: Operation) -> Result<Reply> {
        operation.context = self.context()?.clone();
        execute::execute(self, &operation)
    }

    /// Sends an operation and prints what came back, or with `--dry-run` shows the request instead.
    pub fn carry_out(&self, mut operation: Operation) -> Result<()> {
        operation.context = self.context()?.clone();
        if self.rules.dry_run {
            return self.show(&execute::prepare(self, &operation)?);
        }
        let reply = execute::execute(self, &operation)?;
        let effect = if operation.kind() == Kind::Read { Effect::Rejected } else { Effect::Done };
        self.local.print(reply.get(), effect)
    }

    /// Before records are read: a CSV has the same columns whatever is cached, so the fields are asked for.
    pub fn learn_columns(&self, model: &str) -> Result<()> {
        if self.local.results().form(&Layout::records()) == Format::Csv {
            self.filled(model)?;
        }
        Ok(())
    }

    /// Prints records of a model: a table on a terminal. What a column holds is told by the fields that are
    /// known by now; a table asks for none.
    pub fn print_records(&self, model: &str, asked: &Fields, fields: &[String], rows: &str) -> Result<()> {
        let layout = Layout::records().fields(fields);
        // Of the usual fields these two are mostly the same; who names both sees both.
        let layout = match asked {
            Fields::Usual => layout.without_twin("display_name", "name"),
            _ => layout,
        };
        let needs_types = matches!(self.local.results().form(&layout), Format::Table | Format::Csv);
        let schema = if needs_types { self.known(model) } else { None };
        let Some(schema) = schema else { return self.local.print_as(rows, Effect::Rejected, &layout) };
        let type_of = |name: &str| Some(schema.field(name)?["type"].as_str()?.to_string());
        self.local.print_as(rows, Effect::Rejected, &layout.typed(&type_of))
    }

    /// The type of a field, as far as it is known by now; nothing is asked for.
    pub fn known_type(&self, model: &str, field: &str) -> Option<String> {
        Some(self.known(model)?.field(field)?["type"].as_str()?.to_string())
    }

    /// Prints the request that would be sent.
    pub fn show(&self, operation: &Operation) -> Result<()> {
        let request =
            json!({ "method": "POST", "path": operation.path(), "body": Value::Object(operation.body()) });
        self.local.print_value(&request, Effect::NotSent)
    }

    /// The beginning of a command that works in the same profile, for whoever runs this one: behind a wrapper
    /// the wrapper, which may be all that an agent is allowed.
    pub fn program(&self) -> String {
        match wrapper::path(&self.local.environment) {
            Some(path) => shell::quoted(path),
            None => self.program_itself(),
        }
    }

    /// The same without a wrapper, for a person.
    pub fn program_itself(&self) -> String {
        match &self.local.globals.env_file {
            Some(path) => format!("odoo-agent --env-file {}", shell::quoted(&path.display().to_string())),
            None if self.settings.label != "environment" => {
                format!("odoo-agent --profile {}", shell::quoted(&self.settings.label))
            }
            None => "odoo-agent".into(),
        }
    }

    /// Every model that this user sees; none if Odoo does not tell.
    pub fn models(&self) -> Vec<String> {
        let found = Operation::new("ir.model", "get_available_models", Object::new())
            .and_then(|operation| self.execute(operation));
        let rows: Vec<Value> =
            found.ok().and_then(|reply| serde_json::from_str(reply.get()).ok()).unwrap_or_default();
        rows.iter().filter_map(|row| row["model"].as_str().map(str::to_string)).collect()
    }

    /// Fields of a model.
    pub fn schema(&self, model: &str, refresh: bool) -> Result<Schema> {
        let ttl = self.settings.schema_ttl;
        Schema::of(model, &self.odoo, &self.cache, &self.owner, self.context()?, ttl, refresh)
            .map_err(|error| self.naming_settings(error))
    }

    /// A refusal, with the profile's setting that is behind it, if one is.
    pub fn naming_settings(&self, error: Error) -> Error {
        let caller = &self.caller_context;
        match wrong_setting(&error, caller, &self.settings, &self.odoo, &self.cache, &self.owner) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    /// Every field that this user can read. Odoo refuses a whole read for one closed field, and its schema
    /// does not tell which are closed behind others, so they are found by trying on one record, once.
    pub fn readable_fields(&self, model: &str) -> Result<Vec<String>> {
        let key = Key {
            owner: &self.owner,
            kind: CacheKind::Schema,
            model,
            question: json!({ "context": self.context()?, "readable": true }),
        };
        if let Found::Fresh(entry) = self.cache.find(&key, self.settings.schema_ttl)
            && let Ok(names) = serde_json::from_str(&entry.body)
        {
            return Ok(names);
        }
        let schema = self.schema(model, false)?;
        let mut names: Vec<String> = schema.names().map(str::to_string).collect();
        // Bytes, which JSON cannot carry: Odoo fails on them without a word. `datas` has the same as base64.
        if schema.has("datas") && schema.has("raw") {
            names.retain(|name| name != "raw");
            self.note_once(&format!("{model}.raw is left out: datas holds the same as base64"));
        }
        // A model that is closed itself would be tried field by field.
        self.try_fields(model, &["id".into()])?;
        let closed = self.closed_fields(model, &names)?;
        names.retain(|name| !closed.contains(name));
        if !self.settings.schema_ttl.is_zero() {
            let _ = self.cache.store(&key, &json!(names).to_string(), None, "");
        }
        Ok(names)
    }

    /// Those of the fields that Odoo refuses to read, by halves.
    fn closed_fields(&self, model: &str, names: &[String]) -> Result<Vec<String>> {
        match self.try_fields(model, names) {
            Ok(()) => Ok(Vec::new()),
            Err(error) if error.code == Code::AccessDenied => {
                if let [name] = names {
                    return Ok(vec![name.clone()]);
                }
                let (left, right) = names.split_at(names.len() / 2);
                let mut closed = self.closed_fields(model, left)?;
                closed.extend(self.closed_fields(model, right)?);
                Ok(closed)
            }
            Err(error) => Err(error),
        }
    }

    fn try_fields(&self, model: &str, names: &[String]) -> Result<()> {
        let kwargs = json!({ "domain": [], "fields": names, "limit": 1 });
        self.execute(Operation::new(model, "search_read", kwargs.as_object().cloned().unwrap_or_default())?)
            .map(|_| ())
    }

    /// The documents.
    pub fn documents(&self) -> Result<Reader<'_>> {
        Ok(Reader { odoo: &self.odoo, cache: &self.cache, owner: &self.owner, context: self.context()? })
    }

    /// Id of the user that the key belongs to, if Odoo tells.
    pub fn user_id(&self) -> Option<i64> {
        user_context::user_id(&self.odoo, &self.cache, &self.owner, &self.settings.agent_channel)
    }

    /// A note that is given once a run.
    pub fn note_once(&self, text: &str) {
        if self.said.borrow_mut().insert(text.to_string()) {
            self.local.note(text);
        }
    }
}

impl Schemas for Session {
    fn ask(&self, mut question: Operation) -> Option<Value> {
        let own = std::mem::replace(&mut question.context, self.context().ok()?.clone());
        question.context.extend(own);
        serde_json::from_str(execute::execute(self, &question).ok()?.get()).ok()
    }

    fn known(&self, model: &str) -> Option<Rc<Schema>> {
        if let Some(schema) = self.schemas.borrow().get(model) {
            return Some(Rc::clone(schema));
        }
        let (ttl, context) = (self.settings.schema_ttl, self.context().ok()?);
        let schema = Rc::new(Schema::cached(model, &self.cache, &self.owner, context, ttl)?);
        self.schemas.borrow_mut().insert(model.into(), Rc::clone(&schema));
        Some(schema)
    }

    fn filled(&self, model: &str) -> Result<Option<Rc<Schema>>> {
        if let Some(schema) = self.known(model) {
            return Ok(Some(schema));
        }
        match self.schema(model, false) {
            Ok(schema) => {
                let schema = Rc::new(schema);
                self.schemas.borrow_mut().insert(model.into(), Rc::clone(&schema));
                Ok(Some(schema))
            }
            // Whoever cannot be asked for fields cannot be sent values either.
            Err(error)
                if matches!(
                    error.code,
                    Code::Unreachable | Code::AuthRejected | Code::DatabaseNotFound | Code::Interrupted
                ) =>
            {
                let mut error = if error.code == Code::Unreachable && error.effect == Effect::Rejected {
                    error.with_effect(Effect::NotSent, Retry::Safe)
                } else {
                    error
                };
                error.message = format!(
                    "{} (asked for the fields of {model} first: the call was not sent)",
                    error.message
                );
                Err(error)
            }
            Err(_) => Ok(None),
        }
    }
}

/// A client that connects, or opens the sandbox, when the first request is sent.
fn connect_later(settings: &Rc<Settings>, local: &Local) -> Odoo {
    let for_transport = Rc::clone(settings);
    let state = local.paths.state.join("sandbox");
    let connect = move || -> Result<Box<dyn Transport>> {
        if for_transport.is_sandbox {
            return Ok(Box::new(Sandbox::open(&state)?));
        }
        crate::interrupt::install();
        let ca_file = for_transport.ca_file.as_deref();
        Ok(Box::new(HttpTransport::new(for_transport.base_url.clone(), for_transport.timeout, ca_file)?))
    };
    let out = Rc::clone(&local.out);
    let (debug, quiet) = (local.globals.debug, local.globals.quiet);
    let shows_waits =
        out.stderr_is_terminal && !debug && !quiet && local.environment.text("TERM") != Some("dumb");
    Odoo::new(Box::new(connect), Rc::clone(settings), out, debug).showing_waits(shows_waits)
}
