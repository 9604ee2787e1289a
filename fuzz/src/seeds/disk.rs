//! A journal as a member that voted leaves it, and packs with one file.

use carechain_crypto::{HospitalId, PersonId, UploadId, hash};

use super::fixtures::golden;

pub(super) fn seeds(name: &str) -> Vec<Vec<u8>> {
    match name {
        "journal" => vec![frames(&[]), frames(&[golden("header"), golden("prepare"), golden("certificate")])],
        _ => vec![
            pack(&[]),
            pack(&[opened()]),
            pack(&[opened(), chunk(), file()]),
            pack(&[opened(), erased()]),
        ],
    }
}

/// Entries as frames; their checksums are made to fit by the target.
fn frames(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (sequence, entry) in (0_u64..).zip(entries) {
        // A record of the consensus, then of a body.
        for kind in [0_u32, 1] {
            let payload = [&kind.to_le_bytes()[..], entry].concat();
            let length = u32::try_from(payload.len()).expect("short entries");
            bytes.extend_from_slice(b"CCJF\x01\0\0\0");
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
            bytes.extend_from_slice(&(2 * sequence + u64::from(kind)).to_le_bytes());
            bytes.extend_from_slice(&0_u64.to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
            bytes.extend_from_slice(&payload);
        }
    }
    bytes
}

const CONTENT: &[u8] = b"the only chunk of the file";

fn pack(records: &[Vec<u8>]) -> Vec<u8> {
    [1_u64.to_le_bytes().to_vec(), records.concat()].concat()
}

fn record(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 96];
    head[..4].copy_from_slice(b"CCRD");
    (head[4], head[5], head[6]) = (kind, 1, flags);
    head[8..24].copy_from_slice(UploadId::new([9; 16]).as_slice());
    let length = u32::try_from(payload.len()).expect("short payloads");
    head[36..40].copy_from_slice(&length.to_le_bytes());
    head.extend_from_slice(payload);
    head
}

fn opening() -> Vec<u8> {
    let mut bytes = vec![9; 16];
    bytes.extend_from_slice(&[1; 21]);
    bytes.extend_from_slice(PersonId::new([3; 20]).as_slice());
    bytes.extend_from_slice(HospitalId::new([4; 20]).as_slice());
    bytes.extend_from_slice(&(CONTENT.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&1_u64.to_le_bytes());
    bytes
}

fn opened() -> Vec<u8> {
    record(4, 0, &opening())
}

fn chunk() -> Vec<u8> {
    record(1, 1, CONTENT)
}

fn erased() -> Vec<u8> {
    record(3, 0, &[])
}

/// Opening, commitment, tag, root, and the manifest of one chunk.
fn file() -> Vec<u8> {
    let root = hash(CONTENT);
    record(2, 0, &[opening(), vec![5; 64], root.as_slice().to_vec(), root.as_slice().to_vec()].concat())
}
