//! Files in memory.

use std::collections::BTreeMap;

/// Uploads and published files.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) chunks: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    pub(crate) opened: BTreeMap<String, carechain_types::SignedUploadOpen>,
    pub(crate) by_commitment: BTreeMap<carechain_crypto::Commitment, Vec<u8>>,
}
