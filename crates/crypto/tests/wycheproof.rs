//! Project Wycheproof: signatures and agreements that other libraries got wrong.

use carechain_crypto::{
    Agree as _, SealingKeyPair, Secret, Signature, SigningPublicKey, check_sealing_key, verify_strict,
};
use wycheproof::TestResult;

#[test]
fn signatures_verify_as_wycheproof_says() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).expect("the set loads");
    let mut counted = 0;
    for group in set.test_groups {
        let key = SigningPublicKey::from_slice(&group.key.pk).expect("32 bytes");
        for test in group.tests {
            let signature = <[u8; 64]>::try_from(test.sig.as_ref() as &[u8]);
            let verified =
                signature.is_ok_and(|bytes| verify_strict(&key, &test.msg, &Signature::new(bytes)));
            assert_eq!(verified, test.result == TestResult::Valid, "test {}: {}", test.tc_id, test.comment);
            counted += 1;
        }
    }
    assert!(counted > 100, "{counted} tests");
}

#[test]
fn agreements_are_those_of_wycheproof_and_never_zero() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).expect("the set loads");
    let (mut agreed, mut refused) = (0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let private = <[u8; 32]>::try_from(test.private_key.as_ref() as &[u8]).expect("32 bytes");
        let Ok(public) = <[u8; 32]>::try_from(test.public_key.as_ref() as &[u8]) else { continue };
        let pair = SealingKeyPair::from_private(&Secret::new(private));
        match pair.agree(&pair.public(), &public) {
            Ok(shared) => {
                assert_eq!(
                    shared.expose().as_slice(),
                    test.shared_secret.as_ref() as &[u8],
                    "{}",
                    test.tc_id
                );
                agreed += 1;
            }
            Err(_) => {
                assert_eq!(test.shared_secret.as_ref() as &[u8], [0; 32], "test {}", test.tc_id);
                let key = carechain_crypto::SealingPublicKey::new(public);
                assert!(check_sealing_key(&key).is_err(), "test {}", test.tc_id);
                refused += 1;
            }
        }
    }
    assert!(agreed > 400 && refused > 10, "{agreed} agreed, {refused} refused");
}
