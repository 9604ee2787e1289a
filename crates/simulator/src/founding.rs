//! What all simulations of one size share: genesis, the founded ledger, keys.

use carechain_crypto::{BlockId, ChainId, SealingKeyPair, Secret, hash_parts};
use carechain_ledger::{Ledger, LedgerError, MemoryBackend};
use carechain_types::{
    BoundedBytes, BoundedString, BoundedVec, Endpoints, Genesis, GenesisHospital, Membership, Parameters,
    SealingKey, SearchPolicy, Span, Time, hospital_id,
};

use crate::limits::ENROLMENTS_MAX;
use crate::oracle::Hand;

/// A full hour, so that nothing crosses an hour by accident.
const CREATED: Time = Time::from_micros(1_760_400_000_000_000);

/// A consortium of some size at the moment of its founding.
#[derive(Debug)]
pub(crate) struct Founding {
    pub(crate) genesis: Genesis,
    pub(crate) chain_id: ChainId,
    pub(crate) membership: Membership,
    /// Id of block 0.
    pub(crate) block_zero: BlockId,
    /// The founded ledger, to be copied.
    pub(crate) backend: MemoryBackend,
    /// Node keys, by member.
    pub(crate) nodes: Vec<Hand>,
    /// One registrar's key a hospital.
    pub(crate) registrars: Vec<Hand>,
    /// Keys of those who are enrolled.
    pub(crate) enrolled: Vec<(Hand, SealingKey)>,
}

impl Founding {
    /// A consortium of `members` hospitals.
    pub(crate) fn new(members: u16) -> Result<Self, LedgerError> {
        let count = u64::from(members);
        let nodes: Vec<_> = (0..count).map(|index| hand("node", index)).collect();
        let registrars: Vec<_> = (0..count).map(|index| hand("registrar", index)).collect();
        let founders = (0..count).map(|index| founder(&nodes, &registrars, index)).collect();
        let genesis = Genesis {
            created: CREATED,
            name: text("simulated"),
            parameters: parameters(),
            index_key: sealing_key("index", 0),
            hospitals: BoundedVec::new(founders).expect("few hospitals"),
        };
        let ledger = Ledger::open(MemoryBackend::new(), &genesis)?;
        let block_zero = ledger.head_id();
        let enrolled = (0..ENROLMENTS_MAX as u64)
            .map(|index| (hand("enrolled", index), sealing_key("enrolled", index)))
            .collect();
        Ok(Self {
            chain_id: genesis.chain_id(),
            membership: genesis.membership(),
            block_zero,
            backend: ledger.into_backend(),
            genesis,
            nodes,
            registrars,
            enrolled,
        })
    }

    /// When a simulation starts.
    pub(crate) const fn start() -> Time {
        CREATED.after(Span::MINUTE)
    }
}

fn parameters() -> Parameters {
    Parameters {
        receipts_required: 2,
        copies: 3,
        search_policy: SearchPolicy::AnyOf,
        default_window: Span::DAY,
        recovery_delay: Span::HOUR.times(72),
        transaction_bytes_max: 1 << 20,
        block_bytes_max: 4 << 20,
    }
}

fn founder(nodes: &[Hand], registrars: &[Hand], index: u64) -> GenesisHospital {
    let place = usize::try_from(index).expect("few hospitals");
    let governance_keys = BoundedVec::new(vec![hand("governance", index).public()]).expect("one key");
    let name = text(&format!("hospital {index}"));
    let endpoint = text(&format!("hospital-{index}:1"));
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: nodes[place].public(),
        node_sealing_key: sealing_key("node", index),
        endpoints: Endpoints { votes: endpoint.clone(), bulk: endpoint },
        registrar_keys: BoundedVec::new(vec![registrars[place].public()]).expect("one key"),
        index_key_share: BoundedBytes::empty(),
    }
}

fn seed(what: &str, index: u64) -> [u8; 32] {
    *hash_parts(&[what.as_bytes(), &index.to_le_bytes()]).get()
}

fn hand(what: &str, index: u64) -> Hand {
    Hand::new(seed(what, index))
}

fn sealing_key(what: &str, index: u64) -> SealingKey {
    SealingKey::x25519(SealingKeyPair::from_private(&Secret::new(seed(what, index))).public())
}

fn text<const MAX: usize>(text: &str) -> BoundedString<MAX> {
    BoundedString::new(text).expect("short names")
}
