//! Tables for protocol tests: one replica, messages of the others made by hand, outputs compared as short lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::{BlockId, Digest, StateRoot, hash};
use carechain_types::{
    BoundedVec, Certificate, CertificateKey, Commit, Head, Header, Height, MemberBody, Moment, NewView,
    Phase, PrePrepare, Prepare, Prepared, ReplicaId, Signed, Span, Time, Verified, Verifier, View,
    ViewChange, sign_as_member, tree,
};

use crate::cluster::{GENESIS, Oracle, config, genesis, membership, signer};
use crate::committed::CommittedHead;
use crate::config::Config;
use crate::input::{Input, Verdict};
use crate::journal_entry::{JournalEntry, ViewStart};
use crate::member_clocks::ClockOffset;
use crate::message::{Leaves, Message, VerifiedMessage, Wanted};
use crate::output::{Output, Sin};
use crate::recovery::RecoverError;
use crate::state::{Mode, Replica};

/// When every table starts.
pub(crate) const START: Time = Time::from_micros(1_000_000_000);

/// Stamp of a message that is taken as soon as it arrives: one ahead of the step counts as the step.
pub(crate) const AT_ONCE: Time = Time::from_micros(u64::MAX);

/// One input, what must come out, and where the replica stands then.
pub(crate) struct Step {
    pub(crate) desc: &'static str,
    pub(crate) input: Input,
    pub(crate) outputs: Vec<String>,
    pub(crate) state: &'static str,
}

/// Shorthand for a [`Step`].
pub(crate) fn step(desc: &'static str, input: Input, outputs: &[&str], state: &'static str) -> Step {
    Step { desc, input, outputs: outputs.iter().map(|line| (*line).to_owned()).collect(), state }
}

/// A block with a name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) header: Header,
    pub(crate) leaves: Leaves,
}

impl Named {
    pub(crate) fn id(&self) -> BlockId {
        self.header.id()
    }
}

/// The replica under test with everything its table needs.
pub(crate) struct Table {
    pub(crate) config: Config,
    pub(crate) replica: Replica,
    pub(crate) now: Time,
    /// How far the replica's wall clock is from the time of this table.
    pub(crate) clock: ClockOffset,
    /// Everything it journalled.
    pub(crate) journal: Vec<JournalEntry>,
    names: BTreeMap<BlockId, String>,
}

impl Table {
    /// Member `own` of four, started.
    pub(crate) fn new(own: u16, window: u16) -> Self {
        Self::of(4, own, window)
    }

    /// Member `own` of so many, started.
    pub(crate) fn of(members: u16, own: u16, window: u16) -> Self {
        let config = config(members, own, window);
        let replica = recover(&config, &[], None).unwrap();
        let names = BTreeMap::from([(genesis().id(), "G".to_owned())]);
        let clock = ClockOffset::Behind(Span::ZERO);
        let mut table = Self { config, replica, now: START, clock, journal: Vec::new(), names };
        table.take(Input::Start);
        table
    }

    /// The replica again, from its journal and a ledger that ends at `head`; not yet started.
    pub(crate) fn restart(&mut self, head: Option<(&Named, Certificate)>) {
        self.replica = recover(&self.config, &self.journal, head).unwrap();
    }

    /// Whether the replica may start again, see [`Self::restart`].
    pub(crate) fn try_restart(&self, head: Option<(&Named, Certificate)>) -> Result<(), RecoverError> {
        recover(&self.config, &self.journal, head).map(drop)
    }

    /// A block that member `view mod 4` may propose in `view` on `parent`, 1 ms after it.
    pub(crate) fn block(&mut self, name: &str, parent: &Header, view: u64) -> Named {
        let leaves: Leaves = BoundedVec::new(vec![hash(name.as_bytes())]).unwrap();
        let view = View::new(view);
        let header = Header {
            height: parent.height.next(),
            view,
            primary: self.config.membership.primary(view),
            parent: parent.id(),
            time: parent.time.max(START).after(Span::MILLISECOND),
            transaction_count: 1,
            transactions_root: tree::root(&leaves),
            state_root: StateRoot::new(*hash(name.as_bytes()).get()),
            ..genesis()
        };
        self.names.insert(header.id(), name.to_owned());
        Named { header, leaves }
    }

    /// Takes an input; what comes out as it is.
    pub(crate) fn outputs(&mut self, input: Input) -> Vec<Output> {
        let mut outputs = Vec::new();
        let now = Moment { steady: self.now, wall: self.clock.from(self.now) };
        self.replica.step(now, input, &mut outputs);
        outputs
    }

    /// Takes an input and renders what comes out; HEADs are left out, they have a test of their own.
    pub(crate) fn take(&mut self, input: Input) -> Vec<String> {
        let outputs = self.outputs(input);
        let mut lines = Vec::new();
        for output in outputs {
            if let Output::Persist(entry) = &output {
                self.journal.push(entry.clone());
            }
            if !matches!(
                output,
                Output::Broadcast(Message::Head(_)) | Output::Send { message: Message::Head(_), .. }
            ) {
                lines.push(self.render(&output));
            }
        }
        lines
    }

    /// Runs the steps, 1 ms apart.
    #[track_caller]
    pub(crate) fn run(&mut self, steps: Vec<Step>) {
        for step in steps {
            self.now = self.now.after(Span::MILLISECOND);
            let outputs = self.take(step.input);
            assert_eq!(outputs, step.outputs, "outputs after: {}", step.desc);
            assert_eq!(self.state(), step.state, "state after: {}", step.desc);
        }
    }

    /// Lets time pass in small ticks and collects what comes out.
    pub(crate) fn wait(&mut self, span: Span) -> Vec<String> {
        let end = self.now.after(span);
        let mut lines = Vec::new();
        while self.now < end {
            self.now = self.now.after(Span::from_millis(10));
            lines.extend(self.take(Input::Tick));
        }
        lines
    }

    /// "view 1 waiting, committed 3".
    pub(crate) fn state(&self) -> String {
        let mode = match self.replica.mode {
            Mode::Active => "active",
            Mode::Waiting => "waiting",
            Mode::Stopped => "stopped",
        };
        format!("view {} {mode}, committed {}", self.replica.view, self.replica.committed.height())
    }

    fn name(&self, block_id: &BlockId) -> &str {
        self.names.get(block_id).map_or("?", String::as_str)
    }

    fn render(&self, output: &Output) -> String {
        match output {
            Output::Persist(entry) => format!("journal {}", self.render_entry(entry)),
            Output::Send { to, message } => format!("to {to} {}", self.render_message(message)),
            Output::Broadcast(message) => format!("all {}", self.render_message(message)),
            Output::Check { block_id, origin, .. } => format!("check {} {origin:?}", self.name(block_id)),
            Output::Commit { height, block_id, .. } => format!("commit {height} {}", self.name(block_id)),
            Output::CatchUp { certificate, .. } => {
                format!("catch up to {}", self.name(&certificate.block_id))
            }
            Output::ServeCommitted { to, height } => format!("serve {to} certificate of {height}"),
            Output::Dropped(ids) => {
                let names: Vec<_> = ids.iter().map(|id| self.name(id)).collect();
                format!("dropped {}", names.join(" "))
            }
            Output::ViewEntered { view, .. } => format!("entered {view}"),
            Output::Suspected { reason, .. } => format!("suspected {reason:?}"),
            Output::Evidence { member, sin: Sin::ClockOff { offset } } => {
                format!("evidence {member} clock {offset}")
            }
            Output::Evidence { member, sin } => format!("evidence {member} {sin:?}"),
            Output::Fatal { height, block_id, .. } => format!("fatal {height} {}", self.name(block_id)),
            Output::ForeignParent { height, block_id, parent } => {
                format!("fatal {height} {} on {}", self.name(block_id), self.name(parent))
            }
        }
    }

    fn render_entry(&self, entry: &JournalEntry) -> String {
        match entry {
            JournalEntry::Entered { view, start } => {
                let how = match start {
                    ViewStart::First => "first",
                    ViewStart::NewView { .. } => "by NEW-VIEW",
                    ViewStart::Certificate { .. } => "by certificate",
                };
                format!("entered {view} {how}")
            }
            JournalEntry::Committed { certificate } => {
                format!("committed {}", self.name(&certificate.block_id))
            }
            JournalEntry::Prepared { certificate, .. } => {
                format!(
                    "prepared {}/{} {}",
                    certificate.view,
                    certificate.height,
                    self.name(&certificate.block_id)
                )
            }
            JournalEntry::Prepare(vote) => self.render_message(&Message::Prepare(vote.clone())),
            JournalEntry::Commit(vote) => self.render_message(&Message::Commit(vote.clone())),
            JournalEntry::ViewChange(signed) => self.render_message(&Message::ViewChange(signed.clone())),
        }
    }

    fn render_message(&self, message: &Message) -> String {
        match message {
            Message::PrePrepare(signed) => {
                let PrePrepare { view, height, header, .. } = &signed.body;
                format!("PRE-PREPARE {view}/{height} {}", self.name(&header.id()))
            }
            Message::Prepare(vote) => {
                format!("PREPARE {}/{} {}", vote.body.view, vote.body.height, self.name(&vote.body.block_id))
            }
            Message::Commit(vote) => {
                format!("COMMIT {}/{} {}", vote.body.view, vote.body.height, self.name(&vote.body.block_id))
            }
            Message::ViewChange(signed) => self.render_view_change(&signed.body),
            Message::NewView(signed) => {
                let blocks: Vec<_> = signed.body.blocks.iter().map(|id| self.name(id)).collect();
                format!("NEW-VIEW {} [{}]", signed.body.view, blocks.join(" "))
            }
            Message::Head(signed) => format!("HEAD {} {}", signed.body.view, signed.body.height),
            Message::Certificate(certificate) => {
                format!("CERTIFICATE {} {}", certificate.phase.as_str(), self.name(&certificate.block_id))
            }
            Message::Leaves { block_id, .. } => format!("LEAVES {}", self.name(block_id)),
            Message::Fetch(wanted) => format!("FETCH {}", self.render_wanted(wanted)),
        }
    }

    fn render_wanted(&self, wanted: &Wanted) -> String {
        match wanted {
            Wanted::Certificate(key) => format!("{} {}", key.phase.as_str(), self.name(&key.block_id)),
            Wanted::Committed(height) => format!("committed {height}"),
            Wanted::ViewChange { member, view, .. } => format!("VIEW-CHANGE {view} of {member}"),
            Wanted::NewView(view) => format!("NEW-VIEW {view}"),
            Wanted::Leaves(block_id) => format!("leaves {}", self.name(block_id)),
        }
    }

    fn render_view_change(&self, body: &ViewChange) -> String {
        let committed = body.committed.as_ref().map_or("G", |certificate| self.name(&certificate.block_id));
        let prepared: Vec<_> = body
            .prepared
            .iter()
            .map(|prepared| format!("{}@{}", self.name(&prepared.header.id()), prepared.view))
            .collect();
        format!("VIEW-CHANGE {} on {committed} [{}]", body.view, prepared.join(" "))
    }
}

fn recover(
    config: &Config,
    journal: &[JournalEntry],
    head: Option<(&Named, Certificate)>,
) -> Result<Replica, RecoverError> {
    let head = match head {
        Some((block, certificate)) => {
            CommittedHead { header: block.header.clone(), certificate: Some(Arc::new(certificate)) }
        }
        None => CommittedHead { header: genesis(), certificate: None },
    };
    Replica::recover(config.clone(), signer(config.own.get()), head, journal.iter().cloned())
}

pub(crate) fn sign<B: MemberBody>(member: u16, body: B) -> Verified<Signed<B>> {
    sign_as_member(&signer(member), &GENESIS, ReplicaId::new(member), body)
}

fn from(member: u16, message: VerifiedMessage) -> Input {
    Input::Message { from: ReplicaId::new(member), arrived: AT_ONCE, message }
}

pub(crate) fn pre_prepare(member: u16, view: u64, block: &Named) -> Input {
    let body = PrePrepare {
        epoch: block.header.epoch,
        view: View::new(view),
        height: block.header.height,
        header: block.header.clone(),
        leaves: block.leaves.clone(),
    };
    from(member, VerifiedMessage::PrePrepare(sign(member, body)))
}

pub(crate) fn prepare(member: u16, view: u64, block: &Named) -> Input {
    let (epoch, view, height, block_id) =
        (block.header.epoch, View::new(view), block.header.height, block.id());
    from(member, VerifiedMessage::Prepare(sign(member, Prepare { epoch, view, height, block_id })))
}

pub(crate) fn commit(member: u16, view: u64, block: &Named) -> Input {
    let (epoch, view, height, block_id) =
        (block.header.epoch, View::new(view), block.header.height, block.id());
    from(member, VerifiedMessage::Commit(sign(member, Commit { epoch, view, height, block_id })))
}

pub(crate) fn head(member: u16, view: u64, height: u64) -> Input {
    head_at(member, view, height, START)
}

/// A HEAD signed at this time by the member's clock.
pub(crate) fn head_at(member: u16, view: u64, height: u64, time: Time) -> Input {
    let body = Head {
        epoch: genesis().epoch,
        member: ReplicaId::new(member),
        view: View::new(view),
        height: Height::new(height),
        block_id: BlockId::ZERO,
        voted: Height::new(height),
        time,
    };
    from(member, VerifiedMessage::Head(sign(member, body)))
}

pub(crate) fn checked(block: &Named, verdict: Verdict) -> Input {
    Input::Checked { block_id: block.id(), verdict }
}

pub(crate) fn key(phase: Phase, view: u64, block: &Named) -> CertificateKey {
    let header = &block.header;
    CertificateKey {
        phase,
        epoch: header.epoch,
        view: View::new(view),
        height: header.height,
        block_id: block.id(),
    }
}

/// A certificate of members 1, 2 and 3.
pub(crate) fn certificate(phase: Phase, view: u64, block: &Named) -> Certificate {
    let CertificateKey { epoch, view, height, block_id, .. } = key(phase, view, block);
    let signature = |member| match phase {
        Phase::Prepare => sign(member, Prepare { epoch, view, height, block_id }).signature,
        Phase::Commit => sign(member, Commit { epoch, view, height, block_id }).signature,
    };
    let votes = (1..=3).map(|member| (ReplicaId::new(member), signature(member))).collect();
    Certificate { phase, epoch, view, height, block_id, votes: BoundedVec::new(votes).unwrap() }
}

pub(crate) fn verified(certificate: Certificate) -> Verified<Certificate> {
    Verifier::new(Oracle, GENESIS).certificate(&membership(4), certificate).unwrap()
}

pub(crate) fn certificate_input(member: u16, certificate: Certificate) -> Input {
    from(member, VerifiedMessage::Certificate(verified(certificate)))
}

pub(crate) fn caught_up(block: &Named, view: u64) -> Input {
    let certificate = verified(certificate(Phase::Commit, view, block));
    Input::CaughtUp { header: block.header.clone(), certificate }
}

/// A VIEW-CHANGE body: a committed block with the view of its certificate, prepared blocks with theirs.
pub(crate) fn view_change_body(
    member: u16,
    view: u64,
    committed: Option<(&Named, u64)>,
    prepared: &[(&Named, u64)],
) -> ViewChange {
    let entries = prepared.iter().map(|(block, of)| Prepared {
        header: block.header.clone(),
        view: View::new(*of),
        certificate_digest: certificate(Phase::Prepare, *of, block).digest(),
    });
    ViewChange {
        epoch: genesis().epoch,
        member: ReplicaId::new(member),
        view: View::new(view),
        committed: committed.map(|(block, of)| certificate(Phase::Commit, of, block)),
        prepared: BoundedVec::new(entries.collect()).unwrap(),
    }
}

pub(crate) fn view_change(body: &ViewChange) -> Input {
    let member = body.member.get();
    from(member, VerifiedMessage::ViewChange(sign(member, body.clone())))
}

/// A NEW-VIEW of member `view mod 4` that names these VIEW-CHANGEs and re-proposes these blocks.
pub(crate) fn new_view(view: u64, view_changes: &[&ViewChange], blocks: &[&Named]) -> Input {
    new_view_from(u16::try_from(view % 4).unwrap(), view, view_changes, blocks)
}

/// The same, delivered by another member.
pub(crate) fn new_view_from(by: u16, view: u64, view_changes: &[&ViewChange], blocks: &[&Named]) -> Input {
    let mut named: Vec<(ReplicaId, Digest)> =
        view_changes.iter().map(|body| (body.member, body.digest())).collect();
    named.sort_unstable();
    let body = NewView {
        epoch: genesis().epoch,
        view: View::new(view),
        view_changes: BoundedVec::new(named).unwrap(),
        blocks: BoundedVec::new(blocks.iter().map(|block| block.id()).collect()).unwrap(),
    };
    let member = u16::try_from(view % 4).unwrap();
    from(by, VerifiedMessage::NewView(sign(member, body)))
}

pub(crate) fn fetch(member: u16, wanted: Wanted) -> Input {
    from(member, VerifiedMessage::Fetch(wanted))
}
