//! What a Byzantine member does wrong.

/// One sin; each has its file in `adversary`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Sin {
    /// Is two replicas with one key: two blocks, two votes, to two sides.
    EquivocatingPrimary,
    /// Says nothing, or nothing of a kind, or nothing to some.
    Silent,
    /// Says what was never said: false votes, certificates, view changes, broken bytes.
    Forger,
    /// Says again what was said, late and to others.
    Replayer,
    /// Keeps to itself the bodies, parts and certificates that it votes on.
    Withholder,
}

impl Sin {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::EquivocatingPrimary, Self::Silent, Self::Forger, Self::Replayer, Self::Withholder];
}
