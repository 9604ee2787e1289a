//! Spent salts on disk, so that a query that was answered before a restart is not answered again after it.
//!
//! Two files of records, of which one is written. Once it has been for as long as a query may live, the other one holds
//! only salts that have expired: it is emptied and written next. Nothing is ever rewritten or renamed.
//!
//! The `1` in their names is the version of the format.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | expiry, microseconds, little-endian |
//! | 32 | key |
//! | 16 | salt |
//!
//! Crash: of the process, nothing is lost; of the machine, what the system had not written yet, so that queries of the
//! last seconds may count twice for the minutes that they live.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use carechain_crypto::{Nonce, SigningPublicKey};
use carechain_types::Time;
use carechain_types::limits::TRANSACTION_LIFE_MAX;

use super::signed::Signed;
use crate::limits::SALT_RECORDS_MAX;

/// Bytes of one record.
const RECORD_BYTES: usize = 8 + 32 + 16;

/// The two files of one node.
#[derive(Debug)]
pub(super) struct SaltFiles {
    files: [SaltFile; 2],
    /// Which of them is written, and since when.
    current: usize,
    since: Time,
}

#[derive(Debug)]
struct SaltFile {
    file: File,
    records: usize,
}

impl SaltFiles {
    /// Opens the files in a folder that this process owns; gives what they hold and has not expired.
    pub(super) fn open(folder: &Path, now: Time) -> io::Result<(Self, Vec<Signed>)> {
        let (first, mut salts) = SaltFile::open(&folder.join("query-salts-1-a"))?;
        let (second, others) = SaltFile::open(&folder.join("query-salts-1-b"))?;
        let newest = |salts: &[Signed]| salts.iter().map(|salt| salt.0).max();
        let current = usize::from(newest(&others) > newest(&salts));
        salts.extend(others);
        salts.retain(|salt| salt.0 >= now);
        Ok((Self { files: [first, second], current, since: now }, salts))
    }

    /// Adds one; what was written of it is taken back if that fails.
    pub(super) fn keep(&mut self, (expiry, key, salt): &Signed, now: Time) -> io::Result<()> {
        if now.since(self.since) > TRANSACTION_LIFE_MAX {
            let other = 1 - self.current;
            self.files[other].clear()?;
            (self.current, self.since) = (other, now);
        }
        if self.files[self.current].records >= SALT_RECORDS_MAX {
            return Err(io::Error::other("too many signed queries in a short time"));
        }
        let mut record = Vec::with_capacity(RECORD_BYTES);
        record.extend_from_slice(&expiry.as_micros().to_le_bytes());
        record.extend_from_slice(key.as_slice());
        record.extend_from_slice(salt.get());
        self.files[self.current].append(&record)
    }
}

impl SaltFile {
    fn open(path: &Path) -> io::Result<(Self, Vec<Signed>)> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut bytes = Vec::new();
        (&mut file).take((SALT_RECORDS_MAX * RECORD_BYTES) as u64).read_to_end(&mut bytes)?;
        let (records, torn) = bytes.as_chunks::<RECORD_BYTES>();
        let mut salts = Self { file, records: records.len() };
        if !torn.is_empty() {
            salts.cut()?;
        }
        Ok((salts, records.iter().map(decode).collect()))
    }

    fn append(&mut self, record: &[u8]) -> io::Result<()> {
        match self.file.write_all(record) {
            Ok(()) => {
                self.records += 1;
                Ok(())
            }
            Err(error) => {
                // Half a record would shift all after it.
                self.cut()?;
                Err(error)
            }
        }
    }

    fn clear(&mut self) -> io::Result<()> {
        self.records = 0;
        self.cut()
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len((self.records * RECORD_BYTES) as u64)
    }
}

fn decode(record: &[u8; RECORD_BYTES]) -> Signed {
    let (expiry, rest) = record.split_first_chunk::<8>().expect("a record has 56 bytes");
    let (key, salt) = rest.split_first_chunk::<32>().expect("48 are left");
    let salt = salt.try_into().expect("16 are left");
    (Time::from_micros(u64::from_le_bytes(*expiry)), SigningPublicKey::new(*key), Nonce::new(salt))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
