//! What is committed at once.

use carechain_crypto::Digest;
use carechain_types::{Header, Outcome, SharedCertificate, Transaction};

use super::stored_part::StoredPart;
use crate::state_tree::StateUpdate;

/// A block with everything that is stored because of it.
#[derive(Clone, Debug)]
pub struct CommittedBlock {
    /// The header.
    pub header: Header,
    /// COMMIT certificate of the header.
    pub certificate: SharedCertificate,
    /// The transactions, in order.
    pub transactions: Vec<Transaction>,
    /// The detached parts of each transaction, in order.
    pub parts: Vec<Vec<StoredPart>>,
    /// What executing each transaction gave, in order.
    pub outcomes: Vec<Outcome>,
    /// What executing the block changed in the state.
    pub state: StateUpdate,
    /// What joins the seen set: transaction ids and request digests.
    pub seen: Vec<Digest>,
}
