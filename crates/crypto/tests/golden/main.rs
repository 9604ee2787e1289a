//! Golden vectors of everything this crate derives, seals or writes, compared with `tests/fixtures`.
//!
//! `CARECHAIN_BLESS=1` writes the files anew; a change to them breaks every record and ledger that exists.
#![allow(clippy::disallowed_methods)]

mod fixed_random;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use carechain_crypto::limits::FRAME_BYTES;
use carechain_crypto::{
    Address, ChainId, ContentKey, Context, Digest, EhrId, FrameReader, FrameSealer, HospitalId,
    IndexKeyShareContext, Nonce, PersonId, Position, Purpose, RecordSealer, RequestDigest, ResponseContext,
    Root, SealedAddressContext, SealedPartContext, SealingKeyPair, Secret, SigningKeyPair, copy_record,
    derive, signing_bytes,
};
use data_encoding::{BASE64, HEXLOWER};
use fixed_random::FixedRandom;
use serde_json::{Map, Value, json};

const CHAIN: ChainId = ChainId::new([0xC4; 32]);
const PATIENT: PersonId = PersonId::new([0x12; 20]);
const HOSPITAL: HospitalId = HospitalId::new([0x44; 20]);
const AUTHOR: [u8; 21] = [1; 21];

/// A zip with one stored file, `report.txt`.
const ZIP: &str = "504b03041400000000000000215c4d4eb07317000000170000000a0000007265706f72742e74787443542074686f7261783a206e6f2066696e64696e672e0a504b010214031400000000000000215c4d4eb07317000000170000000a00000000000000000000008001000000007265706f72742e747874504b05060000000001000100380000003f0000000000";

/// Compares with the fixture, or writes it when told to.
#[track_caller]
fn check(name: &str, vectors: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name);
    let text = format!("{vectors:#}\n");
    if std::env::var_os("CARECHAIN_BLESS").is_some() {
        std::fs::write(&path, &text).expect("the fixtures folder is writable");
    }
    let golden = std::fs::read_to_string(&path).expect("the fixture is checked in");
    assert!(golden == text, "{name} differs from what this code makes: a format changed");
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

fn address() -> Address {
    Address::new(65_536, Root::new([0x0B; 32]), ContentKey::new([0x0C; 32]))
}

fn recipient() -> SealingKeyPair {
    SealingKeyPair::from_private(&Secret::new([0x21; 32]))
}

fn derivations() -> Value {
    let contexts: Map<_, _> = Context::ALL
        .iter()
        .map(|context| (context.full().to_owned(), json!(hex(derive(*context, b"input")))))
        .collect();
    let purposes: Map<_, _> = Purpose::ALL
        .iter()
        .map(|purpose| (purpose.name().to_owned(), json!(hex(signing_bytes(*purpose, &CHAIN, b"body")))))
        .collect();
    json!({ "contexts of \"input\"": contexts, "signing bytes of \"body\"": purposes })
}

fn keys() -> Value {
    let signing = SigningKeyPair::from_seed(&Secret::new([0x22; 32]));
    let bytes = signing_bytes(Purpose::Commit, &CHAIN, b"body");
    json!({
        "signing": {
            "seed": hex([0x22; 32]),
            "public": hex(signing.public().get()),
            "key id": hex(signing.public().key_id().get()),
            "signature of COMMIT \"body\"": hex(signing.sign(&bytes).get()),
        },
        "sealing": {
            "private": hex([0x21; 32]),
            "public": hex(recipient().public().get()),
            "key id": hex(recipient().public().key_id().get()),
        },
    })
}

fn addresses() -> Value {
    let (address, key) = (address(), recipient());
    let commitment = address.commitment(&AUTHOR, &PATIENT);
    let context = SealedAddressContext {
        chain_id: CHAIN,
        use_byte: 1,
        ehr: EhrId::new([0x0E; 20]),
        recipient: [2; 21],
        author: AUTHOR,
        hospital: HOSPITAL,
        commitment,
        patient: PATIENT,
    };
    let sealed = context
        .seal(&address, &key.public(), &mut FixedRandom::new("sealed address"))
        .expect("the key is honest");
    let opened = context.open(&key, &key.public(), &sealed).expect("sealed for this key");
    assert_eq!(opened.encode(), address.encode());
    json!({
        "plain": hex(*address.encode()),
        "opening": hex(address.opening().get()),
        "tag": hex(address.tag().get()),
        "author": hex(AUTHOR),
        "patient": hex(PATIENT.get()),
        "commitment": hex(commitment.get()),
        "salt": hex([0x5A; 16]),
        "shown": hex(address.shown(&Nonce::new([0x5A; 16])).get()),
        "associated data": hex(context.associated_data(&key.public())),
        "sealed": hex(sealed),
    })
}

fn parts() -> Value {
    let key = recipient();
    let context = SealedPartContext {
        chain_id: CHAIN,
        part_kind: 2,
        subject: [0x0E; 20],
        sender: AUTHOR,
        hospital: HOSPITAL,
    };
    let sealed = context
        .seal(b"canonical bytes", &key.public(), &mut FixedRandom::new("sealed part"))
        .expect("the key is honest");
    let opened = context.open(&key, &key.public(), &sealed).expect("sealed for this key");
    assert_eq!(opened.expose(), b"canonical bytes");
    let index_key = SealingKeyPair::from_private(&Secret::new([0x23; 32]));
    let node = SigningKeyPair::from_seed(&Secret::new([0x22; 32])).public();
    let share_context = IndexKeyShareContext { hospital: HOSPITAL, node, index_key: index_key.public() };
    let share = share_context
        .seal(&index_key, &key.public(), &mut FixedRandom::new("share"))
        .expect("the key is honest");
    assert!(share_context.open(&key, &key.public(), &share).is_ok());
    json!({
        "content": "canonical bytes",
        "associated data": hex(context.associated_data(&key.public())),
        "sealed": hex(sealed),
        "index key share": hex(share),
    })
}

fn response() -> Value {
    let key = recipient();
    let context = ResponseContext { request: RequestDigest::new([0x0D; 32]), gateway: HOSPITAL };
    let content: Vec<u8> = (0..251u8).cycle().take(FRAME_BYTES + 10).collect();
    let (head, mut sealer) = FrameSealer::new(&key.public(), &context, &mut FixedRandom::new("response"))
        .expect("the key is honest");
    let mut response = head.to_vec();
    for (position, range) in [(Position::Inner, 0..FRAME_BYTES), (Position::Last, FRAME_BYTES..content.len())]
    {
        let mut frame = content[range].to_vec();
        let tag = sealer.seal_in_place(position, &mut frame).expect("two frames");
        response.extend_from_slice(&frame);
        response.extend_from_slice(&tag);
    }
    let length = content.len() as u64;
    let mut reader = FrameReader::new(response.as_slice(), &key, &key.public(), &context, length)
        .expect("sealed for this key");
    let mut opened = Vec::new();
    reader.read_to_end(&mut opened).expect("nothing was changed");
    assert_eq!(opened, content);
    json!({
        "request digest": hex(context.request.get()),
        "gateway": hex(context.gateway.get()),
        "content": "the bytes 0 to 250 again and again, 65,546 in all",
        "head": hex(head),
        "second frame": hex(&response[33 + FRAME_BYTES + 16..]),
        "BLAKE3 of the response": hex(blake3::hash(&response).as_bytes()),
    })
}

#[test]
fn derived_signed_and_sealed_bytes_are_the_golden_ones() {
    check(
        "crypto.json",
        &json!({
            "derivations": derivations(),
            "keys": keys(),
            "address": addresses(),
            "sealed part": parts(),
            "response": response(),
        }),
    );
}

#[test]
fn the_record_is_the_golden_one_and_opens() {
    let zip = HEXLOWER.decode(ZIP.as_bytes()).expect("the zip is hex");
    let mut sealer = RecordSealer::new(Vec::new(), &mut FixedRandom::new("record"));
    sealer.write_all(&zip).expect("memory does not fail");
    let sealed = sealer.finish().expect("memory does not fail");
    let mut opened = Vec::new();
    copy_record(sealed.inner.as_slice(), &sealed.address, &mut opened).expect("sealed with this key");
    assert_eq!(opened, zip);
    let values: Vec<_> = sealed.manifest.values().iter().map(|value| hex(value.get())).collect();
    check(
        "record.json",
        &json!({
            "content key": hex(sealed.address.content_key.expose()),
            "root": hex(sealed.address.root.get()),
            "length": sealed.address.length,
            "manifest": values,
            "zip": hex(&zip),
            "BLAKE3 of the zip": Digest::new(*blake3::hash(&zip).as_bytes()).to_hex(),
            "file": BASE64.encode(&sealed.inner),
        }),
    );
}
