//! From the network to the engine: who is which replica, and the pool that checks signatures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use carechain_engine::{Input, PeerMessage};
use carechain_network::{Class, Event, EventReceiver};
use carechain_types::{Membership, ReplicaId, Verifier};
use crossbeam_channel::{Receiver, Sender};

use super::engine_thread::EngineHandle;
use super::scheme::NodeScheme;

/// Messages that wait for one worker of the pool.
const WAITING_PER_WORKER: usize = 1_024;

/// What is checked on its way in.
pub(super) struct Border {
    /// The engine behind it.
    pub engine: EngineHandle,
    /// The members.
    pub membership: Arc<Membership>,
    /// Checks signatures.
    pub verifier: Verifier<NodeScheme>,
}

/// Starts the pool: one thread takes the network's events, `workers` check. A peer's messages of one class stay in
/// order, and votes never wait behind bodies.
pub(super) fn start(
    border: Border,
    events: EventReceiver,
    workers: usize,
) -> std::io::Result<Vec<JoinHandle<()>>> {
    let border = Arc::new(border);
    let mut threads = Vec::new();
    let mut senders = Vec::new();
    for index in 0..workers.max(1) {
        let (sender, receiver) = crossbeam_channel::bounded(WAITING_PER_WORKER);
        senders.push(sender);
        let border = Arc::clone(&border);
        let name = format!("verify-{index}");
        threads.push(std::thread::Builder::new().name(name).spawn(move || check(&border, &receiver))?);
    }
    let pump = move || pump(&border, &events, &senders);
    threads.push(std::thread::Builder::new().name("peers".to_owned()).spawn(pump)?);
    Ok(threads)
}

struct Arrived {
    from: ReplicaId,
    key: SigningPublicKey,
    bytes: Bytes,
}

fn pump(border: &Border, events: &EventReceiver, workers: &[Sender<Arrived>]) {
    while let Some(event) = events.next() {
        let Some(replica) = border.membership.replica_of_key(&event.peer()) else { continue };
        match event {
            Event::Message { from, class, bytes } => {
                let worker = (usize::from(replica.get()) * Class::COUNT + class.index()) % workers.len();
                if workers[worker].send(Arrived { from: replica, key: from, bytes }).is_err() {
                    return;
                }
            }
            Event::Connected { .. } => {
                tracing::info!(member = replica.get(), "connected");
                if border.engine.input(Input::PeerConnected(replica)).is_err() {
                    return;
                }
            }
            Event::Disconnected { reason, .. } => {
                tracing::info!(member = replica.get(), %reason, "disconnected");
            }
            Event::Refused { mismatch, .. } => {
                tracing::warn!(member = replica.get(), %mismatch, "refused");
            }
        }
    }
}

fn check(border: &Border, arrived: &Receiver<Arrived>) {
    let mut refused: BTreeMap<ReplicaId, u64> = BTreeMap::new();
    for Arrived { from, key, bytes } in arrived {
        let verified = PeerMessage::decode(&bytes)
            .and_then(|message| message.verify(&border.verifier, &border.membership));
        match verified {
            Ok(message) => {
                if border.engine.input(Input::Peer { from, message }).is_err() {
                    return;
                }
            }
            Err(error) => {
                let count = refused.entry(from).or_default();
                *count += 1;
                // Whoever sends nonsense without end must not fill the disk with lines about it.
                if count.is_power_of_two() {
                    tracing::warn!(member = from.get(), ?key, %error, count, "messages refused");
                }
            }
        }
    }
}
