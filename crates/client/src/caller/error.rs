//! Why a call has no answer, and whether it may be sent again.

use carechain_schema::{ErrorCode, Failure, OutcomeLine, Retry};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No node answers there. The person checks the address, or waits.
    #[error("no node answers at {node}: {source}")]
    NoNode {
        /// Base address.
        node: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// What answers there does not show a certificate that the client trusts: nothing was sent. The person checks the
    /// address and the file with the certificates.
    #[error("what answers at {node} shows no certificate that the profile trusts: {source}")]
    Untrusted {
        /// Base address.
        node: String,
        /// What is wrong with the certificate.
        source: Box<rustls::Error>,
    },
    /// The connection broke after the call was sent, or the answer did not come: it may have been done.
    #[error("the answer of {node} did not come: {source}")]
    Broken {
        /// Base address.
        node: String,
        /// What went wrong.
        source: Box<ureq::Error>,
    },
    /// The node refused, and says why.
    #[error("{}", failure.message)]
    Refused {
        /// What it says.
        failure: Box<Failure>,
        /// The outcome it names, if it does.
        outcome: Option<OutcomeLine>,
    },
    /// What came is no answer of this interface: another server, or another version.
    #[error("the answer of {node} is not of this interface: {problem}")]
    Foreign {
        /// Base address.
        node: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl CallError {
    /// Whether the same call may be sent again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::NoNode { .. } => Retry::Safe,
            Self::Broken { .. } => Retry::Check,
            Self::Refused { failure, .. } => failure.retry,
            Self::Untrusted { .. } | Self::Foreign { .. } => Retry::Never,
        }
    }

    /// For programs.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoNode { .. } | Self::Untrusted { .. } => ErrorCode::NoNode,
            Self::Broken { .. } => ErrorCode::NoNode,
            Self::Refused { failure, .. } => failure.code,
            Self::Foreign { .. } => ErrorCode::Internal,
        }
    }
}
