//! A certificate of the HTTP interface that is signed by its own key: those who trust it hold a copy of it.

use std::path::Path;

use carechain_disk::private_file::{self, FileError};
use carechain_types::{Span, Time};
use rcgen::{CertificateParams, KeyPair};
use time::OffsetDateTime;

/// The certificate in its folder.
pub const FILE: &str = "api.pem";
/// Its private key.
pub const KEY_FILE: &str = "api.key";

/// How long it is good: it is renewed rarely enough to be done by hand, and often enough to be remembered.
const LIFE: Span = Span::DAY.times(730);
/// It begins earlier, for the clocks of workstations.
const BEGUN: Span = Span::DAY;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum OwnCertificateError {
    /// It is not made.
    #[error("a certificate is not made: {0}")]
    Made(#[from] rcgen::Error),
    /// It would begin or end at a time that no certificate can name.
    #[error("this machine's clock names no time of a certificate: {0}")]
    Time(#[from] time::error::ComponentRange),
    /// It is not written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Makes a certificate for names and addresses, and its key.
pub fn write(folder: &Path, names: Vec<String>, now: Time) -> Result<(), OwnCertificateError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.not_before = date(now.before(BEGUN))?;
    params.not_after = date(now.after(LIFE))?;
    let certificate = params.self_signed(&key)?;
    private_file::write_new(&folder.join(KEY_FILE), key.serialize_pem().as_bytes(), 0o600)?;
    private_file::write_new(&folder.join(FILE), certificate.pem().as_bytes(), 0o644)?;
    Ok(())
}

fn date(time: Time) -> Result<OffsetDateTime, time::error::ComponentRange> {
    let seconds = time.as_micros() / 1_000_000;
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
}
