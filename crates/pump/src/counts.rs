//! Counters of the byte pump.

use carechain_chunks::OpenReport;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

macro_rules! counters {
    ($($(#[doc = $doc_text:literal])* $name:ident,)*) => {
        /// All counters at one time, for tests to compare.
        #[cfg(test)]
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub(super) struct FilesCounts {$(
            $(#[doc = $doc_text])*
            pub(super) $name: u64,
        )*}

        /// The counters as they count.
        #[derive(Debug, Default)]
        pub(super) struct Counters {$(
            pub(super) $name: Count,
        )*
            /// Files that this node must hold and does not hold whole.
            pub(super) below_policy: Level,
            /// Those of them of which no copy is left anywhere.
            pub(super) lost: Level,
        }

        impl Counters {
            /// Lists all of them for the metrics.
            pub(super) fn register(&self, registry: &mut Registry) {$(
                let help = concat!($($doc_text),*).trim().trim_end_matches('.');
                registry.register(stringify!($name), help, self.$name.0.clone());
            )*
                let help = "Files that this node must hold and does not hold whole";
                registry.register("below_policy", help, self.below_policy.0.clone());
                let help = "Files that this node must hold and of which every other hospital says that it has no copy";
                registry.register("lost", help, self.lost.0.clone());
            }

            #[cfg(test)]
            pub(super) fn read(&self) -> FilesCounts {
                FilesCounts { $($name: self.$name.0.get()),* }
            }
        }
    };
}

counters! {
    /// Uploads opened by own clients.
    uploads_opened,
    /// Calls to uploads that are not open here or not the caller's.
    upload_callers_refused,
    /// Uploads that reached the receipts required.
    uploads_receipted,
    /// Uploads all copies of which are made.
    uploads_copied,
    /// Bytes taken from own clients.
    upload_bytes,
    /// Bytes sent to other holders of uploads.
    push_bytes_sent,
    /// Bytes taken from other members' uploads.
    push_bytes_received,
    /// Receipts signed here.
    receipts_signed,
    /// Receipts of others that do not count.
    receipts_refused,
    /// Holders replaced by the next in rank.
    holders_replaced,
    /// Reads begun for own readers.
    reads,
    /// Bytes given to own readers.
    read_bytes,
    /// Chunks fetched from other holders.
    chunks_fetched,
    /// Chunks asked of a second holder.
    chunks_hedged,
    /// Wrong chunks and descriptions other holders sent.
    chunks_wrong,
    /// Chunks of the own store that were corrupt or missing when read.
    chunks_corrupt,
    /// Chunks of the own store that were looked at without being asked for, and were intact.
    chunks_scrubbed,
    /// Times all chunks of the own store were looked at.
    scrub_passes,
    /// Chunks of the own store that were replaced by another holder's.
    chunks_replaced,
    /// Read fetches served to other gateways.
    read_fetches_served,
    /// Bytes sent to other gateways.
    read_fetch_bytes,
    /// Read fetches refused, or ended because access ended.
    read_fetches_refused,
    /// Repair fetches served to other members.
    repair_fetches_served,
    /// Bytes sent to repair.
    repair_fetch_bytes,
    /// Repair fetches refused.
    repair_fetches_refused,
    /// Copies completed or mended here by repair.
    repairs_done,
    /// Repairs that had failed before this start and are tried again when they are due.
    repairs_restored,
    /// Repairs that failed and will be tried again.
    repairs_failed,
    /// Files that are not whole here and were left aside because too many are; they are looked for again.
    repairs_dropped,
    /// Regions of packs that were found damaged at the start.
    start_damages,
    /// Chunks that belonged to no known file at the start.
    start_orphans,
    /// Packs left because a sync failed: the disk is failing.
    packs_failed,
    /// Uploads and files collected unpublished.
    collected,
    /// Streams that broke the protocol.
    streams_malformed,
    /// Services refused because too many ran.
    services_refused,
}

impl Counters {
    /// Counts what opening the store found.
    pub(super) fn note_opening(&self, report: &OpenReport) {
        self.start_damages.add(report.damages.len() as u64);
        self.start_orphans.add(report.orphan_chunks);
    }
}

/// One counter.
#[derive(Debug, Default)]
pub(super) struct Count(Counter);

impl Count {
    pub(super) fn add(&self, count: u64) {
        self.0.inc_by(count);
    }

    pub(super) fn increment(&self) {
        self.0.inc();
    }

    /// Counts one more and gives how many there were by now.
    pub(super) fn count_up(&self) -> u64 {
        self.0.inc() + 1
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub(super) struct Level(Gauge);

impl Level {
    pub(super) fn set(&self, level: u64) {
        self.0.set(i64::try_from(level).unwrap_or(i64::MAX));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
