//! One suite for all backends.
#![allow(clippy::unwrap_used)]

use super::{
    Backend, Batch, Durability, FaultPoint, FaultyBackend, MemoryBackend, Order, ScanRange, Table,
    after_prefix,
};

type RowChange<'a> = (Table, &'a [u8], Option<&'a [u8]>);

fn batch(rows: &[RowChange<'_>]) -> Batch {
    let mut batch = Batch::new();
    for (table, key, value) in rows {
        match value {
            Some(value) => batch.put(*table, *key, *value),
            None => batch.delete(*table, *key),
        }
    }
    batch
}

#[track_caller]
fn check_batches_reach_all_tables(backend: &impl Backend) {
    let rows: Vec<_> =
        Table::ALL.iter().map(|table| (*table, &b"k"[..], Some(table.name().as_bytes()))).collect();
    backend.write(batch(&rows), Durability::Buffered).unwrap();
    for table in Table::ALL {
        assert_eq!(backend.get(table, b"k").unwrap().unwrap(), table.name().as_bytes());
        assert_eq!(backend.get(table, b"l").unwrap(), None);
    }
    backend
        .write(batch(&[(Table::Meta, b"k", None), (Table::Seen, b"k", Some(b""))]), Durability::Synced)
        .unwrap();
    assert_eq!(backend.get(Table::Meta, b"k").unwrap(), None);
    assert_eq!(backend.get(Table::Seen, b"k").unwrap().unwrap(), b"");
    backend.sync().unwrap();
}

#[track_caller]
fn check_scans_stay_in_range(backend: &impl Backend) {
    let keys: [&[u8]; 6] = [b"", b"a", b"ab", b"b", b"b\xff", b"c"];
    let rows: Vec<_> = keys.iter().map(|key| (Table::Indexes, *key, Some(*key))).collect();
    backend.write(batch(&rows), Durability::Buffered).unwrap();
    backend.write(batch(&[(Table::Heights, b"b", Some(b"other"))]), Durability::Buffered).unwrap();
    let scan = |from: &[u8], to: Option<&[u8]>, order, limit| -> Vec<Vec<u8>> {
        let range = ScanRange { from: from.to_vec(), to: to.map(<[u8]>::to_vec), order, limit };
        backend.scan(Table::Indexes, &range).unwrap().into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(scan(b"", None, Order::Ascending, 99), keys);
    assert_eq!(scan(b"a", Some(b"b"), Order::Ascending, 99), [&b"a"[..], b"ab"]);
    assert_eq!(scan(b"a", Some(b"b"), Order::Descending, 99), [&b"ab"[..], b"a"]);
    assert_eq!(scan(b"aa", None, Order::Ascending, 2), [&b"ab"[..], b"b"]);
    assert_eq!(scan(b"aa", None, Order::Descending, 2), [&b"c"[..], b"b\xff"]);
    assert_eq!(scan(b"b", Some(b"a"), Order::Ascending, 9), Vec::<Vec<u8>>::new());
    assert_eq!(scan(b"", None, Order::Ascending, 0), Vec::<Vec<u8>>::new());
    let prefix = ScanRange::prefix(b"b", 9).descending();
    let found: Vec<_> =
        backend.scan(Table::Indexes, &prefix).unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, [&b"b\xff"[..], b"b"]);
}

#[track_caller]
fn check_all(make: impl Fn() -> Box<dyn Backend>) {
    check_batches_reach_all_tables(&make());
    check_scans_stay_in_range(&make());
}

impl Backend for Box<dyn Backend> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, super::BackendError> {
        (**self).get(table, key)
    }

    fn scan(&self, table: Table, range: &ScanRange) -> Result<Vec<super::Row>, super::BackendError> {
        (**self).scan(table, range)
    }

    fn write(&self, batch: Batch, durability: Durability) -> Result<(), super::BackendError> {
        (**self).write(batch, durability)
    }

    fn sync(&self) -> Result<(), super::BackendError> {
        (**self).sync()
    }
}

#[test]
fn memory_backend_passes_the_suite() {
    check_all(|| Box::new(MemoryBackend::new()));
}

#[test]
fn faulty_backend_without_fault_passes_the_suite() {
    check_all(|| Box::new(FaultyBackend::new(MemoryBackend::new(), FaultPoint::None)));
}

#[cfg(feature = "rocks")]
#[test]
fn rocks_backend_passes_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    check_all(|| {
        count.set(count.get() + 1);
        Box::new(super::RocksBackend::open(&folder.path().join(count.get().to_string())).unwrap())
    });
}

#[cfg(feature = "rocks")]
#[test]
fn rocks_backend_keeps_rows_over_a_restart_and_locks_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let backend = super::RocksBackend::open(folder.path()).unwrap();
    backend.write(batch(&[(Table::Meta, b"k", Some(b"v"))]), Durability::Buffered).unwrap();
    assert!(matches!(super::RocksBackend::open(folder.path()), Err(super::BackendError::Open { .. })));
    drop(backend);
    let backend = super::RocksBackend::open(folder.path()).unwrap();
    assert_eq!(backend.get(Table::Meta, b"k").unwrap().unwrap(), b"v");
}

#[test]
fn a_crash_keeps_a_prefix_of_whole_batches() {
    for kept in 0..=3 {
        let backend = MemoryBackend::new();
        backend.write(batch(&[(Table::Meta, b"k", Some(b"0"))]), Durability::Synced).unwrap();
        for value in [b"1", b"2", b"3"] {
            let rows: [RowChange<'_>; 2] =
                [(Table::Meta, b"k", Some(value)), (Table::Seen, value, Some(value))];
            backend.write(batch(&rows), Durability::Buffered).unwrap();
        }
        assert_eq!(backend.unsynced_count(), 3);
        backend.crash(kept);
        assert_eq!(backend.get(Table::Meta, b"k").unwrap().unwrap(), kept.to_string().as_bytes());
        let seen = backend.scan(Table::Seen, &ScanRange::prefix(b"", 9)).unwrap();
        assert_eq!(seen.len(), kept);
        assert_eq!(backend.unsynced_count(), 0);
    }
}

#[test]
fn a_synced_write_or_a_sync_survives_every_crash() {
    let backend = MemoryBackend::new();
    backend.write(batch(&[(Table::Meta, b"a", Some(b"1"))]), Durability::Buffered).unwrap();
    backend.write(batch(&[(Table::Meta, b"b", Some(b"1"))]), Durability::Synced).unwrap();
    backend.write(batch(&[(Table::Meta, b"c", Some(b"1"))]), Durability::Buffered).unwrap();
    backend.sync().unwrap();
    backend.write(batch(&[(Table::Meta, b"a", None)]), Durability::Buffered).unwrap();
    let copy = backend.snapshot();
    backend.crash(0);
    assert_eq!(backend.scan(Table::Meta, &ScanRange::prefix(b"", 9)).unwrap().len(), 3);
    assert_eq!(copy.scan(Table::Meta, &ScanRange::prefix(b"", 9)).unwrap().len(), 2);
}

#[test]
fn after_its_fault_a_faulty_backend_stays_dead() {
    for (point, rows) in [(FaultPoint::Before(2), 1), (FaultPoint::After(2), 2)] {
        let backend = FaultyBackend::new(MemoryBackend::new(), point);
        let write = |key: &[u8]| backend.write(batch(&[(Table::Meta, key, Some(key))]), Durability::Buffered);
        write(b"a").unwrap();
        write(b"b").unwrap_err();
        write(b"c").unwrap_err();
        backend.sync().unwrap_err();
        backend.get(Table::Meta, b"a").unwrap_err();
        let inner = backend.into_inner();
        assert_eq!(inner.scan(Table::Meta, &ScanRange::prefix(b"", 9)).unwrap().len(), rows);
    }
}

#[test]
fn fault_points_from_seeds_cover_all_writes_both_ways() {
    for write in 1..=4 {
        assert!((0..100).any(|seed| FaultPoint::from_seed(seed, 4) == FaultPoint::Before(write)));
        assert!((0..100).any(|seed| FaultPoint::from_seed(seed, 4) == FaultPoint::After(write)));
    }
}

#[test]
fn the_key_after_a_prefix_is_the_least_above_it() {
    assert_eq!(after_prefix(b"ab"), Some(b"ac".to_vec()));
    assert_eq!(after_prefix(b"a\xff\xff"), Some(b"b".to_vec()));
    assert_eq!(after_prefix(b"\xff"), None);
    assert_eq!(after_prefix(b""), None);
}

#[test]
fn table_names_are_unique() {
    let mut names = Table::ALL.map(Table::name);
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}
