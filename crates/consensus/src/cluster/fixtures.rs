//! Members, block 0 and signatures by keyed hash.

use carechain_crypto::{
    BlockId, ChainId, Digest, HospitalId, KEM_X25519, Signature, SigningPublicKey, StateRoot, hash_parts,
};
use carechain_types::{
    BoundedString, BoundedVec, Endpoints, Epoch, Header, Height, KeyUse, Member, Membership, NodeSigner,
    NonEmptyVec, PROTOCOL_VERSION, ReplicaId, SealingKey, SignatureScheme, Time, View, tree,
};

use crate::config::{Config, Timeouts, Window};

/// The chain of all tests.
pub(crate) const GENESIS: ChainId = ChainId::new([7; 32]);

/// Keyed-hash signatures: the public key is the key, so only tests that do not forge may use them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oracle;

fn keyed(key: &SigningPublicKey, bytes: &[u8]) -> Signature {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(hash_parts(&[key.as_slice(), &[0], bytes]).as_slice());
    signature[32..].copy_from_slice(hash_parts(&[key.as_slice(), &[1], bytes]).as_slice());
    Signature::new(signature)
}

impl SignatureScheme for Oracle {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        keyed(key, bytes) == *signature
    }
}

struct OracleSigner(SigningPublicKey);

impl NodeSigner for OracleSigner {
    fn public_key(&self) -> SigningPublicKey {
        self.0
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        keyed(&self.0, bytes)
    }
}

fn key(member: u16) -> SigningPublicKey {
    SigningPublicKey::new([u8::try_from(member).unwrap_or(u8::MAX); 32])
}

pub(crate) fn signer(member: u16) -> Box<dyn NodeSigner + Send> {
    Box::new(OracleSigner(key(member)))
}

fn sealing_key() -> SealingKey {
    SealingKey { key_use: KeyUse::Ordinary, kem: KEM_X25519, bytes: BoundedVec::empty() }
}

pub(crate) fn membership(members: u16) -> Membership {
    let member = |index| Member {
        hospital: HospitalId::ZERO,
        weight: 1,
        node_key: key(index),
        sealing_key: sealing_key(),
        endpoints: Endpoints { votes: BoundedString::default(), bulk: BoundedString::default() },
    };
    let members = NonEmptyVec::new((0..members).map(member).collect()).expect("few members");
    Membership { epoch: Epoch::ZERO, protocol: PROTOCOL_VERSION, index_key: sealing_key(), members }
}

pub(crate) fn genesis() -> Header {
    Header {
        protocol: PROTOCOL_VERSION,
        chain_id: GENESIS,
        epoch: Epoch::ZERO,
        height: Height::ZERO,
        view: View::ZERO,
        primary: ReplicaId::new(0),
        parent: BlockId::ZERO,
        time: Time::ZERO,
        transaction_count: 0,
        transactions_root: tree::root(&[]),
        outcomes_root: Digest::ZERO,
        state_root: StateRoot::ZERO,
        next_membership: None,
    }
}

pub(crate) fn config(members: u16, own: u16, window: u16) -> Config {
    Config {
        chain_id: GENESIS,
        genesis: genesis().id(),
        membership: membership(members),
        own: ReplicaId::new(own),
        window: Window::of_test(window),
        timeouts: Timeouts::default(),
        #[cfg(feature = "planted-bugs")]
        planted_bug: None,
    }
}
