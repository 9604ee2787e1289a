//! Counters of the byte pump.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc_text:literal])* $name:ident,)*) => {
        /// All counters at one time.
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub(crate) struct FilesCounts {$(
            $(#[doc = $doc_text])*
            pub $name: u64,
        )*}

        impl FilesCounts {
            /// All of them in the Prometheus text format.
            #[must_use]
            pub(crate) fn text(&self) -> String {
                let mut text = String::new();
                $({
                    let name = concat!("carechain_files_", stringify!($name), "_total");
                    let help = concat!($($doc_text),*).trim();
                    let value = self.$name;
                    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
                })*
                text
            }
        }

        /// The counters as they count.
        #[derive(Debug, Default)]
        pub(super) struct Counters {$(
            pub(super) $name: Count,
        )*}

        impl Counters {
            pub(super) fn read(&self) -> FilesCounts {
                FilesCounts { $($name: self.$name.get()),* }
            }
        }
    };
}

counters! {
    /// Uploads opened by own clients.
    uploads_opened,
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
    /// Repairs that failed and will be tried again.
    repairs_failed,
    /// Uploads and files collected unpublished.
    collected,
    /// Streams that broke the protocol.
    streams_malformed,
    /// Services refused because too many ran.
    services_refused,
}

/// One counter.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn increment(&self) {
        self.add(1);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
