//! Real engines on a seeded clock, network and disk, with adversaries and invariants.
