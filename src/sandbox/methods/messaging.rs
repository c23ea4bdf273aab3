//! Methods that tell people something: chatter, followers, activities, templates, the composer, and
//! the issuing of confirmation tokens. Who is told, and whether the guard lets it, is decided in
//! `chatter`.

use serde_json::{Value, json};

use super::mailing::{action_send_mail, send_mail};
use super::{Call, Method, On};
use crate::sandbox::access::{self, Operation};
use crate::sandbox::chatter::{self, Letter};
use crate::sandbox::env::{Env, ids_of};
use crate::sandbox::fault::{Fault, Outcome};
use crate::sandbox::schema::{Model, find};
use crate::sandbox::{guard, records, values};

const BASE: Method = Method {
    name: "",
    signature: "",
    on: On::Thread,
    model_level: false,
    readonly: false,
    returns: "",
    doc: "",
    run: message_post,
};

const TODO: &[(i64, &str)] = &[
    (1, "mail.mail_activity_data_todo"),
    (2, "mail.mail_activity_data_email"),
    (3, "mail.mail_activity_data_call"),
    (4, "mail.mail_activity_data_meeting"),
];

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "message_post",
        signature: "*, body='', subject=None, message_type='notification', email_from=None, author_id=None, \
                    parent_id=False, subtype_xmlid=None, subtype_id=False, partner_ids=None, \
                    outgoing_email_to=False, incoming_email_to=False, incoming_email_cc=False, attachments=None, \
                    attachment_ids=None, body_is_html=False, **kwargs",
        doc: "Post a new message in an existing thread, returning the new mail.message.",
        run: message_post,
        ..BASE
    },
    Method {
        name: "message_notify",
        signature: "*, body='', subject=False, author_id=None, email_from=None, model=False, res_id=False, \
                    subtype_xmlid=None, subtype_id=False, partner_ids=False, attachments=None, attachment_ids=None, \
                    **kwargs",
        doc: "Notify partners without posting in a thread.",
        run: message_notify,
        ..BASE
    },
    Method {
        name: "message_subscribe",
        signature: "partner_ids=None, subtype_ids=None",
        returns: "bool",
        doc: "Add followers to the records.",
        run: message_subscribe,
        ..BASE
    },
    Method {
        name: "message_unsubscribe",
        signature: "partner_ids=None",
        returns: "bool",
        doc: "Remove followers from the records.",
        run: message_unsubscribe,
        ..BASE
    },
    Method {
        name: "activity_schedule",
        signature: "act_type_xmlid='', date_deadline=None, summary='', note='', **act_values",
        returns: "list[int]",
        doc: "Schedule an activity on each record.",
        run: activity_schedule,
        ..BASE
    },
    Method {
        name: "action_feedback",
        signature: "feedback=False, attachment_ids=None",
        on: On::Models(&["mail.activity"]),
        doc: "Mark the activities as done, with a feedback.",
        run: action_feedback,
        ..BASE
    },
    Method {
        name: "action_done",
        on: On::Models(&["mail.activity"]),
        doc: "Mark the activities as done.",
        run: action_feedback,
        ..BASE
    },
    Method {
        name: "send_mail",
        signature: "res_id, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False",
        on: On::Models(&["mail.template"]),
        returns: "int",
        doc: "Generate a mail from the template for a record and send it.",
        run: send_mail,
        ..BASE
    },
    Method {
        name: "action_send_mail",
        on: On::Models(&["mail.compose.message"]),
        doc: "Send what was composed.",
        run: action_send_mail,
        ..BASE
    },
    Method {
        name: "issue_token",
        signature: "model_name, method_name, record_ids=(), reason='outbound_client_communication', ttl_seconds=600, \
                    agent_user_id=None, request_uuid=None, arguments_digest=None, recipients=None",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        returns: "str",
        doc: "Issue a token that lets an agent make one outbound call once.",
        run: issue_token,
        ..BASE
    },
    Method {
        name: "request_status",
        signature: "request_uuid",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        readonly: true,
        returns: "dict",
        doc: "What has become of a request, for the agent that has asked alone.",
        run: request_status,
    },
    Method {
        name: "request_manifest",
        signature: "request_uuid",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        readonly: true,
        returns: "dict",
        doc: "All that the request would send, for its agent and for approvers.",
        run: request_manifest,
    },
    Method {
        name: "reject_request",
        signature: "request_uuid, reason",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        returns: "bool",
        doc: "An approver's no, by key as at the button; the agent is told why.",
        run: reject_request,
        ..BASE
    },
    Method {
        name: "withdraw_request",
        signature: "request_uuid",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        returns: "bool",
        doc: "The agent does not want it any more.",
        run: withdraw_request,
        ..BASE
    },
    Method {
        name: "guard_status",
        on: On::Models(&["strictbase.agent.confirmation"]),
        model_level: true,
        readonly: true,
        returns: "dict",
        doc: "What the caller is to this guard.",
        run: guard_status,
        ..BASE
    },
];

const POSTED_BESIDES: &[&str] =
    &["mail_auto_delete", "notify_author", "force_email_lang", "mail_headers", "record_name"];

fn thread_record(env: &Env, call: &Call) -> Outcome<(&'static Model, i64)> {
    let id = call.single()?;
    access::check(env, call.model, Operation::Read)?;
    if !env.exists(call.model.name, id) {
        return Err(Fault::missing(call.model.name, &[id], env.user));
    }
    Ok((call.model, id))
}

fn message_post(env: &mut Env, call: &Call) -> Outcome<Value> {
    let target = thread_record(env, call)?;
    if let Some(name) = call.extra.keys().find(|name| !POSTED_BESIDES.contains(&name.as_str())) {
        return Err(Fault::value(format!(
            "Those values are not supported when posting or notifying: {name}"
        )));
    }
    if call.text("message_type") == "user_notification" {
        return Err(Fault::value("Use message_notify for user notifications"));
    }
    let letter = chatter::letter(&call.arguments)?;
    chatter::post(env, Some(target), &letter).map(|id| json!([id]))
}

fn message_notify(env: &mut Env, call: &Call) -> Outcome<Value> {
    let mut letter = chatter::letter(&call.arguments)?;
    // Nobody to be told: Odoo looks no further.
    if letter.partners.is_empty() {
        return Ok(json!([]));
    }
    let target = match call.ids.as_slice() {
        [] => None,
        _ => Some(thread_record(env, call)?),
    };
    letter.message_type = "user_notification".to_owned();
    chatter::post(env, target, &letter).map(|id| json!([id]))
}

fn message_subscribe(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Read)?;
    if !ids_of(call.get("partner_ids")).is_empty() {
        records::check_there(env, call.model, &call.ids)?;
    }
    for id in &call.ids {
        chatter::subscribe(env, call.model.name, *id, &ids_of(call.get("partner_ids")));
    }
    Ok(json!(true))
}

fn message_unsubscribe(env: &mut Env, call: &Call) -> Outcome<Value> {
    access::check(env, call.model, Operation::Read)?;
    for id in &call.ids {
        chatter::unsubscribe(env, call.model.name, *id, &ids_of(call.get("partner_ids")));
    }
    Ok(json!(true))
}

fn activity_schedule(env: &mut Env, call: &Call) -> Outcome<Value> {
    let Some(activities) = find("mail.activity") else { return Ok(json!([])) };
    access::check(env, call.model, Operation::Read)?;
    let kind = match call.text("act_type_xmlid") {
        "" => 1,
        name => TODO
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(id, _)| *id)
            .ok_or_else(|| Fault::value(format!("External ID not found in the system: {name}")))?,
    };
    if let Some(name) = call.extra.keys().find(|name| activities.field(name).is_none()) {
        return Err(Fault::value(format!("Invalid field '{name}' in 'mail.activity'")));
    }
    let mut created = Vec::new();
    for id in &call.ids {
        if !env.exists(call.model.name, *id) {
            // The right to the activity is asked for first, and nobody has it on what is not there.
            return Err(Fault::access(
                "The requested operation cannot be completed due to security restrictions. Please contact your system administrator.\n\n(Document type: Activity, Operation: create)",
            ));
        }
        let mut vals = call.extra.clone();
        vals.insert("res_model".to_owned(), json!(call.model.name));
        vals.insert("res_id".to_owned(), json!(id));
        vals.entry("activity_type_id").or_insert(json!(kind));
        vals.entry("automated").or_insert(json!(true));
        vals.insert("summary".to_owned(), call.get("summary").clone());
        vals.insert("note".to_owned(), call.get("note").clone());
        if !call.get("date_deadline").is_null() {
            vals.insert("date_deadline".to_owned(), call.get("date_deadline").clone());
        }
        created.extend(records::create(env, activities, &[vals])?);
    }
    Ok(json!(created))
}

fn action_feedback(env: &mut Env, call: &Call) -> Outcome<Value> {
    let mut message = json!(false);
    for id in &call.ids {
        let Some(row) = env.row("mail.activity", *id).cloned() else {
            return Err(Fault::missing("mail.activity", &[*id], env.user));
        };
        let target = row.get("res_model").and_then(Value::as_str).and_then(find);
        let record = row.get("res_id").and_then(Value::as_i64).unwrap_or(0);
        let feedback = values::escape(call.text("feedback"));
        let letter = Letter {
            body: format!(
                "<div><p>{} done</p><p>{feedback}</p></div>",
                env.text("mail.activity", *id, "summary")
            ),
            message_type: "notification".to_owned(),
            subtype: chatter::subtype(Some("mail.mt_activities"))?,
            ..Letter::default()
        };
        message = json!(chatter::post(env, target.map(|model| (model, record)), &letter)?);
        let done = json!({"active": false, "feedback": call.get("feedback"), "date_done": env.today()});
        records::write(env, call.model, &[*id], done.as_object().unwrap_or(&call.extra))?;
    }
    Ok(message)
}

fn issue_token(env: &mut Env, call: &Call) -> Outcome<Value> {
    guard::issue(env, &call.arguments)
}

fn request_status(env: &mut Env, call: &Call) -> Outcome<Value> {
    guard::status_of(env, &call.arguments)
}

fn request_manifest(env: &mut Env, call: &Call) -> Outcome<Value> {
    guard::manifest(env, &call.arguments)
}

fn reject_request(env: &mut Env, call: &Call) -> Outcome<Value> {
    guard::reject(env, &call.arguments)
}

fn withdraw_request(env: &mut Env, call: &Call) -> Outcome<Value> {
    guard::withdraw(env, &call.arguments)
}

fn guard_status(env: &mut Env, _: &Call) -> Outcome<Value> {
    Ok(guard::status(env))
}
