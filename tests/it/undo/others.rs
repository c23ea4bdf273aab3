//! What others did since is not undone with it: a second user of a served sandbox works on what the first one made. Beside
//! each of it the same undo where nobody did, or where it takes nothing from them.

use crate::journal::entries;
use crate::support::{Answer, Home, Outcome, Served, json2, lab};
use serde_json::{Value, json};

/// Two users of one database, each with a journal.
struct Two {
    _served: Served,
    agent: Home,
    other: Home,
}

impl Two {
    fn start() -> Two {
        let served = Served::start();
        let home = |user: &str| {
            let home = Home::new();
            let profile = [
                ("ODOO_BASE_URL", served.base_url()),
                ("ODOO_DB", served.database()),
                ("ODOO_API_KEY", served.key(user)),
            ];
            home.profile("served", &profile);
            home
        };
        let (agent, other) = (home("agent"), home("admin"));
        Two { agent, other, _served: served }
    }

    fn call(home: &Home, model: &str, method: &str, id: i64, data: &Value) -> Outcome {
        let (id, data) = (id.to_string(), data.to_string());
        home.run(["call", model, method, "--ids", &id, "--data-json", &data]).ok()
    }

    fn field(&self, model: &str, id: i64, name: &str) -> Value {
        let read = self.other.run(["read", model, "--ids", &id.to_string(), "--fields", name]);
        if name == "id" && read.exit != 0 { Value::Null } else { read.ok().json()[0][name].clone() }
    }

    /// Something that was done, undone after somebody did something.
    fn after(&self, entry: &str, deed: impl FnOnce(&Home)) -> Outcome {
        deed(&self.other);
        undo(&self.agent, entry)
    }
}

fn created(home: &Home, model: &str, vals: &Value) -> i64 {
    first(&home.run(["create", model, "--vals-json", &vals.to_string()]).ok().json())
}

fn write(home: &Home, model: &str, id: i64, vals: &Value) -> String {
    home.run(["write", model, "--ids", &id.to_string(), "--vals-json", &vals.to_string()]).ok();
    last(home)
}

fn last(home: &Home) -> String {
    entries(home, &[]).last().unwrap()["id"].as_str().unwrap().to_string()
}

fn undo(home: &Home, id: &str) -> Outcome {
    home.run(["undo", id])
}

fn conflict(outcome: Outcome) {
    assert_eq!(outcome.fails(8, "undo_conflict").effect(), "not_sent");
}

/// Something that somebody does with a record.
type Deed<'d> = &'d dyn Fn(&Home, i64);

/// The first id of an answer.
fn first(answer: &Value) -> i64 {
    answer.get(0).unwrap_or(answer).as_i64().unwrap()
}

#[test]
fn a_value_that_is_only_like_ours_is_somebody_elses() {
    let two = Two::start();
    let partner = "res.partner";
    for (field, old, ours, theirs) in [
        ("credit_limit", json!(5.0), json!(1.6), json!(2.0)),
        ("comment", json!("<p>old</p>"), json!("<p>new text</p>"), json!("<p><b>new</b> text</p>")),
    ] {
        let id = created(&two.agent, partner, &json!({ "name": "Alike", field: old }));
        let made = last(&two.agent);
        let entry = write(&two.agent, partner, id, &json!({ field: ours }));
        conflict(two.after(&entry, |other| drop(write(other, partner, id, &json!({ field: theirs })))));
        assert_eq!(two.field(partner, id, field), theirs);
        // A creation as well, which is archived.
        conflict(undo(&two.agent, &made));
        // Other fields are not in its way, and ours again is ours.
        let entry = write(&two.agent, partner, id, &json!({ field: ours }));
        two.after(&entry, |other| drop(write(other, partner, id, &json!({ "phone": "9" })))).ok();
        assert_eq!(two.field(partner, id, field), theirs);
        assert_eq!(two.field(partner, id, "phone"), "9");
        // What was rounded before a write is not taken for its value.
        let id = created(&two.agent, partner, &json!({ "name": "Back", field: theirs }));
        let entry = write(&two.agent, partner, id, &json!({ field: ours }));
        undo(&two.agent, &entry).ok();
        assert_eq!(two.field(partner, id, field), theirs);
    }
}

#[test]
fn a_record_that_came_back_to_where_it_was_left_is_somebody_elses() {
    let two = Two::start();
    let partner = "res.partner";
    let archived = || {
        let id = created(&two.agent, partner, &json!({ "name": "Archived" }));
        Two::call(&two.agent, partner, "action_archive", id, &json!({}));
        (id, last(&two.agent))
    };
    let (id, entry) = archived();
    conflict(two.after(&entry, |other| {
        Two::call(other, partner, "action_unarchive", id, &json!({}));
        Two::call(other, partner, "action_archive", id, &json!({}));
    }));
    // Nor does a call of ours hide who came before it.
    write(&two.agent, partner, id, &json!({ "phone": "1" }));
    conflict(undo(&two.agent, &entry));
    let (id, entry) = archived();
    write(&two.agent, partner, id, &json!({ "phone": "1" }));
    undo(&two.agent, &entry).ok();
    assert_eq!(two.field(partner, id, "active"), true);
    // The same by a write; what else it wrote can be taken back.
    let archived = || {
        let id = created(&two.agent, partner, &json!({ "name": "Archived", "phone": "1" }));
        (id, write(&two.agent, partner, id, &json!({ "active": false, "phone": "2" })))
    };
    let (id, entry) = archived();
    conflict(two.after(&entry, |other| {
        write(other, partner, id, &json!({ "active": true }));
        write(other, partner, id, &json!({ "active": false }));
    }));
    two.agent.run(["undo", &entry, "--fields", "phone"]).ok();
    assert_eq!(
        (two.field(partner, id, "active"), two.field(partner, id, "phone")),
        (json!(false), json!("1"))
    );
    let (id, entry) = archived();
    write(&two.agent, partner, id, &json!({ "color": 3 }));
    undo(&two.agent, &entry).ok();
    assert_eq!(two.field(partner, id, "active"), true);
}

#[test]
fn what_others_added_to_a_record_is_not_deleted_or_archived_with_it() {
    let two = Two::start();
    let order = "sale.order";
    let made = || {
        let partner = created(&two.agent, "res.partner", &json!({ "name": "Customer" }));
        let id = created(
            &two.agent,
            order,
            &json!({ "partner_id": partner, "order_line": [[0, 0, { "name": "Ours" }]] }),
        );
        (id, last(&two.agent))
    };
    let note = json!({ "body": "theirs", "subtype_xmlid": "mail.mt_note" });
    let deeds: [Deed; 4] = [
        &|home, id| drop(write(home, order, id, &json!({ "note": "<p>theirs</p>" }))),
        &|home, id| {
            created(home, "sale.order.line", &json!({ "order_id": id, "name": "Theirs" }));
        },
        &|home, id| drop(Two::call(home, order, "message_post", id, &note)),
        &|home, id| {
            let file = json!({ "name": "a.txt", "datas": "QQ==", "res_model": order, "res_id": id });
            created(home, "ir.attachment", &file);
        },
    ];
    for deed in deeds {
        let (id, entry) = made();
        deed(&two.other, id);
        // We write last, so that the last writer tells nothing.
        write(&two.agent, order, id, &json!({ "client_order_ref": "r" }));
        conflict(undo(&two.agent, &entry));
        assert_eq!(two.field(order, id, "client_order_ref"), "r");
        // All of that by ourselves goes.
        let (id, entry) = made();
        deed(&two.agent, id);
        write(&two.agent, order, id, &json!({ "client_order_ref": "r" }));
        undo(&two.agent, &entry).ok();
        assert_eq!(two.field(order, id, "id"), Value::Null);
    }
    let id = created(&two.agent, "res.partner", &json!({ "name": "Parent" }));
    let entry = last(&two.agent);
    created(&two.agent, "res.partner", &json!({ "name": "Our child", "parent_id": id }));
    let child = json!({ "name": "Their child", "parent_id": id });
    conflict(two.after(&entry, |other| {
        created(other, "res.partner", &child);
    }));
    let id = created(&two.agent, "res.partner", &json!({ "name": "Parent" }));
    let entry = last(&two.agent);
    created(&two.agent, "res.partner", &json!({ "name": "Our child", "parent_id": id }));
    two.after(&entry, |other| drop(Two::call(other, "res.partner", "message_post", id, &note))).ok();
    assert_eq!(two.field("res.partner", id, "active"), false, "archived, a message stays with it");
}

#[test]
fn a_line_that_others_worked_on_is_not_taken_off() {
    let two = Two::start();
    let partner = "res.partner";
    let id = created(&two.agent, partner, &json!({ "name": "Lines" }));
    let add = || {
        let had = two.field(partner, id, "child_ids");
        let entry = write(&two.agent, partner, id, &json!({ "child_ids": [[0, 0, { "name": "New" }]] }));
        let has = two.field(partner, id, "child_ids");
        let is_new = |line: &&Value| !had.as_array().unwrap().contains(line);
        (has.as_array().unwrap().iter().find(is_new).unwrap().as_i64().unwrap(), entry)
    };
    let note = json!({ "body": "theirs", "subtype_xmlid": "mail.mt_note" });
    let (line, entry) = add();
    conflict(
        two.after(&entry, |other| drop(write(other, partner, line, &json!({ "comment": "<p>theirs</p>" })))),
    );
    let (line, entry) = add();
    conflict(two.after(&entry, |other| drop(Two::call(other, partner, "message_post", line, &note))));
    let (_, entry) = add();
    two.after(&entry, |other| drop(write(other, partner, id, &json!({ "comment": "<p>beside</p>" })))).ok();
}

#[test]
fn an_activity_or_a_note_that_somebody_changed_stays() {
    let two = Two::start();
    let partner = "res.partner";
    let id = created(&two.agent, partner, &json!({ "name": "Noted" }));
    let schedule = json!({ "act_type_xmlid": "mail.mail_activity_data_todo", "summary": "ours" });
    let note = json!({ "body": "ours", "subtype_xmlid": "mail.mt_note" });
    for (method, data, model, theirs) in [
        ("activity_schedule", &schedule, "mail.activity", json!({ "summary": "theirs" })),
        ("message_post", &note, "mail.message", json!({ "body": "<p>theirs</p>" })),
    ] {
        let made = first(&Two::call(&two.agent, partner, method, id, data).json());
        let entry = last(&two.agent);
        conflict(two.after(&entry, |other| drop(write(other, model, made, &theirs))));
        // What we make of it after that is theirs as well.
        write(&two.agent, model, made, &theirs);
        conflict(undo(&two.agent, &entry));
        let made = first(&Two::call(&two.agent, partner, method, id, data).json());
        let entry = last(&two.agent);
        write(&two.agent, model, made, &theirs);
        two.after(&entry, |other| drop(write(other, partner, id, &json!({ "phone": "9" })))).ok();
        // What is not there any more is not sent away.
        let gone = first(&Two::call(&two.agent, partner, method, id, data).json());
        let entry = last(&two.agent);
        conflict(two.after(&entry, |other| drop(Two::call(other, model, "unlink", gone, &json!({})))));
        let left = two.field(model, made, "id");
        assert_eq!(left, Value::Null, "{model}");
    }
}

#[test]
fn a_note_or_an_activity_that_others_built_on_stays() {
    let two = Two::start();
    let partner = "res.partner";
    let id = created(&two.agent, partner, &json!({ "name": "Noted" }));
    let note = json!({ "body": "ours", "subtype_xmlid": "mail.mt_note" });
    let schedule = json!({ "act_type_xmlid": "mail.mail_activity_data_todo", "summary": "ours" });
    let answer = |home: &Home, note: i64| {
        let answer = json!({ "model": partner, "res_id": id, "parent_id": note, "body": "<p>answer</p>" });
        created(home, "mail.message", &answer);
    };
    let file = |home: &Home, model: &str, made: i64| {
        let file = json!({ "name": "a.txt", "datas": "QQ==", "res_model": model, "res_id": made });
        created(home, "ir.attachment", &file);
    };
    let deeds: [(&str, &Value, &str, Deed); 3] = [
        ("message_post", &note, "mail.message", &answer),
        ("message_post", &note, "mail.message", &|home, made| file(home, "mail.message", made)),
        ("activity_schedule", &schedule, "mail.activity", &|home, made| file(home, "mail.activity", made)),
    ];
    for (method, data, model, deed) in deeds {
        let made = first(&Two::call(&two.agent, partner, method, id, data).json());
        let entry = last(&two.agent);
        conflict(two.after(&entry, |other| deed(other, made)));
        assert_eq!(two.field(model, made, "id"), made);
        // What we built on it ourselves is in nobody's way.
        let made = first(&Two::call(&two.agent, partner, method, id, data).json());
        let entry = last(&two.agent);
        deed(&two.agent, made);
        undo(&two.agent, &entry).ok();
        assert_eq!(two.field(model, made, "id"), Value::Null);
    }
}

#[test]
fn a_date_that_somebody_set_after_a_button_stays() {
    let two = Two::start();
    let order = "sale.order";
    let partner = created(&two.agent, "res.partner", &json!({ "name": "Customer" }));
    let confirmed = || {
        let vals = json!({ "partner_id": partner, "date_order": "2026-01-01 00:00:00" });
        let id = created(&two.agent, order, &vals);
        Two::call(&two.agent, order, "action_confirm", id, &json!({}));
        (id, last(&two.agent))
    };
    let (id, entry) = confirmed();
    let theirs = json!({ "date_order": "2026-05-05 00:00:00" });
    conflict(two.after(&entry, |other| drop(write(other, order, id, &theirs))));
    assert_eq!(two.field(order, id, "date_order"), "2026-05-05 00:00:00");
    assert_eq!(two.field(order, id, "state"), "sale");
    // What they wrote beside it is not in its way.
    let (id, entry) = confirmed();
    two.after(&entry, |other| drop(write(other, order, id, &json!({ "client_order_ref": "theirs" })))).ok();
    assert_eq!(two.field(order, id, "date_order"), "2026-01-01 00:00:00");
    assert_eq!(two.field(order, id, "state"), "draft");
}

#[test]
fn the_same_user_by_another_way_is_told_by_the_time() {
    let (home, server) = lab();
    server.on("/web/version", crate::journal::clock());
    server.on(&json2("res.partner", "action_archive"), Answer::json("true"));
    server.on(&json2("res.partner", "action_unarchive"), Answer::json("true"));
    let row = |active: bool, written: &str, by: i64| {
        let rows = json!([{ "id": 1, "active": active, "write_date": written, "write_uid": by }]);
        server.on(&json2("res.partner", "read"), Answer::json(rows.to_string()));
    };
    let now = || {
        let text = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        text.replace('T', " ").trim_end_matches('Z').to_string()
    };
    let archive = || {
        row(true, "2001-01-01 00:00:00", 1);
        home.run(["call", "res.partner", "action_archive", "--ids", "1"]).ok();
        (last(&home), entries(&home, &[]).pop().unwrap()["user"].as_i64().unwrap_or(7))
    };
    let (entry, user) = archive();
    row(false, "2099-01-01 00:00:00", user);
    conflict(undo(&home, &entry));
    let (entry, user) = archive();
    row(false, &now(), user);
    undo(&home, &entry).ok();
    // Where nobody tells who wrote, nobody is blamed.
    let (entry, _) = archive();
    let rows = json!([{ "id": 1, "active": false }]).to_string();
    server.on(&json2("res.partner", "read"), Answer::json(rows));
    undo(&home, &entry).ok();
}

#[test]
fn what_others_led_to_a_record_keeps_it_from_being_deleted() {
    let (home, server) = lab();
    server.on("/web/version", crate::journal::clock());
    let stamp = |name: &str| json!({ "type": "datetime", "string": name, "readonly": true });
    let user =
        |name: &str| json!({ "type": "many2one", "relation": "res.users", "string": name, "readonly": true });
    let mut fields = json!({ "name": { "type": "char", "string": "Name" } });
    for name in ["write", "create"] {
        fields[format!("{name}_date")] = stamp(name);
        fields[format!("{name}_uid")] = user(name);
    }
    server.on(&json2("x.thing", "fields_get"), Answer::json(fields.to_string()));
    let list =
        |relation: &str| json!({ "type": "one2many", "relation": relation, "string": "List", "store": true });
    fields["thing_ids"] = list("x.thing");
    fields["closed_ids"] = list("x.closed");
    server.on(&json2("x.box", "fields_get"), Answer::json(fields.to_string()));
    server.on(&json2("x.box", "create"), Answer::json("[5]"));
    server.on(&json2("x.box", "unlink"), Answer::json("true"));
    for beside in ["mail.message", "mail.activity", "ir.attachment"] {
        server.on(&json2(beside, "search_read"), Answer::json("[]"));
    }
    let row = |id: i64, made: &str, by: i64| json!([{ "id": id, "name": "N", "create_date": made, "create_uid": by, "write_date": made, "write_uid": by }]);
    let (early, late) = ("2001-01-01 00:00:00", "2099-01-01 00:00:00");
    home.run(["create", "x.box", "--vals-json", r#"{"name": "N"}"#]).ok();
    let entry = last(&home);
    let us = entries(&home, &[]).pop().unwrap()["user"].as_i64().unwrap_or(7);
    // The list of a model that is closed to this user keeps the other from being seen in the same question.
    let answer = move |request: &crate::support::Recorded| {
        let asked = request.json()["fields"].to_string();
        if asked.contains("closed_ids") {
            return Answer::odoo_error(403, "odoo.exceptions.AccessError", "closed");
        }
        let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
        let mut rows = row(5, now.replace('T', " ").trim_end_matches('Z'), us);
        rows[0]["thing_ids"] = json!([7]);
        Answer::json(rows.to_string())
    };
    server.on(&json2("x.box", "read"), Answer::made(answer));
    server.on(&json2("x.thing", "read"), Answer::json(row(7, late, us + 1).to_string()));
    conflict(undo(&home, &entry));
    assert!(server.requests_to(&json2("x.box", "unlink")).is_empty());
    // What was there before and was not written since tells of nobody's work, whoever made it.
    server.on(&json2("x.thing", "read"), Answer::json(row(7, early, us + 1).to_string()));
    undo(&home, &entry).ok();
}
