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
    let mut seen = BTreeSet::from([transaction_digest(&body.id(&context.chain_id))]);
    if body.kind == TransactionKind::Read.number()
        && let Ok(PublicPart::Read(part)) = PublicPart::decode(body.kind, &body.public_part)
        && genuine_wrap(context, scheme, &body.sender, &part)
    {
        seen.insert(request_digest(context, &part));
    }
    seen
}

/// Whether the request is its signer's, for this gateway and this time.
pub(crate) fn genuine_wrap(
    context: &BlockContext<'_>,
    scheme: &impl SignatureScheme,
    sender: &Party,
    part: &ReadPart,
) -> bool {
    *sender == Party::Hospital(part.request.gateway)
        && expiry_in_rule(part.request.expiry, context.time)
        && Verifier::new(scheme, context.chain_id).read_part(part)
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
