//! The program: hands the process's arguments, environment and streams to the library.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    without_core();
    outlives_limits();
    odoo_agent::end_on_panic();
    let out = odoo_agent::Out::new(
        Box::new(stdout()),
        Box::new(stderr()),
        stdout().is_terminal(),
        stderr().is_terminal(),
    );
    let clock = std::sync::Arc::new(odoo_agent::System);
    let code =
        odoo_agent::run(std::env::args_os().collect(), std::env::vars_os(), Box::new(stdin()), out, clock);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// A core file would hold the keys. One byte, not none: a limit of one also stops the kernel from handing the core to
/// a program of the system's, which none does not.
fn without_core() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let most = getrlimit(Resource::Core).maximum;
        let one = most.map_or(1, |most| most.min(1));
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(one), maximum: most });
    }
}

/// A file that may not grow any more is an error of that file, as a full disk is, and not the end of the program: it may
/// be at the line that tells what became of a write.
fn outlives_limits() {
    #[cfg(unix)]
    {
        let is_met = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, is_met);
    }
}
