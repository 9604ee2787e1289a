//! The way in: worlds by seed.

use std::sync::Arc;

use carechain_consensus::Config;
use carechain_ledger::LedgerError;

use crate::founding::Founding;
use crate::outcome::Outcome;
use crate::scenario::{Scenario, Size};
use crate::world::World;

/// Runs worlds. What they share is made once; threads may share it.
#[derive(Clone, Debug)]
pub struct Simulator {
    four: Arc<Founding>,
    seven: Arc<Founding>,
}

impl Simulator {
    /// Founds the ledgers that worlds start from.
    ///
    /// # Errors
    /// If a founded ledger does not open, which is a bug.
    pub fn new() -> Result<Self, LedgerError> {
        let founding = |size: Size| Founding::new(size.members()).map(Arc::new);
        Ok(Self { four: founding(Size::Four)?, seven: founding(Size::Seven)? })
    }

    /// The world of a seed, as production runs.
    #[must_use]
    pub fn run(&self, seed: u64, size: Size) -> Outcome {
        self.run_altered(seed, size, &|_| {})
    }

    /// The world of a seed with replicas that are told something else, to plant a bug.
    #[must_use]
    pub fn run_altered(&self, seed: u64, size: Size, alter: &dyn Fn(&mut Config)) -> Outcome {
        let founding = match size {
            Size::Four => &self.four,
            Size::Seven => &self.seven,
        };
        World::new(Scenario::of_seed(seed, size), founding, alter).run()
    }
}
