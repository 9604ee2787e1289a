//! What a signature is for: every signed thing has its own prefix, all in one table.
//!
//! Signed bytes = `CARECHAIN_V1_<PURPOSE>` ‖ 0x00 ‖ chain id ‖ canonical body. A name contains no zero byte, so no
//! name is a prefix of another one's bytes, and a signature counts for one purpose on one chain only.

use crate::fixed::ChainId;

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident $constant:ident;)*) => {
        /// What a signature is for. Closed: a new signed body is a new row of the table.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Purpose {$(
            $(#[$doc])*
            $name,
        )*}

        $(
            $(#[$doc])*
            pub const $constant: &str = stringify!($constant);
        )*

        impl Purpose {
            /// Every purpose.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The constant that starts the signed bytes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {$(Self::$name => $constant,)*}
            }
        }
    };
}

purposes! {
    /// The body of a transaction.
    Transaction CARECHAIN_V1_TRANSACTION;
    /// A search, list or audit query; never stored.
    Query CARECHAIN_V1_QUERY;
    /// A read request to a gateway.
    ReadRequest CARECHAIN_V1_READ_REQUEST;
    /// The opening of an upload.
    UploadOpen CARECHAIN_V1_UPLOAD_OPEN;
    /// The completion of an upload.
    UploadComplete CARECHAIN_V1_UPLOAD_COMPLETE;
    /// The tree root of a batch of storage receipts.
    Receipt CARECHAIN_V1_RECEIPT;
    /// A holder's receipt for erased bytes.
    DeletionReceipt CARECHAIN_V1_DELETION_RECEIPT;
    /// A node's fetch of chunks it must hold.
    RepairFetch CARECHAIN_V1_REPAIR_FETCH;
    /// A PRE-PREPARE message.
    PrePrepare CARECHAIN_V1_PRE_PREPARE;
    /// A PREPARE message.
    Prepare CARECHAIN_V1_PREPARE;
    /// A COMMIT message.
    Commit CARECHAIN_V1_COMMIT;
    /// A VIEW-CHANGE message.
    ViewChange CARECHAIN_V1_VIEW_CHANGE;
    /// A NEW-VIEW message.
    NewView CARECHAIN_V1_NEW_VIEW;
    /// A HEAD message.
    Head CARECHAIN_V1_HEAD;
    /// A CHECKPOINT message.
    Checkpoint CARECHAIN_V1_CHECKPOINT;
    /// Proof that the holder of new keys has their private halves; chain id zeros.
    Possession CARECHAIN_V1_POSSESSION;
    /// The private half of the index key, sealed to a node inside genesis; chain id zeros.
    IndexKeyShare CARECHAIN_V1_INDEX_KEY_SHARE;
    /// A change of membership, signed with governance keys.
    Governance CARECHAIN_V1_GOVERNANCE;
    /// The handshake of two nodes.
    Handshake CARECHAIN_V1_HANDSHAKE;
}

/// The bytes to sign or to verify: name ‖ 0x00 ‖ chain id ‖ body.
#[must_use]
pub fn signing_bytes(purpose: Purpose, chain_id: &ChainId, body: &[u8]) -> Vec<u8> {
    let name = purpose.name().as_bytes();
    let mut bytes = Vec::with_capacity(name.len() + 1 + ChainId::LENGTH + body.len());
    bytes.extend_from_slice(name);
    bytes.push(0);
    bytes.extend_from_slice(chain_id.as_slice());
    bytes.extend_from_slice(body);
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
