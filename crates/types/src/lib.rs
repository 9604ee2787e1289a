//! Signed bodies, the canonical codec, quorum arithmetic, blocks, certificates and proofs.
