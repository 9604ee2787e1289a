//! The proof file: exactly {"schema", "proof"} and a newline, compared whole.

use serde::{Deserialize, Serialize};

use super::Proof;
use crate::codec::{DecodeError, decode, encode};
use crate::limits::PROOF_BYTES_MAX;

const SCHEMA: &str = "carechain/proof/1";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    proof: String,
}

/// Why bytes are no proof file.
#[derive(Debug, thiserror::Error)]
pub enum ProofFileError {
    /// Not JSON of this schema.
    #[error("not a proof file: {0}")]
    Json(#[from] serde_json::Error),
    /// Another schema.
    #[error("schema \"{got}\" where \"{SCHEMA}\" is known")]
    Schema {
        /// In the file.
        got: String,
    },
    /// The proof is no base64.
    #[error("the proof is no base64: {0}")]
    Base64(#[from] data_encoding::DecodeError),
    /// The bytes are no proof.
    #[error("the bytes are no proof: {0}")]
    Decode(#[from] DecodeError),
    /// Something was changed that does not change the content.
    #[error("the file was edited: it is not what this proof is written as")]
    NotCanonical,
}

impl Proof {
    /// The proof file.
    #[must_use]
    pub fn to_file(&self) -> Vec<u8> {
        let proof = data_encoding::BASE64.encode(&encode(self));
        let file = File { schema: SCHEMA.to_owned(), proof };
        let mut bytes = serde_json::to_vec(&file).expect("two strings always encode");
        bytes.push(b'\n');
        bytes
    }

    /// Reads a proof file; any change to its bytes is refused here or by [`Proof::verify`].
    pub fn from_file(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let file: File = serde_json::from_slice(bytes)?;
        if file.schema != SCHEMA {
            return Err(ProofFileError::Schema { got: file.schema });
        }
        let proof: Self = decode(&data_encoding::BASE64.decode(file.proof.as_bytes())?, PROOF_BYTES_MAX)?;
        if proof.to_file() != bytes {
            return Err(ProofFileError::NotCanonical);
        }
        Ok(proof)
    }
}
