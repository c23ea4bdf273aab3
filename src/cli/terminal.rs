//! A person at this process's own terminal, asked on /dev/tty and never through stdin, which an agent may
//! hold. Ctrl-C at a question ends the run with nothing approved. What is shown is made harmless first.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::error::{Code, Effect, Error, Result, Retry};
use crate::secret::Secret;
use crate::text::sanitize;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];
const LONGEST: usize = 1024;

/// Whether somebody may type there.
pub fn stdin_is_one() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdin())
}

/// The terminal, or the error that says that one is needed.
pub fn open() -> Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|error| {
        Error::usage(format!(
            "this asks a person, and there is no terminal to ask on ({error}): nothing was approved"
        ))
    })
}

/// Shows text.
pub fn show(tty: &mut File, text: &str) {
    let _ = tty.write_all(sanitize::for_terminal(text).as_bytes());
}

/// Asks for a secret that is not shown while it is typed.
pub fn ask_hidden(prompt: &str) -> Result<Secret> {
    let mut tty = open()?;
    let line = read_line(&mut tty, prompt, false)?;
    let text = line.trim();
    if text.is_empty() {
        return Err(interrupted("nothing was typed"));
    }
    Ok(Secret::new(text.to_string()))
}

/// Asks for a whole `yes`.
pub fn ask_yes(tty: &mut File, prompt: &str) -> Result<bool> {
    Ok(read_line(tty, prompt, true)?.trim().eq_ignore_ascii_case("yes"))
}

fn interrupted(why: &str) -> Error {
    Error::new(Code::Interrupted, format!("{why}: nothing was approved and no token was minted"))
        .with_effect(Effect::NotSent, Retry::Safe)
}

/// Puts the terminal back however the question ends.
struct Quiet<'a> {
    tty: &'a File,
    before: rustix::termios::Termios,
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.tty, OptionalActions::Now, &self.before);
    }
}

/// Reads a line key by key, so that Ctrl-C is an answer and not a signal that would leave the echo off.
fn read_line(tty: &mut File, prompt: &str, echo: bool) -> Result<Zeroizing<String>> {
    let failed = |error: std::io::Error| Error::usage(format!("the terminal cannot be read ({error})"));
    let before = tcgetattr(&*tty).map_err(|error| failed(error.into()))?;
    let mut raw = before.clone();
    raw.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    let (mut reader, mut writer) = (tty.try_clone().map_err(failed)?, tty.try_clone().map_err(failed)?);
    tcsetattr(&*tty, OptionalActions::Flush, &raw).map_err(|error| failed(error.into()))?;
    let _quiet = Quiet { tty, before };
    // Asked only now, and what was typed before is thrown away: a `yes` pasted together with the command is no
    // answer to a question that nobody has read.
    show(&mut writer, prompt);
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
