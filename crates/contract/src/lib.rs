//! The BEAS rules as a pure state transition.
