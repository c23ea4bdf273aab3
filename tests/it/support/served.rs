//! The embedded Odoo as `sandbox serve` offers it, in a state of its own, ended when dropped.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::Home;
use super::run::BINARY;

/// A served sandbox.
pub struct Served {
    child: Child,
    told: Value,
    _home: Home,
}

impl Served {
    pub fn start() -> Served {
        let home = Home::new();
        let mut child = Command::new(BINARY)
            .args(["sandbox", "serve"])
            .env_clear()
            .env("ODOO_AGENT_HOME", home.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Served { child, told: serde_json::from_str(&line).unwrap(), _home: home }
    }

    pub fn base_url(&self) -> &str {
        self.told["base_url"].as_str().unwrap()
    }

    pub fn database(&self) -> &str {
        self.told["database"].as_str().unwrap()
    }

    /// The key of `agent`, `docs`, `approver` or `admin`.
    pub fn key(&self, user: &str) -> &str {
        self.told["keys"][user].as_str().unwrap()
    }

    /// The password of `docs`, `approver` or `admin`, who are let in by the older protocols.
    pub fn password(&self, login: &str) -> &str {
        self.told["logins"][login].as_str().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
