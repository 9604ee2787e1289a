//! The status document, from one look and what was found.

use carechain_consensus::Phase;
use carechain_crypto::HospitalId;
use carechain_schema::{
    ConsensusStatus, FindingCode, FindingLine, PeerLine, PeerState, Severity, StatusReport, StorageStatus,
    SyncState,
};
use carechain_types::{Genesis, GenesisHospital, Membership};

use super::inputs::{Inputs, Member, Presence};
use super::phase;
use super::view::{EngineView, timestamp};
use crate::heard::Voice;

/// Whose report it is.
pub(super) struct Reporter<'a> {
    pub genesis: &'a Genesis,
    pub hospital: &'a HospitalId,
    pub membership: &'a Membership,
}

/// What is reported.
pub(super) struct Looked<'a> {
    pub inputs: &'a Inputs,
    pub voices: &'a [Voice],
    pub findings: Vec<FindingLine>,
    pub view: EngineView,
    pub storage: StorageStatus,
}

/// Whether nothing that is found blocks.
#[must_use]
pub(super) fn is_ready(findings: &[FindingLine]) -> bool {
    findings.iter().all(|line| line.severity != Severity::Blocking)
}

impl Reporter<'_> {
    /// The whole report.
    #[must_use]
    pub(super) fn report(&self, looked: Looked<'_>) -> StatusReport {
        let Looked { inputs, voices, findings, view, storage } = looked;
        let EngineView { head, replica, waiting } = view;
        let found = |code| findings.iter().any(|line| line.code == code);
        let primary = self.membership.member(replica.primary).map(|member| member.hospital.to_string());
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hospital: self.hospital.to_string(),
            name: inputs.name(inputs.own).to_owned(),
            chain_id: self.genesis.chain_id().to_hex(),
            ready: is_ready(&findings),
            head,
            consensus: ConsensusStatus {
                epoch: self.membership.epoch.get(),
                view: replica.view.get(),
                primary: primary.unwrap_or_default(),
                view_change: matches!(
                    replica.phase,
                    Phase::WaitingForMembers { .. } | Phase::WaitingForNewView | Phase::Following { .. }
                ),
                member_count: u32::try_from(inputs.members.len()).unwrap_or(u32::MAX),
                quorum: u32::try_from(inputs.quorum.size()).unwrap_or(u32::MAX),
                pending_transactions: waiting as u64,
            },
            sync: if found(FindingCode::StateDiffers) {
                SyncState::Halted
            } else if found(FindingCode::CatchingUp) {
                SyncState::CatchingUp
            } else {
                SyncState::AtHead
            },
            peers: self.peers(inputs, voices),
            storage,
            summary: match findings.first().filter(|line| line.severity == Severity::Blocking) {
                Some(worst) => worst.sentence.clone(),
                None if waiting == 0 && replica.phase == Phase::Idle => {
                    format!("idle and ready: {}", phase::sentence(&replica, inputs))
                }
                None => phase::sentence(&replica, inputs),
            },
            findings,
        }
    }

    fn peers(&self, inputs: &Inputs, voices: &[Voice]) -> Vec<PeerLine> {
        let of = |hospital: &GenesisHospital| {
            let replica = self.membership.replica_of_key(&hospital.node_key)?;
            let index = usize::from(replica.get());
            let (member, voice) = (inputs.members.get(index)?, voices.get(index)?);
            (replica != inputs.own).then(|| peer(hospital, (member, inputs.presence(member)), voice))
        };
        self.genesis.hospitals.iter().filter_map(of).collect()
    }
}

fn peer(hospital: &GenesisHospital, (member, presence): (&Member, Presence), voice: &Voice) -> PeerLine {
    let state = match presence {
        Presence::Here => PeerState::Connected,
        Presence::Awaited | Presence::Away if member.linked => PeerState::Silent,
        Presence::Awaited | Presence::Away => PeerState::Away,
    };
    PeerLine {
        hospital: hospital.id.to_string(),
        name: member.name.clone(),
        state,
        height: member.height.map(|height| height.get()),
        view: member.view.map(|view| view.get()),
        head_time: voice.head.map(|(head, _)| timestamp(head.time)),
        heard: voice.head.map(|(_, arrived)| timestamp(arrived)),
        clock_offset_ms: member.clock_offset.map(|micros| micros / 1_000),
    }
}
