//! Takes bulk streams that members open.

use std::io;
use std::sync::Arc;

use carechain_crypto::SigningPublicKey;
use futures::stream::FuturesUnordered;
use futures::{AsyncWriteExt, StreamExt};
use libp2p::{PeerId, Stream};
use libp2p_stream::IncomingStreams;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::{ACCEPTED, BUSY, BulkStream};
use crate::counters::Counters;
use crate::limits::{BULK_ANSWERS_MAX, BULK_OPEN_TIMEOUT};
use crate::roster::{Member, Roster};

/// A stream that a member opened, accepted and waiting for the node's protocol.
#[derive(Debug)]
pub struct IncomingBulk {
    /// The member.
    pub from: SigningPublicKey,
    /// Its stream.
    pub stream: BulkStream,
}

/// Gives the streams that members open.
#[derive(Debug)]
pub struct BulkReceiver {
    pub(crate) receiver: mpsc::Receiver<IncomingBulk>,
}

impl BulkReceiver {
    /// The next stream; `None` once the network has ended.
    pub async fn next(&mut self) -> Option<IncomingBulk> {
        self.receiver.recv().await
    }
}

/// Accepts until the swarm ends. Answers are written beside the loop, so that no slow peer holds it up.
pub(crate) async fn accept_bulk(
    mut incoming: IncomingStreams,
    roster: watch::Receiver<Arc<Roster>>,
    accepted: mpsc::Sender<IncomingBulk>,
    counters: Arc<Counters>,
) {
    let mut answers = FuturesUnordered::new();
    loop {
        tokio::select! {
            next = incoming.next() => {
                let Some((peer, stream)) = next else { return };
                let member = member_with_link(&roster, &peer);
                if let Some(member) = member.filter(|_| answers.len() < BULK_ANSWERS_MAX) {
                    let admitted = admit(member, stream, accepted.clone(), Arc::clone(&counters));
                    answers.push(timeout(BULK_OPEN_TIMEOUT, admitted));
                }
            }
            Some(answered) = answers.next(), if !answers.is_empty() => {
                if let Ok(Err(error)) = answered {
                    tracing::debug!(%error, "bulk stream ended before it was answered");
                }
            }
        }
    }
}

fn member_with_link(roster: &watch::Receiver<Arc<Roster>>, peer: &PeerId) -> Option<Arc<Member>> {
    let member = roster.borrow().member_by_peer_id(peer).cloned();
    member.filter(|member| *member.session.bulk_up.borrow())
}

async fn admit(
    member: Arc<Member>,
    mut stream: Stream,
    accepted: mpsc::Sender<IncomingBulk>,
    counters: Arc<Counters>,
) -> io::Result<()> {
    let permit = Arc::clone(&member.session.streams_incoming).try_acquire_owned();
    let (Ok(permit), Ok(slot)) = (permit, accepted.try_reserve()) else {
        counters.streams.streams_refused.increment();
        stream.write_all(&[BUSY]).await?;
        return stream.close().await;
    };
    stream.write_all(&[ACCEPTED]).await?;
    stream.flush().await?;
    counters.streams.streams_accepted.increment();
    slot.send(IncomingBulk { from: member.key, stream: BulkStream::new(stream, counters, permit) });
    Ok(())
}
