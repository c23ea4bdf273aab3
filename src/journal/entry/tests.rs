//! What entries say of themselves.

use super::*;

fn told(lines: &[Value]) -> Vec<Entry> {
    lines.iter().cloned().collect::<Entries>().found
}

#[test]
fn an_entry_is_open_until_something_is_known_of_it() {
    let intent = json!({ "v": 1, "kind": "intent", "id": "a", "model": "m", "method": "write" });
    let outcome = |effect: &str, code: &str| json!({ "v": 1, "kind": "outcome", "of": "a", "effect": effect, "code": code });
    let state = |more: Value| told(&[intent.clone(), more])[0].state();
    assert_eq!(told(std::slice::from_ref(&intent))[0].state(), State::Open);
    assert_eq!(state(outcome("done", "")), State::Done);
    assert_eq!(state(outcome("unknown", "outcome_unknown")), State::Open);
    assert_eq!(state(outcome("rejected", "busy")), State::Rejected);
    assert_eq!(state(json!({ "v": 1, "kind": "checked", "of": "a", "finding": "cannot_tell" })), State::Open);
    assert_eq!(state(json!({ "v": 1, "kind": "checked", "of": "a", "finding": "happened" })), State::Done);
    let failed = |effect: &str, code: &str| told(&[intent.clone(), outcome(effect, code)])[0].is_failed();
    assert!(failed("not_sent", "unreachable") && failed("rejected", "rejected"));
    assert!(!failed("rejected", "confirmation_required") && !failed("not_sent", "policy_denied"));
    assert!(!failed("unknown", "outcome_unknown") && !failed("done", ""));
}

#[test]
fn an_entry_is_undone_by_an_undo_that_stands() {
    let intent = |id: &str, undoes: &str| json!({ "v": 1, "kind": "intent", "id": id, "undoes": undoes });
    let done = |id: &str| json!({ "v": 1, "kind": "outcome", "of": id, "effect": "done" });
    let mut lines = vec![intent("a", ""), done("a")];
    for (id, undoes, by) in [("b", "a", Some("b")), ("c", "b", None), ("d", "c", Some("b")), ("e", "d", None)]
    {
        lines.extend([intent(id, undoes), done(id)]);
        let all: Entries = lines.iter().cloned().collect();
        assert_eq!(undo_of(&all, &all.all()[0]).map(|undo| undo.id.as_str()), by, "{id}");
    }
}

#[test]
fn a_part_of_an_undo_undoes_nothing_whole_and_its_last_step_does() {
    let intent = json!({ "v": 1, "kind": "intent", "id": "a" });
    let undo =
        |id: &str, part: Value| json!({ "v": 1, "kind": "intent", "id": id, "undoes": "a", "part": part });
    let done = |id: &str| json!({ "v": 1, "kind": "outcome", "of": id, "effect": "done" });
    let mut lines = vec![intent, done("a"), undo("b", json!(true)), done("b")];
    let by = |lines: &[Value]| {
        let all: Entries = lines.iter().cloned().collect();
        undo_of(&all, &all.all()[0]).map(|undo| undo.id.clone())
    };
    assert_eq!(by(&lines), None);
    lines.push(undo("c", Value::Null));
    assert_eq!(by(&lines), None, "it was not carried out");
    lines.push(done("c"));
    assert_eq!(by(&lines).as_deref(), Some("c"));
}

#[test]
fn the_runs_own_word_comes_before_what_was_found_out() {
    let lines = |effect: &str, finding: &str| {
        [
            json!({ "v": 1, "kind": "intent", "id": "a", "model": "m", "method": "create" }),
            json!({ "v": 1, "kind": "checked", "of": "a", "finding": finding, "ids": [7] }),
            json!({ "v": 1, "kind": "outcome", "of": "a", "effect": effect, "result": if effect == "done" { json!([5]) } else { Value::Null } }),
        ]
    };
    for (effect, finding, state, made) in [
        ("done", "did_not_happen", State::Done, Some(vec![5])),
        ("done", "happened", State::Done, Some(vec![5])),
        ("rejected", "happened", State::Rejected, None),
        ("unknown", "happened", State::Done, Some(vec![7])),
        ("unknown", "did_not_happen", State::Rejected, None),
    ] {
        let entry = told(&lines(effect, finding)).remove(0);
        assert_eq!(entry.state(), state, "{effect} {finding}");
        if state == State::Done {
            assert_eq!(entry.surely_made(), made, "{effect} {finding}");
        }
    }
}

#[test]
fn copies_and_entries_that_name_themselves_or_each_other_lead_to_no_circle() {
    let intent = |id: &str, undoes: &str, retries: &str| json!({ "v": 1, "kind": "intent", "id": id, "undoes": undoes, "retries": retries });
    let done = |id: &str| json!({ "v": 1, "kind": "outcome", "of": id, "effect": "done" });
    let all: Entries = [
        intent("a", "a", "a"),
        intent("b", "c", "c"),
        intent("c", "b", "b"),
        intent("b", "c", "c"),
        done("a"),
        done("b"),
        done("c"),
    ]
    .into_iter()
    .collect();
    assert_eq!(all.all().len(), 3);
    assert_eq!(undo_of(&all, &all.all()[0]), None);
    assert_eq!(undo_of(&all, &all.all()[1]).map(|undo| undo.id.as_str()), Some("c"));
}

#[test]
fn what_a_later_version_adds_is_passed_over_and_what_an_earlier_one_lacks_is_nothing() {
    let lines = [
        json!({ "v": 1, "kind": "intent", "id": "old" }),
        json!({ "v": 2, "kind": "intent", "id": "new", "model": "m", "method": "x", "novel": {} }),
        json!({ "v": 2, "kind": "novelty", "of": "new", "effect": "unknown" }),
        json!({ "v": 2, "kind": "outcome", "of": "new", "effect": "done", "novel": 1 }),
        json!({ "kind": 7 }),
        json!([]),
    ];
    let found = told(&lines);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].state(), found[0].is_newer()), (State::Open, false));
    assert_eq!((found[1].state(), found[1].is_newer()), (State::Done, true));
    assert_eq!(found[1].whole()["novel"], json!({}));
}
