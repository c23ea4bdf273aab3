//! What documents that only watch count, and what is given back of all that was taken for a call.

use super::{Case, Gate, Pass, name};
use crate::policy::counters::{Receipt, Reserved};
use crate::policy::policies::{Decision, Policies};

impl Gate {
    /// Counts for documents that only watch, each limit for itself: one that is reached is told and noted, and holds
    /// nothing back.
    pub(super) fn watched(
        &self,
        case: &Case,
        decision: &mut Decision,
        policies: &Policies,
        tell: &dyn Fn(String),
    ) -> Vec<Receipt> {
        let (mut taken, mut reached) = (Vec::new(), Vec::new());
        for (at, due) in &decision.dues {
            let Some(loaded) = policies.documents.get(*at).filter(|it| it.document.is_shadow) else {
                continue;
            };
            let said = match self.counters.reserve(&[due], self.milliseconds()) {
                Ok(Reserved::Taken(receipt)) => {
                    taken.push(receipt);
                    continue;
                }
                Ok(Reserved::Full { .. }) => "it would be at its limit",
                Err(_) => "it would close, for what was counted cannot be read or written",
            };
            let (file, name) = (&loaded.file, name(case.asked.operation));
            tell(format!("the policy {file} only watches: {said} with {name} ({})", due.pointer));
            reached.push((*at, due.pointer.clone()));
        }
        decision.reached = reached;
        taken
    }

    /// Gives back what a call took that provably did not run.
    pub fn settle(&self, pass: Pass, did_run: bool, tell: &dyn Fn(String)) {
        for receipt in pass.taken.into_iter().filter(|_| !did_run) {
            if let Err(error) = self.counters.give_back(&receipt) {
                tell(format!("what this call took of a limit could not be given back ({error})"));
            }
        }
    }
}
