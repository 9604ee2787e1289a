//! A client's connection that is closed when the client takes its answers too slowly: hyper sets
//! no limit on that.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::patience::Patience;

/// A stream whose writes wait only as long as the client's [`Patience`] lasts. Reads are as they are: bodies and headers have their own bounds.
pub(crate) struct TimedStream<S> {
    stream: S,
    patience: Patience,
    /// Runs while a write waits.
    alarm: Pin<Box<Sleep>>,
    /// Since when a write waits for the client; `None` if none does.
    waiting: Option<Instant>,
}

impl<S> TimedStream<S> {
    pub(crate) fn new(stream: S, wait: Duration) -> Self {
        Self { stream, patience: Patience::new(wait), alarm: Box::pin(sleep(wait)), waiting: None }
    }

    /// Passes on what a write came to, and ends one that waits too long.
    fn timed<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            if let Some(since) = self.waiting.take() {
                self.patience.waited(since.elapsed());
            }
            return polled;
        }
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some(now);
            self.alarm.as_mut().reset(now + self.patience.left());
        }
        ready!(self.alarm.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S> TimedStream<S> {
    fn written(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let polled = self.timed(context, polled);
        if let Poll::Ready(Ok(count)) = polled {
            self.patience.moved(count);
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.written(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.timed(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.timed(context, polled)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
