//! Bodies that come slowly, on a clock that stands still while nobody waits.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::stream::unfold;
use tokio::time::{Instant, sleep};

use super::PacedBody;
use crate::limits::BYTES_PER_SECOND_MIN;

/// Pieces of so many bytes, one a second, without end.
fn one_a_second(bytes: usize) -> Body {
    Body::from_stream(unfold((), move |()| async move {
        sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from(vec![7; bytes])), ()))
    }))
}

#[tokio::test(start_paused = true)]
async fn body_of_one_byte_a_second_is_refused_and_one_at_the_least_rate_is_not() {
    let begun = Instant::now();
    let mut slow = PacedBody::new(one_a_second(1), Duration::from_secs(10));
    while slow.piece().await.is_ok() {}
    assert!(begun.elapsed() < Duration::from_secs(11));
    let steady = one_a_second(usize::try_from(BYTES_PER_SECOND_MIN).unwrap());
    let mut steady = PacedBody::new(steady, Duration::from_secs(10));
    for _ in 0..1_000 {
        steady.piece().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn time_in_which_the_node_does_not_ask_is_not_held_against_the_client() {
    let mut body = PacedBody::new(one_a_second(9), Duration::from_secs(3));
    body.wait_for_first().await.unwrap();
    sleep(Duration::from_secs(3_600)).await;
    assert_eq!(body.piece().await.unwrap().unwrap().len(), 9, "the piece that came first");
    assert_eq!(body.piece().await.unwrap().unwrap().len(), 9);
}
