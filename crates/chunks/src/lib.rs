//! The chunk store: packs, index, verified reads and writes.
