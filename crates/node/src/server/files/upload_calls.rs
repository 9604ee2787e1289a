//! What clients of this hospital call: open, chunk, status, complete.

use std::sync::Arc;

use carechain_api::{NodeError, UploadBytes, UploadProgress, UploadStatus};
use carechain_chunks::{Completion, StoreError, UploadOpening};
use carechain_crypto::{Manifest, ManifestError, UploadId, address_commitment, chunk_count};
use carechain_schema::UploadState;
use carechain_types::{BoundedVec, SignedUploadComplete, SignedUploadOpen, UploadReceipts};

use super::local_chunks::runs;
use super::message::PushComplete;
use super::opening::{expiry_in_rule, opening_of};
use super::session::{Completed, Progress, Session, Told};
use super::start::Files;
use super::store::store_failure;

impl Files {
    /// Opens an upload, or goes on with the one these same bytes opened.
    ///
    /// # Errors
    /// `NotReady`, `Invalid`, `Expiry`, `Unauthorized`, `UploadExists`, `StorageFull`, `Busy`.
    pub(crate) async fn upload_open(&self, signed: SignedUploadOpen) -> Result<UploadStatus, NodeError> {
        self.check_open(&signed).await?;
        let session = self.0.sessions.enter(&self.0.shared, &self.0.runtime, signed).await?;
        self.status_of(&session)
    }

    async fn check_open(&self, signed: &SignedUploadOpen) -> Result<(), NodeError> {
        let shared = &self.0.shared;
        if let Some(trouble) = self.trouble() {
            // Before the client sends a file that nobody takes.
            return Err(store_failure(&StoreError::Poisoned(trouble.failure)));
        }
        let SignedUploadOpen { open, signature } = signed;
        if open.hospital != shared.hospital || open.publishing_hospital != shared.hospital {
            return Err(NodeError::Invalid { problem: "the upload names another hospital".to_owned() });
        }
        chunk_count(open.length).map_err(|error| NodeError::Invalid { problem: error.to_string() })?;
        if !expiry_in_rule(open.expiry, shared.clock.wall()) {
            return Err(NodeError::Expiry);
        }
        shared.verifier.body(&open.key, open, signature).map_err(|_| NodeError::Unauthorized)?;
        if shared.ledger.may_upload(*open).await? { Ok(()) } else { Err(NodeError::Unauthorized) }
    }

    /// Stores one chunk; it is on its way to the other holders when this returns.
    ///
    /// # Errors
    /// `NotFound` if the upload is not open here (the client opens it again), `Invalid`, `UploadMismatch`,
    /// `StorageFull`.
    pub(crate) async fn upload_chunk(&self, chunk: UploadBytes) -> Result<(), NodeError> {
        let UploadBytes { upload_id, index, bytes } = chunk;
        let shared = &self.0.shared;
        let session = self.0.sessions.find(&upload_id).await.ok_or(NodeError::NotFound)?;
        let count = bytes.len() as u64;
        let stored = shared.store.put(session.local, index, bytes.clone()).await;
        stored.map_err(|error| store_failure(&error))?;
        // Of a complete file nobody waits for chunks.
        if session.progress() != Progress::Receiving {
            return Ok(());
        }
        shared.counts.upload_bytes.add(count);
        shared.recent.put(session.local, index, bytes);
        session.tell(Told::Stored { index }).await
    }

    /// Where an upload stands.
    ///
    /// # Errors
    /// `NotFound`.
    pub(crate) async fn upload_status(&self, upload_id: UploadId) -> Result<UploadStatus, NodeError> {
        if let Some(session) = self.0.sessions.find(&upload_id).await {
            return self.status_of(&session);
        }
        let chunks = self.0.shared.store.chunks();
        for local in chunks.find_upload(&upload_id) {
            let state = chunks.state(local).map_err(|error| store_failure(&error))?;
            if state.opening.publishing_hospital == self.0.shared.hospital {
                let present = chunks.present(local).map_err(|error| store_failure(&error))?;
                let at = if state.completion.is_some() {
                    UploadState::Copying
                } else {
                    state_of(&present, &Progress::Receiving)
                };
                return Ok(status(&state.opening, at, &present));
            }
        }
        Err(NodeError::NotFound)
    }

    /// Makes the upload a file and waits, bounded, for the receipts required.
    ///
    /// # Errors
    /// `NotFound`, `Unauthorized`, `UploadMismatch`, `UploadIncomplete`.
    pub(crate) async fn upload_complete(
        &self,
        signed: SignedUploadComplete,
    ) -> Result<UploadProgress, NodeError> {
        let shared = &self.0.shared;
        let SignedUploadComplete { complete, signature, values } = signed;
        let session = self.0.sessions.find(&complete.upload_id).await.ok_or(NodeError::NotFound)?;
        let open = &session.open.open;
        shared.verifier.body(&open.key, &complete, &signature).map_err(|_| NodeError::Unauthorized)?;
        let (length, root) = (open.length, complete.root);
        // A million values take a while to hash.
        let checked = shared.store.run(move |_| Manifest::check(length, values.into_inner(), &root)).await;
        checked.map_err(|error| match error {
            ManifestError::Root { .. } => NodeError::UploadMismatch,
            other => NodeError::Invalid { problem: other.to_string() },
        })?;
        let author = open.author.to_bytes();
        let commitment =
            address_commitment(&complete.tag, &complete.root, open.length, &author, &open.patient);
        let completion = Completion { commitment, tag: complete.tag, root: complete.root };
        let completed = shared.store.complete(session.local, completion).await;
        completed.map_err(|error| store_failure(&error))?;
        let push = PushComplete { complete, signature };
        // A session that has all its copies has ended and keeps its receipts.
        if !matches!(session.progress(), Progress::Receipted(_)) {
            session.tell(Told::Completed(Box::new(Completed { push, completion }))).await?;
        }
        let waiting = session.receipted();
        match tokio::time::timeout(shared.settings.receipts_wait, waiting).await {
            Ok(Some(receipts)) => {
                let receipts = BoundedVec::new(receipts)
                    .map_err(|_| NodeError::Internal { what: "more receipts than an abstract may carry" })?;
                Ok(UploadProgress::Done(UploadReceipts { receipts }))
            }
            Ok(None) => Err(NodeError::NotFound),
            Err(_) => Ok(UploadProgress::Copying(self.status_of(&session)?)),
        }
    }

    fn status_of(&self, session: &Arc<Session>) -> Result<UploadStatus, NodeError> {
        let progress = session.progress();
        let opening = opening_of(&session.open.open);
        if matches!(progress, Progress::Collected) {
            return Ok(status(&opening, UploadState::Collected, &[]));
        }
        let present = self.0.shared.store.chunks().present(session.local);
        let present = present.map_err(|error| store_failure(&error))?;
        Ok(status(&opening, state_of(&present, &progress), &present))
    }
}

fn state_of(present: &[bool], progress: &Progress) -> UploadState {
    match progress {
        Progress::Receiving if present.iter().all(|has| *has) => UploadState::Received,
        Progress::Receiving => UploadState::Receiving,
        Progress::Copying => UploadState::Copying,
        Progress::Receipted(_) => UploadState::Receipted,
        Progress::Collected => UploadState::Collected,
    }
}

fn status(opening: &UploadOpening, state: UploadState, present: &[bool]) -> UploadStatus {
    UploadStatus {
        upload_id: opening.upload,
        author: opening.author,
        state,
        length: opening.length,
        present: ranges(present),
        expiry: opening.expiry,
    }
}

/// Ascending ranges of what is there.
fn ranges(present: &[bool]) -> Vec<(u32, u32)> {
    let here = (0_u32..).zip(present).filter(|(_, has)| **has).map(|(index, _)| index);
    runs(here).into_iter().map(|run| (run.start, run.end)).collect()
}
