//! Seeds: what real bytes look like, from the golden fixtures and from a consortium that really talks.
//!
//! Every seed is offered to every target; libFuzzer keeps what shows it something new.

mod conversation;
mod disk;
mod fixtures;
mod route;
mod stream;

use std::fs;
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};

use fixtures::FIXTURES;

use crate::targets;

const DOCUMENTS: [&str; 6] = [
    include_str!("../../tests/fixtures/schema/search-request-1.json"),
    include_str!("../../tests/fixtures/schema/search-1.json"),
    include_str!("../../tests/fixtures/schema/status-2.json"),
    include_str!("../../tests/fixtures/schema/upload-1.json"),
    include_str!("../../tests/fixtures/schema/failure-1.json"),
    include_str!("../../tests/fixtures/schema/inbox-1.json"),
];

const PROFILE: &str = "[profile.alice]\nnode = \"http://127.0.0.1:8001\"\ngenesis = \"genesis.json\"\n\
                       key = \"alice.key\"\nrole = \"patient\"\nstate = \"state/alice\"\n";
const REGISTRY: &str = "{\"schema\": \"carechain/registry/1\", \"numbers\": {}, \"persons\": []}";

/// Writes one folder of seeds a target.
pub(crate) fn write(folder: &Path) {
    let mut pool: Vec<Vec<u8>> =
        FIXTURES.iter().chain(&DOCUMENTS).map(|text| text.as_bytes().to_vec()).collect();
    pool.extend([PROFILE, REGISTRY].map(|text| text.as_bytes().to_vec()));
    pool.extend(FIXTURES.iter().flat_map(|text| strings_of(text)));
    pool.extend([keystore(), enrolment()]);
    for target in &targets::ALL {
        let own = match target.name {
            "peer_message" => conversation::seeds(),
            "journal" | "pack" => disk::seeds(target.name),
            "network_frame" | "bulk_frame" => stream::seeds(target.name),
            "route" => route::seeds(),
            _ => Vec::new(),
        };
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder).expect("the folder of seeds can be made");
        for (index, seed) in own.iter().chain(&pool).enumerate() {
            fs::write(folder.join(format!("{index:04}")), seed).expect("a seed is written");
        }
    }
}

/// Every string of a JSON text: as it is, and what it says as hex or base64.
fn strings_of(text: &str) -> Vec<Vec<u8>> {
    let value: serde_json::Value = serde_json::from_str(text).expect("fixtures are JSON");
    let mut strings = Vec::new();
    collect(&value, &mut strings);
    strings
}

fn collect(value: &serde_json::Value, strings: &mut Vec<Vec<u8>>) {
    match value {
        serde_json::Value::String(text) => {
            strings.extend(HEXLOWER.decode(text.as_bytes()).or_else(|_| BASE64.decode(text.as_bytes())));
            if text.len() < 128 {
                strings.push(text.clone().into_bytes());
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, strings)),
        serde_json::Value::Object(values) => values.values().for_each(|value| collect(value, strings)),
        _ => {}
    }
}

fn keys() -> carechain_client::Keystore {
    use carechain_crypto::Secret;
    carechain_client::Keystore::from_secrets(&Secret::new([1; 32]), &Secret::new([2; 32]))
}

fn keystore() -> Vec<u8> {
    let path = tempfile::tempdir().expect("a temporary folder can be made");
    let file = path.path().join("key");
    let passphrase = carechain_crypto::Secret::new(b"a passphrase".to_vec());
    keys().save(&file, &passphrase).expect("a keystore is written");
    fs::read(file).expect("it was just written")
}

fn enrolment() -> Vec<u8> {
    let path = tempfile::tempdir().expect("a temporary folder can be made");
    let file = path.path().join("enrol");
    keys().enrolment().save(&file).expect("an enrolment is written");
    fs::read(file).expect("it was just written")
}
