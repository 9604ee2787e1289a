#![allow(clippy::unwrap_used)]

use std::time::Duration;

use futures::io::Cursor;

use super::{FrameError, read_frame, write_frame};

const SILENCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn frames_come_back_in_order_and_whole() {
    let long = vec![7; 200_000];
    let mut wire = Vec::new();
    for payload in [&b"one"[..], b"", &long] {
        write_frame(&mut wire, payload).await.unwrap();
    }
    let mut reader = Cursor::new(wire);
    assert_eq!(read_frame(&mut reader, 200_000, SILENCE).await.unwrap(), &b"one"[..]);
    assert_eq!(read_frame(&mut reader, 200_000, SILENCE).await.unwrap(), &b""[..]);
    assert_eq!(read_frame(&mut reader, 200_000, SILENCE).await.unwrap(), long);
    assert!(matches!(read_frame(&mut reader, 10, SILENCE).await, Err(FrameError::Stream { .. })));
}

#[tokio::test]
async fn oversize_frame_is_refused_from_its_head() {
    let mut reader = Cursor::new(u32::MAX.to_le_bytes().to_vec());
    let error = read_frame(&mut reader, 1 << 20, SILENCE).await.unwrap_err();
    assert!(matches!(error, FrameError::Oversize { bytes: 0xffff_ffff, bytes_max: 0x0010_0000 }), "{error}");
}

#[tokio::test]
async fn truncated_frame_is_an_error() {
    let mut wire = Vec::new();
    write_frame(&mut wire, &[1; 100]).await.unwrap();
    wire.truncate(50);
    assert!(matches!(read_frame(&mut Cursor::new(wire), 100, SILENCE).await, Err(FrameError::Stream { .. })));
}
