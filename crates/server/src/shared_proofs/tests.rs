//! How many proofs are made for how many callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use carechain_api::NodeError;
use carechain_crypto::PersonId;
use carechain_types::{Bodies, BoundedVec, Freshness, Height, StateKey, StateQuery};
use futures::future::join_all;
use futures::{FutureExt as _, poll};
use tokio::sync::Semaphore;

use super::{LONG_MAX, Making, SharedProofs};
use crate::proving::KEYS_PER_STEP;

fn query(height: u64) -> StateQuery {
    let freshness = Freshness { min_height: Some(Height::new(height)), complete_as_of: None };
    StateQuery { keys: BoundedVec::empty(), bodies: Bodies::Without, freshness }
}

/// Counts, and answers once the gate has a permit.
fn counted(made: &Arc<AtomicU32>, gate: &Arc<Semaphore>) -> Making {
    let (made, gate) = (Arc::clone(made), Arc::clone(gate));
    async move {
        made.fetch_add(1, Ordering::Relaxed);
        let _permit = gate.acquire().await;
        Err(NodeError::Busy)
    }
    .boxed()
}

#[tokio::test]
async fn equal_questions_share_one_proof_and_others_have_their_own() {
    let (proofs, made) = (SharedProofs::default(), Arc::new(AtomicU32::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let callers = (0..100).map(|_| proofs.join(&query(7), || counted(&made, &gate)));
    let callers: Vec<_> = callers.chain([proofs.join(&query(8), || counted(&made, &gate))]).collect();
    gate.add_permits(1);
    assert!(join_all(callers).await.iter().all(|answer| *answer == Err(NodeError::Busy)));
    assert_eq!(made.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_answer_given_is_not_given_to_a_later_question() {
    let (proofs, made) = (SharedProofs::default(), Arc::new(AtomicU32::new(0)));
    let gate = Arc::new(Semaphore::new(1));
    let first = proofs.join(&query(7), || counted(&made, &gate));
    first.clone().await.unwrap_err();
    proofs.join(&query(7), || counted(&made, &gate)).await.unwrap_err();
    assert_eq!(made.load(Ordering::Relaxed), 2);
}

/// A query that takes two steps, unlike any other.
fn long_query(number: u64) -> StateQuery {
    let keys = (0..=KEYS_PER_STEP).map(|key| StateKey::person(&PersonId::new([key as u8; 20]))).collect();
    StateQuery { keys: BoundedVec::new(keys).unwrap(), ..query(number) }
}

#[tokio::test]
async fn long_proofs_of_strangers_take_few_places_and_short_ones_go_by() {
    let (proofs, made) = (SharedProofs::default(), Arc::new(AtomicU32::new(0)));
    let gate = Arc::new(Semaphore::new(0));
    let long: Vec<_> =
        (0..20).map(|number| proofs.join(&long_query(number), || counted(&made, &gate))).collect();
    let mut long = std::pin::pin!(join_all(long));
    for _ in 0..100 {
        assert!(poll!(&mut long).is_pending());
        tokio::task::yield_now().await;
    }
    assert_eq!(made.load(Ordering::Relaxed) as usize, LONG_MAX, "the others wait for a place");
    let short = proofs.join(&query(1), || async { Err(NodeError::NotFound) }.boxed());
    assert_eq!(short.await, Err(NodeError::NotFound));
    gate.add_permits(1);
    long.await;
}
