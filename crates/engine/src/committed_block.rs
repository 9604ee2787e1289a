//! From an executed block and its certificate to what the ledger stores.

use carechain_ledger::{CommittedBlock, StoredPart};
use carechain_types::{Header, SharedCertificate};

use crate::execution::Executed;
use crate::mempool::SharedSubmission;

/// A block as the ledger stores it.
pub(crate) fn committed_block(
    header: Header,
    certificate: SharedCertificate,
    submissions: &[SharedSubmission],
    executed: Executed,
) -> CommittedBlock {
    let parts = submissions
        .iter()
        .map(|submission| submission.parts.iter().cloned().map(StoredPart::Present).collect())
        .collect();
    CommittedBlock {
        header,
        certificate,
        transactions: submissions.iter().map(|submission| submission.transaction.clone()).collect(),
        parts,
        outcomes: executed.outcomes,
        state: executed.update,
        seen: executed.seen.into_iter().collect(),
    }
}
