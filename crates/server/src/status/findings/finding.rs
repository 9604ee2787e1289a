//! One thing that is found: which it is, what is so, since when, and what helps.

use carechain_schema::FindingCode;
use carechain_types::Span;

/// One thing that is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    /// Which.
    pub code: FindingCode,
    /// The hospital it is about; empty when it is about this node. Each hospital's is a finding of its own, since when too.
    pub about: String,
    /// For how long it has been so, where that is seen; `None`: since the first look that found it.
    pub age: Option<Span>,
    /// What is so.
    pub sentence: String,
    /// What helps.
    pub advice: String,
}

impl Finding {
    pub(super) fn new(code: FindingCode, sentence: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, about: String::new(), age: None, sentence: sentence.into(), advice: advice.into() }
    }

    /// About this hospital.
    pub(super) fn about(mut self, hospital: &str) -> Self {
        hospital.clone_into(&mut self.about);
        self
    }

    /// So for this long.
    pub(super) const fn for_so_long(mut self, age: Option<Span>) -> Self {
        self.age = age;
        self
    }

    /// How long it must be found before it is told: what a change of view, a lost line or one late message shows for a moment
    /// is no finding, and who loses all others loses them one after the other.
    #[must_use]
    pub(crate) const fn patience(&self) -> Span {
        match self.code {
            FindingCode::NotVoting | FindingCode::FilesUnreachable => Span::SECOND.times(4),
            // A file that is just being dropped has lost its name already.
            FindingCode::DataFolderChanged => Span::SECOND.times(2),
            FindingCode::MembersAway | FindingCode::MemberClockOff => Span::from_millis(1_200),
            _ => Span::from_micros(0),
        }
    }
}

/// A span as people read it, in seconds, rounded.
pub(super) fn seconds(span: Span) -> String {
    let tenths = span.as_micros().saturating_add(50_000) / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
