//! Whether a transaction may stand in a block: everything else is a recorded outcome.

use carechain_crypto::{Salt, SigningPublicKey, TransactionId};
use carechain_types::limits::{PART_BYTES_MAX, TRANSACTION_BYTES_MAX};
use carechain_types::{Party, TRANSACTION_VERSION, Time, Transaction, Verified, encode, parameter};

use crate::actor::Actor;
use crate::block_context::BlockContext;
use crate::seen::{expiry_in_rule, transaction_digest};
use crate::standing;
use crate::state_reader::{StateFailure, StateReader};

/// Why a transaction may not stand in a block. A client corrects it; a block that holds one is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotIncludable {
    /// Another layout.
    #[error("transaction version {version} is not {TRANSACTION_VERSION}")]
    Version {
        /// The version stated.
        version: u16,
    },
    /// A part is shorter than its salt or longer than allowed.
    #[error("detached part of {bytes} bytes is outside {} to {PART_BYTES_MAX}", Salt::LENGTH)]
    Part {
        /// Bytes of the first such part.
        bytes: u32,
    },
    /// Too long with its parts.
    #[error("transaction of {bytes} bytes with its parts, at most {bytes_max}")]
    Bytes {
        /// Its bytes.
        bytes: usize,
        /// Bytes the ledger allows.
        bytes_max: usize,
    },
    /// Not block time < expiry ≤ block time + 10 min.
    #[error("expiry {expiry:?} does not fit block time {block_time:?}")]
    Expiry {
        /// The expiry stated.
        expiry: Time,
        /// Time of the block.
        block_time: Time,
    },
    /// It stands in an earlier block.
    #[error("transaction {id:?} was included before")]
    Seen {
        /// Its id.
        id: TransactionId,
    },
    /// The key is not the sender's, or not in force.
    #[error("{key:?} is no key of {sender} in force")]
    NotEnrolled {
        /// The sender stated.
        sender: Party,
        /// The key that signed.
        key: SigningPublicKey,
    },
}

/// Whether the transaction may stand in the block, given the state of its parent. A block is valid in this respect if
/// every transaction is includable and no id stands twice.
///
/// # Errors
/// The outer one is fatal, see [`StateFailure`]; the inner one says what is wrong with the transaction.
pub fn includable(
    parent_state: &impl StateReader,
    context: &BlockContext<'_>,
    transaction: &Verified<Transaction>,
) -> Result<Result<(), NotIncludable>, StateFailure> {
    let body = &transaction.body;
    let ledger_bytes_max = standing::parameter(parent_state, parameter::TRANSACTION_BYTES_MAX)?;
    if let Err(reason) = check_envelope(context, transaction, ledger_bytes_max) {
        return Ok(Err(reason));
    }
    let id = body.id(&context.chain_id);
    if parent_state.seen(&transaction_digest(&id))? {
        return Ok(Err(NotIncludable::Seen { id }));
    }
    let actor = Actor::enrolled(parent_state, &body.sender, &body.sender_key, context.time)?;
    let not_enrolled = NotIncludable::NotEnrolled { sender: body.sender, key: body.sender_key };
    Ok(actor.map(|_| ()).ok_or(not_enrolled))
}

fn check_envelope(
    context: &BlockContext<'_>,
    transaction: &Transaction,
    ledger_bytes_max: Option<u64>,
) -> Result<(), NotIncludable> {
    let body = &transaction.body;
    if body.version != TRANSACTION_VERSION {
        return Err(NotIncludable::Version { version: body.version });
    }
    if !expiry_in_rule(body.expiry_time, context.time) {
        return Err(NotIncludable::Expiry { expiry: body.expiry_time, block_time: context.time });
    }
    let part_bytes = Salt::LENGTH..=PART_BYTES_MAX;
    if let Some(part) = body.parts.iter().find(|part| !part_bytes.contains(&(part.bytes as usize))) {
        return Err(NotIncludable::Part { bytes: part.bytes });
    }
    let ledger_bytes_max = ledger_bytes_max.and_then(|bytes| usize::try_from(bytes).ok());
    let bytes_max = ledger_bytes_max.unwrap_or(TRANSACTION_BYTES_MAX).min(TRANSACTION_BYTES_MAX);
    let bytes = encode(transaction).len() + body.parts_bytes();
    if bytes > bytes_max { Err(NotIncludable::Bytes { bytes, bytes_max }) } else { Ok(()) }
}
