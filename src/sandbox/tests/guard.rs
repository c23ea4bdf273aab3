//! The guard: every way out that the sandbox has is held for the agent whatever it says, what stays
//! inside is free, and a token opens exactly one call once. The list of roads is data: a new way out is
//! one line.

use serde_json::{Value, json};

use super::{ADMIN_KEY, AGENT_KEY, APPROVER_KEY, DOCS_KEY, Sandbox, call_as, create, ok};

fn sent(sandbox: &Sandbox) -> usize {
    ok(sandbox, "mail.mail/search_count", json!({"domain": []})).as_u64().expect("a count") as usize
}

fn context(body: &Value, context: Value) -> Value {
    let mut body = body.clone();
    body["context"] = context;
    body
}

/// Calls that would reach a client, by name.
fn roads(sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    let post = |more: Value| {
        let mut body = json!({"ids": [5], "body": "Hello"});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        body
    };
    let composer = |mode: &str| {
        let vals = json!({"model": "res.partner", "res_ids": "[10]", "composition_mode": mode, "partner_ids": [[6, 0, [10]]], "body": "Hello"});
        let (status, ids) =
            call_as(sandbox, AGENT_KEY, "mail.compose.message/create", json!({"vals_list": [vals]}));
        assert_eq!(status, 200, "{ids}");
        json!({"ids": ids})
    };
    let (_, wizard) = call_as(
        sandbox,
        AGENT_KEY,
        "account.move.send.wizard/create",
        json!({"vals_list": [{"move_id": 1}]}),
    );
    let template = json!({"vals_list": [{"name": "Own", "model_id": ok(sandbox, "ir.model/search", json!({"domain": [["model", "=", "res.partner"]]}))[0], "subject": "x", "body_html": "x", "email_to": "client@elsewhere.example.com"}]});
    let (status, template) = call_as(sandbox, AGENT_KEY, "mail.template/create", template);
    assert_eq!(status, 200, "{template}");
    vec![
        (
            "project.task/message_post",
            post(json!({"partner_ids": [10], "message_type": "comment", "subtype_xmlid": "mail.mt_comment"})),
        ),
        ("project.task/message_post", post(json!({"partner_ids": [10]}))),
        ("project.task/message_post", post(json!({"subtype_xmlid": "mail.mt_comment"}))),
        ("project.task/message_post", post(json!({"subtype_id": 1, "message_type": "auto_comment"}))),
        ("project.task/message_post", post(json!({"outgoing_email_to": "client@elsewhere.example.com"}))),
        (
            "project.task/message_post",
            post(json!({"message_type": "email_outgoing", "partner_ids": [3, 27]})),
        ),
        ("res.partner/message_notify", json!({"ids": [10], "body": "Hello", "partner_ids": [10]})),
        ("mail.thread/message_notify", json!({"body": "Hello", "partner_ids": [10]})),
        ("mail.template/send_mail", json!({"ids": [1], "res_id": 2})),
        (
            "mail.template/send_mail",
            json!({"ids": [4], "res_id": 3, "email_values": {"email_to": "client@elsewhere.example.com"}}),
        ),
        ("mail.template/send_mail", json!({"ids": template, "res_id": 3})),
        ("mail.compose.message/action_send_mail", composer("comment")),
        ("mail.compose.message/action_send_mail", composer("mass_mail")),
        ("account.move.send.wizard/action_send_and_print", json!({"ids": wizard})),
    ]
}

#[test]
fn every_way_out_is_held_whatever_the_agent_says_and_open_with_a_token() {
    let sandbox = Sandbox::in_memory();
    for (path, body) in roads(&sandbox) {
        let before = sent(&sandbox);
        let with_lies = json!({"agent_confirmation_token": "made up", "agent_mode": false});
        for said in [json!({"agent_mode": true}), json!({"agent_mode": false}), json!({}), with_lies] {
            let (status, reply) = call_as(&sandbox, AGENT_KEY, path, context(&body, said));
            assert_eq!(
                (status, &reply["name"]),
                (422, &json!("odoo.exceptions.UserError")),
                "{path} {body}: {reply}"
            );
            let message = reply["message"].as_str().expect("a message");
            assert!(
                message.starts_with(
                    "AGENT_CONFIRMATION_REQUIRED\nreason: outbound_client_communication\ndetail: "
                ),
                "{message}"
            );
            assert!(message.contains("\nrecipient: "), "{message}");
        }
        assert_eq!(sent(&sandbox), before, "{path} {body}");
        let asked = json!({"agent_mode": true, "agent_channel": "test"});
        let (_, refused) = call_as(&sandbox, AGENT_KEY, path, context(&body, asked));
        let asked = &refused["context"]["agent_confirmation"];
        let token = approve(&sandbox, path, &body, &asked["request"]);
        let approved =
            json!({"agent_mode": true, "agent_channel": "test", "agent_confirmation_token": token});
        let (status, reply) = call_as(&sandbox, AGENT_KEY, path, context(&body, approved.clone()));
        assert_eq!(status, 200, "{path} {body}: {reply}");
        assert_eq!(sent(&sandbox), before + 1, "{path} {body}");
        let (status, reply) = call_as(&sandbox, AGENT_KEY, path, context(&body, approved));
        assert!(
            status == 422
                && reply["message"].as_str().is_some_and(|text| text.contains("\ntoken: already used\n")),
            "{reply}"
        );
        assert_eq!(sent(&sandbox), before + 1, "{path} {body}");
    }
}

/// Somebody else approves a request; its token.
fn approve(sandbox: &Sandbox, path: &str, body: &Value, request: &Value) -> Value {
    let (model, method) = path.split_once('/').expect("a path");
    let ids = body.get("ids").cloned().unwrap_or(json!([]));
    let ask = json!({"model_name": model, "method_name": method, "record_ids": ids, "request_uuid": request});
    let (status, token) = call_as(sandbox, APPROVER_KEY, "strictbase.agent.confirmation/issue_token", ask);
    assert_eq!(status, 200, "{token}");
    token
}

#[test]
fn what_stays_inside_is_free() {
    let sandbox = Sandbox::in_memory();
    for (path, body) in [
        ("res.partner/message_post", json!({"ids": [10], "body": "a note"})),
        (
            "project.task/message_post",
            json!({"ids": [5], "body": "a note", "message_type": "comment", "subtype_xmlid": "mail.mt_note"}),
        ),
        ("project.task/message_post", json!({"ids": [5], "body": "a note for you", "partner_ids": [6, 12]})),
        (
            "project.task/message_post",
            json!({"ids": [7], "body": "for colleagues", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}),
        ),
        ("project.task/message_subscribe", json!({"ids": [7], "partner_ids": [6]})),
        (
            "project.task/activity_schedule",
            json!({"ids": [7], "act_type_xmlid": "mail.mail_activity_data_call", "summary": "Call"}),
        ),
        ("mail.template/send_mail", json!({"ids": [4], "res_id": 6})),
        ("crm.lead/write", json!({"ids": [1], "vals": {"stage_id": 4}})),
        ("account.move/action_post", json!({"ids": [2]})),
        ("sale.order/action_confirm", json!({"ids": [2]})),
    ] {
        let (status, reply) = call_as(&sandbox, AGENT_KEY, path, context(&body, json!({"agent_mode": true})));
        assert_eq!(status, 200, "{path}: {reply}");
    }
}

#[test]
fn a_follower_outside_makes_a_comment_outbound() {
    let sandbox = Sandbox::in_memory();
    let body = json!({"ids": [7], "body": "Hello", "subtype_xmlid": "mail.mt_comment"});
    assert_eq!(call_as(&sandbox, AGENT_KEY, "project.task/message_post", body.clone()).0, 200);
    let subscribe = json!({"ids": [7], "partner_ids": [27]});
    assert_eq!(call_as(&sandbox, AGENT_KEY, "project.task/message_subscribe", subscribe).0, 200);
    let (status, reply) = call_as(&sandbox, AGENT_KEY, "project.task/message_post", body);
    assert_eq!(status, 422);
    let message = reply["message"].as_str().expect("a message");
    assert!(message.contains("\nrecipient: Brandon Freeman <brandon.freeman55@example.com>"), "{message}");
    assert_eq!(sent(&sandbox), 0);
}

fn asked_of(reply: &Value) -> (Value, Value) {
    let asked = &reply["context"]["agent_confirmation"];
    (asked["request"].clone(), asked["claim"].clone())
}

#[test]
fn what_is_refused_waits_as_a_request_and_exactly_that_is_let_through_once() {
    let sandbox = Sandbox::in_memory();
    let post = |body: &str, partners: &[i64], claim: &Value| {
        let mut said = json!({"agent_mode": true});
        if claim.is_string() {
            said["agent_confirmation_token"] = claim.clone();
        }
        let body = json!({"ids": [10], "body": body, "partner_ids": partners, "context": said});
        call_as(&sandbox, AGENT_KEY, "res.partner/message_post", body)
    };
    let guard = |key: &str, method: &str, request: &Value| {
        let path = format!("strictbase.agent.confirmation/{method}");
        call_as(&sandbox, key, &path, json!({"request_uuid": request}))
    };
    let (status, refused) = post("Hello", &[10, 11], &Value::Null);
    let (request, claim) = asked_of(&refused);
    assert_eq!(status, 422, "{refused}");
    assert_eq!(refused["context"]["agent_confirmation"]["state"], "pending");
    assert_eq!(
        asked_of(&post("Hello", &[10, 11], &Value::Null).1),
        (request.clone(), claim.clone()),
        "the same call"
    );
    assert_ne!(asked_of(&post("Other", &[10, 11], &Value::Null).1).0, request);
    // Nobody but the agent is told how it stands, nobody but it and approvers what it holds.
    assert_eq!(guard(AGENT_KEY, "request_status", &request).1["state"], "pending");
    assert_eq!(guard(APPROVER_KEY, "request_status", &request).0, 403);
    assert_eq!(guard(DOCS_KEY, "request_manifest", &request).0, 403);
    let (_, shown) = guard(APPROVER_KEY, "request_manifest", &request);
    assert_eq!(shown["items"][0]["body_text"], "Hello", "{shown}");
    assert_eq!(shown["items"][0]["recipients"].as_array().map(Vec::len), Some(2), "{shown}");
    // Before anybody has said yes, and by whoever asked, nothing goes.
    assert!(
        post("Hello", &[10, 11], &claim).1["message"].to_string().contains("token: waiting for approval")
    );
    let body = json!({"ids": [10]});
    approve(&sandbox, "res.partner/message_post", &body, &request);
    for (body, partners, differs) in [
        ("Hello to all", &[10, 11][..], "the text differs"),
        ("Hello", &[10, 11, 13], "recipient added: deco.addict82@example.com"),
    ] {
        let (status, reply) = post(body, partners, &claim);
        assert_eq!(status, 422, "{body}");
        let message = reply["message"].as_str().expect("a message");
        assert!(message.contains(&format!("\ntoken: not what was approved: {differs}\n")), "{message}");
        assert_ne!(asked_of(&reply).0, request, "what was tried is a request of its own");
    }
    assert_eq!(sent(&sandbox), 0);
    let (status, reply) = post("Hello", &[10], &claim);
    assert_eq!(status, 200, "fewer are allowed: {reply}");
    assert_eq!(sent(&sandbox), 1);
    assert!(post("Hello", &[10], &claim).1["message"].to_string().contains("token: already used"));
    let (_, done) = guard(AGENT_KEY, "request_status", &request);
    assert_eq!((&done["state"], &done["decided_by"]), (&json!("done"), &json!("Anita Oliver")), "{done}");
    assert_eq!(done["sent"].as_array().map(Vec::len), Some(1), "{done}");
}

#[test]
fn a_request_that_is_taken_back_is_over_and_so_are_too_many() {
    let sandbox = Sandbox::in_memory();
    let post = |body: &str| {
        let body = json!({"ids": [10], "body": body, "partner_ids": [10]});
        call_as(&sandbox, AGENT_KEY, "res.partner/message_post", body).1
    };
    let (request, _) = asked_of(&post("Hello"));
    let withdraw = |key: &str| {
        let path = "strictbase.agent.confirmation/withdraw_request";
        call_as(&sandbox, key, path, json!({"request_uuid": request})).0
    };
    assert_eq!((withdraw(APPROVER_KEY), withdraw(AGENT_KEY), withdraw(AGENT_KEY)), (403, 200, 422));
    let (again, _) = asked_of(&post("Hello"));
    assert_ne!(again, request);
    let reject = |key: &str, why: &str| {
        let path = "strictbase.agent.confirmation/reject_request";
        call_as(&sandbox, key, path, json!({"request_uuid": again, "reason": why})).0
    };
    assert_eq!((reject(AGENT_KEY, "no"), reject(APPROVER_KEY, " ")), (403, 422));
    assert_eq!((reject(APPROVER_KEY, "Too early"), reject(APPROVER_KEY, "Too early")), (200, 422));
    let status = "strictbase.agent.confirmation/request_status";
    let (_, told) = call_as(&sandbox, AGENT_KEY, status, json!({"request_uuid": again}));
    assert_eq!((&told["state"], &told["reason"]), (&json!("rejected"), &json!("Too early")));
    assert_ne!(asked_of(&post("Hello")).0, again);
    for nth in 0..49 {
        assert!(asked_of(&post(&format!("Hello {nth}"))).0.is_string(), "{nth}");
    }
    let reply = post("one more");
    assert!(asked_of(&reply).0.is_null());
    assert!(
        reply["message"].to_string().contains("token: 50 requests of this agent wait already"),
        "{reply}"
    );
}

#[test]
fn a_token_is_for_one_model_method_and_set_of_ids_and_agent() {
    let sandbox = Sandbox::in_memory();
    let issue = |key: &str, more: Value| {
        let mut ask = json!({"model_name": "res.partner", "method_name": "message_post", "record_ids": [10], "recipients": ["Gemini_Furniture@fake.geminifurniture.example.com"]});
        for (name, value) in more.as_object().expect("an object") {
            ask[name] = value.clone();
        }
        call_as(&sandbox, key, "strictbase.agent.confirmation/issue_token", ask)
    };
    let post = |key: &str, id: i64, token: &Value| {
        let context = json!({"agent_mode": true, "agent_confirmation_token": token});
        let body = json!({"ids": [id], "body": "Hello", "partner_ids": [10], "context": context});
        let (status, reply) = call_as(&sandbox, key, "res.partner/message_post", body);
        let said = reply["message"].as_str().unwrap_or("").lines().find(|line| line.starts_with("token: "));
        let said = said.unwrap_or("").to_owned();
        (status, said)
    };
    for key in [AGENT_KEY, DOCS_KEY, ADMIN_KEY] {
        let (status, reply) = issue(key, json!({}));
        assert_eq!((status, &reply["name"]), (403, &json!("odoo.exceptions.AccessError")), "{reply}");
    }
    let (_, other_record) = issue(APPROVER_KEY, json!({"record_ids": [11]}));
    assert_eq!(post(AGENT_KEY, 10, &other_record), (422, "token: issued for another call".into()));
    let (_, other_method) = issue(APPROVER_KEY, json!({"method_name": "message_notify"}));
    assert_eq!(post(AGENT_KEY, 10, &other_method), (422, "token: issued for another call".into()));
    let (_, other_agent) = issue(APPROVER_KEY, json!({"agent_user_id": 8}));
    assert_eq!(post(AGENT_KEY, 10, &other_agent), (422, "token: issued for another agent".into()));
    assert_eq!(post(DOCS_KEY, 10, &other_agent).0, 200);
    let (_, own) = issue(APPROVER_KEY, json!({}));
    assert_eq!(post(APPROVER_KEY, 10, &own), (422, "token: issued by the user who presents it".into()));
    let (status, _) = issue(APPROVER_KEY, json!({"agent_user_id": 9}));
    assert_eq!(status, 422, "an approver cannot issue to itself");
    // Order and repetition of the ids do not matter, and a note does not spend the token.
    let (_, set) = issue(APPROVER_KEY, json!({"record_ids": [10, 10], "agent_user_id": 7}));
    let note = json!({"ids": [10], "body": "note", "context": {"agent_confirmation_token": set}});
    assert_eq!(call_as(&sandbox, AGENT_KEY, "res.partner/message_post", note).0, 200);
    assert_eq!(post(AGENT_KEY, 10, &set).0, 200);
    assert_eq!(sent(&sandbox), 2);
}

#[test]
fn tokens_are_kept_as_digests_and_end_in_time() {
    let sandbox = Sandbox::in_memory();
    let ask = |seconds: i64| json!({"model_name": "res.partner", "method_name": "message_post", "record_ids": [10], "ttl_seconds": seconds, "recipients": []});
    for seconds in [600, 999_999] {
        call_as(&sandbox, APPROVER_KEY, "strictbase.agent.confirmation/issue_token", ask(seconds));
    }
    let (_, token) = call_as(&sandbox, APPROVER_KEY, "strictbase.agent.confirmation/issue_token", ask(600));
    // Every field that an approver sees: the administrator alone sees none of them, as in Odoo.
    let all = json!({"domain": [], "order": "id"});
    let rows = call_as(&sandbox, APPROVER_KEY, "strictbase.agent.confirmation/search_read", all.clone()).1;
    assert_eq!(call_as(&sandbox, ADMIN_KEY, "strictbase.agent.confirmation/search_read", all).0, 403);
    assert!(!rows.to_string().contains(token.as_str().expect("a token")));
    let expires = rows[1]["expires_at"].as_str().expect("a time");
    let latest = crate::clock::odoo_datetime(crate::clock::Clock::seconds(&crate::clock::System) + 3600);
    assert!(expires <= latest.as_str(), "an hour at most: {expires}");
    // Time passes for everyone but the test: the row is made old instead.
    let seen =
        call_as(&sandbox, AGENT_KEY, "strictbase.agent.confirmation/search_count", json!({"domain": []})).1;
    assert_eq!(seen, json!(0), "an agent sees its own only");
    let (status, _) = call_as(
        &sandbox,
        APPROVER_KEY,
        "strictbase.agent.confirmation/write",
        json!({"ids": [1], "vals": {"expires_at": "2099-01-01 00:00:00"}}),
    );
    assert_eq!(status, 403);
    assert_eq!(create(&sandbox, "res.partner.category", json!({"name": "x"})), json!(8));
}

#[test]
fn an_expired_token_is_refused() {
    let world = crate::sandbox::world::World::seeded();
    let request = |key: &str, path: &str, body: Value| crate::transport::HttpRequest {
        method: crate::transport::Method::Post,
        path: format!("/json/2/{path}"),
        headers: vec![("content-type".into(), "application/json".into())],
        bearer: Some(crate::transport::Secret::new(key.into())),
        cookie: None,
        body: Some(body.to_string().into_bytes()),
    };
    let now = 1_795_000_000;
    let ask = json!({"model_name": "res.partner", "method_name": "message_post", "record_ids": [10], "recipients": ["gemini_furniture@fake.geminifurniture.example.com"]});
    let issue = request(APPROVER_KEY, "strictbase.agent.confirmation/issue_token", ask);
    let (reply, changed) = crate::sandbox::http::answer(&world, &issue, now);
    let token: Value = serde_json::from_slice(&reply.body).expect("a token");
    let world = changed.expect("a row");
    let body = json!({"ids": [10], "body": "x", "partner_ids": [10], "context": {"agent_confirmation_token": token}});
    let post = request(AGENT_KEY, "res.partner/message_post", body);
    assert_eq!(crate::sandbox::http::answer(&world, &post, now + 599).0.status, 200);
    let (late, _) = crate::sandbox::http::answer(&world, &post, now + 601);
    assert_eq!(late.status, 422);
    assert!(String::from_utf8_lossy(&late.body).contains("token: expired"));
}
