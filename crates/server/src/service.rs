//! What the HTTP border asks of this node, answered from engine, files and search index.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use carechain_api::{
    Answer, Asker, ChunkBuffers, ListError, Node, NodeError, NoticeQuery, Notices, OpenedRead, SearchPage,
    UploadBytes, UploadCaller, UploadFile, UploadProgress, UploadStatus, counters_key, list_keys,
};
use carechain_crypto::{ChainId, HospitalId, TransactionId};
use carechain_engine::Answer as EngineAnswer;
use carechain_ledger::{LedgerError, StoredPart};
use carechain_process::blocking;
use carechain_schema::StatusReport;
use carechain_types::{
    Bodies, DetachedPart, Freshness, ListQuery, Proof, SearchQuery, SignedReadRequest, SignedUploadComplete,
    SignedUploadOpen, StateKey, StateQuery, Submission,
};
use futures::FutureExt as _;
use tokio::runtime::Handle;

use crate::access::{Viewer, check_keys, knows};
use crate::admitted::{Undecided, admitted};
use crate::engine_thread::NodeEngine;
use crate::ledger_faults::{undecodable, unreadable};
use crate::node_errors::{gone, not_admitted};
use crate::notices::Looking;
use crate::parts::Parts;
use crate::proving::{Patience, Progress, Proved, Proving};
use crate::reading;
use crate::search::Search;
use crate::status::free_percent;

/// How long a proof waits for heads that cover it.
const HEADS_WAIT: Duration = Duration::from_secs(2);

/// Between two looks of one waiting caller for notices.
const NOTICES_LOOK: Duration = Duration::from_millis(100);
/// Looks through old blocks in one answer; the caller asks on from where it ends.
const NOTICES_ROUNDS_MAX: u32 = 64;

/// The node as its HTTP border sees it.
#[derive(Clone)]
pub(super) struct Service(pub(super) Arc<Parts>);

fn unlistable(error: ListError<LedgerError>) -> NodeError {
    match error {
        ListError::Unreadable(error) => unreadable(error),
        ListError::Value(error) => undecodable(error),
        ListError::Start => NodeError::Invalid { problem: error.to_string() },
        ListError::Kind => NodeError::NotFound,
    }
}

impl Service {
    /// Over these parts.
    #[must_use]
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut NodeEngine) -> Result<T, NodeError> + Send + 'static,
    ) -> Result<T, NodeError> {
        self.0.engine.ask(question).await.map_err(gone)?
    }

    /// Submits and waits; a commit gives its proof.
    async fn submit_and_prove(&self, submission: Submission) -> Result<Proof, NodeError> {
        let parts = &self.0;
        if free_percent(&parts.data_folder).is_some_and(|free| free < u64::from(parts.transactions_reserve)) {
            return Err(NodeError::StorageFull { what: "transactions" });
        }
        parts.monitor.check_quorum()?;
        let verified = parts.verifier.submission(submission).map_err(|error| match error {
            carechain_types::Rejection::Parts => NodeError::Invalid { problem: error.to_string() },
            _ => NodeError::Unauthorized,
        })?;
        let id = verified.transaction.body.id(parts.verifier.chain_id());
        match admitted(parts, verified).await {
            Err(Undecided::Late | Undecided::Stopped | Undecided::NoQuorum { .. }) => {
                Err(NodeError::OutcomeUnknown { id })
            }
            Ok(Err(error)) => Err(gone(error)),
            Ok(Ok(EngineAnswer::Committed { id, .. })) => self.prove_transaction(id).await,
            Ok(Ok(EngineAnswer::NotAdmitted(refusal))) => Err(not_admitted(refusal)),
            Ok(Ok(EngineAnswer::Expired { id })) => Err(NodeError::OutcomeUnknown { id }),
        }
    }

    async fn prove_transaction(&self, id: TransactionId) -> Result<Proof, NodeError> {
        self.ask(move |engine| engine.prove_transaction(&id).map_err(unreadable)?.ok_or(NodeError::NotFound))
            .await
    }

    /// Waits until the head is as fresh as wanted or the wait is over, and proves what there is then: once.
    async fn prove_fresh<K, C>(
        &self,
        wanted: Freshness,
        bodies: Bodies,
        (keys, check): (K, C),
    ) -> Result<Proof, NodeError>
    where
        K: Fn(&NodeEngine) -> Result<Vec<StateKey>, NodeError> + Clone + Send + 'static,
        C: Fn(&NodeEngine, &[StateKey]) -> Result<(), NodeError> + Clone + Send + 'static,
    {
        let deadline = tokio::time::Instant::now() + HEADS_WAIT;
        let mut newest = self.0.engine.newest();
        loop {
            let waited =
                tokio::time::timeout_at(deadline, newest.wait_for(|newest| newest.satisfies(&wanted)));
            let patience = if waited.await.is_ok() { Patience::Left } else { Patience::Over };
            let (keys, check) = (keys.clone(), check.clone());
            let progress = Progress::default();
            let mut proving = Proving { keys, check, bodies, wanted, patience, progress };
            if patience == Patience::Over {
                self.0.monitor.check_quorum()?;
            }
            match self.0.engine.ask_in_steps(move |engine| proving.step(engine)).await.map_err(gone)?? {
                Proved::Proof(proof) => return old_or_new(*proof, wanted),
                // A turn in between moved the head: nothing was proved.
                Proved::NotYet => {}
            }
        }
    }

    /// Proves what anybody may see.
    async fn prove_public(self, query: StateQuery) -> Result<Arc<Proof>, NodeError> {
        let keys = query.keys.to_vec();
        let keys = move |_: &NodeEngine| Ok(keys.clone());
        let check = |engine: &NodeEngine, keys: &[StateKey]| check_keys(engine, None, keys);
        self.prove_fresh(query.freshness, query.bodies, (keys, check)).await.map(Arc::new)
    }
}

/// The client judges completeness by the heads; a height it asked for is a condition.
fn old_or_new(proof: Proof, freshness: Freshness) -> Result<Proof, NodeError> {
    match freshness.min_height {
        Some(height) if proof.header.height < height => {
            Err(NodeError::NotReady { reason: format!("height {height} is not here yet") })
        }
        _ => Ok(proof),
    }
}

impl Node for Service {
    fn status(&self) -> Answer<'_, StatusReport> {
        Box::pin(self.0.monitor.report())
    }

    fn genesis_file(&self) -> Bytes {
        self.0.genesis_file.clone()
    }

    fn chain_id(&self) -> ChainId {
        *self.0.verifier.chain_id()
    }

    fn hospital(&self) -> HospitalId {
        self.0.hospital
    }

    fn metrics(&self) -> String {
        self.0.metrics.text(&self.0.network)
    }

    fn refused(&self, reason: &'static str) {
        self.0.metrics.counts().http_refused(reason);
    }

    fn admit(&self, asker: Asker) -> Answer<'_, ()> {
        Box::pin(self.ask(move |engine| knows(engine, &asker)))
    }

    fn submit(&self, submission: Submission) -> Answer<'_, Proof> {
        Box::pin(self.submit_and_prove(submission))
    }

    fn transaction(&self, id: TransactionId) -> Answer<'_, Proof> {
        Box::pin(self.prove_transaction(id))
    }

    fn state(&self, asker: Option<Asker>, query: StateQuery) -> Answer<'_, Arc<Proof>> {
        let Some(asker) = asker else {
            let make = || self.clone().prove_public(query.clone()).boxed();
            return self.0.proofs.join(&query, make).boxed();
        };
        Box::pin(async move {
            let keys = query.keys.to_vec();
            let keys = move |_: &NodeEngine| Ok(keys.clone());
            let check = move |engine: &NodeEngine, keys: &[StateKey]| check_keys(engine, Some(&asker), keys);
            self.prove_fresh(query.freshness, query.bodies, (keys, check)).await.map(Arc::new)
        })
    }

    fn list(&self, asker: Asker, query: ListQuery) -> Answer<'_, Proof> {
        Box::pin(async move {
            let freshness = query.freshness;
            let keys = move |engine: &NodeEngine| {
                // Before anything is read: what reading finds would tell a stranger that there is something.
                Viewer::of(engine, &asker)?.check(engine, &counters_key(&query))?;
                list_keys(&query, |key| engine.ledger().state_value(key)).map_err(unlistable)
            };
            let check = move |engine: &NodeEngine, keys: &[StateKey]| check_keys(engine, Some(&asker), keys);
            self.prove_fresh(freshness, Bodies::With, (keys, check)).await
        })
    }

    fn part(&self, asker: Asker, transaction: TransactionId, index: u16) -> Answer<'_, DetachedPart> {
        Box::pin(self.ask(move |engine| {
            let viewer = Viewer::of(engine, &asker)?;
            let stored =
                engine.ledger().transaction(&transaction).map_err(unreadable)?.ok_or(NodeError::NotFound)?;
            if !viewer.sees_parts(&stored.transaction.body) {
                return Err(NodeError::NotFound);
            }
            match engine.ledger().part(&transaction, index).map_err(unreadable)? {
                Some(StoredPart::Present(part)) => Ok(part),
                Some(StoredPart::Purged) | None => Err(NodeError::NotFound),
            }
        }))
    }

    fn search(&self, asker: Asker, query: SearchQuery) -> Answer<'_, SearchPage> {
        Box::pin(async move {
            let index = Arc::clone(&self.0.index);
            let mut search = Search::new(asker, query, index);
            let page =
                self.0.engine.ask_in_steps(move |engine| search.step(engine)).await.map_err(gone)??;
            let index = Arc::clone(&self.0.index);
            Ok(blocking(&Handle::current(), move || page.open(&index)).await)
        })
    }

    fn notices(&self, asker: Asker, query: NoticeQuery) -> Answer<'_, Notices> {
        Box::pin(async move {
            let mut committed = self.0.engine.committed();
            let deadline = tokio::time::Instant::now() + query.wait;
            let mut after = query.after;
            for rounds in 1.. {
                let mut looking = Looking::new(asker, after);
                let looked = self.0.engine.ask_in_steps(move |engine| looking.step(engine)).await;
                let (found, head) = looked.map_err(gone)??;
                let behind = found.height < head;
                if !found.notices.is_empty() || (behind && rounds >= NOTICES_ROUNDS_MAX) {
                    return Ok(found);
                }
                after = found.height;
                if behind {
                    continue;
                }
                // Many may wait: each looks now and then, whatever the rate of blocks.
                tokio::time::sleep_until(deadline.min(tokio::time::Instant::now() + NOTICES_LOOK)).await;
                // A lagging subscription only means that there is something new to look at.
                if tokio::time::timeout_at(deadline, committed.recv()).await.is_err() {
                    return Ok(found);
                }
            }
            unreachable!("rounds end with the deadline, not with the numbers")
        })
    }

    fn upload_open(&self, open: SignedUploadOpen) -> Answer<'_, UploadStatus> {
        Box::pin(async move {
            // What cannot be published now is not uploaded first.
            self.0.monitor.check_quorum()?;
            self.0.files.upload_open(open).await
        })
    }

    fn chunk_buffers(&self) -> ChunkBuffers {
        self.0.files.chunk_buffers()
    }

    fn upload_chunk(&self, caller: UploadCaller, chunk: UploadBytes) -> Answer<'_, ()> {
        Box::pin(self.0.files.upload_chunk(caller, chunk))
    }

    fn upload_file(&self, caller: UploadCaller) -> Answer<'_, UploadFile> {
        Box::pin(self.0.files.upload_file(caller))
    }

    fn upload_status(&self, caller: UploadCaller) -> Answer<'_, UploadStatus> {
        Box::pin(self.0.files.upload_status(caller))
    }

    fn upload_complete(
        &self,
        caller: UploadCaller,
        complete: SignedUploadComplete,
    ) -> Answer<'_, UploadProgress> {
        Box::pin(self.0.files.upload_complete(caller, complete))
    }

    fn open_read(&self, request: SignedReadRequest) -> Answer<'_, OpenedRead> {
        Box::pin(reading::open_read(&self.0, request))
    }
}
