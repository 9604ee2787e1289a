//! Replays of signed queries.

use super::*;

const KEY: SigningPublicKey = SigningPublicKey::new([1; 32]);

#[test]
fn a_salt_counts_once_until_it_expires() {
    let mut salts = SeenSalts::default();
    let (now, expiry) = (Time::from_micros(10), Time::from_micros(20));
    let salt = Nonce::new([7; 16]);
    assert_eq!(salts.admit(KEY, salt, expiry, now), Salt::First);
    assert_eq!(salts.admit(KEY, salt, expiry, now), Salt::Again);
    assert_eq!(salts.admit(SigningPublicKey::ZERO, salt, expiry, now), Salt::First);
    assert_eq!(salts.admit(KEY, Nonce::ZERO, Time::from_micros(40), Time::from_micros(21)), Salt::First);
    assert_eq!((salts.seen.len(), salts.by_key.len()), (1, 1));
}

#[test]
fn one_key_does_not_fill_the_set() {
    let mut salts = SeenSalts::default();
    let (now, expiry) = (Time::from_micros(10), Time::from_micros(20));
    let nth = |number: u32| {
        let mut salt = [0; 16];
        salt[..4].copy_from_slice(&number.to_le_bytes());
        Nonce::new(salt)
    };
    let admitted =
        (0..).take_while(|number| salts.admit(KEY, nth(*number), expiry, now) == Salt::First).count();
    assert_eq!(admitted, QUERY_SALTS_PER_KEY_MAX);
    assert_eq!(salts.admit(KEY, Nonce::ZERO, expiry, now), Salt::Again);
    assert_eq!(salts.admit(SigningPublicKey::ZERO, Nonce::ZERO, expiry, now), Salt::First);
}
