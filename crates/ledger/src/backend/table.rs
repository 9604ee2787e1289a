//! The ledger's tables: a closed list with versioned names.

/// One table. A change of a table's row format is a new name, never a second meaning of the old one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Table {
    /// Few single rows: chain, head, durable height.
    Meta,
    /// Height → header.
    Headers,
    /// Height → commit certificate.
    Certificates,
    /// Block id → height.
    Heights,
    /// Height, index → signed transaction.
    Transactions,
    /// Height, index → outcome.
    Outcomes,
    /// Transaction id → height, index.
    Positions,
    /// Transaction id, part index → detached part, or that it was purged.
    Parts,
    /// Digest → time of the block that has it.
    Seen,
    /// Block time, digest: the seen set in the order in which it expires.
    SeenTimes,
    /// Path → page of the state tree.
    StatePages,
    /// State key → value.
    StateValues,
    /// The derived indexes: rebuildable from transactions and outcomes.
    Indexes,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 13] = [
        Self::Meta,
        Self::Headers,
        Self::Certificates,
        Self::Heights,
        Self::Transactions,
        Self::Outcomes,
        Self::Positions,
        Self::Parts,
        Self::Seen,
        Self::SeenTimes,
        Self::StatePages,
        Self::StateValues,
        Self::Indexes,
    ];

    /// The name on disk: also the column family's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta-1",
            Self::Headers => "headers-1",
            Self::Certificates => "certificates-1",
            Self::Heights => "heights-1",
            Self::Transactions => "transactions-1",
            Self::Outcomes => "outcomes-1",
            Self::Positions => "positions-1",
            Self::Parts => "parts-1",
            Self::Seen => "seen-1",
            Self::SeenTimes => "seen-times-1",
            Self::StatePages => "state-pages-1",
            Self::StateValues => "state-values-1",
            Self::Indexes => "indexes-1",
        }
    }
}
