//! What a button of a wizard does to the records of other models: whoever denies, asks about or limits that means the way
//! there as well. To how many, and with which values, the wizard alone knows. Pure.

use super::{Act, Asked, Kind, ModelNames};
use crate::knowledge::wizards;

impl Asked<'_> {
    pub(super) fn caused(&mut self) {
        let operation = self.operation;
        for (model, methods) in wizards::works(&operation.model, &operation.method) {
            let model = (!model.is_empty()).then(|| ModelNames::of(model));
            let mut act = Act::new(Kind::Caused, model, methods);
            act.is_uncounted = true;
            // A new one has values that nobody sees.
            act.is_whole = methods.contains(&"create");
            act.has_values = act.is_whole;
            self.acts.push(act);
        }
    }
}
