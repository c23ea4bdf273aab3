//! The way back and lost answers on a real Odoo: what thirty operations and their undoing leave of every stored field,
//! and what is found out of a call whose answer was cut off.

use crate::journal::{Lossy, aged, lost_answers, passed_on};
use crate::live::{live, named};
use crate::suite::Spoken;
use crate::support::{Answer, Home, Outcome, json2};
use serde_json::{Value, json};

struct Books {
    home: Home,
}

impl Books {
    fn new() -> Books {
        Books::of("LIVE_ADMIN_KEY")
    }

    fn of(key: &str) -> Books {
        let home = Home::new();
        let place = live(Spoken::Json2);
        home.profile(
            "admin",
            &[
                ("ODOO_BASE_URL", &place.base_url),
                ("ODOO_DB", &place.database),
                ("ODOO_API_KEY", &named(key)),
                ("ODOO_ALLOW_CONTEXT", "tracking_disable"),
            ],
        );
        Books { home }
    }

    fn tried(&self, line: &[&str]) -> Outcome {
        self.home.agent(["--profile", "admin", "--quiet"]).args(line).run()
    }

    fn run(&self, line: &[&str]) -> Value {
        serde_json::from_str(&self.tried(line).ok().stdout).unwrap_or_default()
    }

    fn last(&self) -> String {
        self.run(&["journal", "list", "--limit", "1"])[0]["id"].as_str().unwrap().to_string()
    }

    fn create(&self, model: &str, vals: Value) -> i64 {
        self.run(&["create", model, "--vals-json", &vals.to_string()])[0].as_i64().unwrap()
    }

    fn first(&self, model: &str, domain: Value) -> i64 {
        let rows = self.run(&[
            "search-read",
            model,
            "--domain",
            &domain.to_string(),
            "--fields",
            "id",
            "--limit",
            "1",
        ]);
        rows[0]["id"].as_i64().unwrap()
    }

    /// Every stored field of a record but when and by whom it was written, and what is kept beside it.
    fn all_of(&self, model: &str, id: i64) -> serde_json::Map<String, Value> {
        let fields = self.run(&["call", model, "fields_get", "--data-json", r#"{"attributes": ["store"]}"#]);
        let beside =
            ["write_date", "write_uid", "message_", "activity_", "website_message", "rating_", "audit_trail"];
        let is_compared = |(name, field): &(&String, &Value)| {
            field["store"] == true && !beside.iter().any(|start| name.starts_with(start))
        };
        let names: Vec<&String> =
            fields.as_object().unwrap().iter().filter(is_compared).map(|(name, _)| name).collect();
        let data = json!({ "fields": names, "load": null }).to_string();
        let context = r#"{"active_test": false}"#;
        let line = [
            "call",
            model,
            "read",
            "--ids",
            &id.to_string(),
            "--data-json",
            &data,
            "--context-json",
            context,
        ];
        self.run(&line)[0].as_object().unwrap().clone()
    }

    /// Does something to a record and takes it back: what differs then.
    fn there_and_back(&self, model: &str, id: i64, line: &[&str]) -> Vec<String> {
        let before = self.all_of(model, id);
        self.run(line);
        self.run(&["undo", &self.last()]);
        let after = self.all_of(model, id);
        before.keys().filter(|name| before[*name] != after[*name]).cloned().collect()
    }
}

#[test]
fn thirty_operations_that_are_undone_leave_every_stored_field_as_it_was() {
    let books = Books::new();
    let tag = |name: &str| books.create("res.partner.category", json!({ "name": format!("Undo {name}") }));
    let tags = [tag("one"), tag("two"), tag("three")];
    let countries = ["BE", "FR"].map(|code| books.first("res.country", json!([["code", "=", code]])));
    let partner = books.create(
        "res.partner",
        json!({ "name": "Undo", "phone": "1", "comment": "<p>old <b>text</b></p>", "color": 3, "is_company": true,
            "country_id": countries[0], "category_id": [[6, 0, &tags[..2]]],
            "child_ids": [[0, 0, { "name": "Line one" }], [0, 0, { "name": "Line two" }]] }),
    );
    let lines = books.run(&["read", "res.partner", "--ids", &partner.to_string(), "--fields", "child_ids"]);
    let lines: Vec<i64> =
        lines[0]["child_ids"].as_array().unwrap().iter().filter_map(Value::as_i64).collect();
    let pixel =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let project = books.create("project.project", json!({ "name": "Undo" }));
    let task = books.create(
        "project.task",
        json!({ "name": "Undo", "project_id": project, "date_deadline": "2026-03-01 10:00:00", "user_ids": [[5, 0, 0]] }),
    );
    let suite = books.first("project.project", json!([["name", "=", "Suite properties"]]));
    let sized = books.create(
        "project.task",
        json!({ "name": "Undo", "project_id": suite, "task_properties": { "suite_size": 3 } }),
    );
    let product = books.first("product.product", json!([["sale_ok", "=", true], ["type", "=", "service"]]));
    let order = books.create(
        "sale.order",
        json!({ "partner_id": partner, "order_line": [[0, 0, { "product_id": product, "product_uom_qty": 2 }], [0, 0, { "product_id": product, "product_uom_qty": 3 }]] }),
    );
    let sold = books.run(&["read", "sale.order", "--ids", &order.to_string(), "--fields", "order_line"])[0]["order_line"][0].as_i64().unwrap();
    let invoice = books.create(
        "account.move",
        json!({ "move_type": "out_invoice", "partner_id": partner, "invoice_date": "2026-01-20", "invoice_line_ids": [[0, 0, { "name": "x", "quantity": 1, "price_unit": 10 }]] }),
    );
    let writes: Vec<(&str, i64, Value)> = vec![
        ("res.partner", partner, json!({ "phone": "2" })),
        ("res.partner", partner, json!({ "phone": false })),
        ("res.partner", partner, json!({ "comment": "<p>new <i>words</i></p>" })),
        ("res.partner", partner, json!({ "color": 7 })),
        ("res.partner", partner, json!({ "partner_latitude": 51.123456789 })),
        ("res.partner", partner, json!({ "is_company": false })),
        ("res.partner", partner, json!({ "type": "invoice" })),
        ("res.partner", partner, json!({ "country_id": countries[1] })),
        ("res.partner", partner, json!({ "country_id": false })),
        ("res.partner", partner, json!({ "category_id": [[4, tags[2], 0]] })),
        ("res.partner", partner, json!({ "category_id": [[3, tags[0], 0]] })),
        ("res.partner", partner, json!({ "category_id": [[6, 0, [tags[2]]]] })),
        ("res.partner", partner, json!({ "category_id": [[0, 0, { "name": "Undo made" }]] })),
        ("res.partner", partner, json!({ "child_ids": [[0, 0, { "name": "Line three" }]] })),
        ("res.partner", lines[0], json!({ "phone": "9", "street": "x" })),
        ("res.partner", partner, json!({ "child_ids": [[3, lines[1], 0]] })),
        ("res.partner", partner, json!({ "image_1920": pixel })),
        ("res.partner", partner, json!({ "active": false })),
        (
            "res.partner",
            partner,
            json!({ "phone": "3", "email": "x@example.com", "category_id": [[5, 0, 0]] }),
        ),
        ("res.partner.category", tags[0], json!({ "name": "Undo renamed" })),
        ("project.task", task, json!({ "date_deadline": "2026-05-05 05:05:05" })),
        ("project.project", project, json!({ "date_start": "2026-01-01", "date": "2026-02-01" })),
        ("project.task", task, json!({ "user_ids": [[6, 0, [2]]] })),
        ("project.task", sized, json!({ "task_properties": { "suite_size": 8 } })),
        ("sale.order.line", sold, json!({ "price_unit": 77.77 })),
    ];
    let mut wrong = Vec::new();
    for (model, id, vals) in &writes {
        let line = [
            "write",
            model,
            "--ids",
            &id.to_string(),
            "--vals-json",
            &vals.to_string(),
            "--max-records",
            "50",
        ];
        // When somebody was assigned is Odoo's to say; a property that had no value has false afterwards.
        let stays = ["date_assign", "task_properties"];
        let left: Vec<String> = books
            .there_and_back(model, *id, &line)
            .into_iter()
            .filter(|name| *model != "project.task" || !stays.contains(&name.as_str()))
            .collect();
        if !left.is_empty() {
            wrong.push(format!("{model} {vals}: {left:?}"));
        }
    }
    let change = json!({ "order_line": [[1, sold, { "product_uom_qty": 9 }]] }).to_string();
    let left = books.there_and_back(
        "sale.order.line",
        sold,
        &["write", "sale.order", "--ids", &order.to_string(), "--vals-json", &change],
    );
    assert!(left.is_empty(), "a line: {left:?}");
    let note = json!({ "body": "A note" }).to_string();
    let todo = json!({ "act_type_xmlid": "mail.mail_activity_data_todo", "summary": "x" }).to_string();
    // What stays of a button is what its undoing says.
    type Button<'a> = (&'a str, i64, &'a str, Option<&'a str>, &'a [&'a str]);
    let buttons: [Button; 8] = [
        ("res.partner", partner, "action_archive", None, &[]),
        ("res.partner", partner, "message_post", Some(&note), &[]),
        ("res.partner", partner, "activity_schedule", Some(&todo), &[]),
        (
            "sale.order",
            order,
            "action_confirm",
            None,
            &["picking_ids", "stock_reference_ids", "date_order", "project_id"],
        ),
        ("sale.order", order, "action_cancel", None, &[]),
        ("account.move", invoice, "button_cancel", None, &["is_manually_modified"]),
        (
            "account.move",
            invoice,
            "action_post",
            None,
            &[
                "name",
                "sequence_prefix",
                "sequence_number",
                "posted_before",
                "made_sequence_gap",
                "payment_reference",
                "is_manually_modified",
            ],
        ),
        ("account.move", invoice, "button_cancel", None, &["is_manually_modified"]),
    ];
    for (model, id, method, data, stays) in buttons {
        let number = id.to_string();
        let mut line = vec!["call", model, method, "--ids", &number];
        line.extend(data.into_iter().flat_map(|data| ["--data-json", data]));
        // What the guard holds of a button is its letter, and this is the half without one.
        line.extend(
            ["--context-json", r#"{"tracking_disable": true}"#].iter().filter(|_| model != "res.partner"),
        );
        let left: Vec<String> = books
            .there_and_back(model, id, &line)
            .into_iter()
            .filter(|name| !stays.contains(&name.as_str()))
            .collect();
        if !left.is_empty() {
            wrong.push(format!("{model}/{method}: {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lost_answers_are_found_out() {
    let place = live(Spoken::Json2);
    lost_answers(&Lossy::new(&place.base_url, &place.database, &named("LIVE_ADMIN_KEY")));
}

#[test]
fn lines_are_again_where_they_were_and_as_they_were() {
    let books = Books::new();
    let create = |vals: Value| books.create("res.partner", vals);
    let (one, other) = (create(json!({ "name": "Undo one" })), create(json!({ "name": "Undo other" })));
    let line = create(json!({ "name": "Undo line", "phone": "1", "parent_id": one }));
    let archived =
        create(json!({ "name": "Undo archived", "phone": "1", "parent_id": one, "active": false }));
    let free = create(json!({ "name": "Undo free" }));
    let ids = format!("{line},{archived},{free}");
    let stand = || {
        let context = r#"{"active_test": false}"#;
        let fields = "parent_id,active,phone";
        books.run(&["read", "res.partner", "--ids", &ids, "--fields", fields, "--context-json", context])
    };
    let mut wrong = Vec::new();
    for (record, command) in [
        (other, json!([4, line, 0])),
        (other, json!([4, free, 0])),
        (other, json!([4, archived, 0])),
        (other, json!([6, 0, [line]])),
        (one, json!([3, line, 0])),
        (one, json!([3, archived, 0])),
        (one, json!([1, line, { "phone": "9" }])),
        (one, json!([1, archived, { "phone": "9" }])),
        (other, json!([1, line, { "phone": "9" }])),
        (one, json!([1, line, { "active": false, "phone": "9" }])),
        (one, json!([1, line, { "parent_id": other, "phone": "9" }])),
    ] {
        let before = stand();
        let vals = json!({ "child_ids": [command] }).to_string();
        books.run(&["write", "res.partner", "--ids", &record.to_string(), "--vals-json", &vals]);
        assert_ne!(stand(), before, "{vals}");
        books.run(&["undo", &books.last()]);
        if stand() != before {
            wrong.push(vals);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_leads_to_a_record_is_told_before_it_is_deleted_and_keeps_it_where_it_is_somebody_elses() {
    let (books, person) = (Books::new(), Books::of("LIVE_DOCS_KEY"));
    let project = books.create("project.project", json!({ "name": "Undo tags" }));
    let tag = |books: &Books, name: &str| {
        let id = books.create("project.tags", json!({ "name": format!("{name} {}", std::process::id()) }));
        (id, books.last())
    };
    let task = |books: &Books, tag: i64| {
        let vals = json!({ "name": "Tagged", "project_id": project, "tag_ids": [[4, tag, 0]] });
        books.create("project.task", vals)
    };
    let (id, entry) = tag(&books, "Undo ours");
    task(&books, id);
    let shown = books.run(&["undo", &entry, "--dry-run"]);
    assert!(shown[0]["lost"].to_string().contains("project.task"), "{shown}");
    task(&person, id);
    let kept = books.tried(&["undo", &entry]).fails(8, "undo_conflict");
    assert!(kept.error()["errors"].to_string().contains("project.task"), "{}", kept.stderr);
    // Of what nobody shows to whoever is no administrator, that is said.
    let (_, entry) = tag(&person, "Undo theirs");
    let undone = person.run(&["undo", &entry]);
    assert!(undone[0]["unsure"].to_string().contains("project.tags"), "{undone}");
}

#[test]
fn a_lost_creation_of_which_nothing_is_there_is_sent_again_under_its_key_and_then_is_there_once() {
    let place = live(Spoken::Json2);
    let lossy = Lossy::new(&place.base_url, &place.database, &named("LIVE_ADMIN_KEY"));
    for (model, method) in [
        ("res.partner", "search_read"),
        ("res.partner", "search_count"),
        ("res.partner", "fields_get"),
        ("res.users", "context_get"),
    ] {
        lossy.server.on(&json2(model, method), passed_on(&place.base_url));
    }
    let name = format!("Undo lost {}", std::process::id());
    let vals = json!({ "name": name }).to_string();
    let line =
        ["--profile", "lossy", "create", "res.partner", "--vals-json", &vals, "--idempotency-key", &name];
    lossy.server.on(&json2("res.partner", "create"), Answer::CloseAfterReading);
    let lost = lossy.home.run(line).fails(11, "outcome_unknown");
    let id = lost.error()["journal"].as_str().unwrap().to_string();
    aged(&lossy.home);
    lossy.home.run(["--profile", "lossy", "journal", "check", &id]).fails(11, "cannot_tell");
    lossy.server.on(&json2("res.partner", "create"), passed_on(&place.base_url));
    let made = lossy.home.run(line).ok();
    assert!(made.notes().iter().any(|note| note.contains("nothing is there")), "{}", made.stderr);
    assert_eq!(lossy.home.run(line).ok().json(), made.json());
    let domain = json!([["name", "=", name]]).to_string();
    let count = lossy.home.run(["--profile", "whole", "count", "res.partner", "--domain", &domain]).ok();
    assert_eq!(count.json(), 1);
}
