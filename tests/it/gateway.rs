//! Reads through gateways: without the file, replayed at another, refused, by the owner; every attempt is audited.

use carechain_client::{Call, CallError, Caller, NodeUrl, SystemRandom, now};
use carechain_crypto::{AddressShown, Nonce, SealingKeyPair};
use carechain_schema::{ErrorCode, Route};
use carechain_types::limits::TRANSACTION_LIFE_DEFAULT;
use carechain_types::{
    AccessPurpose, ByteRange, Genesis, KeyAgent as _, PersonBody, READ_REQUEST_VERSION, ReadRequest, Role,
    SealingKey, SignedReadRequest, encode,
};

use crate::support::{Network, Person, check_same, wait_for};

#[test]
fn a_gateway_without_the_file_brings_it_and_damaged_copies_are_not_what_the_reader_gets() {
    let network = Network::start(5);
    let patient = network.person("patient", 1, Role::Patient);
    let author = network.person("author", 1, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 5_000_000);
    let held = || -> Vec<u64> {
        let count = |node| network.node_status(node)["storage"]["file_count"].as_u64().unwrap();
        (1..=5).map(count).collect()
    };
    let counts = wait_for("the third copy", || Some(held()).filter(|counts| counts.iter().sum::<u64>() == 3));
    let without = counts.iter().position(|count| *count == 0).unwrap() + 1;
    let reader = network.person("reader", without, Role::Doctor);
    let grant = patient.approve(&reader.request(&patient, &ehr), &[]);
    reader.run(&["retrieve", &grant, "--out", "first"]).done();
    check_same(&reader.folder.join("first"), &author.folder.join("study"));
    assert_eq!(held()[without - 1], 0, "the gateway kept nothing");

    // One holder's copy is damaged on disk: the others' bytes come instead.
    let holders: Vec<_> = (1..=5).filter(|node| counts[node - 1] > 0).collect();
    flip_bits(&network, holders[0]);
    reader.run(&["retrieve", &grant, "--out", "second"]).done();
    check_same(&reader.folder.join("second"), &author.folder.join("study"));

    // Two copies flipped, the last one cut short: an error, and nothing written.
    flip_bits(&network, holders[1]);
    truncate(&network, holders[2]);
    reader.run(&["retrieve", &grant, "--out", "third"]).failed(5, "too_few_copies");
    assert!(!reader.folder.join("third").exists());
    let spool = std::fs::read_dir(reader.folder.join("state/reader/spool")).unwrap();
    let left: Vec<_> = spool.map(|child| child.unwrap().file_name()).collect();
    let is_ciphertext = |name: &std::ffi::OsString| name.to_str().unwrap().ends_with(".fetched");
    assert!(
        left.len() <= 1 && left.iter().all(is_ciphertext),
        "only what the next run goes on from: {left:?}"
    );
}

fn packs(network: &Network, node: usize) -> impl Iterator<Item = std::path::PathBuf> {
    let folder = network.path(&format!("node-{node}/data/chunks"));
    let children = std::fs::read_dir(folder).unwrap().map(|child| child.unwrap().path());
    children.filter(|path| path.extension().is_some_and(|extension| extension == "pack"))
}

/// Flips one bit in every 64 KiB of every pack of a node.
fn flip_bits(network: &Network, node: usize) {
    for pack in packs(network, node) {
        let mut bytes = std::fs::read(&pack).unwrap();
        for place in (40_000..bytes.len()).step_by(64 * 1_024) {
            bytes[place] ^= 1;
        }
        // In place: the node has the file open.
        let file = std::fs::OpenOptions::new().write(true).open(&pack).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &bytes, 0).unwrap();
    }
}

/// Leaves a few bytes of every pack of a node.
fn truncate(network: &Network, node: usize) {
    for pack in packs(network, node) {
        std::fs::OpenOptions::new().write(true).open(&pack).unwrap().set_len(100_000).unwrap();
    }
}

/// A signed read request without an address, to be sent as often as one likes.
fn read_request(network: &Network, reader: &Person, gateway: &str, ehr: &str) -> Vec<u8> {
    let genesis = Genesis::from_bytes(&std::fs::read(network.path("genesis.json")).unwrap()).unwrap();
    let keystore = reader.keystore();
    let reply = SealingKeyPair::generate(&mut SystemRandom);
    let request = ReadRequest {
        version: READ_REQUEST_VERSION,
        gateway: gateway.parse().unwrap(),
        reader: reader.id.parse().unwrap(),
        reader_key: keystore.public_keys().signing,
        reply_key: SealingKey::x25519(reply.public()),
        on_behalf_of: None,
        ehr_id: ehr.parse().unwrap(),
        grant: None,
        purpose: AccessPurpose::Treatment,
        range: ByteRange { start: 0, end: 1 },
        salt: Nonce::new(SystemRandom::bytes()),
        expiry: now().after(TRANSACTION_LIFE_DEFAULT),
        shown: AddressShown::ZERO,
    };
    let signature = keystore.sign(&genesis.chain_id(), &PersonBody::ReadRequest(&request)).unwrap();
    encode(&SignedReadRequest { request, signature, shown: None })
}

#[track_caller]
fn refused(node: &NodeUrl, body: &[u8]) -> ErrorCode {
    let call = Call { method: Route::READ.method, path: Route::READ.path, query: None };
    match Caller::new(node).open(call, body) {
        Ok(_) => panic!("a read without an address is not allowed"),
        Err(CallError::Refused { failure, .. }) => failure.code,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_read_request_is_honoured_once_and_by_its_gateway_alone() {
    let network = Network::shared();
    let patient = network.person("replay-patient", 1, Role::Patient);
    let author = network.person("replay-author", 1, Role::Doctor);
    let reader = network.person("replay-reader", 2, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    let gateway = network.node_status(2)["hospital"].as_str().unwrap().to_owned();
    let body = read_request(&network, &reader, &gateway, &ehr);
    // At another gateway: refused, and no entry in the reader's name.
    assert_eq!(refused(&network.node_url(3), &body), ErrorCode::WrongGateway);
    assert!(patient.audited(&ehr).is_empty());
    // At its own: decided once, on the ledger.
    assert_eq!(refused(&network.node_url(2), &body), ErrorCode::NotFound);
    assert_eq!(patient.audited(&ehr).len(), 1);
    // Again at its own: a replay, and no second entry.
    assert_eq!(refused(&network.node_url(2), &body), ErrorCode::Replayed);
    assert_eq!(patient.audited(&ehr).len(), 1);
}

#[test]
fn every_attempt_is_audited_the_owners_and_refused_ones_too() {
    let network = Network::shared();
    let patient = network.person("audit-patient", 1, Role::Patient);
    let author = network.person("audit-author", 2, Role::Doctor);
    let stranger = network.person("audit-stranger", 3, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 10_000);
    patient.run(&["retrieve", &ehr, "--out", "own"]).done();
    for attempt in 0..7 {
        let output = format!("refused-{attempt}");
        stranger.run(&["retrieve", &ehr, "--out", &output]).failed(4, "not_found");
    }
    let audit = patient.run(&["audit"]).data();
    let entries = audit["entries"].as_array().unwrap();
    assert_eq!(entries[0]["decision"], "allowed");
    assert_eq!(entries[0]["reason"], "owner");
    let refused: Vec<_> = entries[1..].iter().map(|entry| entry["count"].as_u64().unwrap()).collect();
    // Five single ones, then one that stands for the rest; the hour may turn in between.
    assert_eq!(refused.iter().sum::<u64>(), 7, "{entries:?}");
    assert!(refused.len() <= 7 && refused[..5].iter().all(|count| *count == 1), "{entries:?}");
    // Nobody else sees that list, and a record that does not exist looks the same as one that is not for oneself.
    stranger.run(&["audit", "--ehr", &ehr]).failed(4, "not_found");
    let unknown = carechain_crypto::EhrId::new([0x5a; 20]).to_string();
    stranger.run(&["retrieve", &unknown, "--out", "unknown"]).failed(4, "not_found");
    // An auditor sees which it was; to the reader even their own attempts would tell the two apart.
    stranger.run(&["audit", "--person", &stranger.id]).failed(4, "not_found");
    let auditor = network.person("audit-auditor", 1, Role::Auditor);
    let seen = auditor.run(&["audit", "--person", &stranger.id]).data();
    assert_eq!(seen["entries"][0]["reason"], "unknown-record");
    let seen = auditor.run(&["audit", "--ehr", &ehr]).data();
    assert_eq!(seen["entries"][1]["reason"], "no-grant");
}
