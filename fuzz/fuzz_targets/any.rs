//! One program for every target, which ODOO_AGENT_FUZZ_TARGET names: the promises stand in the library, in `src/fuzz.rs`.
#![no_main]

use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let wanted = std::env::var("ODOO_AGENT_FUZZ_TARGET").expect("ODOO_AGENT_FUZZ_TARGET names a target");
        let found = odoo_agent::fuzz::TARGETS.iter().find(|(name, _)| *name == wanted);
        found.expect("no such target").1
    });
    target(bytes);
});
