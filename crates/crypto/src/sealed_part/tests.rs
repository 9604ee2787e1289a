use super::{SealedPartContext, SealedPartError, sealed_part_key_id};
use crate::fixed::{ChainId, HospitalId};
use crate::sealed_box::{OpenError, seal_box};
use crate::sealing_key::SealingKeyPair;
use crate::test_random::Counting;

fn context() -> SealedPartContext {
    SealedPartContext {
        chain_id: ChainId::new([1; 32]),
        part_kind: 2,
        subject: [3; 20],
        sender: [4; 21],
        hospital: HospitalId::new([5; 20]),
    }
}

#[test]
fn parts_have_one_of_three_lengths_and_open() {
    let mut random = Counting::new(1);
    let pair = SealingKeyPair::generate(&mut random);
    for (length, size) in [(0, 256), (252, 256), (253, 1024), (1020, 1024), (1021, 2048), (2044, 2048)] {
        let content = vec![7; length];
        let sealed = context().seal(&content, &pair.public(), &mut random).unwrap();
        assert_eq!(sealed.len(), 1 + 20 + 32 + size + 16);
        assert_eq!(sealed_part_key_id(&sealed), Ok(pair.public().key_id()));
        assert_eq!(context().open(&pair, &pair.public(), &sealed).unwrap().expose(), &content);
    }
    let refused = context().seal(&[0; 2045], &pair.public(), &mut random);
    assert_eq!(refused, Err(SealedPartError::TooLong { length: 2045, max: 2044 }));
}

#[test]
fn a_part_opens_in_its_own_context_only() {
    let mut random = Counting::new(2);
    let pair = SealingKeyPair::generate(&mut random);
    let sealed = context().seal(b"ct", &pair.public(), &mut random).unwrap();
    let changes: [fn(&mut SealedPartContext); 5] = [
        |context| context.chain_id = ChainId::ZERO,
        |context| context.part_kind = 3,
        |context| context.subject[0] ^= 1,
        |context| context.sender[0] ^= 1,
        |context| context.hospital = HospitalId::ZERO,
    ];
    for change in changes {
        let mut context = context();
        change(&mut context);
        let refused = context.open(&pair, &pair.public(), &sealed).unwrap_err();
        assert_eq!(refused, SealedPartError::Open(OpenError::NotAuthentic { sequence: 0 }));
    }
    let other = SealingKeyPair::generate(&mut random);
    let refused = context().open(&other, &other.public(), &sealed).unwrap_err();
    let (sealed_to, key_id) = (pair.public().key_id(), other.public().key_id());
    assert_eq!(refused, SealedPartError::OtherKey { sealed_to, key_id });
}

#[test]
fn other_lengths_and_kems_are_refused() {
    let pair = SealingKeyPair::generate(&mut Counting::new(3));
    let open = |bytes: &[u8]| context().open(&pair, &pair.public(), bytes).unwrap_err();
    assert_eq!(open(&[]), SealedPartError::Length { length: 0 });
    assert_eq!(open(&[1; 324]), SealedPartError::Length { length: 324 });
    assert_eq!(open(&[2; 325]), SealedPartError::Kem { kem: 2 });
}

#[test]
fn content_that_is_not_canonical_is_refused() {
    let mut random = Counting::new(4);
    let pair = SealingKeyPair::generate(&mut random);
    let key = pair.public();
    let mut dirty = vec![0; 256];
    dirty[255] = 1;
    let too_large = vec![0; 1024];
    let mut too_long = vec![0; 256];
    too_long[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    for plaintext in [dirty, too_large, too_long] {
        let hostile = seal_box(&key, b"", &context().associated_data(&key), &plaintext, &mut random).unwrap();
        let bytes =
            [[1].as_slice(), key.key_id().as_slice(), &hostile.encapsulation, &hostile.ciphertext].concat();
        let refused = context().open(&pair, &key, &bytes).unwrap_err();
        assert_eq!(refused, SealedPartError::NotCanonical);
    }
}
