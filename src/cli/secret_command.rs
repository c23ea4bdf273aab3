//! The commands that print a key or password: those that a profile of the configuration directory names, and no
//! others; no flag, no variable and no spec reaches here. What one prints is shown nowhere, and it has not for ever.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::settings::names;

/// Who has to unlock a password manager or touch a token is given this long.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether the command has ended.
const GLANCE: Duration = Duration::from_millis(10);
/// No key is longer than this.
const LONGEST: u64 = 4096;

/// Runs what the profile names (never a flag, never the environment) and takes its first line.
#[allow(clippy::disallowed_methods, reason = "the only commands that are run: a profile's owner names them")]
///
/// # Errors
/// It failed, took too long, or printed nothing.
pub fn printed(name: &'static str, command: &str, clock: &dyn Clock) -> Result<Secret> {
    let what = if name == names::PASSWORD_COMMAND { "password" } else { "key" };
    let failed = |why: String| Error::new(Code::ConfigInvalid, format!("{name} gave no {what}: {why}"));
    let mut shell = Command::new("sh");
    for secret in names::SECRETS {
        shell.env_remove(secret);
    }
    let mut child = shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
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
                return Err(format!("it did not end within {within} and was stopped: nothing was sent"));
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
            let error = printed(names::API_KEY_COMMAND, hanging, &clock).unwrap_err();
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
            assert_eq!(printed(names::API_KEY_COMMAND, right, &System).unwrap().expose(), "k3y", "{right}");
        }
        for wrong in [
            "true",
            "echo; echo k3y",
            "echo k3y; exit 3",
            "printf '\\377\n'",
            "head -c 10000 /dev/zero | tr '\\0' a",
        ] {
            assert!(printed(names::API_KEY_COMMAND, wrong, &System).is_err(), "{wrong}");
        }
    }
}
