//! Where a replica stands, for the operator.

use core::fmt;

use carechain_types::{Height, ReplicaId, View};

/// A snapshot; its [`fmt::Display`] is one sentence that says why the chain does not advance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    /// The view this replica is in or wants.
    pub view: View,
    /// Who leads it.
    pub primary: ReplicaId,
    /// Its committed height.
    pub committed: Height,
    /// What it waits for.
    pub phase: Phase,
}

/// What a replica waits for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Nothing is open.
    Idle,
    /// A block above the committed one was certified and is being fetched.
    CatchingUp {
        /// The certified height.
        certified: Height,
    },
    /// A block is proposed; its bodies are missing or it is being executed.
    Checking {
        /// Its height.
        height: Height,
    },
    /// A block lacks PREPAREs.
    Preparing {
        /// Its height.
        height: Height,
        /// Members whose PREPARE is missing.
        missing: Vec<ReplicaId>,
    },
    /// A block lacks COMMITs.
    Committing {
        /// Its height.
        height: Height,
        /// Members whose COMMIT is missing.
        missing: Vec<ReplicaId>,
    },
    /// The next view lacks members that want it.
    WaitingForMembers {
        /// Members that have not said they want the view.
        missing: Vec<ReplicaId>,
    },
    /// Enough members want the view; its NEW-VIEW is awaited.
    WaitingForNewView,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { view, primary, committed, phase } = self;
        write!(formatter, "height {committed} is committed in view {view} led by member {primary}; ")?;
        match phase {
            Phase::Idle => formatter.write_str("no block is open"),
            Phase::CatchingUp { certified } => {
                write!(formatter, "height {certified} is certified and being fetched from peers")
            }
            Phase::Checking { height } => write!(formatter, "block {height} is being fetched and executed"),
            Phase::Preparing { height, missing } => {
                write!(formatter, "block {height} lacks the PREPAREs of {}", Names(missing))
            }
            Phase::Committing { height, missing } => {
                write!(formatter, "block {height} lacks the COMMITs of {}", Names(missing))
            }
            Phase::WaitingForMembers { missing } => {
                write!(formatter, "the view change lacks {}", Names(missing))
            }
            Phase::WaitingForNewView => write!(formatter, "the NEW-VIEW of member {primary} is awaited"),
        }
    }
}

struct Names<'a>(&'a [ReplicaId]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.len() == 1 { "member " } else { "members " })?;
        for (index, replica) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(", ")?;
            }
            write!(formatter, "{replica}")?;
        }
        Ok(())
    }
}
