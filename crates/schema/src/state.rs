//! Reading state with its proof. The questions and answers proper are canonical bytes, since they are verified as such.

use serde::{Deserialize, Serialize};

use crate::base64::Base64;
use crate::document::Described;

/// Asks for values, or their absence, at keys.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StateRequest {
    /// Canonical bytes of the state query.
    pub query: Base64,
}

/// Values with their proof, all at one height.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StateAnswer {
    /// Height the proof is of.
    pub height: u64,
    /// Canonical bytes of the proof.
    pub proof: Base64,
}

impl Described for StateAnswer {
    const SCHEMA: &'static str = "carechain/state/1";
}

/// Asks for one page of a list whose wholeness a proof shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListRequest {
    /// Canonical bytes of the list query.
    pub query: Base64,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ListAnswer {
    /// Height the proof is of.
    pub height: u64,
    /// Canonical bytes of one proof that holds the list's count, its entries and what they name.
    pub proof: Base64,
}

impl Described for ListAnswer {
    const SCHEMA: &'static str = "carechain/list/1";
}
