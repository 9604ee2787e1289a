//! How a node is.

use carechain_crypto::{ChainId, HospitalId};
use carechain_types::{Epoch, Height, ReplicaId, Time, View};

/// Whether the node does its work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NodeCondition {
    /// It commits and serves.
    Ready,
    /// It fetches blocks it lacks.
    CatchingUp,
    /// Too few members answer for the chain to advance.
    NoQuorum,
    /// It is about to stop and admits nothing new.
    Draining,
}

/// How the node and the chain are, as the node sees them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeStatus {
    /// The hospital whose node it is.
    pub hospital: HospitalId,
    /// The ledger.
    pub chain_id: ChainId,
    /// Version of the program.
    pub version: String,
    /// Its index among the members; none for a read-only node.
    pub member: Option<ReplicaId>,
    /// The life of the membership.
    pub epoch: Epoch,
    /// The view it is in.
    pub view: View,
    /// Primary of that view.
    pub primary: ReplicaId,
    /// Its committed height.
    pub height: Height,
    /// Time of the block there.
    pub block_time: Time,
    /// Its own clock.
    pub clock: Time,
    /// Members it is connected to, itself included.
    pub members_connected: u32,
    /// Members there are.
    pub members: u32,
    /// Transactions that wait.
    pub pending: u64,
    /// Files it holds.
    pub files: u64,
    /// Bytes of these.
    pub file_bytes: u64,
    /// Whether it does its work.
    pub condition: NodeCondition,
    /// One sentence: why the chain does not advance, or that it does.
    pub sentence: String,
}
