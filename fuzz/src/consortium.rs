//! Four hospitals, one of whose members lies: what the target of peer messages talks to.
//!
//! Members 0 to 2 are correct: only what they really said passes as theirs. Member 3 can sign anything, and so can every
//! person. That is the adversary of the PBFT paper with f = 1, so nothing it says may stop a correct member.

use std::sync::LazyLock;

use carechain_consensus::{Config, Timeouts, Window};
use carechain_crypto::{SealingKeyPair, Secret, Signature, SigningKeyPair, SigningPublicKey, hash_parts};
use carechain_engine::{Machine, OpenError};
use carechain_ledger::{JournalBinding, JournalStore, Ledger, MemoryBackend};
use carechain_types::{
    BoundedBytes, BoundedString, BoundedVec, Endpoints, Genesis, GenesisHospital, NodeSigner, Parameters,
    ReplicaId, SealingKey, SearchPolicy, SignatureScheme, Span, Time, hospital_id,
};

/// When the adversary starts to talk: a minute after the founding.
pub(crate) const START: Time = Time::from_micros(1_760_400_060_000_000);

/// The member that may say anything.
pub(crate) const LIAR: ReplicaId = ReplicaId::new(3);

static GENESIS: LazyLock<Genesis> = LazyLock::new(found);

/// The genesis of the four.
pub(crate) fn genesis() -> &'static Genesis {
    &GENESIS
}

/// Where one member's promises stand.
pub(crate) fn binding(own: ReplicaId) -> JournalBinding {
    let chain_id = genesis().chain_id();
    JournalBinding { chain_id, node_key: node_key(own) }
}

/// One member's engine over an empty ledger and this journal; an error where the journal is not what it may be.
pub(crate) fn open<J: JournalStore>(
    own: ReplicaId,
    journal: J,
) -> Result<Machine<MemoryBackend, J, Scheme>, OpenError> {
    let genesis = genesis();
    let ledger = Ledger::open(MemoryBackend::new(), genesis).expect("a ledger in memory is founded");
    let config = Config::new(
        genesis.chain_id(),
        ledger.head_id(),
        genesis.membership(),
        own,
        Window::ONE,
        Timeouts::default(),
    );
    Machine::open(config, ledger, journal, Box::new(Hand(node_key(own))), Scheme)
}

/// Believes the correct members what they signed, and everybody else everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scheme;

impl SignatureScheme for Scheme {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        let is_correct = (0..LIAR.get()).any(|member| node_key(ReplicaId::new(member)) == *key);
        !is_correct || keyed_hash(key, bytes) == *signature
    }
}

struct Hand(SigningPublicKey);

impl NodeSigner for Hand {
    fn public_key(&self) -> SigningPublicKey {
        self.0
    }

    fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        keyed_hash(&self.0, bytes)
    }
}

fn keyed_hash(key: &SigningPublicKey, bytes: &[u8]) -> Signature {
    let digest = hash_parts(&[b"a signature of a correct member", key.as_slice(), bytes]);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(digest.as_slice());
    Signature::new(signature)
}

fn node_key(member: ReplicaId) -> SigningPublicKey {
    genesis().hospitals[usize::from(member.get())].node_key
}

fn found() -> Genesis {
    Genesis {
        created: START.before(Span::MINUTE),
        name: text("fuzzed"),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 4 << 20,
        },
        index_key: sealing_key("index", 0),
        hospitals: BoundedVec::new((0..4).map(hospital).collect()).expect("four hospitals"),
    }
}

fn hospital(index: u8) -> GenesisHospital {
    let governance_keys = BoundedVec::new(vec![public("governance", index)]).expect("one key");
    let name = text(&format!("hospital {index}"));
    let endpoint = text(&format!("hospital-{index}:1"));
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: public("node", index),
        node_sealing_key: sealing_key("node", index),
        endpoints: Endpoints { votes: endpoint.clone(), bulk: endpoint },
        registrar_keys: BoundedVec::new(vec![public("registrar", index)]).expect("one key"),
        index_key_share: BoundedBytes::empty(),
    }
}

fn seed(what: &str, index: u8) -> Secret<[u8; 32]> {
    Secret::new(*hash_parts(&[what.as_bytes(), &[index]]).get())
}

fn public(what: &str, index: u8) -> SigningPublicKey {
    SigningKeyPair::from_seed(&seed(what, index)).public()
}

fn sealing_key(what: &str, index: u8) -> SealingKey {
    SealingKey::x25519(SealingKeyPair::from_private(&seed(what, index)).public())
}

fn text<const MAX: usize>(text: &str) -> BoundedString<MAX> {
    BoundedString::new(text).expect("short names")
}
