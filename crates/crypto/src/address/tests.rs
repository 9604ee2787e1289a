use super::{Address, AddressError, address_commitment, address_shown, address_tag};
use crate::content_key::ContentKey;
use crate::fixed::{Nonce, PersonId, Root};

fn address() -> Address {
    Address::new(65_536, Root::new([3; 32]), ContentKey::new([7; 32]))
}

#[test]
fn an_address_survives_its_80_bytes() {
    let encoded = address().encode();
    let decoded = Address::decode(&encoded).unwrap();
    assert_eq!(decoded.encode(), encoded);
    assert_eq!((decoded.suite, decoded.length, decoded.root), (1, 65_536, Root::new([3; 32])));
    assert_eq!(decoded.content_key.expose(), &[7; 32]);
}

#[test]
fn unknown_formats_and_reserved_bytes_are_refused() {
    let mut bytes = *address().encode();
    bytes[0] = 2;
    assert_eq!(Address::decode(&bytes).unwrap_err(), AddressError::Format { format: 2 });
    let mut bytes = *address().encode();
    bytes[1] = 2;
    assert_eq!(Address::decode(&bytes).unwrap_err(), AddressError::Suite { suite: 2 });
    for index in 2..8 {
        let mut bytes = *address().encode();
        bytes[index] = 1;
        assert_eq!(Address::decode(&bytes).unwrap_err(), AddressError::Reserved);
    }
}

#[test]
fn an_address_prints_no_content_key() {
    assert!(format!("{:?}", address()).contains("[REDACTED]"));
}

#[test]
fn the_commitment_pins_every_field() {
    let (address, author, patient) = (address(), [1; 21], PersonId::new([2; 20]));
    let commitment = address.commitment(&author, &patient);
    let tag = address_tag(&address.opening());
    let commit = address_commitment;
    assert_eq!(commit(&tag, &address.root, 65_536, &author, &patient), commitment);
    assert_ne!(commit(&tag, &address.root, 65_537, &author, &patient), commitment);
    assert_ne!(commit(&tag, &Root::ZERO, 65_536, &author, &patient), commitment);
    assert_ne!(commit(&tag, &address.root, 65_536, &[0; 21], &patient), commitment);
    assert_ne!(commit(&tag, &address.root, 65_536, &author, &PersonId::ZERO), commitment);
    let other = Address::new(65_536, address.root, ContentKey::new([8; 32]));
    assert_ne!(other.commitment(&author, &patient), commitment);
}

#[test]
fn what_is_shown_depends_on_the_salt() {
    let address = address();
    let shown = address.shown(&Nonce::new([1; 16]));
    assert_eq!(shown, address_shown(&address.opening(), &address.root, address.length, &Nonce::new([1; 16])));
    assert_ne!(shown, address.shown(&Nonce::new([2; 16])));
}
