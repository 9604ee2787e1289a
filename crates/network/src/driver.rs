//! Polls the swarm of one plane: dials, admits, replaces and closes connections, and hands streams to supervisors.
//!
//! No message passes through here; every connection and every link has a task of its own.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll};
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, ListenError, Swarm, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Stream};
use libp2p_stream::Control;
use tokio::net::lookup_host;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::counters::{Counters, LivePlane};
use crate::dialer::Dialer;
use crate::inbox::Inbox;
use crate::lanes::{Arrival, Arrivals};
use crate::limits::{ARRIVALS_MAX, COMMANDS_MAX, RESOLVE_TIMEOUT};
use crate::link::LinkContext;
use crate::plane::{Lane, Plane};
use crate::roster::{Member, Roster, Session};
use crate::supervisor::{Command, OwnHello, Supervisor};
use crate::transport::{Behaviour, BehaviourEvent};
use crate::{Identity, Limits};

/// What both drivers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) identity: Identity,
    pub(crate) roster: watch::Receiver<Arc<Roster>>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) hello: Arc<OwnHello>,
    pub(crate) limits: Limits,
    pub(crate) stop: CancellationToken,
}

pub(crate) struct Driver {
    plane: Plane,
    swarm: Swarm<Behaviour>,
    shared: Shared,
    control: Control,
    dialer: Dialer,
    supervised: BTreeMap<PeerId, Supervised>,
    supervisors: JoinSet<()>,
    resolutions: JoinSet<Resolution>,
    arrivals: SelectAll<BoxStream<'static, (PeerId, Arrival)>>,
    commands: mpsc::Receiver<Command>,
    command_sender: mpsc::Sender<Command>,
}

/// The driver's ends of one supervisor.
struct Supervised {
    session: Arc<Session>,
    connection: watch::Sender<Option<ConnectionId>>,
    arrivals: mpsc::Sender<Arrival>,
}

/// What an endpoint's name stands for.
type Resolution = (PeerId, io::Result<Vec<SocketAddr>>);

impl Driver {
    pub(crate) fn new(plane: Plane, swarm: Swarm<Behaviour>, shared: Shared, jitter_seed: u64) -> Self {
        let mut control = swarm.behaviour().streams.new_control();
        let arrivals = plane.lanes().iter().map(|lane| accept(&mut control, *lane)).collect();
        let (command_sender, commands) = mpsc::channel(COMMANDS_MAX);
        Self {
            plane,
            swarm,
            shared,
            control,
            dialer: Dialer::new(jitter_seed),
            supervised: BTreeMap::new(),
            supervisors: JoinSet::new(),
            resolutions: JoinSet::new(),
            arrivals,
            commands,
            command_sender,
        }
    }

    /// Runs until told to stop; then all connections are closed and the port is free.
    pub(crate) async fn run(mut self) {
        self.follow_roster();
        let stop = self.shared.stop.clone();
        loop {
            let wake_at = self.dialer.next_due();
            tokio::select! {
                () = stop.cancelled() => break,
                event = self.swarm.select_next_some() => self.on_event(event),
                Some((peer, arrival)) = self.arrivals.next() => self.on_arrival(peer, arrival),
                Some(command) = self.commands.recv() => self.on_command(command),
                Some(Ok(resolution)) = self.resolutions.join_next() => self.on_resolution(resolution),
                changed = self.shared.roster.changed() => match changed {
                    Ok(()) => self.follow_roster(),
                    Err(_) => break,
                },
                () = sleep_until_some(wake_at) => self.dial_due(),
                Some(ended) = self.supervisors.join_next() => self.on_supervisor_ended(ended),
            }
        }
        self.supervisors.shutdown().await;
        self.resolutions.shutdown().await;
        for member in self.shared.roster.borrow().members() {
            member.session.close(self.plane);
        }
    }

    fn follow_roster(&mut self) {
        let roster = Arc::clone(&self.shared.roster.borrow_and_update());
        let members = roster.members().map(|member| member.peer_id).collect();
        self.swarm.behaviour_mut().gate.set_members(members);
        // A supervisor whose member is gone ends when its channel does. A member that left and came back is a new one.
        self.supervised.retain(|peer, supervised| {
            roster
                .member_by_peer_id(peer)
                .is_some_and(|member| Arc::ptr_eq(&member.session, &supervised.session))
        });
        let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in connected.into_iter().filter(|peer| !self.supervised.contains_key(peer)) {
            // An error says that the connection has just closed by itself.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        for member in roster.members() {
            if !self.supervised.contains_key(&member.peer_id) {
                let supervised = self.supervise(Arc::clone(member));
                self.supervised.insert(member.peer_id, supervised);
            }
        }
        self.dialer.set_peers(roster.dialled_by(&self.shared.identity), Instant::now());
    }

    fn supervise(&mut self, member: Arc<Member>) -> Supervised {
        let (connection, connection_watch) = watch::channel(None);
        let (arrivals, arrivals_receiver) = mpsc::channel(ARRIVALS_MAX);
        let session = Arc::clone(&member.session);
        let supervisor = Supervisor {
            plane: self.plane,
            context: LinkContext {
                member,
                inbox: Arc::clone(&self.shared.inbox),
                counters: Arc::clone(&self.shared.counters),
                limits: self.shared.limits,
            },
            hello: Arc::clone(&self.shared.hello),
            control: self.control.clone(),
            connection: connection_watch,
            arrivals: Arrivals::new(arrivals_receiver),
            commands: self.command_sender.clone(),
        };
        self.supervisors.spawn(supervisor.run());
        Supervised { session, connection, arrivals }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, .. } => {
                self.on_connected(peer_id, connection_id);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, cause, num_established, .. } => {
                tracing::debug!(peer = %peer_id, plane = ?self.plane, ?cause, "connection closed");
                self.on_closed(peer_id, connection_id);
                if num_established == 0 {
                    self.dialer.failed(peer_id, Instant::now());
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id, error, .. } => {
                tracing::debug!(peer = ?peer_id, plane = ?self.plane, %error, "dial failed");
                self.counts().connections_failed.increment();
                if let Some(peer) = peer_id {
                    self.dialer.failed(peer, Instant::now());
                }
            }
            SwarmEvent::IncomingConnectionError { error: ListenError::Denied { cause }, peer_id, .. } => {
                tracing::debug!(peer = ?peer_id, plane = ?self.plane, ?cause, "connection denied");
                self.counts().connections_denied.increment();
            }
            SwarmEvent::IncomingConnectionError { .. } => self.counts().connections_failed.increment(),
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(plane = ?self.plane, %error, "listener failed once");
            }
            SwarmEvent::ListenerClosed { reason, .. } => {
                tracing::error!(plane = ?self.plane, ?reason, "listener closed: members cannot dial this node");
            }
            _ => {}
        }
    }

    /// The newest connection is the one that counts: the peer opened it because it lost the one before.
    fn on_connected(&mut self, peer: PeerId, connection: ConnectionId) {
        self.counts().connections_opened.increment();
        let replaced = match self.supervised.get(&peer) {
            Some(supervised) => supervised.connection.send_replace(Some(connection)),
            None => Some(connection),
        };
        if let Some(old) = replaced {
            self.swarm.close_connection(old);
        }
    }

    fn on_closed(&mut self, peer: PeerId, connection: ConnectionId) {
        self.counts().connections_closed.increment();
        let Some(supervised) = self.supervised.get(&peer) else { return };
        supervised.connection.send_if_modified(|newest| {
            let is_newest = *newest == Some(connection);
            if is_newest {
                *newest = None;
            }
            is_newest
        });
    }

    /// A supervisor that panicked leaves a member without a link for ever: better the whole network ends.
    fn on_supervisor_ended(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended {
            tracing::error!(%error, plane = ?self.plane, "a supervisor failed, the network ends");
            self.shared.stop.cancel();
        }
    }

    fn on_arrival(&self, peer: PeerId, arrival: Arrival) {
        let Some(supervised) = self.supervised.get(&peer) else { return };
        if supervised.arrivals.try_send(arrival).is_err() {
            // The opener sees its stream end and opens another.
            tracing::debug!(%peer, plane = ?self.plane, "lane dropped");
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Linked { peer } => self.dialer.succeeded(peer),
            Command::Refused { peer } => self.dialer.refused(peer),
            Command::Close { connection } => {
                self.swarm.close_connection(connection);
            }
        }
    }

    fn dial_due(&mut self) {
        let roster = Arc::clone(&self.shared.roster.borrow());
        for peer in self.dialer.take_due(Instant::now()) {
            let Some(member) = roster.member_by_peer_id(&peer) else { continue };
            let endpoint = member.endpoint(self.plane).to_owned();
            self.resolutions.spawn(async move { (peer, resolve(&endpoint).await) });
        }
    }

    fn on_resolution(&mut self, (peer, addresses): Resolution) {
        if self.swarm.is_connected(&peer) {
            return;
        }
        let dialled = addresses.and_then(|addresses| {
            let options = DialOpts::peer_id(peer)
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(addresses.into_iter().map(tcp_multiaddr).collect())
                .allocate_new_port()
                .build();
            self.swarm.dial(options).map_err(io::Error::other)
        });
        if let Err(error) = dialled {
            tracing::debug!(%peer, plane = ?self.plane, %error, "member not dialled");
            self.counts().connections_failed.increment();
            self.dialer.failed(peer, Instant::now());
        }
    }

    fn counts(&self) -> &LivePlane {
        self.shared.counters.plane(self.plane)
    }
}

/// Listens and waits until the port is known.
pub(crate) async fn listen(swarm: &mut Swarm<Behaviour>, address: SocketAddr) -> io::Result<SocketAddr> {
    let listener = swarm.listen_on(tcp_multiaddr(address)).map_err(io::Error::other)?;
    loop {
        if let Some(outcome) = listen_outcome(listener, swarm.select_next_some().await) {
            return outcome.map(|port| SocketAddr::new(address.ip(), port));
        }
    }
}

fn listen_outcome(listener: ListenerId, event: SwarmEvent<BehaviourEvent>) -> Option<io::Result<u16>> {
    match event {
        SwarmEvent::NewListenAddr { listener_id, address } if listener_id == listener => {
            tcp_port(&address).map(Ok)
        }
        SwarmEvent::ListenerClosed { listener_id, reason, .. } if listener_id == listener => {
            Some(Err(reason.err().unwrap_or_else(|| io::ErrorKind::NotConnected.into())))
        }
        _ => None,
    }
}

fn accept(control: &mut Control, lane: Lane) -> BoxStream<'static, (PeerId, Arrival)> {
    let incoming = control.accept(lane.protocol()).expect("every lane has a protocol of its own");
    incoming.map(move |(peer, stream): (PeerId, Stream)| (peer, (lane, stream))).boxed()
}

async fn resolve(endpoint: &str) -> io::Result<Vec<SocketAddr>> {
    let addresses = timeout(RESOLVE_TIMEOUT, lookup_host(endpoint)).await.map_err(io::Error::other)??;
    Ok(addresses.collect())
}

async fn sleep_until_some(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at.into()).await,
        None => core::future::pending().await,
    }
}

fn tcp_multiaddr(address: SocketAddr) -> Multiaddr {
    Multiaddr::from(address.ip()).with(Protocol::Tcp(address.port()))
}

fn tcp_port(address: &Multiaddr) -> Option<u16> {
    address.iter().find_map(|part| match part {
        Protocol::Tcp(port) => Some(port),
        _ => None,
    })
}
