//! The founding of the test ledger.

use carechain_types::{
    BoundedBytes, BoundedString, BoundedVec, Endpoints, Genesis, GenesisHospital, Parameters, Party,
    SearchPolicy, Span, Time, hospital_id,
};

use super::{Hand, Hospital, Scheme, Sender};

/// How many hospitals: one of them may be faulty, two receipts are required.
const HOSPITALS: usize = 4;

/// A full hour, so that nothing crosses an hour by accident.
const CREATED: Time = Time::from_micros(1_760_400_000_000_000);

pub(super) fn genesis(scheme: Scheme) -> (Genesis, Vec<Hospital>) {
    let (founders, hospitals): (Vec<_>, Vec<_>) =
        (0..HOSPITALS as u64).map(|index| founder(scheme, index)).unzip();
    let genesis = Genesis {
        created: CREATED,
        name: BoundedString::new("test").unwrap(),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1_024 * 1_024,
            block_bytes_max: 4 * 1_024 * 1_024,
        },
        index_key: Hand::new(scheme, 1_000_000).sealing,
        hospitals: BoundedVec::new(founders).unwrap(),
    };
    genesis.check().unwrap();
    (genesis, hospitals)
}

fn founder(scheme: Scheme, index: u64) -> (GenesisHospital, Hospital) {
    let node = Hand::new(scheme, 2_000_000 + index);
    let registrar = Hand::new(scheme, 3_000_000 + index);
    let governance_keys = BoundedVec::new(vec![Hand::new(scheme, 4_000_000 + index).public()]).unwrap();
    let name = BoundedString::new(format!("hospital {index}")).unwrap();
    let id = hospital_id(&name, 1, &governance_keys);
    let endpoint = || BoundedString::new(format!("hospital-{index}:1")).unwrap();
    let founder = GenesisHospital {
        id,
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: node.public(),
        node_sealing_key: node.sealing.clone(),
        endpoints: Endpoints { votes: endpoint(), bulk: endpoint() },
        registrar_keys: BoundedVec::new(vec![registrar.public()]).unwrap(),
        index_key_share: BoundedBytes::empty(),
    };
    let sender = |hand| Sender { party: Party::Hospital(id), hand };
    (founder, Hospital { id, node: sender(node), registrar: sender(registrar) })
}
