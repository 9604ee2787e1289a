//! Priority classes of messages between members.

/// What a message is for; it decides what waits and what is dropped first. Each class has its own stream in each
/// direction, so a class that is not read holds up no other.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// Votes, proposals, view changes, heads: sent first, dropped last.
    Consensus,
    /// Clients' transactions on their way to the other members.
    Transactions,
    /// Block bodies and everything fetched while catching up: sent last, dropped first.
    Bodies,
}

impl Class {
    /// All classes, highest priority first.
    pub const ALL: [Self; Self::COUNT] = [Self::Consensus, Self::Transactions, Self::Bodies];
    /// How many classes there are.
    pub const COUNT: usize = 3;

    /// Position in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Consensus => 0,
            Self::Transactions => 1,
            Self::Bodies => 2,
        }
    }
}
