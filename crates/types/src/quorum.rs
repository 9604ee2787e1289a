//! Quorum arithmetic: the one place that knows f and q.
//!
//! n replicas, f = ⌊(n−1)/3⌋ of them faulty, q = ⌈(n+f+1)/2⌉ votes make a quorum. Two quorums share an honest replica
//! (2q − n > f), and the honest alone reach one (n − f ≥ q); `2f+1` holds only for n = 3f+1.

/// The numbers that follow from n replicas.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quorum {
    replicas: usize,
}

impl Quorum {
    /// For `replicas` ≥ 1 replicas; `None` for none.
    #[must_use]
    pub const fn new(replicas: usize) -> Option<Self> {
        if replicas == 0 { None } else { Some(Self { replicas }) }
    }

    /// n: how many replicas there are.
    #[must_use]
    pub const fn replicas(self) -> usize {
        self.replicas
    }

    /// f: how many of them may be faulty.
    #[must_use]
    pub const fn faulty_max(self) -> usize {
        (self.replicas - 1) / 3
    }

    /// q: how many votes certify.
    #[must_use]
    pub const fn size(self) -> usize {
        (self.replicas + self.faulty_max() + 1).div_ceil(2)
    }

    /// f + 1: how many claims hold at least one honest one.
    #[must_use]
    pub const fn one_honest(self) -> usize {
        self.faulty_max() + 1
    }

    /// n − f − 1: how many *other* replicas surely answer.
    #[must_use]
    pub const fn answers(self) -> usize {
        self.replicas - self.faulty_max() - 1
    }
}

#[cfg(test)]
mod tests;
