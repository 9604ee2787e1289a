//! The `.enrol` file: public keys and the proof of possession, for the registrar.

use std::path::Path;

use carechain_crypto::{
    ChainId, SealingKeyError, SealingPublicKey, Signature, SigningKeyError, SigningPublicKey,
    check_sealing_key, check_signing_key,
};
use carechain_disk::private_file::{self, FileError};
use carechain_types::{
    BoundedVec, Ed25519, KeyAgent as _, POSSESSION_VERSION, PersonBody, Possession, SealingKey, TooMany,
};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::keys::Keystore;
use crate::limits::SMALL_FILE_BYTES_MAX;

const SCHEMA: &str = "carechain/enrol/1";

/// Why a file does not enrol anybody. The person makes it anew with `key export`.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is no enrolment file.
    #[error("not an enrolment file: {0}")]
    Json(#[from] serde_json::Error),
    /// A field is not what its name says.
    #[error("enrolment field {field} is malformed")]
    Field {
        /// Which.
        field: &'static str,
    },
    /// Too many keys.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// A signing key may not be enrolled.
    #[error(transparent)]
    SigningKey(#[from] SigningKeyError),
    /// A sealing key may not be enrolled.
    #[error(transparent)]
    SealingKey(#[from] SealingKeyError),
    /// The signatures do not show possession of the keys.
    #[error("the signatures do not show possession of the keys")]
    Possession,
}

/// Public keys with the signatures that show possession: checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolment {
    /// What was signed.
    pub possession: Possession,
    /// One signature per signing key, in order.
    pub signatures: Vec<Signature>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    signing_keys: Vec<String>,
    sealing_keys: Vec<String>,
    possession: Vec<String>,
}

impl Enrolment {
    pub(super) fn of(keystore: &Keystore) -> Self {
        let keys = keystore.public_keys();
        let possession = Possession {
            version: POSSESSION_VERSION,
            signing_keys: BoundedVec::new(vec![keys.signing]).expect("one key is within the bound"),
            sealing_keys: BoundedVec::new(keys.sealing.into_iter().map(SealingKey::x25519).collect())
                .expect("a keystore holds one sealing key"),
        };
        let signature = keystore
            .sign(&ChainId::ZERO, &PersonBody::Possession(&possession))
            .expect("an unlocked keystore signs");
        Self { possession, signatures: vec![signature] }
    }

    /// Writes the file; one that is there is kept.
    pub fn save(&self, path: &Path) -> Result<(), EnrolError> {
        let hex = |key: &SealingKey| HEXLOWER.encode(&key.bytes);
        let file = File {
            schema: SCHEMA.to_owned(),
            signing_keys: self.possession.signing_keys.iter().map(SigningPublicKey::to_hex).collect(),
            sealing_keys: self.possession.sealing_keys.iter().map(hex).collect(),
            possession: self.signatures.iter().map(|signature| HEXLOWER.encode(signature.get())).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&file)?;
        bytes.push(b'\n');
        Ok(private_file::write_new(path, &bytes, 0o644)?)
    }

    /// Reads a file and checks every key and signature in it.
    pub fn load(path: &Path) -> Result<Self, EnrolError> {
        Self::from_bytes(&private_file::read(path, SMALL_FILE_BYTES_MAX)?)
    }

    /// The same, from bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnrolError> {
        let file: File = serde_json::from_slice(bytes)?;
        if file.schema != SCHEMA {
            return Err(EnrolError::Field { field: "schema" });
        }
        let signing = |text: &String| {
            SigningPublicKey::from_hex(text).ok_or(EnrolError::Field { field: "signing_keys" })
        };
        let sealing = |text: &String| {
            let key = bytes_of("sealing_keys", text).map(SealingPublicKey::new)?;
            check_sealing_key(&key)?;
            Ok::<_, EnrolError>(SealingKey::x25519(key))
        };
        let signature = |text: &String| bytes_of("possession", text).map(Signature::new);
        let possession = Possession {
            version: POSSESSION_VERSION,
            signing_keys: BoundedVec::new(file.signing_keys.iter().map(signing).collect::<Result<_, _>>()?)?,
            sealing_keys: BoundedVec::new(file.sealing_keys.iter().map(sealing).collect::<Result<_, _>>()?)?,
        };
        for key in &possession.signing_keys {
            check_signing_key(key)?;
        }
        let signatures = file.possession.iter().map(signature).collect::<Result<Vec<_>, _>>()?;
        possession.check(Ed25519, &signatures).map_err(|_| EnrolError::Possession)?;
        Ok(Self { possession, signatures })
    }
}

fn bytes_of<const COUNT: usize>(field: &'static str, text: &str) -> Result<[u8; COUNT], EnrolError> {
    let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| EnrolError::Field { field })?;
    bytes.try_into().map_err(|_| EnrolError::Field { field })
}
