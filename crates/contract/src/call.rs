//! One call of a rule: the state, the block, the transaction and its sender.

use std::collections::BTreeSet;

use carechain_crypto::{Digest, TransactionId};
use carechain_types::{Stamp, Time, TransactionBody};

use crate::actor::Actor;
use crate::block_context::BlockContext;
use crate::parts::Parts;

/// What every rule receives.
pub(crate) struct Call<'a, R, S> {
    /// State before this transaction.
    pub(crate) state: &'a R,
    /// The block.
    pub(crate) context: &'a BlockContext<'a>,
    /// How inner signatures are checked.
    pub(crate) scheme: &'a S,
    /// What it adds to the seen set: a read request's digest only if the wrap is genuine.
    pub(crate) seen: &'a BTreeSet<Digest>,
    /// The transaction's id.
    pub(crate) transaction_id: TransactionId,
    /// The transaction.
    pub(crate) body: &'a TransactionBody,
    /// Its sender, enrolled, with the key in force.
    pub(crate) actor: Actor,
}

impl<R, S> Call<'_, R, S> {
    /// Time of the block.
    pub(crate) const fn now(&self) -> Time {
        self.context.time
    }

    /// Stamp of what this transaction writes.
    pub(crate) const fn stamp(&self) -> Stamp {
        Stamp::new(self.transaction_id, self.context.height)
    }

    /// The transaction's detached parts, none taken so far.
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts::new(&self.body.parts)
    }
}
