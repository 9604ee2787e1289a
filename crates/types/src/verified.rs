//! `Verified<T>`: what a signature check has let through; only a [`Verifier`] and signing itself make one.

use core::ops::Deref;

use carechain_crypto::{ChainId, Signature, SigningPublicKey, verify_strict};

use crate::certificate::{Certificate, Phase};
use crate::membership::Membership;
use crate::message::{Commit, MemberBody, Prepare, Signed};
use crate::numbers::ReplicaId;
use crate::public_part::ReadPart;
use crate::read_request::ReadRequest;
use crate::receipt::Receipt;
use crate::signed::{NodeSigner, SignedBody};
use crate::transaction::{Submission, Transaction};

/// A value whose signatures, nested ones included, were checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl Verified<Submission> {
    /// The transaction without its parts; its signature was checked with them.
    #[must_use]
    pub fn to_transaction(&self) -> Verified<Transaction> {
        Verified(self.0.transaction.clone())
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Why bytes of a peer or client are not believed: name the sender, count it, go on.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// The signature does not verify under the stated key.
    #[error("the signature does not verify under {key:?}")]
    Signature {
        /// The stated key.
        key: SigningPublicKey,
    },
    /// No such member in this epoch.
    #[error("{member} is no member of epoch {epoch}")]
    NoMember {
        /// The stated member.
        member: ReplicaId,
        /// The epoch of the membership at hand.
        epoch: u64,
    },
    /// The message belongs to another epoch.
    #[error("epoch {got} where epoch {expected} is at hand")]
    Epoch {
        /// The epoch of the membership at hand.
        expected: u64,
        /// The epoch of the message.
        got: u64,
    },
    /// The frame names one member, the body another.
    #[error("signed by member {signer} in the name of member {named}")]
    WrongName {
        /// Who signed.
        signer: ReplicaId,
        /// Whom the body names.
        named: ReplicaId,
    },
    /// A certificate has not exactly q votes, ascending and distinct, of the right phase.
    #[error("{votes} votes are no certificate where {quorum} are needed, ascending")]
    Certificate {
        /// Votes in it.
        votes: usize,
        /// Votes needed.
        quorum: usize,
    },
    /// Number, length or digest of a detached part is not what the body says.
    #[error("the detached parts are not those of the transaction")]
    Parts,
    /// A receipt's path does not fit its index and count.
    #[error("the receipt's path does not lead to a root")]
    ReceiptPath,
}

/// How signatures are checked: Ed25519, or the simulator's oracle.
pub trait SignatureScheme {
    /// Whether `signature` over `bytes` verifies under `key`.
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool;
}

impl<S: SignatureScheme> SignatureScheme for &S {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        S::verify(self, key, bytes, signature)
    }
}

/// Ed25519 by the strict rule, everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519;

impl SignatureScheme for Ed25519 {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        verify_strict(key, bytes, signature)
    }
}

/// Checks signatures for one ledger.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<S> {
    scheme: S,
    chain_id: ChainId,
}

impl<S: SignatureScheme> Verifier<S> {
    /// For one ledger.
    #[must_use]
    pub const fn new(scheme: S, chain_id: ChainId) -> Self {
        Self { scheme, chain_id }
    }

    /// The ledger.
    #[must_use]
    pub const fn chain_id(&self) -> &ChainId {
        &self.chain_id
    }

    /// Checks one body's signature under a key.
    pub fn body<B: SignedBody>(
        &self,
        key: &SigningPublicKey,
        body: &B,
        signature: &Signature,
    ) -> Result<(), Rejection> {
        if self.scheme.verify(key, &body.signing_bytes(&self.chain_id), signature) {
            Ok(())
        } else {
            Err(Rejection::Signature { key: *key })
        }
    }

    /// A transaction signed by the key it states; whether that key is enrolled is for the state to say.
    pub fn transaction(&self, transaction: Transaction) -> Result<Verified<Transaction>, Rejection> {
        self.body(&transaction.body.sender_key, &transaction.body, &transaction.signature)?;
        Ok(Verified(transaction))
    }

    /// A transaction with exactly the detached parts it names.
    pub fn submission(&self, submission: Submission) -> Result<Verified<Submission>, Rejection> {
        if !submission.parts_match() {
            return Err(Rejection::Parts);
        }
        let transaction = &submission.transaction;
        self.body(&transaction.body.sender_key, &transaction.body, &transaction.signature)?;
        Ok(Verified(submission))
    }

    /// A member's message, the certificate inside it included.
    pub fn member<B: MemberBody>(
        &self,
        membership: &Membership,
        message: Signed<B>,
    ) -> Result<Verified<Signed<B>>, Rejection> {
        let (expected, got) = (membership.epoch, message.body.epoch());
        if expected != got {
            return Err(Rejection::Epoch { expected: expected.get(), got: got.get() });
        }
        if let Some(named) = message.body.named_member()
            && named != message.member
        {
            return Err(Rejection::WrongName { signer: message.member, named });
        }
        let member = membership
            .member(message.member)
            .ok_or(Rejection::NoMember { member: message.member, epoch: expected.get() })?;
        self.body(&member.node_key, &message.body, &message.signature)?;
        if let Some(certificate) = message.body.nested_certificate() {
            self.check_certificate(membership, certificate)?;
        }
        Ok(Verified(message))
    }

    /// A certificate with exactly q valid votes.
    pub fn certificate(
        &self,
        membership: &Membership,
        certificate: Certificate,
    ) -> Result<Verified<Certificate>, Rejection> {
        self.check_certificate(membership, &certificate)?;
        Ok(Verified(certificate))
    }

    fn check_certificate(&self, membership: &Membership, certificate: &Certificate) -> Result<(), Rejection> {
        let (expected, got) = (membership.epoch, certificate.epoch);
        if expected != got {
            return Err(Rejection::Epoch { expected: expected.get(), got: got.get() });
        }
        let quorum = membership.quorum().size();
        let ascending = certificate.votes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if certificate.votes.len() != quorum || !ascending {
            return Err(Rejection::Certificate { votes: certificate.votes.len(), quorum });
        }
        // The votes share one body; only the signatures differ.
        let bytes = vote_bytes(certificate, &self.chain_id);
        for (replica, signature) in &certificate.votes {
            let member = membership
                .member(*replica)
                .ok_or(Rejection::NoMember { member: *replica, epoch: expected.get() })?;
            if !self.scheme.verify(&member.node_key, &bytes, signature) {
                return Err(Rejection::Signature { key: member.node_key });
            }
        }
        Ok(())
    }

    /// A receipt signed by the node key it states; whether that is the hospital's is for the state to say.
    pub fn receipt(&self, receipt: &Receipt) -> Result<(), Rejection> {
        let root = receipt.root().ok_or(Rejection::ReceiptPath)?;
        self.body(&receipt.leaf.node_key, &root, &receipt.signature)
    }

    /// Whether the reader's signature inside a gateway's wrap verifies under the key the request states.
    #[must_use]
    pub fn read_part(&self, part: &ReadPart) -> bool {
        self.body::<ReadRequest>(&part.request.reader_key, &part.request, &part.signature).is_ok()
    }
}

fn vote_bytes(certificate: &Certificate, chain_id: &ChainId) -> Vec<u8> {
    let Certificate { epoch, view, height, block_id, .. } = *certificate;
    match certificate.phase {
        Phase::Prepare => Prepare { epoch, view, height, block_id }.signing_bytes(chain_id),
        Phase::Commit => Commit { epoch, view, height, block_id }.signing_bytes(chain_id),
    }
}

/// Signs a body as a member; what one signs oneself needs no check.
pub fn sign_as_member<B: MemberBody>(
    signer: &impl NodeSigner,
    chain_id: &ChainId,
    member: ReplicaId,
    body: B,
) -> Verified<Signed<B>> {
    let signature = signer.sign(chain_id, &body);
    Verified(Signed { member, body, signature })
}

/// A body that certificates are made of.
pub trait Vote: MemberBody + Copy {
    /// The certificate that q of these make, without its votes.
    fn certified(&self) -> Certificate;
}

impl Vote for Prepare {
    fn certified(&self) -> Certificate {
        let Self { epoch, view, height, block_id } = *self;
        Certificate { phase: Phase::Prepare, epoch, view, height, block_id, votes: Default::default() }
    }
}

impl Vote for Commit {
    fn certified(&self) -> Certificate {
        let Self { epoch, view, height, block_id } = *self;
        Certificate { phase: Phase::Commit, epoch, view, height, block_id, votes: Default::default() }
    }
}

/// The certificate of exactly `quorum` equal votes of distinct members, the lowest members first; `None` if there are
/// fewer.
pub fn certificate_of<'a, V: Vote + 'a>(
    votes: impl IntoIterator<Item = &'a Verified<Signed<V>>>,
    quorum: usize,
) -> Option<Verified<Certificate>> {
    let mut certificate: Option<Certificate> = None;
    let mut signatures = std::collections::BTreeMap::new();
    for vote in votes {
        let certified = vote.body.certified();
        match &certificate {
            Some(first) if first.key() != certified.key() => continue,
            Some(_) => {}
            None => certificate = Some(certified),
        }
        signatures.insert(vote.member, vote.signature);
    }
    let mut certificate = certificate?;
    if signatures.len() < quorum {
        return None;
    }
    for vote in signatures.into_iter().take(quorum) {
        certificate.votes.push(vote).ok()?;
    }
    Some(Verified(certificate))
}
