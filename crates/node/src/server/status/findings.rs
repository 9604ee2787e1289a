//! What is wrong with the node, from one look at it: pure, worst first, each a sentence that names who and says what helps.
//!
//! Ready means that none of what is found blocks: the node votes, keeps up, stores, has a right clock, and reaches a quorum.

mod members;
mod replica;
mod stores;

use carechain_schema::FindingCode;
use carechain_types::Span;

use super::inputs::Inputs;

pub(super) use members::no_quorum;

/// One thing that is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Finding {
    /// Which.
    pub code: FindingCode,
    /// What is so.
    pub sentence: String,
    /// What helps.
    pub advice: String,
}

impl Finding {
    fn new(code: FindingCode, sentence: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), advice: advice.into() }
    }

    /// How long it must be so before it is told: what a change of view shows for a moment is no finding.
    #[must_use]
    pub(super) const fn patience(&self) -> Span {
        match self.code {
            FindingCode::NotVoting | FindingCode::FilesUnreachable => Span::SECOND.times(4),
            _ => Span::from_micros(0),
        }
    }
}

/// Everything that is found, worst first.
#[must_use]
pub(super) fn findings(inputs: &Inputs) -> Vec<Finding> {
    let drawn = [
        replica::state_differs,
        replica::consensus_silent,
        no_quorum,
        members::clock_off,
        replica::votes_withheld,
        replica::not_voting,
        replica::catching_up,
        replica::stalled,
        stores::files_not_written,
        stores::files_refused,
        stores::transactions_refused,
        stores::copies_below_policy,
        stores::chunks_missing,
        members::member_clock_off,
        members::members_away,
        members::files_unreachable,
    ];
    let mut found: Vec<_> = drawn.iter().filter_map(|draw| draw(inputs)).collect();
    found.sort_by_key(|finding| finding.code);
    found
}

fn seconds(span: Span) -> String {
    let millis = span.as_micros() / 1_000;
    format!("{}.{} s", millis / 1_000, millis % 1_000 / 100)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
