//! The one shape of every answer: a document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error_code::ExitStatus;
use crate::failure::Failure;
use crate::timestamp::Timestamp;

/// Data with a schema name.
pub trait Described {
    /// `carechain/<command>/<version>`.
    const SCHEMA: &'static str;
}

/// What the contract decided about a transaction.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutcomeLine {
    /// 0 = done.
    pub code: u16,
    /// The code's word, `done` for 0.
    pub name: String,
}

/// Where on which ledger an answer comes from; what does not apply is left out.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Origin {
    /// Chain id, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub chain_id: Option<String>,
    /// Height the answer is as of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub height: Option<u64>,
    /// Time of that block.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub block_time: Option<Timestamp>,
    /// The transaction, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub transaction_id: Option<String>,
    /// Its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub outcome: Option<OutcomeLine>,
    /// How long which part took, milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timings_ms: BTreeMap<String, f64>,
}

/// One JSON document: data, or a failure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Document<T> {
    schema: String,
    // Invariant: true with data and no error, or false with an error and no data. Kept by the constructors, checked by
    // `into_result` for what came from outside.
    ok: bool,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    data: Option<T>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// Where the answer comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

impl<T: Described> Document<T> {
    /// Done, with data.
    #[must_use]
    pub fn done(data: T) -> Self {
        Self {
            schema: T::SCHEMA.to_owned(),
            ok: true,
            data: Some(data),
            error: None,
            origin: Origin::default(),
        }
    }

    /// Failed.
    #[must_use]
    pub fn failed(failure: Failure) -> Self {
        Self {
            schema: T::SCHEMA.to_owned(),
            ok: false,
            data: None,
            error: Some(failure),
            origin: Origin::default(),
        }
    }

    /// With where it comes from.
    #[must_use]
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The schema's name.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// What a command that prints this exits with.
    #[must_use]
    pub fn exit_status(&self) -> ExitStatus {
        self.error.as_ref().map_or(ExitStatus::Done, |failure| failure.code.exit_status())
    }

    /// The data or the failure; `None` when the document is of another schema or contradicts itself.
    #[must_use]
    pub fn into_result(self) -> Option<Result<T, Failure>> {
        match (self.schema == T::SCHEMA, self.ok, self.data, self.error) {
            (true, true, Some(data), None) => Some(Ok(data)),
            (true, false, None, Some(failure)) => Some(Err(failure)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
