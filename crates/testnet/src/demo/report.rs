//! Steps with their times, and what a demonstration counts.

use std::time::{Duration, Instant};

use carechain_client::OperationError;
use carechain_schema::DemoStep;

use super::error::DemoError;
use crate::network::Testnet;

/// Steps done so far.
pub(super) struct Steps<'a> {
    watch: &'a dyn Fn(&DemoStep),
    pub(super) done: Vec<DemoStep>,
    pub(super) bytes_compared: u64,
    pub(super) refusals: u32,
    /// Reads of the record that its audit must show.
    pub(super) attempts: usize,
}

impl<'a> Steps<'a> {
    pub(super) fn new(watch: &'a dyn Fn(&DemoStep)) -> Self {
        Self { watch, done: Vec::new(), bytes_compared: 0, refusals: 0, attempts: 0 }
    }

    /// Does one step and says how it went.
    pub(super) fn time(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<String, DemoError>,
    ) -> Result<(), DemoError> {
        self.time_with(name, || Ok(((), step()?)))
    }

    /// The same with a result.
    pub(super) fn time_with<T>(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<(T, String), DemoError>,
    ) -> Result<T, DemoError> {
        let started = Instant::now();
        let (value, result) =
            step().map_err(|source| DemoError::At { step: name, source: Box::new(source) })?;
        let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let step = DemoStep { name: name.to_owned(), result, duration_ms };
        (self.watch)(&step);
        self.done.push(step);
        Ok(value)
    }

    /// A read that must be refused, and how.
    pub(super) fn refused(
        &mut self,
        name: &'static str,
        expected: &'static str,
        attempt: impl FnOnce() -> Result<(), OperationError>,
    ) -> Result<(), DemoError> {
        self.time(name, || match attempt() {
            Ok(()) => Err(DemoError::NotRefused { what: name }),
            Err(error) => {
                let got = error.failure().code.as_str();
                if got == expected {
                    Ok(format!("refused: {got}"))
                } else {
                    Err(DemoError::WrongRefusal { what: name, expected, got: format!("{got}: {error}") })
                }
            }
        })?;
        self.refusals += 1;
        self.attempts += 1;
        Ok(())
    }
}

/// How long a node may take to catch up.
const CATCH_UP: Duration = Duration::from_secs(20);

/// Waits until a node is as high as the others.
pub(super) fn wait_for_height(net: &Testnet, index: usize) -> Result<(), DemoError> {
    let height = |index: usize| -> Result<Option<u64>, DemoError> {
        Ok(net.node(index)?.status().ok().map(|report| report.head.height))
    };
    let target = height(2)?.unwrap_or_default();
    let started = Instant::now();
    loop {
        let got = height(index)?.unwrap_or_default();
        if got >= target {
            return Ok(());
        }
        if started.elapsed() > CATCH_UP {
            let (expected, got) = (target.to_string(), got.to_string());
            return Err(DemoError::Differs { what: "height of the returned node", expected, got });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
