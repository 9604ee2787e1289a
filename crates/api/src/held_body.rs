//! An answer in memory, and the place that its client holds until it has taken it.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use crate::places::Place;

/// The body of an answer whose bytes hold a place: also while they wait for the socket, when the body itself is gone.
pub(crate) struct HeldBody {
    body: Body,
    place: Arc<Place<IpAddr>>,
}

/// Bytes with their place.
struct Held {
    bytes: Bytes,
    _place: Arc<Place<IpAddr>>,
}

impl HeldBody {
    /// The same body, which holds the place.
    pub(crate) fn holding(body: Body, place: Place<IpAddr>) -> Body {
        Body::new(Self { body, place: Arc::new(place) })
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let hold = |bytes| Bytes::from_owner(Held { bytes, _place: Arc::clone(&self.place) });
        polled.map_ok(|frame| frame.map_data(hold))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
