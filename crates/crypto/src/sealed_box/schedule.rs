//! Decapsulation and key schedule of RFC 9180, base mode, for the one suite in use.

use hkdf::{Hkdf, HkdfExtract};
use sha2::Sha256;

use crate::sealing_key::{Agree, AgreeError, SealingPublicKey};
use crate::secret::Secret;

const VERSION: &[u8] = b"HPKE-v1";
/// "KEM" ‖ 0x0020.
const KEM_SUITE: &[u8] = b"KEM\x00\x20";
/// "HPKE" ‖ kem 0x0020 ‖ kdf 0x0001 ‖ aead 0x0003.
const HPKE_SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";
const MODE_BASE: u8 = 0;

/// Key and base nonce of a context.
pub(super) struct Schedule {
    pub(super) key: Secret<[u8; 32]>,
    pub(super) base_nonce: [u8; 12],
}

// §4.1 Decap, with the agreement done elsewhere.
pub(super) fn decapsulate(
    agree: &(impl Agree + ?Sized),
    key: &SealingPublicKey,
    encapsulation: &[u8; 32],
) -> Result<Secret<[u8; 32]>, AgreeError> {
    let agreed = agree.agree(key, encapsulation)?;
    let pseudorandom = labeled_extract(KEM_SUITE, b"", b"eae_prk", agreed.expose());
    let mut shared = Secret::new([0; 32]);
    let context: [&[u8]; 2] = [encapsulation, key.get()];
    labeled_expand(KEM_SUITE, &pseudorandom, b"shared_secret", &context, shared.expose_mut());
    Ok(shared)
}

// §5.1 KeySchedule.
pub(super) fn key_schedule(shared: &Secret<[u8; 32]>, info: &[u8]) -> Schedule {
    let psk_id_hash = labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"");
    let info_hash = labeled_extract(HPKE_SUITE, b"", b"info_hash", info);
    let context: [&[u8]; 3] = [&[MODE_BASE], psk_id_hash.expose(), info_hash.expose()];
    let secret = labeled_extract(HPKE_SUITE, shared.expose(), b"secret", b"");
    let mut schedule = Schedule { key: Secret::new([0; 32]), base_nonce: [0; 12] };
    labeled_expand(HPKE_SUITE, &secret, b"key", &context, schedule.key.expose_mut());
    labeled_expand(HPKE_SUITE, &secret, b"base_nonce", &context, &mut schedule.base_nonce);
    schedule
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &[u8], material: &[u8]) -> Secret<[u8; 32]> {
    let mut extract = HkdfExtract::<Sha256>::new(Some(salt));
    for part in [VERSION, suite, label, material] {
        extract.input_ikm(part);
    }
    let (mut pseudorandom, _) = extract.finalize();
    let mut result = Secret::new([0; 32]);
    result.expose_mut().copy_from_slice(&pseudorandom);
    zeroize::Zeroize::zeroize(pseudorandom.as_mut_slice());
    result
}

fn labeled_expand(
    suite: &[u8],
    pseudorandom: &Secret<[u8; 32]>,
    label: &[u8],
    info: &[&[u8]],
    output: &mut [u8],
) {
    let length = u16::try_from(output.len()).expect("outputs are 12 or 32 bytes").to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![&length, VERSION, suite, label];
    parts.extend_from_slice(info);
    Hkdf::<Sha256>::from_prk(pseudorandom.expose())
        .expect("32 bytes are the hash's length")
        .expand_multi_info(&parts, output)
        .expect("outputs are below 255 hashes");
}
