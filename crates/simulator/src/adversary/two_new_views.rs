//! A new primary that starts its view twice: half of the members get another NEW-VIEW, from another quorum with another
//! VIEW-CHANGE of its own, valid like the first.
//!
//! Source: Castro and Liskov 1999, §4.4: any quorum of VIEW-CHANGEs chooses every block that may have been committed.

use std::collections::BTreeMap;

use carechain_consensus::Message;
use carechain_crypto::BlockId;
use carechain_engine::PeerMessage;
use carechain_types::{BoundedVec, Height, NewView, ReplicaId, Signed, View, ViewChange};

use super::bend::{Bend, Fate, Outgoing, Tools};

#[derive(Default)]
pub(crate) struct TwoNewViews {
    /// The latest VIEW-CHANGE of each other member.
    of_others: BTreeMap<ReplicaId, Signed<ViewChange>>,
    own: Option<ViewChange>,
}

impl Bend for TwoNewViews {
    fn outgoing(&mut self, Outgoing { to, message, .. }: Outgoing<'_>, tools: &mut Tools<'_>) -> Fate {
        match message {
            PeerMessage::Consensus(Message::ViewChange(signed)) if signed.member == tools.own => {
                self.own = Some(signed.body.clone());
                Fate::Sent
            }
            PeerMessage::Consensus(Message::NewView(signed)) if to.get() % 2 == 0 => {
                let Some((view_change, new_view)) = self.another(signed.body.view, tools) else {
                    return Fate::Sent;
                };
                tools.say(to, PeerMessage::Consensus(Message::ViewChange(view_change)).to_bytes());
                tools.say(to, PeerMessage::Consensus(Message::NewView(new_view)).to_bytes());
                Fate::Replaced
            }
            _ => Fate::Sent,
        }
    }

    fn overhear(&mut self, message: &PeerMessage, _tools: &mut Tools<'_>) {
        if let PeerMessage::Consensus(Message::ViewChange(signed)) = message {
            self.of_others.insert(signed.member, signed.clone());
        }
    }
}

impl TwoNewViews {
    /// An own VIEW-CHANGE that reports nothing, and a NEW-VIEW that names it with the last members of the view, not the
    /// first.
    fn another(&self, view: View, tools: &Tools<'_>) -> Option<(Signed<ViewChange>, Signed<NewView>)> {
        let own = self.own.clone().filter(|own| own.view == view)?;
        let own = tools.signed(ViewChange { prepared: BoundedVec::empty(), committed: None, ..own });
        let quorum = tools.membership.quorum().size();
        let others = self.of_others.values().rev().filter(|signed| signed.body.view == view);
        let mut named: Vec<_> = others.take(quorum - 1).cloned().collect();
        named.push(own.clone());
        if named.len() < quorum {
            return None;
        }
        named.sort_unstable_by_key(|signed| signed.member);
        let body = NewView {
            epoch: own.body.epoch,
            view,
            blocks: BoundedVec::new(re_proposed(&named, tools.block_zero)).ok()?,
            view_changes: BoundedVec::new(
                named.iter().map(|signed| (signed.member, signed.body.digest())).collect(),
            )
            .ok()?,
        };
        Some((own, tools.signed(body)))
    }
}

/// The blocks that follow from VIEW-CHANGEs, by the rule of docs/consensus.md.
fn re_proposed(view_changes: &[Signed<ViewChange>], block_zero: BlockId) -> Vec<BlockId> {
    let committed = view_changes.iter().filter_map(|signed| signed.body.committed.as_ref());
    let start = committed.max_by_key(|certificate| certificate.height);
    let (mut height, mut tip) =
        start.map_or((Height::ZERO, block_zero), |certificate| (certificate.height, certificate.block_id));
    let mut blocks = Vec::new();
    loop {
        height = height.next();
        let prepared = view_changes.iter().flat_map(|signed| signed.body.prepared.iter());
        let fits = prepared
            .filter(|prepared| prepared.header.height == height && prepared.header.parent == tip)
            .max_by_key(|prepared| prepared.view);
        let Some(fits) = fits else { return blocks };
        tip = fits.header.id();
        blocks.push(tip);
    }
}
