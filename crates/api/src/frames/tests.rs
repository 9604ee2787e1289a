//! Sealed streams read back.

use std::io::Read as _;

use bytes::Bytes;
use carechain_crypto::{FrameReader, HospitalId, RequestDigest, ResponseContext, SealingKeyPair};
use futures::{StreamExt as _, TryStreamExt as _};

use super::{sealed_frames, sealed_length};
use crate::node::NodeError;
use crate::random::SystemRandom;

const CONTEXT: ResponseContext =
    ResponseContext { request: RequestDigest::new([1; 32]), gateway: HospitalId::new([2; 20]) };

async fn respond(content: &[u8], length: u64, pair: &SealingKeyPair) -> Result<Vec<u8>, NodeError> {
    let pieces: Vec<_> = content.chunks(50_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let bytes = futures::stream::iter(pieces).boxed();
    let frames = sealed_frames(bytes, length, &pair.public(), &CONTEXT).unwrap();
    Ok(frames.try_collect::<Vec<_>>().await?.concat())
}

#[tokio::test]
async fn what_streams_out_opens_with_the_reply_key() {
    let pair = SealingKeyPair::generate(&mut SystemRandom);
    for length in [1, 65_536, 65_537, 1 << 20] {
        let content: Vec<u8> = (0..251u8).cycle().take(length).collect();
        let response = respond(&content, length as u64, &pair).await.unwrap();
        assert_eq!(response.len() as u64, sealed_length(length as u64));
        let mut read = Vec::new();
        FrameReader::new(response.as_slice(), &pair, &pair.public(), &CONTEXT, length as u64)
            .unwrap()
            .read_to_end(&mut read)
            .unwrap();
        assert_eq!(read, content);
    }
}

#[tokio::test]
async fn a_short_stream_ends_with_an_error() {
    let pair = SealingKeyPair::generate(&mut SystemRandom);
    let error = respond(&[5; 70_000], 70_001, &pair).await.unwrap_err();
    assert_eq!(error, NodeError::Internal { what: "short read" });
}
