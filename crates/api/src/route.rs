//! One file for each group of paths: decode, ask the node, answer.

pub(crate) mod ledger;
pub(crate) mod notices;
pub(crate) mod reads;
pub(crate) mod search;
pub(crate) mod status;
pub(crate) mod uploads;
