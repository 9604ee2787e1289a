//! Writes that wait.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::TimedStream;

#[tokio::test]
async fn write_that_nobody_takes_ends_and_one_that_is_taken_does_not() {
    let (near, mut far) = duplex(16);
    let mut timed = TimedStream::new(near, Duration::from_millis(20));
    let ended = timed.write_all(&[7; 17]).await.unwrap_err();
    assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    let mut taken = [0; 16];
    far.read_exact(&mut taken).await.unwrap();
    timed.write_all(&[8; 16]).await.unwrap();
}
