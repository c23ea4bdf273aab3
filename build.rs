//! How the program is linked. It decides nothing of what is built.
#![allow(clippy::disallowed_methods, reason = "it asks the compiler, and is no part of the program")]

use std::process::Command;

/// GCC's unwinder, which Rust's standard library asks for.
const UNWINDER: &str = "gcc_eh";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|given| given == value);
    let is_native = std::env::var("HOST") == std::env::var("TARGET");
    // Loaded as a library of its own it is a fifth of the time of a start. Where it cannot be had, that is how it goes.
    if is_native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && has_unwinder()
    {
        println!("cargo:rustc-link-lib=static:-bundle={UNWINDER}");
    }
}

/// Whether the compiler that links finds it as an archive: it answers with a path, or with the name alone.
fn has_unwinder() -> bool {
    let name = format!("lib{UNWINDER}.a");
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output();
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim().ends_with(&format!("/{name}")))
}
