//! Ends the node when one of its threads or tasks ends: a node that goes on without one of them looks well and is not.
//!
//! What must run as long as the node does is started here, by name. Whichever ends first is the reason why the node ends.
//! Work that ends by itself starts here too, see [`brief`] and [`blocking`]; a panic ends the node wherever it happens, since
//! nobody knows what it left half done.
//!
//! # Invariants
//! - The first report wins: what ends after it is a consequence.
//! - Once the node was told to stop, an end is no failure; only a failed write still is.

use core::fmt::Display;
use std::cell::Cell;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Knows what must run, and what ended first. Cheap to clone; clones watch the same node.
#[derive(Clone, Debug, Default)]
pub struct Supervisor(Arc<Watched>);

#[derive(Debug, Default)]
struct Watched {
    first: Mutex<Option<Ended>>,
    changed: Condvar,
    stop: CancellationToken,
    /// The thread or task that panics as it starts, for tests of whole nodes.
    planted: Option<String>,
}

/// A thread or task that ended before the node was told to stop.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{name}` {reason}")]
pub struct Ended {
    /// Which thread or task.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// Why a thread or task ended.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Reason {
    /// It came to its end, or was cancelled.
    #[error("ended, which it does only when the node stops")]
    Returned,
    /// It could not go on, for the reason that the sentence gives.
    #[error("stopped: {sentence}")]
    Failed {
        /// What its error says.
        sentence: String,
    },
    /// A bug.
    #[error("panicked, which is a bug: {message}")]
    Panicked {
        /// What the panic says, with its place in the source.
        message: String,
    },
}

impl From<()> for Reason {
    fn from((): ()) -> Self {
        Self::Returned
    }
}

impl<E: Display> From<Result<(), E>> for Reason {
    fn from(result: Result<(), E>) -> Self {
        result.map_or_else(|error| Self::Failed { sentence: error.to_string() }, Self::from)
    }
}

impl Supervisor {
    /// With a thread or task that is to panic as it starts.
    #[must_use]
    pub fn with_planted_panic(planted: Option<String>) -> Self {
        Self(Arc::new(Watched { planted, ..Watched::default() }))
    }

    /// Reports every panic of the process from now on: a runtime catches those of its tasks and goes on.
    pub fn watch_panics(&self) {
        let (supervisor, print) = (self.clone(), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| {
            print(panic);
            let text = panic.payload_as_str().unwrap_or("no message");
            let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
            let name = NAME.get().map(str::to_owned).unwrap_or_else(thread_name);
            supervisor.report(Ended { name, reason: Reason::Panicked { message: format!("{text}{place}") } });
        }));
    }

    /// Starts a thread that runs as long as the node does.
    ///
    /// What `run` holds is dropped after its end is reported: others that notice it, and end too, are not named first.
    #[expect(clippy::disallowed_methods, reason = "the one place where threads of the node start")]
    pub fn thread<R: Into<Reason>>(
        &self,
        name: impl Into<String>,
        mut run: impl FnMut() -> R + Send + 'static,
    ) -> std::io::Result<JoinHandle<()>> {
        let name = name.into();
        let watch = Watch { supervisor: self.clone(), name: name.clone(), reported: false };
        std::thread::Builder::new().name(name).spawn(move || {
            let mut watch = watch;
            watch.begin();
            let reason = run().into();
            watch.end(reason);
        })
    }

    /// Starts a task that runs as long as the node does.
    #[expect(clippy::disallowed_methods, reason = "the one place where lasting tasks of the node start")]
    pub fn task(
        &self,
        runtime: &Handle,
        name: &'static str,
        run: impl Future<Output = ()> + Send + 'static,
    ) -> tokio::task::JoinHandle<()> {
        let mut watch = Watch { supervisor: self.clone(), name: name.to_owned(), reported: false };
        runtime.spawn(named(name, async move {
            watch.begin();
            run.await;
            watch.end(Reason::Returned);
        }))
    }

    /// The token that is cancelled when the node is to stop.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// Tells the node to stop.
    pub fn stop(&self) {
        // Under the lock, so that no waiter looks just before and sleeps just after.
        let _first = self.lock();
        self.0.stop.cancel();
        self.0.changed.notify_all();
    }

    /// Waits until the node is told to stop, or what must run does not.
    pub fn wait(&self) -> Result<(), Ended> {
        let waiting = |first: &mut Option<Ended>| first.is_none() && !self.0.stop.is_cancelled();
        let first =
            self.0.changed.wait_while(self.lock(), waiting).unwrap_or_else(PoisonError::into_inner).clone();
        first.map_or(Ok(()), Err)
    }

    fn report(&self, ended: Ended) {
        let mut first = self.lock();
        let orderly = self.0.stop.is_cancelled() && !matches!(ended.reason, Reason::Failed { .. });
        if first.is_none() && !orderly {
            *first = Some(ended);
            self.0.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Ended>> {
        // Whatever happened to its holder, one report was written or none.
        self.0.first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports when it is dropped, however that comes.
struct Watch {
    supervisor: Supervisor,
    name: String,
    reported: bool,
}

impl Watch {
    fn begin(&self) {
        let planted = self.supervisor.0.planted.as_deref() == Some(&self.name);
        assert!(!planted, "planted by the command line");
    }

    fn end(&mut self, reason: Reason) {
        self.reported = true;
        self.supervisor.report(Ended { name: self.name.clone(), reason });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.reported {
            return;
        }
        let reason = if std::thread::panicking() {
            Reason::Panicked { message: "its message is on standard error".to_owned() }
        } else {
            Reason::Returned
        };
        self.end(reason);
    }
}

thread_local! {
    /// The task that this thread polls, for reports of its panics.
    static NAME: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Says which task it is while it is polled.
async fn named<T>(name: &'static str, run: impl Future<Output = T>) -> T {
    let mut run = pin!(run);
    std::future::poll_fn(move |context| {
        NAME.set(Some(name));
        let polled = run.as_mut().poll(context);
        NAME.set(None);
        polled
    })
    .await
}

fn thread_name() -> String {
    std::thread::current().name().unwrap_or("a thread without a name").to_owned()
}

/// Starts a task that ends by itself: one stream, one read.
#[expect(clippy::disallowed_methods, reason = "the one place where short tasks of the node start")]
pub fn brief<T: Send + 'static>(
    runtime: &Handle,
    run: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    runtime.spawn(run)
}

/// Runs a call that may block on a thread that may, from now on and to its end. A panic in it goes on in whoever waits for
/// it.
#[expect(clippy::disallowed_methods, reason = "the one place where blocking calls of the node start")]
pub fn blocking<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
    runtime: &Handle,
    call: F,
) -> impl Future<Output = T> + Send + use<T, F> {
    let called = runtime.spawn_blocking(call);
    async move {
        match called.await {
            Ok(answer) => answer,
            // The runtime cancels such a call only at its own end, when nobody polls this any more.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Runs the end of a node that failed, for so long at most: a part that no longer moves must not keep the process alive.
#[expect(clippy::disallowed_methods, reason = "nothing is supervised any more")]
pub fn end_within(patience: Duration, end: impl FnOnce() + Send + 'static) {
    let (ended, waited) = crossbeam_channel::bounded(1);
    let ending = move || {
        end();
        // Nobody waits any more if it took too long.
        let _ = ended.send(());
    };
    // Without a thread there is nothing to end orderly: the process ends as after a loss of power.
    if std::thread::Builder::new().name("end".to_owned()).spawn(ending).is_ok() {
        let _ = waited.recv_timeout(patience);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
