//! Counters and gauges in the Prometheus text format.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use carechain_engine::Committed;
use carechain_network::NetworkHandle;

/// What the node counts itself. Cheap to clone; clones share the counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    height: AtomicU64,
    blocks: AtomicU64,
    transactions: AtomicU64,
    refused: AtomicU64,
}

impl Metrics {
    /// Counts one committed block.
    pub(super) fn committed(&self, committed: &Committed) {
        let refused = committed.outcomes.iter().filter(|outcome| !outcome.is_done()).count();
        self.0.height.store(committed.header.height.get(), Ordering::Relaxed);
        self.0.blocks.fetch_add(1, Ordering::Relaxed);
        self.0.transactions.fetch_add(u64::from(committed.header.transaction_count), Ordering::Relaxed);
        self.0.refused.fetch_add(refused as u64, Ordering::Relaxed);
    }

    /// All of them as text.
    #[must_use]
    pub(super) fn text(&self, network: &NetworkHandle) -> String {
        let Counts { height, blocks, transactions, refused } = &*self.0;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut text = String::new();
        let mut line = |name: &str, kind: &str, help: &str, value: u64| {
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
        };
        line("carechain_height", "gauge", "Height of the newest committed block.", read(height));
        line("carechain_blocks_total", "counter", "Blocks committed since the start.", read(blocks));
        line(
            "carechain_transactions_total",
            "counter",
            "Transactions committed since the start.",
            read(transactions),
        );
        line("carechain_refused_total", "counter", "Of those, refused by the contract.", read(refused));
        let connected = network.connected().len() as u64;
        line("carechain_peers_connected", "gauge", "Members connected for votes.", connected);
        let bulk = network.bulk_connected().len() as u64;
        line("carechain_bulk_peers_connected", "gauge", "Members connected for files.", bulk);
        text
    }
}
