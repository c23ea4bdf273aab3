//! What a person sees on a terminal. It runs the program inside the test, with streams that say that they are
//! terminals; the program installs its own panic hook, so this is a file of its own.

use crate::support::run::Shared;
use crate::support::{Answer, lab};

const WRITE: &str = "/json/2/res.partner/write";

#[test]
fn text_from_a_stranger_cannot_act_on_a_terminal() {
    let (home, server) = lab();
    let evil = "\u{1b}]0;gotcha\u{7}\u{1b}[2J\u{202e}txt";
    server.on(WRITE, Answer::odoo_error(422, "odoo.exceptions.UserError", evil));
    let (stdout, stderr) = (Shared::default(), Shared::default());
    let arguments = ["odoo-agent", "write", "res.partner", "--ids", "1", "--vals-json", "{}"];
    let home_path = home.path().into_os_string();
    let exit = odoo_agent::run(
        arguments.iter().map(|word| word.into()).collect(),
        [("ODOO_AGENT_HOME".into(), home_path)],
        Box::new(std::io::empty()),
        odoo_agent::Out::new(Box::new(stdout.clone()), Box::new(stderr.clone()), true, true),
        std::sync::Arc::new(odoo_agent::System),
    );
    assert_eq!(exit, 8);
    let shown = stderr.text();
    assert!(shown.starts_with("error: ") && shown.contains("gotcha"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    assert_eq!(stdout.text(), "");
}

#[test]
fn a_stream_of_rows_on_a_terminal_is_rows_that_cannot_act_on_it() {
    let (home, server) = lab();
    let evil = serde_json::json!([{ "id": 3, "name": "=\u{1b}]0;gotcha\u{7}\u{202e}x\ny" }]);
    server.on("/json/2/res.partner/search_read", Answer::json(&evil));
    server.on("/json/2/res.partner/search_count", Answer::json("0"));
    for form in ["ndjson", "csv", "json"] {
        let (stdout, stderr) = (Shared::default(), Shared::default());
        let line =
            ["odoo-agent", "search-read", "res.partner", "--fields", "name", "--all", "--output", form];
        let exit = odoo_agent::run(
            line.iter().map(|word| word.into()).collect(),
            [("ODOO_AGENT_HOME".into(), home.path().into_os_string())],
            Box::new(std::io::empty()),
            odoo_agent::Out::new(Box::new(stdout.clone()), Box::new(stderr.clone()), true, true),
            std::sync::Arc::new(odoo_agent::System),
        );
        assert_eq!(exit, 0, "{}", stderr.text());
        let shown = stdout.text();
        assert!(shown.contains("gotcha") && !shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
        match form {
            // JSON still means the same.
            "ndjson" => assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), evil[0]),
            "json" => assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), evil),
            _ => assert!(shown.starts_with("id,name\n3,\"'="), "{shown:?}"),
        }
        assert_eq!(stderr.text(), "note: 1 row in 1 page: complete\n");
    }
}
