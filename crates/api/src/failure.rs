//! The one table from what a node refuses to what a caller sees.

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use carechain_schema::{Described, Document, ErrorCode, Failure, OutcomeLine};
use carechain_types::DecodeError;
use serde::Serialize;

use crate::media;
use crate::node::NodeError;

/// The data of an answer that failed: there is none.
#[derive(Serialize)]
struct Nothing {}

impl Described for Nothing {
    const SCHEMA: &'static str = "carechain/failure/1";
}

/// Why a call was refused, as it is counted: the error's code, or which bound was reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Reason {
    /// As the label of a metric.
    pub(crate) name: &'static str,
    /// What the caller was told.
    pub(crate) code: ErrorCode,
}

impl Reason {
    /// Whether somebody sends what no client of this version sends, or too much: the operator wants to know of it.
    pub(crate) const fn is_unusual(self) -> bool {
        matches!(
            self.code,
            ErrorCode::Busy
                | ErrorCode::Malformed
                | ErrorCode::Replayed
                | ErrorCode::TooLarge
                | ErrorCode::Unauthenticated
        )
    }
}

/// A bound of this interface that a call can meet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Bound {
    /// Connections of one address.
    Connections,
    /// Questions how the node is.
    Health,
    /// Calls under work.
    Requests,
    /// Memory of bodies.
    Bodies,
    /// Memory of answers that are not taken.
    Answers,
    /// Patience with a body that comes slowly.
    SlowBody,
    /// Streams of uploads.
    Uploads,
    /// Streams of reads.
    Reads,
    /// Calls that wait for notices.
    Waiters,
    /// Names that the node answers to.
    Host,
}

impl Bound {
    /// As the label of a metric.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Health => "health",
            Self::Requests => "requests",
            Self::Bodies => "bodies",
            Self::Answers => "answers",
            Self::SlowBody => "slow_body",
            Self::Uploads => "uploads",
            Self::Reads => "reads",
            Self::Waiters => "waiters",
            Self::Host => "host",
        }
    }
}

/// A failure on its way to the caller.
#[derive(Debug)]
pub(crate) struct Refused {
    failure: Failure,
    /// The bound that was reached, if it was one.
    bound: Option<Bound>,
    transaction_id: Option<String>,
    outcome: Option<OutcomeLine>,
    /// Then the answer says that the connection ends.
    leaves_body_unread: bool,
}

impl Refused {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>, hint: &str) -> Self {
        let failure = Failure::new(code, message, hint);
        Self::of(failure)
    }

    const fn of(failure: Failure) -> Self {
        Self { failure, bound: None, transaction_id: None, outcome: None, leaves_body_unread: false }
    }

    pub(crate) fn malformed(what: impl core::fmt::Display) -> Self {
        Self::new(ErrorCode::Malformed, what.to_string(), "send what this version's client sends")
    }

    pub(crate) fn not_found() -> Self {
        Self::of(Failure::not_found())
    }

    /// A bound of this interface is reached.
    pub(crate) fn busy(bound: Bound, message: &str) -> Self {
        let hint = "wait a moment and try again";
        Self { bound: Some(bound), ..Self::new(ErrorCode::Busy, message, hint) }
    }

    /// The request calls the node by a name that is not its.
    pub(crate) fn foreign_host() -> Self {
        let message = "the Host header names a machine that this node does not answer for";
        let hint = "call the node by its address, or by a name that its `api_hosts` lists";
        Self { bound: Some(Bound::Host), ..Self::new(ErrorCode::Malformed, message, hint) }
    }

    /// The body of the call is not read to its end: its connection is of no use to the next call, and a client that is not
    /// told so would lose that one.
    pub(crate) const fn with_unread_body(mut self) -> Self {
        self.leaves_body_unread = true;
        self
    }

    /// With the word that tells the caller's own grants apart.
    pub(crate) fn with_outcome(mut self, code: u16, name: &str) -> Self {
        self.outcome = Some(OutcomeLine { code, name: name.to_owned() });
        self
    }
}

impl From<DecodeError> for Refused {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLong { .. } => Self::new(ErrorCode::TooLarge, error.to_string(), "send less"),
            _ => Self::malformed(error),
        }
    }
}

impl From<PathRejection> for Refused {
    fn from(error: PathRejection) -> Self {
        Self::malformed(error.body_text())
    }
}

impl From<QueryRejection> for Refused {
    fn from(error: QueryRejection) -> Self {
        Self::malformed(error.body_text())
    }
}

impl From<NodeError> for Refused {
    fn from(error: NodeError) -> Self {
        let (code, hint) = match &error {
            NodeError::NotFound => return Self::not_found(),
            NodeError::Invalid { .. } => (ErrorCode::Malformed, "change what the message names"),
            NodeError::Unauthorized => {
                (ErrorCode::Unauthenticated, "use the key that is enrolled and in force")
            }
            NodeError::NotPermitted => (ErrorCode::Refused, "ask a registrar about your roles"),
            NodeError::Expiry => (ErrorCode::OutsideExpiry, "check this machine's clock and sign anew"),
            NodeError::Replayed => (ErrorCode::Replayed, "sign a new request"),
            NodeError::RateLimited | NodeError::Busy => (ErrorCode::Busy, "wait a moment and try again"),
            NodeError::NotReady { .. } => (ErrorCode::NotReady, "wait until `node status` says ready"),
            NodeError::NoQuorum { .. } => {
                (ErrorCode::NoQuorum, "nothing was done; try again when `carechain node status` says ready")
            }
            NodeError::ReadUndecided { .. } => (
                ErrorCode::NoQuorum,
                "read again when `carechain node status` says ready; the attempt may be logged all the same",
            ),
            NodeError::OutcomeUnknown { .. } => {
                (ErrorCode::OutcomeUnknown, "ask `transaction status` before sending anything again")
            }
            NodeError::StorageFull { .. } => (
                ErrorCode::DiskFull,
                "tell the node's operator, to whom `node status` says why; or use another node",
            ),
            NodeError::UploadMismatch => (ErrorCode::Damaged, "publish again"),
            NodeError::UploadIncomplete { .. } => (ErrorCode::Conflict, "send the missing chunks"),
            NodeError::UploadExists => (ErrorCode::Conflict, "publish again with a new upload"),
            NodeError::NoHolder => {
                (ErrorCode::TooFewCopies, "try again later; `node status` shows who is away")
            }
            NodeError::AccessEnded => (ErrorCode::Refused, "read again"),
            NodeError::Internal { .. } => {
                (ErrorCode::Internal, "tell the node's operator; its log says more")
            }
        };
        let transaction_id = match &error {
            NodeError::OutcomeUnknown { id } => Some(id.to_hex()),
            _ => None,
        };
        Self { transaction_id, ..Self::new(code, error.to_string(), hint) }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let reason = Reason {
            name: self.bound.map_or_else(|| self.failure.code.as_str(), Bound::as_str),
            code: self.failure.code,
        };
        let status = StatusCode::from_u16(self.failure.code.http_status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let closes = self.leaves_body_unread;
        let mut document = Document::<Nothing>::failed(self.failure);
        document.origin.transaction_id = self.transaction_id;
        document.origin.outcome = self.outcome;
        let body = serde_json::to_vec(&document).expect("strings and numbers always encode");
        let json = HeaderValue::from_static(media::JSON);
        let mut answer = (status, Extension(reason), [(header::CONTENT_TYPE, json)], body).into_response();
        if closes {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}
