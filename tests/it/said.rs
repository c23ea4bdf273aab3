//! What is said of a call is true: a note that holds for one call does not stand beside another that looks like it.

use serde_json::{Value, json};

use crate::support::{Answer, Home, json2, lab};

#[test]
fn an_empty_list_keeps_what_is_there_and_leaves_a_new_record_without() {
    let home = Home::new();
    let notes = |line: &[&str]| home.agent(["--profile", "sandbox"]).args(line).run().ok().notes().join("\n");
    let task = r#"{"name": "x", "tag_ids": []}"#;
    let order = r#"{"partner_id": 7, "order_line": [[0, 0, {"name": "x", "tax_ids": []}]]}"#;
    for line in [
        &["create", "project.task", "--vals", task][..],
        &["call", "project.task", "create", "--data", &format!(r#"{{"vals_list": [{task}]}}"#)],
        &["create", "sale.order", "--vals", order, "--dry-run"],
    ] {
        let said = notes(line);
        assert!(said.contains("leave the field out") && !said.contains("changes nothing"), "{line:?}: {said}");
    }
    let said = notes(&["write", "project.task", "--ids", "1", "--vals", r#"{"tag_ids": []}"#]);
    assert!(said.contains("changes nothing; [[5, 0, 0]]"), "{said}");
    let order = r#"{"order_line": [[1, 1, {"tax_ids": []}]]}"#;
    let said = notes(&["write", "sale.order", "--ids", "1", "--vals", order, "--dry-run"]);
    assert!(said.contains("changes nothing"), "{said}");
    for vals in [r#"{"name": "x"}"#, r#"{"name": "x", "tag_ids": [[5, 0, 0]]}"#, r#"{"name": "x", "tag_ids": [1]}"#] {
        let said = notes(&["create", "project.task", "--vals", vals]);
        assert!(!said.contains("empty list"), "{said}");
    }
}
