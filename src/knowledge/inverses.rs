//! Buttons and the way back from each (Odoo 19.0, each seen on a server): the methods that lead back, the states in
//! which that is allowed, and what stands in the way. What is not here has no known way back.

/// A method and what undoes it.
pub struct Inverse {
    /// The model.
    pub model: &'static str,
    /// The method.
    pub method: &'static str,
    /// The field that tells how a record stands; none where there is none.
    pub field: &'static str,
    /// The states that records were in before, from which it leads back to where they were.
    pub from: &'static [&'static str],
    /// The states that they must be in now.
    pub now: &'static [&'static str],
    /// The methods that lead back, in order.
    pub back: &'static [&'static str],
    /// Fields that the method sets and the way back leaves as they are: their old values are written after it.
    pub restores: &'static [&'static str],
    /// What stays all the same.
    pub leaves: &'static str,
    /// Fields with values that forbid it, and what is said then.
    pub unless: &'static [(&'static str, &'static [&'static str], &'static str)],
}

const PAID: (&str, &[&str], &str) = (
    "payment_state",
    &["paid", "in_payment", "partial"],
    "it is paid, at least in part: take the reconciliation back first",
);
const RECEIVED: (&str, &[&str], &str) = (
    "receipt_status",
    &["partial", "full"],
    "goods were received, which a cancelled order does not send back: make a return",
);
const BILLED: (&str, &[&str], &str) =
    ("invoice_status", &["invoiced"], "it is invoiced: cancel or reverse the invoice first");
const DELIVERED: (&str, &[&str], &str) = (
    "delivery_status",
    &["partial", "full"],
    "goods were delivered, which a cancelled order does not bring back: make a return",
);

const fn way(
    model: &'static str,
    method: &'static str,
    from: &'static [&'static str],
    now: &'static [&'static str],
    back: &'static [&'static str],
) -> Inverse {
    Inverse { model, method, field: "state", from, now, back, restores: &[], leaves: "", unless: &[] }
}

const INVERSES: [Inverse; 15] = [
    Inverse {
        unless: &[PAID],
        leaves: "its number, which it keeps",
        ..way("account.move", "action_post", &["draft"], &["posted"], &["button_draft"])
    },
    way("account.move", "button_cancel", &["draft"], &["cancel"], &["button_draft"]),
    way("account.move", "button_draft", &["posted"], &["draft"], &["action_post"]),
    way("account.move", "button_draft", &["cancel"], &["draft"], &["button_cancel"]),
    Inverse {
        leaves: "its number, and its entry, which is a draft",
        ..way("account.payment", "action_post", &["draft"], &["in_process", "paid"], &["action_draft"])
    },
    Inverse {
        leaves: "its entry, which was deleted with the cancellation",
        ..way("account.payment", "action_cancel", &["draft"], &["canceled"], &["action_draft"])
    },
    way("account.payment", "action_draft", &["canceled"], &["draft"], &["action_cancel"]),
    way("account.payment", "action_draft", &["in_process", "paid"], &["draft"], &["action_post"]),
    Inverse {
        unless: &[RECEIVED, BILLED],
        restores: &["date_approve"],
        leaves: "its receipts, which are cancelled",
        ..way(
            "purchase.order",
            "button_confirm",
            &["draft"],
            &["purchase", "to approve"],
            &["button_cancel", "button_draft"],
        )
    },
    way("purchase.order", "button_cancel", &["draft"], &["cancel"], &["button_draft"]),
    way("purchase.order", "button_draft", &["cancel"], &["draft"], &["button_cancel"]),
    Inverse {
        unless: &[DELIVERED, BILLED],
        restores: &["date_order"],
        leaves: "its deliveries, which are cancelled, and what its services have made",
        ..way("sale.order", "action_confirm", &["draft"], &["sale"], &["action_cancel", "action_draft"])
    },
    way("sale.order", "action_cancel", &["draft"], &["cancel"], &["action_draft"]),
    way("sale.order", "action_draft", &["cancel"], &["draft"], &["action_cancel"]),
    Inverse { field: "", ..way("account.move.line", "reconcile", &[], &[], &["remove_move_reconcile"]) },
];

/// The ways back from a method of a model.
pub fn inverses(model: &str, method: &str) -> impl Iterator<Item = &'static Inverse> {
    INVERSES.iter().filter(move |way| way.model == model && way.method == method)
}

/// What cannot be undone, by method, and what a person can do in its place.
const FINAL: [(&str, &str); 11] = [
    ("action_send_and_print", "what was sent stays sent: write to whoever got it"),
    ("action_send_mail", "a letter that left does not come back: write to whoever got it"),
    ("message_post", "people were told: write another message that corrects it"),
    ("message_notify", "people were told: write another message that corrects it"),
    ("send_mail", "a letter that left does not come back: write to whoever got it"),
    ("action_send_sms", "a text message that left does not come back"),
    ("button_validate", "stock that moved stays moved: make a return of the transfer, and validate that"),
    ("button_mark_done", "what was produced stays produced: make an unbuild order"),
    ("action_validate", "what was validated stays: scrapped stock is corrected by an inventory adjustment"),
    ("action_feedback", "the activity is done, and its message posted: schedule another one"),
    ("load", "an import does not tell what was there before: restore the records one by one"),
];

/// What is said of a method that has no way back.
pub fn instead(method: &str) -> &'static str {
    FINAL.iter().find(|(name, _)| *name == method).map_or(
        "no way back from it is known: look at the record, and at what its other buttons do",
        |(_, said)| *said,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_back_ends_with_a_button_of_its_model_and_says_from_where() {
        for way in &INVERSES {
            assert!(!way.back.is_empty(), "{} {}", way.model, way.method);
            assert!(way.field.is_empty() || !way.from.is_empty() && !way.now.is_empty(), "{}", way.method);
            assert!(way.from.iter().all(|state| !way.now.contains(state)), "{} {}", way.model, way.method);
        }
        assert_eq!(inverses("account.move", "button_draft").count(), 2);
        assert_eq!(inverses("res.partner", "x_act").count(), 0);
    }
}
