//! Which guard is there, and whether the agent's user is what it must be for it.

use serde_json::json;

use super::key::has_group;
use super::{Finding, Status};
use crate::approval::CONFIRMATION_MODEL;
use crate::approval::held::FIRST_WITH_GUARD;
use crate::error::Code;
use crate::operation::{Object, Operation};
use crate::session::Run;

/// Which guard is there, and whether this user is what it must be. If there is one, whether it keeps requests.
pub(super) fn guard_module(run: &Run, user: i64, findings: &mut Vec<Finding>) -> Option<bool> {
    let status = Operation::new(CONFIRMATION_MODEL, "guard_status", Object::new())
        .and_then(|operation| run.ask(operation));
    let is_person = run.session.settings.is_person;
    let administrator = !is_person
        && ["base.group_system", "base.group_erp_manager"]
            .iter()
            .any(|group| has_group(run, user, group) == Some(true));
    if administrator {
        findings.push(
            Finding::new(
                "agent's rights",
                Status::Fail,
                "the agent's user is an administrator: nothing in Odoo can hold it",
            )
            .fix("give the agent a user of its own with ordinary rights"),
        );
    }
    match status {
        Ok(status) => {
            let version = status["version"].as_str().unwrap_or("of unknown version").to_string();
            findings.push(Finding::new(
                "guard",
                Status::Ok,
                format!("strictbase_agent_guard {version} is installed"),
            ));
            findings.push(if is_person {
                Finding::new(
                    "agent's group",
                    Status::Skip,
                    "a person's own profile: nothing holds it, or need to",
                )
            } else if status["is_approver"].as_bool() == Some(true) {
                Finding::new(
                    "agent's group",
                    Status::Fail,
                    "the agent's user is an approver: it could approve itself",
                )
                .fix("take the group Agent Confirmation Approver from it")
            } else if status["is_agent"].as_bool() == Some(true) {
                Finding::new("agent's group", Status::Ok, "in the group Agent: guarded whatever it sends")
            } else {
                Finding::new(
                    "agent's group",
                    Status::Fail,
                    "not in the group Agent: guarded only as long as it says that it is an agent",
                )
                .fix("add this user to the group Agent in Odoo")
            });
            if status["stopped"].as_bool() == Some(true) {
                findings.push(
                    Finding::new("guard", Status::Warn, "all sending by agents is stopped in Odoo")
                        .fix("an approver starts it again: Agent Guard, Overview"),
                );
            }
            Some(status["requests"].as_bool() == Some(true))
        }
        Err(error) if error.code == Code::NotFound && model_exists(run) => {
            findings.push(
                Finding::new("guard", Status::Fail, "an older strictbase_agent_guard is installed: it cannot take a separate approver's tokens and can be walked around")
                    .fix("update strictbase_agent_guard to 19.0.2.0.0 or later"),
            );
            Some(false)
        }
        Err(error) if error.code == Code::NotFound && !has_guard(run) => {
            findings.push(if is_person {
                Finding::new("guard", Status::Skip, "Odoo has one from 19 on: a person's own profile needs none")
            } else {
                Finding::new(
                    "guard",
                    Status::Warn,
                    "Odoo has one from 19 on: here this program holds what it can tell to reach a client, which is a fence and no wall",
                )
                .fix("give the agent's user no rights to write to clients that it does not need")
            });
            None
        }
        Err(error) if error.code == Code::NotFound => {
            findings.push(
                Finding::new(
                    "guard",
                    Status::Warn,
                    "strictbase_agent_guard is not installed: nothing holds messages to clients",
                )
                .fix("install addons/strictbase_agent_guard in Odoo"),
            );
            None
        }
        Err(error) => {
            findings.push(Finding::of_error("guard", &error));
            None
        }
    }
}

fn has_guard(run: &Run) -> bool {
    run.session.odoo().major(run.host).is_ok_and(|major| major >= FIRST_WITH_GUARD)
}

fn model_exists(run: &Run) -> bool {
    let kwargs = Object::from_iter([("operation".to_string(), json!("read"))]);
    Operation::new(CONFIRMATION_MODEL, "has_access", kwargs).and_then(|operation| run.ask(operation)).is_ok()
}
