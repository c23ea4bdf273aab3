//! Odoo's refusals as one value: HTTP status, Python exception name, message, arguments. Every constructor
//! is one class of failure that JSON-2 knows. It renders the five-key body and the believable traceback;
//! it decides nothing.

use serde_json::{Value, json};

const DENIED: &str = "odoo.exceptions.AccessDenied";
const EXPIRED: &str = "odoo.http.SessionExpiredException";
const NO_URL: &str = "werkzeug.exceptions.NotFound";

/// A refusal on its way to the caller. The request that caused it is rolled back.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// HTTP status of the reply.
    pub status: u16,
    /// Python class, as `odoo.exceptions.UserError`.
    pub name: &'static str,
    /// What Odoo says.
    pub message: String,
    arguments: Option<Vec<Value>>,
    context: Value,
}

/// Results inside the sandbox.
pub type Outcome<T> = std::result::Result<T, Fault>;

impl Fault {
    fn new(status: u16, name: &'static str, message: impl Into<String>) -> Fault {
        Fault { status, name, message: message.into(), arguments: None, context: json!({}) }
    }

    fn werkzeug(status: u16, name: &'static str, message: impl Into<String>) -> Fault {
        let message = message.into();
        let arguments = Some(vec![json!(message), json!(status)]);
        Fault { arguments, ..Fault::new(status, name, message) }
    }

    /// With what a program is told besides.
    #[cold]
    pub fn with_context(self, context: Value) -> Fault {
        Fault { context, ..self }
    }

    /// No key or a wrong one.
    #[cold]
    pub fn unauthorized(message: &str) -> Fault {
        Fault::werkzeug(401, "werkzeug.exceptions.Unauthorized", message)
    }

    /// Says that the sandbox lacks a name, which Odoo may have.
    #[cold]
    pub fn gap(mut self) -> Fault {
        self.message.push_str(crate::transport::GAP);
        if let Some(first) = self.arguments.as_mut().and_then(|arguments| arguments.first_mut()) {
            *first = json!(self.message);
        }
        self
    }

    /// A login, key or password that is none, or a user whom this road is closed to.
    #[cold]
    pub fn denied() -> Fault {
        Fault::new(403, DENIED, "Access Denied")
    }

    /// A call without a session, or with one that is over.
    #[cold]
    pub fn expired() -> Fault {
        Fault::new(403, EXPIRED, "Session expired")
    }

    /// No such path or model, as werkzeug says it of itself.
    #[cold]
    pub fn no_url() -> Fault {
        let message = "404 Not Found: The requested URL was not found on the server. If you entered the URL manually \
             please check your spelling and try again.";
        Fault { arguments: Some(Vec::new()), ..Fault::new(404, NO_URL, message) }
    }

    /// No such database: PostgreSQL's own words.
    #[cold]
    pub fn no_database(name: &str) -> Fault {
        let message = format!(
            "connection to server on socket \"/var/run/postgresql/.s.PGSQL.5432\" failed: FATAL:  database \"{name}\" \
             does not exist\n"
        );
        Fault::new(500, "psycopg2.OperationalError", message)
    }

    /// A name that a model's class does not have.
    #[cold]
    pub fn no_attribute(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.AttributeError", message)
    }

    /// A name that Python does not know.
    #[cold]
    pub fn name(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.NameError", message)
    }

    /// An exception of no class of its own.
    #[cold]
    pub fn plain(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.Exception", message)
    }

    /// A service that there is not.
    #[cold]
    pub fn missing_key(name: &str) -> Fault {
        Fault::new(500, "builtins.KeyError", name)
    }

    /// A body that is not JSON, where it is read late.
    #[cold]
    pub fn no_json(message: impl Into<String>) -> Fault {
        Fault::new(500, "json.decoder.JSONDecodeError", message)
    }

    /// No such path, model or method.
    #[cold]
    pub fn not_found(message: impl Into<String>) -> Fault {
        Fault::werkzeug(404, "werkzeug.exceptions.NotFound", message)
    }

    /// A body that is not JSON.
    #[cold]
    pub fn bad_request(message: impl Into<String>) -> Fault {
        Fault::werkzeug(400, "werkzeug.exceptions.BadRequest", message)
    }

    /// A call that does not fit the method's signature.
    #[cold]
    pub fn unprocessable(message: impl Into<String>) -> Fault {
        Fault::werkzeug(422, "werkzeug.exceptions.UnprocessableEntity", message)
    }

    /// The user may not do this.
    #[cold]
    pub fn access(message: impl Into<String>) -> Fault {
        Fault::new(403, "odoo.exceptions.AccessError", message)
    }

    /// A business refusal.
    #[cold]
    pub fn user(message: impl Into<String>) -> Fault {
        Fault::new(422, "odoo.exceptions.UserError", message)
    }

    /// A refusal that a browser would lead on from; over an API it is an unexpected error.
    #[cold]
    pub fn redirect(message: impl Into<String>) -> Fault {
        Fault::new(500, "odoo.exceptions.RedirectWarning", message)
    }

    /// A broken constraint.
    #[cold]
    pub fn validation(message: impl Into<String>) -> Fault {
        Fault::new(422, "odoo.exceptions.ValidationError", message)
    }

    /// A constraint that PostgreSQL reported.
    pub fn integrity(message: impl std::fmt::Display) -> Fault {
        Fault::validation(format!("The operation cannot be completed: {message}"))
    }

    /// A record that is not there (any more).
    #[cold]
    pub fn missing(model: &str, ids: &[i64], user: i64) -> Fault {
        let ids = match ids {
            [one] => format!("{one},"),
            several => several.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
        };
        let message =
            format!("Record does not exist or has been deleted.\n(Record: {model}({ids}), User: {user})");
        Fault::new(404, "odoo.exceptions.MissingError", message)
    }

    /// A caller's mistake that Odoo lets through as a plain Python error.
    #[cold]
    pub fn value(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.ValueError", message)
    }

    /// An argument of the wrong Python type.
    #[cold]
    pub fn kind(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.TypeError", message)
    }

    /// What Python asserts and what is not so.
    #[cold]
    pub fn assertion(message: impl Into<String>) -> Fault {
        Fault::new(500, "builtins.AssertionError", message)
    }

    /// Something that is no dictionary, or no list, taken for one.
    #[cold]
    pub fn attribute(class: &str, name: &str) -> Fault {
        let message = format!("'{class}' object has no attribute '{name}'");
        Fault::new(500, "builtins.AttributeError", message)
    }

    /// A key that a dictionary does not have.
    #[cold]
    pub fn key(name: &str) -> Fault {
        Fault::new(500, "builtins.KeyError", format!("'{name}'"))
    }

    /// An operator that PostgreSQL does not have for an integer and this.
    #[cold]
    pub fn no_operator(operator: &str, class: &str) -> Fault {
        let message = format!("operator does not exist: integer {operator} {class}\n");
        Fault::new(500, "psycopg2.errors.UndefinedFunction", message)
    }

    /// A value that the database's driver cannot write.
    #[cold]
    pub fn no_adapter() -> Fault {
        Fault::new(500, "psycopg2.ProgrammingError", "can't adapt type 'dict'")
    }

    /// A list that ends too early for Python.
    #[cold]
    pub fn index(message: &str) -> Fault {
        Fault::new(500, "builtins.IndexError", message)
    }

    /// A value that PostgreSQL would not take.
    #[cold]
    pub fn database_text(message: impl Into<String>) -> Fault {
        Fault::new(500, "psycopg2.errors.InvalidTextRepresentation", message)
    }

    /// An aggregate that PostgreSQL does not have for such a column.
    #[cold]
    pub fn no_function(function: &str, column: &str) -> Fault {
        let message = format!("function {function}({column}) does not exist\n");
        Fault::new(500, "psycopg2.errors.UndefinedFunction", message)
    }

    /// A value whose type the column does not have.
    #[cold]
    pub fn wrong_column(column: &str, class: &str, value: &str) -> Fault {
        let message = format!("column \"{column}\" is of type {class} but expression is of type {value}\n");
        Fault::new(500, "psycopg2.errors.DatatypeMismatch", message)
    }

    /// A count that is none.
    #[cold]
    pub fn negative(clause: &str) -> Fault {
        let name = match clause {
            "LIMIT" => "psycopg2.errors.InvalidRowCountInLimitClause",
            _ => "psycopg2.errors.InvalidRowCountInResultOffsetClause",
        };
        Fault::new(500, name, format!("{clause} must not be negative\n"))
    }

    /// A count of the wrong type.
    #[cold]
    pub fn no_count(clause: &str, class: &str) -> Fault {
        let message = format!("argument of {clause} must be type bigint, not type {class}\n");
        Fault::new(500, "psycopg2.errors.DatatypeMismatch", message)
    }

    /// A number that does not fit the column.
    #[cold]
    pub fn out_of_range() -> Fault {
        Fault::new(500, "psycopg2.errors.NumericValueOutOfRange", "integer out of range\n")
    }

    /// Python's stack has an end, and so has ours.
    #[cold]
    pub fn recursion() -> Fault {
        Fault::new(500, "builtins.RecursionError", "maximum recursion depth exceeded")
    }

    /// Another process held the state for too long: Odoo's answer to an exhausted lock wait.
    #[cold]
    pub fn locked() -> Fault {
        Fault::new(500, "psycopg2.errors.LockNotAvailable", "canceling statement due to lock timeout\n")
    }

    /// The five-key body.
    pub fn body(&self) -> Value {
        let arguments = self.arguments.clone().unwrap_or_else(|| vec![json!(self.message)]);
        json!({
            "name": self.name,
            "message": self.message,
            "arguments": arguments,
            "context": self.context,
            "debug": self.traceback(),
        })
    }

    /// The member `error` of JSON-RPC's envelope.
    pub fn in_envelope(&self) -> Value {
        let (code, message) = match self.name {
            EXPIRED => (100, "Odoo Session Expired"),
            NO_URL => (404, "404: Not Found"),
            _ => (0, "Odoo Server Error"),
        };
        json!({ "code": code, "message": message, "data": self.body() })
    }

    /// Said before the body was read, so that the answer has no number.
    pub fn is_before_reading(&self) -> bool {
        matches!(self.name, EXPIRED | NO_URL | "json.decoder.JSONDecodeError")
    }

    /// Python prints exceptions of `builtins` bare and werkzeug's with their status.
    fn traceback(&self) -> String {
        if self.name == DENIED {
            return format!("{DENIED}: {}\n", self.message);
        }
        let last = match (self.name.strip_prefix("builtins."), self.name.strip_prefix("werkzeug.exceptions."))
        {
            (Some(bare), _) => format!("{bare}: {}", self.message),
            (None, Some(class)) => {
                format!("{}: {} {}: {}", self.name, self.status, words(class), self.message)
            }
            (None, None) => format!("{}: {}", self.name, self.message),
        };
        format!(
            "Traceback (most recent call last):\n  File \"/opt/odoo/odoo/http.py\", line 2298, in _serve_db\n    \
             return service_model.retrying(serve_func, env=self.env)\n  File \"/opt/odoo/odoo/http.py\", line \
             2633, in dispatch\n    result = self.request.registry['ir.http']._dispatch(endpoint)\n{last}\n"
        )
    }
}

/// `NotFound` -> `Not Found`, as werkzeug names its statuses.
fn words(class: &str) -> String {
    let mut text = String::new();
    for letter in class.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}
