//! What a person's client waits for: hints that something happened. What they say is then read with proof.

use serde::{Deserialize, Serialize};

use crate::document::Described;
use crate::timestamp::Timestamp;

/// One thing that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeLine {
    /// `request`, `grant`, `deny`, `revoke`, `publish` or `read`.
    pub event: String,
    /// To which request, grant or record: its id in text form.
    pub id: String,
    /// In the block at this height.
    pub height: u64,
    /// Time of that block.
    pub block_time: Timestamp,
}

/// What happened since the height asked for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeList {
    /// Everything up to this height is here: ask for what came after it next.
    pub height: u64,
    /// Oldest first.
    pub notices: Vec<NoticeLine>,
}

impl Described for NoticeList {
    const SCHEMA: &'static str = "carechain/notices/1";
}
