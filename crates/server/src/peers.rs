//! From the network to the engine: who is which replica, and the pool that checks signatures.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use carechain_engine::{Input, PeerMessage};
use carechain_network::{Class, Event, EventReceiver};
use carechain_process::{Clock, Supervisor};
use carechain_types::{Membership, Moment, RememberedEd25519, ReplicaId, Verifier};
use crossbeam_channel::{Receiver, Sender};

use crate::engine_thread::EngineHandle;
use crate::heard::Heard;
use crate::member_names::MemberNames;
use crate::waiting_bytes::WaitingBytes;

/// Messages that wait for one worker of the pool.
const WAITING_PER_WORKER: usize = 1_024;
/// Bytes of bodies and transactions that wait for the pool, over all members: a few of the longest messages.
const WAITING_BYTES_MAX: usize = 64 << 20;

/// What is checked on its way in.
pub(super) struct Border {
    /// The engine behind it.
    pub engine: EngineHandle,
    /// The members.
    pub membership: Arc<Membership>,
    /// Checks signatures.
    pub verifier: Verifier<RememberedEd25519>,
    /// Their hospitals' names.
    pub names: MemberNames,
    /// Notes who was heard, and when.
    pub heard: Heard,
    /// The node's clock.
    pub clock: Clock,
}

/// What the pool's threads share.
struct Pool {
    border: Border,
    /// Of all classes but votes, which are small and have a worker of their own.
    waiting: WaitingBytes,
}

/// Starts the pool: one thread takes the network's events, one checks what belongs to consensus, `workers` the rest. A
/// peer's messages of one class stay in order, and votes never wait for the check of a body.
pub(super) fn start(
    border: Border,
    events: EventReceiver,
    workers: usize,
    supervisor: &Supervisor,
) -> std::io::Result<()> {
    let pool = Arc::new(Pool { border, waiting: WaitingBytes::new(WAITING_BYTES_MAX) });
    let mut senders = Vec::new();
    for index in 0..=workers.max(1) {
        let (sender, receiver) = crossbeam_channel::bounded(WAITING_PER_WORKER);
        senders.push(sender);
        let pool = Arc::clone(&pool);
        let name = if index == 0 { "verify-votes".to_owned() } else { format!("verify-{index}") };
        supervisor.thread(name, move || check(&pool, &receiver))?;
    }
    supervisor.thread("peers", move || pump(&pool, &events, &senders)).map(drop)
}

struct Arrived {
    from: ReplicaId,
    key: SigningPublicKey,
    class: Class,
    bytes: Bytes,
    /// On both clocks: the check, and the engine behind it, may be busy for longer than clocks may differ.
    at: Moment,
}

/// The worker of a member's messages of one class; the first of them is for consensus.
fn worker_of(from: ReplicaId, class: Class, workers: usize) -> usize {
    match class {
        Class::Consensus => 0,
        _ => 1 + (usize::from(from.get()) * Class::COUNT + class.index()) % (workers - 1),
    }
}

fn pump(pool: &Pool, events: &EventReceiver, workers: &[Sender<Arrived>]) {
    let border = &pool.border;
    while let Some(event) = events.next() {
        let Some(replica) = border.membership.replica_of_key(&event.peer()) else { continue };
        match event {
            Event::Message { from, class, bytes } => {
                if class != Class::Consensus {
                    pool.waiting.add(bytes.len());
                }
                let worker = &workers[worker_of(replica, class, workers.len())];
                let at = border.clock.moment();
                if worker.send(Arrived { from: replica, key: from, class, bytes, at }).is_err() {
                    return;
                }
            }
            Event::Connected { .. } => {
                tracing::info!(hospital = border.names.name(replica), "connected");
                if border.engine.input(Input::PeerConnected(replica)).is_err() {
                    return;
                }
            }
            Event::Disconnected { reason, .. } => {
                tracing::info!(hospital = border.names.name(replica), %reason, "disconnected");
            }
            Event::Refused { mismatch, .. } => {
                tracing::warn!(hospital = border.names.name(replica), %mismatch, "refused");
            }
        }
    }
}

fn check(pool: &Pool, arrived: &Receiver<Arrived>) {
    let border = &pool.border;
    let mut refused: BTreeMap<ReplicaId, u64> = BTreeMap::new();
    for Arrived { from, key, class, bytes, at } in arrived {
        let verified = PeerMessage::decode(&bytes)
            .and_then(|message| message.verify(&border.verifier, &border.membership));
        if class != Class::Consensus {
            pool.waiting.remove(bytes.len());
        }
        match verified {
            Ok(message) => {
                border.heard.note(from, &message, at);
                if border.engine.input(Input::Peer { from, arrived: at.steady, message }).is_err() {
                    return;
                }
            }
            Err(error) => {
                let count = refused.entry(from).or_default();
                *count += 1;
                // Whoever sends nonsense without end must not fill the disk with lines about it.
                if count.is_power_of_two() {
                    tracing::warn!(hospital = border.names.name(from), ?key, %error, count, "messages refused");
                }
            }
        }
    }
}
