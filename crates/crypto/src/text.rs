//! The text form of identifiers: `per_` and lower-case base32 of id and checksum.
//!
//! Text = prefix `_` base32(id ‖ first 4 bytes of BLAKE3(prefix ‖ id)), lower case, unpadded: 24 bytes give 39
//! characters. A single mistyped character is refused.

use core::fmt;
use core::str::FromStr;

use data_encoding::{DecodeKind, Encoding, Specification};
use std::sync::LazyLock;

use crate::fixed::{
    AccessRequestId, DepartmentId, EhrId, GrantId, HospitalId, MandateId, OrganisationId, PersonId,
};

/// Why a text is no identifier. The caller shows it and asks for the id again.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdTextError {
    /// The text does not start with the prefix of the expected kind.
    #[error("expected an id that starts with \"{expected}_\", got \"{got}\"")]
    Prefix {
        /// Prefix of the expected kind, without the underscore.
        expected: &'static str,
        /// What stood there, cut to 8 characters.
        got: String,
    },
    /// The rest is not 39 characters of lower-case base32.
    #[error("an id with prefix \"{prefix}_\" has 39 characters a-z and 2-7 after it")]
    Malformed {
        /// Prefix of the kind.
        prefix: &'static str,
    },
    /// The checksum does not match: most likely a typing error.
    #[error("the checksum of this \"{prefix}_\" id does not match: a character is wrong")]
    Checksum {
        /// Prefix of the kind.
        prefix: &'static str,
    },
}

const CHECKSUM_BYTES: usize = 4;

static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("the alphabet has 32 distinct symbols")
});

fn checksum(prefix: &str, id: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(prefix.as_bytes());
    hasher.update(id);
    let digest = hasher.finalize();
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&digest.as_bytes()[..CHECKSUM_BYTES]);
    checksum
}

fn encode(prefix: &str, id: &[u8; 20]) -> String {
    let mut bytes = id.to_vec();
    bytes.extend_from_slice(&checksum(prefix, id));
    format!("{prefix}_{}", BASE32.encode(&bytes))
}

fn decode(prefix: &'static str, text: &str) -> Result<[u8; 20], IdTextError> {
    let rest = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or_else(|| IdTextError::Prefix { expected: prefix, got: text.chars().take(8).collect() })?;
    // 39 characters have three bits more than 24 bytes: set ones mean that the last character is wrong.
    let bytes = BASE32.decode(rest.as_bytes()).map_err(|error| match error.kind {
        DecodeKind::Trailing => IdTextError::Checksum { prefix },
        _ => IdTextError::Malformed { prefix },
    })?;
    let (id, sum) = bytes.split_at_checked(20).ok_or(IdTextError::Malformed { prefix })?;
    let id: [u8; 20] = id.try_into().map_err(|_| IdTextError::Malformed { prefix })?;
    if sum.len() != CHECKSUM_BYTES {
        return Err(IdTextError::Malformed { prefix });
    }
    if sum != checksum(prefix, &id) {
        return Err(IdTextError::Checksum { prefix });
    }
    Ok(id)
}

macro_rules! text_form {
    ($($name:ident $prefix:literal;)*) => {$(
        impl $name {
            /// What the text form starts with, before the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&encode($prefix, self.get()))
            }
        }

        impl FromStr for $name {
            type Err = IdTextError;

            fn from_str(text: &str) -> Result<Self, IdTextError> {
                decode($prefix, text).map(Self::new)
            }
        }
    )*};
}

text_form! {
    PersonId "per";
    EhrId "ehr";
    AccessRequestId "req";
    GrantId "grt";
    HospitalId "hos";
    DepartmentId "dep";
    OrganisationId "org";
    MandateId "man";
}
