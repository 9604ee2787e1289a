use super::{SEALED_ADDRESS_BYTES, SealedAddressContext, SealedAddressError};
use crate::address::Address;
use crate::content_key::ContentKey;
use crate::fixed::{ChainId, Commitment, EhrId, HospitalId, PersonId, Root};
use crate::sealed_box::{OpenError, seal_box};
use crate::sealing_key::{SealingKeyPair, SealingPublicKey};
use crate::test_random::Counting;

fn address() -> Address {
    Address::new(65_536, Root::new([3; 32]), ContentKey::new([7; 32]))
}

fn context() -> SealedAddressContext {
    let (author, patient) = ([2; 21], PersonId::new([6; 20]));
    SealedAddressContext {
        chain_id: ChainId::new([1; 32]),
        use_byte: 1,
        ehr: EhrId::new([4; 20]),
        recipient: [5; 21],
        author,
        hospital: HospitalId::new([7; 20]),
        commitment: address().commitment(&author, &patient),
        patient,
    }
}

fn sealed() -> (SealingKeyPair, [u8; SEALED_ADDRESS_BYTES]) {
    let mut random = Counting::new(1);
    let pair = SealingKeyPair::generate(&mut random);
    let sealed = context().seal(&address(), &pair.public(), &mut random).unwrap();
    (pair, sealed)
}

#[test]
fn a_sealed_address_has_129_bytes_and_opens() {
    let (pair, sealed) = sealed();
    assert_eq!(sealed.len(), 129);
    let opened = context().open(&pair, &pair.public(), &sealed).unwrap();
    assert_eq!(opened.encode(), address().encode());
}

#[test]
fn a_sealed_address_opens_in_its_own_context_only() {
    let (pair, sealed) = sealed();
    let changes: [fn(&mut SealedAddressContext); 7] = [
        |context| context.chain_id = ChainId::ZERO,
        |context| context.use_byte = 5,
        |context| context.ehr = EhrId::ZERO,
        |context| context.recipient[20] ^= 1,
        |context| context.author[0] ^= 1,
        |context| context.hospital = HospitalId::ZERO,
        |context| context.commitment = Commitment::ZERO,
    ];
    for change in changes {
        let mut context = context();
        change(&mut context);
        let refused = context.open(&pair, &pair.public(), &sealed).unwrap_err();
        assert_eq!(refused, SealedAddressError::Open(OpenError::NotAuthentic { sequence: 0 }));
    }
}

#[test]
fn the_wrong_patient_is_refused_by_the_commitment() {
    let (pair, sealed) = sealed();
    let context = SealedAddressContext { patient: PersonId::ZERO, ..context() };
    let refused = context.open(&pair, &pair.public(), &sealed).unwrap_err();
    assert!(matches!(refused, SealedAddressError::Commitment { .. }));
}

#[test]
fn another_records_address_is_neither_sealed_nor_accepted() {
    let mut random = Counting::new(2);
    let pair = SealingKeyPair::generate(&mut random);
    let other = Address::new(65_536, Root::new([3; 32]), ContentKey::new([8; 32]));
    let refused = context().seal(&other, &pair.public(), &mut random).unwrap_err();
    assert!(matches!(refused, SealedAddressError::Commitment { .. }));
    // A hostile client seals it all the same.
    let associated_data = context().associated_data(&pair.public());
    let hostile =
        seal_box(&pair.public(), b"", &associated_data, other.encode().as_slice(), &mut random).unwrap();
    let bytes = [[1].as_slice(), &hostile.encapsulation, &hostile.ciphertext].concat();
    let refused = context().open(&pair, &pair.public(), &bytes).unwrap_err();
    assert!(matches!(refused, SealedAddressError::Commitment { .. }));
}

#[test]
fn other_lengths_and_kems_are_refused() {
    let (pair, sealed) = sealed();
    let open = |bytes: &[u8]| context().open(&pair, &pair.public(), bytes).unwrap_err();
    assert_eq!(open(&sealed[..128]), SealedAddressError::Length { length: 128 });
    assert_eq!(open(&[]), SealedAddressError::Length { length: 0 });
    assert_eq!(open(&[sealed.as_slice(), &[0]].concat()), SealedAddressError::Length { length: 130 });
    let mut other = sealed;
    other[0] = 2;
    assert_eq!(open(&other), SealedAddressError::Kem { kem: 2 });
}

#[test]
fn nothing_is_sealed_to_a_weak_key() {
    let refused = context().seal(&address(), &SealingPublicKey::new([0; 32]), &mut Counting::new(3));
    assert!(matches!(refused, Err(SealedAddressError::Seal(_))));
}
