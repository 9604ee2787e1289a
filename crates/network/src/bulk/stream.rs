//! One open bulk stream.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::sync::Arc;

use libp2p::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

use crate::counters::Counters;

/// A two-way stream of bytes with a member, within yamux flow control. Dropping it resets it; shut it down after the
/// last write so that the peer sees its end. It counts against the streams of its peer until dropped.
pub struct BulkStream {
    stream: Compat<Stream>,
    counters: Arc<Counters>,
    _permit: OwnedSemaphorePermit,
}

impl BulkStream {
    pub(crate) fn new(stream: Stream, counters: Arc<Counters>, permit: OwnedSemaphorePermit) -> Self {
        Self { stream: stream.compat(), counters, _permit: permit }
    }
}

impl fmt::Debug for BulkStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BulkStream").finish_non_exhaustive()
    }
}

impl AsyncRead for BulkStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.counters.streams.bytes_received.add((buffer.filled().len() - before) as u64);
        polled
    }
}

impl AsyncWrite for BulkStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = polled {
            self.counters.streams.bytes_sent.add(count as u64);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
