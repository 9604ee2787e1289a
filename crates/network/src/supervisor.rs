//! Watches over one member on one plane: connection, link, end of the link, next connection.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use carechain_crypto::{ChainId, Digest};
use libp2p::PeerId;
use libp2p::swarm::ConnectionId;
use libp2p_stream::Control;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::counters::LivePlane;
use crate::handshake::{Agreed, Hello, WIRE_VERSION_HIGHEST, WIRE_VERSION_LOWEST};
use crate::lanes::{Arrivals, OpenLane, open_lanes};
use crate::limits::SETUP_TIMEOUT;
use crate::link::{LinkContext, run_link};
use crate::plane::Plane;
use crate::{Class, Event, LinkEnd, Mismatch};

/// What this node shows in handshakes.
#[derive(Debug)]
pub(crate) struct OwnHello {
    pub(crate) chain_id: ChainId,
    pub(crate) cluster_digest: Digest,
    pub(crate) epoch: AtomicU64,
}

/// What a supervisor asks of the driver.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    /// A link stands.
    Linked { peer: PeerId },
    /// The peer cannot be talked to for now.
    Refused { peer: PeerId },
    /// The connection is of no more use.
    Close { connection: ConnectionId },
}

pub(crate) struct Supervisor {
    pub(crate) plane: Plane,
    pub(crate) context: LinkContext,
    pub(crate) hello: Arc<OwnHello>,
    pub(crate) control: Control,
    /// The newest connection to the member; closed when it is no longer one.
    pub(crate) connection: watch::Receiver<Option<ConnectionId>>,
    pub(crate) arrivals: Arrivals,
    pub(crate) commands: mpsc::Sender<Command>,
}

/// How the attempt to open a link ended.
enum Setup {
    Opened { lanes: Vec<OpenLane>, agreed: Agreed },
    Mismatched { mismatch: Mismatch },
    TimedOut,
    Left,
}

impl OwnHello {
    fn now(&self) -> Hello {
        Hello {
            version_lowest: WIRE_VERSION_LOWEST,
            version_highest: WIRE_VERSION_HIGHEST,
            chain_id: self.chain_id,
            cluster_digest: self.cluster_digest,
            epoch: self.epoch.load(Ordering::Relaxed),
        }
    }
}

impl Supervisor {
    /// Serves one connection after another until the member is removed or the driver ends.
    pub(crate) async fn run(mut self) {
        loop {
            let next = tokio::select! {
                () = self.arrivals.keep() => unreachable!("keeping never ends"),
                next = self.connection.wait_for(Option::is_some) => next.ok().and_then(|id| *id),
            };
            let Some(connection) = next else { return };
            self.serve(connection).await;
            if self.commands.send(Command::Close { connection }).await.is_err() {
                return;
            }
            tokio::select! {
                () = self.arrivals.keep() => unreachable!("keeping never ends"),
                _ = left(&mut self.connection, connection) => {}
            }
        }
    }

    async fn serve(&mut self, connection: ConnectionId) {
        let peer = self.context.member.peer_id;
        match self.set_up(connection).await {
            Setup::Left => self.counts().links_failed.increment(),
            Setup::TimedOut => {
                tracing::debug!(%peer, plane = ?self.plane, "link not set up in time");
                self.counts().links_failed.increment();
            }
            Setup::Mismatched { mismatch } => {
                tracing::warn!(%peer, %mismatch, "member refused");
                self.counts().handshakes_mismatched.increment();
                self.command(Command::Refused { peer }).await;
                if self.plane == Plane::Votes {
                    let event = Event::Refused { peer: self.context.member.key, mismatch };
                    // A closed inbox means that nobody is left to be told.
                    let _ = self.context.inbox.push_closing(event).await;
                }
            }
            Setup::Opened { lanes, agreed } => {
                self.command(Command::Linked { peer }).await;
                self.counts().links_opened.increment();
                self.hold(connection, lanes, agreed).await;
                self.counts().links_closed.increment();
            }
        }
    }

    async fn set_up(&mut self, connection: ConnectionId) -> Setup {
        let own = self.hello.now();
        let peer = self.context.member.peer_id;
        let opening = open_lanes(self.plane, peer, &self.control, &mut self.arrivals, &own);
        tokio::select! {
            opened = timeout(SETUP_TIMEOUT, opening) => match opened {
                Ok(Ok((lanes, agreed))) => Setup::Opened { lanes, agreed },
                Ok(Err(mismatch)) => Setup::Mismatched { mismatch },
                Err(_) => Setup::TimedOut,
            },
            _ = left(&mut self.connection, connection) => Setup::Left,
        }
    }

    async fn hold(&mut self, connection: ConnectionId, lanes: Vec<OpenLane>, agreed: Agreed) {
        let end = match self.plane {
            Plane::Votes => self.hold_votes(connection, lanes, agreed).await,
            Plane::Bulk => {
                self.context.member.session.bulk_up.send_replace(true);
                let end = self.run_until_left(connection, lanes).await;
                self.context.member.session.bulk_up.send_replace(false);
                end
            }
        };
        tracing::info!(peer = ?self.context.member.key, plane = ?self.plane, %end, "link ended");
        if matches!(end, LinkEnd::Oversize { .. }) {
            self.counts().frames_oversize.increment();
        }
    }

    /// The outbox opens before the event goes out, so that who hears of the link can send at once.
    async fn hold_votes(
        &mut self,
        connection: ConnectionId,
        lanes: Vec<OpenLane>,
        agreed: Agreed,
    ) -> LinkEnd {
        let member = Arc::clone(&self.context.member);
        let inbox = Arc::clone(&self.context.inbox);
        let connected = Event::Connected { peer: member.key, epoch: agreed.epoch, version: agreed.version };
        member.session.outbox.open();
        let announced = tokio::select! {
            announced = inbox.push_opening(connected) => announced.map_err(|_| LinkEnd::Removed),
            end = left(&mut self.connection, connection) => Err(end),
        };
        let end = match announced {
            Ok(()) => self.run_until_left(connection, lanes).await,
            Err(end) => end,
        };
        for (class, dropped) in Class::ALL.into_iter().zip(member.session.outbox.close()) {
            self.context.counters.class(class).dropped_disconnected.add(dropped);
        }
        if announced.is_ok() {
            // A closed inbox means that nobody is left to be told.
            let _ = inbox.push_closing(Event::Disconnected { peer: member.key, reason: end }).await;
        }
        end
    }

    async fn run_until_left(&mut self, connection: ConnectionId, lanes: Vec<OpenLane>) -> LinkEnd {
        tokio::select! {
            () = self.arrivals.keep() => unreachable!("keeping never ends"),
            end = run_link(lanes, &self.context) => end,
            end = left(&mut self.connection, connection) => end,
        }
    }

    async fn command(&mut self, command: Command) {
        if self.commands.send(command).await.is_err() {
            tracing::trace!("the driver has ended");
        }
    }

    fn counts(&self) -> &LivePlane {
        self.context.counters.plane(self.plane)
    }
}

/// Waits until `connection` is not the newest any more.
async fn left(newest: &mut watch::Receiver<Option<ConnectionId>>, connection: ConnectionId) -> LinkEnd {
    match newest.wait_for(|newest| *newest != Some(connection)).await {
        Err(_) => LinkEnd::Removed,
        Ok(newest) => newest.map_or(LinkEnd::Closed, |_| LinkEnd::Replaced),
    }
}
