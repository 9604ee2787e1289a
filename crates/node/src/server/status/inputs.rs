//! What findings are drawn from: one look at everything, without a clock, a lock or a socket.

use carechain_consensus::Status;
use carechain_types::{Height, Quorum, ReplicaId, Span, View};

/// One look at the node.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// All members, ascending by replica.
    pub members: Vec<Member>,
    /// Which of them this node is.
    pub own: ReplicaId,
    /// How many must agree.
    pub quorum: Quorum,
    /// Where consensus stands, as last seen.
    pub replica: Option<Status>,
    /// How long the consensus thread has not answered; `None` while it does.
    pub silent: Option<Span>,
    /// Transactions that wait.
    pub waiting: usize,
    /// How long transactions have waited without a new block.
    pub standing: Span,
    /// Disk and files; `None` when the disk does not answer.
    pub storage: Option<Storage>,
    /// Free space below which the node gives things up, percent.
    pub reserves: Reserves,
}

/// One member.
#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    /// Its hospital's name.
    pub name: String,
    /// Whether the votes connection stands.
    pub linked: bool,
    /// Whether the connection for files stands.
    pub bulk_linked: bool,
    /// How long ago it was last heard.
    pub heard_ago: Option<Span>,
    /// How far its clock is ahead of the own one, microseconds.
    pub clock_offset: Option<i64>,
    /// Height of its newest head.
    pub height: Option<Height>,
    /// View of its newest head.
    pub view: Option<View>,
}

/// Disk and files.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage {
    /// Why the store does not write, if it does not.
    pub write_failure: Option<String>,
    /// Free space of the data folder's disk, percent.
    pub free_percent: Option<u64>,
    /// Bytes that the store may still take.
    pub quota_left: u64,
    /// Chunks of complete files that are missing or damaged.
    pub chunks_missing: u64,
    /// Files held here that lack copies elsewhere, if that is known.
    pub files_below_policy: Option<u64>,
}

/// Free space below which the node gives things up, percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reserves {
    /// Record files.
    pub files: u64,
    /// Transactions of own clients.
    pub transactions: u64,
    /// Votes.
    pub votes: u64,
}

/// A member that was not heard for so long is away: it says where it stands every second, idle or not.
pub(super) const FRESH_MAX: Span = Span::SECOND.times(10);

impl Member {
    /// Whether it is there: connected, and heard lately.
    #[must_use]
    pub(super) fn answers(&self) -> bool {
        self.linked && self.heard_ago.is_some_and(|ago| ago <= FRESH_MAX)
    }
}

impl Inputs {
    /// The other members.
    pub(super) fn others(&self) -> impl Iterator<Item = &Member> {
        let own = usize::from(self.own.get());
        self.members.iter().enumerate().filter(move |(index, _)| *index != own).map(|(_, member)| member)
    }

    /// The other members that are there.
    pub(super) fn answering(&self) -> impl Iterator<Item = &Member> {
        self.others().filter(|member| member.answers())
    }

    /// Name of a member.
    #[must_use]
    pub(super) fn name(&self, replica: ReplicaId) -> &str {
        self.members.get(usize::from(replica.get())).map_or("an unknown member", |member| &member.name)
    }

    /// The height that at least one correct member has shown: a single one may claim any.
    #[must_use]
    pub(super) fn height_shown(&self) -> Height {
        let mut heights: Vec<_> = self.others().filter_map(|member| member.height).collect();
        heights.sort_unstable_by(|left, right| right.cmp(left));
        heights.get(self.quorum.one_honest() - 1).copied().unwrap_or_default()
    }
}
