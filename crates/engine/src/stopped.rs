//! Why an engine answers nothing any more.

use core::fmt::Display;
use std::sync::Arc;

/// An engine stopped for good; the process ends soon, and until then this is all it says. The operator mends the cause
/// and starts the node again.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the engine has stopped: {cause}")]
pub struct Stopped {
    cause: Arc<str>,
}

impl Stopped {
    /// For this reason.
    #[must_use]
    pub(crate) fn because(cause: &dyn Display) -> Self {
        Self { cause: cause.to_string().into() }
    }
}
