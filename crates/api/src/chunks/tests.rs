//! Bodies cut into chunks.

use axum::body::Body;
use bytes::Bytes;

use super::{ChunkBuffers, ChunkStream, PacedBody};
use crate::limits::PIECE_WAIT;

const MIB: usize = 1 << 20;
const VALUE: usize = 32;

/// Chunks of such lengths, each behind a value of its number.
fn body(chunks: &[usize], piece: usize) -> Body {
    let framed = (1_u8..).zip(chunks).flat_map(|(number, length)| {
        [number; VALUE].into_iter().chain((0..251u8).cycle().take(*length)).collect::<Vec<_>>()
    });
    let bytes = Bytes::from(framed.collect::<Vec<_>>());
    let length = bytes.len();
    let pieces: Vec<_> = (0..length)
        .step_by(piece)
        .map(|start| Ok::<_, std::io::Error>(bytes.slice(start..length.min(start + piece))))
        .collect();
    Body::from_stream(futures::stream::iter(pieces))
}

async fn lengths(body: Body, file: usize, index: u32) -> Option<Vec<(u32, usize)>> {
    let mut stream =
        ChunkStream::new(PacedBody::new(body, PIECE_WAIT), file as u64, index, ChunkBuffers::new(1));
    let mut cut = Vec::new();
    while let Some(chunk) = stream.next().await.ok()? {
        let number = u8::try_from(cut.len()).unwrap() + 1;
        assert_eq!(chunk.value.get(), &[number; VALUE]);
        assert!(chunk.bytes.iter().copied().eq((0..251u8).cycle().take(chunk.bytes.len())));
        cut.push((chunk.index, chunk.bytes.len()));
    }
    Some(cut)
}

#[tokio::test]
async fn chunks_are_cut_whatever_the_pieces_are() {
    let file = 2 * MIB + 5;
    for piece in [700, 65_536, MIB, file] {
        let cut = lengths(body(&[MIB, MIB, 5], piece), file, 0).await.unwrap();
        assert_eq!(cut, [(0, MIB), (1, MIB), (2, 5)], "pieces of {piece}");
    }
    assert_eq!(lengths(body(&[MIB, 5], 999), file, 1).await.unwrap(), [(1, MIB), (2, 5)]);
}

#[tokio::test]
async fn short_and_long_bodies_are_refused() {
    let file = 2 * MIB + 5;
    assert!(lengths(body(&[MIB - 1], MIB), file, 0).await.is_none());
    assert!(lengths(body(&[6], MIB), file, 2).await.is_none());
    assert!(lengths(body(&[1], MIB), file, 3).await.is_none());
    assert!(lengths(Body::from(vec![1; VALUE - 1]), file, 0).await.is_none());
    assert!(lengths(Body::from(vec![1; VALUE]), file, 0).await.is_none());
}
