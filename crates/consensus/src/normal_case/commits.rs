//! Commit certificates: learnt from votes and peers, applied in height order.

use std::sync::Arc;

use carechain_types::{Certificate, Header, Height, Phase, ReplicaId, SharedCertificate};

use crate::block_pool::Check;
use crate::input::Verdict;
use crate::journal_entry::JournalEntry;
use crate::message::{Message, Wanted};
use crate::output::{Output, Outputs};
use crate::planted_bug::PlantedBug;
use crate::state::{Mode, Replica, voters};

/// How a committed block came into the ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Applied {
    /// The engine holds it checked and is told to apply it.
    ByCommit,
    /// The engine fetched and applied it.
    ByCatchUp,
}

/// Certificates above the committed height that are kept: the next few and the highest.
fn certified_max(window: u16) -> usize {
    2 * usize::from(window) + 8
}

impl Replica {
    /// A certificate arrived, asked for or not.
    pub(crate) fn on_certificate(&mut self, certificate: Certificate) {
        match certificate.phase {
            Phase::Commit => self.learn_commit_certificate(certificate.into()),
            Phase::Prepare => {
                let key = certificate.key();
                // Only what was asked for: nobody fills this memory unasked.
                if self.asked.contains_key(&Wanted::Certificate(key)) {
                    self.certificates.insert(key, certificate.into());
                    self.dirty = true;
                }
            }
        }
    }

    /// Keeps a commit certificate above the committed height.
    pub(crate) fn learn_commit_certificate(&mut self, certificate: SharedCertificate) {
        if certificate.phase != Phase::Commit || certificate.height <= self.committed.height() {
            return;
        }
        self.certified.entry(certificate.height).or_insert(certificate);
        if self.certified.len() > certified_max(self.config.window.get()) {
            let second_highest = self.certified.keys().rev().nth(1).copied();
            second_highest.map(|height| self.certified.remove(&height));
        }
        self.dirty = true;
    }

    /// Applies what is certified, checked and next; asks for what is certified and missing.
    pub(crate) fn commit_ready(&mut self, outputs: &mut Outputs) {
        while self.mode != Mode::Stopped {
            let next = self.committed.height().next();
            let Some(certificate) = self.certified.get(&next).map(Arc::clone) else { break };
            let Some(block) = self.blocks.get(&certificate.block_id) else { break };
            let (block_id, parent) = (certificate.block_id, block.header.parent);
            if parent != self.committed.block_id() {
                outputs.push(Output::ForeignParent { height: next, block_id, parent });
                self.mode = Mode::Stopped;
                return;
            }
            match block.check {
                Check::Done(Verdict::Valid) => {
                    let header = block.header.clone();
                    self.apply(header, certificate, Applied::ByCommit, outputs);
                }
                Check::Done(Verdict::StateDiffers { own }) => {
                    let certified = block.header.state_root;
                    outputs.push(Output::Fatal { height: next, block_id, own, certified });
                    self.mode = Mode::Stopped;
                    return;
                }
                Check::Done(Verdict::NotIncludable) | Check::Asked | Check::Unasked => break,
            }
        }
        self.ask_to_catch_up(outputs);
    }

    /// The engine applied a block that it fetched.
    pub(crate) fn on_caught_up(&mut self, header: Header, certificate: Certificate, outputs: &mut Outputs) {
        let next =
            header.height == self.committed.height().next() && header.parent == self.committed.block_id();
        let fits = certificate.phase == Phase::Commit
            && certificate.height == header.height
            && certificate.block_id == header.id();
        if next && fits {
            self.apply(header, certificate.into(), Applied::ByCatchUp, outputs);
        }
    }

    fn apply(
        &mut self,
        header: Header,
        certificate: SharedCertificate,
        applied: Applied,
        outputs: &mut Outputs,
    ) {
        let height = header.height;
        if !self.config.has_planted(PlantedBug::CommittedNotDurable) {
            // Rides with the next vote's sync, so a restart never comes back below what that vote implies.
            outputs
                .push(Output::Persist(JournalEntry::Committed { certificate: certificate.as_ref().clone() }));
        }
        if applied == Applied::ByCommit {
            let (block_id, certificate) = (certificate.block_id, Arc::clone(&certificate));
            outputs.push(Output::Commit { height, block_id, certificate });
        }
        let parent_view = self.committed.header().view;
        let since = self.now.before(self.wall.since(header.time));
        self.failed.learn(&self.config.membership, parent_view, header.view, since);
        self.progress_view = self.progress_view.max(certificate.view);
        self.clock.progress = self.now;
        self.clock.committed = self.now;
        self.committed.extend(header.clone(), Arc::clone(&certificate));
        self.forget_below(&certificate, outputs);
        self.enter_by_certificate(&header, &certificate, outputs);
        self.dirty = true;
    }

    /// Drops what a committed block has settled.
    fn forget_below(&mut self, certificate: &SharedCertificate, outputs: &mut Outputs) {
        let height = certificate.height;
        let other_accepted =
            self.slots.get(&height).is_some_and(|slot| slot.block_id != certificate.block_id);
        let window = u64::from(self.config.window.get());
        self.slots.retain(|at, _| at.saturating_add(window) > height && !(other_accepted && *at >= height));
        self.certified.retain(|at, _| *at > height);
        self.prepared.retain(|at, _| *at > height);
        // Every block leaves a prepared certificate behind: only what a VIEW-CHANGE may still be asked for stays.
        self.forget_old_certificates();
        let (prepared, block_id) = (&self.prepared, certificate.block_id);
        self.commit_votes.retain(|at, voted| {
            // An own COMMIT on another parent can never be certified any more.
            let orphan = prepared.get(at).is_some_and(|known| {
                *at == height.next()
                    && known.certificate.block_id == *voted
                    && known.header.parent != block_id
            });
            *at > height && !orphan
        });
        self.proposed.retain(|at, _| *at > height);
        self.held.retain(|_, at| at > height);
        let matters = |at: Height| at.saturating_add(window) > height;
        self.own.prepares.retain(|at, _| matters(*at));
        self.own.commits.retain(|at, _| matters(*at));
        self.prepares.retain_heights(matters);
        self.commits.retain_heights(matters);
        self.drop_unwanted_blocks(outputs);
    }

    /// Drops the blocks that nothing refers to any more.
    pub(crate) fn drop_unwanted_blocks(&mut self, outputs: &mut Outputs) {
        let committed = self.committed.height();
        let (slots, prepared, head) = (&self.slots, &self.prepared, self.committed.block_id());
        let certified = &self.certified;
        let dropped = self.blocks.retain(|block_id, block| {
            let height = block.header.height;
            *block_id == head
                || (height > committed
                    && (slots.get(&height).is_some_and(|slot| slot.block_id == *block_id)
                        || certified
                            .get(&height)
                            .is_some_and(|certificate| certificate.block_id == *block_id)
                        || prepared
                            .get(&height)
                            .is_some_and(|known| known.certificate.block_id == *block_id)))
        });
        let dropped: Vec<_> =
            dropped.into_iter().filter(|block_id| !self.committed.holds_id(block_id)).collect();
        if !dropped.is_empty() {
            outputs.push(Output::Dropped(dropped));
        }
    }

    /// Asks the engine to fetch blocks when a certificate covers one that will not be committed from here.
    fn ask_to_catch_up(&mut self, outputs: &mut Outputs) {
        let Some((height, certificate)) = self.certified.last_key_value() else {
            self.catching_up = None;
            return;
        };
        let next = self.committed.height().next();
        // The next block is being checked: it comes by itself, unless that takes too long.
        let under_way = *height == next
            && self.blocks.get(&certificate.block_id).is_some_and(|block| {
                block.header.parent == self.committed.block_id() && block.check == Check::Asked
            });
        let patience = self.config.timeouts.resend.times(5);
        match self.catching_up {
            None if under_way => self.catching_up = Some((*height, self.now)),
            Some((asked, at)) if asked >= *height && self.now < at.after(patience) => {}
            _ => {
                let holders =
                    voters(certificate).into_iter().filter(|member| *member != self.config.own).collect();
                outputs.push(Output::CatchUp { certificate: Arc::clone(certificate), holders });
                self.catching_up = Some((*height, self.now));
            }
        }
    }

    /// Answers a late vote or head with the certificate of its height, or of the newest block.
    pub(crate) fn answer_with_certificate(&mut self, to: ReplicaId, height: Height, outputs: &mut Outputs) {
        if to == self.config.own || height == Height::ZERO {
            return;
        }
        let every = self.config.timeouts.resend;
        if !self.answers.grants_certificate(to, height, self.now, every)
            || !self.answers.grants_fetch(to, self.now)
        {
            return;
        }
        match self.committed.certificate_at(height) {
            Some(certificate) => {
                let message = Message::Certificate(certificate.as_ref().clone());
                outputs.push(Output::Send { to, message });
            }
            None => outputs.push(Output::ServeCommitted { to, height }),
        }
    }
}
