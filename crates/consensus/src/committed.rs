//! The committed end of the chain, and the certificates of its last blocks.

use std::collections::BTreeMap;

use carechain_crypto::BlockId;
use carechain_types::{Header, Height, SharedCertificate};

use crate::limits::CERTIFICATES_KEPT;

/// The last block that the ledger holds, after the engine has replayed into it what the journal had beyond it.
#[derive(Clone, Debug)]
pub struct CommittedHead {
    /// Its header.
    pub header: Header,
    /// Its commit certificate; absent for block 0 only.
    pub certificate: Option<SharedCertificate>,
}

/// The last committed block, with the ids and certificates of the few below it.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    header: Header,
    block_id: BlockId,
    certificates: BTreeMap<Height, SharedCertificate>,
}

impl Committed {
    pub(crate) fn new(head: CommittedHead) -> Self {
        let block_id = head.header.id();
        let certificates = head.certificate.into_iter().map(|held| (held.height, held)).collect();
        Self { header: head.header, block_id, certificates }
    }

    pub(crate) const fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) const fn height(&self) -> Height {
        self.header.height
    }

    pub(crate) const fn block_id(&self) -> BlockId {
        self.block_id
    }

    pub(crate) fn certificate(&self) -> Option<&SharedCertificate> {
        self.certificates.get(&self.header.height)
    }

    /// The certificate of a height, if it is one of the last few.
    pub(crate) fn certificate_at(&self, height: Height) -> Option<&SharedCertificate> {
        self.certificates.get(&height)
    }

    /// Whether this block is committed here, as far as memory goes back.
    pub(crate) fn holds(&self, height: Height, block_id: &BlockId) -> bool {
        if height == self.header.height {
            return *block_id == self.block_id;
        }
        self.certificates.get(&height).is_some_and(|certificate| certificate.block_id == *block_id)
    }

    /// Whether this block is one of the last committed ones.
    pub(crate) fn holds_id(&self, block_id: &BlockId) -> bool {
        self.certificates.values().any(|certificate| certificate.block_id == *block_id)
    }

    /// Moves up by one block.
    pub(crate) fn extend(&mut self, header: Header, certificate: SharedCertificate) {
        self.block_id = certificate.block_id;
        self.certificates.insert(header.height, certificate);
        self.header = header;
        while self.certificates.len() > CERTIFICATES_KEPT {
            self.certificates.pop_first();
        }
    }
}
