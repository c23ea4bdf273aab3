//! The topics of `odoo-agent help TOPIC`: what concerns more than one command. Tables in them are made from the
//! tables of the code. ASCII, for they are sections of a manual page too.

use serde_json::Value;

use crate::error::Code;
use crate::exit;
use crate::settings::names;

/// A topic.
pub struct Topic {
    /// What it is called on the command line.
    pub name: &'static str,
    /// In a few words.
    pub purpose: &'static str,
    /// What it says, in lines of any length.
    content: fn() -> String,
}

impl Topic {
    /// Its text, in lines that fit a narrow terminal.
    pub fn text(&self) -> String {
        wrapped(&(self.content)())
    }

    /// The same as somebody else names the program: before it is cut into lines, for they are none of a name.
    pub fn text_as(&self, called: &dyn Fn(&str) -> String) -> String {
        wrapped(&called(&(self.content)()))
    }
}

const WIDTH: usize = 80;

/// Prose is filled, rows of a table go on below their last column. What stands below `Examples:` is to be pasted
/// and left whole.
fn wrapped(text: &str) -> String {
    let (prose, examples) = text.split_once("\nExamples:\n").unwrap_or((text, ""));
    let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
    let mut lines: Vec<String> = Vec::new();
    for line in prose.lines() {
        match lines.last_mut().filter(|last| is_prose(last) && is_prose(line)) {
            Some(last) => *last += &format!(" {line}"),
            None => lines.push(line.into()),
        }
    }
    let mut whole: String = lines.iter().map(|line| filled(line) + "\n").collect();
    if !examples.is_empty() {
        whole += &format!("\nExamples:\n{examples}");
    }
    whole
}

fn filled(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let column_at = line.rfind("  ").map_or(0, |at| at + 2).max(indent);
    let below = if column_at == indent && indent > 0 { indent + 2 } else { column_at };
    let (mut whole, mut column) = (line[..column_at].to_string(), column_at);
    for (position, word) in line[column_at..].split(' ').enumerate() {
        if position > 0 && column + 1 + word.len() > WIDTH {
            whole += &format!("\n{:below$}", "");
            column = below;
        } else if position > 0 {
            whole.push(' ');
            column += 1;
        }
        whole += word;
        column += word.len();
    }
    whole
}

/// Every topic.
pub const TOPICS: [Topic; 6] = [
    Topic { name: "exit-codes", purpose: "exit codes, error codes, what an error did", content: exit_codes },
    Topic { name: "spec", purpose: "what a JSON file for exec-spec can say", content: spec },
    Topic { name: "profiles", purpose: "where to work: files, environment, keys", content: profiles },
    Topic { name: "approval", purpose: "calls that reach a client", content: approval },
    Topic {
        name: "mcp-clients",
        purpose: "the same commands as tools, for MCP clients",
        content: mcp_clients,
    },
    Topic { name: "output", purpose: "stdout, stderr, forms of the result", content: output },
];

/// A topic by its name.
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes, and the error codes that end with them\n\n");
    for exit in &exit::TABLE {
        let codes: Vec<Code> = exit.codes().collect();
        if let [code] = codes.as_slice() {
            text += &format!("{:>4}  {:<22}  {}\n", exit.number, code.as_str(), exit.meaning);
            continue;
        }
        text += &format!("{:>4}  {}\n", exit.number, exit.meaning);
        for code in codes {
            text += &format!("      {:<22}  {}\n", code.as_str(), code.meaning());
        }
    }
    text += "
An error is one JSON object on stderr (plain text on a terminal):
  {\"error\": {\"code\": ..., \"message\": ..., \"hints\": [...], \"effect\": ..., \"retry\": ...}}
  effect  not_sent: never left this machine; rejected: nothing was changed,
          also of a read that failed; none: it read, what failed came after;
          unknown: a write was sent, its answer lost; done: it happened,
          what failed came after
  retry   never, safe, or check_first: look whether it happened

Examples:
  odoo-agent help approval
  odoo-agent --profile sandbox lookup partner Azure --one
";
    text
}

fn spec() -> String {
    let schema = crate::spec::schema();
    let mut text = String::from(
        "A spec is the same as a command line, in JSON: one action with its keys\n\n  odoo-agent exec-spec FILE, or - for stdin\n\n",
    );
    let actions: Vec<Value> =
        schema["$defs"].as_object().into_iter().flat_map(|all| all.values().cloned()).collect();
    let mut shared: Vec<String> = Vec::new();
    for action in &actions {
        let required: Vec<&str> =
            action["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let keys = action["properties"].as_object().into_iter().flatten();
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        for (key, value) in keys.filter(|(key, _)| *key != "action") {
            let everywhere = actions.iter().all(|other| other["properties"].get(key).is_some());
            if everywhere {
                rest.push(format!("  {key}: {}", described(value)));
            } else if required.contains(&key.as_str()) {
                own.push(key.to_uppercase());
            } else {
                own.push(key.clone());
            }
        }
        shared = rest;
        let name = action["properties"]["action"]["const"].as_str().unwrap_or_default();
        text += &format!("  {name:<16}{}\n", own.join(" "));
    }
    text += "\nKeys in capitals are needed. create takes vals or vals_list. Every action also takes\n";
    text += &shared.join("\n");
    text += "

Unknown and repeated keys are refused; null counts as left out. odoo-agent spec-schema prints the JSON Schema.
Without a name, exec-spec reads /tmp/codex_odoo_request.json, which must be a file of yours and no link.

Examples:
  echo '{\"action\": \"lookup\", \"kind\": \"partner\", \"query\": \"Azure\"}' | odoo-agent exec-spec -
  echo '{\"action\": \"search_read\", \"model\": \"project.task\", \"limit\": 5}' | odoo-agent exec-spec -
";
    text
}

fn described(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn profiles() -> String {
    let mut text = String::from(
        "A profile is a file odoo_NAME.env in the configuration directory, with mode 0600

Which one a run uses: --profile or --env-file; else ODOO_PROFILE; else the environment, if it holds
ODOO_BASE_URL, ODOO_DB and ODOO_API_KEY, or ODOO_LOGIN and ODOO_PASSWORD; else the only profile there is. The profile `sandbox` needs no file:
it is an embedded Odoo. The environment wins over the file, value by value, but a key goes only to the host it
was configured with. Values are literal to the end of the line.

In a profile or in the environment:
",
    );
    let row = |name: &names::Name| format!("  {:<26}  {}\n", name.name, name.meaning);
    text.extend(names::ALL.iter().filter(|name| name.is_in_profile()).map(row));
    text += "\nIn the environment alone:\n";
    text.extend(names::ALL.iter().filter(|name| !name.is_in_profile()).map(row));
    text += "
How Odoo is spoken to (ODOO_PROTOCOL) is told by the server and the profile. A key without ODOO_LOGIN opens JSON-2 of
Odoo 19 and later, and nothing else. With ODOO_LOGIN the server is asked once a day which Odoo it is: JSON-2 from 19
on, before it JSON-RPC with the key, or with the password where there is no key; the web session, which no key opens,
where /jsonrpc does not answer. The session is kept between runs; odoo-agent session end ends it. odoo-agent doctor
says what was chosen, and why.

Examples:
  odoo-agent --profile sandbox doctor
  odoo-agent cache path
";
    text
}

fn approval() -> String {
    format!(
        "A call that would reach a client is refused by Odoo's guard until a person approved exactly it

The refusal ends with exit {}, `{}`, and names the request that now waits in Odoo. A person sees there, or with
odoo-agent approve REQUEST at their own terminal, what the guard stopped: recipients, text, attachments. Once they
have approved, odoo-agent approvals send REQUEST sends exactly that, once; anything else is refused again, and is a
request of its own. With --wait-approval 10m one command does all of it: exit 0 is sent, {} is rejected, and {}
still waits. What a request goes by is kept in the state directory and works with this profile's key alone.

A guard older than 19.0.3.0.0 keeps no requests. The hint then holds a command, complete, by which a person
approves the call as the agent gave it. It prints a token: good once, for ten minutes, for this model, method and
set of records. The agent repeats its call with --confirm-token-file FILE, or with the token in
ODOO_CONFIRMATION_TOKEN.

With --confirm-outbound the program does both steps by itself, if an approver's key is at hand. Then nothing
but the agent's good will stands between it and the clients.

Examples:
  odoo-agent approve res.partner message_post --ids 10 --data-json '{{\"partner_ids\": [10], \"body\": \"Hello\"}}'
  odoo-agent doctor --guard
",
        exit::code_of(Code::ConfirmationRequired),
        Code::ConfirmationRequired.as_str(),
        Code::ConfirmationRefused.as_str(),
        Code::ConfirmationPending.as_str(),
    )
}

fn mcp_clients() -> String {
    String::from(
        "An MCP client starts odoo-agent --profile NAME mcp and speaks to it on stdin and stdout

  claude mcp add odoo -- odoo-agent --profile local mcp
  codex mcp add odoo -- odoo-agent --profile local mcp
  {\"command\": \"odoo-agent\", \"args\": [\"--profile\", \"local\", \"mcp\"]}

Each command that works on records is a tool (odoo_search_read, odoo_write, odoo_call, ...), with the same checks, the
same approvals and the same errors; both eras of the protocol are spoken, 2026-07-28 and those that begin with
initialize. One server works in one profile: no tool takes an address or a key. The profile is read again when its
file changes. Clients hand on little of the environment, so what is needed stands in the profile.

An answer holds at most ODOO_MCP_ANSWER characters, ends at a whole row, and names the call that goes on. Binary
contents are left out, and their size is said. A call waits for a person no longer than ODOO_MCP_WAIT and says how to
wait on; a client that can show something is told once that a request waits, and what it answers approves nothing.
A client that was started from a desktop has another PATH: give it the whole path of the program.
ODOO_MCP_TOOLS=two offers two tools in place of one for each command, for clients that load every schema.
Notes of the server itself go to stderr.

Examples:
  odoo-agent describe mcp
  odoo-agent help approval
",
    )
}

fn output() -> String {
    let forms: Vec<String> = <crate::cli::render::format::Format as clap::ValueEnum>::value_variants()
        .iter()
        .filter_map(clap::ValueEnum::to_possible_value)
        .map(|form| {
            let help = form.get_help().map(ToString::to_string).unwrap_or_default();
            format!("  {:<8}  {help}\n", form.get_name())
        })
        .collect();
    format!(
        "stdout is data, stderr is talk

A result goes to stdout, with Odoo's own numbers and its order of fields. Notes and errors go to stderr: one JSON
object a line, plain text on a terminal. --quiet leaves notes out, --debug adds requests and Odoo's tracebacks.
Text from Odoo is passed through in a pipe; on a terminal, control and bidirectional characters are escaped.

Forms, for --output:
{}
Examples:
  odoo-agent --profile sandbox search-read res.partner --limit 2 --pretty
  odoo-agent --profile sandbox lookup partner Azure --one --quiet
",
        forms.concat()
    )
}
