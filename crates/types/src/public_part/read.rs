//! A gateway's wrap of a reader's signed request.

use carechain_crypto::Signature;
use serde::{Deserialize, Serialize};

use crate::read_request::ReadRequest;

/// Public part of `read`: sent by the gateway the request names.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReadPart {
    /// What the reader signed.
    pub request: ReadRequest,
    /// The reader's signature.
    pub signature: Signature,
    /// 1 if opening, root and length shown beside the request give the record's commitment, else 0.
    pub address_matches: u8,
}
