//! A body as it comes in, from a client that may be slow but does not stand still.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use carechain_schema::ErrorCode;
use futures::StreamExt as _;
use tokio::time::Instant;

use crate::failure::{Bound, Refused};
use crate::limits::DISCARD_WAIT;
use crate::patience::Patience;

/// The pieces of a body.
pub(crate) struct PacedBody {
    body: BodyDataStream,
    /// A piece that came and was not taken yet.
    first: Option<Bytes>,
    patience: Patience,
}

impl PacedBody {
    /// Of a client that may stand still for so long.
    pub(crate) fn new(body: Body, wait: Duration) -> Self {
        Self { body: body.into_data_stream(), first: None, patience: Patience::new(wait) }
    }

    /// Waits until the first bytes are here, or the end: only then is it known that the client sends at all.
    pub(crate) async fn wait_for_first(&mut self) -> Result<(), Refused> {
        self.first = self.piece().await?;
        Ok(())
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Refused> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        loop {
            let begun = Instant::now();
            let next = tokio::time::timeout(self.patience.left(), self.body.next()).await;
            self.patience.waited(begun.elapsed());
            match next {
                Err(_) => return Err(Refused::busy(Bound::SlowBody, "the body comes too slowly")),
                Ok(None) => return Ok(None),
                Ok(Some(Ok(piece))) if piece.is_empty() => {}
                Ok(Some(Ok(piece))) => {
                    self.patience.moved(piece.len());
                    return Ok(Some(piece));
                }
                Ok(Some(Err(error))) => {
                    let message = format!("the body broke off: {error}");
                    return Err(Refused::new(ErrorCode::Malformed, message, "send it again"));
                }
            }
        }
    }

    /// Refuses the call: takes what still comes of its body and drops it, up to so many bytes and for [`DISCARD_WAIT`]. The
    /// system resets a connection that is closed with unread bytes, and a client that is still sending would lose the answer.
    /// One that sends more than that may lose it, and is told that the connection ends.
    pub(crate) async fn refuse(&mut self, refused: Refused, bytes_max: usize) -> Refused {
        let rest = async {
            let mut dropped = 0_usize;
            while dropped < bytes_max {
                match self.piece().await {
                    Ok(Some(piece)) => dropped = dropped.saturating_add(piece.len()),
                    Ok(None) => return true,
                    Err(_) => return false,
                }
            }
            false
        };
        let ended = tokio::time::timeout(DISCARD_WAIT, rest).await.unwrap_or(false);
        if ended { refused } else { refused.with_unread_body() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
