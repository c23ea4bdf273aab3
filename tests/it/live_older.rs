//! The suite on a real Odoo 14 to 18 with demo data, by JSON-RPC with a key and by the web session with a password, as
//! far as that version has what is asked; `scripts/live.sh` prepares it with ODOO_BIN. Built only with `live`.

use serde_json::{Value, json};

use crate::live::named;
use crate::suite::{Desk, Place, Spoken, suite};

fn older(spoken: Spoken) -> Place {
    Place {
        spoken,
        base_url: named("LIVE_BASE_URL"),
        database: named("LIVE_DB"),
        agent: named("LIVE_DOCS_KEY"),
        docs: named("LIVE_DOCS_KEY"),
        approver: String::new(),
        login: (named("LIVE_LOGIN"), named("LIVE_PASSWORD")),
    }
}

fn major() -> u32 {
    named("LIVE_MAJOR").parse().unwrap()
}

suite!(older older(Spoken::JsonRpc));

mod web_session {
    use super::*;

    suite!(older older(Spoken::Session));
}

#[test]
fn groups_of_that_version_agree() {
    for spoken in [Spoken::JsonRpc, Spoken::Session] {
        crate::suite::groups_of_that_version_agree(&Desk::at(older(spoken)), major());
    }
}

/// What goes out is held here, before anything is sent; a note and what only prepares a letter are not.
#[test]
fn what_reaches_a_client_is_held_and_a_note_is_not() {
    for spoken in [Spoken::JsonRpc, Spoken::Session] {
        let desk = Desk::at(older(spoken));
        let body = format!("Suite held {spoken:?} {}", std::process::id());
        let outbound = desk.outbound(&body);
        let refused = desk.run(&crate::suite::words(&outbound)).fails(6, "confirmation_required");
        assert_eq!((refused.effect().as_str(), &refused.error()["held_by"]), ("not_sent", &json!("client")));
        assert_eq!(desk.messages(&body), 0);
        let company = desk.company().to_string();
        let note = json!({ "body": format!("{body} <inside>") }).to_string();
        let posted =
            desk.run(&["call", "res.partner", "message_post", "--ids", &company, "--data-json", &note]).ok();
        assert!(posted.json()[0].as_i64().unwrap() > 0);
        // A text is a text, whether this version takes it for HTML or not.
        let id = posted.json()[0].to_string();
        let read = desk.run(&["read", "mail.message", "--ids", &id, "--fields", "body"]).ok().json();
        assert!(read[0]["body"].as_str().unwrap().contains("&lt;inside&gt;"), "{read}");
    }
}

/// Names that are right in this version and gone in 19 are nobody's mistake.
#[test]
fn what_this_version_calls_so_is_not_refused() {
    let desk = Desk::at(older(Spoken::JsonRpc));
    let major = major();
    let partner = desk.create("res.partner", json!({ "name": "Suite names", "mobile": "+32 1" }));
    assert_eq!(desk.field("res.partner", partner, "mobile"), "+32 1");
    let reads: [(&str, &str, std::ops::RangeInclusive<u32>); 16] = [
        ("res.users", "groups_id", 14..=18),
        ("res.partner", "title", 14..=18),
        ("res.partner", "company_type", 14..=19),
        ("project.task", "user_ids", 15..=19),
        ("project.task", "user_id", 14..=14),
        ("project.task", "kanban_state", 14..=16),
        ("project.task", "planned_hours", 14..=16),
        ("project.task", "allocated_hours", 17..=19),
        ("sale.order.line", "product_uom", 14..=18),
        ("sale.order.line", "tax_id", 14..=18),
        ("account.move", "payment_id", 14..=17),
        ("account.payment", "ref", 14..=17),
        ("account.payment", "memo", 18..=19),
        ("project.project", "analytic_account_id", 14..=17),
        ("crm.lead", "lost_reason", 14..=15),
        ("crm.lead", "lost_reason_id", 16..=19),
    ];
    for (model, field, versions) in reads {
        desk.run(&["schema-summary", model]).ok();
        let read = desk.run(&["search-read", model, "--fields", field, "--limit", "1"]);
        if versions.contains(&major) {
            read.ok();
        } else {
            assert_eq!(read.exit, 2, "{model}.{field} of {major}: {}", read.stderr);
        }
    }
}

/// The examples are of today's fields: a task has a state since 17.
#[test]
fn the_examples_run_where_their_fields_are() {
    if major() >= 17 {
        crate::suite::the_examples_run(&Desk::at(older(Spoken::JsonRpc)));
    }
}

/// What this version lacks is said before it is asked, and `group` has it all the same.
#[test]
fn what_this_version_lacks_is_said() {
    let desk = Desk::at(older(Spoken::JsonRpc));
    let data = json!({ "domain": [], "groupby": ["is_company"], "aggregates": ["__count"] }).to_string();
    let call = ["call", "res.partner", "formatted_read_group", "--data-json", &data];
    let refused = desk.run(&call).fails(2, "preflight_refused");
    assert!(refused.message().contains("came with Odoo 19"), "{}", refused.stderr);
    if major() < 18 {
        desk.run(&["group", "res.partner", "--by", "create_date:hour_number"]).fails(2, "preflight_refused");
    }
    let any = ["count", "res.partner", "--domain", r#"[["child_ids", "any", [["name", "!=", false]]]]"#];
    let counted = desk.run(&any);
    assert_eq!(counted.exit, if major() < 17 { 2 } else { 0 }, "{}", counted.stderr);
    // Whether a path ends at properties its fields tell.
    desk.run(&["schema-summary", "project.task"]).ok();
    desk.run(&["group", "project.task", "--by", "project_id.partner_id"]).fails(2, "preflight_refused");
    let groups = desk.run(&["group", "res.partner", "--by", "is_company"]).ok().json();
    assert_eq!(groups[0].as_object().unwrap().keys().count(), 3, "{groups}");
    let checks = desk.run(&["doctor"]);
    assert!(checks.stdout.contains(&format!("Odoo {}", major())), "{}", checks.stdout);
    let doc = desk.run(&["doc-model", "res.partner", "--field", "email"]).ok();
    assert_eq!(doc.json()["fields"]["email"]["type"], "char");
    let index = desk.run(&["doc-index", "--names", "--match", "res.partner"]);
    let is_open = index.exit == 0 || (major() == 15 && index.exit == 5);
    assert!(is_open, "{}", index.stderr);
}

/// A wrong key, a wrong password and a wrong database are told apart.
#[test]
fn what_opens_nothing_says_why() {
    let desk = Desk::at(older(Spoken::JsonRpc));
    let place = &desk.place;
    let with = |more: &[(&str, &str)]| {
        let mut values: Vec<(&str, &str)> =
            vec![("ODOO_BASE_URL", &place.base_url), ("ODOO_LOGIN", &place.login.0)];
        values.extend(more);
        desk.home.profile("wrong", &values);
        desk.home.agent(["--profile", "wrong", "search-read", "res.partner", "--fields", "name"]).run()
    };
    let bad = "0123456789abcdef0123456789abcdef01234567";
    let database = place.database.as_str();
    for (profile, code) in [
        (vec![("ODOO_DB", database), ("ODOO_API_KEY", bad)], "auth_rejected"),
        (vec![("ODOO_DB", database), ("ODOO_PASSWORD", bad), ("ODOO_PROTOCOL", "session")], "auth_rejected"),
        (vec![("ODOO_DB", "no_such_database"), ("ODOO_API_KEY", &place.docs)], "database_not_found"),
        (
            vec![("ODOO_DB", database), ("ODOO_PASSWORD", &place.docs), ("ODOO_PROTOCOL", "session")],
            "auth_rejected",
        ),
    ] {
        with(&profile).fails(4, code);
    }
    let session = Desk::at(older(Spoken::Session));
    session.run(&["count", "res.partner"]).ok();
    assert_eq!(session.run(&["session", "end"]).ok().json(), json!({ "ended": true }));
    let again: Value = session.run(&["count", "res.partner"]).ok().json();
    assert!(again.as_u64().unwrap() > 0, "signed in anew");
}
