//! Where a replica stands, for the operator.

use core::fmt;

use carechain_types::{CertificateKey, Height, ReplicaId, View};

use crate::state::{Mode, Replica, Slot};

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
    /// This replica left a view alone: it applies what the others commit there, and votes again in a later view.
    Following {
        /// The view that the others are in.
        view: View,
    },
    /// The next view lacks members that want it.
    WaitingForMembers {
        /// Members that have not said they want the view.
        missing: Vec<ReplicaId>,
    },
    /// Enough members want the view; its NEW-VIEW is awaited.
    WaitingForNewView,
    /// This replica was told to withhold its votes.
    Withholding,
    /// A quorum certified a state that our own execution does not reach.
    Stopped,
}

impl Replica {
    /// Where this replica stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let (view, primary, committed) = (self.view, self.primary(), self.committed.height());
        Status { view, primary, committed, phase: self.phase() }
    }

    fn phase(&self) -> Phase {
        if self.mode == Mode::Stopped {
            return Phase::Stopped;
        }
        if !self.takes_part() {
            return Phase::Withholding;
        }
        if self.mode == Mode::Waiting {
            let claims = |member: &ReplicaId| self.claims.get(member).is_some_and(|view| *view >= self.view);
            let missing: Vec<_> =
                self.config.membership.replicas().filter(|member| !claims(member)).collect();
            let enough = self.claims_of(self.view) >= self.config.membership.quorum().size();
            return match self.followed() {
                _ if enough => Phase::WaitingForNewView,
                Some(view) => Phase::Following { view },
                None => Phase::WaitingForMembers { missing },
            };
        }
        let committed = self.committed.height();
        if let Some((certified, _)) = self.certified.last_key_value() {
            return Phase::CatchingUp { certified: *certified };
        }
        match self.slots.iter().find(|(height, _)| **height > committed) {
            Some((height, slot)) => self.phase_of(*height, slot),
            None => Phase::Idle,
        }
    }

    fn phase_of(&self, height: Height, slot: &Slot) -> Phase {
        if !self.blocks.is_valid(&slot.block_id) {
            return Phase::Checking { height };
        }
        let key = |phase| self.vote_key(phase, self.view, height, slot.block_id);
        let without = |has: &dyn Fn(ReplicaId, &CertificateKey) -> bool, key: CertificateKey| {
            self.config.membership.replicas().filter(|member| !has(*member, &key)).collect()
        };
        let prepare = key(carechain_types::Phase::Prepare);
        if self.prepares.certificate(&prepare, self.config.quorum()).is_none() {
            let missing = without(&|member, key| self.prepares.has(member, key), prepare);
            return Phase::Preparing { height, missing };
        }
        let commit = key(carechain_types::Phase::Commit);
        Phase::Committing { height, missing: without(&|member, key| self.commits.has(member, key), commit) }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { view, primary, committed, phase } = self;
        write!(formatter, "height {committed} is committed; ")?;
        match phase {
            Phase::Following { .. } | Phase::WaitingForMembers { .. } | Phase::WaitingForNewView => {}
            _ => write!(formatter, "view {view} is led by member {primary}; ")?,
        }
        match phase {
            Phase::Following { view: others } => write!(
                formatter,
                "this replica left view {others} alone and follows what the others commit there without voting, until \
                 a view change brings all to view {view}"
            ),
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
                write!(formatter, "the change to view {view} lacks {}", Names(missing))
            }
            Phase::Withholding => {
                formatter.write_str("this node withholds its votes: its disk is nearly full")
            }
            Phase::Stopped => formatter.write_str("a certified state differs from this replica's execution"),
            Phase::WaitingForNewView => {
                write!(formatter, "the NEW-VIEW of member {primary} for view {view} is awaited")
            }
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
