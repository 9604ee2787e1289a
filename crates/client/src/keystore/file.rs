//! The bytes of a keystore file: JSON, so that a person sees what it is and which keys it holds.

use argon2::{Algorithm, Argon2, Params, Version};
use carechain_crypto::{SealingPublicKey, Secret, SigningPublicKey};
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::KeystoreError;
use super::keys::Keystore;
use crate::limits::{
    KEYSTORE_LANES_MAX, KEYSTORE_MEMORY_KIB_MAX, KEYSTORE_MEMORY_KIB_MIN, KEYSTORE_PASSES_MAX,
    KEYSTORE_PASSES_MIN,
};
use crate::random::SystemRandom;

const SCHEMA: &str = "carechain/keystore/1";

/// How much work a guess of the passphrase costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hardness {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Hardness {
    fn default() -> Self {
        Self { memory_kib: KEYSTORE_MEMORY_KIB_MIN, passes: KEYSTORE_PASSES_MIN, lanes: 1 }
    }
}

impl Hardness {
    fn check(self) -> Result<(), KeystoreError> {
        let bounds = [
            ("memory_kib", self.memory_kib, KEYSTORE_MEMORY_KIB_MIN, KEYSTORE_MEMORY_KIB_MAX),
            ("passes", self.passes, KEYSTORE_PASSES_MIN, KEYSTORE_PASSES_MAX),
            ("lanes", self.lanes, 1, KEYSTORE_LANES_MAX),
        ];
        for (name, got, min, max) in bounds {
            if !(min..=max).contains(&got) {
                return Err(KeystoreError::Hardness { name, got, min, max });
            }
        }
        Ok(())
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    signing_public: String,
    sealing_public: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    head: Head,
    key_commitment: String,
    nonce: String,
    secrets: String,
}

/// What the passphrase gives: the cipher's key, and the commitment to it.
struct Derived {
    key: Secret<[u8; 32]>,
    commitment: [u8; 32],
}

pub(super) fn seal(
    keystore: &Keystore,
    passphrase: &Secret<Vec<u8>>,
    hardness: Hardness,
) -> Result<Vec<u8>, KeystoreError> {
    let (signing, sealing) = keystore.secrets();
    let salt = SystemRandom::bytes::<32>();
    let nonce = SystemRandom::bytes::<24>();
    let head = Head {
        schema: SCHEMA.to_owned(),
        kdf: "argon2id".to_owned(),
        memory_kib: hardness.memory_kib,
        passes: hardness.passes,
        lanes: hardness.lanes,
        salt: BASE64.encode(&salt),
        signing_public: signing.public().to_hex(),
        sealing_public: HEXLOWER.encode(sealing.public().get()),
    };
    let derived = derive(passphrase, &salt, hardness)?;
    let mut secrets = Zeroizing::new([0; 64]);
    secrets[..32].copy_from_slice(signing.seed().expose());
    secrets[32..].copy_from_slice(sealing.private().expose());
    let tag = XChaCha20Poly1305::new(<&Key>::from(derived.key.expose()))
        .encrypt_inout_detached(&XNonce::from(nonce), &associated_data(&head), secrets.as_mut_slice().into())
        .expect("64 bytes are far below the limit of the cipher");
    let sealed = [secrets.as_slice(), tag.as_slice()].concat();
    let file = File {
        head,
        key_commitment: BASE64.encode(&derived.commitment),
        nonce: BASE64.encode(&nonce),
        secrets: BASE64.encode(&sealed),
    };
    let mut bytes = serde_json::to_vec_pretty(&file).expect("strings and numbers always encode");
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn open(bytes: &[u8], passphrase: &Secret<Vec<u8>>) -> Result<Keystore, KeystoreError> {
    let file: File = serde_json::from_slice(bytes).map_err(corrupt)?;
    if file.head.schema != SCHEMA || file.head.kdf != "argon2id" {
        return Err(corrupt(format_args!("schema \"{}\" with {}", file.head.schema, file.head.kdf)));
    }
    let Head { memory_kib, passes, lanes, .. } = file.head;
    let salt = fixed::<32>("salt", &file.head.salt)?;
    let derived = derive(passphrase, &salt, Hardness { memory_kib, passes, lanes })?;
    if derived.commitment != fixed::<32>("key_commitment", &file.key_commitment)? {
        return Err(KeystoreError::WrongPassphrase);
    }
    let nonce = fixed::<24>("nonce", &file.nonce)?;
    let sealed = fixed::<80>("secrets", &file.secrets)?;
    let mut secrets = Zeroizing::new([0; 64]);
    secrets.copy_from_slice(&sealed[..64]);
    let mut tag = [0; 16];
    tag.copy_from_slice(&sealed[64..]);
    XChaCha20Poly1305::new(<&Key>::from(derived.key.expose()))
        .decrypt_inout_detached(
            &XNonce::from(nonce),
            &associated_data(&file.head),
            secrets.as_mut_slice().into(),
            &Tag::from(tag),
        )
        .map_err(|_| corrupt("its secrets are not authentic"))?;
    let keystore = Keystore::from_secrets(&half(&secrets[..32]), &half(&secrets[32..]));
    check_public(&keystore, &file.head)?;
    Ok(keystore)
}

fn half(bytes: &[u8]) -> Secret<[u8; 32]> {
    let mut secret = Secret::new([0; 32]);
    secret.expose_mut().copy_from_slice(bytes);
    secret
}

fn check_public(keystore: &Keystore, head: &Head) -> Result<(), KeystoreError> {
    let (signing, sealing) = keystore.secrets();
    let same = SigningPublicKey::from_hex(&head.signing_public) == Some(signing.public())
        && fixed_hex(&head.sealing_public).map(SealingPublicKey::new) == Some(sealing.public());
    if same { Ok(()) } else { Err(corrupt("its public keys are not those of its secrets")) }
}

fn fixed_hex(text: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

fn derive(
    passphrase: &Secret<Vec<u8>>,
    salt: &[u8; 32],
    hardness: Hardness,
) -> Result<Derived, KeystoreError> {
    hardness.check()?;
    if passphrase.expose().is_empty() {
        return Err(KeystoreError::EmptyPassphrase);
    }
    let Hardness { memory_kib, passes, lanes } = hardness;
    let parameters = Params::new(memory_kib, passes, lanes, Some(64)).map_err(corrupt)?;
    let mut output = Zeroizing::new([0; 64]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(passphrase.expose(), salt, output.as_mut_slice())
        .map_err(corrupt)?;
    let mut commitment = [0; 32];
    commitment.copy_from_slice(&output[32..]);
    Ok(Derived { key: half(&output[..32]), commitment })
}

fn associated_data(head: &Head) -> Vec<u8> {
    serde_json::to_vec(head).expect("strings and numbers always encode")
}

fn fixed<const COUNT: usize>(name: &str, text: &str) -> Result<[u8; COUNT], KeystoreError> {
    let bytes = BASE64.decode(text.as_bytes()).map_err(|error| corrupt(format_args!("{name}: {error}")))?;
    let got = bytes.len();
    bytes.try_into().map_err(|_| corrupt(format_args!("{name} has {got} bytes, expected {COUNT}")))
}

fn corrupt(problem: impl core::fmt::Display) -> KeystoreError {
    KeystoreError::Corrupt { problem: problem.to_string() }
}
