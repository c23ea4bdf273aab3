//! The operation that a request comes to, as far as that is known without asking anybody: for whoever explains what a
//! policy says of it. What a verb asks besides is not among them.

use serde_json::{Value, json};

use super::fields::Fields;
use super::{Request, search_read};
use crate::error::Result;
use crate::odoo::client::described;
use crate::odoo::columns;
use crate::operation::{Operation, kwargs};

/// The operations of a request.
///
/// # Errors
/// It is no request that can be sent.
pub fn operations(request: &Request) -> Result<Vec<Operation>> {
    Ok(match request {
        Request::Call(call) => vec![call.operation.clone()],
        Request::SearchRead(search) => vec![search_of(search)?],
        Request::SearchAll(all) => vec![search_of(&all.search)?],
        Request::Count(count) => {
            let domain = json!({ "domain": count.domain });
            vec![Operation::new(&count.model, "search_count", kwargs(domain))?]
        }
        Request::Group(group) => vec![group.operation()?],
        Request::Read(read) => {
            let fields = json!({ "fields": names(&read.model, &read.fields) });
            vec![Operation::new(&read.model, "read", kwargs(fields))?.on(read.ids.clone())]
        }
        Request::Create(create) => {
            let list: Vec<Value> = create.vals_list.iter().cloned().map(Value::Object).collect();
            vec![Operation::new(&create.model, "create", kwargs(json!({ "vals_list": list })))?]
        }
        Request::Write(write) => {
            let vals = json!({ "vals": write.vals });
            vec![Operation::new(&write.model, "write", kwargs(vals))?.on(write.ids.clone())]
        }
        Request::Lookup(lookup) => vec![lookup.wanted.operation(None)?],
        Request::SchemaSummary(schema) => vec![described(&schema.model)?],
        Request::DocModel(document) => vec![described(&document.model)?],
        Request::DocIndex(_) => vec![described("index")?],
        // They repeat what was refused, and ask the guard.
        Request::Approvals(_) => Vec::new(),
        // What they do depends on what the journal holds, and on what is there now.
        Request::Journal(_) | Request::Undo(_) => Vec::new(),
    })
}

fn search_of(search: &search_read::Request) -> Result<Operation> {
    search.operation(names(&search.model, &search.fields))
}

/// As far as they are known here; every field is named by none.
fn names(model: &str, fields: &Fields) -> Vec<String> {
    match fields {
        Fields::Named(names) => names.clone(),
        Fields::Usual => {
            let listed = columns::listed(model).into_iter().flatten();
            ["id", "display_name"].iter().chain(listed).map(|name| (*name).to_string()).collect()
        }
        Fields::All => Vec::new(),
    }
}
