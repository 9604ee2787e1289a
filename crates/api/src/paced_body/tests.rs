//! Bodies that come, and bodies that do not.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{iter, pending};

use super::PacedBody;

/// Pieces that are here at once, and then nothing for ever.
fn then_silent(pieces: &[&'static [u8]]) -> Body {
    let pieces: Vec<_> =
        pieces.iter().map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece))).collect();
    Body::from_stream(iter(pieces).chain(pending()))
}

#[tokio::test]
async fn body_that_stops_coming_is_refused_once_patience_is_used_up() {
    let mut body = PacedBody::new(then_silent(&[b"some"]), Duration::ZERO);
    assert_eq!(body.piece().await.unwrap().unwrap(), &b"some"[..]);
    body.piece().await.unwrap_err();
}

#[tokio::test]
async fn first_piece_is_waited_for_and_taken_later() {
    let mut body = PacedBody::new(then_silent(&[b"", b"one", b"two"]), Duration::from_secs(3_600));
    body.wait_for_first().await.unwrap();
    assert_eq!(body.piece().await.unwrap().unwrap(), &b"one"[..]);
    assert_eq!(body.piece().await.unwrap().unwrap(), &b"two"[..]);
}
