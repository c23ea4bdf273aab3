//! A real nginx in front, with the error pages that people configure: when it answers in the place of an Odoo that
//! has done the work, nothing is proved. NOT RUN where there is no nginx.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Answer, Home, KEY, Server, at_once, json2, ports, side_by_side};

struct Nginx {
    child: Child,
    port: u16,
}

/// Runs a program until its own stdin ends: with this test, however that ends.
const WHILE_READ: &str = "\"$@\" <&- & child=$!; read _; kill $child; wait $child";

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn binary() -> Option<PathBuf> {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists())
}

/// nginx before a server, with these lines in its location.
fn nginx(home: &Home, upstream: &str, lines: &str) -> Option<Nginx> {
    nginx_with(home, upstream, lines, "", false)
}

/// The same with more locations, and over TLS.
fn nginx_with(home: &Home, upstream: &str, lines: &str, more: &str, tls: bool) -> Option<Nginx> {
    let Some(program) = binary() else {
        eprintln!("NOT RUN: there is no nginx on this machine");
        return None;
    };
    let directory = home.beside("nginx");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("sorry.html"), "<html>Sorry</html>").unwrap();
    let port = ports::free();
    let here = directory.display();
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");
    let secure = match tls {
        true => format!("ssl_certificate {fixtures}/server.pem; ssl_certificate_key {fixtures}/server.key;"),
        false => String::new(),
    };
    let ssl = if tls { " ssl" } else { "" };
    let text = format!(
        "worker_processes 1; daemon off; master_process off; error_log {here}/error.log; pid {here}/pid;
        events {{ worker_connections 64; }}
        http {{
            access_log off; client_body_temp_path {here}/a; proxy_temp_path {here}/b; fastcgi_temp_path {here}/c;
            uwsgi_temp_path {here}/d; scgi_temp_path {here}/e;
            server {{
                listen 127.0.0.1:{port}{ssl}; {secure} root {here};
                location / {{ proxy_pass {upstream}; proxy_read_timeout 1s; proxy_send_timeout 1s; {lines} }}
                location = /sorry.html {{ }}
                location @elsewhere {{ return 302 https://status.example.com/; }}
                location @json {{ return 503 '{{\"error\": \"busy\"}}'; }}
                location @denied {{ return 403; }}
                {more}
            }}
        }}"
    );
    let file = home.file("nginx.conf", text);
    let child = Command::new("sh")
        .args(["-c", WHILE_READ, "sh"])
        .arg(program)
        .args(["-c", &file, "-p"])
        .arg(&directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let nginx = Nginx { child, port };
    let begun = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nginx does not come up");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(nginx)
}

#[test]
fn whatever_a_gateway_shows_after_the_work_may_have_been_done_proves_nothing() {
    let late = Answer::Drip { bytes: Answer::json("true").bytes(), piece: 1, pause: Duration::from_secs(2) };
    let ways: [(&str, Answer); 11] = [
        ("", late.clone()),
        ("", Answer::CloseAfterReading),
        ("error_page 502 503 504 /sorry.html;", late.clone()),
        ("error_page 502 503 504 =200 /sorry.html;", late.clone()),
        ("error_page 502 503 504 =404 /sorry.html;", late.clone()),
        ("error_page 502 503 504 =429 /sorry.html;", late.clone()),
        ("error_page 502 503 504 = @elsewhere;", late.clone()),
        ("error_page 502 503 504 = @json;", late.clone()),
        ("error_page 502 503 504 = @denied;", late.clone()),
        ("error_page 502 503 504 =409 /missing.html;", late),
        ("proxy_intercept_errors on; error_page 500 =400 /sorry.html;", Answer::html(500)),
    ];
    at_once(&ways, |(lines, answer)| {
        let (home, server) = (Home::new(), Server::start());
        server.on(&json2("x.thing", "x_act"), answer.clone());
        server.on("/missing.html", Answer::html(404));
        let Some(nginx) = nginx(&home, server.url(), lines) else { return };
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", &format!("http://127.0.0.1:{}", nginx.port)),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                ("ODOO_LANG", "en_US"),
                ("ODOO_TZ", "UTC"),
            ],
        );
        let outcome = home.run(["call", "x.thing", "x_act", "--ids", "1"]);
        let arrived = server.requests_to(&json2("x.thing", "x_act")).len();
        assert_eq!(arrived, 1, "{lines}: nothing is sent twice");
        assert_ne!(outcome.exit, 0, "{lines}");
        assert_eq!(
            (outcome.effect().as_str(), outcome.retry().as_str()),
            ("unknown", "check_first"),
            "{lines}: {}",
            outcome.stderr
        );
    });
}

#[test]
fn odoos_own_answers_pass_a_gateway_and_keep_their_meaning() {
    let (home, server) = (Home::new(), Server::start());
    let path = json2("x.thing", "x_act");
    let Some(nginx) = nginx(&home, server.url(), "error_page 502 503 504 /sorry.html;") else { return };
    let run = || {
        home.agent(["call", "x.thing", "x_act", "--ids", "1"])
            .env("ODOO_BASE_URL", format!("http://127.0.0.1:{}", nginx.port))
            .env("ODOO_DB", "lab")
            .env("ODOO_API_KEY", KEY)
            .env("ODOO_LANG", "en_US")
            .env("ODOO_TZ", "UTC")
            .run()
    };
    server.on(&path, Answer::odoo_error(422, "odoo.exceptions.UserError", "no"));
    assert_eq!(run().fails(8, "rejected").effect(), "rejected");
    server.on(&path, Answer::odoo_error(409, "odoo.exceptions.LockError", "locked"));
    assert_eq!(run().fails(9, "busy").retry(), "safe");
    server.on(&path, Answer::json("[1]"));
    assert_eq!(run().ok().stdout, "[1]\n");
}

#[test]
fn whatever_status_a_gateway_shows_for_an_odoo_that_broke_off_proves_nothing() {
    let is_whole = std::env::var_os("ODOO_AGENT_TEST_WHOLE").is_some();
    // 200 with JSON is what a method may answer; `unlink` answers true, and this is something else.
    let bodies = [("p", "<html>Sorry</html>"), ("j", r#"{"error": "busy"}"#)];
    let statuses = (200..600_u16).filter(|status| is_whole || status.is_multiple_of(23) || *status == 200);
    let cases: Vec<(u16, &str, &str)> =
        statuses.flat_map(|status| bodies.map(|(letter, body)| (status, letter, body))).collect();
    let locations: String = cases
        .iter()
        .map(|(status, letter, body)| {
            format!(
                "location = /json/2/x.s{status}{letter}/unlink {{ proxy_pass UPSTREAM; error_page 502 = @s{status}{letter}; }}
                location @s{status}{letter} {{ return {status} '{body}'; }}\n"
            )
        })
        .collect();
    for tls in [false, true] {
        let (home, server) = (Home::new(), Server::start());
        for (status, letter, _) in &cases {
            server.on(&json2(&format!("x.s{status}{letter}"), "unlink"), Answer::CloseAfterReading);
        }
        let more = locations.replace("UPSTREAM", server.url());
        let Some(nginx) = nginx_with(&home, server.url(), "", &more, tls) else { return };
        let scheme = if tls { "https" } else { "http" };
        let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/authority.pem");
        home.profile(
            "lab",
            &[
                ("ODOO_BASE_URL", &format!("{scheme}://127.0.0.1:{}", nginx.port)),
                ("ODOO_DB", "lab"),
                ("ODOO_API_KEY", KEY),
                ("ODOO_LANG", "en_US"),
                ("ODOO_TZ", "UTC"),
                ("ODOO_CA_FILE", authority),
            ],
        );
        side_by_side(&cases, |(status, letter, _)| {
            let model = format!("x.s{status}{letter}");
            let outcome = home.run(["call", &model, "unlink", "--ids", "1"]);
            let arrived = server.requests_to(&json2(&model, "unlink")).len();
            let is_right =
                outcome.exit != 0 && outcome.effect() == "unknown" && outcome.retry() == "check_first";
            (!is_right || arrived != 1)
                .then(|| format!("{tls} {model}: arrived {arrived}: {}", outcome.stderr))
        });
    }
}
