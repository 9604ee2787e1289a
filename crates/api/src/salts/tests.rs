//! Replays of signed queries.

use carechain_crypto::Nonce;

use super::*;

const KEY: SigningPublicKey = SigningPublicKey::new([1; 32]);
const NOW: Time = Time::from_micros(10);
const EXPIRY: Time = Time::from_micros(20);

fn spend(salts: &Arc<Salts>, salt: Signed, now: Time) -> Result<(), NodeError> {
    salts.begin(salt, now)?.spend()
}

#[test]
fn a_salt_counts_once_until_it_expires() {
    let salts = Arc::new(Salts::default());
    let salt = (EXPIRY, KEY, Nonce::new([7; 16]));
    spend(&salts, salt, NOW).unwrap();
    assert_eq!(spend(&salts, salt, NOW), Err(NodeError::Replayed));
    spend(&salts, (EXPIRY, SigningPublicKey::ZERO, salt.2), NOW).unwrap();
    spend(&salts, (Time::from_micros(40), KEY, Nonce::ZERO), Time::from_micros(21)).unwrap();
    let seen = salts.lock();
    assert_eq!((seen.spent.len(), seen.by_key.len()), (1, 1));
}

#[test]
fn a_salt_is_of_one_call_at_a_time_and_free_again_if_that_call_does_not_spend_it() {
    let salts = Arc::new(Salts::default());
    let salt = (EXPIRY, KEY, Nonce::ZERO);
    let under_way = salts.begin(salt, NOW).unwrap();
    assert_eq!(salts.begin(salt, NOW).unwrap_err(), NodeError::Replayed);
    drop(under_way);
    spend(&salts, salt, NOW).unwrap();
    assert!(salts.lock().under_way.is_empty());
}

#[test]
fn one_key_does_not_fill_the_set() {
    let salts = Arc::new(Salts::default());
    let nth = |number: u32| {
        let mut salt = [0; 16];
        salt[..4].copy_from_slice(&number.to_le_bytes());
        (EXPIRY, KEY, Nonce::new(salt))
    };
    let admitted = (0..).take_while(|number| spend(&salts, nth(*number), NOW).is_ok()).count();
    assert_eq!(admitted, QUERY_SALTS_PER_KEY_MAX);
    assert_eq!(spend(&salts, nth(0), NOW), Err(NodeError::Replayed));
    spend(&salts, (EXPIRY, SigningPublicKey::ZERO, Nonce::ZERO), NOW).unwrap();
}

#[test]
fn a_salt_spent_before_a_restart_is_refused_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let salt = (EXPIRY, KEY, Nonce::ZERO);
    spend(&Arc::new(Salts::open(folder.path(), NOW).unwrap()), salt, NOW).unwrap();
    let salts = Arc::new(Salts::open(folder.path(), NOW).unwrap());
    assert_eq!(spend(&salts, salt, NOW), Err(NodeError::Replayed));
    assert_eq!(salts.lock().by_key[&KEY], 1);
}
