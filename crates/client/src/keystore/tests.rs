//! Keystores opened with right and wrong passphrases, damaged and weakened.

use std::os::unix::fs::PermissionsExt as _;

use carechain_crypto::{ChainId, Nonce, PersonId, Secret, hash, seal_box};
use carechain_types::{BoundedString, Ed25519, KeyAgent as _, PersonBody, Query, Time, Verifier};

use super::{Enrolment, Hardness, Keystore, KeystoreError, file};
use crate::random::SystemRandom;

fn passphrase(text: &str) -> Secret<Vec<u8>> {
    Secret::new(text.as_bytes().to_vec())
}

fn sealed() -> (Keystore, Vec<u8>) {
    let keystore = Keystore::generate();
    let bytes = file::seal(&keystore, &passphrase("correct horse"), Hardness::default()).unwrap();
    (keystore, bytes)
}

#[test]
fn a_saved_keystore_opens_with_its_passphrase_and_holds_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.key");
    let keystore = Keystore::generate();
    keystore.save(&path, &passphrase("correct horse")).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let opened = Keystore::open(&path, &passphrase("correct horse")).unwrap();
    assert_eq!(opened.public_keys(), keystore.public_keys());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&data_encoding::BASE64.encode(keystore.secrets().0.seed().expose())));
    assert!(keystore.save(&path, &passphrase("another")).is_err(), "never overwritten");
}

#[test]
fn a_wrong_passphrase_is_told_from_damage() {
    let (_, bytes) = sealed();
    let error = file::open(&bytes, &passphrase("wrong horse")).unwrap_err();
    assert!(matches!(error, KeystoreError::WrongPassphrase));
    let error = file::open(&bytes, &passphrase("")).unwrap_err();
    assert!(matches!(error, KeystoreError::EmptyPassphrase));
}

#[test]
fn a_file_that_others_may_read_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.key");
    Keystore::generate().save(&path, &passphrase("x")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = Keystore::open(&path, &passphrase("x")).unwrap_err();
    assert!(error.to_string().contains("640"), "{error}");
}

#[test]
fn every_changed_character_is_refused() {
    let (_, bytes) = sealed();
    let text = String::from_utf8(bytes).unwrap();
    // One place in each field: argon2id takes its time.
    for field in ["salt", "signing_public", "sealing_public", "key_commitment", "nonce", "secrets", "kdf"] {
        let place = text.find(&format!("\"{field}\": \"")).unwrap() + field.len() + 8;
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
        assert!(file::open(&changed, &passphrase("correct horse")).is_err(), "{field}");
    }
    assert!(file::open(&text.as_bytes()[..text.len() / 2], &passphrase("correct horse")).is_err());
}

#[test]
fn weakened_and_exhausting_parameters_are_refused() {
    let (_, bytes) = sealed();
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in [
        ("\"memory_kib\": 65536", "\"memory_kib\": 8192"),
        ("\"memory_kib\": 65536", "\"memory_kib\": 4194304"),
        ("\"passes\": 3", "\"passes\": 1"),
        ("\"lanes\": 1", "\"lanes\": 0"),
        ("\"lanes\": 1", "\"lanes\": 17"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let error = file::open(changed.as_bytes(), &passphrase("correct horse")).unwrap_err();
        assert!(matches!(error, KeystoreError::Hardness { .. }), "{to}: {error}");
    }
}

#[test]
fn an_enrolment_shows_possession_and_any_change_breaks_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alice.enrol");
    let keystore = Keystore::generate();
    keystore.enrolment().save(&path).unwrap();
    assert_eq!(Enrolment::load(&path).unwrap(), keystore.enrolment());
    let text = std::fs::read_to_string(&path).unwrap();
    let other = Keystore::generate().enrolment();
    let swap = |from: &str, to: &str| Enrolment::from_bytes(text.replace(from, to).as_bytes());
    let sealing =
        |enrolment: &Enrolment| data_encoding::HEXLOWER.encode(&enrolment.possession.sealing_keys[0].bytes);
    assert!(swap(&sealing(&keystore.enrolment()), &sealing(&other)).is_err());
    let signing = |enrolment: &Enrolment| enrolment.possession.signing_keys[0].to_hex();
    assert!(swap(&signing(&keystore.enrolment()), &signing(&other)).is_err());
}

#[test]
fn an_unlocked_keystore_signs_and_opens() {
    let keystore = Keystore::generate();
    let keys = keystore.public_keys();
    let query = Query {
        hospital: carechain_crypto::HospitalId::ZERO,
        person: PersonId::ZERO,
        key: keys.signing,
        method: BoundedString::new("GET").unwrap(),
        path: BoundedString::new("/").unwrap(),
        body: hash(b""),
        salt: Nonce::ZERO,
        expiry: Time::ZERO,
        min_height: None,
    };
    let chain = ChainId::new([3; 32]);
    let signature = keystore.sign(&chain, &PersonBody::Query(&query)).unwrap();
    Verifier::new(Ed25519, chain).body(&keys.signing, &query, &signature).unwrap();
    let sealed = seal_box(&keys.sealing[0], b"", b"data", b"secret", &mut SystemRandom).unwrap();
    let opened = carechain_crypto::open_box(
        &keystore,
        &keys.sealing[0],
        b"",
        b"data",
        &sealed.encapsulation,
        &sealed.ciphertext,
    );
    assert_eq!(opened.unwrap().expose(), b"secret");
}
