//! The program: hands the process's arguments, environment and streams to the library.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let out = odoo_agent::Out::new(
        Box::new(stdout()),
        Box::new(stderr()),
        stdout().is_terminal(),
        stderr().is_terminal(),
    );
    let clock = std::sync::Arc::new(odoo_agent::clock::System);
    let code =
        odoo_agent::run(std::env::args_os().collect(), std::env::vars_os(), Box::new(stdin()), out, clock);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
