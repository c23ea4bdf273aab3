//! The server: whether it answers, which Odoo it is and what is spoken to it, its certificate and its clock.

use std::time::Duration;

use super::{Finding, Status};
use crate::odoo::choosing::FIRST_WITH_JSON2;
use crate::odoo::server as odoo_server;
use crate::protocol::Way;
use crate::session::{Run, Session};

/// Clocks that differ by more make times in Odoo and here hard to compare.
const SKEW: Duration = Duration::from_secs(60);

/// The versions that this program was tried with.
const FIRST_TRIED: u32 = 14;
const LAST_TRIED: u32 = 19;

/// Whether there is one to go on with.
pub(super) fn server(run: &Run, findings: &mut Vec<Finding>) -> bool {
    let reply = match run.session.odoo().probe() {
        Ok(reply) => reply,
        Err(error) => {
            findings.push(Finding::of_error("server", &error));
            return false;
        }
    };
    let settings = &run.session.settings;
    let version = odoo_server::version_in(&reply).or_else(|| run.session.odoo().told_version());
    match version {
        Some(version) => {
            if !answers(run, &version, findings) {
                return false;
            }
        }
        None => findings.push(
            Finding::new(
                "server",
                Status::Warn,
                format!("it answers {} at /web/version: is this Odoo itself?", reply.status),
            )
            .fix("put scheme, host and port of Odoo into ODOO_BASE_URL"),
        ),
    }
    findings.push(if settings.is_sandbox {
        Finding::new("tls", Status::Skip, "the sandbox needs no network")
    } else if settings.base_url.is_secure() {
        Finding::new("tls", Status::Ok, "the server's certificate is accepted")
    } else if settings.base_url.is_loopback() {
        Finding::new("tls", Status::Ok, "plain http within this machine")
    } else {
        Finding::new("tls", Status::Warn, "plain http to another machine: keys travel in the clear")
            .fix("use https")
    });
    findings.extend(clock_skew(reply.header("date"), run.session));
    true
}

/// Whether the profile speaks what this version answers.
fn answers(run: &Run, version: &str, findings: &mut Vec<Finding>) -> bool {
    let is_old = odoo_server::major(version).is_some_and(|major| major < FIRST_WITH_JSON2);
    let link = match run.session.odoo().link(run.host) {
        Ok(link) => link,
        Err(error) => {
            findings.push(Finding::of_error("protocol", &error));
            return false;
        }
    };
    let way = link.protocol.way();
    if is_old && way == Way::Json2 {
        findings.push(
            Finding::new("server", Status::Fail, format!("it is Odoo {version}: JSON-2 came with Odoo 19"))
                .fix("set ODOO_LOGIN in the profile, the login of the key's user: then JSON-RPC is spoken"),
        );
        return false;
    }
    findings.push(Finding::new("server", Status::Ok, known(version)));
    findings.push(Finding::new("protocol", Status::Ok, format!("{}: {}", way.name(), link.why)));
    true
}

/// A version, and whether it was tried.
fn known(version: &str) -> String {
    match odoo_server::major(version) {
        Some(major) if major > LAST_TRIED => {
            format!("Odoo {version} answers; from {} on known by its source, not tried live", LAST_TRIED + 1)
        }
        Some(major) if major < FIRST_TRIED => {
            format!("Odoo {version} answers; older than any that was tried")
        }
        _ => format!("Odoo {version} answers"),
    }
}

fn clock_skew(date: Option<&str>, session: &Session) -> Option<Finding> {
    let server = httpdate::parse_http_date(date?).ok()?;
    let here = session.clock.now();
    let skew = server.duration_since(here).or_else(|_| here.duration_since(server)).unwrap_or_default();
    Some(if skew > SKEW {
        let apart = humantime::format_duration(Duration::from_secs(skew.as_secs()));
        Finding::new("clock", Status::Warn, format!("this clock and the server's are {apart} apart"))
            .fix("set both by network time")
    } else {
        Finding::new("clock", Status::Ok, "agrees with the server's")
    })
}
