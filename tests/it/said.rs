//! What is said of a call is true: a note that holds for one call does not stand beside another that looks like it.

use serde_json::{Value, json};

use crate::support::{Answer, Home, json2, lab};

#[test]
fn an_empty_list_keeps_what_is_there_and_leaves_a_new_record_without() {
    let home = Home::new();
    let notes = |line: &[&str]| home.agent(["--profile", "sandbox"]).args(line).run().ok().notes().join("\n");
    let task = r#"{"name": "x", "tag_ids": []}"#;
    let nested = r#"{"name": "x", "task_ids": [[0, 0, {"name": "y", "tag_ids": []}]]}"#;
    for line in [
        &["create", "project.task", "--vals", task][..],
        &["call", "project.task", "create", "--data", &format!(r#"{{"vals_list": [{task}]}}"#)],
        &["create", "project.project", "--vals", nested, "--dry-run"],
    ] {
        let said = notes(line);
        assert!(
            said.contains("leave the field out") && !said.contains("changes nothing"),
            "{line:?}: {said}"
        );
    }
    let said = notes(&["write", "project.task", "--ids", "1", "--vals", r#"{"tag_ids": []}"#]);
    assert!(said.contains("changes nothing; [[5, 0, 0]]"), "{said}");
    let nested = r#"{"task_ids": [[1, 1, {"tag_ids": []}]]}"#;
    let said = notes(&["write", "project.project", "--ids", "1", "--vals", nested, "--dry-run"]);
    assert!(said.contains("changes nothing"), "{said}");
    for vals in
        [r#"{"name": "x"}"#, r#"{"name": "x", "tag_ids": [[5, 0, 0]]}"#, r#"{"name": "x", "tag_ids": [1]}"#]
    {
        let said = notes(&["create", "project.task", "--vals", vals]);
        assert!(!said.contains("empty list"), "{said}");
    }
}

const BEFORE: &str = r#"{"name": {"type": "char", "string": "Name"},
    "lang": {"type": "selection", "string": "Language", "selection": [["en_US", "English (US)"]]},
    "parent_id": {"type": "many2one", "string": "Parent", "relation": "res.partner"},
    "child_ids": {"type": "one2many", "string": "Children", "relation": "res.partner"}}"#;
const SINCE: &str = r#"{"name": {"type": "char", "string": "Name"}, "x_extra": {"type": "char", "string": "Extra"},
    "lang": {"type": "selection", "string": "Language", "selection": [["en_US", "English (US)"], ["fr_FR", "French"]]},
    "parent_id": {"type": "many2one", "string": "Parent", "relation": "res.partner"},
    "child_ids": {"type": "one2many", "string": "Children", "relation": "res.partner"}}"#;

/// Calls of what came to Odoo after the fields of the model were kept.
const NEW: [&[&str]; 8] = [
    &["write", "res.partner", "--ids", "7", "--no-before", "--vals", r#"{"lang": "fr_FR"}"#],
    &["write", "res.partner", "--ids", "7", "--no-before", "--vals", r#"{"x_extra": "a"}"#],
    &["write", "res.partner", "--ids", "7", "--dry-run", "--vals", r#"{"x_extra": "a"}"#],
    &["create", "res.partner", "--vals", r#"{"name": "T", "child_ids": [[0, 0, {"lang": "fr_FR"}]]}"#],
    &["search-read", "res.partner", "--fields", "name,x_extra"],
    &["search-read", "res.partner", "--fields", "name", "--domain", r#"[["parent_id.lang", "=", "fr_FR"]]"#],
    &["count", "res.partner", "--domain", r#"[["x_extra", "=", "a"]]"#],
    &["call", "res.partner", "load", "--data", r#"{"fields": ["name", "x_extra"], "data": [["a", "b"]]}"#],
];

#[test]
fn what_the_kept_fields_refuse_is_asked_once_more() {
    for line in NEW {
        for (told, is_right) in [(SINCE, true), (BEFORE, false)] {
            let (home, server) = lab();
            server.on(&json2("res.partner", "fields_get"), Answer::json(BEFORE));
            home.run(["schema-summary", "res.partner"]).ok();
            for (method, answer) in [
                ("write", "true"),
                ("create", "[41]"),
                ("search_read", r#"[{"id": 7, "name": "a"}]"#),
                ("search_count", "1"),
                ("load", r#"{"ids": [41], "messages": [], "nextrow": 0}"#),
            ] {
                server.on(&json2("res.partner", method), Answer::json(answer));
            }
            server.on(&json2("res.partner", "fields_get"), Answer::json(told));
            server.forget();
            let outcome = home.run(line);
            let asked = || server.requests_to(&json2("res.partner", "fields_get")).len();
            assert_eq!(asked(), 1, "{line:?}: {}", outcome.stderr);
            match is_right {
                true => outcome.ok(),
                false => outcome.fails(2, "preflight_refused"),
            };
            // What is right costs nothing any more.
            if is_right {
                home.run(line).ok();
                assert_eq!(asked(), 1, "{line:?}");
            }
        }
    }
}

#[test]
fn fields_of_this_run_and_other_refusals_are_not_asked_about_twice() {
    let (home, server) = lab();
    server.on(&json2("res.partner", "fields_get"), Answer::json(BEFORE));
    let write = |vals: &str| {
        server.forget();
        home.run(["write", "res.partner", "--ids", "7", "--vals", vals]).fails(2, "preflight_refused");
        server.requests_to(&json2("res.partner", "fields_get")).len()
    };
    assert_eq!(write(r#"{"lang": "fr_FR"}"#), 1, "asked in this run");
    assert_eq!(write(r#"{"parent_id": "Azure"}"#), 0, "no age of the fields makes it right");
    // Nobody who can be asked: what is kept has the last word, and the way to ask anew stands beside it.
    server.on(
        &json2("res.partner", "fields_get"),
        Answer::odoo_error(403, "odoo.exceptions.AccessError", "no"),
    );
    let line = ["write", "res.partner", "--ids", "7", "--vals", r#"{"nmae": "x"}"#];
    let refused = home.run(line).fails(2, "preflight_refused");
    assert!(
        refused.hints().contains("did you mean name?") && refused.hints().contains("--refresh"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_wizard_that_is_asked_about_is_not_one_that_is_told_too_little() {
    let (home, server) = lab();
    let wizard = "stock.backorder.confirmation";
    let action = json!({ "type": "ir.actions.act_window", "res_model": wizard, "target": "new", "name": "Backorder?",
        "context": { "button_validate_picking_ids": [6] } });
    server.on(&json2("stock.picking", "button_validate"), Answer::json(action));
    server
        .on(&json2(wizard, "get_views"), Answer::json(json!({ "views": { "form": { "arch": "<form/>" } } })));
    server.on(&json2(wizard, "create"), Answer::json("[3]"));
    server.on(&json2(wizard, "process"), Answer::json("true"));
    let notes = |line: &[&str]| home.agent(line).args(["--no-before"]).run().ok().notes().join("\n");
    let said = notes(&["call", "stock.picking", "button_validate", "--ids", "6"]);
    assert!(said.contains(r#""button_validate_picking_ids":[6]"#) && !said.contains("names none"), "{said}");
    let told = ["--context-json", r#"{"button_validate_picking_ids":[6]}"#];
    for line in [&["create", wizard, "--vals", "{}"][..], &["call", wizard, "process", "--ids", "3"]] {
        assert!(notes(line).contains("here it names none"), "{line:?}");
        assert!(!notes(&[line, &told[..]].concat()).contains("names none"), "{line:?}");
    }
}

#[test]
fn a_context_key_that_a_model_reads_for_itself_is_not_called_unread() {
    let (home, server) = lab();
    let notes = |model: &str, context: &str| {
        server.on(&json2(model, "read"), Answer::json(r#"[{"id":7,"name":"a"}]"#));
        let line = ["read", model, "--ids", "7", "--fields", "name", "--context-json", context];
        home.run(line).ok().notes().join("\n")
    };
    for (model, context, is_unread) in [
        ("res.currency", r#"{"company_id":4,"date":"2026-01-01"}"#, false),
        ("res.currency.rate", r#"{"company_id":4}"#, false),
        ("project.task", r#"{"company_id":4}"#, true),
        ("res.partner", r#"{"company_id":4}"#, true),
        ("res.currency", r#"{"force_company":4}"#, true),
        ("res.currency", r#"{"timezone":"UTC"}"#, true),
    ] {
        let said = notes(model, context);
        assert_eq!(said.contains("Odoo reads no context key"), is_unread, "{model} {context}: {said}");
    }
}

#[test]
fn what_force_does_is_promised_for_what_odoo_keeps_and_for_nothing_else() {
    let (home, server) = lab();
    let fields = r#"{"name": {"type": "char", "string": "Name"},
        "total": {"type": "float", "string": "Total", "readonly": true, "store": true, "depends": ["line_ids.price"]},
        "shown": {"type": "float", "string": "Shown", "readonly": true, "store": false},
        "kept": {"type": "float", "string": "Kept", "readonly": true, "store": true}}"#;
    server.on(&json2("x.thing", "fields_get"), Answer::json(fields));
    for (name, promised) in [
        ("total", "until Odoo computes it again"),
        ("shown", "Odoo's own value stands"),
        ("kept", "writes it"),
    ] {
        let vals = json!({ name: 5 }).to_string();
        let hints = home
            .run(["write", "x.thing", "--ids", "1", "--vals", &vals])
            .fails(2, "preflight_refused")
            .hints();
        let forced = hints.lines().find(|hint| hint.contains("--force-field")).unwrap_or_default();
        assert!(forced.contains(promised), "{hints}");
        assert_eq!(forced.contains("writes it"), name == "kept", "{hints}");
    }
}

#[test]
fn an_id_as_text_is_told_what_a_list_takes_and_what_one_record_takes() {
    let home = Home::new();
    let hints = |vals: &str| {
        let line = ["--profile", "sandbox", "write", "project.task", "--ids", "1", "--vals", vals];
        home.run(line).fails(2, "preflight_refused").hints()
    };
    for vals in [r#"{"tag_ids": "+5"}"#, r#"{"tag_ids": "5"}"#] {
        assert!(
            hints(vals).contains("[[4, 5, 0]] adds it") && !hints(vals).contains("without quotes"),
            "{vals}"
        );
    }
    assert!(hints(r#"{"tag_ids": ["5"]}"#).contains("write 5 without quotes"));
    assert!(hints(r#"{"project_id": "5"}"#).contains("write 5 without quotes"));
    assert!(!hints(r#"{"project_id": "+5"}"#).contains("without quotes"));
    assert!(hints(r#"{"tag_ids": "urgent"}"#).contains("lookup project.tags urgent --one"));
}

#[test]
fn members_of_a_channel_are_told_of_every_message() {
    let (home, server) = lab();
    for (model, is_note) in [("discuss.channel", false), ("project.task", true)] {
        server.on(&json2(model, "message_post"), Answer::json("[9]"));
        let line =
            ["call", model, "message_post", "--ids", "7", "--data", r#"{"body": "Hello"}"#, "--no-before"];
        let said = home.run(line).ok().notes().join("\n");
        assert_eq!(said.contains("this is an internal note"), is_note, "{said}");
    }
}

#[test]
fn the_headers_of_a_file_are_told_at_once_with_the_columns_that_are_meant() {
    let home = Home::new();
    home.run(["--profile", "sandbox", "schema-summary", "res.partner"]).ok();
    let load = |fields: Value| {
        let cells: Vec<&str> = fields.as_array().unwrap().iter().map(|_| "x").collect();
        let data = json!({ "fields": fields, "data": [cells] }).to_string();
        home.run(["--profile", "sandbox", "call", "res.partner", "load", "--dry-run", "--data", &data])
    };
    let refused = load(json!(["Name", "E-mail", "Country", "city"])).fails(2, "preflight_refused");
    assert!(refused.message().contains("(and 2 more)"), "{}", refused.stderr);
    let meant = r#""fields": ["name","email","country_id","city"]"#;
    assert!(refused.hints().contains(meant), "{}", refused.stderr);
    // One is told by itself, and a list with a hole in it is no list to paste.
    let one = load(json!(["name", "E-mail"])).fails(2, "preflight_refused");
    assert!(
        !one.hints().contains("\"fields\":") && one.hints().contains("did you mean email?"),
        "{}",
        one.stderr
    );
    let some = load(json!(["Name", "Zzyzx"])).fails(2, "preflight_refused");
    assert!(!some.hints().contains("\"fields\":"), "{}", some.stderr);
    load(json!(["id", "name", "country_id/id", "child_ids/name", "child_ids/.id"])).ok();
}

#[test]
fn the_file_of_an_import_is_its_text_and_every_other_file_is_encoded() {
    let (home, server) = lab();
    let fields = r#"{"file": {"type": "binary", "string": "File", "attachment": false}}"#;
    for (model, is_text) in [("base_import.import", true), ("x.thing", false)] {
        server.on(&json2(model, "fields_get"), Answer::json(fields));
        let line = ["create", model, "--dry-run", "--vals", r#"{"file": "name,user_id\nImp P,Marc Demo\n"}"#];
        match is_text {
            true => home.run(line).ok(),
            false => home.run(line).fails(2, "preflight_refused"),
        };
    }
}

#[test]
fn a_property_is_read_with_its_field_and_grouped_by() {
    let (home, server) = lab();
    let fields = r#"{"name": {"type": "char", "string": "Name"}, "task_properties": {"type": "properties",
        "string": "Properties", "definition_record": "project_id", "definition_record_field": "definition"}}"#;
    server.on(&json2("project.task", "fields_get"), Answer::json(fields));
    server.on(&json2("project.task", "search_read"), Answer::json(r#"[{"id": 1, "name": "x"}]"#));
    server.on(&json2("project.task", "formatted_read_group"), Answer::json(r#"[{"__count": 1}]"#));
    home.run(["schema-summary", "project.task"]).ok();
    let refused = home.run(["search-read", "project.task", "--fields", "name,task_properties.bb22"]);
    let refused = refused.fails(2, "preflight_refused");
    assert!(refused.hints().contains("read task_properties, which holds bb22"), "{}", refused.stderr);
    let sum = ["group", "project.task", "--by", "name", "--sum", "task_properties.bb22"];
    assert!(home.run(sum).fails(2, "preflight_refused").hints().contains("read task_properties"));
    home.run(["search-read", "project.task", "--fields", "name,task_properties"]).ok();
    home.run(["group", "project.task", "--by", "task_properties.bb22"]).ok();
}

#[test]
fn who_would_print_is_told_who_can() {
    let home = Home::new();
    let hints = |model: &str, method: &str| {
        let line = ["--profile", "sandbox", "call", model, method, "--ids", "1"];
        home.run(line).fails(2, "preflight_refused").hints()
    };
    assert!(hints("ir.actions.report", "_render_qweb_pdf").contains("/report/pdf/"));
    assert!(hints("ir.actions.report", "_render_qweb_pdf").contains("action_send_and_print"));
    assert!(!hints("res.partner", "_render_qweb_pdf").contains("/report/pdf/"));
}

fn denied(model: &str, line: &[&str], message: &str, is_agent: bool) -> String {
    let (home, server) = lab();
    let method = if line[0] == "search-read" { "search_read" } else { line[0] };
    server.on(&json2(model, method), Answer::odoo_error(403, "odoo.exceptions.AccessError", message));
    server.on(&json2("res.users", "has_group"), Answer::json(is_agent));
    server.on(&json2(model, "check_access_rights"), Answer::json("true"));
    server.on(&json2(model, "has_access"), Answer::json("true"));
    home.agent(line).run().fails(5, "access_denied").hints()
}

#[test]
fn who_may_is_told_for_the_right_that_is_denied_and_by_whom() {
    let own = "An agent cannot change users, its own included.";
    let write = [
        "write",
        "res.users",
        "--ids",
        "2",
        "--vals",
        r#"{"name": "x"}"#,
        "--no-before",
        "--force-field",
        "name",
    ];
    let said = denied("res.users", &write, own, true);
    assert!(
        said.contains("keeps write of res.users from agents") && said.contains("a person does it"),
        "{said}"
    );
    let said = denied("res.users", &write, "Only managers change users.", true);
    assert!(!said.contains("from agents"), "{said}");
    let rule = "Sorry, Case Agent (id=7) doesn't have 'read' access to:\n- Project (project.project)\n\nAsk.";
    let create = ["create", "project.task", "--vals", r#"{"name": "x"}"#];
    let said = denied("project.task", &create, rule, false);
    assert!(said.contains("this user may read some records of project.project, but not these"), "{said}");
    let few = "You are not allowed to access 'Employee' (hr.employee) records.\n\nThis operation is allowed for the following groups:\n\t- Employees/Officer";
    let read = ["search-read", "hr.employee", "--fields", "name"];
    let said = denied("hr.employee", &read, few, false);
    assert!(said.contains("Employees/Officer") && said.contains("is in hr.employee.public"), "{said}");
    let said = denied("hr.employee", &["create", "hr.employee", "--vals", r#"{"name": "x"}"#], few, false);
    assert!(said.contains("Employees/Officer") && !said.contains("hr.employee.public"), "{said}");
}

#[test]
fn files_of_fields_are_named_where_nothing_else_was_found() {
    let (home, server) = lab();
    server.on(&json2("ir.attachment", "search_read"), Answer::json("[]"));
    server.on(&json2("res.partner", "search_read"), Answer::json("[]"));
    for (model, domain, is_told) in [
        ("ir.attachment", r#"[["res_model","=","account.move"],["res_id","=",59]]"#, true),
        ("ir.attachment", r#"[["res_model","=","account.move"],["res_field","!=",false]]"#, false),
        ("ir.attachment", r#"[["id","=",5],["res_id","=",59]]"#, false),
        ("ir.attachment", r#"[["name","=","a.pdf"]]"#, false),
        ("res.partner", r#"[["res_id","=",59]]"#, false),
    ] {
        let notes =
            home.run(["search-read", model, "--domain", domain, "--fields", "name"]).ok().notes().join("\n");
        assert_eq!(notes.contains("res_field"), is_told, "{domain}: {notes}");
    }
}

#[test]
fn who_may_not_export_is_told_how_the_same_is_read() {
    let (home, server) = lab();
    let denied =
        Answer::odoo_error(422, "odoo.exceptions.UserError", "You don't have the rights to export data.");
    server.on(&json2("res.partner", "export_data"), denied);
    let data = r#"{"fields_to_export": ["name", "country_id/name"]}"#;
    let line = ["call", "res.partner", "export_data", "--ids", "7,8", "--data", data, "--no-before"];
    let hints = home.run(line).fails(8, "rejected").hints();
    assert!(hints.contains("search-read res.partner") && hints.contains("--all"), "{hints}");
    assert!(hints.contains(r#"[["id","in",[7,8]]]"#) && hints.contains("--fields name"), "{hints}");
}

#[test]
fn a_wizard_that_is_not_there_has_done_nothing() {
    let (home, server) = lab();
    for (model, method, gone, exit, code) in [
        ("account.move.send.wizard", "action_send_and_print", "account.move.send.wizard(1,)", 7, "not_found"),
        // Another record may have gone after something had left.
        ("account.move.send.wizard", "action_send_and_print", "mail.mail(227,)", 11, "outcome_unknown"),
        ("mail.mail", "send", "mail.mail(1,)", 11, "outcome_unknown"),
    ] {
        let message = format!("Record does not exist or has been deleted.\n(Record: {gone}, User: 7)");
        server.on(&json2(model, method), Answer::odoo_error(404, "odoo.exceptions.MissingError", &message));
        server.on(&json2(model, "search"), Answer::json("[]"));
        let outcome = home.run(["call", model, method, "--ids", "1", "--no-before"]).fails(exit, code);
        assert_eq!(outcome.effect() == "rejected", exit == 7, "{}", outcome.stderr);
    }
}

#[test]
fn examples_name_the_wrapper_behind_one() {
    let home = Home::new();
    let examples = |line: &[&str], wrapper: Option<&str>| {
        let agent = home.agent(["describe"]).args(line);
        let agent = match wrapper {
            Some(wrapper) => agent.env("ODOO_AGENT_CALLED_AS", wrapper),
            None => agent,
        };
        agent.run().ok().stdout
    };
    let plain = examples(&["create"], None);
    assert!(plain.contains("odoo-agent create") && !plain.contains("/bin/sh"), "{plain}");
    for line in [&["create"][..], &[]] {
        let wrapped = examples(line, Some("/bin/sh"));
        assert!(wrapped.contains("/bin/sh create") && !wrapped.contains("\"odoo-agent create"), "{wrapped}");
    }
}

#[test]
fn a_condition_on_a_date_is_told_the_date() {
    let (home, server) = lab();
    let fields = r#"{"day": {"type": "date", "string": "Day"}, "at": {"type": "datetime", "string": "At"}}"#;
    server.on(&json2("x.thing", "fields_get"), Answer::json(fields));
    server.on(&json2("x.thing", "search_count"), Answer::json("1"));
    home.run(["schema-summary", "x.thing"]).ok();
    let count =
        |condition: Value| home.run(["count", "x.thing", "--domain", &json!([condition]).to_string()]);
    for (condition, meant) in [
        (json!(["day", ">=", "2026-11-01T00:00:00Z"]), r#"["day", ">=", "2026-11-01"]"#),
        (json!(["day", "=", "2026-11-01T00:00:00+02:00"]), r#"["day", "=", "2026-11-01"]"#),
        (json!(["day", ">=", 20261101]), r#"["day", ">=", "2026-11-01"]"#),
        (json!(["at", "<", 20261101]), r#"["at", "<", "2026-11-01"]"#),
        (json!(["day", "=", 2026]), "year_number"),
        (json!(["day", "=", 20261399]), "year_number"),
    ] {
        let hints = count(condition.clone()).fails(2, "preflight_refused").hints();
        assert!(hints.contains(meant), "{condition}: {hints}");
    }
    for right in [
        json!(["day", ">=", "2026-11-01"]),
        json!(["day", ">=", "2026-11-01 00:00:00"]),
        json!(["day", ">", "today -7d"]),
        json!(["day.year_number", "=", 2026]),
        json!(["at", ">=", "2026-11-01 10:00:00"]),
    ] {
        count(right).ok();
    }
}

#[test]
fn a_time_since_when_takes_a_zone() {
    let (home, _server) = lab();
    let list = |since: &str| home.run(["journal", "list", "--since", since]);
    for right in
        ["2026-11-26T20:00:00+01:00", "2026-11-26 20:00:00-03:30", "2026-11-26T20:00:00Z", "2026-11-26", "2h"]
    {
        list(right).ok();
    }
    for wrong in [
        "2026-11-26T20:00:00+1",
        "2026-11-26T20:00:00+25:00",
        "2026-11-26T20:00:00*01:00",
        "2026-11-26+01:00",
    ] {
        list(wrong).fails(2, "usage");
    }
}

#[test]
fn a_time_with_a_zone_in_a_condition_is_sent_as_odoo_compares_it() {
    let (home, server) = lab();
    let fields = r#"{"at": {"type": "datetime", "string": "At"}, "name": {"type": "char", "string": "Name"},
        "line_ids": {"type": "one2many", "string": "Lines", "relation": "x.thing"}}"#;
    server.on(&json2("x.thing", "fields_get"), Answer::json(fields));
    server.on(&json2("x.thing", "search_count"), Answer::json("1"));
    let count = |domain: &Value, more: &[&str]| {
        server.forget();
        let data = json!({ "domain": domain }).to_string();
        home.agent(["call", "x.thing", "search_count", "--data", &data]).args(more).run()
    };
    // Nothing is known yet: Odoo refuses, and the way is told.
    let refusal = "expecting only datetimes with no timezone";
    server.once(&json2("x.thing", "search_count"), Answer::odoo_error(500, "builtins.ValueError", refusal));
    let zoned = json!([["at", ">", "2026-11-25T22:00:00+01:00"]]);
    let hints = count(&zoned, &[]).fails(8, "invalid_request").hints();
    assert!(hints.contains("2026-11-25 21:00:00"), "{hints}");
    for (domain, sent) in [
        (zoned, json!([["at", ">", "2026-11-25 21:00:00"]])),
        (
            json!([
                "|",
                ["name", "=", "2026-11-25T22:00:00Z"],
                ["at", "in", ["2026-11-25T22:00:00Z", false]]
            ]),
            json!(["|", ["name", "=", "2026-11-25T22:00:00Z"], ["at", "in", ["2026-11-25 22:00:00", false]]]),
        ),
        (
            json!([["line_ids", "any", [["line_ids.at", "<", "2026-11-25T22:00:00Z"]]]]),
            json!([["line_ids", "any", [["line_ids.at", "<", "2026-11-25 22:00:00"]]]]),
        ),
    ] {
        let outcome = count(&domain, &[]).ok();
        assert!(outcome.notes().join("\n").contains("in UTC, as Odoo compares it"), "{}", outcome.stderr);
        assert_eq!(server.only(&json2("x.thing", "search_count")).json()["domain"], sent);
        assert!(count(&domain, &["--strict"]).fails(2, "preflight_refused").hints().contains("--strict"));
    }
    let right = json!([["at", ">", "2026-11-25 21:00:00"], ["at", "<", "now -2H"]]);
    let outcome = count(&right, &["--strict"]).ok();
    assert!(!outcome.notes().join("\n").contains("in UTC"), "{}", outcome.stderr);
}

#[test]
fn a_wizard_is_created_with_what_its_form_would_fill_in() {
    let (home, server) = lab();
    server.on(&json2("account.move", "read"), Answer::json(r#"[{"id": 10, "journal_id": [3, "Sales"]}]"#));
    for (button, wizard, vals) in [
        ("action_reverse", "account.move.reversal", r#"{"journal_id":3}"#),
        ("action_register_payment", "account.payment.register", "{}"),
    ] {
        let action =
            json!({ "type": "ir.actions.act_window", "res_model": wizard, "target": "new", "name": "x" });
        server.on(&json2("account.move", button), Answer::json(action));
        server.on(
            &json2(wizard, "get_views"),
            Answer::json(json!({ "views": { "form": { "arch": "<form/>" } } })),
        );
        let notes =
            home.run(["call", "account.move", button, "--ids", "10", "--no-before"]).ok().notes().join("\n");
        assert!(notes.contains(&format!("create {wizard}")) && notes.contains(vals), "{notes}");
    }
}

#[test]
fn advice_that_is_refused_here_is_not_passed_on() {
    let (home, server) = lab();
    let refused = |model: &str, instead: &str| {
        let says = format!(
            "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: x\ninstead: {instead}\nrecipient: Ann"
        );
        server.on(&json2(model, "create"), Answer::odoo_error(422, "odoo.exceptions.UserError", &says));
        let outcome =
            home.run(["create", model, "--vals", r#"{"name": "x"}"#]).fails(6, "confirmation_required");
        (outcome.error()["hints"][0].as_str().unwrap().to_string(), outcome.stderr)
    };
    let key = r#"repeat the call with "tracking_disable": true in its context"#;
    let (first, said) = refused("project.task", key);
    assert!(!said.contains("tracking_disable") && said.contains("recipient: Ann"), "{said}");
    assert!(first.contains("partner_id"), "{said}");
    let (first, said) = refused("crm.lead", key);
    assert!(!said.contains("tracking_disable") && !said.contains("partner_id"), "{said}");
    assert!(!first.contains("a way inside"), "{first}");
    // What is not refused stands before the ways that need a person.
    let (first, _) = refused("project.task", r#"the registration without the mails: state "draft""#);
    assert_eq!(
        first,
        r#"the guard knows of a way inside: the registration without the mails: state "draft""#
    );
}

#[test]
fn what_is_made_again_is_named_by_its_new_id() {
    let home = Home::new();
    let run = |line: &[&str]| home.agent(["--profile", "sandbox"]).args(line).run().ok();
    let made = run(&["create", "project.tags", "--vals", r#"{"name": "Made once"}"#]).json()[0].to_string();
    run(&["call", "project.tags", "unlink", "--ids", &made]);
    let undone = run(&["undo", "--last"]);
    let domain = r#"[["name", "=", "Made once"]]"#;
    let new = run(&["search-read", "project.tags", "--domain", domain, "--fields", "name"]).json()[0]["id"]
        .to_string();
    assert!(undone.notes().join("\n").contains(&format!("{made} as {new}")), "{}", undone.stderr);
}

#[test]
fn a_name_that_is_not_found_may_be_one_of_another_language() {
    let (home, server) = lab();
    server.on(
        &json2("res.lang", "search_read"),
        Answer::json(r#"[{"id": 1, "code": "de_DE"}, {"id": 2, "code": "en_US"}]"#),
    );
    for (model, is_translated) in [("res.country", true), ("res.bank", false)] {
        let fields = json!({ "name": { "type": "char", "string": "Name", "translate": is_translated } });
        server.on(&json2(model, "fields_get"), Answer::json(fields));
        for method in ["name_search", "search_read"] {
            server.on(&json2(model, method), Answer::json("[]"));
        }
        let hints = home.run(["lookup", model, "Deutschland", "--one"]).fails(7, "no_match").hints();
        assert_eq!(hints.contains(r#"{"lang":"de_DE"}"#), is_translated, "{hints}");
    }
}

#[test]
fn a_name_with_those_above_it_is_found() {
    let (home, server) = lab();
    let rows = r#"[[6, "Vendor / Office Supplies"], [9, "Client / Office Supplies"]]"#;
    server.once(&json2("res.partner.category", "name_search"), Answer::json("[]"));
    server.on(&json2("res.partner.category", "name_search"), Answer::json(rows));
    server.on(&json2("res.partner.category", "search_read"), Answer::json("[]"));
    let found = home.run(["lookup", "res.partner.category", "Vendor / Office Supplies"]).ok().json();
    assert_eq!(found["results"], json!([{ "id": 6, "display_name": "Vendor / Office Supplies" }]));
}
