//! First come, first proposed, within bounds that one key cannot fill for all.

use std::sync::Arc;

use carechain_crypto::{ChainId, HospitalId, Nonce, Salt, Signature, SigningPublicKey, TransactionId};
use carechain_types::{
    BoundedBytes, BoundedVec, DetachedPart, Party, SignatureScheme, Submission, TRANSACTION_VERSION, Time,
    Transaction, TransactionBody, Verifier,
};

use super::{Mempool, MempoolError, SharedSubmission, submission_bytes};
use crate::fullness::Fullness;
use crate::limits::{
    FULL_BLOCKS_AHEAD_MAX, MEMPOOL_BYTES_MAX, MEMPOOL_BYTES_PER_KEY_MAX, MEMPOOL_COUNT_MAX,
    MEMPOOL_COUNT_PER_KEY_MAX,
};

/// Signatures are not what is looked at here.
struct AnySignature;

impl SignatureScheme for AnySignature {
    fn verify(&self, _key: &SigningPublicKey, _bytes: &[u8], _signature: &Signature) -> bool {
        true
    }
}

/// The transaction with this number, of one of several keys, signed once or again.
fn submission(key: u8, number: usize, signature: u8, parts: Vec<DetachedPart>) -> SharedSubmission {
    let mut salt = [0; 16];
    salt[..8].copy_from_slice(&(number as u64).to_le_bytes());
    let body = TransactionBody {
        version: TRANSACTION_VERSION,
        sender: Party::Hospital(HospitalId::ZERO),
        sender_key: SigningPublicKey::new([key; 32]),
        salt: Nonce::new(salt),
        expiry_time: Time::from_micros(1),
        kind: 1,
        public_part: BoundedBytes::empty(),
        parts: BoundedVec::new(parts.iter().map(|part| part.head(1)).collect()).unwrap(),
    };
    let transaction = Transaction { body, signature: Signature::new([signature; 64]) };
    let submission = Submission { transaction, parts: BoundedVec::new(parts).unwrap() };
    Arc::new(Verifier::new(AnySignature, ChainId::ZERO).submission(submission).unwrap())
}

fn short(key: u8, number: usize) -> SharedSubmission {
    submission(key, number, 1, Vec::new())
}

/// Nearly as long as a transaction may be.
fn long(key: u8, number: usize) -> SharedSubmission {
    let part = |index: u8| DetachedPart {
        salt: Salt::new([index; 32]),
        bytes: BoundedBytes::new(vec![0; 4_000]).unwrap(),
    };
    submission(key, number, 1, (0..240).map(part).collect())
}

fn mempool() -> Mempool {
    Mempool::new(ChainId::ZERO)
}

fn insert(mempool: &mut Mempool, submission: &SharedSubmission) -> Result<TransactionId, MempoolError> {
    mempool.insert(Arc::clone(submission), Time::ZERO)
}

#[test]
fn transactions_wait_in_the_order_of_their_arrival_and_leave_no_trace() {
    let mut mempool = mempool();
    let all: Vec<_> = [7, 3, 9].map(|number| short(1, number)).into();
    let ids: Vec<_> = all.iter().map(|submission| insert(&mut mempool, submission).unwrap()).collect();
    let bytes: usize = all.iter().map(|submission| submission_bytes(submission)).sum();
    assert_eq!((mempool.len(), mempool.bytes(), mempool.is_empty()), (3, bytes, false));
    assert!(mempool.iter().map(|waiting| waiting.id).eq(ids.iter().copied()));
    let leaf = mempool.get(&ids[1]).unwrap().leaf;
    assert_eq!(mempool.by_leaf(&leaf).map(|waiting| waiting.id), Some(ids[1]));
    assert_eq!(mempool.remove(&ids[1]).map(|waiting| waiting.id), Some(ids[1]));
    assert!(mempool.remove(&ids[1]).is_none() && mempool.get(&ids[1]).is_none());
    assert!(mempool.by_leaf(&leaf).is_none());
    assert!(mempool.iter().map(|waiting| waiting.id).eq([ids[0], ids[2]]));
    mempool.remove(&ids[0]);
    mempool.remove(&ids[2]);
    assert_eq!((mempool.len(), mempool.bytes(), mempool.is_empty()), (0, 0, true));
    assert!(mempool.by_key.is_empty() && mempool.arrival_by_leaf.is_empty());
    assert_eq!(insert(&mut mempool, &all[1]), Ok(ids[1]), "it may come again");
}

/// An id is of what is signed: a second signature makes no second transaction.
#[test]
fn transaction_waits_once_under_whatever_signature() {
    let mut mempool = mempool();
    insert(&mut mempool, &short(1, 1)).unwrap();
    assert_eq!(insert(&mut mempool, &short(1, 1)), Err(MempoolError::Known));
    assert_eq!(insert(&mut mempool, &submission(1, 1, 2, Vec::new())), Err(MempoolError::Known));
    assert_eq!(mempool.len(), 1);
}

#[test]
fn one_key_fills_its_share_and_all_of_them_the_mempool() {
    let mut mempool = mempool();
    let keys = u8::try_from(MEMPOOL_COUNT_MAX / MEMPOOL_COUNT_PER_KEY_MAX).unwrap();
    let mut first = None;
    for key in 0..keys {
        for number in 0..MEMPOOL_COUNT_PER_KEY_MAX {
            let id = insert(&mut mempool, &short(key, number)).unwrap();
            first.get_or_insert(id);
        }
        if key == 0 {
            let (count, bytes) = (mempool.len(), mempool.bytes());
            let more = insert(&mut mempool, &short(key, MEMPOOL_COUNT_PER_KEY_MAX));
            assert_eq!(more, Err(MempoolError::KeyBusy { count, bytes }));
        }
    }
    let (count, bytes) = (mempool.len(), mempool.bytes());
    assert_eq!(count, MEMPOOL_COUNT_MAX);
    assert_eq!(insert(&mut mempool, &short(keys, 0)), Err(MempoolError::Full { count, bytes }));
    mempool.remove(&first.unwrap());
    assert!(insert(&mut mempool, &short(keys, 0)).is_ok(), "one place is free");
}

#[test]
fn long_transactions_fill_the_share_of_a_key_by_their_bytes() {
    let mut mempool = mempool();
    let each = submission_bytes(&long(1, 0));
    let share = MEMPOOL_BYTES_PER_KEY_MAX / each;
    let mut last = None;
    for number in 0..share {
        last = Some(insert(&mut mempool, &long(1, number)).unwrap());
    }
    let (count, bytes) = (share, share * each);
    assert_eq!(insert(&mut mempool, &long(1, share)), Err(MempoolError::KeyBusy { count, bytes }));
    mempool.remove(&last.unwrap());
    assert!(insert(&mut mempool, &long(1, share)).is_ok(), "what left takes no room");
    let all = MEMPOOL_BYTES_MAX / each;
    for number in share..all {
        insert(&mut mempool, &long(2 + u8::try_from(number / share).unwrap(), number)).unwrap();
    }
    let full = MempoolError::Full { count: all, bytes: all * each };
    assert_eq!(insert(&mut mempool, &long(99, 0)), Err(full));
}

#[test]
fn full_blocks_count_only_beyond_what_may_have_been_ahead() {
    let mut mempool = mempool();
    let id = insert(&mut mempool, &short(1, 1)).unwrap();
    let counted = |mempool: &Mempool| {
        let waiting = mempool.get(&id).unwrap();
        (waiting.full_ahead, waiting.passed_over)
    };
    mempool.note_left_out(Fullness::Roomy);
    assert_eq!(counted(&mempool), (0, 1));
    (0..FULL_BLOCKS_AHEAD_MAX).for_each(|_| mempool.note_left_out(Fullness::Full));
    assert_eq!(counted(&mempool), (FULL_BLOCKS_AHEAD_MAX, 1));
    mempool.note_left_out(Fullness::Full);
    assert_eq!(counted(&mempool), (FULL_BLOCKS_AHEAD_MAX, 2));
    mempool.forget_left_out();
    assert_eq!(counted(&mempool), (0, 0));
}

#[test]
fn broadcasts_of_a_transaction_are_counted_and_dated() {
    let mut mempool = mempool();
    let id = insert(&mut mempool, &short(1, 1)).unwrap();
    assert_eq!(mempool.get(&id).unwrap().broadcast, None);
    for times in 1..=2 {
        let now = Time::from_micros(u64::from(times));
        mempool.note_broadcast(&id, now);
        assert_eq!(mempool.get(&id).unwrap().broadcast, Some((now, times)));
    }
}
