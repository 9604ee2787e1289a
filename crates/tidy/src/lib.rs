//! One test that reads the tree: allowed crate edges, file lengths, banned words.
