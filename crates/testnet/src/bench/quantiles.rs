//! Quantiles of a few measurements.

/// Measurements in ascending order.
#[derive(Clone, Debug)]
pub(super) struct Sorted(Vec<f64>);

impl Sorted {
    /// Of measurements in any order.
    #[must_use]
    pub(super) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The least value that at least `share` of 100 do not exceed; zero of nothing.
    #[must_use]
    pub(super) fn percentile(&self, share: usize) -> f64 {
        let rank = (self.0.len() * share).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// The greatest; zero of nothing.
    #[must_use]
    pub(super) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
