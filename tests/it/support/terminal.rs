//! A program on a pseudo-terminal of its own, by python3's pty: what a person would see, and what they type
//! when a text appears.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Home;
use super::run::BINARY;

const DRIVER: &str = include_str!("terminal.py");

/// A program and what is typed to it.
pub struct Terminal {
    words: Vec<String>,
    environment: serde_json::Map<String, Value>,
    steps: Vec<(String, String)>,
    ahead: String,
    stdin: Option<String>,
    terminal: bool,
    talk: bool,
    data: bool,
    columns: u16,
    rows: u16,
}

/// What was seen.
#[derive(Debug)]
pub struct Seen {
    pub exit: i32,
    /// Everything that appeared on the terminal.
    pub screen: String,
    pub stdout: String,
    /// What went to stderr where that is no terminal.
    pub stderr: String,
    /// Whether the terminal showed what was typed, at each answer.
    pub echo: Vec<bool>,
}

impl Terminal {
    /// The program under test.
    pub fn agent(home: &Home, arguments: &[&str]) -> Terminal {
        Terminal::of(home, [BINARY].iter().chain(arguments).map(|word| word.to_string()).collect())
    }

    /// A line for the shell, with the program on its PATH.
    pub fn shell(home: &Home, line: &str) -> Terminal {
        let bin = home.beside("bin");
        fs::create_dir_all(&bin).unwrap();
        let link = bin.join("odoo-agent");
        if !link.exists() {
            std::os::unix::fs::symlink(BINARY, &link).unwrap();
        }
        let words = ["/bin/sh", "-c", line].map(str::to_string).to_vec();
        Terminal::of(home, words).env("PATH", &format!("{}:/usr/bin:/bin", bin.display()))
    }

    fn of(home: &Home, words: Vec<String>) -> Terminal {
        let terminal = Terminal {
            words,
            environment: serde_json::Map::new(),
            steps: Vec::new(),
            ahead: String::new(),
            stdin: None,
            terminal: true,
            talk: true,
            data: false,
            columns: 200,
            rows: 50,
        };
        terminal.env("ODOO_AGENT_HOME", home.path().to_str().unwrap())
    }

    pub fn env(mut self, name: &str, value: &str) -> Terminal {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// When this text appears, this is typed.
    pub fn when(mut self, text: &str, typed: &str) -> Terminal {
        self.steps.push((text.into(), typed.into()));
        self
    }

    /// Typed before the program starts.
    pub fn typed_ahead(mut self, text: &str) -> Terminal {
        self.ahead = text.into();
        self
    }

    /// stdin is this file and not the terminal.
    pub fn stdin(mut self, path: &str) -> Terminal {
        self.stdin = Some(path.into());
        self
    }

    /// stderr is a file and not the terminal.
    pub fn without_stderr(mut self) -> Terminal {
        self.talk = false;
        self
    }

    /// stdout is the terminal too.
    pub fn with_stdout(mut self) -> Terminal {
        self.data = true;
        self
    }

    /// The width of the terminal.
    pub fn columns(mut self, columns: u16) -> Terminal {
        self.columns = columns;
        self
    }

    /// The height of the terminal.
    pub fn rows(mut self, rows: u16) -> Terminal {
        self.rows = rows;
        self
    }

    /// When this text appears, a file is written anew, and then this is typed.
    pub fn when_file(self, text: &str, path: &std::path::Path, content: &str, typed: &str) -> Terminal {
        self.when(text, &format!("file:{}", json!([path, content, typed])))
    }

    /// When this text appears, the program gets this signal.
    pub fn when_signal(self, text: &str, signal: i32) -> Terminal {
        self.when(text, &format!("signal:{signal}"))
    }

    /// There is no terminal at all.
    pub fn without_terminal(mut self) -> Terminal {
        self.terminal = false;
        self
    }

    #[track_caller]
    pub fn run(self, home: &Home) -> Seen {
        let (stdout, stderr) = (home.beside("pty-stdout"), home.beside("pty-stderr"));
        let job = json!({
            "words": self.words, "environment": self.environment, "steps": self.steps, "ahead": self.ahead,
            "stdin": self.stdin, "stdout": stdout, "stderr": stderr, "terminal": self.terminal,
            "talk": self.talk, "data": self.data, "columns": self.columns, "rows": self.rows,
        });
        // One that is started through a manager of versions takes ten times as long.
        let own = Path::new("/usr/bin/python3");
        let started = Command::new(if own.exists() { own } else { Path::new("python3") })
            .args(["-I", "-S", "-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut driver = started.unwrap_or_else(|error| {
            panic!("python3 is needed for a terminal of our own, and cannot be started: {error}")
        });
        driver.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
        let ended = driver.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        let report: Value = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|_| panic!("python3 (3.9 or later is needed) gave no report: {told}"));
        let screen = report["screen"].as_str().unwrap().to_string();
        assert!(report["missing"].is_null(), "never appeared: {}\nseen: {screen}", report["missing"]);
        assert_eq!(report["before"], report["after"], "the terminal is left as it was: {screen}");
        Seen {
            exit: i32::try_from(report["exit"].as_i64().unwrap()).unwrap(),
            screen,
            stdout: fs::read_to_string(stdout).unwrap(),
            stderr: fs::read_to_string(stderr).unwrap(),
            echo: report["echo"].as_array().unwrap().iter().map(|echo| echo.as_bool().unwrap()).collect(),
        }
    }
}

impl Seen {
    /// What appeared, its lines ending as the program ended them.
    pub fn text(&self) -> String {
        self.screen.replace("\r\n", "\n")
    }

    /// It ended so.
    #[track_caller]
    pub fn exits(self, exit: i32) -> Seen {
        assert_eq!(self.exit, exit, "screen: {}\nstderr: {}", self.screen, self.stderr);
        self
    }

    /// The screen shows each of these.
    #[track_caller]
    pub fn shows(self, parts: &[&str]) -> Seen {
        for part in parts {
            assert!(self.screen.contains(part), "{part:?} is not on the screen: {}", self.screen);
        }
        self
    }
}
