//! How much is read for one proof, counted at an engine that only counts.

use std::cell::Cell;

use carechain_api::NodeError;
use carechain_crypto::{BlockId, ChainId, Digest, PersonId, StateRoot};
use carechain_ledger::LedgerError;
use carechain_types::state_proof::StatePath;
use carechain_types::{
    Bodies, BoundedVec, Claim, Epoch, Freshness, Header, Height, Proof, ProofKind, ReplicaId, Span, StateKey,
    Time, View,
};

use super::{KEYS_PER_STEP, Newest, Patience, Progress, Prove, Proved, Proving, RESTARTS_MAX};

#[derive(Default)]
struct Counting {
    newest: Cell<Newest>,
    heads: Cell<u32>,
    claims: Cell<usize>,
}

fn header(height: Height) -> Header {
    Header {
        protocol: 1,
        chain_id: ChainId::ZERO,
        epoch: Epoch::default(),
        height,
        view: View::default(),
        primary: ReplicaId::new(0),
        parent: BlockId::ZERO,
        time: Time::ZERO,
        transaction_count: 0,
        transactions_root: Digest::ZERO,
        outcomes_root: Digest::ZERO,
        state_root: StateRoot::ZERO,
        next_membership: None,
    }
}

impl Counting {
    fn commit(&self) {
        let newest = self.newest.get();
        self.newest.set(Newest { height: newest.height.next(), ..newest });
    }
}

impl Prove for Counting {
    fn newest(&self) -> Newest {
        self.newest.get()
    }

    fn prove_head(&self) -> Result<Proof, LedgerError> {
        self.heads.set(self.heads.get() + 1);
        Ok(Proof {
            kind: ProofKind::State,
            chain_id: ChainId::ZERO,
            epochs: BoundedVec::empty(),
            certificate: None,
            header: header(self.newest.get().height),
            claims: BoundedVec::empty(),
            transaction: None,
            heads: None,
        })
    }

    fn claim(&self, key: StateKey, _: Bodies) -> Result<Claim, LedgerError> {
        self.claims.set(self.claims.get() + 1);
        let path = StatePath { absence_leaf: None, siblings: BoundedVec::empty() };
        Ok(Claim { key, value: None, path, body: None })
    }
}

type Keys = fn(&Counting) -> Result<Vec<StateKey>, NodeError>;
type Check = fn(&Counting, &[StateKey]) -> Result<(), NodeError>;

fn proving(wanted: Freshness, patience: Patience) -> Proving<Keys, Check> {
    let keys: Keys = |_| Ok((0..100).map(|byte| StateKey::person(&PersonId::new([byte; 20]))).collect());
    Proving {
        keys,
        check: |_, _| Ok(()),
        bodies: Bodies::Without,
        wanted,
        patience,
        progress: Progress::default(),
    }
}

fn unreachable_freshness() -> Freshness {
    Freshness { complete_as_of: Some(Time::ZERO.after(Span::HOUR)), min_height: None }
}

#[test]
fn no_step_reads_more_keys_than_a_vote_may_wait_for() {
    let engine = Counting::default();
    let mut proving = proving(Freshness::default(), Patience::Left);
    let mut read = 0;
    let proof = loop {
        let step = proving.step(&engine);
        assert!(engine.claims.get() - read <= KEYS_PER_STEP);
        read = engine.claims.get();
        if let Some(proof) = step {
            break proof.unwrap();
        }
    };
    assert!(matches!(proof, Proved::Proof(proof) if proof.claims.len() == 100));
    assert_eq!((engine.heads.get(), engine.claims.get()), (1, 100));
}

#[test]
fn nothing_is_proved_before_the_head_is_as_fresh_as_wanted() {
    let engine = Counting::default();
    for _ in 0..1_000 {
        let mut proving = proving(unreachable_freshness(), Patience::Left);
        assert!(matches!(proving.step(&engine), Some(Ok(Proved::NotYet))));
    }
    assert_eq!((engine.heads.get(), engine.claims.get()), (0, 0));
    let mut proving = proving(unreachable_freshness(), Patience::Over);
    while proving.step(&engine).is_none() {}
    assert_eq!((engine.heads.get(), engine.claims.get()), (1, 100));
}

#[test]
fn all_claims_of_a_proof_are_of_one_head() {
    let engine = Counting::default();
    let mut proving = proving(Freshness::default(), Patience::Left);
    assert!(proving.step(&engine).is_none());
    engine.commit();
    let proof = loop {
        if let Some(proof) = proving.step(&engine) {
            break proof.unwrap();
        }
    };
    let Proved::Proof(proof) = proof else { panic!("a proof was possible") };
    assert_eq!((proof.header.height, proof.claims.len()), (Height::new(1), 100));
    assert_eq!(engine.claims.get(), 100 + KEYS_PER_STEP);
}

#[test]
fn caller_of_a_proof_that_every_commit_overtakes_is_told_to_come_again() {
    let engine = Counting::default();
    let mut proving = proving(Freshness::default(), Patience::Left);
    let refused = loop {
        if let Some(answer) = proving.step(&engine) {
            break answer.unwrap_err();
        }
        engine.commit();
    };
    assert_eq!((refused, engine.heads.get()), (NodeError::Busy, RESTARTS_MAX + 1));
}

#[test]
fn newest_satisfies_only_what_height_and_heads_show() {
    let hour = Time::ZERO.after(Span::HOUR);
    let newest = Newest { height: Height::new(7), complete_as_of: Some(hour) };
    let wanted = |height, time| Freshness { min_height: height, complete_as_of: time };
    assert!(newest.satisfies(&Freshness::default()));
    assert!(newest.satisfies(&wanted(Some(Height::new(7)), Some(hour))));
    assert!(!newest.satisfies(&wanted(Some(Height::new(8)), None)));
    assert!(!newest.satisfies(&wanted(None, Some(hour.after(Span::MINUTE)))));
    assert!(!Newest { complete_as_of: None, ..newest }.satisfies(&wanted(None, Some(Time::ZERO))));
}
