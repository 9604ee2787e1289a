use super::{IndexKeyShareContext, IndexKeyShareError};
use crate::fixed::{HospitalId, SigningPublicKey};
use crate::sealed_box::seal_box;
use crate::sealing_key::SealingKeyPair;
use crate::test_random::Counting;

#[test]
fn a_share_opens_for_its_node_only_and_is_checked() {
    let mut random = Counting::new(1);
    let [index_key, node, other] = [(); 3].map(|()| SealingKeyPair::generate(&mut random));
    let context = IndexKeyShareContext {
        hospital: HospitalId::new([1; 20]),
        node: SigningPublicKey::new([2; 32]),
        index_key: index_key.public(),
    };
    let share = context.seal(&index_key, &node.public(), &mut random).unwrap();
    let opened = context.open(&node, &node.public(), &share).unwrap();
    assert_eq!(opened.private().expose(), index_key.private().expose());
    assert!(context.open(&other, &other.public(), &share).is_err());
    let elsewhere = IndexKeyShareContext { hospital: HospitalId::ZERO, ..context };
    assert!(elsewhere.open(&node, &node.public(), &share).is_err());

    // Another private half, sealed in the right context.
    let private = other.private();
    let hostile =
        seal_box(&node.public(), b"", &context.associated_data(), private.expose(), &mut random).unwrap();
    let mut share = [0; 80];
    share[..32].copy_from_slice(&hostile.encapsulation);
    share[32..].copy_from_slice(&hostile.ciphertext);
    let refused = context.open(&node, &node.public(), &share).unwrap_err();
    assert_eq!(refused, IndexKeyShareError::OtherKey { expected: index_key.public(), got: other.public() });
}
