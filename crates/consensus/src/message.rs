//! What replicas send each other: signed messages, and unsigned fetches with their answers.
//!
//! Nothing unsigned is believed: an answer holds signed messages and certificates, or leaves that a certified header
//! binds. [`Message::verify`] is the border.

use std::sync::Arc;

use carechain_crypto::{BlockId, Digest};
use carechain_types::limits::BLOCK_TRANSACTIONS_MAX;
use carechain_types::{
    BoundedVec, Certificate, CertificateKey, Commit, Head, Height, Membership, NewView, PrePrepare, Prepare,
    Rejection, ReplicaId, SignatureScheme, Signed, Verified, Verifier, View, ViewChange,
};
use serde::{Deserialize, Serialize};

/// Leaf digests of a block's transactions, in order.
pub type Leaves = BoundedVec<Digest, BLOCK_TRANSACTIONS_MAX>;

/// Leaf digests shared between replica and engine without copies.
pub type SharedLeaves = Arc<Leaves>;

/// What travels between replicas.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Message {
    /// The primary's proposal.
    PrePrepare(Signed<PrePrepare>),
    /// A first vote.
    Prepare(Signed<Prepare>),
    /// A second vote.
    Commit(Signed<Commit>),
    /// The sender leaves its view; also the answer to a fetch of one.
    ViewChange(Signed<ViewChange>),
    /// A view starts; also the answer to a fetch of one.
    NewView(Signed<NewView>),
    /// Where the sender stands.
    Head(Signed<Head>),
    /// A certificate somebody needs; asked for or not.
    Certificate(Certificate),
    /// The leaves of a block, asked for.
    Leaves {
        /// The block, whose header the receiver holds.
        block_id: BlockId,
        /// Its leaf digests.
        leaves: Leaves,
    },
    /// Please send me this.
    Fetch(Wanted),
}

/// What one replica asks another for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Wanted {
    /// Any certificate with this key.
    Certificate(CertificateKey),
    /// A commit certificate of this height, of any view.
    Committed(Height),
    /// This VIEW-CHANGE: exactly the one with the digest.
    ViewChange {
        /// Its sender.
        member: ReplicaId,
        /// Its view.
        view: View,
        /// Its digest.
        digest: Digest,
    },
    /// The NEW-VIEW of this view.
    NewView(View),
    /// The leaves of this block.
    Leaves(BlockId),
}

/// A [`Message`] after the border: everything signed in it was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VerifiedMessage {
    /// The primary's proposal.
    PrePrepare(Verified<Signed<PrePrepare>>),
    /// A first vote.
    Prepare(Verified<Signed<Prepare>>),
    /// A second vote.
    Commit(Verified<Signed<Commit>>),
    /// The sender leaves its view.
    ViewChange(Verified<Signed<ViewChange>>),
    /// A view starts.
    NewView(Verified<Signed<NewView>>),
    /// Where the sender stands.
    Head(Verified<Signed<Head>>),
    /// A certificate.
    Certificate(Verified<Certificate>),
    /// The leaves of a block; checked against its header by the replica.
    Leaves {
        /// The block.
        block_id: BlockId,
        /// Its leaf digests.
        leaves: Leaves,
    },
    /// Please send me this.
    Fetch(Wanted),
}

impl Message {
    /// Checks every signature in it, nested certificates included.
    ///
    /// # Errors
    /// What is wrong: count it against the peer and drop the message.
    pub fn verify<S: SignatureScheme>(
        self,
        verifier: &Verifier<S>,
        membership: &Membership,
    ) -> Result<VerifiedMessage, Rejection> {
        Ok(match self {
            Self::PrePrepare(signed) => VerifiedMessage::PrePrepare(verifier.member(membership, signed)?),
            Self::Prepare(signed) => VerifiedMessage::Prepare(verifier.member(membership, signed)?),
            Self::Commit(signed) => VerifiedMessage::Commit(verifier.member(membership, signed)?),
            Self::ViewChange(signed) => VerifiedMessage::ViewChange(verifier.member(membership, signed)?),
            Self::NewView(signed) => VerifiedMessage::NewView(verifier.member(membership, signed)?),
            Self::Head(signed) => VerifiedMessage::Head(verifier.member(membership, signed)?),
            Self::Certificate(certificate) => {
                VerifiedMessage::Certificate(verifier.certificate(membership, certificate)?)
            }
            Self::Leaves { block_id, leaves } => VerifiedMessage::Leaves { block_id, leaves },
            Self::Fetch(wanted) => VerifiedMessage::Fetch(wanted),
        })
    }
}
