//! Prints what the state tree and the journal cost: microseconds an updated key, an entry with its sync, bytes of memory.
//!
//! `cargo run --release -p carechain-ledger --features rocks --example measure_ledger -- [entries]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use carechain_crypto::{ChainId, Digest, SigningPublicKey, hash};
use carechain_ledger::{
    Backend, Batch, CommittedState, Durability, FileJournal, JournalBinding, JournalStore, MemoryBackend,
    prepare, prove,
};

const BATCH_KEYS: u64 = 300;

fn changes(from: u64, to: u64) -> BTreeMap<Digest, Vec<u8>> {
    (from..to).map(|number| (hash(&number.to_le_bytes()), vec![7; 200])).collect()
}

fn measure_tree(name: &str, backend: &impl Backend, entries: u64) {
    let mut state = CommittedState::open(backend).unwrap();
    let mut spent = [Duration::ZERO; 3];
    let mut last = spent;
    for from in (0..entries).step_by(usize::try_from(BATCH_KEYS).unwrap()) {
        let changes = changes(from, from + BATCH_KEYS);
        let start = processor_time();
        let update = prepare(&state.source(backend), changes).unwrap();
        let prepared = processor_time();
        let mut batch = Batch::new();
        CommittedState::stage(&update, &mut batch);
        let staged = processor_time();
        backend.write(batch, Durability::Buffered).unwrap();
        state.apply(&update);
        let times = [prepared - start, staged - prepared, processor_time() - staged];
        let is_last = from + 20 * BATCH_KEYS >= entries;
        for (index, time) in times.into_iter().enumerate() {
            spent[index] += time;
            last[index] += if is_last { time } else { Duration::ZERO };
        }
    }
    let per_key = |time: Duration, keys: u64| time.as_secs_f64() * 1e6 / keys as f64;
    println!("{name}: {entries} entries in batches of {BATCH_KEYS}");
    for (index, what) in ["prepare", "stage", "write"].iter().enumerate() {
        let (all, end) = (per_key(spent[index], entries), per_key(last[index], entries.min(20 * BATCH_KEYS)));
        println!("  {what}: {all:.2} us a key, {end:.2} at the end");
    }
    let source = state.source(backend);
    let start = processor_time();
    for number in 0..1_000 {
        prove(&source, &hash(&u64::to_le_bytes(number))).unwrap();
    }
    println!("  prove: {:.2} us a key", per_key(processor_time() - start, 1_000));
    let start = processor_time();
    for number in 0..1_000 {
        prepare(&source, changes(number * 7, number * 7 + 1)).unwrap();
    }
    println!("  prepare of a single key: {:.2} us", per_key(processor_time() - start, 1_000));
}

fn measure_journal() {
    let folder = tempfile::tempdir().unwrap();
    let binding = JournalBinding { chain_id: ChainId::ZERO, node_key: SigningPublicKey::ZERO };
    let mut journal = FileJournal::create(&folder.path().join("journal"), binding).unwrap();
    let mut times: Vec<Duration> = (0..2_000)
        .map(|_| {
            let start = Instant::now();
            journal.append(&[1; 600]).unwrap();
            journal.sync().unwrap();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("journal: append 600 bytes and sync: p50 {:?}, p99 {:?}", times[1_000], times[1_980]);
}

/// Time this thread has run: other processes of the machine do not count.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

fn private_memory_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let values = text.lines().filter(|line| line.starts_with("Private_"));
    values.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
}

fn main() {
    let entries = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(300_000);
    measure_journal();
    measure_tree("memory", &MemoryBackend::new(), entries.min(100_000));
    #[cfg(feature = "rocks")]
    {
        let folder = tempfile::tempdir().unwrap();
        let before = private_memory_kib();
        let backend = carechain_ledger::RocksBackend::open(folder.path()).unwrap();
        println!("an open database: {} KiB", private_memory_kib() - before);
        measure_tree("rocks", &backend, entries);
        println!("after that: {} KiB", private_memory_kib() - before);
    }
    println!("process: {} KiB", private_memory_kib());
}
