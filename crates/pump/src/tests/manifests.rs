//! A holder that lies about a file: tag, root and manifest are believed only if they give the ledger's commitment.

use carechain_crypto::{HospitalId, SubtreeValue};
use carechain_types::Time;

use super::super::fetch_link::KnownFile;
use super::super::message::Described;
use super::client::{Client, TAG};

const LENGTH: usize = (3 << 20) + 500;

fn client(seed: u8) -> Client {
    Client::new(HospitalId::new([1; 20]), seed, LENGTH, Time::ZERO)
}

#[test]
fn lying_manifest_or_description_of_a_holder_is_not_believed() {
    let (client, other) = (client(3), client(4));
    let record = client.record();
    let believed = |of: &Client, values: Vec<SubtreeValue>| {
        let described = Described { tag: TAG, root: of.manifest.root() };
        KnownFile::check(&record, described, values).is_ok()
    };
    let honest = client.manifest.values().to_vec();
    assert!(believed(&client, honest.clone()));
    for lie in [
        |values: &mut Vec<SubtreeValue>| values[1] = SubtreeValue::new([7; 32]),
        |values: &mut Vec<SubtreeValue>| values.swap(0, 1),
        |values: &mut Vec<SubtreeValue>| values.truncate(3),
        |values: &mut Vec<SubtreeValue>| values.push(values[0]),
        |values: &mut Vec<SubtreeValue>| values.clear(),
    ] {
        let mut values = honest.clone();
        lie(&mut values);
        assert!(!believed(&client, values));
    }
    // Another file's, which agree with each other and not with the ledger.
    assert!(!believed(&other, other.manifest.values().to_vec()));
    assert!(!believed(&client, other.manifest.values().to_vec()));
}
