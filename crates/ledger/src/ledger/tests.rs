#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use carechain_crypto::{BlockId, Digest, TransactionId};
use carechain_types::{Height, Phase, Span, StateKey, Visibility, tree};

use super::{CommittedBlock, Ledger, LedgerError, StoredPart, VerifyError};
use crate::backend::{
    Backend, Batch, Durability, FaultPoint, FaultyBackend, MemoryBackend, ScanRange, Table,
};
use crate::test_chain::{
    Item, block, detached_part, genesis, grow, heights, publish, state_key, stored, transaction,
};

fn open(backend: MemoryBackend) -> Ledger<MemoryBackend> {
    Ledger::open(backend, &genesis("one")).unwrap()
}

fn ids(block: &CommittedBlock) -> Vec<TransactionId> {
    block.outcomes.iter().map(|outcome| outcome.transaction_id).collect()
}

#[track_caller]
fn check_verifies<B: Backend>(ledger: &Ledger<B>) {
    let mut seen = 0;
    ledger
        .verify(&genesis("one"), |_| {
            seen += 1;
            Ok::<_, Infallible>(())
        })
        .unwrap();
    assert_eq!(seen, ledger.head().height.get());
}

#[track_caller]
fn check_holds<B: Backend>(ledger: &Ledger<B>, block: &CommittedBlock) {
    let height = block.header.height;
    assert_eq!(ledger.header(height).unwrap().unwrap(), block.header);
    assert_eq!(ledger.block(height).unwrap().unwrap(), stored(block));
    assert_eq!(ledger.block_by_id(&block.header.id()).unwrap().unwrap(), stored(block));
    assert_eq!(ledger.certificate(height).unwrap().unwrap(), *block.certificate);
    assert_eq!(ledger.outcomes(height).unwrap().unwrap(), block.outcomes);
    for (index, id) in ids(block).iter().enumerate() {
        let found = ledger.transaction(id).unwrap().unwrap();
        assert_eq!((found.position.height, found.position.index as usize), (height, index));
        assert_eq!(found.transaction, block.transactions[index]);
        assert_eq!(found.outcome, block.outcomes[index]);
        assert_eq!(
            ledger.parts(&block.transactions[index], block.header.height).unwrap(),
            block.parts[index]
        );
        assert_eq!(ledger.state_value(&state_key(id)).unwrap().unwrap(), [1, 2, 3]);
        assert!(ledger.seen(&Digest::new(*id.get()), block.header.time).unwrap());
    }
}

#[test]
fn a_new_ledger_stands_on_genesis() {
    let ledger = open(MemoryBackend::new());
    let genesis = genesis("one");
    assert_eq!(ledger.head(), &genesis.header(ledger.head().state_root));
    assert_eq!(ledger.head_certificate().unwrap(), None);
    assert_eq!(ledger.durable_height(), Height::ZERO);
    for (key, value) in genesis.initial_state() {
        assert_eq!(ledger.state_value(&key).unwrap().unwrap(), value);
        let path = ledger.prove(&key).unwrap();
        path.verify(&ledger.head().state_root, &key.hash(), Some(&value)).unwrap();
    }
    let absent = StateKey::member(99);
    ledger.prove(&absent).unwrap().verify(&ledger.head().state_root, &absent.hash(), None).unwrap();
    check_verifies(&ledger);
}

#[test]
fn a_committed_block_is_found_every_way_before_and_after_a_restart() {
    let mut ledger = open(MemoryBackend::new());
    let blocks: Vec<_> = (1..6).map(|count| grow(&mut ledger, count)).collect();
    for _ in 0..2 {
        blocks.iter().for_each(|block| check_holds(&ledger, block));
        assert_eq!(ledger.head(), &blocks[4].header);
        assert_eq!(ledger.head_id(), blocks[4].header.id());
        assert_eq!(ledger.head_certificate().unwrap().unwrap(), *blocks[4].certificate);
        assert_eq!(ledger.header(Height::new(6)).unwrap(), None);
        assert_eq!(ledger.block(Height::new(6)).unwrap(), None);
        assert_eq!(ledger.outcomes(Height::new(6)).unwrap(), None);
        assert_eq!(ledger.block_by_id(&BlockId::ZERO).unwrap(), None);
        assert_eq!(ledger.transaction(&TransactionId::ZERO).unwrap(), None);
        assert_eq!(ledger.part(&TransactionId::ZERO, 0).unwrap(), None);
        check_verifies(&ledger);
        ledger = open(ledger.into_backend());
    }
}

#[test]
fn a_transaction_proof_leads_to_the_header() {
    let mut ledger = open(MemoryBackend::new());
    let block = grow(&mut ledger, 5);
    for (index, id) in ids(&block).iter().enumerate() {
        let (height, proof) = ledger.transaction_proof(id).unwrap().unwrap();
        assert_eq!(height, block.header.height);
        let leaf = block.transactions[index].leaf(ledger.chain_id()).digest();
        let root = |leaf, path: &[Digest]| tree::root_from_path(leaf, index as u64, 5, path).unwrap();
        assert_eq!(root(leaf, &proof.transaction_path), block.header.transactions_root);
        assert_eq!(root(proof.outcome.digest(), &proof.outcome_path), block.header.outcomes_root);
    }
    assert_eq!(ledger.transaction_proof(&TransactionId::ZERO).unwrap(), None);
}

#[test]
fn a_folder_of_another_chain_is_refused() {
    let ledger = open(MemoryBackend::new());
    let other = genesis("two");
    let result = Ledger::open(ledger.into_backend(), &other);
    assert!(matches!(result, Err(LedgerError::OtherChain { expected, .. }) if expected == other.chain_id()));
}

#[test]
fn a_block_that_does_not_fit_on_the_head_is_refused_and_changes_nothing() {
    let mut ledger = open(MemoryBackend::new());
    let first = grow(&mut ledger, 1);
    let good = block(
        &ledger,
        Span::SECOND,
        vec![Item::done(transaction(77, publish(1, 2, 3, Visibility::Searchable), &[]))],
    );
    let refused = |ledger: &mut Ledger<_>, change: &dyn Fn(&mut CommittedBlock)| {
        let mut bad = good.clone();
        change(&mut bad);
        ledger.commit(&bad).unwrap_err()
    };
    assert!(matches!(ledger.commit(&first), Err(LedgerError::NotNext { .. })));
    let error = refused(&mut ledger, &|bad| bad.header.parent = BlockId::ZERO);
    assert!(matches!(error, LedgerError::NotNext { .. }));
    let error = refused(&mut ledger, &|bad| bad.header.time = bad.header.time.after(Span::SECOND));
    assert!(matches!(error, LedgerError::Certificate { .. }));
    let error = refused(&mut ledger, &|bad| {
        let mut certificate = (*bad.certificate).clone();
        certificate.phase = Phase::Prepare;
        bad.certificate = std::sync::Arc::new(certificate);
    });
    assert!(matches!(error, LedgerError::Certificate { .. }));
    let error = refused(&mut ledger, &|bad| bad.outcomes.clear());
    assert!(matches!(error, LedgerError::Count { .. }));
    let error = refused(&mut ledger, &|bad| bad.state = first.state.clone());
    assert!(matches!(error, LedgerError::StateRoot { .. }));
    assert_eq!(ledger.head(), &first.header);
    ledger.commit(&good).unwrap();
    check_verifies(&ledger);
}

#[test]
fn a_power_cut_leaves_whole_blocks_and_the_lost_ones_can_be_committed_again() {
    for kept in 0..=3 {
        let backend = MemoryBackend::new();
        let mut ledger = open(backend.clone());
        let first = grow(&mut ledger, 3);
        assert_eq!(ledger.sync().unwrap(), Height::new(1));
        let rest: Vec<_> = (0..3).map(|_| grow(&mut ledger, 2)).collect();
        assert_eq!(ledger.durable_height(), Height::new(1));
        drop(ledger);
        backend.crash(kept);
        let mut ledger = open(backend);
        assert_eq!(ledger.head().height, Height::new(1 + kept as u64));
        assert_eq!(ledger.durable_height(), ledger.head().height);
        check_verifies(&ledger);
        check_holds(&ledger, &first);
        for block in &rest[kept..] {
            ledger.commit(block).unwrap();
        }
        rest.iter().for_each(|block| check_holds(&ledger, block));
        check_verifies(&ledger);
    }
}

#[test]
fn a_fault_at_every_write_leaves_a_sound_ledger() {
    for write in 1..=8 {
        for point in [FaultPoint::Before(write), FaultPoint::After(write)] {
            let disk = MemoryBackend::new();
            let faulty = FaultyBackend::new(disk.clone(), point);
            let committed = match Ledger::open(faulty, &genesis("one")) {
                Err(_) => 0,
                Ok(mut ledger) => (0..4)
                    .take_while(|salt| {
                        let publish = publish(1, 2, 3, Visibility::Searchable);
                        let item = Item::done(transaction(*salt, publish, &[]));
                        let block = match ledger.prepare(&std::collections::BTreeMap::new()) {
                            Ok(_) => block(&ledger, Span::SECOND, vec![item]),
                            Err(_) => return false,
                        };
                        ledger.commit(&block).is_ok()
                    })
                    .count() as u64,
            };
            let ledger = open(disk);
            let height = ledger.head().height.get();
            assert!(height == committed || height == committed + 1, "{point:?}: {height}, told {committed}");
            check_verifies(&ledger);
        }
    }
}

#[test]
fn a_digest_is_seen_for_ten_minutes_of_block_time() {
    let mut ledger = open(MemoryBackend::new());
    let first = grow(&mut ledger, 2);
    let digest = first.seen[0];
    let start = first.header.time;
    let minutes = |count| start.after(Span::MINUTE.times(count));
    assert!(ledger.seen(&digest, minutes(9)).unwrap());
    assert!(!ledger.seen(&digest, minutes(10)).unwrap());
    assert!(!ledger.seen(&Digest::ZERO, start).unwrap());
    let mut again = block(&ledger, Span::MINUTE.times(9), Vec::new());
    again.seen = vec![first.seen[1]];
    ledger.commit(&again).unwrap();
    let later = block(&ledger, Span::MINUTE.times(2), Vec::new());
    ledger.commit(&later).unwrap();
    assert!(!ledger.seen(&digest, later.header.time).unwrap());
    assert!(ledger.seen(&first.seen[1], later.header.time).unwrap());
    let left = |table| ledger.backend().scan(table, &ScanRange::prefix(&[], 99)).unwrap().len();
    assert_eq!((left(Table::Seen), left(Table::SeenTimes)), (1, 1));
}

#[test]
fn a_purged_part_is_gone_and_the_chain_still_verifies() {
    let mut ledger = open(MemoryBackend::new());
    let parts: Vec<_> = (0..3).map(detached_part).collect();
    let publish = publish(1, 2, 3, Visibility::Searchable);
    let item = Item { parts: parts.clone(), ..Item::done(transaction(1, publish, &parts)) };
    let block = block(&ledger, Span::SECOND, vec![item]);
    ledger.commit(&block).unwrap();
    let id = ids(&block)[0];
    ledger.purge_parts(&[(id, 1), (id, 7), (TransactionId::ZERO, 0)]).unwrap();
    assert_eq!(ledger.part(&id, 1).unwrap(), Some(StoredPart::Purged));
    assert_eq!(ledger.part(&id, 7).unwrap(), None);
    let present = |index: usize| StoredPart::Present(parts[index].clone());
    let stored = ledger.parts(&block.transactions[0], block.header.height).unwrap();
    assert_eq!(stored, [present(0), StoredPart::Purged, present(2)]);
    let salt = parts[1].salt;
    let rows = ledger.backend().scan(Table::Parts, &ScanRange::prefix(&[], 99)).unwrap();
    assert!(rows.iter().all(|(_, row)| !row.windows(32).any(|window| window == salt.as_slice())));
    check_verifies(&ledger);
}

#[test]
fn verification_finds_any_changed_row() {
    let mut ledger = open(MemoryBackend::new());
    (0..3).for_each(|_| drop(grow(&mut ledger, 3)));
    let disk = ledger.into_backend();
    let checked = [
        Table::Headers,
        Table::Certificates,
        Table::Heights,
        Table::Transactions,
        Table::Outcomes,
        Table::Parts,
        Table::StatePages,
        Table::StateValues,
    ];
    for table in checked {
        for (key, value) in disk.scan(table, &ScanRange::prefix(&[], 99)).unwrap() {
            if table == Table::Heights && value == [0; 8] {
                continue;
            }
            let copy = disk.snapshot();
            let mut value = value;
            let middle = value.len() / 2;
            value[middle] ^= 1;
            let mut batch = Batch::new();
            batch.put(table, key.as_slice(), value);
            copy.write(batch, Durability::Buffered).unwrap();
            let Ok(ledger) = Ledger::open(copy, &genesis("one")) else { continue };
            let result = ledger.verify(&genesis("one"), |evidence| {
                let is_own = evidence.certificate == crate::test_chain::certificate(&evidence.block.header);
                if is_own { Ok(()) } else { Err(()) }
            });
            assert!(result.is_err(), "{} {key:?}", table.name());
        }
    }
}

/// An absence would be a verdict: the transaction could be committed again, the block denied to a member that lags.
#[test]
fn a_row_that_another_one_names_and_that_is_gone_is_an_error() {
    let mut ledger = open(MemoryBackend::new());
    let block = grow(&mut ledger, 2);
    let (id, block_id) = (ids(&block)[1], block.header.id());
    let disk = ledger.into_backend();
    for table in [Table::Transactions, Table::Outcomes] {
        let copy = disk.snapshot();
        let rows = copy.scan(table, &ScanRange::prefix(&[], 99)).unwrap();
        let mut batch = Batch::new();
        batch.delete(table, rows[1].0.as_slice());
        copy.write(batch, Durability::Buffered).unwrap();
        let ledger = open(copy);
        let missing = |found: Option<LedgerError>| matches!(found, Some(LedgerError::Missing { .. }));
        assert!(missing(ledger.transaction(&id).err()), "{}", table.name());
        assert!(missing(ledger.transaction_proof(&id).err()), "{}", table.name());
        assert_eq!(missing(ledger.block_by_id(&block_id).err()), table == Table::Transactions);
        assert_eq!(missing(ledger.outcomes(block.header.height).err()), table == Table::Outcomes);
    }
}

/// A part of the first transaction, of the last, and the last part of one.
#[test]
fn a_transaction_is_never_served_without_one_of_its_parts() {
    let mut ledger = open(MemoryBackend::new());
    let parts: Vec<_> = (0..3).map(detached_part).collect();
    let publish = publish(1, 2, 3, Visibility::Searchable);
    let item = Item { parts: parts.clone(), ..Item::done(transaction(1, publish, &parts)) };
    let block = block(&ledger, Span::SECOND, vec![item]);
    ledger.commit(&block).unwrap();
    let (id, height) = (ids(&block)[0], block.header.height);
    let disk = ledger.into_backend();
    for index in 0..3_u16 {
        let copy = disk.snapshot();
        let rows = copy.scan(Table::Parts, &ScanRange::prefix(&[], 99)).unwrap();
        let mut batch = Batch::new();
        batch.delete(Table::Parts, rows[usize::from(index)].0.as_slice());
        copy.write(batch, Durability::Buffered).unwrap();
        let ledger = open(copy);
        let is_missing =
            |error: LedgerError| matches!(error, LedgerError::Missing { height: of, .. } if of == height);
        assert!(is_missing(ledger.parts(&block.transactions[0], height).unwrap_err()), "part {index}");
        assert!(is_missing(ledger.part(&id, index).unwrap_err()), "part {index}");
        assert_eq!(ledger.part(&id, 3).unwrap(), None, "the body names no fourth");
        assert!(ledger.part(&id, (index + 1) % 3).unwrap().is_some());
        assert!(ledger.verify(&genesis("one"), |_| Ok::<_, ()>(())).is_err());
    }
}

/// The index is what a disk says: it must not end the process.
#[test]
fn a_position_outside_its_block_is_an_error() {
    let mut ledger = open(MemoryBackend::new());
    let (first, second) = (grow(&mut ledger, 1), grow(&mut ledger, 3));
    let disk = ledger.into_backend();
    let mut batch = Batch::new();
    let id = ids(&second)[2];
    let position = |height: u64, index: u32| [&height.to_be_bytes()[..], &index.to_be_bytes()].concat();
    batch.put(Table::Positions, id.as_slice(), position(first.header.height.get(), 2));
    for table in [Table::Transactions, Table::Outcomes] {
        let row = disk.get(table, &position(second.header.height.get(), 2)).unwrap().unwrap();
        batch.put(table, position(first.header.height.get(), 2), row);
    }
    disk.write(batch, Durability::Buffered).unwrap();
    let proof = open(disk).transaction_proof(&id);
    assert!(matches!(proof, Err(LedgerError::Damaged { table: Table::Positions, .. })), "{proof:?}");
}

#[test]
fn verification_asks_about_every_block_in_order() {
    let mut ledger = open(MemoryBackend::new());
    (0..3).for_each(|_| drop(grow(&mut ledger, 1)));
    let mut asked = vec![Height::ZERO];
    let result = ledger.verify(&genesis("one"), |evidence| {
        asked.push(evidence.block.header.height);
        if asked.len() == 3 { Err("no") } else { Ok(()) }
    });
    assert!(matches!(result, Err(VerifyError::Refused { height, source: "no" }) if height == Height::new(2)));
    assert_eq!(asked, heights(2).collect::<Vec<_>>());
    assert!(ledger.verify(&genesis("two"), |_| Ok::<_, ()>(())).is_err());
}

#[cfg(feature = "rocks")]
#[test]
fn a_ledger_on_disk_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let open =
        || Ledger::open(crate::backend::RocksBackend::open(folder.path()).unwrap(), &genesis("one")).unwrap();
    let mut ledger = open();
    let blocks: Vec<_> = (1..20).map(|count| grow(&mut ledger, count)).collect();
    ledger.sync().unwrap();
    drop(ledger);
    let ledger = open();
    blocks.iter().for_each(|block| check_holds(&ledger, block));
    check_verifies(&ledger);
}
