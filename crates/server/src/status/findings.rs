//! What is wrong with the node, from one look at it: pure, worst first, each a sentence that names who and says what helps.
//!
//! Ready means that none of what is found blocks: the node votes, keeps up, stores, has a right clock, and reaches a quorum.

mod clocks;
mod finding;
mod interface;
mod members;
mod replica;
mod stores;

use super::inputs::Inputs;

pub(super) use finding::Finding;

/// Why nothing can be decided now, if so: what needs a decision is refused with it.
#[must_use]
pub(super) fn undecidable(inputs: &Inputs) -> Option<Finding> {
    let reasons = [members::no_quorum, members::starting, clocks::clocks_apart];
    reasons.iter().find_map(|draw| draw(inputs))
}

/// Everything that is found, worst first.
#[must_use]
pub(super) fn findings(inputs: &Inputs) -> Vec<Finding> {
    let drawn = [
        replica::state_differs,
        replica::consensus_silent,
        members::no_quorum,
        members::starting,
        clocks::clocks_apart,
        clocks::clock_off,
        replica::votes_withheld,
        replica::not_voting,
        replica::catching_up,
        replica::stalled,
        stores::data_folder_changed,
        stores::files_not_written,
        stores::files_refused,
        stores::transactions_refused,
        interface::certificate_refused,
        stores::copies_below_policy,
        stores::chunks_missing,
        interface::certificate_ending,
    ];
    let of_each = [clocks::member_clock_off, members::members_away, members::files_unreachable];
    let mut found: Vec<_> = drawn.iter().filter_map(|draw| draw(inputs)).collect();
    found.extend(of_each.iter().flat_map(|draw| draw(inputs)));
    found.sort_by_key(|finding| finding.code);
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
