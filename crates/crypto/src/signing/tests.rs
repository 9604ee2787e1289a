use data_encoding::HEXLOWER;

use super::{SigningKeyError, SigningKeyPair, check_signing_key, verify_strict};
use crate::fixed::{Signature, SigningPublicKey};
use crate::secret::Secret;

fn public(text: &str) -> SigningPublicKey {
    SigningPublicKey::from_hex(text).unwrap()
}

/// Seed, public key, message, signature of RFC 8032 section 7.1.
#[track_caller]
fn check(seed: &str, key: &str, message: &str, signature: &str) {
    let seed: [u8; 32] = HEXLOWER.decode(seed.as_bytes()).unwrap().try_into().unwrap();
    let message = HEXLOWER.decode(message.as_bytes()).unwrap();
    let signature: [u8; 64] = HEXLOWER.decode(signature.as_bytes()).unwrap().try_into().unwrap();
    let pair = SigningKeyPair::from_seed(&Secret::new(seed));
    assert_eq!(pair.public(), public(key));
    assert_eq!(pair.sign(&message), Signature::new(signature));
    assert!(verify_strict(&pair.public(), &message, &Signature::new(signature)));
    assert_eq!(check_signing_key(&pair.public()), Ok(()));
    assert_eq!(pair.seed().expose(), &seed);
}

#[test]
fn signing_gives_the_vectors_of_rfc_8032() {
    check(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
    check(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    check(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    );
}

#[test]
fn a_changed_message_or_signature_does_not_verify() {
    let pair = SigningKeyPair::from_seed(&Secret::new([1; 32]));
    let signature = pair.sign(b"message");
    assert!(!verify_strict(&pair.public(), b"messagf", &signature));
    for index in 0..64 {
        let mut bytes = *signature.get();
        bytes[index] ^= 1;
        assert!(!verify_strict(&pair.public(), b"message", &Signature::new(bytes)), "byte {index}");
    }
}

#[test]
fn a_pair_prints_no_secret() {
    let pair = SigningKeyPair::from_seed(&Secret::new([0xab; 32]));
    assert_eq!(format!("{pair:?}"), format!("SigningKeyPair({:?})", pair.public()));
}

#[test]
fn weak_keys_are_refused() {
    let identity = public("0100000000000000000000000000000000000000000000000000000000000000");
    assert_eq!(check_signing_key(&identity), Err(SigningKeyError::Weak { key: identity }));
    for point in &curve25519_dalek::constants::EIGHT_TORSION {
        let key = SigningPublicKey::new(point.compress().to_bytes());
        assert_eq!(check_signing_key(&key), Err(SigningKeyError::Weak { key }));
    }
}

#[test]
fn a_second_encoding_of_a_point_is_refused() {
    // y = p + 1 decodes to the identity.
    let key = public("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    assert_eq!(check_signing_key(&key), Err(SigningKeyError::NotCanonical { key }));
}

#[test]
fn bytes_off_the_curve_are_refused() {
    let key = public("0200000000000000000000000000000000000000000000000000000000000000");
    assert_eq!(check_signing_key(&key), Err(SigningKeyError::NotAPoint { key }));
}

#[test]
fn mixed_order_keys_are_refused() {
    let honest = SigningKeyPair::from_seed(&Secret::new([5; 32])).public();
    let honest = ed25519_dalek::VerifyingKey::from_bytes(honest.get()).unwrap().to_edwards();
    for torsion in &curve25519_dalek::constants::EIGHT_TORSION[1..] {
        let key = SigningPublicKey::new((honest + torsion).compress().to_bytes());
        assert_eq!(check_signing_key(&key), Err(SigningKeyError::MixedOrder { key }));
    }
}
