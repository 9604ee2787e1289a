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
    /// Asks for blocks at the moment they are about to be committed.
    Fetcher,
    /// Starts its view with two NEW-VIEWs.
    TwoNewViews,
    /// Leaves out of its VIEW-CHANGE what it prepared or saw committed.
    Forgetful,
    /// Is two replicas with one key, and tells each side the same as its fellows do.
    Colluder,
    /// Lies in wait for a victim's COMMIT that the victim may forget.
    Ambusher,
    /// Proposes blocks in which all fits together but one promise.
    LyingPrimary,
    /// Gives who lags another block than the certificate is for.
    Misleader,
    /// Hides a committed block and starts a view without a quorum.
    Usurper,
}

impl Sin {
    /// Those of every world.
    pub(crate) const ALL: [Self; 5] =
        [Self::EquivocatingPrimary, Self::Silent, Self::Forger, Self::Replayer, Self::Withholder];

    /// Those of the worlds with failing disks.
    pub(crate) const LATER: [Self; 4] = [Self::Fetcher, Self::TwoNewViews, Self::Forgetful, Self::Colluder];

    /// Those of the worlds with a member that lies well.
    pub(crate) const LIARS: [Self; 3] = [Self::LyingPrimary, Self::Misleader, Self::Usurper];
}
