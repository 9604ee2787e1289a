//! What a hospital or a consortium is called, parsed once.

use core::fmt;
use core::str::FromStr;

use crate::bounded::BoundedString;
use crate::limits::NAME_BYTES_MAX;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OrganisationNameError {
    /// Nothing but spaces.
    #[error("a name has at least one letter or digit")]
    Empty,
    /// Longer than the ledger keeps.
    #[error("a name has at most {NAME_BYTES_MAX} bytes, this one has {bytes}")]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// A character that nobody sees: two names would look alike.
    #[error("a name has only characters that can be seen, and spaces")]
    Unseen,
}

/// A name as people read it: no space at its ends, single spaces inside, every character visible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrganisationName(BoundedString<NAME_BYTES_MAX>);

impl OrganisationName {
    /// As the genesis file holds it.
    #[must_use]
    pub const fn get(&self) -> &BoundedString<NAME_BYTES_MAX> {
        &self.0
    }

    /// Whether people would take both for one: capitals make no difference.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        self.0.as_str().to_lowercase() == other.0.as_str().to_lowercase()
    }
}

impl FromStr for OrganisationName {
    type Err = OrganisationNameError;

    fn from_str(text: &str) -> Result<Self, OrganisationNameError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.contains(is_unseen) {
            return Err(OrganisationNameError::Unseen);
        }
        if !name.contains(char::is_alphanumeric) {
            return Err(OrganisationNameError::Empty);
        }
        let bytes = name.len();
        BoundedString::new(name).map(Self).map_err(|_| OrganisationNameError::TooLong { bytes })
    }
}

impl fmt::Display for OrganisationName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

/// Control characters, and those that only join, direct or fill what is around them.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
