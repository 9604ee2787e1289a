//! What the node's service works with.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::HospitalId;
use carechain_network::NetworkHandle;
use carechain_types::Verifier;

use super::engine_thread::EngineHandle;
use super::files::Files;
use super::gateway::Gateway;
use super::metrics::Metrics;
use super::reads_in_flight::ReadsInFlight;
use super::scheme::NodeScheme;
use super::search_index::SearchIndex;
use super::shared_proofs::SharedProofs;
use super::status::Monitor;

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
    pub verifier: Verifier<NodeScheme>,
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
