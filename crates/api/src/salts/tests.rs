//! Replays of signed queries.

use super::*;

const KEY: SigningPublicKey = SigningPublicKey::new([1; 32]);

#[test]
fn a_salt_counts_once_until_it_expires() {
    let mut salts = SeenSalts::default();
    let (now, expiry) = (Time::from_micros(10), Time::from_micros(20));
    let salt = Nonce::new([7; 16]);
    assert!(salts.admit(KEY, salt, expiry, now));
    assert!(!salts.admit(KEY, salt, expiry, now));
    assert!(salts.admit(SigningPublicKey::ZERO, salt, expiry, now));
    assert!(salts.admit(KEY, Nonce::ZERO, Time::from_micros(40), Time::from_micros(21)));
    assert_eq!(salts.seen.len(), 1);
}

#[test]
fn a_full_set_still_admits_what_is_new() {
    let mut salts = SeenSalts::default();
    let (now, expiry) = (Time::from_micros(10), Time::from_micros(20));
    for number in 0..QUERY_SALTS_MAX as u128 {
        assert!(salts.admit(SigningPublicKey::ZERO, Nonce::new(number.to_le_bytes()), expiry, now));
    }
    let late = Time::from_micros(30);
    assert!(salts.admit(KEY, Nonce::ZERO, late, now));
    assert!(!salts.admit(KEY, Nonce::ZERO, late, now));
    assert_eq!(salts.seen.len(), QUERY_SALTS_MAX);
}
