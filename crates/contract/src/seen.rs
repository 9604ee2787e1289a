//! Which digests a transaction adds to the seen set: computable from blocks alone, so that a joiner needs no state.

use std::collections::BTreeSet;

use carechain_crypto::{Digest, TransactionId};
use carechain_types::limits::TRANSACTION_LIFE_MAX;
use carechain_types::{
    Party, PublicPart, ReadPart, SignatureScheme, Time, Transaction, TransactionKind, Verifier,
};

use crate::block_context::BlockContext;

/// The transaction's id, always; a read request's digest if its signature verifies under the key it states, the sender
/// of the wrap is the gateway it names, and its expiry is in the rule. Whether execution refuses does not matter.
pub fn seen_digests(
    context: &BlockContext<'_>,
    scheme: &impl SignatureScheme,
    transaction: &Transaction,
) -> BTreeSet<Digest> {
    let body = &transaction.body;
    let id = body.id(&context.chain_id);
    let read = TransactionKind::Read.number();
    let part = (body.kind == read).then(|| PublicPart::decode(read, &body.public_part).ok()).flatten();
    digests_of(context, scheme, &id, &body.sender, part.as_ref())
}

/// [`seen_digests`] of a transaction whose id and public part are at hand; no part if it does not decode.
pub(crate) fn digests_of(
    context: &BlockContext<'_>,
    scheme: &impl SignatureScheme,
    id: &TransactionId,
    sender: &Party,
    part: Option<&PublicPart>,
) -> BTreeSet<Digest> {
    let mut seen = BTreeSet::from([transaction_digest(id)]);
    if let Some(PublicPart::Read(part)) = part
        && *sender == Party::Hospital(part.request.gateway)
        && expiry_in_rule(part.request.expiry, context.time)
        && Verifier::new(scheme, context.chain_id).read_part(part)
    {
        seen.insert(request_digest(context, part));
    }
    seen
}

/// Block time < expiry ≤ block time + 10 min.
pub(crate) fn expiry_in_rule(expiry: Time, block_time: Time) -> bool {
    block_time < expiry && expiry <= block_time.after(TRANSACTION_LIFE_MAX)
}

/// A transaction id as it stands in the seen set.
pub(crate) const fn transaction_digest(id: &TransactionId) -> Digest {
    Digest::new(*id.get())
}

/// A request's digest as it stands in the seen set.
pub(crate) fn request_digest(context: &BlockContext<'_>, part: &ReadPart) -> Digest {
    Digest::new(*part.request.digest(&context.chain_id).get())
}
