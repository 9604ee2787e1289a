//! Signed queries: search, list, audit. Never stored.

use carechain_crypto::{Digest, HospitalId, Nonce, PersonId, Purpose, SigningPublicKey};
use serde::{Deserialize, Serialize};

use crate::bounded::BoundedString;
use crate::numbers::Height;
use crate::signed::SignedBody;
use crate::time::Time;

/// Bytes of a path with its query string.
pub const QUERY_PATH_BYTES_MAX: usize = 2_048;

/// What a person signs beside an HTTP request that reads.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Query {
    /// The node asked.
    pub hospital: HospitalId,
    /// Who asks.
    pub person: PersonId,
    /// Key that signs.
    pub key: SigningPublicKey,
    /// HTTP method.
    pub method: BoundedString<8>,
    /// Path with query string.
    pub path: BoundedString<QUERY_PATH_BYTES_MAX>,
    /// BLAKE3 of the body.
    pub body: Digest,
    /// Random.
    pub salt: Nonce,
    /// When it ends.
    pub expiry: Time,
    /// Answer only from this height on.
    pub min_height: Option<Height>,
}

impl SignedBody for Query {
    const PURPOSE: Purpose = Purpose::Query;
}
