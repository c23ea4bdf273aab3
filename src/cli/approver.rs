//! Where the approver's key comes from: the process environment, the profile, a password manager that a
//! profile of the configuration directory names, or a hidden prompt. It warns when having the key here makes
//! the separation of agent and approver void. Nothing but the approval flow asks for it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use zeroize::Zeroizing;

use super::terminal;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::host::Question;
use crate::secret::Secret;
use crate::settings::{ApproverSource, Environment, Paths, Selection, names};

/// Who has to unlock a password manager or touch a token is given this long.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether the command has ended.
const GLANCE: Duration = Duration::from_millis(10);
/// No key is longer than this.
const LONGEST: u64 = 4096;

/// Who is to use the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The agent's own run: having the key in its reach deserves a warning.
    Agent,
    /// A person who approves at a terminal, maybe with a profile of their own.
    Person,
}

/// The key, or none when there is none to be had without a person. Where it is typed, what `shown` gives is shown
/// first; a person who approves may take `own`, the key of their profile, where that one may approve.
#[allow(clippy::too_many_arguments, reason = "each from another place")]
pub fn key(
    selection: &Selection,
    environment: &Environment,
    paths: &Paths,
    asker: Asker,
    own: &dyn Fn() -> Option<Secret>,
    is_interactive: bool,
    shown: &dyn Fn() -> Result<Question>,
    note: &dyn Fn(String),
    clock: &dyn Clock,
) -> Result<Option<Secret>> {
    let selection = Selection {
        profile: selection.profile.clone(),
        env_file: selection.env_file.clone(),
        ..Selection::default()
    };
    Ok(match ApproverSource::find(&selection, environment, paths)? {
        Some(ApproverSource::Environment(key)) => Some(key),
        Some(ApproverSource::File(key, path)) if asker == Asker::Agent => {
            note(format!(
                "the approver's key is in {}, which the agent's own profile reads: whoever runs this can approve its own calls",
                path.display()
            ));
            Some(key)
        }
        Some(ApproverSource::File(key, _)) => Some(key),
        Some(ApproverSource::Command(command)) => Some(from_command(&command, clock)?),
        None if asker == Asker::Person => {
            let own = own();
            let prompt = match &own {
                Some(_) => "The approver's API key (not shown; Enter takes this profile's own): ",
                None => "The approver's API key (not shown): ",
            };
            Some(terminal::ask_hidden(prompt, own.as_ref())?)
        }
        None if is_interactive => {
            let mut tty = terminal::open()?;
            terminal::show(&mut tty, &shown()?);
            Some(terminal::ask_hidden(
                "To let exactly this through, once, type the approver's API key (not shown): ",
                None,
            )?)
        }
        None => None,
    })
}

/// Runs what the profile names (never a flag, never the environment) and takes its first line.
#[allow(clippy::disallowed_methods, reason = "the one command that is run: a profile of the owner names it")]
fn from_command(command: &str, clock: &dyn Clock) -> Result<Secret> {
    let failed = |why: String| {
        Error::new(Code::ConfigInvalid, format!("{} gave no key: {why}", names::APPROVER_KEY_COMMAND))
    };
    let mut shell = Command::new("sh");
    for secret in names::SECRETS {
        shell.env_remove(secret);
    }
    let mut child = shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| failed(error.to_string()).with_source(error))?;
    let printed = first_line(&mut child);
    let status = ended(&mut child, clock).map_err(failed)?;
    if !status.success() {
        return Err(failed(format!("it ended with {status}")));
    }
    // What it left running may hold its output open; the line is there, or there is none.
    let first = printed.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let text = std::str::from_utf8(&first).map_err(|_| failed("its first line is not text".into()))?.trim();
    if text.is_empty() {
        return Err(failed("its first line is empty".into()));
    }
    if first.len() as u64 > LONGEST {
        return Err(failed("its first line is too long for a key".into()));
    }
    Ok(Secret::new(text.to_string()))
}

/// The first line that a command prints. The rest is read too, so that it can end, and thrown away.
fn first_line(child: &mut Child) -> Receiver<Zeroizing<Vec<u8>>> {
    let (told, printed) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = Zeroizing::new(Vec::new());
            let _ = stdout.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line);
            let _ = told.send(line);
            let _ = std::io::copy(&mut stdout, &mut std::io::sink());
        });
    }
    printed
}

/// Waits for the end of a command, and not for ever.
fn ended(child: &mut Child, clock: &dyn Clock) -> std::result::Result<ExitStatus, String> {
    let began = clock.instant();
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => return Ok(status),
            None if clock.instant().saturating_duration_since(began) < PATIENCE => clock.sleep(GLANCE),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                let within = humantime::format_duration(PATIENCE);
                return Err(format!("it did not end within {within} and was stopped; nothing was approved"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::clock::System;

    /// Time passes as it is slept through.
    struct Hurried(Instant, Mutex<Duration>);

    impl Clock for Hurried {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn instant(&self) -> Instant {
            self.0 + *self.1.lock().unwrap()
        }

        fn sleep(&self, time: Duration) {
            *self.1.lock().unwrap() += time;
        }
    }

    #[test]
    fn a_command_that_hangs_is_stopped_and_says_so() {
        for hanging in ["exec sleep 600", "exec sleep 600 >/dev/null", "exec cat /dev/zero"] {
            let clock = Hurried(Instant::now(), Mutex::default());
            let error = from_command(hanging, &clock).unwrap_err();
            assert_eq!(error.code, Code::ConfigInvalid);
            assert!(error.message.contains("did not end within 2m"), "{}", error.message);
        }
    }

    #[test]
    fn what_a_password_manager_prints_is_taken_and_its_end_is_waited_for() {
        for right in [
            "echo k3y",
            "printf k3y",
            "printf 'k3y\r\nlogin: approver\n'",
            "echo k3y; seq 1 200000",
            "echo k3y; sleep 20 & true",
            "sleep 0.1; echo k3y",
        ] {
            assert_eq!(from_command(right, &System).unwrap().expose(), "k3y", "{right}");
        }
        for wrong in [
            "true",
            "echo; echo k3y",
            "echo k3y; exit 3",
            "printf '\\377\n'",
            "head -c 10000 /dev/zero | tr '\\0' a",
        ] {
            assert!(from_command(wrong, &System).is_err(), "{wrong}");
        }
    }
}
