//! How long each stage of a transfer lasted, until the next began.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use carechain_client::{Progress, Stage};
use carechain_schema::TransferStage;

use super::quantiles::Sorted;

/// When each stage of one transfer began, in that order.
#[derive(Debug, Default)]
pub(super) struct StageTimes(Mutex<Vec<(Stage, Instant)>>);

impl Progress for StageTimes {
    fn advance(&self, stage: Stage, _: u64, _: Option<u64>) {
        let mut stages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stages.iter().all(|(known, _)| *known != stage) {
            stages.push((stage, Instant::now()));
        }
    }
}

impl StageTimes {
    /// Each stage and how long it lasted, the last one until now.
    pub(super) fn into_durations(self) -> Vec<(Stage, Duration)> {
        let stages = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ends = stages.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        stages.iter().zip(ends).map(|((stage, began), end)| (*stage, end - *began)).collect()
    }
}

/// Medians over several transfers.
pub(super) fn medians(transfers: &[Vec<(Stage, Duration)>]) -> Vec<TransferStage> {
    let Some(first) = transfers.first() else { return Vec::new() };
    let of = |stage: Stage| {
        let times = transfers.iter().flatten().filter(|(other, _)| *other == stage);
        Sorted::new(times.map(|(_, duration)| duration.as_secs_f64()).collect())
    };
    first
        .iter()
        .map(|(stage, _)| TransferStage {
            name: stage.as_str().to_owned(),
            seconds_p50: of(*stage).percentile(50),
        })
        .collect()
}
