use data_encoding::HEXLOWER;

use super::{Agree as _, AgreeError, SealingKeyError, SealingKeyPair, SealingPublicKey, check_sealing_key};
use crate::secret::Secret;

fn bytes(text: &str) -> [u8; 32] {
    HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
}

/// The recipient's key pair of RFC 9180 A.2.1.
#[test]
fn the_public_half_is_that_of_rfc_9180() {
    let private = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let public = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
    let pair = SealingKeyPair::from_private(&Secret::new(private));
    assert_eq!(pair.public(), SealingPublicKey::new(public));
    assert_eq!(pair.private().expose(), &private);
}

fn small_order() -> Vec<SealingPublicKey> {
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]
    .map(|text| SealingPublicKey::new(bytes(text)))
    .to_vec()
}

#[test]
fn points_of_small_order_are_refused() {
    let pair = SealingKeyPair::from_private(&Secret::new([9; 32]));
    let own = pair.public();
    for key in small_order() {
        assert_eq!(check_sealing_key(&key), Err(SealingKeyError::LowOrder { key }));
        assert_eq!(pair.agree(&own, key.get()).unwrap_err(), AgreeError::Degenerate { key: own });
    }
}

#[test]
fn second_encodings_are_refused() {
    let high_bit = SealingPublicKey::new([0xff; 32]);
    assert_eq!(check_sealing_key(&high_bit), Err(SealingKeyError::NotCanonical { key: high_bit }));
    let prime =
        SealingPublicKey::new(bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));
    assert_eq!(check_sealing_key(&prime), Err(SealingKeyError::NotCanonical { key: prime }));
}

#[test]
fn honest_keys_are_accepted() {
    for seed in 0..32 {
        let pair = SealingKeyPair::from_private(&Secret::new([seed; 32]));
        assert_eq!(check_sealing_key(&pair.public()), Ok(()));
    }
}

#[test]
fn agreement_refuses_a_key_that_is_not_its_own() {
    let pair = SealingKeyPair::from_private(&Secret::new([9; 32]));
    let key = SealingPublicKey::new([3; 32]);
    assert_eq!(pair.agree(&key, &[9; 32]).unwrap_err(), AgreeError::UnknownKey { key });
}
