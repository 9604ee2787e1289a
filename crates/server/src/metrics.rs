//! Counters and gauges in the OpenMetrics text format, which Prometheus reads.

use carechain_engine::Committed;
use carechain_network::NetworkHandle;
use carechain_types::Height;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Everything the node counts.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    counts: NodeCounts,
    peers_connected: Gauge,
    bulk_peers_connected: Gauge,
}

/// What the node counts itself. Cheap to clone; clones share the counts.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeCounts {
    height: Gauge,
    blocks: Counter,
    transactions: Counter,
    refused: Counter,
    reads_not_wrapped: Counter,
    http_refused: Family<[(&'static str, &'static str); 1], Counter>,
}

impl NodeCounts {
    /// Shows the height of the newest block.
    pub(super) fn at_height(&self, height: Height) {
        self.height.set(i64::try_from(height.get()).unwrap_or(i64::MAX));
    }

    /// Counts one committed block.
    pub(super) fn committed(&self, committed: &Committed) {
        let refused = committed.outcomes.iter().filter(|outcome| !outcome.is_done()).count();
        self.at_height(committed.header.height);
        self.blocks.inc();
        self.transactions.inc_by(u64::from(committed.header.transaction_count));
        self.refused.inc_by(refused as u64);
    }

    /// Counts a read request that came to nothing before it was wrapped.
    pub(super) fn read_not_wrapped(&self) {
        self.reads_not_wrapped.inc();
    }

    /// Counts a call that the HTTP interface refused.
    pub(super) fn http_refused(&self, reason: &'static str) {
        self.http_refused.get_or_create(&[("reason", reason)]).inc();
    }

    fn register(&self, registry: &mut Registry) {
        let Self { height, blocks, transactions, refused, reads_not_wrapped, http_refused } = self.clone();
        registry.register("height", "Height of the newest committed block", height);
        registry.register("blocks", "Blocks committed since the start", blocks);
        registry.register("transactions", "Transactions committed since the start", transactions);
        registry.register("refused", "Of those, refused by the contract", refused);
        registry.register(
            "reads_not_wrapped",
            "Read requests that no transaction was spent on: of no known key, expired, replayed",
            reads_not_wrapped,
        );
        registry.register("http_refused", "Calls that the HTTP interface refused, by reason", http_refused);
    }
}

impl Metrics {
    /// Of a node; `register_parts` adds what its parts count themselves.
    #[must_use]
    pub(super) fn new(counts: NodeCounts, register_parts: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("carechain");
        counts.register(&mut registry);
        register_parts(&mut registry);
        let (peers_connected, bulk_peers_connected) = (Gauge::default(), Gauge::default());
        registry.register("peers_connected", "Members connected for votes", peers_connected.clone());
        registry.register(
            "bulk_peers_connected",
            "Members connected for files",
            bulk_peers_connected.clone(),
        );
        Self { registry, counts, peers_connected, bulk_peers_connected }
    }

    /// What the node counts itself.
    #[must_use]
    pub(super) const fn counts(&self) -> &NodeCounts {
        &self.counts
    }

    /// All of them as text.
    #[must_use]
    pub(super) fn text(&self, network: &NetworkHandle) -> String {
        let gauge = |members: Vec<_>| i64::try_from(members.len()).unwrap_or(i64::MAX);
        self.peers_connected.set(gauge(network.connected()));
        self.bulk_peers_connected.set(gauge(network.bulk_connected()));
        self.encode()
    }

    fn encode(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a string does not fail");
        text
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
