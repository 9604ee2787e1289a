//! How a node is.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::finding::FindingLine;
use crate::node::NodeReport;
use crate::timestamp::Timestamp;

/// How a node is: `node status` and `GET /v1/status`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusReport {
    /// Version of the program.
    pub version: String,
    /// Hospital that runs it, `hos_…`.
    pub hospital: String,
    /// Its name in the genesis file.
    pub name: String,
    /// Chain id, hex.
    pub chain_id: String,
    /// Whether it votes, keeps up, stores, has a right clock and reaches a quorum: no finding blocks.
    pub ready: bool,
    /// What is wrong or soon will be, worst first.
    pub findings: Vec<FindingLine>,
    /// The newest committed block.
    pub head: HeadLine,
    /// Where consensus stands.
    pub consensus: ConsensusStatus,
    /// Whether it keeps up with the others.
    pub sync: SyncState,
    /// The other members' nodes.
    pub peers: Vec<PeerLine>,
    /// Disk and files.
    pub storage: StorageStatus,
    /// One sentence: the worst finding that blocks, or where consensus stands.
    pub summary: String,
}

impl StatusReport {
    /// What of it everybody may know.
    #[must_use]
    pub fn public(&self) -> NodeReport {
        NodeReport {
            version: self.version.clone(),
            hospital: self.hospital.clone(),
            name: self.name.clone(),
            chain_id: self.chain_id.clone(),
            ready: self.ready,
        }
    }

    /// How many other members are connected.
    #[must_use]
    pub fn connected_peers(&self) -> usize {
        self.peers.iter().filter(|peer| peer.state == PeerState::Connected).count()
    }
}

impl Described for StatusReport {
    const SCHEMA: &'static str = "carechain/status/2";
}

/// A committed block.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadLine {
    /// Height; 0 = the block of the genesis file.
    pub height: u64,
    /// Block id, hex.
    pub block_id: String,
    /// Its time.
    pub block_time: Timestamp,
}

/// Where consensus stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsensusStatus {
    /// Epoch.
    pub epoch: u64,
    /// View.
    pub view: u64,
    /// Hospital of the view's primary, `hos_…`.
    pub primary: String,
    /// Whether a view change is under way.
    pub view_change: bool,
    /// Members.
    pub member_count: u32,
    /// Votes that make a certificate.
    pub quorum: u32,
    /// Transactions that wait for a block.
    pub pending_transactions: u64,
}

/// Whether a node keeps up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// At the head.
    AtHead,
    /// Fetching blocks it lacks.
    CatchingUp,
    /// Serves what it has and takes nothing new.
    Draining,
    /// Stopped by a fault that needs a person.
    Halted,
}

/// Whether a peer is there.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PeerState {
    /// Connected, and heard within the last ten seconds.
    Connected,
    /// Connected, and nothing comes.
    Silent,
    /// Not connected: it is dialled again and again, or awaited.
    Away,
}

/// One other member's node.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeerLine {
    /// Hospital, `hos_…`.
    pub hospital: String,
    /// Its name in the genesis file.
    pub name: String,
    /// Whether it is there.
    pub state: PeerState,
    /// Height of its newest signed head, if one came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub height: Option<u64>,
    /// View of that head.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub view: Option<u64>,
    /// Time of that head by its own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub head_time: Option<Timestamp>,
    /// When that head came, by this node's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub heard: Option<Timestamp>,
    /// How far its clock is ahead of this node's, milliseconds; negative: behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub clock_offset_ms: Option<i64>,
}

/// Disk and files. `null`: not known.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StorageStatus {
    /// Bytes of the ledger on disk.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ledger_bytes: Option<u64>,
    /// Bytes of the chunk store on disk.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub chunk_bytes: Option<u64>,
    /// Bytes free on the data folder's disk.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub free_bytes: Option<u64>,
    /// Files held here.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub file_count: Option<u64>,
    /// Files held here that lack copies elsewhere.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub file_count_below_policy: Option<u64>,
}
