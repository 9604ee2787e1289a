//! The normal case (Castro and Liskov 1999, §4.2): proposals, checks, votes, commits.

mod checks;
mod commits;
mod header_rules;
mod proposals;
mod timing;
mod voting;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
