//! The binary carechain.
fn main() {}
