//! Quotas: bytes that each publishing hospital may have stored here, reserved before a byte is taken.

use std::collections::BTreeMap;

use carechain_crypto::HospitalId;

/// What one holder gives to others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QuotaLimits {
    /// Bytes for one publishing hospital.
    pub hospital_bytes_max: u64,
    /// Bytes for all together.
    pub total_bytes_max: u64,
}

/// No room for a file. The sender turns to another holder.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QuotaExceeded {
    /// The publishing hospital has used up its share.
    #[error("{bytes} bytes offered, {used} of {bytes_max} bytes of this hospital are used")]
    Hospital {
        /// Bytes offered.
        bytes: u64,
        /// Bytes it has reserved.
        used: u64,
        /// Its share.
        bytes_max: u64,
    },
    /// All shares together are used up.
    #[error("{bytes} bytes offered, {used} of {bytes_max} bytes are used")]
    Total {
        /// Bytes offered.
        bytes: u64,
        /// Bytes reserved by all.
        used: u64,
        /// Bytes for all.
        bytes_max: u64,
    },
}

/// Reservations of one holder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quota {
    limits: QuotaLimits,
    used: BTreeMap<HospitalId, u64>,
    total: u64,
}

impl Quota {
    /// Nothing reserved.
    #[must_use]
    pub const fn new(limits: QuotaLimits) -> Self {
        Self { limits, used: BTreeMap::new(), total: 0 }
    }

    /// Reserves bytes for a file of `publishing`, or reserves nothing.
    pub fn reserve(&mut self, publishing: &HospitalId, bytes: u64) -> Result<(), QuotaExceeded> {
        let used = self.used(publishing);
        let bytes_max = self.limits.hospital_bytes_max;
        if used.saturating_add(bytes) > bytes_max {
            return Err(QuotaExceeded::Hospital { bytes, used, bytes_max });
        }
        let (used, bytes_max) = (self.total, self.limits.total_bytes_max);
        if used.saturating_add(bytes) > bytes_max {
            return Err(QuotaExceeded::Total { bytes, used, bytes_max });
        }
        self.total += bytes;
        *self.used.entry(*publishing).or_default() += bytes;
        Ok(())
    }

    /// Gives bytes back after an erasure or a collected upload.
    pub fn release(&mut self, publishing: &HospitalId, bytes: u64) {
        if let Some(used) = self.used.get_mut(publishing) {
            let released = bytes.min(*used);
            *used -= released;
            self.total -= released;
            if *used == 0 {
                self.used.remove(publishing);
            }
        }
    }

    /// Bytes reserved for one publishing hospital.
    #[must_use]
    pub fn used(&self, publishing: &HospitalId) -> u64 {
        self.used.get(publishing).copied().unwrap_or_default()
    }

    /// Bytes reserved for all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
