//! Tests of the secret of an upload.

use super::UploadSecret;
use crate::fixed::Nonce;
use crate::hash::hash;

#[test]
fn secret_opens_its_own_capability_and_no_other() {
    let secret = UploadSecret::new([7; 32]);
    let capability = secret.capability();
    assert_eq!(capability.as_slice(), &hash(&[7; 32]).get()[..16]);
    assert!(secret.opens(&capability));
    assert!(!UploadSecret::new([8; 32]).opens(&capability));
    for position in 0..Nonce::LENGTH {
        let mut flipped = *capability.get();
        flipped[position] ^= 1;
        assert!(!secret.opens(&Nonce::new(flipped)), "{position}");
    }
}

#[test]
fn secret_comes_back_from_its_header_and_prints_nothing() {
    let secret = UploadSecret::new([0xAB; 32]);
    let text = secret.expose_hex();
    assert!(UploadSecret::from_hex(&text).unwrap().opens(&secret.capability()));
    for wrong in ["", "ab", &text.to_uppercase(), &text[1..], &format!("{text}ab")] {
        assert!(UploadSecret::from_hex(wrong).is_none(), "{wrong}");
    }
    assert_eq!(format!("{secret:?}"), "[REDACTED]");
}
