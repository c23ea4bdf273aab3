//! The suite on a real Odoo 19 with demo data, which `scripts/live.sh` prepares and names in LIVE_*; built
//! only with the feature `live`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use crate::suite::{Desk, Place, Spoken, suite};
use serde_json::json;

pub fn named(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/live.sh"))
}

pub fn live(spoken: Spoken) -> Place {
    Place {
        spoken,
        base_url: named("LIVE_BASE_URL"),
        database: named("LIVE_DB"),
        agent: named("LIVE_AGENT_KEY"),
        docs: named("LIVE_DOCS_KEY"),
        approver: named("LIVE_APPROVER_KEY"),
        login: (named("LIVE_LOGIN"), named("LIVE_PASSWORD")),
    }
}

suite!(live(Spoken::Json2));

mod json_rpc {
    use super::*;

    suite!(rpc live(Spoken::JsonRpc));
}

mod web_session {
    use super::*;

    suite!(rpc live(Spoken::Session));
}

/// Enough of an SMTP server to count what Odoo sends: gives each letter to `letters`.
fn take_letter(stream: TcpStream, letters: &mpsc::Sender<String>) {
    let mut writer = stream.try_clone().unwrap();
    let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).unwrap();
    say("220 here");
    let mut letter = String::new();
    let mut in_letter = false;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if in_letter {
            letter += &line;
            letter.push('\n');
            if line == "." {
                in_letter = false;
                letters.send(std::mem::take(&mut letter)).unwrap();
                say("250 taken");
            }
            continue;
        }
        match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            "RCPT" => {
                letter += &line;
                letter.push('\n');
                say("250 fine");
            }
            "DATA" => {
                in_letter = true;
                say("354 go on");
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 fine"),
        }
    }
}

#[test]
fn exactly_one_letter_leaves_for_one_approval() {
    let desk = Desk::at(live(Spoken::Json2));
    let port: u16 = named("LIVE_SMTP_PORT").parse().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (letters, post) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let letters = letters.clone();
            std::thread::spawn(move || take_letter(stream, &letters));
        }
    });
    let address = "suite-letter@client.example";
    let client = desk.create("res.partner", json!({ "name": "Suite letter", "email": address }));
    let data = json!({ "body": "Suite letter", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", "partner_ids": [client] });
    let outbound = [
        "call",
        "res.partner",
        "message_post",
        "--ids",
        &client.to_string(),
        "--data-json",
        &data.to_string(),
    ]
    .map(str::to_string);
    // Other tests of this run may send theirs meanwhile.
    let mine = |patience| {
        let letters = std::iter::from_fn(|| post.recv_timeout(Duration::from_secs(patience)).ok());
        letters.filter(|letter| letter.contains(address)).count()
    };
    desk.run(&crate::suite::words(&outbound)).fails(6, "confirmation_required");
    assert_eq!(mine(2), 0, "a refused call sent a letter");
    let sent = desk.home.agent(["--profile", "agent"]).args(&outbound).arg("--confirm-outbound");
    sent.env("ODOO_APPROVER_API_KEY", &desk.place.approver).run().ok();
    assert_eq!(mine(5), 1);
}

#[test]
fn a_table_shows_a_field_of_every_type() {
    crate::every_type::is_shown(&Desk::at(live(Spoken::Json2)));
}
