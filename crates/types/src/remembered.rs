//! Ed25519 with a memory of what verified.
//!
//! Signatures inside a transaction are checked when it arrives and again when its block is executed; a short memory of
//! what verified saves the second check. Only successes are remembered, by a hash over all three inputs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::verified::{Ed25519, SignatureScheme};
use carechain_crypto::{Digest, Signature, SigningPublicKey, hash_parts};

/// Signatures remembered; two generations of this many.
const REMEMBERED_MAX: usize = 32_768;

/// Ed25519 with a memory, shared by clones.
#[derive(Clone, Debug, Default)]
pub struct RememberedEd25519(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    young: BTreeSet<Digest>,
    old: BTreeSet<Digest>,
}

impl Memory {
    fn knows(&self, digest: &Digest) -> bool {
        self.young.contains(digest) || self.old.contains(digest)
    }

    fn remember(&mut self, digest: Digest) {
        if self.young.len() >= REMEMBERED_MAX {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(digest);
    }
}

impl SignatureScheme for RememberedEd25519 {
    fn verify(&self, key: &SigningPublicKey, bytes: &[u8], signature: &Signature) -> bool {
        let digest = hash_parts(&[key.as_slice(), signature.get(), bytes]);
        let memory = || self.0.lock().expect("no holder of this lock panics");
        if memory().knows(&digest) {
            return true;
        }
        let verifies = Ed25519.verify(key, bytes, signature);
        if verifies {
            memory().remember(digest);
        }
        verifies
    }
}
