//! A salt with what it was signed with.

use carechain_crypto::{Nonce, SigningPublicKey};
use carechain_types::Time;

/// Expiry, key and salt of a query, ordered by expiry so that what expired comes first.
pub(super) type Signed = (Time, SigningPublicKey, Nonce);
