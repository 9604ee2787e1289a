//! What a replica knows.

use carechain_crypto::BlockId;
use carechain_types::{Header, Height, NodeSigner, Time, View};

use crate::config::Config;
use crate::recovery::CommittedHead;
use crate::status::{Phase, Status};

/// One replica of the PBFT group.
pub struct Replica {
    config: Config,
    #[allow(dead_code)]
    signer: Box<dyn NodeSigner + Send>,
    head: CommittedHead,
}

/// Where a fresh block is wanted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProposalSlot {
    /// View to propose in.
    pub view: View,
    /// Height of the block.
    pub height: Height,
    /// The block below.
    pub parent: BlockId,
    /// Its header: the new block's time must be above its time.
    pub parent_header: Header,
}

impl Replica {
    pub(crate) fn at(config: Config, signer: Box<dyn NodeSigner + Send>, head: CommittedHead) -> Self {
        Self { config, signer, head }
    }

    /// Where a block may be proposed now. The engine answers with [`crate::Input::Proposal`] when its mempool has
    /// something, and leaves it otherwise: an idle chain makes no blocks.
    #[must_use]
    pub fn wants_proposal(&self) -> Option<ProposalSlot> {
        None
    }

    /// When the next [`crate::Input::Tick`] is due, if nothing else happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Time> {
        None
    }

    /// Where this replica stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let view = View::ZERO;
        let primary = self.config.membership.primary(view);
        Status { view, primary, committed: self.head.header.height, phase: Phase::Idle }
    }
}
