//! The state fields that buttons drive, with the method behind each state (Odoo 19.0): writing such a field leaves out
//! the deliveries, entries and checks that the button makes.

/// A model with such a field.
pub struct Driven {
    model: &'static str,
    /// States that a new record may be created in.
    pub start: &'static [&'static str],
    /// State and the method that leads to it.
    pub methods: &'static [(&'static str, &'static str)],
}

const DRIVEN: [Driven; 15] = [
    Driven {
        model: "account.move",
        start: &["draft"],
        methods: &[("posted", "action_post"), ("draft", "button_draft"), ("cancel", "button_cancel")],
    },
    Driven {
        model: "account.payment",
        start: &["draft"],
        methods: &[
            ("in_process", "action_post"),
            ("paid", "action_validate"),
            ("draft", "action_draft"),
            ("canceled", "action_cancel"),
            ("rejected", "action_reject"),
        ],
    },
    Driven {
        model: "hr.expense",
        start: &["draft"],
        methods: &[
            ("submitted", "action_submit"),
            ("approved", "action_approve"),
            ("posted", "action_post"),
            ("refused", "action_refuse"),
            ("draft", "action_reset"),
        ],
    },
    Driven {
        model: "hr.leave",
        start: &["confirm"],
        methods: &[
            ("validate", "action_approve"),
            ("validate1", "action_approve"),
            ("confirm", "action_back_to_approval"),
            ("refuse", "action_refuse"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "hr.leave.allocation",
        start: &["confirm"],
        methods: &[
            ("validate", "action_approve"),
            ("validate1", "action_approve"),
            ("refuse", "action_refuse"),
        ],
    },
    Driven {
        model: "mailing.mailing",
        start: &["draft"],
        methods: &[("in_queue", "action_put_in_queue"), ("draft", "action_cancel")],
    },
    Driven {
        model: "mrp.production",
        start: &["draft"],
        methods: &[
            ("confirmed", "action_confirm"),
            ("progress", "action_start"),
            ("done", "button_mark_done"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "mrp.workorder",
        start: &["blocked", "ready"],
        methods: &[
            ("progress", "button_start"),
            ("done", "button_finish"),
            ("ready", "button_pending"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "purchase.order",
        start: &["draft"],
        methods: &[("purchase", "button_confirm"), ("draft", "button_draft"), ("cancel", "button_cancel")],
    },
    Driven {
        model: "purchase.requisition",
        start: &["draft"],
        methods: &[
            ("confirmed", "action_confirm"),
            ("done", "action_done"),
            ("draft", "action_draft"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "repair.order",
        start: &["draft"],
        methods: &[
            ("confirmed", "action_validate"),
            ("under_repair", "action_repair_start"),
            ("done", "action_repair_end"),
            ("cancel", "action_repair_cancel"),
            ("draft", "action_repair_cancel_draft"),
        ],
    },
    Driven {
        model: "sale.order",
        start: &["draft"],
        methods: &[
            ("sale", "action_confirm"),
            ("sent", "action_quotation_sent"),
            ("draft", "action_draft"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "stock.picking",
        start: &["draft"],
        methods: &[
            ("confirmed", "action_confirm"),
            ("assigned", "action_assign"),
            ("done", "button_validate"),
            ("cancel", "action_cancel"),
        ],
    },
    Driven {
        model: "stock.picking.batch",
        start: &["draft"],
        methods: &[("in_progress", "action_confirm"), ("done", "action_done"), ("cancel", "action_cancel")],
    },
    Driven { model: "stock.scrap", start: &["draft"], methods: &[("done", "action_validate")] },
];

/// The buttons behind the states of a model.
pub fn driven(model: &str) -> Option<&'static Driven> {
    DRIVEN.iter().find(|driven| driven.model == model)
}

/// Whether a method is one of those buttons, which work on records.
pub fn is_button(model: &str, method: &str) -> bool {
    buttons(model).any(|button| button == method)
}

/// The states that a method leads to.
pub fn led_to(model: &str, method: &str) -> impl Iterator<Item = &'static str> {
    let all = driven(model).into_iter().flat_map(|driven| driven.methods.iter());
    all.filter(move |(_, button)| *button == method).map(|(state, _)| *state)
}

/// Every button that is known, each with its model.
pub fn every_button() -> impl Iterator<Item = (&'static str, &'static str)> {
    DRIVEN.iter().flat_map(|driven| driven.methods.iter().map(|(_, button)| (driven.model, *button)))
}

/// The buttons of a model, where they are known.
pub fn buttons(model: &str) -> impl Iterator<Item = &'static str> {
    driven(model).into_iter().flat_map(|driven| driven.methods.iter().map(|(_, button)| *button))
}
