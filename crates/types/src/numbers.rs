//! Counters of the protocol as newtypes: no arithmetic operators, no conversion by accident.

use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! counter {
    ($(#[$doc:meta] $name:ident $inner:ty;)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub struct $name($inner);

        impl $name {
            /// The first one.
            pub const ZERO: Self = Self(0);

            /// Wraps a number; every value is legal.
            #[must_use]
            pub const fn new(value: $inner) -> Self {
                Self(value)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }

            /// The one after it; the greatest stays, so that a number which a client or peer made up stops nobody.
            ///
            /// A loop that counts up to a foreign bound must bound it first, since `height <= bound` never ends at
            /// the greatest.
            #[must_use]
            pub const fn next(self) -> Self {
                self.saturating_add(1)
            }

            /// The one after it, or `None` after the greatest.
            #[must_use]
            pub fn checked_next(self) -> Option<Self> {
                self.0.checked_add(1).map(Self)
            }

            /// The one `count` below, or `None` below zero.
            #[must_use]
            pub fn checked_sub(self, count: $inner) -> Option<Self> {
                self.0.checked_sub(count).map(Self)
            }

            /// The one `count` above; stops at the greatest number, so that a peer's claim cannot overflow it.
            #[must_use]
            pub const fn saturating_add(self, count: $inner) -> Self {
                Self(self.0.saturating_add(count))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )*};
}

counter! {
    /// The life of one membership.
    Epoch u64;
    /// A view of PBFT: names its primary.
    View u64;
    /// Position of a block in the chain; genesis is 0.
    Height u64;
    /// Index of a replica in its epoch's membership.
    ReplicaId u16;
}

#[cfg(test)]
mod tests;
