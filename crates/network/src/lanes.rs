//! Opens all lanes of a link, both ways, with a handshake on each.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use libp2p::{PeerId, Stream};
use libp2p_stream::Control;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::Mismatch;
use crate::handshake::{Agreed, HandshakeError, Hello, answer, greet};
use crate::limits::REOPEN_PAUSE;
use crate::plane::{Lane, Plane};

/// A lane open in both directions.
pub(crate) struct OpenLane {
    pub(crate) lane: Lane,
    pub(crate) outgoing: Stream,
    pub(crate) incoming: Stream,
}

/// A stream that a peer opened for a lane.
pub(crate) type Arrival = (Lane, Stream);

/// Streams of one peer on their way to its supervisor; of each lane the newest counts.
pub(crate) struct Arrivals {
    receiver: mpsc::Receiver<Arrival>,
    kept: BTreeMap<Lane, Stream>,
}

impl Arrivals {
    pub(crate) const fn new(receiver: mpsc::Receiver<Arrival>) -> Self {
        Self { receiver, kept: BTreeMap::new() }
    }

    /// Keeps what arrives while nobody wants it: the lanes of the peer's next connection.
    pub(crate) async fn keep(&mut self) {
        while let Some((lane, stream)) = self.receiver.recv().await {
            self.kept.insert(lane, stream);
        }
        core::future::pending().await
    }

    async fn next(&mut self) -> Arrival {
        while let Ok((lane, stream)) = self.receiver.try_recv() {
            self.kept.insert(lane, stream);
        }
        if let Some(arrival) = self.kept.pop_first() {
            return arrival;
        }
        match self.receiver.recv().await {
            Some(arrival) => arrival,
            None => core::future::pending().await,
        }
    }
}

/// Opens every lane of a plane. Streams that fail are opened again; the caller sets the deadline.
pub(crate) async fn open_lanes(
    plane: Plane,
    peer: PeerId,
    control: &Control,
    arrivals: &mut Arrivals,
    own: &Hello,
) -> Result<(Vec<OpenLane>, Agreed), Mismatch> {
    let outgoing =
        try_join_all(plane.lanes().iter().map(|lane| open_lane(*lane, peer, control.clone(), own)));
    let incoming = accept_lanes(plane, arrivals, own);
    // Both run to their end, so that the peer has its answer even when ours already says that we differ.
    let (outgoing, incoming) = futures::join!(outgoing, incoming);
    let (outgoing, mut incoming) = (outgoing?, incoming?);
    let agreed = outgoing.first().expect("every plane has a lane").2;
    let lanes = outgoing.into_iter().map(|(lane, outgoing, _)| {
        let incoming = incoming.remove(&lane).expect("all lanes were accepted");
        OpenLane { lane, outgoing, incoming }
    });
    Ok((lanes.collect(), agreed))
}

async fn open_lane(
    lane: Lane,
    peer: PeerId,
    mut control: Control,
    own: &Hello,
) -> Result<(Lane, Stream, Agreed), Mismatch> {
    for attempt in 1.. {
        match control.open_stream(peer, lane.protocol()).await {
            Ok(mut stream) => match greet(&mut stream, own).await {
                Ok(agreed) => return Ok((lane, stream, agreed)),
                Err(HandshakeError::Mismatch(mismatch)) => return Err(mismatch),
                Err(HandshakeError::Frame(error)) => {
                    tracing::debug!(%peer, ?lane, %error, "lane not answered")
                }
            },
            Err(error) => tracing::debug!(%peer, ?lane, %error, "lane not opened"),
        }
        sleep(REOPEN_PAUSE * attempt).await;
    }
    unreachable!("attempts end with the deadline, not with the numbers")
}

async fn accept_lanes(
    plane: Plane,
    arrivals: &mut Arrivals,
    own: &Hello,
) -> Result<BTreeMap<Lane, Stream>, Mismatch> {
    let mut accepted = BTreeMap::new();
    while accepted.len() < plane.lanes().len() {
        let (lane, mut stream) = arrivals.next().await;
        match answer(&mut stream, own).await {
            Ok(_) => {
                accepted.insert(lane, stream);
            }
            Err(HandshakeError::Mismatch(mismatch)) => return Err(mismatch),
            Err(HandshakeError::Frame(error)) => tracing::debug!(?lane, %error, "lane broke off"),
        }
    }
    Ok(accepted)
}
