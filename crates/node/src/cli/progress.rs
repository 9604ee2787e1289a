//! Long work on a terminal: one bar, the stage beside it; Ctrl-C and the other wishes to end it end the work in order.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use carechain_client::{Progress, Stage};
use indicatif::{ProgressBar, ProgressStyle};

use super::Output;
use super::plain::plain;
use super::signals::END_SIGNALS;

/// Draws what is done, if anybody looks, and hears Ctrl-C, SIGTERM and SIGHUP.
pub(super) struct Watch {
    bar: Option<Mutex<Bar>>,
    cancelled: Arc<AtomicBool>,
}

struct Bar {
    stage: Option<Stage>,
    bar: ProgressBar,
}

impl Watch {
    /// As the output says.
    pub(super) fn new(output: &Output) -> Self {
        let cancelled = Arc::new(AtomicBool::new(false));
        for signal in END_SIGNALS {
            // The first ends the work in order, which removes what is half done; the second ends the process. Without the
            // handlers the first does, and the next run removes what is left.
            let _ = signal_hook::flag::register_conditional_default(signal, Arc::clone(&cancelled));
            let _ = signal_hook::flag::register(signal, Arc::clone(&cancelled));
        }
        let bar =
            output.draws_progress().then(|| Mutex::new(Bar { stage: None, bar: ProgressBar::no_length() }));
        Self { bar, cancelled }
    }
}

impl Progress for Watch {
    fn advance(&self, stage: Stage, done: u64, total: Option<u64>) {
        let Some(bar) = &self.bar else { return };
        let mut bar = bar.lock().unwrap_or_else(PoisonError::into_inner);
        if bar.stage != Some(stage) {
            bar.stage = Some(stage);
            bar.bar.reset();
            bar.bar.set_style(style(total.is_some()));
            bar.bar.set_message(stage.as_str());
        }
        if let Some(total) = total {
            bar.bar.set_length(total);
        }
        bar.bar.set_position(done);
    }

    fn trouble(&self, sentence: &str) {
        let say = || {
            // A closed terminal is no reason to fail.
            let _ = writeln!(std::io::stderr().lock(), "warning: {}", plain(sentence));
        };
        match &self.bar {
            Some(bar) => bar.lock().unwrap_or_else(PoisonError::into_inner).bar.suspend(say),
            None => say(),
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.lock().unwrap_or_else(PoisonError::into_inner).bar.finish_and_clear();
        }
    }
}

fn style(bounded: bool) -> ProgressStyle {
    let template = if bounded {
        "{msg:18} {bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}"
    } else {
        "{msg:18} {spinner} {bytes} {bytes_per_sec}"
    };
    ProgressStyle::with_template(template).expect("the templates are fixed and parse")
}
