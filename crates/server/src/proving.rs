//! Proofs of the head's state, made in steps between the turns of the engine.
//!
//! A proof is made once, when the head is as fresh as the caller wants it; until then only the head is looked at. Each
//! step makes the claims of a few keys. All claims of a proof are of one head, so a commit between two steps begins the
//! proof anew; where the chain moves faster than a proof can be made, the caller is told to come again.

use carechain_api::NodeError;
use carechain_engine::Engine;
use carechain_ledger::{Backend, JournalStore, LedgerError};
use carechain_types::{
    Bodies, BoundedVec, Claim, Freshness, Height, Proof, SignatureScheme, SignedHead, StateKey, Time,
};

use crate::ledger_faults::unreadable;

/// Keys that one step checks and proves: about a millisecond, less than a vote waits for a sync.
pub(super) const KEYS_PER_STEP: usize = 32;
/// How often one proof is begun anew because the head moved on.
const RESTARTS_MAX: u32 = 32;

/// As of when the newest proof that the engine could make would be.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Newest {
    /// Height of the head.
    pub height: Height,
    /// The heads of a quorum say that nothing later than this is missing; `None` if they are not at hand.
    pub complete_as_of: Option<Time>,
}

impl Newest {
    /// Of a head at this height that these heads cover.
    #[must_use]
    pub(super) fn of(height: Height, heads: Option<&[SignedHead]>) -> Self {
        let complete_as_of = heads.and_then(|heads| heads.iter().map(|signed| signed.head.time).min());
        Self { height, complete_as_of }
    }

    /// Whether a proof would be as fresh as wanted.
    #[must_use]
    pub(super) fn satisfies(&self, wanted: &Freshness) -> bool {
        wanted.min_height.is_none_or(|height| self.height >= height)
            && wanted.complete_as_of.is_none_or(|time| self.complete_as_of.is_some_and(|own| own >= time))
    }
}

/// What makes proofs: an engine, or a counter in tests.
pub(super) trait Prove {
    /// As of when a proof would be.
    fn newest(&self) -> Newest;

    /// A proof of the head without claims.
    fn prove_head(&self) -> Result<Proof, LedgerError>;

    /// The claim of one key at the head.
    fn claim(&self, key: StateKey, bodies: Bodies) -> Result<Claim, LedgerError>;
}

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Prove for Engine<B, J, S> {
    fn newest(&self) -> Newest {
        Newest::of(self.ledger().head().height, self.covering_heads().as_deref())
    }

    fn prove_head(&self) -> Result<Proof, LedgerError> {
        Self::prove_head(self)
    }

    fn claim(&self, key: StateKey, bodies: Bodies) -> Result<Claim, LedgerError> {
        Self::claim(self, key, bodies)
    }
}

/// Whether a proof may be older than wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Patience {
    /// No: the caller would rather wait.
    Left,
    /// Yes: the caller has waited long enough, and judges what there is.
    Over,
}

/// What came of an attempt to prove.
#[derive(Debug)]
pub(super) enum Proved {
    /// The proof.
    Proof(Box<Proof>),
    /// Nothing was proved: the head is not as fresh as wanted.
    NotYet,
}

/// One proof on its way.
pub(super) struct Proving<K, C> {
    /// Names the keys, from the state at the head.
    pub keys: K,
    /// Says whether the caller may see some of them.
    pub check: C,
    /// Whether claims carry the bodies of their writers.
    pub bodies: Bodies,
    /// How fresh the proof must be.
    pub wanted: Freshness,
    /// Whether the caller still waits for that.
    pub patience: Patience,
    /// What is made so far.
    pub progress: Progress,
}

/// What is made of a proof so far.
#[derive(Default)]
pub(super) struct Progress {
    begun: Option<Begun>,
    restarts: u32,
}

struct Begun {
    proof: Proof,
    keys: Vec<StateKey>,
    claims: Vec<Claim>,
}

impl<K, C> Proving<K, C> {
    /// Goes on by a few keys; `None` if there are more.
    pub(super) fn step<E: Prove>(&mut self, engine: &E) -> Option<Result<Proved, NodeError>>
    where
        K: Fn(&E) -> Result<Vec<StateKey>, NodeError>,
        C: Fn(&E, &[StateKey]) -> Result<(), NodeError>,
    {
        self.try_step(engine).transpose()
    }

    fn try_step<E: Prove>(&mut self, engine: &E) -> Result<Option<Proved>, NodeError>
    where
        K: Fn(&E) -> Result<Vec<StateKey>, NodeError>,
        C: Fn(&E, &[StateKey]) -> Result<(), NodeError>,
    {
        let newest = engine.newest();
        let mut begun = match self.progress.begun.take() {
            Some(begun) if begun.proof.header.height == newest.height => begun,
            earlier => {
                if earlier.is_some() {
                    self.progress.restarts += 1;
                }
                if self.progress.restarts > RESTARTS_MAX {
                    return Err(NodeError::Busy);
                }
                if self.patience == Patience::Left && !newest.satisfies(&self.wanted) {
                    return Ok(Some(Proved::NotYet));
                }
                let keys = (self.keys)(engine)?;
                Begun { proof: engine.prove_head().map_err(unreadable)?, keys, claims: Vec::new() }
            }
        };
        let rest = &begun.keys[begun.claims.len()..];
        let some = &rest[..rest.len().min(KEYS_PER_STEP)];
        (self.check)(engine, some)?;
        for key in some {
            begun.claims.push(engine.claim(*key, self.bodies).map_err(unreadable)?);
        }
        if begun.claims.len() < begun.keys.len() {
            self.progress.begun = Some(begun);
            return Ok(None);
        }
        let claims = BoundedVec::new(begun.claims).map_err(|error| NodeError::Invalid {
            problem: format!("{} claims are too many for one proof", error.count),
        })?;
        Ok(Some(Proved::Proof(Box::new(Proof { claims, ..begun.proof }))))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
