//! A hospital's own number of a patient, parsed once: `77`, ` 77` and `77 ` are one patient.

use core::fmt;
use core::str::FromStr;

use crate::limits::PATIENT_NUMBER_BYTES_MAX;

/// Why a text is no patient number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PatientNumberError {
    /// Nothing but spaces.
    #[error("a patient number has at least one letter or digit")]
    Empty,
    /// Longer than any.
    #[error("a patient number has at most {PATIENT_NUMBER_BYTES_MAX} bytes, this one has {bytes}")]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// A space or another character that does not belong there.
    #[error("a patient number is letters, digits and signs such as - / . without a space between them")]
    Character,
}

/// A hospital's own number of a patient: visible ASCII characters without a space. Leading zeros and capitals count, as
/// in the hospital's own system. Spaces around it do not.
///
/// It is a patient's datum: `Debug` does not show it.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
pub struct PatientNumber(String);

impl PatientNumber {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PatientNumber {
    type Err = PatientNumberError;

    fn from_str(text: &str) -> Result<Self, PatientNumberError> {
        let number = text.trim();
        if !number.chars().all(|character| character.is_ascii_graphic()) {
            return Err(PatientNumberError::Character);
        }
        if !number.contains(|character: char| character.is_ascii_alphanumeric()) {
            return Err(PatientNumberError::Empty);
        }
        if number.len() > PATIENT_NUMBER_BYTES_MAX {
            return Err(PatientNumberError::TooLong { bytes: number.len() });
        }
        Ok(Self(number.to_owned()))
    }
}

impl fmt::Debug for PatientNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PatientNumber(..)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
