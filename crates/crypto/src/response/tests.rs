use std::io::Read as _;

use super::{FrameReader, FrameSealer, ResponseContext};
use crate::fixed::{HospitalId, RequestDigest};
use crate::limits::{FRAME_BYTES, TAG_BYTES};
use crate::record::Position;
use crate::sealing_key::SealingKeyPair;
use crate::test_random::Counting;

const HEAD: usize = super::RESPONSE_HEAD_BYTES;
const WHOLE: usize = FRAME_BYTES + TAG_BYTES;

fn context() -> ResponseContext {
    ResponseContext { request: RequestDigest::new([1; 32]), gateway: HospitalId::new([2; 20]) }
}

fn content(length: usize) -> Vec<u8> {
    (0..251u8).cycle().take(length).collect()
}

fn respond(content: &[u8], context: &ResponseContext) -> (SealingKeyPair, Vec<u8>) {
    let mut random = Counting::new(content.len() as u64);
    let pair = SealingKeyPair::generate(&mut random);
    let (head, mut sealer) = FrameSealer::new(&pair.public(), context, &mut random).unwrap();
    let mut response = head.to_vec();
    let count = content.len().div_ceil(FRAME_BYTES).max(1);
    for index in 0..count {
        let position = if index + 1 == count { Position::Last } else { Position::Inner };
        let end = content.len().min((index + 1) * FRAME_BYTES);
        let mut frame = content[index * FRAME_BYTES..end].to_vec();
        let tag = sealer.seal_in_place(position, &mut frame).unwrap();
        response.extend_from_slice(&frame);
        response.extend_from_slice(&tag);
    }
    (pair, response)
}

fn read(
    pair: &SealingKeyPair,
    response: &[u8],
    context: &ResponseContext,
    length: u64,
) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    FrameReader::new(response, pair, &pair.public(), context, length)?.read_to_end(&mut content)?;
    Ok(content)
}

#[test]
fn responses_of_boundary_lengths_come_back() {
    for length in [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES, 300_000] {
        let content = content(length);
        let (pair, response) = respond(&content, &context());
        assert_eq!(read(&pair, &response, &context(), length as u64).unwrap(), content);
    }
}

#[test]
fn truncated_swapped_repeated_and_longer_responses_are_refused() {
    let content = content(3 * FRAME_BYTES + 10);
    let length = content.len() as u64;
    let (pair, response) = respond(&content, &context());
    for end in [0, 10, HEAD, HEAD + WHOLE, HEAD + 3 * WHOLE, response.len() - 1] {
        assert!(read(&pair, &response[..end], &context(), length).is_err(), "cut at {end}");
    }
    // Cut at a frame's end and asked for that much: the last flag says that there was more.
    assert!(read(&pair, &response[..HEAD + WHOLE], &context(), FRAME_BYTES as u64).is_err());
    assert!(read(&pair, &[response.as_slice(), &[0]].concat(), &context(), length).is_err());
    let mut swapped = response.clone();
    let (first, second) = swapped[HEAD..HEAD + 2 * WHOLE].split_at_mut(WHOLE);
    first.swap_with_slice(second);
    assert!(read(&pair, &swapped, &context(), length).is_err());
    let mut repeated = response.clone();
    repeated.copy_within(HEAD..HEAD + WHOLE, HEAD + WHOLE);
    assert!(read(&pair, &repeated, &context(), length).is_err());
}

#[test]
fn a_response_opens_for_its_request_and_gateway_only() {
    let (pair, response) = respond(&content(10), &context());
    let other_request = ResponseContext { request: RequestDigest::ZERO, ..context() };
    let other_gateway = ResponseContext { gateway: HospitalId::ZERO, ..context() };
    assert!(read(&pair, &response, &other_request, 10).is_err());
    assert!(read(&pair, &response, &other_gateway, 10).is_err());
    let other = SealingKeyPair::generate(&mut Counting::new(99));
    assert!(read(&other, &response, &context(), 10).is_err());
}

#[test]
fn any_flipped_bit_is_refused() {
    let (pair, response) = respond(&content(10), &context());
    for bit in 0..response.len() * 8 {
        let mut response = response.clone();
        response[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&pair, &response, &context(), 10).is_err(), "bit {bit}");
    }
}

#[test]
#[should_panic(expected = "no frame follows the last")]
fn nothing_is_sealed_after_the_last_frame() {
    let mut random = Counting::new(1);
    let pair = SealingKeyPair::generate(&mut random);
    let (_, mut sealer) = FrameSealer::new(&pair.public(), &context(), &mut random).unwrap();
    for _ in 0..2 {
        sealer.seal_in_place(Position::Last, &mut [0; 10]).unwrap();
    }
}
