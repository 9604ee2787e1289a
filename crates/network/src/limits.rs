//! Every bound of this crate, with its reason.

use std::time::Duration;

use crate::Class;

/// The bounds a caller may lower or raise; `Default` is what production runs with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest message by class, in bytes, in the order of [`Class::ALL`].
    pub message_bytes_max: [usize; Class::COUNT],
    /// Messages waiting to be sent to one peer, all classes together.
    pub outgoing_count_max: usize,
    /// Bytes waiting to be sent to one peer, all classes together.
    pub outgoing_bytes_max: usize,
    /// Received messages of one peer and class waiting to be taken.
    pub incoming_count_max: usize,
    /// Received bytes of one peer and class waiting to be taken; one message is always let in.
    pub incoming_bytes_max: usize,
    /// Bulk streams open to one peer at a time, in each direction.
    pub bulk_streams_per_peer_max: usize,
    /// An idle link sends an empty frame this often.
    pub pulse_interval: Duration,
    /// A link that stays silent this long is dead.
    pub silence_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes_max: [CONSENSUS_BYTES_MAX, TRANSACTIONS_BYTES_MAX, BODIES_BYTES_MAX],
            outgoing_count_max: OUTGOING_COUNT_MAX,
            outgoing_bytes_max: OUTGOING_BYTES_MAX,
            incoming_count_max: INCOMING_COUNT_MAX,
            incoming_bytes_max: INCOMING_BYTES_MAX,
            bulk_streams_per_peer_max: BULK_STREAMS_PER_PEER_MAX,
            pulse_interval: PULSE_INTERVAL,
            silence_max: SILENCE_MAX,
        }
    }
}

impl Limits {
    /// Longest message of `class`, in bytes.
    #[must_use]
    pub const fn message_bytes_max(&self, class: Class) -> usize {
        self.message_bytes_max[class.index()]
    }
}

/// The longest consensus message is a new-view of 100 members or a pre-prepare of 4,096 leaf digests (128 KiB); a
/// view-change with certificates for a full window stays below 1 MiB.
const CONSENSUS_BYTES_MAX: usize = 2 << 20;
/// A transaction with its detached parts is at most 1 MiB; the rest is framing and batching.
const TRANSACTIONS_BYTES_MAX: usize = 2 << 20;
/// A block is at most 4 MiB; its detached parts, certificate and framing must fit beside it.
const BODIES_BYTES_MAX: usize = 8 << 20;
/// A second of votes of 100 members and a full block of transactions.
const OUTGOING_COUNT_MAX: usize = 8_192;
/// Four of the longest messages, or eight full blocks; reached only by a peer that reads too slowly.
const OUTGOING_BYTES_MAX: usize = 32 << 20;
/// Enough that the consumer's turn of some milliseconds never stops a healthy peer.
const INCOMING_COUNT_MAX: usize = 512;
/// One of the longest messages; beyond it the sender waits (its own queue then drops the lowest class).
const INCOMING_BYTES_MAX: usize = 8 << 20;
/// A gateway reads one file over a few streams a holder; uploads and repair run beside it.
const BULK_STREAMS_PER_PEER_MAX: usize = 16;

/// Members of one consortium; the design is measured to 50 and its research to 100.
pub(crate) const MEMBERS_MAX: usize = 256;
/// Incoming bulk streams waiting for the node to take them; more are answered "busy".
pub(crate) const INCOMING_BULK_WAITING_MAX: usize = 256;
/// Answers to incoming bulk streams under way at once; more are dropped and the opener tries again.
pub(crate) const BULK_ANSWERS_MAX: usize = 64;
/// Attempts to open one bulk stream: libp2p-stream drops an inbound stream when two arrive in one turn.
pub(crate) const BULK_OPEN_ATTEMPTS_MAX: u32 = 8;
/// Inbound lane streams waiting for their supervisor: what an opener tries twice over.
pub(crate) const ARRIVALS_MAX: usize = 16;
/// Orders from supervisors to the driver; each has at most two under way.
pub(crate) const COMMANDS_MAX: usize = 64;
/// Connections in the middle of their Noise handshake: all members at once, and strangers cannot take more.
pub(crate) const PENDING_INCOMING_MAX: u32 = 256;
/// A peer's old connection and the new one that replaces it, with one to spare.
pub(crate) const CONNECTIONS_PER_PEER_MAX: u32 = 3;
/// Streams of one votes connection: three lanes each way, doubled while a link is being set up again.
pub(crate) const VOTES_STREAMS_MAX: usize = 32;
/// Streams of one bulk connection: the limit each way, doubled for those closing, and the pulse. Yamux grants each
/// 256 KiB before anybody has read it, so this also bounds what a member can make us hold: 32 MiB.
pub(crate) const BULK_STREAMS_MAX: usize = 128;
/// Inbound streams of one connection that negotiate at once.
pub(crate) const NEGOTIATING_STREAMS_MAX: usize = 32;
/// A hello is 80 bytes; later versions may append.
pub(crate) const HELLO_BYTES_MAX: usize = 256;

/// Buffer between TCP and Noise on the votes plane: some dozens of votes a system call.
pub(crate) const VOTES_READ_BUFFER_BYTES: usize = 16 << 10;
/// Buffer between TCP and Noise on the bulk plane. Without it Noise reads 8 KiB a system call.
pub(crate) const BULK_READ_BUFFER_BYTES: usize = 256 << 10;
/// Bytes one bulk connection may take from TCP before it lets other tasks of its thread run.
pub(crate) const BULK_TURN_BYTES_MAX: usize = 256 << 10;
/// Lane buffers: small frames leave and arrive together.
pub(crate) const LANE_BUFFER_BYTES: usize = 8 << 10;
/// A frame's memory grows by this much as its bytes arrive, never by what its length claims.
pub(crate) const FRAME_STEP_BYTES: usize = 64 << 10;

/// TCP connect, Noise and yamux together; slower than any working link.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// All lanes of a link, both ways, with their hellos.
pub(crate) const SETUP_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause before a lane or bulk stream is opened again, times the attempt.
pub(crate) const REOPEN_PAUSE: Duration = Duration::from_millis(5);
/// Name resolution of one endpoint.
pub(crate) const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
/// Until the listener says which port it has.
pub(crate) const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Every member sends its head each second, so on the votes plane a pulse is rare.
const PULSE_INTERVAL: Duration = Duration::from_secs(5);
/// Silence means that the machine lost power or a firewall forgot the flow: TCP alone would take a quarter of an hour.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// Until a bulk stream is answered.
pub(crate) const BULK_OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// First pause before dialling again: a restarted member is back within a few of these.
pub(crate) const REDIAL_PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause before dialling again: 49 absent members then cost a dozen dials a second.
pub(crate) const REDIAL_PAUSE_MAX: Duration = Duration::from_secs(4);

const _: () = assert!(OUTGOING_BYTES_MAX >= BODIES_BYTES_MAX);
const _: () = assert!(BULK_STREAMS_MAX >= 4 * BULK_STREAMS_PER_PEER_MAX);
const _: () = assert!(SILENCE_MAX.as_secs() >= 3 * PULSE_INTERVAL.as_secs());
const _: () = assert!(PENDING_INCOMING_MAX as usize >= MEMBERS_MAX);
