//! Frames: golden bytes, any frame comes back, nothing else is read.

use std::time::Duration;

use carechain_crypto::SubtreeValue;
use proptest::prelude::{any, proptest};
use tokio::runtime::Builder;

use super::{
    Frame, FrameError, Kind, read_frame, read_version, taken, write_chunk, write_frame, write_push_chunk,
    write_version,
};
use crate::limits::{CHUNK_FRAME_BYTES_MAX, CONTROL_BYTES_MAX};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn written(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    block_on(write_frame(&mut bytes, frame)).unwrap();
    bytes
}

fn read(mut bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
    block_on(read_frame(&mut bytes, Kind::ALL))
}

#[test]
fn frames_have_these_bytes() {
    let mut version = Vec::new();
    block_on(write_version(&mut version)).unwrap();
    assert_eq!(version, [2]);
    assert_eq!(written(&Frame::new(Kind::AskManifest, Vec::new())), [10, 0, 0, 0, 0]);
    assert_eq!(written(&Frame::of_index(Kind::Stored, 0x0102)), [4, 4, 0, 0, 0, 2, 1, 0, 0]);
    assert_eq!(written(&Frame::new(Kind::Refused, vec![3])), [15, 1, 0, 0, 0, 3]);
    let mut chunk = Vec::new();
    block_on(write_chunk(&mut chunk, 7, b"abc")).unwrap();
    assert_eq!(chunk, [3, 7, 0, 0, 0, 7, 0, 0, 0, b'a', b'b', b'c']);
    let frame = read(&chunk).unwrap().unwrap();
    assert_eq!(frame.into_chunk().unwrap(), (7, b"abc".to_vec().into()));
    let (mut chunk, value) = (Vec::new(), SubtreeValue::new([9; 32]));
    block_on(write_push_chunk(&mut chunk, (7, &value), b"abc")).unwrap();
    let expected = [&[16, 39, 0, 0, 0, 7, 0, 0, 0][..], &[9; 32], b"abc"].concat();
    assert_eq!(chunk, expected);
    let frame = read(&chunk).unwrap().unwrap();
    assert_eq!(frame.into_push_chunk().unwrap(), (7, value, b"abc".to_vec().into()));
    let short = Frame::new(Kind::PushChunk, vec![0; 35]);
    assert!(matches!(short.into_push_chunk(), Err(FrameError::Malformed { kind: Kind::PushChunk })));
}

#[test]
fn kinds_are_distinct_and_come_back() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_byte(kind.byte()), Some(*kind));
    }
    assert_eq!(Kind::from_byte(0), None);
    assert_eq!(Kind::from_byte(17), None);
}

#[test]
fn another_version_is_refused() {
    let read = block_on(read_version(&mut [1_u8].as_slice()));
    assert!(matches!(read, Err(FrameError::Version { got: 1 })), "{read:?}");
}

#[test]
fn length_above_the_kind_is_refused_before_its_bytes_arrive() {
    for kind in Kind::ALL {
        let mut bytes = vec![kind.byte()];
        bytes.extend_from_slice(&u32::try_from(kind.bytes_max() + 1).unwrap().to_le_bytes());
        assert!(matches!(read(&bytes), Err(FrameError::Length { .. })), "{kind:?}");
    }
}

#[test]
fn kind_out_of_place_is_refused_before_its_bytes_arrive() {
    let head = [Kind::Manifest.byte(), 0, 0, 0, 2];
    let read = block_on(read_frame(&mut head.as_slice(), &[Kind::Chunk, Kind::PushComplete]));
    assert!(matches!(read, Err(FrameError::OutOfPlace { kind: Kind::Manifest })), "{read:?}");
}

#[test]
fn write_that_nobody_takes_ends() {
    let written = block_on(taken(Duration::from_millis(1), std::future::pending()));
    assert!(
        matches!(&written, Err(FrameError::Stream(error)) if error.kind() == std::io::ErrorKind::TimedOut),
        "{written:?}"
    );
}

#[test]
fn end_between_frames_is_an_end_and_inside_one_an_error() {
    let bytes = written(&Frame::new(Kind::Receipt, vec![9; 20]));
    assert!(read(&[]).unwrap().is_none());
    for end in 1..bytes.len() {
        assert!(matches!(read(&bytes[..end]), Err(FrameError::Stream(_))), "{end}");
    }
}

#[test]
fn chunk_shorter_than_its_index_is_malformed() {
    let frame = Frame::new(Kind::Chunk, vec![1, 2, 3]);
    assert!(matches!(frame.into_chunk(), Err(FrameError::Malformed { kind: Kind::Chunk })));
}

proptest! {
    #[test]
    fn any_frame_comes_back(place in any::<proptest::sample::Index>(), seed in any::<u8>(), count in 0..CONTROL_BYTES_MAX) {
        let kind = *place.get(Kind::ALL);
        let frame = Frame::new(kind, vec![seed; count.min(kind.bytes_max())]);
        let bytes = written(&frame);
        assert_eq!(read(&bytes).unwrap().unwrap(), frame);
    }

    #[test]
    fn any_chunk_comes_back(index in any::<u32>(), seed in any::<u8>(), count in 0..CHUNK_FRAME_BYTES_MAX - 4) {
        let mut bytes = Vec::new();
        block_on(write_chunk(&mut bytes, index, &vec![seed; count])).unwrap();
        let frame = read(&bytes).unwrap().unwrap();
        assert_eq!(frame.into_chunk().unwrap(), (index, vec![seed; count].into()));
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = read(&bytes);
    }
}
