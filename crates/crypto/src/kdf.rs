//! Key derivation: one BLAKE3 context for each thing that is derived, all in one table.
//!
//! `KDF(context, x)` = BLAKE3 `derive_key("carechain v1 " ‖ context)` of x, where x is the canonical bytes of one
//! struct per context (`docs/formats.md`). Contexts are constants of the program and never contain input.

use zeroize::Zeroize as _;

use crate::secret::Secret;

macro_rules! contexts {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// What a derived value is for. Closed: a new use is a new row of the table.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Context {$(
            $(#[$doc])*
            $name,
        )*}

        impl Context {
            /// Every context.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The words after "carechain v1 ".
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }

            /// The whole context string that BLAKE3 receives.
            #[must_use]
            pub const fn full(self) -> &'static str {
                match self {$(Self::$name => concat!("carechain v1 ", $text),)*}
            }
        }
    };
}

contexts! {
    /// {algorithm or kem u8, bytes}: names a key.
    KeyId "key id";
    /// Transaction id: names the person it enrolled.
    PersonId "person id";
    /// Transaction id: names the department it set up.
    DepartmentId "department id";
    /// Transaction id: names the organisation it registered.
    OrganisationId "organisation id";
    /// {name, governance m u8, governance keys}: names a hospital.
    HospitalId "hospital id";
    /// Transaction id: names the access request it made.
    RequestId "request id";
    /// Transaction id: names the grant it made.
    GrantId "grant id";
    /// Transaction id: names the mandate it set.
    MandateId "mandate id";
    /// {chain id, author, address commitment}: names a record version.
    EhrId "ehr id";
    /// {chain id, body}: names a transaction.
    Transaction "transaction";
    /// The header: names a block.
    Block "block";
    /// {content key, record salt}: encrypts the segments of one file.
    SegmentKey "segment key";
    /// {content key, record salt}: stands in the file's header and pins the content key.
    KeyCommitment "key commitment";
    /// The content key: what a reader shows to its gateway.
    AddressOpening "address opening";
    /// The opening: what holders receive.
    AddressTag "address tag";
    /// {tag, root, length u64, author, patient}: what the ledger shows.
    AddressCommitment "address commitment";
    /// {opening, root, length, salt}: what a read request says its reader presented.
    AddressShown "address shown";
    /// {reader, EHR id}: names the counter of refused attempts.
    Refused "refused";
    /// {grant id, signer}: names the tombstone of a grant revoked before it arrived.
    Tombstone "tombstone";
    /// {chain id, body}: names a read request.
    ReadRequest "read request";
    /// {upload id, hospital}: what a hospital draws in the placement of a file.
    Placement "placement";
}

/// 32 bytes derived from `input` for one purpose.
#[must_use]
pub fn derive(context: Context, input: &[u8]) -> [u8; 32] {
    blake3::derive_key(context.full(), input)
}

/// [`derive()`] over parts joined without separators: the fields of the context's struct, in order.
#[must_use]
pub fn derive_parts(context: Context, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key(context.full());
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// The first 20 bytes of [`derive()`]: the length of an id.
#[must_use]
pub fn derive_id(context: Context, input: &[u8]) -> [u8; 20] {
    let mut id = [0; 20];
    id.copy_from_slice(&derive(context, input)[..20]);
    id
}

/// [`derive_parts`] for a value that must not leak: the working copies are wiped.
pub(crate) fn derive_secret(context: Context, parts: &[&[u8]]) -> Secret<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_derive_key(context.full());
    for part in parts {
        hasher.update(part);
    }
    let mut digest = hasher.finalize();
    hasher.zeroize();
    let secret = Secret::new(*digest.as_bytes());
    digest.zeroize();
    secret
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
