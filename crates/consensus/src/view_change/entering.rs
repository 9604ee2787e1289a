//! Entering a view: by NEW-VIEW, or by a commit certificate of that view for a block first proposed in it.
//!
//! Invariants
//! - The view number and what lets this replica in are journalled before anything is done there.
//! - A certificate of a re-proposed block admits nobody: it says nothing about what else the view re-proposes.

use carechain_crypto::BlockId;
use carechain_types::{Header, Height, SharedCertificate, View};

use super::choice::choose;
use crate::journal_entry::{JournalEntry, ViewStart};
use crate::output::{Origin, Output, Outputs};
use crate::planted_bug::PlantedBug;
use crate::state::{Leading, Mode, OwnVotes, Replica};

impl Replica {
    /// Acts in `view` from here on.
    pub(crate) fn enter(&mut self, view: View, start: ViewStart, leading: Leading, outputs: &mut Outputs) {
        outputs.push(Output::Persist(JournalEntry::Entered { view, start: start.clone() }));
        self.resume(view, start);
        self.leading = leading;
        if self.watched_since().is_none() {
            // Nothing was to be committed, so the views that passed failed at nothing: see decision 0034.
            self.progress_view = view;
        }
        self.clock.progress = self.now;
        self.clock.moved = self.now;
        self.clock.resent = self.now;
        outputs.push(Output::ViewEntered { view, primary: self.primary() });
        self.drop_unwanted_blocks(outputs);
    }

    /// Takes a view, new or read back, as the one this replica is active in.
    pub(crate) fn resume(&mut self, view: View, start: ViewStart) {
        self.view = view;
        self.mode = Mode::Active;
        self.leading = Leading::No;
        self.slots.clear();
        self.own = OwnVotes::default();
        self.proposed.clear();
        self.clock.quorum_waits = None;
        self.start = start;
        self.claim(self.config.own, view);
        let chosen = self.chosen_blocks();
        for header in chosen {
            let block_id = header.id();
            self.blocks.add(block_id, &header, None);
            self.accept(header.height, block_id, Origin::Reproposed);
        }
        let committed = self.committed.height();
        self.held.retain(|of, height| of >= view && height > committed);
        self.new_views.retain(|_, pending| pending.signed.body.view > view);
        self.forget_old_certificates();
        self.dirty = true;
    }

    /// Headers of the blocks that the start of this view re-proposes; drops own COMMITs that it does not.
    fn chosen_blocks(&mut self) -> Vec<Header> {
        let ViewStart::NewView { view_changes, certificates, .. } = &self.start else { return Vec::new() };
        for certificate in certificates {
            self.certificates.insert(certificate.key(), certificate.clone().into());
        }
        let bodies: Vec<_> = view_changes.iter().map(|signed| &signed.body).collect();
        let choice = choose(self.config.genesis, &bodies);
        let start = choice.start.cloned();
        let mut blocks: Vec<_> = choice.blocks.into_iter().cloned().collect();
        if self.config.has_planted(PlantedBug::WrongChoice) {
            blocks.clear();
        }
        let chosen: Vec<(Height, BlockId)> =
            blocks.iter().map(|header| (header.height, header.id())).collect();
        let start_height = start.as_ref().map_or(Height::ZERO, |certificate| certificate.height);
        self.commit_votes
            .retain(|height, block_id| *height <= start_height || chosen.contains(&(*height, *block_id)));
        if let Some(certificate) = start {
            self.learn_commit_certificate(certificate.into());
        }
        blocks
    }

    /// A committed block of this certificate's own view admits to the view, on that block.
    pub(crate) fn enter_by_certificate(
        &mut self,
        header: &Header,
        certificate: &SharedCertificate,
        outputs: &mut Outputs,
    ) {
        let view = certificate.view;
        let later = view > self.view || (view == self.view && self.mode == Mode::Waiting);
        if header.view != view || !later || self.mode == Mode::Stopped {
            return;
        }
        let start =
            ViewStart::Certificate { certificate: certificate.as_ref().clone(), header: header.clone() };
        self.enter(view, start, Leading::No, outputs);
    }
}
