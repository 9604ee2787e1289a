//! One thing that is found: which it is, what is so, and what helps.

use carechain_schema::FindingCode;
use carechain_types::Span;

/// One thing that is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    /// Which.
    pub code: FindingCode,
    /// What is so.
    pub sentence: String,
    /// What helps.
    pub advice: String,
}

impl Finding {
    pub(super) fn new(code: FindingCode, sentence: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), advice: advice.into() }
    }

    /// How long it must be so before it is told: what a change of view shows for a moment is no finding.
    #[must_use]
    pub(crate) const fn patience(&self) -> Span {
        match self.code {
            FindingCode::NotVoting | FindingCode::FilesUnreachable => Span::SECOND.times(4),
            _ => Span::from_micros(0),
        }
    }
}

/// A span as people read it, in seconds.
pub(super) fn seconds(span: Span) -> String {
    let millis = span.as_micros() / 1_000;
    format!("{}.{} s", millis / 1_000, millis % 1_000 / 100)
}
