//! The node's side of a running network.

use core::sync::atomic::Ordering;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::bulk::{BulkControl, bulk_ready, open_bulk};
use crate::counters::Counters;
use crate::inbox::Inbox;
use crate::outbox::Dropped;
use crate::roster::{Member, Roster, RosterError};
use crate::supervisor::OwnHello;
use crate::{BulkError, BulkStream, Class, Limits, NetworkCounters, Peer};

/// Sends, opens bulk streams, changes the member list. Cheap to clone, usable from any thread; the network ends when
/// the last one is dropped.
#[derive(Clone)]
pub struct NetworkHandle {
    pub(crate) running: Arc<Running>,
}

pub(crate) struct Running {
    pub(crate) own: SigningPublicKey,
    pub(crate) votes_address: SocketAddr,
    pub(crate) bulk_address: SocketAddr,
    pub(crate) roster: watch::Sender<Arc<Roster>>,
    /// Held while the list changes, so that two changes do not mix.
    pub(crate) changing: Mutex<()>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) hello: Arc<OwnHello>,
    pub(crate) limits: Limits,
    pub(crate) bulk: BulkControl,
    pub(crate) ended: [CancellationToken; 2],
    pub(crate) stop: CancellationToken,
    pub(crate) _stop_on_drop: DropGuard,
}

/// Why a message was not queued. Nothing is lost that the protocol above does not say again.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The key is not a member's: the caller works with an old list.
    #[error("{peer:?} is not a member")]
    NotMember {
        /// The key.
        peer: SigningPublicKey,
    },
    /// No link stands: the peer hears it again after the next `Connected`.
    #[error("no link with {peer:?}")]
    NotConnected {
        /// The member.
        peer: SigningPublicKey,
    },
    /// The message is empty or longer than its class allows: split it.
    #[error("message of {bytes} bytes, 1 to {bytes_max} allowed")]
    Length {
        /// Its length.
        bytes: usize,
        /// The bound of its class.
        bytes_max: usize,
    },
}

impl NetworkHandle {
    /// Queues a message for one member; never waits. When the member's queue is full, the oldest message of the lowest
    /// class is dropped and counted.
    pub fn send(&self, peer: SigningPublicKey, class: Class, message: Bytes) -> Result<(), SendError> {
        self.check_length(class, &message)?;
        let roster = Arc::clone(&self.running.roster.borrow());
        let member = roster.member(peer).ok_or(SendError::NotMember { peer })?;
        self.queue(member, class, message)
    }

    /// Queues a message for every connected member and says for how many; never waits.
    pub fn broadcast(&self, class: Class, message: &Bytes) -> Result<usize, SendError> {
        self.check_length(class, message)?;
        let roster = Arc::clone(&self.running.roster.borrow());
        Ok(roster.members().filter(|member| self.queue(member, class, message.clone()).is_ok()).count())
    }

    /// Opens a bulk stream to a member, ready when the member has taken it; fails at once without a bulk link. Needs a
    /// tokio runtime with a timer.
    pub async fn open_bulk(&self, peer: SigningPublicKey) -> Result<BulkStream, BulkError> {
        let member = self.running.roster.borrow().member(peer).cloned();
        open_bulk(member.ok_or(BulkError::NotMember { peer })?, self.running.bulk.clone()).await
    }

    /// Waits until a bulk link with the member stands.
    pub async fn bulk_ready(&self, peer: SigningPublicKey) -> Result<(), BulkError> {
        bulk_ready(peer, self.running.roster.subscribe()).await
    }

    /// Replaces the member list: links with those who left are closed, new members are dialled or awaited.
    pub fn set_peers(&self, peers: &[Peer]) -> Result<(), RosterError> {
        let running = &self.running;
        let _alone = running.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = Arc::clone(&running.roster.borrow());
        let after = Arc::new(Roster::new(peers, running.own, &before, &running.limits)?);
        running.inbox.set_peers(after.members().map(|member| member.key));
        running.roster.send_replace(after);
        Ok(())
    }

    /// Shows this epoch in handshakes from now on; links that stand are not touched.
    pub fn set_epoch(&self, epoch: u64) {
        self.running.hello.epoch.store(epoch, Ordering::Relaxed);
    }

    /// The members with a votes link now.
    #[must_use]
    pub fn connected(&self) -> Vec<SigningPublicKey> {
        let roster = Arc::clone(&self.running.roster.borrow());
        roster.members().filter(|member| member.session.outbox.is_open()).map(|member| member.key).collect()
    }

    /// The members with a bulk link now.
    #[must_use]
    pub fn bulk_connected(&self) -> Vec<SigningPublicKey> {
        let roster = Arc::clone(&self.running.roster.borrow());
        roster.members().filter(|member| *member.session.bulk_up.borrow()).map(|member| member.key).collect()
    }

    /// All counters now.
    #[must_use]
    pub fn counters(&self) -> NetworkCounters {
        self.running.counters.read()
    }

    /// Where the votes plane listens, with the port the system chose.
    #[must_use]
    pub fn votes_address(&self) -> SocketAddr {
        self.running.votes_address
    }

    /// Where the bulk plane listens, with the port the system chose.
    #[must_use]
    pub fn bulk_address(&self) -> SocketAddr {
        self.running.bulk_address
    }

    /// This node's key.
    #[must_use]
    pub fn key(&self) -> SigningPublicKey {
        self.running.own
    }

    /// Done when one of the planes has ended, for whatever reason: members are not reached on it any more.
    pub async fn ended(&self) {
        let [votes, bulk] = &self.running.ended;
        tokio::select! {
            () = votes.cancelled() => {}
            () = bulk.cancelled() => {}
        }
    }

    /// Closes all connections and ports; done when they are closed.
    pub async fn shut_down(&self) {
        self.running.stop.cancel();
        for ended in &self.running.ended {
            ended.cancelled().await;
        }
    }

    fn check_length(&self, class: Class, message: &Bytes) -> Result<(), SendError> {
        let bytes_max = self.running.limits.message_bytes_max(class);
        if message.is_empty() || message.len() > bytes_max {
            return Err(SendError::Length { bytes: message.len(), bytes_max });
        }
        Ok(())
    }

    fn queue(&self, member: &Member, class: Class, message: Bytes) -> Result<(), SendError> {
        match member.session.outbox.push(class, message) {
            Ok(dropped) => {
                self.count_dropped(dropped);
                Ok(())
            }
            Err(_) => {
                self.running.counters.class(class).dropped_disconnected.increment();
                Err(SendError::NotConnected { peer: member.key })
            }
        }
    }

    fn count_dropped(&self, dropped: Dropped) {
        for (class, count) in Class::ALL.into_iter().zip(dropped).filter(|(_, count)| *count > 0) {
            self.running.counters.class(class).dropped_full.add(count);
        }
    }
}

impl core::fmt::Debug for NetworkHandle {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("NetworkHandle")
            .field("own", &self.running.own)
            .field("votes_address", &self.running.votes_address)
            .field("bulk_address", &self.running.bulk_address)
            .finish_non_exhaustive()
    }
}
