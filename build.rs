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
    let is_native = is_native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    if is_native && has_unwinder() {
        println!("cargo:rustc-link-lib=static:-bundle={UNWINDER}");
    }
    // Fourteen thousand addresses are written in a twentieth of the place, which the loader knows of since then.
    if is_native && !is_linker_chosen() && libc().is_some_and(|version| version >= (2, 36)) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Whether somebody links with another linker than Rust's or the compiler's own: mold up to 2 packs them in a way that the
/// loader refuses.
fn is_linker_chosen() -> bool {
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    std::env::var_os("RUSTC_LINKER").is_some()
        || ["fuse-ld", "linker"].iter().any(|word| flags.contains(word))
}

/// The version of this machine's C library, where it is GNU's.
fn libc() -> Option<(u32, u32)> {
    let answer = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

/// Whether the compiler that links finds it as an archive: it answers with a path, or with the name alone.
fn has_unwinder() -> bool {
    let name = format!("lib{UNWINDER}.a");
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output();
    answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).trim().ends_with(&format!("/{name}")))
}
