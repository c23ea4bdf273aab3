//! A route that goes away under an established connection, between two network namespaces of the test's own. The
//! kernel then gives the errors of a connection that could not be made. NOT RUN where namespaces cannot be had.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::run::BINARY;
use crate::support::{Home, KEY, Outcome};

/// Reads as much of a request as it is told, counts it, takes itself off the network, and reads on.
const SERVER: &str = r#"
import re, socket, subprocess, sys, threading
def drain(connection):
    while connection.recv(1 << 16):
        pass
address, log, whole = sys.argv[1], sys.argv[2], sys.argv[3] == "whole"
listener = socket.create_server((address, 8069))
listener.settimeout(60)
open(log + ".ready", "w").close()
while True:
    connection, _ = listener.accept()
    text = b""
    while b"\r\n\r\n" not in text:
        text += connection.recv(1)
    left = int(re.search(rb"(?i)content-length: (\d+)", text)[1]) if whole else 0
    while left:
        left -= len(connection.recv(min(left, 1 << 16)))
    with open(log, "a") as file:
        file.write(text.split(b"\r\n")[0].decode() + "\n")
    threading.Thread(target=drain, args=[connection], daemon=True).start()
    subprocess.run(["ip", "addr", "flush", "dev", "far"], check=True)
    subprocess.run(["ip", "link", "set", "far", "arp", "off"], check=True)
"#;

struct Net {
    near: String,
    far: String,
}

impl Drop for Net {
    fn drop(&mut self) {
        for name in [&self.near, &self.far] {
            let _ = Command::new("ip").args(["netns", "del", name]).stderr(Stdio::null()).status();
        }
    }
}

fn ip(line: &str) -> bool {
    let done = Command::new("ip").args(line.split(' ')).stderr(Stdio::null()).stdout(Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}

fn net(name: &str) -> Option<Net> {
    let id = format!("{name}-{}", std::process::id());
    let net = Net { near: format!("oat-near-{id}"), far: format!("oat-far-{id}") };
    let (near, far) = (&net.near, &net.far);
    let is_made = [
        format!("netns add {near}"),
        format!("netns add {far}"),
        format!("-n {near} link add near type veth peer name far netns {far}"),
        format!("-n {near} addr add 10.213.7.1/24 dev near"),
        format!("-n {far} addr add 10.213.7.2/24 dev far"),
        format!("-n {near} link set near up"),
        format!("-n {far} link set far up"),
        format!("netns exec {near} sysctl -qw net.ipv4.tcp_retries2=3"),
        format!("netns exec {near} sysctl -qw net.ipv4.neigh.near.base_reachable_time_ms=100"),
        format!("netns exec {near} sysctl -qw net.ipv4.neigh.near.delay_first_probe_time=1"),
        format!("netns exec {near} sysctl -qw net.ipv4.neigh.near.ucast_solicit=1"),
        format!("netns exec {near} sysctl -qw net.ipv4.neigh.near.mcast_solicit=1"),
    ]
    .iter()
    .all(|line| ip(line));
    if !is_made {
        eprintln!("NOT RUN: no network namespaces for this user");
    }
    is_made.then_some(net)
}

/// What comes of a write, and how many arrived, where the route goes away then.
fn run(when: &str, address: &str, data: &str, timeout: &str) -> Option<(Outcome, usize)> {
    let net = net(when)?;
    let home = Home::new();
    let log = home.beside("arrived");
    let mut server = Command::new("ip")
        .args(["netns", "exec", &net.far, "python3", "-c", SERVER, "10.213.7.2"])
        .arg(&log)
        .arg(when)
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !home.beside("arrived.ready").exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the server does not come up");
        std::thread::sleep(Duration::from_millis(20));
    }
    home.profile(
        "lab",
        &[
            ("ODOO_BASE_URL", &format!("http://{address}:8069")),
            ("ODOO_DB", "lab"),
            ("ODOO_API_KEY", KEY),
            ("ODOO_LANG", "en_US"),
            ("ODOO_TZ", "UTC"),
            ("ODOO_ALLOW_HTTP", "1"),
        ],
    );
    let data = home.file("data.json", data);
    let run = Command::new("ip")
        .args(["netns", "exec", &net.near, BINARY])
        .args(["call", "x.thing", "x_act", "--ids", "1", "--timeout", timeout, "--data-file", &data])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("ODOO_AGENT_HOME", home.path())
        .output()
        .unwrap();
    let _ = server.kill();
    let _ = server.wait();
    let arrived = std::fs::read_to_string(&log).unwrap_or_default();
    Some((Outcome::of(run, "call".into()), arrived.lines().count()))
}

fn told(outcome: &Outcome) -> (i32, String, String) {
    (outcome.exit, outcome.effect(), outcome.retry())
}

#[test]
fn a_route_that_goes_away_while_a_write_is_sent_leaves_its_outcome_unknown() {
    let much = format!(r#"{{"text": "{}"}}"#, "x".repeat(10_000_000));
    let Some((outcome, arrived)) = run("head", "10.213.7.2", &much, "12s") else { return };
    assert_eq!(arrived, 1, "{}", outcome.message());
    assert_eq!(told(&outcome), (11, "unknown".into(), "check_first".into()), "{}", outcome.message());
}

#[test]
fn a_route_that_goes_away_while_a_write_is_carried_out_leaves_its_outcome_unknown() {
    let Some((outcome, arrived)) = run("whole", "10.213.7.2", "{}", "2s") else { return };
    assert_eq!(arrived, 1, "{}", outcome.message());
    assert_eq!(told(&outcome), (11, "unknown".into(), "check_first".into()), "{}", outcome.message());
}

#[test]
fn a_host_that_no_route_leads_to_was_sent_nothing() {
    let Some((outcome, arrived)) = run("none", "10.213.7.9", "{}", "4s") else { return };
    assert_eq!(arrived, 0, "{}", outcome.message());
    assert_eq!((outcome.exit, outcome.effect()), (10, "not_sent".into()), "{}", outcome.message());
}
