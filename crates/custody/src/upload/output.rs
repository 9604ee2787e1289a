//! What an upload wants done.

use carechain_crypto::HospitalId;
use carechain_types::Receipt;

use crate::receipts::ReceiptRefusal;

/// One action, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UploadOutput {
    /// Forward the signed opening to a holder and ask which chunks it has.
    Open {
        /// Whom.
        holder: HospitalId,
    },
    /// Send a chunk.
    Send {
        /// To whom.
        holder: HospitalId,
        /// Which.
        index: u32,
    },
    /// Forward the signed completion: the holder checks, syncs and gives its receipt.
    Complete {
        /// Whom.
        holder: HospitalId,
    },
    /// Sign this hospital's own receipt.
    SignOwn,
    /// Ask this holder for nothing more: it failed too often and another takes its place.
    GiveUp {
        /// Whom.
        holder: HospitalId,
    },
    /// A receipt that does not count.
    RefusedReceipt {
        /// Whose.
        holder: HospitalId,
        /// Why.
        reason: ReceiptRefusal,
    },
    /// Enough receipts: the client can publish.
    Receipts {
        /// By hospital.
        receipts: Vec<Receipt>,
    },
    /// Every copy is made.
    AllCopies,
    /// The expiry passed before the abstract was on the ledger: erase what is here.
    Expired,
}
