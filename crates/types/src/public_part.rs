//! Public parts: what each kind of transaction says in the open. No name, keyword or key material beyond public keys.

mod consent;
mod enrolment;
mod publish;
mod read;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::codec::{DecodeError, decode, encode};
use crate::limits::PUBLIC_PART_BYTES_MAX;

pub use consent::{
    AccessKind, AccessPurpose, DenyPart, GrantLine, GrantPart, ReasonCode, RequestPart, RequestSelection,
    RevokeEffect, RevokePart,
};
pub use enrolment::{DepartmentPart, Enroller, PersonPart, Role, RoleTerm, SuspendPart};
pub use publish::{EhrKind, PublishPart, Recipient, RecipientUse, Visibility};
pub use read::ReadPart;

macro_rules! transaction_kinds {
    ($($(#[$doc:meta])* $kind:ident = $number:literal $text:literal $(carries $part:ident)?;)*) => {
        /// Kind of a transaction. Numbers are fixed for ever; those without a part here come later.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum TransactionKind {
            $($(#[$doc])* $kind,)*
        }

        impl TransactionKind {
            /// All kinds in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The number in the body.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$kind => $number),* }
            }

            /// The kind a number stands for.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$kind),)* _ => None }
            }

            /// The word people read.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text),* }
            }
        }

        /// The decoded public part of a transaction.
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum PublicPart {
            $($(#[doc = concat!("Public part of `", $text, "`.")] $kind($part),)?)*
        }

        impl PublicPart {
            /// The kind it belongs to.
            #[must_use]
            pub const fn kind(&self) -> TransactionKind {
                match self { $($(Self::$kind($part { .. }) => TransactionKind::$kind,)?)* }
            }

            /// Canonical bytes, without the kind.
            #[must_use]
            pub fn to_bytes(&self) -> Vec<u8> {
                match self { $($(Self::$kind(part) => encode::<$part>(part),)?)* }
            }

            /// The public part of a body; an unknown or later kind and malformed bytes are an error, which execution
            /// records as a refusal.
            pub fn decode(kind: u16, bytes: &[u8]) -> Result<Self, PublicPartError> {
                match TransactionKind::from_number(kind) {
                    $($(Some(TransactionKind::$kind) => Ok(Self::$kind(typed::<$part>(bytes)?)),)?)*
                    _ => Err(PublicPartError::UnknownKind { kind }),
                }
            }
        }
    };
}

transaction_kinds! {
    /// Enrols a department of a hospital.
    Department = 1 "department" carries DepartmentPart;
    /// Enrols a person with roles and keys.
    Person = 2 "person" carries PersonPart;
    /// Publishes the abstract of a record.
    Publish = 3 "publish" carries PublishPart;
    /// Asks a patient for access.
    Request = 4 "request" carries RequestPart;
    /// Permits access to up to 256 records.
    Grant = 5 "grant" carries GrantPart;
    /// Denies a request.
    Deny = 6 "deny" carries DenyPart;
    /// Ends a grant, or one line of it.
    Revoke = 7 "revoke" carries RevokePart;
    /// Ends a person's standing and every grant to them.
    Suspend = 8 "suspend" carries SuspendPart;
    /// A gateway submits a reader's signed request: decides and writes the access entry.
    Read = 9 "read" carries ReadPart;
    /// Adds and ends keys. Comes later.
    Keys = 10 "keys";
    /// Lets one person act for another. Comes later.
    Mandate = 11 "mandate";
    /// Hands a shared private key to a receiver. Comes later.
    KeyShare = 12 "key_share";
}

/// Why a public part cannot be executed: a recorded refusal.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PublicPartError {
    /// No such kind in this version.
    #[error("transaction kind {kind} is unknown to this version")]
    UnknownKind {
        /// The number in the body.
        kind: u16,
    },
    /// The bytes are no public part of that kind.
    #[error("the public part is malformed: {0}")]
    Malformed(#[from] DecodeError),
}

fn typed<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode(bytes, PUBLIC_PART_BYTES_MAX)
}

crate::checked_byte::checked_byte! {
    /// Kind of a detached part.
    PartKind {
        /// A record's address sealed to one recipient.
        SealedAddress = 1 "sealed address",
        /// Keywords, title and staff names, sealed to the index key.
        IndexEntry = 2 "index entry",
        /// Name and contact of staff or an organisation, sealed to the index key.
        Profile = 3 "profile",
        /// Why access is asked for, sealed to the patient.
        Reason = 4 "reason",
        /// A shared private key, sealed to one receiver.
        KeyShare = 5 "key share",
    }
}
