//! Whose node answers.

use serde::{Deserialize, Serialize};

use crate::document::Described;

/// What a node tells everybody: `GET /v1/node`. A client that does not know whose node it speaks to asks for this.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeReport {
    /// Version of the program.
    pub version: String,
    /// Hospital that runs it, `hos_…`.
    pub hospital: String,
    /// Its name in the genesis file.
    pub name: String,
    /// Chain id, hex.
    pub chain_id: String,
    /// Whether it votes, keeps up, stores, has a right clock and reaches a quorum.
    pub ready: bool,
}

impl Described for NodeReport {
    const SCHEMA: &'static str = "carechain/node/1";
}
