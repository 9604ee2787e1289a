//! The cluster: time, links, crashes, a workload, and the invariants that are checked after every turn.

use std::collections::BTreeMap;

use carechain_crypto::{BlockId, Digest, hash};
use carechain_types::{Phase, ReplicaId, Span, Time, Verifier, View};

use super::fixtures::{GENESIS, Oracle, config};
use super::node::{Bodies, Node, Outgoing, Target, Turn};
use crate::input::{Input, PendingTransaction};
use crate::message::Message;
use crate::planted_bug::PlantedBug;

/// xorshift with a multiplier: enough for schedules.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// How bad the first phase is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults {
    pub(super) loss_percent: u64,
    pub(super) crash_percent: u64,
    pub(super) slow_percent: u64,
}

/// What a run must have gone through to count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    pub(super) views: usize,
    pub(super) crashes: usize,
    pub(super) crashes_before_send: usize,
    pub(super) committed: u64,
}

/// Why a run failed.
pub(super) type Violation = String;

pub(super) struct World {
    pub(super) now: Time,
    pub(super) nodes: Vec<Node>,
    pub(super) coverage: Coverage,
    honest_from: usize,
    random: Random,
    faults: Faults,
    links: BTreeMap<(Time, u64), (usize, ReplicaId, Message)>,
    sent: u64,
    bodies: Bodies,
    transactions: Vec<(Digest, Time)>,
    committed: BTreeMap<u64, BlockId>,
    votes: BTreeMap<(ReplicaId, Phase, View, u64), BlockId>,
    left: BTreeMap<ReplicaId, View>,
}

impl World {
    /// `members` replicas. With a twin, member 0 runs twice under one key, each half unaware of the other: an
    /// equivocator that needs no forging code. It is not counted as honest.
    pub(super) fn new(seed: u64, members: u16, window: u16, twin: bool, bug: Option<PlantedBug>) -> Self {
        let mut owners: Vec<u16> = (0..members).collect();
        if twin {
            owners.insert(0, 0);
        }
        let planted = |mut config: crate::config::Config| {
            #[cfg(feature = "planted-bugs")]
            {
                config.planted_bug = bug;
            }
            let _ = (&mut config, bug);
            config
        };
        let nodes = owners.iter().map(|own| Node::new(planted(config(members, *own, window)))).collect();
        Self {
            now: Time::from_micros(1_000_000_000),
            nodes,
            coverage: Coverage::default(),
            honest_from: if twin { 2 } else { 0 },
            random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            faults: Faults { loss_percent: 0, crash_percent: 0, slow_percent: 0 },
            links: BTreeMap::new(),
            sent: 0,
            bodies: Bodies::new(),
            transactions: Vec::new(),
            committed: BTreeMap::new(),
            votes: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    pub(super) fn start(&mut self) -> Result<(), Violation> {
        for index in 0..self.nodes.len() {
            self.give(index, Input::Start)?;
        }
        Ok(())
    }

    pub(super) fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    pub(super) fn honest(&self) -> &[Node] {
        &self.nodes[self.honest_from..]
    }

    pub(super) fn height_min(&self) -> u64 {
        self.honest().iter().map(Node::height).min().unwrap_or(0)
    }

    pub(super) fn submit(&mut self, number: u64) {
        self.transactions.push((hash(&number.to_le_bytes()), self.now));
    }

    /// Runs for a span of simulated time.
    pub(super) fn run(&mut self, span: Span) -> Result<(), Violation> {
        let end = self.now.after(span);
        while self.now < end {
            self.now = self.next_event().min(self.now.after(Span::from_millis(20))).min(end);
            self.deliver_due()?;
            for index in 0..self.nodes.len() {
                self.tend(index)?;
            }
        }
        Ok(())
    }

    fn next_event(&self) -> Time {
        let soonest = self.now.after(Span::from_micros(200));
        let delivery = self.links.first_key_value().map(|((due, _), _)| *due);
        let wakeups =
            self.nodes.iter().filter(|node| node.running).filter_map(|node| node.replica.next_wakeup());
        let late = self.now.after(Span::SECOND);
        wakeups.chain(delivery).min().unwrap_or(late).max(soonest)
    }

    /// Everybody is up again and links are good.
    pub(super) fn heal(&mut self) -> Result<(), Violation> {
        self.set_faults(Faults { loss_percent: 0, crash_percent: 0, slow_percent: 0 });
        for index in 0..self.nodes.len() {
            if !self.nodes[index].running {
                self.restart(index)?;
            }
        }
        Ok(())
    }

    fn restart(&mut self, index: usize) -> Result<(), Violation> {
        self.nodes[index].restart(&self.bodies);
        self.check_floor(index)?;
        self.give(index, Input::Start)
    }

    fn deliver_due(&mut self) -> Result<(), Violation> {
        while let Some(entry) = self.links.first_entry() {
            if entry.key().0 > self.now {
                return Ok(());
            }
            let (to, from, message) = entry.remove();
            if !self.nodes[to].running {
                continue;
            }
            let verifier = Verifier::new(Oracle, GENESIS);
            let verified = message.verify(&verifier, &self.nodes[to].config.membership);
            if let Ok(message) = verified {
                self.give(to, Input::Message { from, arrived: self.now, message })?;
            }
        }
        Ok(())
    }

    /// What a node does by itself: timers, proposals, crashes, restarts, syncing its ledger.
    fn tend(&mut self, index: usize) -> Result<(), Violation> {
        if !self.nodes[index].running {
            if self.random.below(60) == 0 {
                self.restart(index)?;
            }
            return Ok(());
        }
        if self.nodes[index].replica.next_wakeup().is_some_and(|wakeup| wakeup <= self.now) {
            self.give(index, Input::Tick)?;
        }
        if self.random.below(200) == 0 {
            self.nodes[index].sync_ledger();
        }
        let open = self.uncommitted(index);
        self.tell_pending(index, &open)?;
        if open.is_empty() || !self.nodes[index].running { Ok(()) } else { self.propose(index, open) }
    }

    fn uncommitted(&mut self, index: usize) -> Vec<(Digest, Time)> {
        let taken = self.nodes[index].taken(&self.bodies);
        self.transactions.iter().filter(|(leaf, _)| !taken.contains(leaf)).copied().collect()
    }

    fn tell_pending(&mut self, index: usize, open: &[(Digest, Time)]) -> Result<(), Violation> {
        let since = open.first().map(|(_, since)| *since);
        let pending = since.map(|since| PendingTransaction { since, passed_over: 0 });
        if pending != self.nodes[index].replica.pending {
            let turn = self.nodes[index].pending(pending, self.now, &self.bodies);
            self.finish(index, turn)?;
        }
        Ok(())
    }

    fn propose(&mut self, index: usize, open: Vec<(Digest, Time)>) -> Result<(), Violation> {
        let Some(slot) = self.nodes[index].replica.wants_proposal() else { return Ok(()) };
        // Each node may have its own order: an equivocator's halves propose different blocks.
        let count = 1 + usize::try_from(self.random.below(3)).unwrap_or(0);
        let mut leaves: Vec<_> = open.into_iter().map(|(leaf, _)| leaf).collect();
        // A block in flight may hold the same ones: with a wider window leave those out.
        let tip = slot.height.get();
        if tip > self.nodes[index].height() + 1 {
            let mut block = slot.parent;
            while let Some((header, held)) = self.bodies.get(&block) {
                leaves.retain(|leaf| !held.contains(leaf));
                block = header.parent;
            }
        }
        leaves.truncate(count);
        if leaves.is_empty() {
            return Ok(());
        }
        let (header, leaves) = self.nodes[index].build(&slot, self.now, leaves);
        self.bodies.insert(header.id(), (header.clone(), leaves.clone()));
        self.give(index, Input::Proposal { view: slot.view, header, leaves })
    }

    pub(super) fn give(&mut self, index: usize, input: Input) -> Result<(), Violation> {
        let turn = self.nodes[index].turn(self.now, input, &self.bodies);
        self.finish(index, turn)
    }

    /// Ends a turn: one sync, then the messages; a crash may come before or between.
    fn finish(&mut self, index: usize, turn: Turn) -> Result<(), Violation> {
        self.check_ledger(index)?;
        self.coverage.views += turn.entered_views;
        let crash = self.random.below(10_000) < self.faults.crash_percent;
        let crash_at = if crash { self.random.below(turn.outgoing.len() as u64 + 2) } else { u64::MAX };
        for (number, outgoing) in turn.outgoing.into_iter().enumerate() {
            if crash_at <= number as u64 {
                self.coverage.crashes_before_send += 1;
                break;
            }
            if outgoing.needs_sync {
                self.nodes[index].sync();
            }
            self.send(index, outgoing)?;
        }
        for (to, height) in turn.serve {
            let place = usize::try_from(height.get() - 1).unwrap_or(usize::MAX);
            if let Some((_, certificate)) = self.nodes[index].ledger.get(place) {
                let message = Message::Certificate(certificate.clone());
                self.send(index, Outgoing { target: Target::One(to), message, needs_sync: false })?;
            }
        }
        if crash {
            self.coverage.crashes += 1;
            self.nodes[index].crash();
            return Ok(());
        }
        if let Some(certificate) = turn.catch_up {
            let own = self.nodes[index].config.own;
            let height = certificate.height.get();
            let source = self
                .nodes
                .iter()
                .find(|node| node.running && node.config.own != own && node.height() >= height);
            let Some(blocks) = source.map(|node| node.ledger.clone()) else { return Ok(()) };
            for turn in self.nodes[index].catch_up_from(&blocks, self.now, &self.bodies) {
                self.finish(index, turn)?;
                if !self.nodes[index].running {
                    break;
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, index: usize, outgoing: Outgoing) -> Result<(), Violation> {
        let from = self.nodes[index].config.own;
        self.check_message(index, &outgoing.message)?;
        for to in 0..self.nodes.len() {
            let other = self.nodes[to].config.own;
            let meant = match outgoing.target {
                Target::One(one) => one == other,
                Target::Others => other != from,
            };
            let equivocates = index < self.honest_from && self.random.percent(40);
            if !meant || other == from || equivocates || self.random.percent(self.faults.loss_percent) {
                continue;
            }
            let mut delay = 100 + self.random.below(900);
            if self.random.percent(self.faults.slow_percent) {
                delay += self.random.below(1_000_000);
            }
            self.sent += 1;
            let due = (self.now.after(Span::from_micros(delay)), self.sent);
            self.links.insert(due, (to, from, outgoing.message.clone()));
        }
        Ok(())
    }

    /// Agreement: no two honest replicas hold different blocks at one height.
    fn check_ledger(&mut self, index: usize) -> Result<(), Violation> {
        if index < self.honest_from {
            return Ok(());
        }
        let node = &self.nodes[index];
        if node.fatal {
            return Err(format!("member {} stopped", node.config.own));
        }
        if let Some((header, _)) = node.ledger.last() {
            let height = node.height();
            let first = *self.committed.entry(height).or_insert_with(|| header.id());
            if first != header.id() {
                return Err(format!("member {} committed another block at height {height}", node.config.own));
            }
            self.coverage.committed = self.coverage.committed.max(height);
        }
        Ok(())
    }

    /// A restart never comes back with a lower committed height than its votes imply.
    fn check_floor(&self, index: usize) -> Result<(), Violation> {
        let node = &self.nodes[index];
        let own = node.config.own;
        let voted = self.votes.keys().filter(|(member, ..)| *member == own).map(|(.., height)| *height).max();
        let floor = voted.unwrap_or(0).saturating_sub(u64::from(node.config.window.get()));
        if index < self.honest_from || node.height() >= floor {
            return Ok(());
        }
        Err(format!("member {own} is back at height {} below its votes' floor {floor}", node.height()))
    }

    /// No double vote, and no new vote below an own VIEW-CHANGE.
    fn check_message(&mut self, index: usize, message: &Message) -> Result<(), Violation> {
        if index < self.honest_from {
            return Ok(());
        }
        let (member, phase, view, height, block_id) = match message {
            Message::Prepare(vote) => {
                (vote.member, Phase::Prepare, vote.body.view, vote.body.height, vote.body.block_id)
            }
            Message::Commit(vote) => {
                (vote.member, Phase::Commit, vote.body.view, vote.body.height, vote.body.block_id)
            }
            Message::ViewChange(signed) if signed.member == self.nodes[index].config.own => {
                let left = self.left.entry(signed.member).or_insert(signed.body.view);
                *left = (*left).max(signed.body.view);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let known = self.votes.get(&(member, phase, view, height.get())).copied();
        match known {
            Some(first) if first != block_id => {
                Err(format!("member {member} voted twice in view {view} at {height}"))
            }
            Some(_) => Ok(()),
            None if self.left.get(&member).is_some_and(|left| view < *left) => {
                Err(format!("member {member} voted in view {view} after leaving it"))
            }
            None => {
                self.votes.insert((member, phase, view, height.get()), block_id);
                Ok(())
            }
        }
    }
}
