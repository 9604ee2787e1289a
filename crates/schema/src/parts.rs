//! Fetching detached parts: sealed addresses, index entries, reasons. Sealed, so the node learns nothing from handing
//! them out; the receiver checks each against the digest in a proven body.

use serde::{Deserialize, Serialize};

use crate::base64::Base64;
use crate::document::Described;

/// Names one detached part.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PartName {
    /// The transaction that carried it, hex.
    pub transaction_id: String,
    /// Index among its parts.
    pub index: u16,
}

/// Asks for parts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PartsRequest {
    /// Which.
    pub parts: Vec<PartName>,
}

/// One part, or that it is gone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PartAnswer {
    /// Which.
    pub name: PartName,
    /// Canonical bytes of the part with its salt; none = purged, unknown or not for the asker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Base64>,
}

/// Parts in the order asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PartsAnswer {
    /// The parts.
    pub parts: Vec<PartAnswer>,
}

impl Described for PartsAnswer {
    const SCHEMA: &'static str = "carechain/parts/1";
}
