//! Validity: a block holds only what clients submitted, before its expiry, and each transaction stands once.
//!
//! Source: design section 5, "Transactions"; Cachin, Kursawe, Petzold and Shoup 2001, external validity.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::TransactionId;
use carechain_types::{Header, Height, Time};

use crate::violation::Violation;

/// What was submitted, and where it stands.
#[derive(Debug)]
pub(crate) struct Validity {
    submitted: BTreeSet<TransactionId>,
    heights: BTreeMap<TransactionId, Height>,
}

impl Validity {
    /// With everything that clients will ever submit.
    pub(crate) const fn new(submitted: BTreeSet<TransactionId>) -> Self {
        Self { submitted, heights: BTreeMap::new() }
    }

    /// A block holds these transactions, each with its expiry. To be told of each block once.
    pub(crate) fn committed(
        &mut self,
        header: &Header,
        transactions: impl IntoIterator<Item = (TransactionId, Time)>,
    ) -> Result<(), Violation> {
        let height = header.height;
        for (id, expiry) in transactions {
            if !self.submitted.contains(&id) {
                return Err(Violation::NeverSubmitted { height, id });
            }
            if header.time >= expiry {
                return Err(Violation::Expired { height, id });
            }
            if let Some(first) = self.heights.insert(id, height) {
                return Err(Violation::Twice { id, first, second: height });
            }
        }
        Ok(())
    }
}
