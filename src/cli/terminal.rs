//! A person at this process's own terminal, asked on /dev/tty and never through stdin, which an agent may
//! hold. Ctrl-C at a question ends the run with nothing approved. What is shown is made harmless first.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use zeroize::Zeroizing;

use super::screen;

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::host::Question;
use crate::secret::Secret;
use crate::text::sanitize;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];
const LONGEST: usize = 1024;
/// Columns and rows of a terminal that does not tell.
const USUAL: (usize, usize) = (80, 24);

/// Whether somebody may type there.
pub fn stdin_is_one() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdin())
}

/// The terminal, or the error that says that one is needed.
#[allow(clippy::disallowed_methods, reason = "a terminal is no file of ours")]
pub fn open() -> Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|error| {
        Error::usage(format!(
            "this asks a person, and there is no terminal to ask on ({error}): nothing was approved"
        ))
        .with_source(error)
    })
}

/// Shows what a person is to decide on, as wide and as high as their terminal is.
pub fn show(tty: &mut File, question: &Question) {
    let size = tcgetwinsize(&*tty).ok();
    let of =
        |told: Option<u16>, usual: usize| told.map(usize::from).filter(|told| *told > 0).unwrap_or(usual);
    let columns = of(size.map(|size| size.ws_col), USUAL.0);
    let rows = of(size.map(|size| size.ws_row), USUAL.1);
    write(tty, &screen::drawn(question, columns, rows));
}

fn write(tty: &mut File, text: &str) {
    let _ = tty.write_all(sanitize::for_terminal(text).as_bytes());
}

/// Asks for a secret that is not shown while it is typed; Enter alone takes the one that is offered, if one is.
pub fn ask_hidden(prompt: &str, offered: Option<&Secret>) -> Result<Secret> {
    let mut tty = open()?;
    let line = read_line(&mut tty, prompt, false)?;
    let text = line.trim();
    match (text.is_empty(), offered) {
        (false, _) => Ok(Secret::new(text.to_string())),
        (true, Some(offered)) => Ok(offered.clone()),
        (true, None) => Err(interrupted("nothing was typed")),
    }
}

/// Asks for a line that is no secret.
pub fn ask_line(tty: &mut File, prompt: &str) -> Result<String> {
    let line = read_line(tty, prompt, true)?;
    let text = line.trim();
    if text.is_empty() {
        return Err(interrupted("nothing was typed"));
    }
    Ok(text.to_string())
}

/// Asks for a whole `yes`.
pub fn ask_yes(tty: &mut File, prompt: &str) -> Result<bool> {
    Ok(read_line(tty, prompt, true)?.trim().eq_ignore_ascii_case("yes"))
}

/// What a person says to a request.
pub enum Decision {
    /// A whole `yes`.
    Approved,
    /// `no`, with what the agent is told.
    Rejected(String),
    /// Anything else decides nothing.
    Open,
}

/// Asks for `yes`, or for `no` and why.
pub fn ask_decision(tty: &mut File, prompt: &str) -> Result<Decision> {
    let line = read_line(tty, prompt, true)?;
    let (word, why) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    if word.eq_ignore_ascii_case("yes") && why.is_empty() {
        return Ok(Decision::Approved);
    }
    if !word.trim_end_matches([',', ':']).eq_ignore_ascii_case("no") {
        return Ok(Decision::Open);
    }
    let why = match why.trim() {
        "" => read_line(tty, "Why not? The agent is told (Enter: no reason): ", true)?.trim().to_string(),
        why => why.to_string(),
    };
    Ok(Decision::Rejected(if why.is_empty() { "no reason was given".into() } else { why }))
}

fn interrupted(why: &str) -> Error {
    Error::new(Code::Interrupted, format!("{why}: nothing was approved and no token was minted"))
        .with_effect(Effect::NotSent, Retry::Safe)
}

/// The terminal as it was before the question that is open, and as it is while that is asked.
static ASKING: Mutex<Option<(File, Termios, Termios)>> = Mutex::new(None);

fn asking() -> MutexGuard<'static, Option<(File, Termios, Termios)>> {
    ASKING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the terminal back, if a question is open; for whoever ends the process meanwhile.
pub fn give_back() {
    if let Some((tty, before, _)) = &*asking() {
        let _ = tcsetattr(tty, OptionalActions::Now, before);
    }
}

/// Puts the terminal back however the question ends.
struct Quiet;

impl Drop for Quiet {
    fn drop(&mut self) {
        give_back();
        asking().take();
    }
}

/// A signal that ends or stops the program finds the terminal as it was. What `interrupt` hears says what happened as well.
#[cfg(unix)]
fn listen() {
    use signal_hook::consts::{
        FORBIDDEN, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGURG, SIGWINCH,
    };

    /// Those that end or stop nothing, those that `interrupt` answers, and the one that is ignored.
    const OTHERS: [i32; 7] = [SIGCHLD, SIGCONT, SIGINT, SIGPIPE, SIGTERM, SIGURG, SIGWINCH];
    static LISTENING: std::sync::Once = std::sync::Once::new();
    super::interrupt::install();
    LISTENING.call_once(|| {
        let Ok(mut signals) = signal_hook::iterator::Signals::new([0; 0]) else { return };
        let is_heard = |signal: i32| signal == SIGHUP && super::interrupt::hears_hang_up();
        let is_ours =
            |signal: &i32| !OTHERS.contains(signal) && !FORBIDDEN.contains(signal) && !is_heard(*signal);
        for signal in (1..=64).filter(is_ours) {
            // The system keeps some numbers to itself, and refuses them.
            let _ = signals.add_signal(signal);
        }
        std::thread::spawn(move || {
            for signal in signals.forever() {
                give_back();
                if signal_hook::low_level::emulate_default_handler(signal).is_err() {
                    // One that has no name here: by itself it would have ended the program.
                    #[allow(
                        clippy::disallowed_methods,
                        reason = "a signal ends the process from its own thread"
                    )]
                    std::process::exit(128 + signal);
                }
                // Only a stop comes back, and the question is still open.
                if let Some((tty, _, raw)) = &*asking() {
                    let _ = tcsetattr(tty, OptionalActions::Now, raw);
                }
            }
        });
    });
}

/// Reads a line key by key, so that Ctrl-C is an answer and not a signal that would leave the echo off.
fn read_line(tty: &mut File, prompt: &str, echo: bool) -> Result<Zeroizing<String>> {
    let failed = |error: std::io::Error| {
        Error::usage(format!("the terminal cannot be read ({error})")).with_source(error)
    };
    let before = tcgetattr(&*tty).map_err(|error| failed(error.into()))?;
    let mut raw = before.clone();
    raw.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    let (mut reader, mut writer) = (tty.try_clone().map_err(failed)?, tty.try_clone().map_err(failed)?);
    #[cfg(unix)]
    listen();
    *asking() = Some((tty.try_clone().map_err(failed)?, before, raw.clone()));
    let _quiet = Quiet;
    tcsetattr(&*tty, OptionalActions::Flush, &raw).map_err(|error| failed(error.into()))?;
    // Asked only now, and what was typed before is thrown away: a `yes` pasted together with the command is no
    // answer to a question that nobody has read.
    write(&mut writer, prompt);
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    loop {
        let mut key = [0_u8];
        if reader.read(&mut key).map_err(failed)? == 0 {
            return Err(interrupted("the terminal was closed"));
        }
        match key[0] {
            CTRL_C => {
                let _ = writer.write_all(b"\n");
                return Err(interrupted("interrupted"));
            }
            b'\r' | b'\n' | CTRL_D => break,
            erase if BACKSPACE.contains(&erase) => {
                let taken = line.pop().is_some();
                if taken && echo {
                    let _ = writer.write_all(b"\x08 \x08");
                }
            }
            other if line.len() < LONGEST => {
                line.push(other);
                if echo {
                    let _ = writer.write_all(&[other]);
                }
            }
            _ => {}
        }
    }
    let _ = writer.write_all(b"\n");
    Ok(Zeroizing::new(String::from_utf8_lossy(&line).into_owned()))
}
