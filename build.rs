//! How the program is linked. It decides nothing of what is built.
//!
//! What a linker and a loader know is seen, not looked up: a program of one line is linked with an option and run, and
//! the option is taken where that works.
#![allow(clippy::disallowed_methods, reason = "it asks the compiler, and is no part of the program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// GCC's unwinder, which Rust's standard library asks for.
const UNWINDER: &str = "gcc_eh";

/// A program that a loader has to move, that starts a thread and prints.
const TRIAL: &str = "fn main() { std::thread::spawn(|| println!(\"linked\")).join().unwrap() }\n";

/// What tells how to unwind a stack, an eighth of the program. A release ends where it panics and never does: nothing in
/// it may ask for a backtrace, which would end it as well.
const NO_UNWINDING: &str = "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame.*) *(.gcc_except_table) *(.gcc_except_table.*) } } INSERT AFTER .text;\n";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    println!("cargo:rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|given| given == value);
    let is_native = std::env::var("HOST") == std::env::var("TARGET");
    if !(is_native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")) {
        return;
    }
    // Loaded as a library of its own it is a fifth of the time of a start. Where it cannot be had, that is how it goes.
    if has_unwinder() {
        println!("cargo:rustc-link-lib=static:-bundle={UNWINDER}");
    }
    let Some(directory) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return };
    let mut options = Vec::new();
    if is("PROFILE", "release") {
        // Fourteen thousand addresses in a twentieth of the place; functions of the same instructions once.
        options.extend(["-Wl,-z,pack-relative-relocs".to_string(), "-Wl,--icf=all".to_string()]);
        let script = directory.join("no_unwinding.ld");
        if std::fs::write(&script, NO_UNWINDING).is_ok() {
            options.push(format!("-Wl,--no-eh-frame-hdr,-T,{}", script.display()));
        }
    } else {
        // Half of a start, of which the tests do thousands, is the moving of addresses.
        options.push("-no-pie".to_string());
    }
    let mut taken: Vec<String> = Vec::new();
    for option in options {
        taken.push(option);
        if !links_and_runs(&directory, &taken) {
            taken.pop();
        }
    }
    for option in taken {
        println!("cargo:rustc-link-arg-bins={option}");
    }
}

/// Whether the trial, linked as the program will be and with `options` besides, starts and ends well.
fn links_and_runs(directory: &Path, options: &[String]) -> bool {
    let (source, program) = (directory.join("trial.rs"), directory.join("trial"));
    if std::fs::write(&source, TRIAL).is_err() {
        return false;
    }
    let mut compiler = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    compiler.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    if let Ok(linker) = std::env::var("RUSTC_LINKER") {
        compiler.arg(format!("-Clinker={linker}"));
    }
    compiler.args(options.iter().map(|option| format!("-Clink-arg={option}")));
    compiler.args(["--edition=2024", "-Cpanic=abort", "-o"]).arg(&program).arg(&source);
    ends_well(&mut compiler) && ends_well(&mut Command::new(&program))
}

fn ends_well(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Whether the compiler that links finds it as an archive: it answers with a path, or with the name alone.
fn has_unwinder() -> bool {
    let name = format!("lib{UNWINDER}.a");
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output();
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim().ends_with(&format!("/{name}")))
}
