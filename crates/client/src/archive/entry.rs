//! What an entry of the archive says beside its name and bytes: how it is stored, and when it was last written.
//!
//! The time stands in the extended timestamp of Info-ZIP (field 0x5455), seconds since 1970 in 32 bits, in UTC: the field
//! that every archive has knows two-second steps of a local time that nobody names.

use std::time::{Duration, SystemTime};

use zip::CompressionMethod;
use zip::extra_fields::ExtraField;
use zip::read::ZipFile;
use zip::result::ZipResult;
use zip::write::{ExtendedFileOptions, FileOptions};

use super::seen::Seen;

const EXTENDED_TIMESTAMP: u16 = 0x5455;
/// The flag that the time of the last write follows.
const HAS_MODIFIED: u8 = 1;

/// How a file or folder is packed.
pub(super) fn options(seen: &Seen) -> ZipResult<FileOptions<'static, 'static, ExtendedFileOptions>> {
    let mut options = FileOptions::<ExtendedFileOptions>::default()
        .compression_method(CompressionMethod::Stored)
        // The long form costs 20 bytes.
        .large_file(seen.bytes >= u64::from(u32::MAX) / 2);
    if let Some(seconds) = seen.modified.and_then(seconds) {
        let [a, b, c, d] = seconds.to_le_bytes();
        options.add_extra_field(EXTENDED_TIMESTAMP, [HAS_MODIFIED, a, b, c, d], false)?;
    }
    Ok(options)
}

/// When an entry was last written, if it says so.
pub(super) fn modified<R: std::io::Read>(entry: &ZipFile<'_, R>) -> Option<SystemTime> {
    let seconds = entry.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(time) => time.mod_time(),
        _ => None,
    })?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.into()))
}

/// Seconds since 1970; none before that, and after 2106.
fn seconds(time: SystemTime) -> Option<u32> {
    u32::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
}
