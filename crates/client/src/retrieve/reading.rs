//! What one read request is made of.

use carechain_crypto::{Address, EhrId, GrantId};
use carechain_types::AccessPurpose;

/// One record to read, with all that its request needs.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) ehr_id: EhrId,
    pub(super) grant: Option<GrantId>,
    pub(super) purpose: AccessPurpose,
    /// None: the attempt is made without an address, and refused on the ledger.
    pub(super) address: Option<Address>,
}
