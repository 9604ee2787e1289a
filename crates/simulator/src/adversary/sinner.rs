//! A Byzantine member: its engines, and the bending of what they say.

use std::rc::Rc;

use carechain_engine::{Input, PeerMessage};
use carechain_types::{ReplicaId, Span, Time};

use super::ambusher::Ambusher;
use super::bend::{Bend, Fate, Outgoing, Tools};
use super::equivocating_primary::EquivocatingPrimary;
use super::fetcher::Fetcher;
use super::forger::Forger;
use super::forgetful::Forgetful;
use super::lying_primary::LyingPrimary;
use super::misleader::Misleader;
use super::replayer::Replayer;
use super::silent::Silent;
use super::two_new_views::TwoNewViews;
use super::usurper::Usurper;
use super::withholder::Withholder;
use crate::ambush::Ambush;
use crate::certified_block::CertifiedBlock;
use crate::node::{Blueprint, Emission, Node};
use crate::random::Random;
use crate::sin::Sin;

/// One Byzantine member. Its power never fails.
pub(crate) struct Sinner {
    twins: Vec<Node>,
    bend: Box<dyn Bend>,
    blueprint: Blueprint,
    random: Random,
    sin: Sin,
}

/// What a Byzantine member says.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) messages: Vec<(ReplicaId, Rc<[u8]>)>,
    pub(crate) sin: Sin,
    /// How often it did what makes its sin: messages kept, replaced, or said beside those of its engines.
    pub(crate) acts: u64,
}

impl Sinner {
    /// A member that sins.
    ///
    /// Members with the same `fellows` tell the same side the same story.
    pub(crate) fn new(
        sin: Sin,
        ambush: Option<&Ambush>,
        blueprint: Blueprint,
        mut random: Random,
        mut fellows: Random,
    ) -> Self {
        let members = blueprint.config.membership.members.len();
        let bend: Box<dyn Bend> = match sin {
            Sin::EquivocatingPrimary => Box::new(EquivocatingPrimary::new(members, &mut random)),
            Sin::Fetcher => Box::new(Fetcher::default()),
            Sin::TwoNewViews => Box::new(TwoNewViews::default()),
            Sin::Forgetful => Box::new(Forgetful),
            Sin::Colluder => Box::new(EquivocatingPrimary::new(members, &mut fellows)),
            Sin::Ambusher => Box::new(Ambusher::new(ambush.expect("it is drawn with its ambush"))),
            Sin::LyingPrimary => Box::new(LyingPrimary::default()),
            Sin::Misleader => Box::new(Misleader::default()),
            Sin::Usurper => Box::new(Usurper::default()),
            Sin::Silent => Box::new(Silent::new(members, &mut random)),
            Sin::Forger => Box::new(Forger::default()),
            Sin::Replayer => Box::new(Replayer::default()),
            Sin::Withholder => Box::new(Withholder::new(members, &mut random)),
        };
        let twins = (0..bend.twins() as u64)
            .map(|twin| {
                // Another clock makes another block of the same transactions.
                let lag = blueprint.lag.as_micros() + twin * 1_000;
                Node::new(Blueprint { lag: Span::from_micros(lag), ..blueprint.clone() })
            })
            .collect::<Vec<_>>();
        Self { twins, bend, blueprint, random, sin }
    }

    /// Starts its engines; one that cannot stays down.
    pub(crate) fn start(&mut self) {
        for twin in &mut self.twins {
            let _ = twin.start();
        }
    }

    /// Tells its engines something.
    pub(crate) fn tell(&mut self, input: &Input) {
        for twin in &mut self.twins {
            twin.tell(input.clone());
        }
    }

    /// A message arrived: what it says to it, and the block that the message certifies, if any.
    pub(crate) fn receive(
        &mut self,
        now: Time,
        from: ReplicaId,
        bytes: &[u8],
    ) -> (Sent, Option<CertifiedBlock>) {
        let mut certified = None;
        let message = PeerMessage::decode(bytes);
        let hears = message.as_ref().is_ok_and(|message| self.bend.hears(message));
        for twin in self.twins.iter_mut().filter(|_| hears) {
            // What is refused at its border may still be of use to it.
            certified = twin.receive(now, from, bytes).unwrap_or_default();
        }
        let mut said = Vec::new();
        if let Ok(message) = message {
            let mut tools = tools(&self.blueprint, &self.twins[0], &mut self.random, (&mut said, now));
            self.bend.overhear(&message, &mut tools);
        }
        let acts = said.len() as u64;
        (Sent { messages: shared(said), sin: self.sin, acts }, certified)
    }

    /// One turn of each engine.
    pub(crate) fn turn(&mut self, now: Time) -> Sent {
        let mut sent = Sent { messages: Vec::new(), sin: self.sin, acts: 0 };
        for (twin, node) in self.twins.iter_mut().enumerate() {
            // An engine that stops because of what its twin did is no loss.
            let (emissions, _) = node.turn(now);
            for emission in emissions {
                let Emission::Message { to, message } = emission else { continue };
                let bytes: Rc<[u8]> = message.to_bytes().into();
                for to in to {
                    let mut said = Vec::new();
                    let mut tools = tools(&self.blueprint, node, &mut self.random, (&mut said, now));
                    match self.bend.outgoing(Outgoing { twin, to, message: &message }, &mut tools) {
                        Fate::Sent => sent.messages.push((to, Rc::clone(&bytes))),
                        Fate::Kept | Fate::Replaced => sent.acts += 1,
                    }
                    sent.messages.extend(shared(said));
                }
            }
        }
        sent
    }

    /// Whether any of its engines runs.
    pub(crate) fn is_running(&self) -> bool {
        self.twins.iter().any(Node::is_running)
    }

    /// What it does wrong.
    pub(crate) const fn sin(&self) -> Sin {
        self.sin
    }

    /// When it wants its next turn.
    pub(crate) fn next_wakeup(&self) -> Option<Time> {
        self.twins.iter().filter_map(Node::next_wakeup).min()
    }
}

fn tools<'a>(
    blueprint: &'a Blueprint,
    node: &'a Node,
    random: &'a mut Random,
    (said, now): (&'a mut Vec<(ReplicaId, Vec<u8>)>, Time),
) -> Tools<'a> {
    let own = blueprint.config.own;
    Tools {
        own,
        now,
        chain_id: blueprint.founding.chain_id,
        block_zero: blueprint.founding.block_zero,
        membership: &blueprint.config.membership,
        hand: blueprint.founding.nodes[usize::from(own.get())],
        scheme: blueprint.scheme,
        node,
        random,
        said,
    }
}

fn shared(said: Vec<(ReplicaId, Vec<u8>)>) -> Vec<(ReplicaId, Rc<[u8]>)> {
    said.into_iter().map(|(to, bytes)| (to, bytes.into())).collect()
}
