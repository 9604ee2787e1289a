//! What the bytes of a head turn out to be.

/// A head of a pack or record, as it was read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decoded<T> {
    /// What this version wrote.
    Intact(T),
    /// Whole, but of a version of the format that this program does not read: nothing about it may be changed.
    OtherVersion(u16),
    /// Not what was written.
    Damaged,
}

impl<T> Decoded<T> {
    /// The head, if this version wrote it.
    pub(crate) fn intact(self) -> Option<T> {
        match self {
            Self::Intact(head) => Some(head),
            Self::OtherVersion(_) | Self::Damaged => None,
        }
    }
}

impl<T> From<Option<T>> for Decoded<T> {
    fn from(head: Option<T>) -> Self {
        head.map_or(Self::Damaged, Self::Intact)
    }
}
