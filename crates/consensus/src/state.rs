//! What a replica knows. The rules stand in the files of this crate, one idea each; they share this state.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{
    Certificate, CertificateKey, Commit, Epoch, Head, Header, Height, MemberBody, NodeSigner, PrePrepare,
    Prepare, ReplicaId, SharedCertificate, Signed, Time, View, ViewChange, sign_as_member,
};

use crate::answers::Answers;
use crate::block_pool::BlockPool;
use crate::committed::{Committed, CommittedHead};
use crate::config::Config;
use crate::failed_primaries::FailedPrimaries;
use crate::held_proposals::HeldProposals;
use crate::input::{PendingTransaction, Voting};
use crate::journal_entry::ViewStart;
use crate::limits::votes_per_member_max;
use crate::member_clocks::MemberClocks;
use crate::message::Wanted;
use crate::output::Origin;
use crate::pending_new_view::PendingNewView;
use crate::planted_bug::PlantedBug;
use crate::votes::VoteBook;

/// One replica of the PBFT group.
pub struct Replica {
    pub(crate) config: Config,
    pub(crate) signer: Box<dyn NodeSigner + Send>,
    /// By the steady clock: what waits, waits by it.
    pub(crate) now: Time,
    /// By the clock on the wall, which may be set at any time: for the times that others read or have written.
    pub(crate) wall: Time,
    pub(crate) member_clocks: MemberClocks,
    /// The view this replica is in, or has sent VIEW-CHANGE for.
    pub(crate) view: View,
    pub(crate) mode: Mode,
    pub(crate) voting: Voting,
    pub(crate) leading: Leading,
    /// Whether the journal was empty: only then may view 0 be led.
    pub(crate) journal: JournalOrigin,
    pub(crate) committed: Committed,
    /// Commit certificates above the committed height.
    pub(crate) certified: BTreeMap<Height, SharedCertificate>,
    /// Blocks accepted in this view, in height order without gaps.
    pub(crate) slots: BTreeMap<Height, Slot>,
    pub(crate) blocks: BlockPool,
    pub(crate) held: HeldProposals,
    pub(crate) prepares: VoteBook,
    pub(crate) commits: VoteBook,
    pub(crate) own: OwnVotes,
    /// Own proposals of this view, to be sent again.
    pub(crate) proposed: BTreeMap<Height, Signed<PrePrepare>>,
    /// Own COMMITs of any view above the committed height that no NEW-VIEW has dropped.
    pub(crate) commit_votes: BTreeMap<Height, BlockId>,
    /// Per height above the committed one, the prepared certificate of highest view in the journal.
    pub(crate) prepared: BTreeMap<Height, PreparedBlock>,
    /// The latest VIEW-CHANGE of each member, this one included.
    pub(crate) view_changes: BTreeMap<ReplicaId, Signed<ViewChange>>,
    /// Prepared certificates that VIEW-CHANGEs name.
    pub(crate) certificates: BTreeMap<CertificateKey, SharedCertificate>,
    /// What let this replica into the last view it was active in.
    pub(crate) start: ViewStart,
    /// NEW-VIEWs not accepted yet, by the member that delivered them: what one delivers takes nobody else's place, and each
    /// correct one delivers the NEW-VIEW that it accepted, complete.
    pub(crate) new_views: BTreeMap<ReplicaId, PendingNewView>,
    /// The highest view each member signed anything for.
    pub(crate) claims: BTreeMap<ReplicaId, View>,
    pub(crate) heads: BTreeMap<ReplicaId, Signed<Head>>,
    pub(crate) failed: FailedPrimaries,
    pub(crate) asked: BTreeMap<Wanted, Asked>,
    pub(crate) answers: Answers,
    pub(crate) clock: Clock,
    pub(crate) pending: Option<PendingTransaction>,
    /// View of the newest commit: the backoff counts from it.
    pub(crate) progress_view: View,
    /// The certified height that the engine was last asked to catch up to, and when.
    pub(crate) catching_up: Option<(Height, Time)>,
    /// Something changed that another rule may want to look at.
    pub(crate) dirty: bool,
}

/// Whether this replica takes part in its view.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// It votes.
    Active,
    /// It has sent VIEW-CHANGE and waits for the NEW-VIEW.
    Waiting,
    /// It found a certified state that it does not reach, and does nothing any more.
    Stopped,
}

/// Whether this replica may propose in its view.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Leading {
    /// It started the view in this run.
    Yes,
    /// It does not lead, or led the view before a restart.
    No,
}

/// What the journal was at the start of this run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum JournalOrigin {
    /// Empty: the first run.
    Fresh,
    /// Read back.
    Recovered,
}

/// A block accepted at a height of this view.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Slot {
    pub(crate) block_id: BlockId,
    pub(crate) origin: Origin,
    pub(crate) accepted: Time,
}

/// A block with its prepared certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PreparedBlock {
    pub(crate) header: Header,
    pub(crate) certificate: SharedCertificate,
}

/// Own votes of the current view, as the journal has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnVotes {
    pub(crate) prepares: BTreeMap<Height, Signed<Prepare>>,
    pub(crate) commits: BTreeMap<Height, Signed<Commit>>,
}

/// When something was last asked for, and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) at: Time,
    pub(crate) times: usize,
}

/// Points in time that timers count from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// The last commit, or the entry into this view; later by the time that this process was asleep.
    pub(crate) progress: Time,
    /// When this process last found that it had been asleep.
    pub(crate) awake: Time,
    /// Its last step before that.
    pub(crate) fell_asleep: Time,
    /// The entry into this view, or the own VIEW-CHANGE.
    pub(crate) moved: Time,
    /// The last commit.
    pub(crate) committed: Time,
    /// Since when q members claim the view that is waited for.
    pub(crate) quorum_waits: Option<Time>,
    /// The last re-send.
    pub(crate) resent: Time,
    /// The last own HEAD.
    pub(crate) headed: Time,
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
        let votes_max = votes_per_member_max(config.window.get());
        let progress_view = head.certificate.as_ref().map_or(View::ZERO, |certificate| certificate.view);
        Self {
            signer,
            now: Time::ZERO,
            wall: Time::ZERO,
            member_clocks: MemberClocks::default(),
            view: View::ZERO,
            mode: Mode::Active,
            voting: Voting::Allowed,
            leading: Leading::No,
            journal: JournalOrigin::Fresh,
            committed: Committed::new(head),
            certified: BTreeMap::new(),
            slots: BTreeMap::new(),
            blocks: BlockPool::default(),
            held: HeldProposals::default(),
            prepares: VoteBook::new(votes_max),
            commits: VoteBook::new(votes_max),
            own: OwnVotes::default(),
            proposed: BTreeMap::new(),
            commit_votes: BTreeMap::new(),
            prepared: BTreeMap::new(),
            view_changes: BTreeMap::new(),
            certificates: BTreeMap::new(),
            start: ViewStart::First,
            new_views: BTreeMap::new(),
            claims: BTreeMap::new(),
            heads: BTreeMap::new(),
            failed: FailedPrimaries::default(),
            asked: BTreeMap::new(),
            answers: Answers::default(),
            clock: Clock::default(),
            pending: None,
            progress_view,
            catching_up: None,
            dirty: false,
            config,
        }
    }

    /// The newest HEAD of each member, this one included: what a proof of completeness is made of.
    #[must_use]
    pub const fn heads(&self) -> &BTreeMap<ReplicaId, Signed<Head>> {
        &self.heads
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.config.membership.epoch
    }

    pub(crate) fn primary(&self) -> ReplicaId {
        self.config.membership.primary(self.view)
    }

    /// All members but this one.
    pub(crate) fn others(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        let own = self.config.own;
        self.config.membership.replicas().filter(move |replica| *replica != own)
    }

    pub(crate) fn sign<B: MemberBody>(&self, body: B) -> Signed<B> {
        sign_as_member(&self.signer, &self.config.chain_id, self.config.own, body).into_inner()
    }

    /// Whether votes of [`Self::voting_view`] may go out.
    pub(crate) fn votes(&self) -> bool {
        self.takes_part()
            && match self.mode {
                Mode::Active => true,
                Mode::Waiting => self.config.has_planted(PlantedBug::VotesBelowViewChange),
                Mode::Stopped => false,
            }
    }

    /// The view that slots and own votes belong to: the current one.
    pub(crate) fn voting_view(&self) -> View {
        if self.mode == Mode::Waiting && self.config.has_planted(PlantedBug::VotesBelowViewChange) {
            return self.view.checked_sub(1).unwrap_or(View::ZERO);
        }
        self.view
    }

    /// The greatest height that may be voted on.
    pub(crate) fn high_watermark(&self) -> Height {
        self.committed.height().saturating_add(u64::from(self.config.window.get()))
    }

    /// Whether votes at this height still matter: above, or at most one window below, the committed height.
    pub(crate) fn votes_matter(&self, height: Height) -> bool {
        height.saturating_add(u64::from(self.config.window.get())) > self.committed.height()
    }

    /// Header of the last accepted block, on which the next one is built; `None` while blocks below are missing.
    pub(crate) fn tip(&self) -> Option<&Header> {
        match self.slots.last_key_value() {
            Some((height, slot)) if *height > self.committed.height() => {
                self.blocks.get(&slot.block_id).map(|block| &block.header)
            }
            _ if self.start_height() > self.committed.height() => None,
            _ => Some(self.committed.header()),
        }
    }

    /// Height of the block that the view starts at.
    pub(crate) fn start_height(&self) -> Height {
        match &self.start {
            ViewStart::First => Height::ZERO,
            ViewStart::NewView { view_changes, .. } => view_changes
                .iter()
                .filter_map(|signed| signed.body.committed.as_ref())
                .map(|certificate| certificate.height)
                .max()
                .unwrap_or(Height::ZERO),
            ViewStart::Certificate { certificate, .. } => certificate.height,
        }
    }

    /// The highest commit certificate held, of an applied block or not.
    pub(crate) fn highest_certificate(&self) -> Option<&SharedCertificate> {
        self.certified.last_key_value().map(|(_, certificate)| certificate).or(self.committed.certificate())
    }
}

/// The key under which a VIEW-CHANGE's entry is certified.
pub(crate) fn prepared_key(epoch: Epoch, view: View, header: &Header) -> CertificateKey {
    CertificateKey {
        phase: carechain_types::Phase::Prepare,
        epoch,
        view,
        height: header.height,
        block_id: header.id(),
    }
}

/// The members of a certificate.
pub(crate) fn voters(certificate: &Certificate) -> Vec<ReplicaId> {
    certificate.votes.iter().map(|(member, _)| *member).collect()
}
