//! The codec: what encodes decodes to itself, and nothing else decodes.

use carechain_crypto::{HospitalId, PersonId, Signature};
use carechain_types::{
    BoundedString, BoundedVec, DecodeError, NonEmptyVec, Party, ReasonCode, Role, RoleTerm, Time, decode,
    encode,
};
use proptest::prelude::{any, proptest};

type Sample = (Party, Option<Time>, BoundedVec<(u16, Signature), 8>, BoundedString<16>, RoleTerm);

fn sample(id: [u8; 20], time: Option<u64>, votes: Vec<(u16, u8)>, text: String, role: usize) -> Sample {
    let votes =
        votes.into_iter().take(8).map(|(member, byte)| (member, Signature::new([byte; 64]))).collect();
    let text: String = text.chars().take(4).collect();
    (
        Party::Person(PersonId::new(id)),
        time.map(Time::from_micros),
        BoundedVec::new(votes).expect("eight at most"),
        BoundedString::new(text).expect("four characters at most"),
        RoleTerm { role: Role::ALL[role % Role::ALL.len()], until: Time::ZERO },
    )
}

proptest! {
    #[test]
    fn what_encodes_decodes_to_itself(
        id in any::<[u8; 20]>(),
        time in any::<Option<u64>>(),
        votes in any::<Vec<(u16, u8)>>(),
        text in any::<String>(),
        role in any::<usize>(),
    ) {
        let value = sample(id, time, votes, text, role);
        let bytes = encode(&value);
        proptest::prop_assert_eq!(decode::<Sample>(&bytes, bytes.len()).expect("decodes"), value);
    }

    #[test]
    fn arbitrary_bytes_never_decode_to_something_else(bytes in any::<Vec<u8>>()) {
        if let Ok(value) = decode::<Sample>(&bytes, 1_024) {
            proptest::prop_assert_eq!(encode(&value), bytes);
        }
    }
}

#[test]
fn trailing_byte_is_refused() {
    let mut bytes = encode(&Time::from_micros(7));
    bytes.push(0);
    assert_eq!(decode::<Time>(&bytes, 64), Err(DecodeError::Trailing { bytes: 1 }));
}

#[test]
fn more_bytes_than_allowed_are_refused_unread() {
    assert_eq!(decode::<Time>(&[0; 9], 8), Err(DecodeError::TooLong { bytes: 9, bytes_max: 8 }));
}

#[test]
fn length_above_the_bound_is_refused_before_its_elements() {
    let bytes = encode(&u64::MAX);
    assert!(matches!(decode::<BoundedVec<u64, 4>>(&bytes, 64), Err(DecodeError::Malformed { .. })));
}

#[test]
fn text_that_claims_to_be_huge_is_refused_and_not_allocated() {
    for length in [17, 1 << 40, 1 << 62, u64::MAX] {
        let error = decode::<BoundedString<16>>(&encode(&length), 64);
        assert!(matches!(error, Err(DecodeError::Malformed { .. })), "{length}: {error:?}");
    }
    assert!(matches!(
        decode::<BoundedString<16>>(&encode(&(1_u64, 0xFF_u8)), 64),
        Err(DecodeError::Malformed { .. })
    ));
}

#[test]
fn unknown_checked_byte_is_refused() {
    assert_eq!(encode(&ReasonCode::Withdrawn), [3]);
    assert!(matches!(decode::<ReasonCode>(&[200], 1), Err(DecodeError::Malformed { .. })));
}

#[test]
fn none_is_refused_where_one_is_needed() {
    let error = decode::<NonEmptyVec<u64, 4>>(&encode(&0_u64), 64);
    assert!(matches!(error, Err(DecodeError::Malformed { .. })), "{error:?}");
    let one: NonEmptyVec<u64, 4> = decode(&encode(&(1_u64, 7_u64)), 64).expect("one is enough");
    assert_eq!(&one[..], [7]);
}

#[test]
fn party_is_21_bytes() {
    let party = Party::Hospital(HospitalId::new([7; 20]));
    assert_eq!(encode(&party), party.to_bytes());
    assert!(matches!(decode::<Party>(&[9; 21], 21), Err(DecodeError::Malformed { .. })));
}
