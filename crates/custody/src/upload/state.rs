//! An upload: its plan, its settings, what it knows.

use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::HospitalId;
use carechain_crypto::limits::CHUNK_BYTES;
use carechain_types::{Span, Time};

use super::holder::Holder;
use crate::file_shape::FileShape;
use crate::limits::{
    COPIES_DEFAULT, HOLDER_FAILURES_MAX, SILENCE_MAX, UPLOAD_HEDGE_AFTER, WINDOW_BYTES_DEFAULT,
};
use crate::receipts::ReceiptProgress;

/// What is uploaded and who should hold it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadPlan {
    /// The file.
    pub shape: FileShape,
    /// From [`crate::ranking`]: the publishing hospital, this one, comes first.
    pub ranking: Vec<HospitalId>,
    /// Receipts an abstract needs.
    pub receipts_required: usize,
    /// When it is over unless published.
    pub expiry: Time,
}

/// How to forward.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UploadSettings {
    /// Copies wanted in all.
    pub copies: usize,
    /// Bytes on their way to one holder; at least a chunk.
    pub window_bytes: u64,
    /// Silence after which a holder that owes something has failed.
    pub silence_max: Span,
    /// Silence after which the copies that come later need not wait for this holder any more.
    pub hedge_after: Span,
    /// Failures in a row before the next in rank takes a holder's place.
    pub failures_max: u32,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            copies: COPIES_DEFAULT,
            window_bytes: WINDOW_BYTES_DEFAULT,
            silence_max: SILENCE_MAX,
            hedge_after: UPLOAD_HEDGE_AFTER,
            failures_max: HOLDER_FAILURES_MAX,
        }
    }
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum UploadPhase {
    /// The client is sending.
    Receiving,
    /// The file is whole and durable here.
    Completed,
    /// Enough receipts are here.
    Receipted,
    /// The abstract is on the ledger.
    Published,
    /// Over: all copies made, or expired.
    Ended,
}

/// One upload. See the module for its rules.
#[derive(Clone, Debug)]
pub struct Upload {
    pub(super) plan: UploadPlan,
    pub(super) settings: UploadSettings,
    pub(super) phase: UploadPhase,
    pub(super) stored: BTreeSet<u32>,
    /// The holders at work, this hospital excluded: at most `copies − 1`.
    pub(super) holders: BTreeMap<HospitalId, Holder>,
    /// The rest of the ranking, next first.
    pub(super) reserve: Vec<HospitalId>,
    /// From completion on.
    pub(super) receipts: Option<ReceiptProgress>,
}

impl Upload {
    /// Plans an upload; give it [`super::UploadInput::Start`] next.
    #[must_use]
    pub fn new(plan: UploadPlan, settings: UploadSettings, now: Time) -> Self {
        let others = plan.ranking.get(1..).unwrap_or_default();
        let (first, reserve) = others.split_at(settings.copies.saturating_sub(1).min(others.len()));
        Self {
            holders: first.iter().map(|holder| (*holder, Holder::new(now))).collect(),
            reserve: reserve.iter().rev().copied().collect(),
            settings: UploadSettings {
                window_bytes: settings.window_bytes.max(CHUNK_BYTES as u64),
                ..settings
            },
            plan,
            phase: UploadPhase::Receiving,
            stored: BTreeSet::new(),
            receipts: None,
        }
    }

    /// How far it is.
    #[must_use]
    pub const fn phase(&self) -> UploadPhase {
        self.phase
    }

    /// Hospitals that gave a receipt.
    #[must_use]
    pub fn copies(&self) -> usize {
        self.receipts.as_ref().map_or(0, ReceiptProgress::count)
    }

    /// Holders that may be at work at once: as many as the abstract needs receipts of, until it is on the ledger. The
    /// further copies would only share the same uplink with the one that publishing waits for.
    pub(super) fn holders_at_once(&self) -> usize {
        if self.phase >= UploadPhase::Published {
            return self.holders.len();
        }
        self.plan.receipts_required.saturating_sub(1).max(1)
    }

    /// The publishing hospital: this one.
    pub(super) fn publisher(&self) -> Option<&HospitalId> {
        self.plan.ranking.first()
    }
}
