//! Known bugs that can be planted one at a time, to show that the simulator finds them.

/// A bug of another implementation, or of an earlier wording of our rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PlantedBug {
    /// PREPARE and COMMIT are sent but never journalled.
    VoteNotDurable,
    /// A NEW-VIEW re-proposes nothing: prepared blocks are dropped.
    WrongChoice,
    /// q − 1 votes certify.
    QuorumOffByOne,
    /// The commit certificate of h − window is not journalled before PREPARE(h), and a VIEW-CHANGE reports nothing
    /// above the committed height + window.
    CommittedNotDurable,
    /// Votes still go out in a view that an own VIEW-CHANGE has left.
    VotesBelowViewChange,
    /// After a restart COMMIT goes out on an old PREPARE and q others, bodies or not.
    CommitWithoutBody,
    /// A HEAD names the committed height alone: an own COMMIT above it is hidden.
    HeadHidesCommit,
    /// A VIEW-CHANGE reports only what was prepared since this replica last entered a view.
    ReportsThisViewAlone,
    /// The engine hands out blocks, answers and events before the sync that makes its own COMMIT in them durable.
    ServedAheadOfSync,
    /// A NEW-VIEW may name fewer than q VIEW-CHANGEs, or one of them several times.
    NewViewOfFewer,
    /// A committed block comes in with the certificate of any other.
    CertificateOfAnother,
    /// A block may promise other outcomes than execution gives.
    OutcomesRootIgnored,
    /// A transaction may stand twice in a block.
    TransactionTwice,
    /// A transaction of an earlier block may stand in another.
    TransactionAgain,
}

impl PlantedBug {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::VoteNotDurable,
        Self::WrongChoice,
        Self::QuorumOffByOne,
        Self::CommittedNotDurable,
        Self::VotesBelowViewChange,
        Self::CommitWithoutBody,
        Self::HeadHidesCommit,
        Self::ReportsThisViewAlone,
        Self::ServedAheadOfSync,
        Self::NewViewOfFewer,
        Self::CertificateOfAnother,
        Self::OutcomesRootIgnored,
        Self::TransactionTwice,
        Self::TransactionAgain,
    ];
}
