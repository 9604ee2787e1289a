//! What the node's service works with.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::HospitalId;
use carechain_network::NetworkHandle;
use carechain_pump::Files;
use carechain_types::{RememberedEd25519, Verifier};

use crate::engine_thread::EngineHandle;
use crate::gateway::Gateway;
use crate::metrics::Metrics;
use crate::reads_in_flight::ReadsInFlight;
use crate::search_index::SearchIndex;
use crate::shared_proofs::SharedProofs;
use crate::status::Monitor;

/// What a service works with.
pub(super) struct Parts {
    /// Bytes of the genesis file.
    pub genesis_file: Bytes,
    /// Whose node this is.
    pub hospital: HospitalId,
    /// Where everything is kept.
    pub data_folder: PathBuf,
    /// Free disk space, percent, below which own clients' transactions are refused.
    pub transactions_reserve: u8,
    /// The consensus thread.
    pub engine: EngineHandle,
    /// The other members.
    pub network: NetworkHandle,
    /// How the node is.
    pub monitor: Monitor,
    /// Uploads, copies, reads.
    pub files: Files,
    /// Checks signatures.
    pub verifier: Verifier<RememberedEd25519>,
    /// Search words.
    pub index: Arc<SearchIndex>,
    /// Signs the gateway's own transactions.
    pub gateway: Gateway,
    /// Read requests being wrapped.
    pub reads: ReadsInFlight,
    /// Proofs that callers without a signature wait for.
    pub proofs: SharedProofs,
    /// Counters.
    pub metrics: Metrics,
}
