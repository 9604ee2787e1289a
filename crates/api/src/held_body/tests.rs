//! How long the place of an answer is held.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use futures::StreamExt as _;

use super::HeldBody;
use crate::places::Places;

const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test]
async fn place_is_held_until_the_last_bytes_are_gone_and_no_longer() {
    let places = Arc::new(Places::new(2, 1));
    let body = HeldBody::holding(Body::from("an answer"), places.enter(ADDRESS).unwrap());
    assert_eq!(body.size_hint().exact(), Some(9), "the length of the answer is known as before");
    let mut stream = body.into_data_stream();
    let bytes: Bytes = stream.next().await.unwrap().unwrap();
    assert_eq!(bytes, "an answer");
    assert!(stream.next().await.is_none());
    drop(stream);
    assert!(places.enter(ADDRESS).is_none(), "the bytes wait for the socket");
    drop(bytes);
    assert!(places.enter(ADDRESS).is_some());
}
