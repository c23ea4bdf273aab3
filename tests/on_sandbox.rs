//! The suite on the embedded Odoo, reached over HTTP as `sandbox serve` offers it. Each test has a company of
//! its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod suite;
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use suite::{Place, suite};
use support::Home;

/// A served sandbox, ended with the thread that asked for it.
struct Served {
    child: Child,
    _home: Home,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

thread_local! {
    static SERVED: std::cell::RefCell<Option<Served>> = const { std::cell::RefCell::new(None) };
}

fn served() -> Place {
    let home = Home::new();
    let mut child = Command::new(support::run::BINARY)
        .args(["sandbox", "serve"])
        .env_clear()
        .env("ODOO_AGENT_HOME", home.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    SERVED.with(|served| *served.borrow_mut() = Some(Served { child, _home: home }));
    let told: Value = serde_json::from_str(&line).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    Place {
        base_url: text(&told["base_url"]),
        database: text(&told["database"]),
        agent: text(&told["keys"]["agent"]),
        docs: text(&told["keys"]["docs"]),
        approver: text(&told["keys"]["approver"]),
    }
}

suite!(served());
