//! What opening a store found.

/// What opening a store found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OpenReport {
    /// Packs read.
    pub packs: u64,
    /// Records read.
    pub records: u64,
    /// Bytes cut from the end of the last pack: a write that a crash interrupted, never acknowledged.
    pub cut_bytes: u64,
    /// Regions that are not what was written. They are skipped and stay where they are; at most
    /// [`crate::limits::FINDINGS_MAX`] are listed.
    pub damages: Vec<Damage>,
    /// Chunks that belong to no known upload, because a damage took what named it.
    pub orphan_chunks: u64,
    /// Erasures that a crash had interrupted and that are finished now.
    pub erasures_finished: u64,
}

/// A region of a pack that is not what was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Damage {
    /// The pack.
    pub pack: u64,
    /// Where the region begins.
    pub offset: u64,
    /// Its length.
    pub bytes: u64,
}
