//! Says what was never said: votes for other blocks, in others' names, certificates that are none, view changes from
//! nowhere, proposals that lie, broken bytes.
//!
//! Source: Winter et al. 2023, "ByzzFuzz": small changes to real messages find what random bytes do not.

use carechain_consensus::{Message, Wanted};
use carechain_crypto::{BlockId, Digest, Signature, StateRoot};
use carechain_engine::PeerMessage;
use carechain_types::{
    BoundedVec, Certificate, Commit, Epoch, Head, Height, NewView, Phase, PrePrepare, Prepare, Prepared,
    ReplicaId, Signed, Span, View, ViewChange,
};

use super::bend::{Bend, Fate, Outgoing, Tools};
use crate::limits::REMEMBERED_MAX;

/// What it has seen and makes its lies of.
#[derive(Default)]
pub(crate) struct Forger {
    blocks: Vec<BlockId>,
    votes: Vec<(Phase, ReplicaId, View, Height, BlockId, Signature)>,
    certificates: Vec<Certificate>,
    view_changes: Vec<Signed<ViewChange>>,
    proposals: Vec<PrePrepare>,
}

impl Bend for Forger {
    fn outgoing(&mut self, Outgoing { message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        self.study(message);
        // Its own proposals are replaced now and then.
        let proposal = matches!(message, PeerMessage::Consensus(Message::PrePrepare(_)));
        if proposal && tools.random.chance(300) { Fate::Kept } else { Fate::Sent }
    }

    fn overhear(&mut self, message: &PeerMessage, tools: &mut Tools<'_>) {
        self.study(message);
        if tools.random.chance(150) {
            self.lie(tools);
        }
        if tools.random.chance(30) {
            break_bytes(message, tools);
        }
    }
}

impl Forger {
    fn study(&mut self, message: &PeerMessage) {
        let PeerMessage::Consensus(message) = message else { return };
        match message {
            Message::PrePrepare(signed) => {
                remember(&mut self.blocks, signed.body.header.id());
                remember(&mut self.proposals, signed.body.clone());
            }
            Message::Prepare(Signed { member, body, signature }) => {
                let Prepare { view, height, block_id, .. } = *body;
                remember(&mut self.votes, (Phase::Prepare, *member, view, height, block_id, *signature));
            }
            Message::Commit(Signed { member, body, signature }) => {
                let Commit { view, height, block_id, .. } = *body;
                remember(&mut self.votes, (Phase::Commit, *member, view, height, block_id, *signature));
            }
            Message::ViewChange(signed) => remember(&mut self.view_changes, signed.clone()),
            Message::Certificate(certificate) => remember(&mut self.certificates, certificate.clone()),
            Message::NewView(_) | Message::Head(_) | Message::Leaves { .. } | Message::Fetch(_) => {}
        }
    }

    fn lie(&self, tools: &mut Tools<'_>) {
        let lie = match tools.random.below(10) {
            0 | 1 => self.other_vote(tools),
            2 => self.vote_of_somebody_else(tools),
            3 => self.certificate(tools),
            4 => Some(self.view_change(tools)),
            5 => self.new_view(tools),
            6 | 7 => self.proposal(tools),
            8 => Some(self.head(tools)),
            _ => Some(self.question(tools)),
        };
        if let Some(lie) = lie {
            tools.say_to_some(&PeerMessage::Consensus(lie));
        }
    }

    /// A vote near one that was seen, under its own name.
    fn other_vote(&self, tools: &mut Tools<'_>) -> Option<Message> {
        let (phase, _, view, height, block_id, _) = pick(&self.votes, tools)?;
        let view = View::new(near(view.get(), tools));
        let height =
            Height::new(if tools.random.chance(700) { height.get() } else { near(height.get(), tools) });
        let block_id = match tools.random.below(3) {
            0 => BlockId::new(tools.random.bytes()),
            1 => pick(&self.blocks, tools).unwrap_or(block_id),
            _ => block_id,
        };
        Some(match phase {
            Phase::Prepare => {
                Message::Prepare(tools.signed(Prepare { epoch: Epoch::ZERO, view, height, block_id }))
            }
            Phase::Commit => {
                Message::Commit(tools.signed(Commit { epoch: Epoch::ZERO, view, height, block_id }))
            }
        })
    }

    /// A vote in another's name: with its own signature, or with the other's for something else.
    fn vote_of_somebody_else(&self, tools: &mut Tools<'_>) -> Option<Message> {
        let (_, member, view, height, block_id, signature) = pick(&self.votes, tools)?;
        let body = Commit { epoch: Epoch::ZERO, view, height, block_id };
        let own = tools.signed(body).signature;
        let signature = if tools.random.chance(500) { signature } else { own };
        let member = if tools.random.chance(500) { member } else { tools.anybody() };
        Some(Message::Commit(Signed { member, body, signature }))
    }

    /// A certificate of too few votes, of the same vote many times, of the wrong phase or height.
    fn certificate(&self, tools: &mut Tools<'_>) -> Option<Message> {
        let (_, _, view, height, block_id, _) = pick(&self.votes, tools)?;
        let quorum = tools.membership.quorum().size();
        let mut certificate = pick(&self.certificates, tools).unwrap_or(Certificate {
            phase: Phase::Commit,
            epoch: Epoch::ZERO,
            view,
            height,
            block_id,
            votes: BoundedVec::empty(),
        });
        match tools.random.below(4) {
            0 => {
                let own = tools.signed(Commit { epoch: Epoch::ZERO, view, height, block_id }).signature;
                let votes = (0..quorum).map(|_| (tools.own, own)).collect();
                certificate = Certificate {
                    phase: Phase::Commit,
                    epoch: Epoch::ZERO,
                    view,
                    height,
                    block_id,
                    votes: BoundedVec::new(votes).ok()?,
                };
            }
            1 => certificate.phase = Phase::Commit,
            2 => certificate.height = Height::new(near(certificate.height.get(), tools)),
            _ => {
                let seen = self.votes.iter().filter(|vote| vote.2 == view && vote.3 == height);
                let votes = seen.map(|vote| (vote.1, vote.5)).take(quorum).collect();
                certificate.votes = BoundedVec::new(votes).ok()?;
            }
        }
        Some(Message::Certificate(certificate))
    }

    /// A VIEW-CHANGE for a view near or very far, which names what does not exist.
    fn view_change(&self, tools: &mut Tools<'_>) -> Message {
        let seen = pick(&self.view_changes, tools).map(|signed| signed.body);
        let view = match (&seen, tools.random.below(4)) {
            (_, 0) => View::new(u64::MAX - tools.random.below(3)),
            (Some(seen), _) => View::new(near(seen.view.get(), tools)),
            (None, _) => View::new(tools.random.below(20)),
        };
        let mut prepared = seen.as_ref().map_or_else(BoundedVec::empty, |seen| seen.prepared.clone());
        if let Some(proposal) = pick(&self.proposals, tools)
            && tools.random.chance(500)
        {
            let lie = Prepared {
                view: proposal.view,
                header: proposal.header,
                certificate_digest: Digest::new(tools.random.bytes()),
            };
            prepared = BoundedVec::new(vec![lie]).unwrap_or_default();
        }
        let committed = match seen.and_then(|seen| seen.committed) {
            Some(committed) if tools.random.chance(700) => Some(committed),
            _ => pick(&self.certificates, tools),
        };
        Message::ViewChange(tools.signed(ViewChange {
            epoch: Epoch::ZERO,
            member: tools.own,
            view,
            committed,
            prepared,
        }))
    }

    /// A NEW-VIEW for a view it leads that re-proposes what it likes.
    fn new_view(&self, tools: &mut Tools<'_>) -> Option<Message> {
        let view = pick(&self.view_changes, tools)?.body.view;
        let mut view_changes: Vec<_> = self
            .view_changes
            .iter()
            .filter(|signed| signed.body.view == view)
            .map(|signed| (signed.member, signed.body.digest()))
            .collect();
        view_changes.sort_unstable();
        view_changes.dedup_by_key(|(member, _)| *member);
        view_changes.truncate(tools.membership.quorum().size());
        let blocks = if tools.random.chance(500) { pick(&self.blocks, tools) } else { None };
        Some(Message::NewView(tools.signed(NewView {
            epoch: Epoch::ZERO,
            view,
            view_changes: BoundedVec::new(view_changes).ok()?,
            blocks: BoundedVec::new(blocks.into_iter().collect()).ok()?,
        })))
    }

    /// A proposal that lies about its state, its time, its leaves or its place.
    fn proposal(&self, tools: &mut Tools<'_>) -> Option<Message> {
        let mut proposal = pick(&self.proposals, tools)?;
        match tools.random.below(6) {
            0 => proposal.header.state_root = StateRoot::new(tools.random.bytes()),
            1 => proposal.header.time = tools.now.after(Span::SECOND.times(10)),
            2 => proposal.header.time = proposal.header.time.after(Span::from_micros(1)),
            3 => {
                proposal.leaves = BoundedVec::new(vec![Digest::new(tools.random.bytes())]).ok()?;
            }
            4 => {
                proposal.view = View::new(near(proposal.view.get(), tools));
                proposal.header.view = proposal.view;
                proposal.header.primary = tools.own;
            }
            _ => {
                proposal.height = Height::new(near(proposal.height.get(), tools));
                proposal.header.height = proposal.height;
            }
        }
        Some(Message::PrePrepare(tools.signed(proposal)))
    }

    /// A head far above everybody's.
    fn head(&self, tools: &mut Tools<'_>) -> Message {
        let far = |tools: &mut Tools<'_>| match tools.random.below(3) {
            0 => u64::MAX,
            _ => tools.random.below(30),
        };
        let height = Height::new(far(tools));
        let body = Head {
            epoch: Epoch::ZERO,
            member: tools.own,
            view: View::new(far(tools)),
            height,
            block_id: BlockId::new(tools.random.bytes()),
            voted: height,
            time: tools.now,
        };
        Message::Head(tools.signed(body))
    }

    /// A question that nobody can answer.
    fn question(&self, tools: &mut Tools<'_>) -> Message {
        Message::Fetch(match tools.random.below(3) {
            0 => Wanted::Committed(Height::new(tools.random.below(40))),
            1 => Wanted::NewView(View::new(tools.random.below(20))),
            _ => Wanted::Leaves(
                pick(&self.blocks, tools).unwrap_or_else(|| BlockId::new(tools.random.bytes())),
            ),
        })
    }
}

/// A message with one byte changed.
fn break_bytes(message: &PeerMessage, tools: &mut Tools<'_>) {
    let mut bytes = message.to_bytes();
    let place = tools.random.index(bytes.len());
    bytes[place] ^= 1 << tools.random.below(8);
    let to = tools.anybody();
    tools.say(to, bytes);
}

fn near(number: u64, tools: &mut Tools<'_>) -> u64 {
    match tools.random.below(4) {
        0 => number.saturating_add(1),
        1 => number.saturating_sub(1),
        2 => number.saturating_add(u64::from(tools.own.get()) + 1),
        _ => number,
    }
}

fn pick<T: Clone>(seen: &[T], tools: &mut Tools<'_>) -> Option<T> {
    if seen.is_empty() { None } else { Some(seen[tools.random.index(seen.len())].clone()) }
}

fn remember<T>(seen: &mut Vec<T>, item: T) {
    if seen.len() < REMEMBERED_MAX {
        seen.push(item);
    }
}
