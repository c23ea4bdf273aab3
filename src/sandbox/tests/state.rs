//! The file: nothing is written without a change, processes do not lose each other's work,
//! and a broken file is said to be broken. Handles of their own on one directory stand for
//! processes.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::{Sandbox, call_as, create, fails, ok};
use crate::error::Code;
use crate::sandbox::AGENT_KEY;
use crate::transport::{Phase, Transport};

fn file(directory: &Path) -> std::path::PathBuf {
    directory.join("sandbox.json")
}

#[test]
fn reads_and_refusals_write_nothing_and_a_change_is_there_next_time() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(directory.path()).unwrap();
    ok(&sandbox, "res.partner/search_read", json!({"domain": [], "fields": ["name"]}));
    fails(&sandbox, "project.project/create", json!({"vals_list": [{}]}));
    ok(&sandbox, "res.partner/write", json!({"ids": [], "vals": {"name": "x"}}));
    assert!(!file(directory.path()).exists());
    let id = create(&sandbox, "project.tags", json!({"name": "Kept"}));
    let written = std::fs::metadata(file(directory.path())).unwrap().modified().unwrap();
    let again = Sandbox::open(directory.path()).unwrap();
    assert_eq!(
        ok(&again, "project.tags/read", json!({"ids": [id], "fields": ["name"]}))[0]["name"],
        json!("Kept")
    );
    fails(&again, "project.tags/create", json!({"vals_list": [{"name": "Kept"}]}));
    assert_eq!(std::fs::metadata(file(directory.path())).unwrap().modified().unwrap(), written);
    Sandbox::reset(directory.path()).unwrap();
    assert_eq!(
        ok(&sandbox, "project.tags/search_count", json!({"domain": []})),
        json!(4),
        "an open handle sees the reset"
    );
    assert_eq!(ok(&again, "project.tags/search_count", json!({"domain": []})), json!(4));
}

#[test]
fn two_handles_see_each_others_changes() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (Sandbox::open(directory.path()).unwrap(), Sandbox::open(directory.path()).unwrap());
    for round in 0..5 {
        let made = create(&one, "project.tags", json!({"name": format!("one {round}")}));
        let next = create(&other, "project.tags", json!({"name": format!("other {round}")}));
        assert_eq!(next.as_i64(), made.as_i64().map(|id| id + 1));
        assert_eq!(ok(&one, "project.tags/search_count", json!({"domain": [["id", "=", next]]})), json!(1));
    }
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = Arc::new(directory.path().to_owned());
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let path = Arc::clone(&path);
            std::thread::spawn(move || {
                for round in 0..6 {
                    // A handle of its own each time, as a process has.
                    let sandbox = Sandbox::open(&path).unwrap();
                    create(&sandbox, "project.tags", json!({"name": format!("{writer}-{round}")}));
                    ok(&sandbox, "project.tags/search_read", json!({"domain": [], "fields": ["name"]}));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let sandbox = Sandbox::open(&path).unwrap();
    assert_eq!(ok(&sandbox, "project.tags/search_count", json!({"domain": [["id", ">", 4]]})), json!(48));
}

#[test]
fn one_token_sends_one_message_however_many_present_it_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(directory.path()).unwrap();
    let ask = json!({"model_name": "res.partner", "method_name": "message_post", "record_ids": [10], "recipients": ["gemini_furniture@fake.geminifurniture.example.com"]});
    let token = call_as(&sandbox, super::APPROVER_KEY, "strictbase.agent.confirmation/issue_token", ask).1;
    let body = json!({"ids": [10], "body": "x", "partner_ids": [10], "context": {"agent_confirmation_token": token}});
    let path = directory.path().to_owned();
    let callers: Vec<_> = (0..12)
        .map(|_| {
            let (path, body) = (path.clone(), body.clone());
            std::thread::spawn(move || {
                call_as(&Sandbox::open(&path).unwrap(), AGENT_KEY, "res.partner/message_post", body).0
            })
        })
        .collect();
    let passed =
        callers.into_iter().map(|caller| caller.join().unwrap()).filter(|status| *status == 200).count();
    assert_eq!(passed, 1);
    assert_eq!(ok(&sandbox, "mail.mail/search_count", json!({"domain": []})), json!(1));
}

#[test]
fn the_file_holds_what_was_changed_and_a_file_of_before_holds_everything() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(directory.path()).unwrap();
    let id = create(&sandbox, "project.tags", json!({"name": "Kept"}));
    let kept: serde_json::Value =
        serde_json::from_slice(&std::fs::read(file(directory.path())).unwrap()).unwrap();
    let tables = kept["tables"].as_object().unwrap();
    assert_eq!(tables.keys().collect::<Vec<_>>(), ["project.tags"]);
    assert_eq!(tables["project.tags"]["rows"].as_object().unwrap().len(), 5, "the others of its model too");
    let count = |sandbox: &Sandbox, model: &str| {
        ok(sandbox, &format!("{model}/search_count"), json!({"domain": []})).as_i64().unwrap()
    };
    assert_eq!(count(&Sandbox::open(directory.path()).unwrap(), "res.partner.category"), 7);
    // What is empty there was emptied.
    let before = r#"{"format": 1, "tables": {"res.partner.category": {"next": 8, "rows": {}}}}"#;
    std::fs::write(file(directory.path()), before).unwrap();
    let again = Sandbox::open(directory.path()).unwrap();
    assert_eq!((count(&again, "res.partner.category"), count(&again, "project.tags")), (0, 4));
    assert_eq!(create(&again, "project.tags", json!({"name": "Kept"})), id, "numbers go on as delivered");
}

#[test]
fn a_corrupt_file_is_named_with_the_way_out() {
    let directory = tempfile::tempdir().unwrap();
    for broken in
        ["", "{", "[]", "{\"format\":99,\"tables\":{}}", "{\"format\":1,\"tables\":{\"res.partner\":3}}"]
    {
        std::fs::write(file(directory.path()), broken).unwrap();
        let error = Sandbox::open(directory.path()).err().expect("an error");
        assert_eq!(error.code, Code::LocalState, "{broken}");
        assert_eq!(error.hints, ["odoo-agent sandbox reset"]);
    }
    Sandbox::reset(directory.path()).unwrap();
    let sandbox = Sandbox::open(directory.path()).unwrap();
    std::fs::write(file(directory.path()), "torn").unwrap();
    let request = crate::transport::HttpRequest {
        method: crate::transport::Method::Post,
        path: "/json/2/res.users/context_get".into(),
        headers: vec![],
        bearer: None,
        cookie: None,
        body: None,
    };
    let fault = sandbox.send(&request).expect_err("a fault");
    assert_eq!(fault.phase, Phase::NotSent);
    assert!(fault.detail.contains("odoo-agent sandbox reset"));
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone_and_no_link_is_followed() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("sandbox");
    create(&Sandbox::open(&inside).unwrap(), "project.tags", json!({"name": "x"}));
    assert_eq!(std::fs::metadata(&inside).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(file(&inside)).unwrap().permissions().mode() & 0o777, 0o600);
    let elsewhere = directory.path().join("elsewhere");
    std::fs::rename(file(&inside), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, file(&inside)).unwrap();
    assert!(Sandbox::open(&inside).is_err());
}
