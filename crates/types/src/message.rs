//! Bodies of the PBFT messages that members sign (Castro and Liskov 1999, §4.2 to §4.4, with our deviations).
//!
//! Each is signed by one member; [`Signed`] names it. The chain id is in every signature's prefix.

use carechain_crypto::{BlockId, Digest, Purpose, Signature, StateRoot, hash};
use serde::{Deserialize, Serialize};

use crate::block::Header;
use crate::bounded::BoundedVec;
use crate::certificate::Certificate;
use crate::codec::encode;
use crate::limits::{BLOCK_TRANSACTIONS_MAX, PREPARED_MAX, REPLICAS_MAX};
use crate::numbers::{Epoch, Height, ReplicaId, View};
use crate::signed::SignedBody;
use crate::time::Time;

/// A body with the member that signed it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Signed<B> {
    /// Who signed: index in the epoch's membership.
    pub member: ReplicaId,
    /// What was signed.
    pub body: B,
    /// The member's signature.
    pub signature: Signature,
}

/// A member's message names its epoch, so that a vote of one membership never counts in another.
pub trait MemberBody: SignedBody {
    /// The epoch the message belongs to.
    fn epoch(&self) -> Epoch;

    /// The member the body itself names, where it does.
    fn named_member(&self) -> Option<ReplicaId> {
        None
    }

    /// The certificate inside the body, which is checked with it.
    fn nested_certificate(&self) -> Option<&Certificate> {
        None
    }
}

/// The primary's proposal. Counts for nothing in certificates.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PrePrepare {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// View of this proposal; differs from the header's for a re-proposed block.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block's header.
    pub header: Header,
    /// Transaction leaf digests, in order.
    pub leaves: BoundedVec<Digest, BLOCK_TRANSACTIONS_MAX>,
}

/// A vote: the sender executed the block and accepts it at this height in this view.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Prepare {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// View of the vote.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block.
    pub block_id: BlockId,
}

/// A vote: the sender holds the prepared certificate, and so for every ancestor.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Commit {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// View of the vote.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block.
    pub block_id: BlockId,
}

/// One prepared block that a VIEW-CHANGE reports.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Prepared {
    /// Header of the block.
    pub header: Header,
    /// View of the prepared certificate.
    pub view: View,
    /// Digest of the prepared certificate, which the sender serves.
    pub certificate_digest: Digest,
}

/// The sender leaves all views below `view` and says what it holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ViewChange {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// The sender.
    pub member: ReplicaId,
    /// The view it wants to enter.
    pub view: View,
    /// Commit certificate of its highest committed block; absent for block 0 only.
    pub committed: Option<Certificate>,
    /// For every height above it that is prepared, the certificate of highest view, ascending by height.
    pub prepared: BoundedVec<Prepared, PREPARED_MAX>,
}

impl ViewChange {
    /// Digest by which a NEW-VIEW names it: BLAKE3 of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        hash(&encode(self))
    }
}

/// The new primary's choice: which VIEW-CHANGEs it counted and what it re-proposes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NewView {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// The view that starts.
    pub view: View,
    /// Exactly q VIEW-CHANGEs by member and digest, ascending by member.
    pub view_changes: BoundedVec<(ReplicaId, Digest), REPLICAS_MAX>,
    /// The blocks re-proposed above the chosen committed block, in height order.
    pub blocks: BoundedVec<BlockId, PREPARED_MAX>,
}

impl NewView {
    /// Digest by which two of them are told apart: BLAKE3 of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        hash(&encode(self))
    }
}

/// A signed head: where the sender stands, and when.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Head {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// The sender.
    pub member: ReplicaId,
    /// The view it is in or has sent VIEW-CHANGE for.
    pub view: View,
    /// Its committed height.
    pub height: Height,
    /// The block at that height.
    pub block_id: BlockId,
    /// Greatest height with an own COMMIT not dropped by a NEW-VIEW accepted since; at least `height`.
    pub voted: Height,
    /// The sender's clock.
    pub time: Time,
}

/// The block is applied and durable at the sender, detached parts included.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Checkpoint {
    /// Epoch of the membership.
    pub epoch: Epoch,
    /// The sender.
    pub member: ReplicaId,
    /// Height of the block.
    pub height: Height,
    /// The block.
    pub block_id: BlockId,
    /// State after it.
    pub state_root: StateRoot,
}

macro_rules! member_body {
    ($($name:ident $purpose:ident $(named $member:ident)? $(nested $certificate:ident)?;)*) => {$(
        impl SignedBody for $name {
            const PURPOSE: Purpose = Purpose::$purpose;
        }

        impl MemberBody for $name {
            fn epoch(&self) -> Epoch {
                self.epoch
            }

            $(fn named_member(&self) -> Option<ReplicaId> {
                Some(self.$member)
            })?

            $(fn nested_certificate(&self) -> Option<&Certificate> {
                self.$certificate.as_ref()
            })?
        }
    )*};
}

member_body! {
    PrePrepare PrePrepare;
    Prepare Prepare;
    Commit Commit;
    ViewChange ViewChange named member nested committed;
    NewView NewView;
    Head Head named member;
    Checkpoint Checkpoint named member;
}
