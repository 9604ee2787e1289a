//! One upload of an own client: the task that runs custody's machine and executes what it says.

mod registry;
mod task;

use carechain_api::NodeError;
use carechain_chunks::{Completion, LocalUpload};
use carechain_types::{Receipt, SignedUploadOpen};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::message::PushComplete;

pub(super) use registry::Sessions;

/// What the client did.
#[derive(Debug)]
pub(super) enum Told {
    /// A chunk of its was stored.
    Stored {
        /// Which.
        index: u32,
    },
    /// It completed the upload and the file is durable here.
    Completed(Box<Completed>),
}

/// What the client completed an upload with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Completed {
    /// What it signed.
    pub(super) push: PushComplete,
    /// What the store was completed with.
    pub(super) completion: Completion,
}

/// How far an upload is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    /// The client is sending.
    Receiving,
    /// The file is durable here; other holders are being served.
    Copying,
    /// As many receipts as an abstract needs.
    Receipted(Vec<Receipt>),
    /// Its expiry passed unpublished.
    Collected,
}

/// An upload as the calls see it. Its task ends with it.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) open: SignedUploadOpen,
    pub(super) local: LocalUpload,
    told: mpsc::Sender<Told>,
    progress: watch::Receiver<Progress>,
    task: AbortHandle,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Session {
    pub(super) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Whether it still works, or has an end to report.
    fn is_of_use(&self) -> bool {
        let ended_well = matches!(*self.progress.borrow(), Progress::Receipted(_) | Progress::Collected);
        ended_well || !self.told.is_closed()
    }

    /// Waits while the machine has too much to do.
    pub(super) async fn tell(&self, told: Told) -> Result<(), NodeError> {
        // One that has ended since: the client opens it again.
        self.told.send(told).await.map_err(|_| NodeError::NotFound)
    }

    /// The receipts, once there are enough; none if the upload ended before.
    pub(super) async fn receipted(&self) -> Option<Vec<Receipt>> {
        let mut progress = self.progress.clone();
        let reached = progress
            .wait_for(|progress| matches!(progress, Progress::Receipted(_) | Progress::Collected))
            .await
            .ok()?;
        match &*reached {
            Progress::Receipted(receipts) => Some(receipts.clone()),
            _ => None,
        }
    }
}
