//! Values the golden files are made of.

use carechain_schema::{Base64, Timestamp};

/// An id in text form: the right length and alphabet, made up.
pub(crate) fn id(prefix: &str, fill: char) -> String {
    format!("{prefix}_{}", fill.to_string().repeat(39))
}

/// 32 bytes in hex.
pub(crate) fn hex(byte: u8) -> String {
    format!("{byte:02x}").repeat(32)
}

/// A time so many hours into 2026-03-01.
pub(crate) fn time(hours: u64) -> Timestamp {
    Timestamp::from_microseconds((1_772_323_200 + hours * 3_600) * 1_000_000).unwrap()
}

/// Three bytes.
pub(crate) fn bytes() -> Base64 {
    Base64(vec![0xfb, 0xff, 0x01])
}
