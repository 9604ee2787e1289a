//! How the node is, in numbers and in one sentence.

use std::path::Path;

use carechain_chunks::ChunkStore;
use carechain_consensus::{Phase, Status};
use carechain_crypto::{HospitalId, SigningPublicKey};
use carechain_network::NetworkHandle;
use carechain_schema::{
    ConsensusStatus, HeadLine, PeerLine, PeerState, StatusReport, StorageStatus, SyncState, Timestamp,
};
use carechain_types::{Genesis, GenesisHospital, Head, Height, Time};

use super::engine_thread::NodeEngine;
use super::files::Copies;

/// What of the status comes from the engine, taken between two turns.
pub(super) struct EngineView {
    head: HeadLine,
    consensus: ConsensusStatus,
    sync: SyncState,
    /// Newest head of each member that showed one.
    heads: Vec<(HospitalId, Head)>,
    summary: String,
    idle: bool,
}

/// Blocks a node may be behind and still count as at the head: the newest may be on its way here.
const BEHIND_MAX: u64 = 1;

impl EngineView {
    /// Looks at the engine.
    #[must_use]
    pub(super) fn of(engine: &NodeEngine) -> Self {
        let ledger = engine.ledger();
        let (status, membership) = (engine.status(), &engine.config().membership);
        let hospital_of = |replica| membership.member(replica).map(|member| member.hospital);
        let (waiting, _) = engine.waiting_transactions();
        let heads: Vec<_> =
            engine.newest_heads().filter_map(|head| Some((hospital_of(head.member)?, *head))).collect();
        let seen = heads.iter().map(|(_, head)| head.height).max().unwrap_or_default();
        Self {
            head: HeadLine {
                height: ledger.head().height.get(),
                block_id: ledger.head_id().to_hex(),
                block_time: timestamp(ledger.head().time),
            },
            consensus: ConsensusStatus {
                epoch: membership.epoch.get(),
                view: status.view.get(),
                primary: hospital_of(status.primary).map(|id| id.to_string()).unwrap_or_default(),
                view_change: matches!(
                    status.phase,
                    Phase::WaitingForMembers { .. } | Phase::WaitingForNewView | Phase::Following { .. }
                ),
                member_count: u32::try_from(membership.members.len()).unwrap_or(u32::MAX),
                quorum: u32::try_from(membership.quorum().size()).unwrap_or(u32::MAX),
                pending_transactions: waiting as u64,
            },
            sync: sync(&status, seen),
            heads,
            idle: waiting == 0 && status.phase == Phase::Idle,
            summary: status.to_string(),
        }
    }

    /// The whole report.
    #[must_use]
    pub(super) fn report(
        self,
        genesis: &Genesis,
        hospital: &HospitalId,
        network: &NetworkHandle,
        storage: StorageStatus,
    ) -> StatusReport {
        let connected = network.connected();
        let others = genesis.hospitals.iter().filter(|member| member.id != *hospital);
        let peers: Vec<_> = others.map(|member| self.peer(member, &connected)).collect();
        let reached = peers.iter().filter(|peer| peer.state == PeerState::Connected).count() + 1;
        let quorum = self.consensus.quorum as usize;
        let summary = if reached < quorum {
            format!("the chain cannot advance: {reached} of {quorum} needed members are connected")
        } else if self.sync == SyncState::CatchingUp {
            format!("catching up: {}", self.summary)
        } else if self.idle {
            format!("idle and ready: {}", self.summary)
        } else {
            self.summary
        };
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hospital: hospital.to_string(),
            chain_id: genesis.chain_id().to_hex(),
            head: self.head,
            consensus: self.consensus,
            sync: self.sync,
            peers,
            storage,
            summary,
        }
    }

    fn peer(&self, member: &GenesisHospital, connected: &[SigningPublicKey]) -> PeerLine {
        let head = self.heads.iter().find(|(hospital, _)| *hospital == member.id).map(|(_, head)| head);
        let state =
            if connected.contains(&member.node_key) { PeerState::Connected } else { PeerState::Dialling };
        PeerLine {
            hospital: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            state,
            height: head.map(|head| head.height.get()),
            view: head.map(|head| head.view.get()),
            head_time: head.map(|head| timestamp(head.time)),
        }
    }
}

/// Whether the replica keeps up with the highest head that anybody showed.
fn sync(status: &Status, seen: Height) -> SyncState {
    let behind = |height: Height| height.get() > status.committed.get() + BEHIND_MAX;
    match status.phase {
        Phase::Stopped => SyncState::Halted,
        Phase::CatchingUp { certified } if behind(certified) => SyncState::CatchingUp,
        _ if behind(seen) => SyncState::CatchingUp,
        _ => SyncState::AtHead,
    }
}

/// Time as documents carry it.
#[must_use]
pub(super) fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX)
}

/// Disk and files.
#[must_use]
pub(super) fn storage(data_folder: &Path, chunks: &ChunkStore, copies: Copies) -> StorageStatus {
    let stats = chunks.stats().ok();
    let free = rustix::fs::statvfs(data_folder).map_or(0, |stat| stat.f_bavail * stat.f_frsize);
    StorageStatus {
        ledger_bytes: folder_bytes(&data_folder.join("ledger")),
        chunk_bytes: folder_bytes(&data_folder.join("chunks")),
        free_bytes: free,
        file_count: stats.map_or(0, |stats| stats.files),
        file_count_below_policy: copies.below_policy,
    }
}

/// Free space of a folder's disk, percent; full if the system does not say.
#[must_use]
pub(crate) fn free_percent(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(100, |stat| stat.f_bavail * 100 / stat.f_blocks.max(1))
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}

#[cfg(test)]
mod tests;
