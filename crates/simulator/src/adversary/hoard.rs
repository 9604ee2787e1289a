//! Transactions that were overheard, to build blocks of.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_crypto::{Digest, TransactionId};
use carechain_engine::{PeerMessage, SharedSubmission};
use carechain_types::{BoundedVec, Submission, Verifier};

use super::bend::Tools;
use crate::limits::REMEMBERED_MAX;

#[derive(Default)]
pub(crate) struct Hoard {
    by_leaf: BTreeMap<Digest, SharedSubmission>,
}

impl Hoard {
    /// Keeps the transactions of a message.
    pub(crate) fn study(&mut self, message: &PeerMessage, tools: &Tools<'_>) {
        match message {
            PeerMessage::Transaction(submission) => self.keep(submission, tools),
            PeerMessage::Bodies { submissions, .. } => {
                submissions.iter().for_each(|submission| self.keep(submission, tools));
            }
            PeerMessage::CommittedBlock(block) => {
                block.submissions.iter().for_each(|submission| self.keep(submission, tools));
            }
            PeerMessage::Consensus(_) | PeerMessage::FetchBodies { .. } | PeerMessage::FetchBlocks { .. } => {
            }
        }
    }

    fn keep(&mut self, submission: &Submission, tools: &Tools<'_>) {
        let leaf = submission.transaction.leaf(&tools.chain_id).digest();
        if self.by_leaf.len() >= REMEMBERED_MAX || self.by_leaf.contains_key(&leaf) {
            return;
        }
        let verifier = Verifier::new(tools.scheme, tools.chain_id);
        if let Ok(verified) = verifier.submission(submission.clone()) {
            self.by_leaf.insert(leaf, Arc::new(verified));
        }
    }

    /// The transactions of these leaves, in order, if all are known.
    pub(crate) fn bodies(&self, leaves: &[Digest]) -> Option<Vec<SharedSubmission>> {
        leaves.iter().map(|leaf| self.by_leaf.get(leaf).cloned()).collect()
    }

    /// One that meets a condition.
    pub(crate) fn find(
        &self,
        is_wanted: impl Fn(&TransactionId) -> bool,
        tools: &Tools<'_>,
    ) -> Option<Digest> {
        let mut known = self.by_leaf.iter();
        let found = known.find(|(_, submission)| is_wanted(&submission.transaction.body.id(&tools.chain_id)));
        found.map(|(leaf, _)| *leaf)
    }

    /// Gives everybody the transactions that somebody asked for.
    pub(crate) fn answer(&self, question: &PeerMessage, tools: &mut Tools<'_>) {
        let PeerMessage::FetchBodies { block_id, leaves } = question else { return };
        let known = leaves.iter().filter_map(|leaf| self.by_leaf.get(leaf));
        let submissions = known.map(|submission| (***submission).clone()).collect();
        let submissions = BoundedVec::new(submissions).expect("no more than were asked for");
        tools.say_to_all(&PeerMessage::Bodies { block_id: *block_id, submissions });
    }
}
