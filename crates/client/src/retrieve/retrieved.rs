//! What a retrieve gives.

use std::path::PathBuf;

use carechain_crypto::{EhrId, GrantId};
use carechain_types::{EntryId, Height};

/// A record that is there, verified and unpacked.
#[derive(Clone, Debug)]
pub struct Retrieved {
    /// The record.
    pub ehr_id: EhrId,
    /// Under which grant; none = as owner.
    pub grant: Option<GrantId>,
    /// Length of the file, bytes.
    pub length: u64,
    /// Documents and images unpacked.
    pub entry_count: u64,
    /// Where.
    pub output: PathBuf,
    /// The access entry that authorised it, as the gateway says.
    pub entry: Option<EntryId>,
    /// Height of the block that decided, as the gateway says.
    pub height: Option<Height>,
}
