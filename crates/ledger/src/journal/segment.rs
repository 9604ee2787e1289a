//! Segments: the pieces in which a journal grows, and is dropped from its old end without anything being written again.
//!
//! Each segment is a run of frames whose sequence goes on from the segment before, so a missing or foreign one is found.
//! It begins with a mark and the entries that its journal needs from all segments before, synced before the head names it.

use std::fmt;

/// The number of a segment; they count up for the life of a journal.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Segment(u64);

impl Segment {
    /// The one a journal begins with.
    pub const FIRST: Self = Self(0);

    pub(super) const fn new(number: u64) -> Self {
        Self(number)
    }

    pub(super) const fn get(self) -> u64 {
        self.0
    }

    /// The one behind it. A disk that lived long enough for the last number does not exist; a head that names it anyway
    /// gives no new segment.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Those from `first` to `last`.
    pub(super) fn range(first: Self, last: Self) -> impl Iterator<Item = Self> {
        (first.0..=last.0).map(Self)
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One entry of a journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Journalled {
    /// Where it stands.
    pub segment: Segment,
    /// Its bytes.
    pub bytes: Vec<u8>,
}
