//! What findings are drawn from: one look at everything, without a clock, a lock or a socket.

use carechain_api::CertificateTerm;
use carechain_consensus::Status;
use carechain_types::{Height, Quorum, ReplicaId, Span, Time, View};

use crate::heard::Awake;

/// One look at the node.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// When this look was, by the steady clock.
    pub now: Time,
    /// Since when this node listens without a gap.
    pub awake: Awake,
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
    /// Disk and files, or what the chunk store does instead of saying it.
    pub storage: Result<Storage, String>,
    /// What happened to the data folder behind this node's back.
    pub folder_trouble: Option<String>,
    /// Free space below which the node gives things up, percent.
    pub reserves: Reserves,
    /// How long the certificate of the HTTP interface is still good; `None` without one, and when the disk does not answer.
    pub certificate: Option<CertificateTerm>,
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
    /// When it was last heard, by the steady clock.
    pub heard: Option<Time>,
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
    /// Those of them of which every other hospital answered that it has no copy.
    pub files_lost: u64,
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

/// Whether a member takes part, as far as this node can know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Presence {
    /// Connected, and heard lately.
    Here,
    /// Not yet: this node listens only since a moment ago, and connects.
    Awaited,
    /// It is not connected, or says nothing.
    Away,
}

/// A member that was not heard for so long is away: it says where it stands every second, idle or not.
const FRESH_MAX: Span = Span::SECOND.times(4);
/// Connecting to all others takes no longer, unless they are away.
const CONNECTING_MAX: Span = Span::SECOND.times(6);

impl Inputs {
    /// Whether a member takes part.
    #[must_use]
    pub(super) fn presence(&self, member: &Member) -> Presence {
        let awake = self.awake.since();
        // What it said while this node stood still is read just now: it is as if it had been heard at the end of that.
        let heard = member.heard.map(|heard| heard.max(awake));
        if member.linked && heard.is_some_and(|heard| self.now.since(heard) <= FRESH_MAX) {
            return Presence::Here;
        }
        let heard_since = member.heard.is_some_and(|heard| heard >= awake);
        if !heard_since && self.awake_for() <= CONNECTING_MAX { Presence::Awaited } else { Presence::Away }
    }

    /// How long this node has listened.
    #[must_use]
    pub(super) fn awake_for(&self) -> Span {
        self.now.since(self.awake.since())
    }

    /// How long a member has been away: since it was last heard, or since this node listens for it.
    #[must_use]
    pub(super) fn away_for(&self, member: &Member) -> Span {
        self.now.since(member.heard.unwrap_or(self.awake.since()))
    }

    /// The other members.
    pub(super) fn others(&self) -> impl Iterator<Item = &Member> {
        let own = usize::from(self.own.get());
        self.members.iter().enumerate().filter(move |(index, _)| *index != own).map(|(_, member)| member)
    }

    /// The other members that are there.
    pub(super) fn answering(&self) -> impl Iterator<Item = &Member> {
        self.others().filter(|member| self.presence(member) == Presence::Here)
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
