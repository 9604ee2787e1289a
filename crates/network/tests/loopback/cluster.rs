//! A few nodes on ports the system chooses, and waiting for what happens to them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use carechain_crypto::{ChainId, Digest, SigningPublicKey};
use carechain_network::{
    BulkReceiver, Event, EventReceiver, Identity, Limits, Network, NetworkConfig, NetworkHandle, Peer,
    Runtimes,
};
use tokio::runtime::Runtime;

/// Far beyond anything a working network needs, so that only a broken one meets it.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) struct Node {
    pub(crate) handle: NetworkHandle,
    pub(crate) events: EventReceiver,
    incoming_bulk: Option<BulkReceiver>,
}

impl Node {
    pub(crate) fn start(runtime: &Runtime, config: NetworkConfig) -> Self {
        let runtimes = Runtimes::shared(runtime.handle().clone());
        let Network { handle, events, incoming_bulk } =
            runtime.block_on(Network::start(config, &runtimes)).unwrap();
        Self { handle, events, incoming_bulk: Some(incoming_bulk) }
    }

    pub(crate) fn key(&self) -> SigningPublicKey {
        self.handle.key()
    }

    pub(crate) fn take_bulk(&mut self) -> BulkReceiver {
        self.incoming_bulk.take().unwrap()
    }

    pub(crate) fn as_peer(&self) -> Peer {
        Peer {
            key: self.key(),
            votes: self.handle.votes_address().to_string(),
            bulk: self.handle.bulk_address().to_string(),
        }
    }

    /// Takes events until one fits, and gives that.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, mut fits: impl FnMut(&Event) -> bool) -> Event {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let event = self.events.next_until(deadline).unwrap_or_else(|| panic!("deadline: {what}"));
            if fits(&event) {
                return event;
            }
        }
    }

    #[track_caller]
    pub(crate) fn wait_connected(&self, peer: SigningPublicKey) {
        self.wait_for(
            "connected",
            |event| matches!(event, Event::Connected { peer: other, .. } if *other == peer),
        );
    }

    #[track_caller]
    pub(crate) fn wait_disconnected(&self, peer: SigningPublicKey) -> Event {
        let fits = |event: &Event| matches!(event, Event::Disconnected { peer: other, .. } if *other == peer);
        self.wait_for("disconnected", fits)
    }

    #[track_caller]
    pub(crate) fn wait_message(&self, from: SigningPublicKey, expected: &[u8]) {
        let fits = |event: &Event| matches!(event, Event::Message { from: other, bytes, .. } if *other == from && bytes == expected);
        self.wait_for("message", fits);
    }
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) fn config(seed: u8) -> NetworkConfig {
    let any_port: SocketAddr = "127.0.0.1:0".parse().unwrap();
    NetworkConfig {
        identity: Identity::from_seed(&[seed; 32]),
        chain_id: ChainId::new([1; 32]),
        cluster_digest: Digest::new([2; 32]),
        epoch: 0,
        listen_votes: any_port,
        listen_bulk: any_port,
        peers: Vec::new(),
        jitter_seed: seed.into(),
        limits: Limits::default(),
    }
}

/// Starts a node for each configuration and makes all of them members, without waiting for their links.
pub(crate) fn start_all(runtime: &Runtime, configs: Vec<NetworkConfig>) -> Vec<Node> {
    let nodes: Vec<Node> = configs.into_iter().map(|config| Node::start(runtime, config)).collect();
    let peers: Vec<Peer> = nodes.iter().map(Node::as_peer).collect();
    nodes.iter().for_each(|node| node.handle.set_peers(&peers).unwrap());
    nodes
}

/// Two linked nodes.
pub(crate) fn start_pair(runtime: &Runtime, first: NetworkConfig, second: NetworkConfig) -> (Node, Node) {
    let mut nodes = start_all(runtime, vec![first, second]);
    let (second, first) = (nodes.pop().unwrap(), nodes.pop().unwrap());
    first.wait_connected(second.key());
    second.wait_connected(first.key());
    (first, second)
}

/// Waits for something that only counters show.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "deadline: {what}");
        std::thread::yield_now();
    }
}
