//! Streams: what a peer or a gateway sends, as bytes arrive.

use std::io::Read as _;
use std::time::Duration;

use carechain_crypto::{ChainId, Digest};
use carechain_crypto::{FrameReader, HospitalId, RequestDigest, ResponseContext, SealingKeyPair, Secret};

use crate::bulk;
use crate::network::handshake::{self, Hello};
use crate::network::{frame, limits};

const OWN: Hello = Hello {
    version_lowest: handshake::WIRE_VERSION_LOWEST,
    version_highest: handshake::WIRE_VERSION_HIGHEST,
    chain_id: ChainId::new([0xC4; 32]),
    cluster_digest: Digest::new([0xCD; 32]),
    epoch: 0,
};

/// Nothing here waits: every read has its bytes, or their end.
fn block_on(future: impl Future) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without sockets starts").block_on(future);
}

/// A lane of the votes plane: the peer's hello, then frames.
pub(super) fn network(data: &[u8]) {
    block_on(async {
        let mut stream = Lane { incoming: data };
        let _ = handshake::answer(&mut stream, &OWN).await;
        let bytes_max = limits::HELLO_BYTES_MAX * 16;
        while let Ok(frame) = frame::read_frame(&mut stream, bytes_max, Duration::from_secs(1)).await {
            assert!(frame.len() <= bytes_max, "a frame is bounded");
        }
    });
}

/// A stream of the bulk plane.
pub(super) fn bulk(data: &[u8]) {
    block_on(bulk::read_stream(data));
}

/// A gateway's answer to a read, at the reader.
pub(super) fn response(data: &[u8]) {
    let keys = SealingKeyPair::from_private(&Secret::new([7; 32]));
    let context = ResponseContext { request: RequestDigest::new([1; 32]), gateway: HospitalId::new([2; 20]) };
    let (head, rest) = data.split_at(data.len().min(8));
    let mut length = [0; 8];
    length[..head.len()].copy_from_slice(head);
    let length = u64::from_le_bytes(length);
    if let Ok(mut reader) = FrameReader::new(rest, &keys, &keys.public(), &context, length) {
        let _ = reader.read_to_end(&mut Vec::new());
    }
}

/// What a peer sends; what it is sent goes nowhere.
struct Lane<'a> {
    incoming: &'a [u8],
}

impl futures::AsyncRead for Lane<'_> {
    fn poll_read(
        mut self: core::pin::Pin<&mut Self>,
        context: &mut core::task::Context<'_>,
        buffer: &mut [u8],
    ) -> core::task::Poll<std::io::Result<usize>> {
        core::pin::Pin::new(&mut self.incoming).poll_read(context, buffer)
    }
}

impl futures::AsyncWrite for Lane<'_> {
    fn poll_write(
        self: core::pin::Pin<&mut Self>,
        _: &mut core::task::Context<'_>,
        buffer: &[u8],
    ) -> core::task::Poll<std::io::Result<usize>> {
        core::task::Poll::Ready(Ok(buffer.len()))
    }

    fn poll_flush(
        self: core::pin::Pin<&mut Self>,
        _: &mut core::task::Context<'_>,
    ) -> core::task::Poll<std::io::Result<()>> {
        core::task::Poll::Ready(Ok(()))
    }

    fn poll_close(
        self: core::pin::Pin<&mut Self>,
        _: &mut core::task::Context<'_>,
    ) -> core::task::Poll<std::io::Result<()>> {
        core::task::Poll::Ready(Ok(()))
    }
}
