//! A fetch: its plan, its settings, what it knows.

use core::ops::Range;
use std::collections::BTreeMap;

use carechain_crypto::HospitalId;
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::{Span, Time};

use super::chunks::Chunks;
use super::error::FetchError;
use super::holder::Holder;
use super::latencies::Latencies;
use crate::file_shape::FileShape;
use crate::limits::{
    AHEAD_BYTES_DEFAULT, HEDGE_AFTER_MIN, HOLDERS_MAX, RUN_CHUNKS_DEFAULT, SILENCE_MAX, WINDOW_BYTES_DEFAULT,
};

/// What to fetch and from whom.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FetchPlan {
    /// The file.
    pub shape: FileShape,
    /// The chunks wanted.
    pub chunks: Range<u32>,
    /// Who holds it, best first; those beyond [`HOLDERS_MAX`] are not asked.
    pub holders: Vec<HospitalId>,
}

/// How to fetch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FetchSettings {
    /// Bytes on their way from one holder; at least a chunk.
    pub window_bytes: u64,
    /// Bytes ahead of what the reader has taken; at least a chunk.
    pub ahead_bytes: u64,
    /// Chunks in one request; at least one.
    pub run_chunks: u32,
    /// Soonest second request for a chunk.
    pub hedge_after_min: Span,
    /// Silence after which a holder that owes chunks is dropped.
    pub silence_max: Span,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            window_bytes: WINDOW_BYTES_DEFAULT,
            ahead_bytes: AHEAD_BYTES_DEFAULT,
            run_chunks: RUN_CHUNKS_DEFAULT,
            hedge_after_min: HEDGE_AFTER_MIN,
            silence_max: SILENCE_MAX,
        }
    }
}

/// What happened so far, for metrics and for the report on holders.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FetchCounts {
    /// Chunks asked for, second requests included.
    pub requested: u64,
    /// Chunks asked of a second holder.
    pub hedged: u64,
    /// Chunks that arrived and were of no use.
    pub discarded: u64,
    /// Wrong chunks.
    pub wrong: u64,
}

/// One fetch. See the module for its rules.
#[derive(Clone, Debug)]
pub struct Fetch {
    pub(super) shape: FileShape,
    pub(super) settings: FetchSettings,
    pub(super) chunks: Chunks,
    pub(super) holders: BTreeMap<HospitalId, Holder>,
    /// Holders in the order of the plan: the tie-break among equally loaded ones.
    pub(super) order: Vec<HospitalId>,
    pub(super) latencies: Latencies,
    pub(super) counts: FetchCounts,
    pub(super) ended: bool,
}

impl Fetch {
    /// Plans a fetch; give it [`super::FetchInput::Start`] next.
    ///
    /// # Errors
    /// [`FetchError::Range`] when the chunks are not of the file.
    pub fn new(plan: FetchPlan, settings: FetchSettings, now: Time) -> Result<Self, FetchError> {
        let FetchPlan { shape, chunks: Range { start, end }, holders: mut order } = plan;
        if start >= end || end > shape.chunks() {
            return Err(FetchError::Range { start, end, chunks: shape.chunks() });
        }
        order.truncate(HOLDERS_MAX);
        let chunk = CHUNK_BYTES as u64;
        let ahead = u32::try_from((settings.ahead_bytes / chunk).max(1)).unwrap_or(u32::MAX);
        Ok(Self {
            shape,
            settings: FetchSettings {
                window_bytes: settings.window_bytes.max(chunk),
                run_chunks: settings.run_chunks.max(1),
                ..settings
            },
            chunks: Chunks::new(start, end, ahead),
            holders: order.iter().map(|holder| (*holder, Holder::new(now))).collect(),
            order,
            latencies: Latencies::default(),
            counts: FetchCounts::default(),
            ended: false,
        })
    }

    /// What happened so far.
    #[must_use]
    pub const fn counts(&self) -> FetchCounts {
        self.counts
    }

    /// Whether it gave its last output.
    #[must_use]
    pub const fn is_ended(&self) -> bool {
        self.ended
    }
}
