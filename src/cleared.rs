//! An operation that may be sent: there is no other way to a server. The pipeline clears what it has checked; four
//! other reasons have a name of their own, and tests/it/layers.rs holds who may give which. Whether it reads or
//! writes is told by the table of methods and by nothing that came from a server.

use crate::caller::Road;
use crate::context::TOKEN_KEY;
use crate::error::{Code, Error, Result};
use crate::operation::{Access, Operation};
use crate::secret::Secret;

/// An operation that may be sent.
#[derive(Debug)]
pub struct Cleared {
    operation: Operation,
    access: Access,
    road: Road,
}

impl Cleared {
    /// Checked by the pipeline.
    pub fn checked(operation: Operation) -> Cleared {
        Cleared { access: operation.access(), operation, road: Road::default() }
    }

    /// A question of the program's own.
    ///
    /// # Errors
    /// It is none: its method may change something.
    pub fn question(operation: Operation) -> Result<Cleared> {
        match operation.access() {
            Access::Read => Ok(Cleared { access: Access::Read, operation, road: Road::default() }),
            Access::Write => Err(Error::new(
                Code::Internal,
                format!("{}/{} is no question: it was not sent", operation.model, operation.method),
            )),
        }
    }

    /// What is asked with somebody else's key to know whose it is.
    ///
    /// # Errors
    /// It is no question.
    pub fn confirming(operation: Operation) -> Result<Cleared> {
        Self::question(operation)
    }

    /// The minting of a token, with an approver's key.
    pub fn minting(operation: Operation) -> Cleared {
        Cleared { access: Access::Write, operation, road: Road::default() }
    }

    /// A question to the guard about the agent's requests, or taking one back.
    pub fn about_requests(operation: Operation) -> Cleared {
        let is_question = operation.access() == Access::Read
            || matches!(operation.method.as_str(), "request_manifest" | "request_status");
        let access = if is_question { Access::Read } else { Access::Write };
        Cleared { access, operation, road: Road::default() }
    }

    /// What a sound guard refuses, tried on purpose and exactly as given.
    pub fn probing(operation: Operation) -> Cleared {
        Cleared { access: Access::Write, operation, road: Road::default() }
    }

    /// The same, byte for byte, with a person's token in its context.
    pub fn with_token(&self, token: &Secret) -> Cleared {
        let mut operation = self.operation.clone();
        operation.context.insert(TOKEN_KEY.into(), token.expose().into());
        Cleared { operation, access: self.access, road: self.road.clone() }
    }

    /// The same, having come this way.
    pub fn by(self, road: &Road) -> Cleared {
        Cleared { road: road.clone(), ..self }
    }

    /// The same, let through by a person.
    pub fn approved(&self) -> Cleared {
        let road = Road { is_approved: true, ..self.road.clone() };
        Cleared { operation: self.operation.clone(), access: self.access, road }
    }

    /// How it came here.
    pub fn road(&self) -> &Road {
        &self.road
    }

    /// What is sent.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Read or write.
    pub fn access(&self) -> Access {
        self.access
    }

    /// `res.partner/write`, for messages.
    pub fn name(&self) -> String {
        format!("{}/{}", self.operation.model, self.operation.method)
    }
}
