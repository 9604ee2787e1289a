//! Fixed-size identifiers and keys, key derivation, sealed boxes and the record format.
