//! From ledger and journal back to a replica.
//!
//! Crash: replay is silent. After it the first input, [`crate::Input::Start`], sends the latest messages again, byte
//! for byte; a restarted primary leaves its view instead.

use std::sync::Arc;

use carechain_types::{Height, NodeSigner, Phase, ReplicaId, View};

use crate::committed::CommittedHead;
use crate::config::Config;
use crate::journal_entry::{JournalEntry, ViewStart};
use crate::output::{Origin, Output, Outputs, Suspicion};
use crate::planted_bug::PlantedBug;
use crate::state::{JournalOrigin, Leading, Mode, PreparedBlock, Replica};

/// Why a replica must not start. The operator recovers the member; nothing was signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RecoverError {
    /// The ledger has blocks but the journal is empty: it is not this replica's own, intact journal.
    #[error("the ledger is at height {height} but the journal is empty")]
    JournalLost {
        /// The ledger's height.
        height: u64,
    },
    /// A vote in the journal is not by this replica.
    #[error("the journal holds a vote of member {member}, this is member {own}")]
    ForeignJournal {
        /// The member in the journal.
        member: u16,
        /// This member.
        own: u16,
    },
    /// The ledger's last block has no commit certificate.
    #[error("the ledger has no commit certificate for height {height}")]
    NoCertificate {
        /// The ledger's height.
        height: u64,
    },
    /// The disk lost blocks that it had confirmed: own votes rest on a height that neither ledger nor journal has.
    #[error("the ledger is at height {height}, own votes go up to {voted}, the window is {window}")]
    BelowOwnVotes {
        /// The highest height that ledger or journal certify.
        height: u64,
        /// The highest own vote.
        voted: u64,
        /// Heights in flight.
        window: u16,
    },
}

impl Replica {
    /// A replica as the ledger and its journal, read in order, left it. An empty journal is right for height 0 only.
    ///
    /// # Errors
    /// Why this replica must not sign anything.
    pub fn recover(
        config: Config,
        signer: Box<dyn NodeSigner + Send>,
        head: CommittedHead,
        entries: impl IntoIterator<Item = JournalEntry>,
    ) -> Result<Self, RecoverError> {
        let height = head.header.height.get();
        if height > 0 && head.certificate.is_none() {
            return Err(RecoverError::NoCertificate { height });
        }
        let mut replica = Self::at(config, signer, head);
        let mut voted = Height::ZERO;
        for entry in entries {
            replica.journal = JournalOrigin::Recovered;
            if let JournalEntry::Prepare(_) | JournalEntry::Commit(_) = &entry {
                voted = voted.max(entry.height().unwrap_or_default());
            }
            replica.replay(entry)?;
        }
        if height > 0 && replica.journal == JournalOrigin::Fresh {
            return Err(RecoverError::JournalLost { height });
        }
        replica.check_floor(voted)?;
        replica.restore_slots();
        Ok(replica)
    }

    /// A vote at h was cast only with the certificate of h − window durable: without it the disk has lost what it had
    /// confirmed, and this replica's VIEW-CHANGE would leave out what it promised.
    fn check_floor(&self, voted: Height) -> Result<(), RecoverError> {
        let certified = self.highest_certificate().map_or(Height::ZERO, |certificate| certificate.height);
        let window = self.config.window.get();
        let below = voted > certified.saturating_add(u64::from(window));
        if below && !self.config.has_planted(PlantedBug::CommittedNotDurable) {
            let (height, voted) = (certified.get(), voted.get());
            return Err(RecoverError::BelowOwnVotes { height, voted, window });
        }
        Ok(())
    }

    fn replay(&mut self, entry: JournalEntry) -> Result<(), RecoverError> {
        match entry {
            JournalEntry::Entered { view, start } => {
                if let ViewStart::Certificate { certificate, .. } = &start {
                    self.learn_commit_certificate(certificate.clone().into());
                }
                self.resume(view, start);
            }
            JournalEntry::Committed { certificate } => self.learn_commit_certificate(certificate.into()),
            JournalEntry::Prepare(vote) => {
                self.check_own(vote.member)?;
                // Votes of earlier views only prove that they were cast.
                if vote.body.view == self.view && self.mode == Mode::Active {
                    let key =
                        self.vote_key(Phase::Prepare, vote.body.view, vote.body.height, vote.body.block_id);
                    self.prepares.insert(vote.member, &key, vote.signature);
                    self.own.prepares.insert(vote.body.height, vote);
                }
            }
            JournalEntry::Prepared { certificate, header, leaves } => {
                self.blocks.add(certificate.block_id, &header, Some(Arc::new(leaves)));
                let certificate = Arc::new(certificate);
                self.certificates.insert(certificate.key(), Arc::clone(&certificate));
                let newer = self
                    .prepared
                    .get(&header.height)
                    .is_none_or(|known| known.certificate.view < certificate.view);
                if header.height > self.committed.height() && newer {
                    self.prepared.insert(header.height, PreparedBlock { header, certificate });
                }
            }
            JournalEntry::Commit(vote) => {
                self.check_own(vote.member)?;
                if vote.body.height > self.committed.height() {
                    self.commit_votes.insert(vote.body.height, vote.body.block_id);
                }
                if vote.body.view == self.view && self.mode == Mode::Active {
                    let key =
                        self.vote_key(Phase::Commit, vote.body.view, vote.body.height, vote.body.block_id);
                    self.commits.insert(vote.member, &key, vote.signature);
                    self.own.commits.insert(vote.body.height, vote);
                }
            }
            JournalEntry::ViewChange(signed) => {
                self.check_own(signed.member)?;
                if let Some(certificate) = &signed.body.committed {
                    self.learn_commit_certificate(certificate.clone().into());
                }
                self.wait_for(signed);
            }
        }
        Ok(())
    }

    fn check_own(&self, member: ReplicaId) -> Result<(), RecoverError> {
        if member == self.config.own {
            return Ok(());
        }
        Err(RecoverError::ForeignJournal { member: member.get(), own: self.config.own.get() })
    }

    /// Accepts again the blocks of this view whose content the journal holds.
    fn restore_slots(&mut self) {
        while self.mode == Mode::Active {
            let Some(tip) = self.tip() else { return };
            let (height, parent) = (tip.height.next(), tip.id());
            let Some(vote) = self.own.prepares.get(&height) else { return };
            let block_id = vote.body.block_id;
            let fits = self.blocks.get(&block_id).is_some_and(|block| block.header.parent == parent);
            if !fits || self.slots.contains_key(&height) {
                return;
            }
            self.accept(height, block_id, Origin::Fresh);
        }
    }

    /// The first input of a run.
    pub(crate) fn on_start(&mut self, outputs: &mut Outputs) {
        self.clock.progress = self.now;
        self.clock.resent = self.now;
        let now = self.now;
        self.slots.values_mut().for_each(|slot| slot.accepted = now);
        if let Some(certificate) = self.committed.certificate() {
            // The journal may have been truncated: the next vote's sync must cover the committed height again.
            let certificate = certificate.as_ref().clone();
            outputs.push(Output::Persist(JournalEntry::Committed { certificate: certificate.clone() }));
            // The entry into its view may have been torn off behind it, and nobody sends it again to whoever has it.
            let header = self.committed.header().clone();
            self.enter_by_certificate(&header, &certificate.into(), outputs);
        }
        match (self.journal, self.mode) {
            (JournalOrigin::Fresh, _) => {
                let leading = if self.config.leads(View::ZERO) { Leading::Yes } else { Leading::No };
                self.enter(View::ZERO, ViewStart::First, leading, outputs);
            }
            // A restarted primary may have proposed what it no longer knows: it never proposes again in this view.
            (JournalOrigin::Recovered, Mode::Active) if self.config.leads(self.view) => {
                self.start_view_change(self.view.next(), Suspicion::Abdicated, outputs);
            }
            (JournalOrigin::Recovered, _) => {
                outputs.extend(self.latest_messages().into_iter().map(Output::Broadcast));
            }
        }
        self.broadcast_head(outputs);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
