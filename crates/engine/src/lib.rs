//! Consensus, contract, custody and ledger as one deterministic machine.
