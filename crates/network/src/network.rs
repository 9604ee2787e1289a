//! Starts both planes.

use core::sync::atomic::AtomicU64;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use libp2p::noise;
use libp2p_stream::Control;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::bulk::{BulkControl, BulkReceiver, IncomingBulk, accept_bulk};
use crate::counters::Counters;
use crate::driver::{Driver, Shared, listen};
use crate::handle::{NetworkHandle, Running};
use crate::inbox::inbox;
use crate::limits::{INCOMING_BULK_WAITING_MAX, LISTEN_TIMEOUT};
use crate::plane::{BULK_PROTOCOL, Plane};
use crate::roster::{Roster, RosterError};
use crate::supervisor::OwnHello;
use crate::transport::swarm;
use crate::{EventReceiver, NetworkConfig, Runtimes};

/// A running network.
#[derive(Debug)]
pub struct Network {
    /// To send and to open streams.
    pub handle: NetworkHandle,
    /// What happens on the votes plane, to be drained by one thread.
    pub events: EventReceiver,
    /// Bulk streams that members open, to be taken by one task.
    pub incoming_bulk: BulkReceiver,
}

/// Why a network did not start.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// Another process listens there: stop it or choose another port.
    #[error("port of {address} is taken by another process")]
    PortTaken {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The system does not let this process listen there.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The peers given cannot be used.
    #[error(transparent)]
    Peers(#[from] RosterError),
    /// The identity does not work with Noise.
    #[error("noise keys: {source}")]
    Noise {
        /// What libp2p said.
        #[from]
        source: noise::Error,
    },
}

/// What is known once a plane listens.
struct Listening {
    address: SocketAddr,
    control: Control,
    ended: CancellationToken,
}

/// How to start one plane.
struct PlaneStart {
    plane: Plane,
    address: SocketAddr,
    jitter_seed: u64,
    shared: Shared,
    /// Where bulk streams of peers go; on the bulk plane only.
    accepted: Option<mpsc::Sender<IncomingBulk>>,
}

impl Network {
    /// Listens on both planes and begins to dial members. Ready when both ports are known.
    pub async fn start(config: NetworkConfig, runtimes: &Runtimes) -> Result<Self, NetworkError> {
        let own = config.identity.key();
        let roster = Arc::new(Roster::new(&config.peers, own, &Roster::default(), &config.limits)?);
        let (inbox, events) = inbox(&config.limits);
        inbox.set_peers(roster.members().map(|member| member.key));
        let roster = watch::Sender::new(roster);
        let stop = CancellationToken::new();
        // Whatever fails below ends what was started.
        let stop_on_drop = stop.clone().drop_guard();
        let shared = Shared {
            identity: config.identity.clone(),
            roster: roster.subscribe(),
            inbox: Arc::clone(&inbox),
            counters: Arc::new(Counters::default()),
            hello: Arc::new(OwnHello {
                chain_id: config.chain_id,
                cluster_digest: config.cluster_digest,
                epoch: AtomicU64::new(config.epoch),
            }),
            limits: config.limits,
            stop: stop.clone(),
        };
        let (accepted, receiver) = mpsc::channel(INCOMING_BULK_WAITING_MAX);
        let bulk = PlaneStart {
            plane: Plane::Bulk,
            address: config.listen_bulk,
            jitter_seed: !config.jitter_seed,
            shared: shared.clone(),
            accepted: Some(accepted),
        };
        let votes = PlaneStart {
            plane: Plane::Votes,
            address: config.listen_votes,
            jitter_seed: config.jitter_seed,
            shared: shared.clone(),
            accepted: None,
        };
        let bulk = bulk.start(&runtimes.bulk).await?;
        let votes = votes.start(&runtimes.votes).await?;
        let running = Running {
            own,
            votes_address: votes.address,
            bulk_address: bulk.address,
            roster,
            changing: Mutex::default(),
            inbox,
            counters: Arc::clone(&shared.counters),
            hello: shared.hello,
            limits: config.limits,
            bulk: BulkControl { control: bulk.control, counters: shared.counters },
            ended: [votes.ended, bulk.ended],
            stop,
            _stop_on_drop: stop_on_drop,
        };
        let handle = NetworkHandle { running: Arc::new(running) };
        Ok(Self { handle, events, incoming_bulk: BulkReceiver { receiver } })
    }
}

impl PlaneStart {
    async fn start(self, runtime: &Handle) -> Result<Listening, NetworkError> {
        let (sender, receiver) = oneshot::channel();
        runtime.spawn(self.run(sender));
        receiver.await.expect("the task reports before it ends, unless its runtime is gone")
    }

    /// Runs on the plane's own runtime, where its sockets and timers belong.
    async fn run(self, report: oneshot::Sender<Result<Listening, NetworkError>>) {
        let (driver, listening) = match self.listen().await {
            Ok(started) => started,
            Err(error) => {
                // Nobody waits if the start was cancelled.
                let _ = report.send(Err(error));
                return;
            }
        };
        let Self { plane, shared, accepted, .. } = self;
        let mut control = listening.control.clone();
        let ended = listening.ended.clone().drop_guard();
        if report.send(Ok(listening)).is_err() {
            return;
        }
        let accepting = accepted.map(|accepted| {
            let incoming = control.accept(BULK_PROTOCOL).expect("bulk streams are accepted in one place");
            tokio::spawn(accept_bulk(incoming, shared.roster.clone(), accepted, Arc::clone(&shared.counters)))
        });
        driver.run().await;
        if let Some(accepting) = accepting {
            accepting.abort();
        }
        if plane == Plane::Votes {
            shared.inbox.end();
        }
        drop(ended);
    }

    async fn listen(&self) -> Result<(Driver, Listening), NetworkError> {
        check_port(self.address)?;
        let mut swarm = swarm(self.plane, &self.shared.identity)?;
        let listening = timeout(LISTEN_TIMEOUT, listen(&mut swarm, self.address)).await;
        let address = match listening.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(address) => address,
            Err(source) => return Err(NetworkError::Listen { address: self.address, source }),
        };
        let control = swarm.behaviour().streams.new_control();
        let driver = Driver::new(self.plane, swarm, self.shared.clone(), self.jitter_seed);
        Ok((driver, Listening { address, control, ended: CancellationToken::new() }))
    }
}

/// libp2p listens with `SO_REUSEPORT`, so a second process would share a taken port in silence. Binding without it
/// finds out.
fn check_port(address: SocketAddr) -> Result<(), NetworkError> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(source) if source.kind() == io::ErrorKind::AddrInUse => Err(NetworkError::PortTaken { address }),
        Err(source) => Err(NetworkError::Listen { address, source }),
    }
}
