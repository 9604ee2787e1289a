//! What a document says when something went wrong.

use serde::{Deserialize, Serialize};

use crate::error_code::{ErrorCode, Retry};

/// What went wrong and what to do: the `error` of a [`Document`](crate::Document).
///
/// Not-found failures are made by [`Failure::not_found`] alone, so that unknown, hidden and not-yours are the same bytes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(
        description = "What went wrong and what to do. Unknown, hidden and not-yours have the same words."
    )
)]
pub struct Failure {
    /// For programs.
    pub code: ErrorCode,
    /// What was wrong, for people: lower case, with the values that explain it, no patient datum.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether sending the same again can help.
    pub retry: Retry,
}

impl Failure {
    /// A failure whose code decides about retrying.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into(), retry: code.retry() }
    }

    /// The one answer about things unknown, hidden or not the caller's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            ErrorCode::NotFound,
            "nothing of that id is here for you",
            "check the id, or ask the patient for access",
        )
    }
}
