//! Counters of the network, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Class;
use crate::plane::Plane;

/// A count that many tasks raise.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! counters {
    ($(#[$doc:meta])* $live:ident => $counts:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        /// The live counters behind the public struct of this name without `Live`.
        #[derive(Debug, Default)]
        pub(crate) struct $live {
            $(pub(crate) $field: Counter,)*
        }

        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct $counts {
            $($(#[$field_doc])* pub $field: u64,)*
        }

        impl $live {
            pub(crate) fn read(&self) -> $counts {
                $counts { $($field: self.$field.get(),)* }
            }
        }
    };
}

counters! {
    /// What happened to messages of one class since the start.
    LiveClass => ClassCounts {
        /// Messages handed to the transport.
        messages_sent,
        /// Messages received.
        messages_received,
        /// Bytes of the messages handed to the transport.
        bytes_sent,
        /// Bytes of the messages received.
        bytes_received,
        /// Messages dropped because the peer's queue was full.
        dropped_full,
        /// Messages dropped because the peer was not connected or the link ended before they left.
        dropped_disconnected,
    }
}

counters! {
    /// What happened on one plane since the start.
    LivePlane => PlaneCounts {
        /// Connections of members that were established.
        connections_opened,
        /// Connections of members that ended.
        connections_closed,
        /// Connections refused: not a member, or a member that should have waited to be dialled.
        connections_denied,
        /// Connection attempts to and from us that failed before they were established.
        connections_failed,
        /// Links on which messages could flow.
        links_opened,
        /// Links that ended.
        links_closed,
        /// Link attempts that failed before the handshake was through.
        links_failed,
        /// Handshakes with another chain id, cluster digest or version.
        handshakes_mismatched,
        /// Frames announced above their bound; each ended its link.
        frames_oversize,
    }
}

counters! {
    /// What happened to bulk streams since the start.
    LiveBulk => BulkCounts {
        /// Streams opened by this node.
        streams_opened,
        /// Streams of peers handed to the node.
        streams_accepted,
        /// Streams of peers refused because too many were open or waiting.
        streams_refused,
        /// Streams that were dropped in passing and opened again.
        streams_retried,
        /// Bytes written to bulk streams.
        bytes_sent,
        /// Bytes read from bulk streams.
        bytes_received,
    }
}

/// All counters at one moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NetworkCounters {
    /// The votes plane.
    pub votes: PlaneCounts,
    /// The bulk plane.
    pub bulk: PlaneCounts,
    /// Messages by class, in the order of [`Class::ALL`].
    pub classes: [ClassCounts; Class::COUNT],
    /// Bulk streams.
    pub streams: BulkCounts,
}

/// The counters every task of a network shares.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    votes: LivePlane,
    bulk: LivePlane,
    classes: [LiveClass; Class::COUNT],
    pub(crate) streams: LiveBulk,
}

impl Counters {
    pub(crate) const fn plane(&self, plane: Plane) -> &LivePlane {
        match plane {
            Plane::Votes => &self.votes,
            Plane::Bulk => &self.bulk,
        }
    }

    pub(crate) const fn class(&self, class: Class) -> &LiveClass {
        &self.classes[class.index()]
    }

    pub(crate) fn read(&self) -> NetworkCounters {
        NetworkCounters {
            votes: self.votes.read(),
            bulk: self.bulk.read(),
            classes: Class::ALL.map(|class| self.class(class).read()),
            streams: self.streams.read(),
        }
    }
}
