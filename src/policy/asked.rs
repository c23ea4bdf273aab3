//! One operation as rules see it: everything that it does, each with its model, method, class, fields and values. What
//! hides in commands inside values, in columns of an import, in paths and specifications is an act of its own. Pure.

use serde_json::Value;

use super::naming;
use super::pattern::ModelNames;
use crate::knowledge::classes::{self, Class, Classes};
use crate::knowledge::methods;
use crate::knowledge::sensitive;
use crate::operation::{Access, Object, Operation};
use crate::outbound;

/// What is known of an operation besides itself.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The profile.
    pub profile: &'f str,
    /// The channel that Odoo's audit names.
    pub channel: &'f str,
    /// `cli`, `spec` or `mcp`.
    pub surface: &'f str,
    /// The verb that sends it, if one does.
    pub verb: Option<&'f str>,
    /// The tool of MCP that it came by.
    pub tool: Option<&'f str>,
    /// What the way to Odoo is called.
    pub protocol: &'f [&'f str],
    /// Seconds since 1970; never earlier than any before.
    pub now: u64,
    /// It is about to be sent: what cannot be told now never can.
    pub is_last: bool,
    /// Where a field leads, as far as it is at hand.
    pub relation: &'f dyn Fn(&str, &str) -> Option<Relation>,
}

/// Where a field leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// To which model.
    pub model: String,
    /// Its records stand beside those that lead to them: which ones are linked is written in neither.
    pub only_links: bool,
}

/// How an act comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The operation itself.
    Itself,
    /// A command inside its values.
    Written,
    /// Fields of related records in the answer.
    Shown,
    /// A path in a condition or an order.
    Named,
}

/// Something that an operation does.
#[derive(Debug)]
pub struct Act<'o> {
    /// How.
    pub kind: Kind,
    /// On which model; none where that cannot be told.
    pub model: Option<ModelNames>,
    /// Its method, and those whose work it does.
    pub methods: Vec<&'o str>,
    /// What it does, exactly.
    pub classes: Classes,
    /// The fields that it names.
    pub fields: Vec<&'o str>,
    /// It names none where that means every one.
    pub is_whole: bool,
    /// The values that it stores.
    pub values: Vec<&'o Object>,
    /// Whether it could store some.
    pub has_values: bool,
}

impl Act<'_> {
    /// Whether it may make records.
    fn makes(&self) -> bool {
        self.methods.iter().any(|method| matches!(*method, "create" | "load"))
            || self.kind == Kind::Itself && self.classes.has(Class::Execute)
    }
}

/// An operation with everything it does.
pub struct Asked<'o> {
    /// The operation.
    pub operation: &'o Operation,
    /// What else is known.
    pub facts: Facts<'o>,
    /// The operation itself first.
    pub acts: Vec<Act<'o>>,
    /// The fields of its conditions.
    pub domain_fields: Vec<&'o str>,
    /// The fields that it names without showing or storing them as such, each with how deep in a path: in conditions,
    /// orders, groups and aggregates, and in the columns of imports and exports.
    pub named: Vec<(&'o str, usize)>,
    /// A condition that cannot be read.
    pub is_opaque: bool,
    /// What it is called: verb, method, protocol, tool.
    pub names: Vec<String>,
    /// Records that it touches or makes.
    pub records: u64,
    /// Values that its context gives to new records.
    pub defaults: Vec<(&'o str, &'o Value)>,
}

impl<'o> Asked<'o> {
    /// Looks into an operation.
    pub fn of(operation: &'o Operation, facts: Facts<'o>) -> Asked<'o> {
        let mut asked = Asked {
            operation,
            facts,
            acts: vec![itself(operation)],
            domain_fields: Vec::new(),
            named: Vec::new(),
            is_opaque: false,
            names: naming::names(operation, &facts),
            records: 0,
            defaults: Vec::new(),
        };
        for (name, value) in &operation.kwargs {
            asked.argument(name, value);
        }
        asked.context();
        asked.records = asked.counted();
        if operation.method == "execute_import" {
            // Into which model stands in a record.
            asked.acts.push(act(Kind::Written, None, vec!["load", "create", "write"], Class::Write));
        }
        asked
    }

    /// Whether its method is one that calls another.
    pub fn is_entry(&self) -> bool {
        methods::ENTRIES.contains(&self.operation.method.as_str())
    }

    /// Whether it is how the program itself approves a request or takes one back: no verb of an agent's sends that.
    pub fn is_approval(&self) -> bool {
        let is_own =
            matches!(self.facts.verb, None | Some("approve" | "approvals")) && self.facts.tool.is_none();
        let method = self.operation.method.as_str();
        is_own
            && self.operation.model == naming::CONFIRMATIONS
            && matches!(method, "issue_token" | "withdraw_request")
    }

    fn argument(&mut self, name: &'o str, value: &'o Value) {
        match name {
            "domain" | "args" | "having" | "filter_domain" | "search_domain" | "comparison_domain" => {
                self.domain(value, 0);
            }
            "fields" if matches!(self.operation.method.as_str(), "load" | "execute_import") => {
                self.each(value, &mut |asked, path| asked.path(path, Kind::Written));
            }
            "fields_to_export" => {
                self.each(value, &mut |asked, path| {
                    asked.path(path, Kind::Shown);
                    asked.name(path);
                });
            }
            // What these call fields are aggregates.
            "fields" if matches!(self.operation.method.as_str(), "read_group" | "web_read_group") => {
                self.each(value, &mut |asked, path| asked.path(path, Kind::Named));
            }
            "progress_bar" => {
                self.each(&value["field"], &mut |asked, path| asked.path(path, Kind::Named));
            }
            "fields" | "field_names" | "fields_list" => {
                self.each(value, &mut |asked, path| asked.path(path, Kind::Shown));
            }
            "order" | "orderby" | "field_name" | "groupby" | "group_by" | "aggregates" | "grouping_sets" => {
                self.each(value, &mut |asked, path| asked.path(path, Kind::Named));
            }
            "specification" | "fields_spec" | "unfold_read_specification" | "groupby_read_specification" => {
                self.specification(value, 0);
            }
            "allfields" | "attributes" => {}
            _ if self.operation.access() == Access::Read => {}
            _ => self.values(value),
        }
    }

    /// Every text in a list of any depth, and each of several in one.
    fn each(&mut self, value: &'o Value, found: &mut dyn FnMut(&mut Self, &'o str)) {
        match value {
            Value::String(text) => {
                for term in text.split(',') {
                    if let Some(path) = term.split_whitespace().next() {
                        found(self, path);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.each(item, found)),
            _ => {}
        }
    }

    /// `a.b.c:sum`: each part is a field of the model that the one before leads to.
    fn path(&mut self, path: &'o str, kind: Kind) {
        if kind != Kind::Shown {
            self.name(path);
        }
        self.parts(&parts(path), kind, 0);
    }

    fn name(&mut self, path: &'o str) {
        self.named.extend(parts(path).into_iter().enumerate().map(|(depth, part)| (part, depth)));
    }

    fn parts(&mut self, parts: &[&'o str], kind: Kind, mut at: usize) {
        for (place, part) in parts.iter().enumerate() {
            self.field(at, part);
            // A column of an import may name the record's own number or external id.
            let is_number = |part: &&str| matches!(*part, "id" | ".id");
            if place + 1 < parts.len() && !parts.get(place + 1).is_some_and(is_number) {
                let methods: &[&'o str] = match kind {
                    Kind::Written => &["create", "write"],
                    _ => &["read"],
                };
                at = self.related(at, part, kind, methods);
            }
        }
    }

    fn field(&mut self, at: usize, field: &'o str) {
        if let Some(act) = self.acts.get_mut(at)
            && !act.fields.contains(&field)
        {
            act.fields.push(field);
        }
    }

    fn relation(&self, at: usize, field: &str) -> Option<Relation> {
        let model = self.acts.get(at)?.model.as_ref()?;
        (self.facts.relation)(&model.given, field).or_else(|| (self.facts.relation)(&model.now, field))
    }

    /// The act on the records that a field leads to.
    fn related(&mut self, at: usize, field: &'o str, kind: Kind, methods: &[&'o str]) -> usize {
        let usual = || sensitive::usual_relation(field).map(str::to_string);
        let known = self.relation(at, field).map(|relation| relation.model);
        let model = known.or_else(usual).map(|name| ModelNames::of(&name));
        let is_same = |act: &Act| {
            act.kind == kind
                && act.methods == methods
                && act.model.as_ref().map(|model| &model.given) == model.as_ref().map(|model| &model.given)
        };
        if let Some(found) = self.acts.iter().position(is_same)
            && found != 0
        {
            return found;
        }
        let class = match methods.first() {
            Some(&"unlink") => Class::Destructive,
            _ if kind == Kind::Written => Class::Write,
            _ => Class::Read,
        };
        self.acts.push(act(kind, model, methods.to_vec(), class));
        self.acts.len() - 1
    }

    /// Values: an object, or a list of them.
    fn values(&mut self, value: &'o Value) {
        match value {
            Value::Object(values) => self.stored(values, 0),
            Value::Array(items) => {
                for values in items.iter().filter_map(Value::as_object) {
                    self.stored(values, 0);
                }
            }
            _ => {}
        }
    }

    fn stored(&mut self, values: &'o Object, at: usize) {
        if let Some(act) = self.acts.get_mut(at) {
            act.values.push(values);
            act.has_values = true;
        }
        for (field, value) in values {
            self.field(at, field);
            let Value::Array(commands) = value else { continue };
            for command in commands {
                self.command(at, field, command);
            }
        }
    }

    /// `[0, 0, {…}]` makes a record, `[1, id, {…}]` writes one, `[2, id]` deletes one; the others link.
    fn command(&mut self, at: usize, field: &'o str, command: &'o Value) {
        let (method, values) = match command {
            Value::Object(values) => ("create", Some(values)),
            Value::Array(parts) => match code(parts) {
                Some(0) => ("create", parts.get(2).and_then(Value::as_object)),
                Some(1) => ("write", parts.get(2).and_then(Value::as_object)),
                Some(2) => ("unlink", None),
                Some(code) => return self.link(at, field, code),
                None => return,
            },
            _ => return,
        };
        let to = self.related(at, field, Kind::Written, &[method]);
        if let Some(values) = values {
            self.stored(values, to);
        }
    }

    /// What belongs to a record is written where it is linked, `[4, id]`, and may be deleted where it no longer is,
    /// `[3, id]`, `[5]`, `[6, 0, ids]`. What is only linked stays as it is, but links to rights are rights.
    fn link(&mut self, at: usize, field: &'o str, code: u8) {
        let known = self.relation(at, field);
        let model = known.as_ref().map(|relation| relation.model.as_str());
        let model = model.or_else(|| sensitive::usual_relation(field));
        let only_links = known.as_ref().map_or_else(|| sensitive::only_links(field), |it| it.only_links);
        let owner = self.acts.get(at).and_then(|act| act.model.as_ref()).map(|model| model.now.as_str());
        let changes = match (only_links, model) {
            (true, Some(model)) => sensitive::guards_links(owner.unwrap_or_default(), model),
            (true, None) => false,
            // Which kind it is may be known by the time that it is sent.
            (false, _) => known.is_some() || self.facts.is_last,
        };
        if !changes {
            return;
        }
        self.linked(at, field, "write");
        if code != 4 && !only_links {
            self.linked(at, field, "unlink");
        }
    }

    fn linked(&mut self, at: usize, field: &'o str, method: &'static str) {
        let to = self.related(at, field, Kind::Written, &[method]);
        if let Some(act) = self.acts.get_mut(to) {
            // It stores none of them that a rule could look at.
            act.has_values = !act.values.is_empty();
        }
    }

    fn specification(&mut self, value: &'o Value, at: usize) {
        let Value::Object(fields) = value else {
            return self.each(value, &mut |asked, path| asked.path(path, Kind::Shown));
        };
        for (field, more) in fields {
            self.field(at, field);
            if let Some(inner) = more.get("fields").filter(|inner| is_filled(inner)) {
                let to = self.related(at, field, Kind::Shown, &["read"]);
                self.specification(inner, to);
            }
            if let Some(order) = more.get("order") {
                let to = self.related(at, field, Kind::Named, &["read"]);
                self.each(order, &mut |asked, path| {
                    let field = path.split(':').next().unwrap_or(path);
                    asked.field(to, field);
                    asked.named.push((field, 1));
                });
            }
        }
    }

    fn domain(&mut self, value: &'o Value, at: usize) {
        match value {
            Value::Array(items) => match items.as_slice() {
                // `["!", "!", [leaf]]` has the form of a leaf and is none.
                [Value::String(path), Value::String(operator), inner] if !is_joint(path) => {
                    self.condition(path, operator, inner, at)
                }
                items => items.iter().for_each(|item| self.domain(item, at)),
            },
            Value::String(text) if !is_joint(text) => self.is_opaque = true,
            Value::Object(_) => self.is_opaque = true,
            _ => {}
        }
    }

    fn condition(&mut self, path: &'o str, operator: &str, inner: &'o Value, at: usize) {
        let path = path.split(':').next().unwrap_or_default();
        let parts: Vec<&'o str> = path.split('.').collect();
        self.domain_fields.extend(&parts);
        let depth = usize::from(at != 0);
        self.named.extend(parts.iter().enumerate().map(|(more, part)| (*part, depth + more)));
        self.parts(&parts, Kind::Named, at);
        if operator.to_lowercase().contains("any")
            && let Some(last) = parts.last()
        {
            let to = self.related(at, last, Kind::Named, &["read"]);
            self.domain(inner, to);
        }
    }

    /// New records take values from the context, wherever they are made, and wizards take records from it.
    fn context(&mut self) {
        let making: Vec<usize> = (0..self.acts.len()).filter(|at| self.acts[*at].makes()).collect();
        if making.is_empty() {
            return;
        }
        for (key, value) in &self.operation.context {
            if let Some(field) = key.strip_prefix("default_") {
                making.iter().for_each(|at| self.field(*at, field));
                self.defaults.push((field, value));
            }
        }
    }

    /// The values that the context gives to the records that an act makes.
    pub fn defaults_of(&self, act: &Act) -> &[(&'o str, &'o Value)] {
        if act.makes() { &self.defaults } else { &[] }
    }

    fn counted(&self) -> u64 {
        let operation = self.operation;
        let mut ids = operation.ids.clone().unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        let active = operation.context.get("active_ids").and_then(Value::as_array).map_or(0, Vec::len);
        let rows = operation.kwargs.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        let made = match operation.kwargs.get("vals_list") {
            Some(Value::Array(list)) => list.len(),
            _ => 0,
        };
        let active = if operation.access() == Access::Read { 0 } else { active };
        ids.len().max(made).max(rows).max(active) as u64
    }
}

/// What a command does: to Odoo `true` is 1 and `false` is 0.
fn code(parts: &[Value]) -> Option<u8> {
    let code = match parts.first()? {
        Value::Bool(code) => f64::from(u8::from(*code)),
        code => code.as_f64()?,
    };
    let found = (0..=6_u8).find(|known| f64::from(*known) == code)?;
    (parts.len() > 1 || found == 5).then_some(found)
}

/// What joins the leaves of a condition.
fn is_joint(text: &str) -> bool {
    matches!(text, "&" | "|" | "!")
}

/// `a.b/c:sum` as its fields.
fn parts(path: &str) -> Vec<&str> {
    let path = path.split(':').next().unwrap_or_default();
    path.split(['.', '/']).filter(|part| !part.is_empty()).collect()
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Object(object) => !object.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }
}

/// Whether it is about every field, because it names none: so these read, and a copy has them all.
fn is_whole(operation: &Operation) -> bool {
    let names_some = |argument: &str| match operation.kwargs.get(argument) {
        Some(Value::Array(names)) => !names.is_empty(),
        Some(Value::String(name)) => !name.is_empty(),
        // An empty specification shows ids alone.
        Some(Value::Object(_)) => argument == "specification",
        _ => false,
    };
    match operation.method.as_str() {
        "copy" | "copy_data" => true,
        "read" | "search_read" => !names_some("fields"),
        "search_fetch" => !names_some("field_names"),
        "web_read" | "web_search_read" => !names_some("specification") && !names_some("fields"),
        _ => false,
    }
}

fn act<'o>(kind: Kind, model: Option<ModelNames>, methods: Vec<&'o str>, class: Class) -> Act<'o> {
    let has_values = kind == Kind::Written && class != Class::Destructive;
    Act {
        kind,
        model,
        methods,
        classes: Classes::of(&[class]),
        fields: Vec::new(),
        is_whole: false,
        values: Vec::new(),
        has_values,
    }
}

fn itself(operation: &Operation) -> Act<'_> {
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let has_records = operation.ids.as_ref().is_some_and(|ids| !ids.is_empty());
    let mut names = vec![method];
    let renamed = methods::renamed(model, method);
    names.extend(renamed);
    for name in [Some(method), renamed].into_iter().flatten() {
        names.extend(classes::does_the_work_of(name, has_records));
    }
    let mut act = act(Kind::Itself, Some(ModelNames::of(model)), names, classes::of(model, method));
    act.has_values = classes::has_values(model, method).unwrap_or_default();
    act.is_whole = is_whole(operation);
    match method {
        "action_archive" | "action_unarchive" | "toggle_active" => act.fields.push("active"),
        "name_create" => act.fields.push("name"),
        _ => {}
    }
    if operation.access() == Access::Write && outbound::reaches(operation).is_some() {
        act.classes = act.classes.with(Class::Outbound);
    }
    act
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::kwargs;
    use serde_json::json;

    fn facts() -> Facts<'static> {
        Facts {
            profile: "p",
            channel: "cli",
            surface: "cli",
            verb: None,
            tool: None,
            protocol: &["odoo_json2"],
            now: 0,
            is_last: true,
            relation: &|_, field| {
                let lines = || Relation { model: "sale.order.line".into(), only_links: false };
                (field == "order_line").then(lines)
            },
        }
    }

    fn operation(method: &str, arguments: Value) -> Operation {
        Operation::new("sale.order", method, kwargs(arguments)).unwrap().on(vec![7])
    }

    #[test]
    fn commands_inside_values_are_acts_of_their_own() {
        let operation = operation(
            "write",
            json!({ "vals": { "order_line": [
                [1, 3, { "price_unit": 5, "tax_ids": [[2, 9, 0]] }], [0, 0, { "name": "x" }], [4, 8] ] } }),
        );
        let asked = Asked::of(&operation, facts());
        let shown: Vec<(Option<&str>, &str, Vec<&str>)> = asked
            .acts
            .iter()
            .map(|act| (act.model.as_ref().map(|m| m.now.as_str()), act.methods[0], act.fields.clone()))
            .collect();
        assert_eq!(
            shown,
            [
                (Some("sale.order"), "write", vec!["order_line"]),
                (Some("sale.order.line"), "write", vec!["price_unit", "tax_ids"]),
                (None, "unlink", vec![]),
                (Some("sale.order.line"), "create", vec!["name"]),
            ]
        );
    }

    #[test]
    fn paths_orders_groups_and_columns_name_fields() {
        for (method, arguments, field) in [
            ("search_read", json!({ "domain": ["|", ["partner_id.vat", "=", "x"], ["a", "=", 1]] }), "vat"),
            ("search_read", json!({ "domain": [["order_line", "any", [["margin", ">", 1]]]] }), "margin"),
            ("search_read", json!({ "order": "name, margin desc" }), "margin"),
            ("read_group", json!({ "groupby": ["date:month", "margin"] }), "margin"),
            ("formatted_read_group", json!({ "aggregates": ["margin:sum"] }), "margin"),
            ("load", json!({ "fields": ["name", "order_line/margin"], "data": [] }), "margin"),
            ("export_data", json!({ "fields_to_export": ["order_line/margin"] }), "margin"),
            (
                "web_read",
                json!({ "specification": { "order_line": { "fields": { "margin": {} } } } }),
                "margin",
            ),
            ("create", json!({ "vals_list": [{ "margin": 1 }] }), "margin"),
            ("write", json!({ "values": { "margin": 1 } }), "margin"),
        ] {
            let operation = operation(method, arguments);
            let asked = Asked::of(&operation, facts());
            assert!(asked.acts.iter().any(|act| act.fields.contains(&field)), "{method} {:?}", asked.acts);
        }
    }

    #[test]
    fn an_operation_is_called_by_its_verb_its_method_and_its_way() {
        let operation = operation("web_save", json!({}));
        let names = Asked::of(&operation, Facts { verb: Some("call"), tool: Some("t"), ..facts() }).names;
        for name in ["write", "odoo_write", "web_save", "call", "odoo_call", "odoo_json2", "t"] {
            assert!(names.iter().any(|own| own == name), "{name} {names:?}");
        }
    }
}
