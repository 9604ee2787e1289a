//! Execution of one transaction.

use carechain_types::{
    BoundedVec, Outcome, PublicPart, PublicPartError, Refusal, SignatureScheme, Transaction, Verified,
};

use crate::actor::Actor;
use crate::block_context::BlockContext;
use crate::call::Call;
use crate::changes::Changes;
use crate::effect::{Effect, Stop};
use crate::rules;
use crate::seen::digests_of;
use crate::state_reader::{StateFailure, StateReader};

/// What executing one transaction gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Execution {
    /// A leaf of the block's outcomes tree.
    pub outcome: Outcome,
    /// What it writes and what counts as seen.
    pub changes: Changes,
}

/// Executes an includable transaction on the state that its block's earlier transactions left.
///
/// `scheme` checks the signatures inside it (receipts, read request, possession); a scheme that remembers what it
/// verified saves a second check when a block is first tried and then voted on.
///
/// # Errors
/// Fatal, see [`StateFailure`]; every refusal is an outcome.
pub fn apply<S: SignatureScheme>(
    state: &impl StateReader,
    context: &BlockContext<'_>,
    scheme: &S,
    transaction: &Verified<Transaction>,
) -> Result<Execution, StateFailure> {
    let body = &transaction.body;
    let transaction_id = body.id(&context.chain_id);
    let part = PublicPart::decode(body.kind, &body.public_part);
    let seen = digests_of(context, scheme, &transaction_id, &body.sender, part.as_ref().ok());
    let executed = match &part {
        Ok(part) => match Actor::enrolled(state, &body.sender, &body.sender_key, context.time)? {
            Some(actor) => {
                let call = Call { state, context, scheme, seen: &seen, transaction_id, body, actor };
                dispatch(&call, part)
            }
            None => Err(Stop::Refused(Refusal::KeyNotInForce)),
        },
        Err(PublicPartError::UnknownKind { .. }) => Err(Stop::Refused(Refusal::UnknownKind)),
        Err(PublicPartError::Malformed(_)) => Err(Stop::Refused(Refusal::Malformed)),
    };
    let effect = match executed {
        Ok(effect) => effect,
        Err(Stop::Refused(refusal)) => Effect { refusal: Some(refusal), ..Effect::default() },
        Err(Stop::Failed(failure)) => return Err(failure),
    };
    let outcome = Outcome {
        transaction_id,
        code: effect.refusal.map_or(Outcome::DONE, Refusal::code),
        result: BoundedVec::new(effect.result).expect("results are ids and decisions, far below the bound"),
    };
    Ok(Execution { outcome, changes: Changes { writes: effect.writes, seen } })
}

fn dispatch<R: StateReader, S: SignatureScheme>(
    call: &Call<'_, R, S>,
    part: &PublicPart,
) -> Result<Effect, Stop> {
    match part {
        PublicPart::Department(part) => rules::department(call, part),
        PublicPart::Person(part) => rules::person(call, part),
        PublicPart::Suspend(part) => rules::suspend(call, part),
        PublicPart::Publish(part) => rules::publish(call, part),
        PublicPart::Request(part) => rules::request(call, part),
        PublicPart::Grant(part) => rules::grant(call, part),
        PublicPart::Deny(part) => rules::deny(call, part),
        PublicPart::Revoke(part) => rules::revoke(call, part),
        PublicPart::Read(part) => rules::read(call, part),
    }
}
