//! The watch: every invariant looks at what happens, and what happens is counted.

use std::collections::{BTreeMap, BTreeSet};

use carechain_consensus::{Message, Sin as Seen};
use carechain_crypto::TransactionId;
use carechain_engine::{Committed, Output, PeerMessage};
use carechain_types::{Height, Outcome, ReplicaId, Time};

use crate::ballot::Ballot;
use crate::certified_block::CertifiedBlock;
use crate::coverage::Coverage;
use crate::invariant::{
    Agreement, BlocksSentOnce, Durability, HeadsAreComplete, News, NoDoubleVote, OneCertified, Survivors,
    Validity, ViewChangeIsFinal, VotesOnDisk, check_committed_floor, check_roots,
};
use crate::member::Member;
use crate::node::{Recovery, Wreck};
use crate::oracle::Scheme;
use crate::scenario::Scenario;
use crate::sin::Sin;
use crate::violation::Violation;

/// Heights in flight in every world.
const WINDOW: u16 = 1;

/// All invariants of one world.
#[derive(Debug)]
pub(crate) struct Watch {
    agreement: Agreement,
    blocks_sent_once: BlocksSentOnce,
    validity: Validity,
    durability: Durability,
    heads_are_complete: HeadsAreComplete,
    one_certified: OneCertified,
    no_double_vote: NoDoubleVote,
    view_change_is_final: ViewChangeIsFinal,
    votes_on_disk: VotesOnDisk,
    /// The highest vote that each member's last crash left in its journal.
    voted: BTreeMap<ReplicaId, Option<Height>>,
    coverage: Coverage,
}

impl Watch {
    /// Over a world in which these transactions will be submitted and `quorum` members certify.
    pub(crate) fn new(scenario: &Scenario, submitted: BTreeSet<TransactionId>, quorum: usize) -> Self {
        let coverage = Coverage {
            real_signatures: u64::from(scenario.scheme == Scheme::Ed25519),
            sinful: u64::from(!scenario.sinners.is_empty()),
            colluding: u64::from(scenario.sinners.values().filter(|sin| **sin == Sin::Colluder).count() > 1),
            blackouts: u64::from(scenario.blackout.is_some()),
            ..Coverage::default()
        };
        Self {
            agreement: Agreement::default(),
            blocks_sent_once: BlocksSentOnce::default(),
            validity: Validity::new(submitted),
            durability: Durability::default(),
            heads_are_complete: HeadsAreComplete::new(quorum, scenario.sinners.len()),
            one_certified: OneCertified::default(),
            no_double_vote: NoDoubleVote::default(),
            view_change_is_final: ViewChangeIsFinal::default(),
            votes_on_disk: VotesOnDisk::default(),
            voted: BTreeMap::new(),
            coverage,
        }
    }

    /// A correct member sends a message.
    pub(crate) fn sent(&mut self, member: ReplicaId, message: &PeerMessage) -> Result<(), Violation> {
        match message {
            PeerMessage::Consensus(message) => self.sent_consensus(member, message),
            PeerMessage::FetchBodies { leaves, .. } => {
                self.coverage.bodies_asked += leaves.len() as u64;
                Ok(())
            }
            PeerMessage::CommittedBlock(block) => {
                self.votes_on_disk.sent_certificate(member, &block.certificate);
                self.coverage.catch_ups += 1;
                Ok(())
            }
            PeerMessage::Transaction(_) | PeerMessage::Bodies { .. } | PeerMessage::FetchBlocks { .. } => {
                Ok(())
            }
        }
    }

    fn sent_consensus(&mut self, member: ReplicaId, message: &Message) -> Result<(), Violation> {
        self.votes_on_disk.sent(member, message);
        match message {
            Message::ViewChange(signed) if signed.member == member => {
                self.view_change_is_final.left(member, signed.body.view);
            }
            Message::NewView(signed) if signed.member == member && !signed.body.blocks.is_empty() => {
                self.coverage.reproposals += 1;
            }
            Message::Certificate(certificate) => self.votes_on_disk.sent_certificate(member, certificate),
            Message::Commit(vote) if vote.member == member => {
                let vote = &vote.body;
                self.heads_are_complete.voted(member, (vote.height, vote.view, vote.block_id));
            }
            Message::Head(head) if head.member == member => {
                self.heads_are_complete.headed(member, &head.body);
            }
            _ => {}
        }
        if let Some((ballot, block_id)) = Ballot::of_message(message) {
            self.no_double_vote.sent(member, ballot, block_id)?;
            self.view_change_is_final.voted(member, ballot)?;
        }
        Ok(())
    }

    /// A correct member's engine says something that is neither message nor answer.
    pub(crate) fn noted(&mut self, member: ReplicaId, output: &Output) -> Result<(), Violation> {
        match output {
            Output::Committed(committed) => self.committed(member, committed)?,
            Output::ViewEntered { view, .. } if view.get() > 0 => self.coverage.view_changes += 1,
            Output::Evidence { sin, .. } => match sin {
                Seen::TwoProposals | Seen::TwoPrepares | Seen::TwoCommits => self.coverage.equivocations += 1,
                _ => self.coverage.other_evidence += 1,
            },
            _ => {}
        }
        Ok(())
    }

    fn committed(&mut self, member: ReplicaId, committed: &Committed) -> Result<(), Violation> {
        let Committed { header, submissions, outcomes } = committed;
        self.one_certified.seen(member, CertifiedBlock { height: header.height, block_id: header.id() })?;
        if self.agreement.committed(member, header)? == News::First {
            let ids = outcomes.iter().map(|outcome| outcome.transaction_id);
            let expiries = submissions.iter().map(|submission| submission.transaction.body.expiry_time);
            self.validity.committed(header, ids.zip(expiries))?;
            check_roots(member, &header.chain_id, committed)?;
        }
        Ok(())
    }

    /// A correct member told a client that its transaction is committed.
    pub(crate) fn acknowledged(
        &mut self,
        member: ReplicaId,
        id: TransactionId,
        height: Height,
        outcome: &Outcome,
    ) {
        self.durability.told(member, id, height);
        self.coverage.acknowledged += 1;
        self.coverage.refused += u64::from(!outcome.is_done());
    }

    /// A correct member's power failed.
    pub(crate) fn crashed(&mut self, member: ReplicaId, wreck: &Wreck) -> Result<(), Violation> {
        let Wreck { entries, bodies, height, batches_lost, shortened } = wreck;
        self.coverage.crashes += 1;
        self.coverage.crashes_losing_blocks += u64::from(*batches_lost > 0);
        let votes: Vec<_> = entries.iter().filter_map(Ballot::of_entry).collect();
        let unsent =
            votes.iter().any(|(ballot, block)| !self.no_double_vote.was_sent(member, *ballot, *block));
        self.coverage.crashes_between_vote_and_send += u64::from(unsent);
        self.voted.insert(member, votes.iter().map(|(ballot, _)| ballot.height).max());
        let survivors = Survivors { entries, bodies, height: *height, shortened: *shortened };
        self.votes_on_disk.crashed(member, &survivors)
    }

    /// A correct member started, for the first time or again.
    pub(crate) fn started(&mut self, member: ReplicaId, recovery: &Recovery) -> Result<(), Violation> {
        let Some(voted) = self.voted.get(&member).copied() else { return Ok(()) };
        self.coverage.restarts += 1;
        self.coverage.replayed += recovery.replayed;
        check_committed_floor(member, recovery.head.height, voted, WINDOW)?;
        if recovery.head.height > Height::ZERO {
            self.agreement.committed(member, &recovery.head)?;
        }
        Ok(())
    }

    /// The world has settled: every correct member's whole chain is looked at once more.
    pub(crate) fn settled(&mut self, members: &[Member]) -> Result<(), Violation> {
        for (index, node) in
            members.iter().enumerate().filter_map(|(at, member)| Some((at, member.correct()?)))
        {
            let member = ReplicaId::new(u16::try_from(index).expect("few members"));
            let mut height = Height::ZERO.next();
            while let Some(header) = node.header(height) {
                self.agreement.committed(member, &header)?;
                height = height.next();
            }
            self.durability.check(member, |id| node.find(id))?;
        }
        self.heads_are_complete.check()
    }

    /// What was counted.
    pub(crate) fn into_coverage(self, members: &[Member], expired: u64) -> Coverage {
        let rotations = members.iter().filter_map(Member::correct).map(crate::node::Node::rotations).sum();
        Coverage { blocks: self.agreement.length(), rotations, expired, ..self.coverage }
    }

    /// A message arrived somewhere.
    pub(crate) const fn delivered(&mut self) {
        self.coverage.messages += 1;
    }

    /// A correct member sends a committed block to a correct one, which is in some life.
    pub(crate) fn served(
        &mut self,
        to: (ReplicaId, u64),
        height: Height,
        now: Time,
    ) -> Result<(), Violation> {
        self.blocks_sent_once.sent(to, height, now)
    }

    /// A member, correct or not, holds a valid commit certificate.
    pub(crate) fn certified(&mut self, member: ReplicaId, block: CertifiedBlock) -> Result<(), Violation> {
        self.one_certified.seen(member, block)
    }

    /// A disk refused something, and its member stopped.
    pub(crate) const fn disk_failed(&mut self) {
        self.coverage.disk_errors += 1;
    }

    /// A message was refused at a border.
    pub(crate) const fn refused(&mut self) {
        self.coverage.rejected += 1;
    }

    /// A message got lost.
    pub(crate) const fn lost(&mut self) {
        self.coverage.lost += 1;
    }

    /// A Byzantine member did what makes its sin, so many times.
    pub(crate) const fn sinned(&mut self, sin: Sin, acts: u64) {
        match sin {
            Sin::Withholder => self.coverage.withheld += acts,
            Sin::Fetcher => self.coverage.asked_early += acts,
            Sin::TwoNewViews => self.coverage.second_new_views += acts,
            Sin::Forgetful => self.coverage.false_view_changes += acts,
            Sin::LyingPrimary => self.coverage.false_proposals += acts,
            Sin::Misleader => self.coverage.false_blocks += acts,
            Sin::Usurper => self.coverage.usurped += acts,
            Sin::EquivocatingPrimary
            | Sin::Colluder
            | Sin::Ambusher
            | Sin::Silent
            | Sin::Forger
            | Sin::Replayer => {}
        }
    }

    /// A member walked into an ambush.
    pub(crate) const fn sprung(&mut self) {
        self.coverage.ambushes += 1;
    }

    /// A member was frozen.
    pub(crate) const fn frozen(&mut self) {
        self.coverage.freezes += 1;
    }

    /// A member was told to withhold its votes.
    pub(crate) const fn silenced(&mut self) {
        self.coverage.silences += 1;
    }

    /// Clocks were set wrong.
    pub(crate) const fn clocks_set(&mut self) {
        self.coverage.clocks_off += 1;
    }

    /// Links were cut.
    pub(crate) const fn cut(&mut self) {
        self.coverage.cuts += 1;
    }

    /// A member's power failed while it recovered.
    pub(crate) const fn crashed_in_recovery(&mut self) {
        self.coverage.crashes_in_recovery += 1;
    }
}
