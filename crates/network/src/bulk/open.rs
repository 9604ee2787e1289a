//! Opens bulk streams to members.

use std::io;
use std::sync::Arc;

use carechain_crypto::SigningPublicKey;
use futures::AsyncReadExt;
use libp2p::{PeerId, Stream};
use libp2p_stream::Control;
use tokio::sync::{TryAcquireError, watch};
use tokio::time::{sleep, timeout};

use super::{ACCEPTED, BUSY, BulkStream};
use crate::counters::Counters;
use crate::limits::{BULK_OPEN_ATTEMPTS_MAX, BULK_OPEN_TIMEOUT, REOPEN_PAUSE};
use crate::plane::BULK_PROTOCOL;
use crate::roster::{Member, Roster};

/// Why a bulk stream could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// The key is not a member's: the caller works with an old list.
    #[error("{peer:?} is not a member")]
    NotMember {
        /// The key.
        peer: SigningPublicKey,
    },
    /// No bulk link stands: try another holder, or wait with `bulk_ready`.
    #[error("no bulk link with {peer:?}")]
    NotConnected {
        /// The member.
        peer: SigningPublicKey,
    },
    /// This node has its share of streams to the member open: finish one first.
    #[error("all bulk streams to {peer:?} are in use")]
    AllInUse {
        /// The member.
        peer: SigningPublicKey,
    },
    /// The member has no stream to spare: try another holder, or later.
    #[error("{peer:?} is busy")]
    Busy {
        /// The member.
        peer: SigningPublicKey,
    },
    /// The stream broke or was not answered in time: try again.
    #[error("bulk stream to {peer:?} failed: {source}")]
    Stream {
        /// The member.
        peer: SigningPublicKey,
        /// How it broke.
        source: io::Error,
    },
}

/// What opening needs beside the member.
#[derive(Clone)]
pub(crate) struct BulkControl {
    pub(crate) control: Control,
    pub(crate) counters: Arc<Counters>,
}

/// Waits until the member's bulk link stands, following changes of the member list.
pub(crate) async fn bulk_ready(
    peer: SigningPublicKey,
    mut roster: watch::Receiver<Arc<Roster>>,
) -> Result<(), BulkError> {
    let member = roster.borrow_and_update().member(peer).cloned().ok_or(BulkError::NotMember { peer })?;
    let mut up = member.session.bulk_up.subscribe();
    loop {
        if *up.borrow_and_update() {
            return Ok(());
        }
        let changed = tokio::select! {
            changed = up.changed() => changed,
            changed = roster.changed() => changed,
        };
        if changed.is_err() || roster.borrow_and_update().member(peer).is_none() {
            return Err(BulkError::NotMember { peer });
        }
    }
}

/// Opens a stream to a member; ready when the member has taken it.
pub(crate) async fn open_bulk(member: Arc<Member>, with: BulkControl) -> Result<BulkStream, BulkError> {
    let peer = member.key;
    if !*member.session.bulk_up.borrow() {
        return Err(BulkError::NotConnected { peer });
    }
    let permit = match Arc::clone(&member.session.streams_outgoing).try_acquire_owned() {
        Ok(permit) => permit,
        Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
            return Err(BulkError::AllInUse { peer });
        }
    };
    let attempts = open_answered(member.peer_id, &with);
    let answered =
        timeout(BULK_OPEN_TIMEOUT, attempts).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    match answered {
        Ok((stream, ACCEPTED)) => {
            with.counters.streams.streams_opened.increment();
            Ok(BulkStream::new(stream, with.counters, permit))
        }
        Ok((_, BUSY)) => Err(BulkError::Busy { peer }),
        Ok(_) => Err(BulkError::Stream { peer, source: io::ErrorKind::InvalidData.into() }),
        Err(source) => Err(BulkError::Stream { peer, source }),
    }
}

async fn open_answered(peer: PeerId, with: &BulkControl) -> io::Result<(Stream, u8)> {
    let mut attempt = 1;
    loop {
        match open_once(peer, with.control.clone()).await {
            Err(_) if attempt < BULK_OPEN_ATTEMPTS_MAX => with.counters.streams.streams_retried.increment(),
            other => return other,
        }
        sleep(REOPEN_PAUSE * attempt).await;
        attempt += 1;
    }
}

async fn open_once(peer: PeerId, mut control: Control) -> io::Result<(Stream, u8)> {
    let mut stream = control.open_stream(peer, BULK_PROTOCOL).await.map_err(io::Error::other)?;
    let mut answer = [0];
    stream.read_exact(&mut answer).await?;
    Ok((stream, answer[0]))
}
