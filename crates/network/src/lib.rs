//! The libp2p network between member nodes: allow-list, long-lived streams, size limits.
