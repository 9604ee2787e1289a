//! Bounds of the rules, each with its reason.

use carechain_crypto::Salt;
use carechain_crypto::limits::{PART_PLAINTEXT_BYTES, TAG_BYTES};
use carechain_types::Span;

/// Longest window of a grant: as long as a role lasts, so that consent is asked for again.
pub const GRANT_WINDOW_MAX: Span = Span::DAY.times(366);
/// How far ahead a grant may start.
pub const GRANT_START_AHEAD_MAX: Span = Span::DAY.times(366);

/// Bytes of an address sealed with DHKEM(X25519): kem, encapsulation, 80 bytes of address, tag.
pub const SEALED_ADDRESS_BYTES: usize = 1 + 32 + 80 + TAG_BYTES;
/// The same as a detached part.
pub const SEALED_ADDRESS_PART_BYTES: usize = Salt::LENGTH + SEALED_ADDRESS_BYTES;
/// Bytes that every other sealed part has beside its padded plaintext: salt, kem, key id, encapsulation, tag.
pub const SEALED_PART_OVERHEAD_BYTES: usize = Salt::LENGTH + 1 + 20 + 32 + TAG_BYTES;

const _: () = assert!(SEALED_ADDRESS_BYTES == 129);
const _: () =
    assert!(SEALED_PART_OVERHEAD_BYTES + PART_PLAINTEXT_BYTES[2] <= carechain_types::limits::PART_BYTES_MAX);
