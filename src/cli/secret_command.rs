//! The commands that print a key or password: those that a profile of the configuration directory names, and no
//! others; no flag, no variable and no spec reaches here. What one prints is shown nowhere, and it has not for ever.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::settings::names;

/// A person may have to unlock a manager of secrets.
const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST: u64 = 64 * 1024;

/// The first line of what the command behind a setting prints.
///
/// # Errors
/// It failed, took too long, or printed nothing.
pub fn printed(name: &'static str, command: &str) -> Result<Secret> {
    printed_within(name, command, PATIENCE)
}

fn printed_within(name: &'static str, command: &str, patience: Duration) -> Result<Secret> {
    let what = if name == names::PASSWORD_COMMAND { "password" } else { "key" };
    let failed = |why: String| Error::new(Code::ConfigInvalid, format!("{name} gave no {what}: {why}"));
    let mut child = start(command).map_err(|error| failed(error.to_string()))?;
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = zeroize::Zeroizing::new(Vec::new());
            let read = stdout.take(LONGEST).read_to_end(&mut bytes).map(|_| bytes);
            let _ = sender.send(read);
        });
    }
    let Ok(read) = receiver.recv_timeout(patience) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(format!("it did not end within {}", humantime::format_duration(patience))));
    };
    let bytes = read.map_err(|error| failed(error.to_string()))?;
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return Err(failed(format!("it ended with {status}")));
    }
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = std::str::from_utf8(first).map_err(|_| failed("its first line is not text".into()))?.trim();
    if text.is_empty() {
        return Err(failed("its first line is empty".into()));
    }
    Ok(Secret::new(text.to_string()))
}

#[allow(clippy::disallowed_methods, reason = "the only commands that are run: a profile's owner names them")]
fn start(command: &str) -> std::io::Result<Child> {
    let mut started = Command::new("sh");
    started.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // None of them is told what another one is for.
    for secret in [names::API_KEY, names::PASSWORD, names::APPROVER_API_KEY, names::CONFIRMATION_TOKEN] {
        started.env_remove(secret);
    }
    started.spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> std::result::Result<String, String> {
        printed_within("ODOO_API_KEY_COMMAND", command, Duration::from_millis(300))
            .map(|secret| secret.expose().to_string())
            .map_err(|error| error.message)
    }

    #[test]
    fn the_first_line_is_the_secret() {
        assert_eq!(of("printf 'k e y\\nother\\n'").unwrap(), "k e y");
        assert_eq!(of("echo '  key  '").unwrap(), "key");
    }

    #[test]
    fn a_command_that_fails_prints_nothing_or_never_ends_says_so_and_shows_nothing() {
        for (command, why) in [
            ("echo s3cret; exit 3", "ended with"),
            ("true", "empty"),
            ("printf '\\nkey'", "empty"),
            ("printf '\\377\\376'", "not text"),
            ("exec sleep 20", "within 300ms"),
        ] {
            let message = of(command).unwrap_err();
            assert!(message.contains(why) && !message.contains("s3cret"), "{command}: {message}");
        }
    }
}
