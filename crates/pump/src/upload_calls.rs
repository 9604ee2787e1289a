//! What clients of this hospital call: open, chunk, status, complete.

use std::sync::Arc;

use carechain_api::{NodeError, UploadBytes, UploadCaller, UploadFile, UploadProgress, UploadStatus};
use carechain_chunks::{Completion, StoreError, UploadOpening};
use carechain_crypto::{Manifest, ManifestError, address_commitment, chunk_count};
use carechain_schema::UploadState;
use carechain_types::{BoundedVec, SignedUploadComplete, SignedUploadOpen, UploadReceipts};

use crate::local_chunks::runs;
use crate::message::PushComplete;
use crate::opening::{expiry_in_rule, opening_of};
use crate::session::{Completed, Progress, Session, Told};
use crate::start::Files;
use crate::store::store_failure;

impl Files {
    /// Opens an upload, or goes on with the one these same bytes opened.
    ///
    /// # Errors
    /// `NotReady`, `Invalid`, `Expiry`, `Unauthorized`, `UploadExists`, `StorageFull`, `Busy`.
    pub async fn upload_open(&self, signed: SignedUploadOpen) -> Result<UploadStatus, NodeError> {
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
    /// `NotFound` if the upload is not open here (the client opens it again) or not the caller's, `Invalid`,
    /// `UploadMismatch` if the bytes are not of the value that came with them, `StorageFull`.
    pub async fn upload_chunk(&self, caller: UploadCaller, chunk: UploadBytes) -> Result<(), NodeError> {
        let UploadBytes { index, value, bytes } = chunk;
        let shared = &self.0.shared;
        let session = self.session_of(&caller).await?;
        let count = bytes.len() as u64;
        let stored = shared.store.put(session.local, (index, value), bytes.clone()).await;
        stored.map_err(|error| store_failure(&error))?;
        // Of a complete file nobody waits for chunks.
        if session.progress() != Progress::Receiving {
            return Ok(());
        }
        shared.counts.upload_bytes.add(count);
        shared.recent.put(session.local, index, bytes);
        session.tell(Told::Stored { index }).await
    }

    /// Whose file an upload is, and how long.
    ///
    /// # Errors
    /// `NotFound` if the upload is not open here or not the caller's.
    pub async fn upload_file(&self, caller: UploadCaller) -> Result<UploadFile, NodeError> {
        let session = self.session_of(&caller).await?;
        let UploadOpening { author, length, .. } = opening_of(&session.open.open);
        Ok(UploadFile { author, length })
    }

    /// Where an upload stands.
    ///
    /// # Errors
    /// `NotFound` if the upload is not open here or not the caller's. After a restart the client opens it again and reads
    /// the same from that answer.
    pub async fn upload_status(&self, caller: UploadCaller) -> Result<UploadStatus, NodeError> {
        let session = self.session_of(&caller).await?;
        self.status_of(&session)
    }

    /// The upload that was opened with the capability of the caller's secret. A stranger who knows its id is told what
    /// whoever guesses an id is told.
    async fn session_of(&self, caller: &UploadCaller) -> Result<Arc<Session>, NodeError> {
        let session = self.0.sessions.find(&caller.upload_id).await;
        let own = session.filter(|session| caller.secret.opens(&session.open.open.capability));
        own.ok_or_else(|| {
            let refused = self.0.shared.counts.upload_callers_refused.count_up();
            // Anybody may call: written at each power of two.
            if refused.is_power_of_two() {
                let upload = caller.upload_id.to_hex();
                tracing::info!(
                    refused,
                    upload,
                    "calls to uploads that are not open here or not the caller's"
                );
            }
            NodeError::NotFound
        })
    }

    /// Makes the upload a file and waits, bounded, for the receipts required.
    ///
    /// # Errors
    /// `NotFound`, `Unauthorized`, `UploadMismatch`, `UploadIncomplete`.
    pub async fn upload_complete(
        &self,
        caller: UploadCaller,
        signed: SignedUploadComplete,
    ) -> Result<UploadProgress, NodeError> {
        let shared = &self.0.shared;
        let SignedUploadComplete { complete, signature, values } = signed;
        if complete.upload_id != caller.upload_id {
            return Err(NodeError::Invalid { problem: "the completion names another upload".to_owned() });
        }
        let session = self.session_of(&caller).await?;
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
