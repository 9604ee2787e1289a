//! What is wrong with a node, or soon will be.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// What a finding means to whoever asks for readiness.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The node does not do its work: it is not ready.
    Blocking,
    /// The node does its work; somebody should look nevertheless.
    Warning,
}

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// What was found, for programs: worst first. New codes may come; none goes or changes its meaning.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum FindingCode {
            $($(#[$doc])* $name,)*
        }

        impl FindingCode {
            /// All codes, worst first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it stands in JSON and in the metrics.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Whether the node is ready in spite of it.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }
        }
    };
}

finding_codes! {
    /// A quorum certified a state that this node's own execution does not reach. It has stopped.
    StateDiffers = "state_differs", Blocking;
    /// The consensus thread does not answer.
    ConsensusSilent = "consensus_silent", Blocking;
    /// The data folder, or something in it, was moved, replaced, removed or closed while the node runs.
    DataFolderChanged = "data_folder_changed", Blocking;
    /// Fewer hospitals answer than must agree.
    NoQuorum = "no_quorum", Blocking;
    /// This node has just started, or went on after it stood still, and is connecting to the others.
    Starting = "starting", Blocking;
    /// So many clocks differ that no proposal finds enough votes.
    ClocksApart = "clocks_apart", Blocking;
    /// The clock of this node differs from most others'.
    ClockOff = "clock_off", Blocking;
    /// The disk is so full that this node does not vote.
    VotesWithheld = "votes_withheld", Blocking;
    /// This node is in a view of its own, and the others go on without its votes.
    NotVoting = "not_voting", Blocking;
    /// This node lacks blocks that the others have.
    CatchingUp = "catching_up", Blocking;
    /// Transactions wait, and nothing is committed.
    Stalled = "stalled", Blocking;
    /// The chunk store cannot write.
    FilesNotWritten = "files_not_written", Blocking;
    /// The disk or the store is so full that no record files are taken.
    FilesRefused = "files_refused", Blocking;
    /// The disk is so full that no transactions of own clients are taken.
    TransactionsRefused = "transactions_refused", Blocking;
    /// The certificate of the HTTP interface has ended, or begins later: no client accepts it.
    CertificateRefused = "certificate_refused", Blocking;
    /// Files held here have fewer copies than the policy asks for.
    CopiesBelowPolicy = "copies_below_policy", Warning;
    /// Chunks of files held here are missing or damaged.
    ChunksMissing = "chunks_missing", Warning;
    /// The clock of another hospital's node differs from this one's.
    MemberClockOff = "member_clock_off", Warning;
    /// Nodes of other hospitals are away; enough are left.
    MembersAway = "members_away", Warning;
    /// Record files cannot be exchanged with a hospital that is otherwise there.
    FilesUnreachable = "files_unreachable", Warning;
    /// The certificate of the HTTP interface ends soon.
    CertificateEnding = "certificate_ending", Warning;
}

/// One thing that was found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingLine {
    /// For programs.
    pub code: FindingCode,
    /// Whether the node is ready in spite of it.
    pub severity: Severity,
    /// Since when it is so, as far as this process has seen.
    pub since: Timestamp,
    /// What is so, with the names of hospitals.
    pub sentence: String,
    /// The command or the person that helps.
    pub advice: String,
}

#[cfg(test)]
mod tests;
