//! What the HTTP border needs of a node. The node implements it; this crate calls it and knows nothing below.
//!
//! Signed queries arrive as an [`Asker`]: signature, path, body, time and freshness of the query are checked here; that
//! the key is in force for that person, and what the person may see, is for the node to say.

mod error;
mod notice;
mod read;
mod search;
mod upload;

use std::sync::Arc;

use bytes::Bytes;
use carechain_crypto::{ChainId, HospitalId, PersonId, SigningPublicKey, TransactionId};
use carechain_schema::StatusReport;
use carechain_types::{
    DetachedPart, Height, ListQuery, Proof, SearchQuery, SignedReadRequest, SignedUploadComplete,
    SignedUploadOpen, StateQuery, Submission,
};
use futures::future::BoxFuture;

use crate::chunk_buffers::ChunkBuffers;

pub use error::NodeError;
pub use notice::{Notice, NoticeKind, NoticeQuery, Notices};
pub use read::{OpenedRead, RecordStream};
pub use search::{SearchHit, SearchPage};
pub use upload::{UploadBytes, UploadCaller, UploadFile, UploadProgress, UploadStatus};

/// The answer of a node, some time later.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, NodeError>>;

/// Who asks, by a signed query that verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asker {
    /// The person the query names.
    pub person: PersonId,
    /// The key it was signed with.
    pub key: SigningPublicKey,
    /// Answer only from this height on.
    pub min_height: Option<Height>,
}

/// A node as the HTTP border sees it. Every call may be made at any time, from many tasks at once.
pub trait Node: Send + Sync + 'static {
    /// How the node and the chain are.
    fn status(&self) -> Answer<'_, StatusReport>;

    /// The bytes of the genesis file.
    fn genesis_file(&self) -> Bytes;

    /// The ledger.
    fn chain_id(&self) -> ChainId;

    /// The hospital whose node this is: signed bodies must name it.
    fn hospital(&self) -> HospitalId;

    /// Counters and gauges in the OpenMetrics text format.
    fn metrics(&self) -> String;

    /// Counts a call that this border refused, by a reason out of a small fixed set.
    fn refused(&self, reason: &'static str);

    /// Whether the key is one of that person's, whatever else they may do: places are kept for known people only.
    fn admit(&self, asker: Asker) -> Answer<'_, ()>;

    /// Admits a transaction and waits for its commit; the proof carries body, outcome and block. A transaction that is
    /// committed already gives its proof again. [`NodeError::OutcomeUnknown`] after the node's bound.
    fn submit(&self, submission: Submission) -> Answer<'_, Proof>;

    /// The proof of a committed transaction.
    fn transaction(&self, id: TransactionId) -> Answer<'_, Proof>;

    /// One proof of all keys, which all differ, at one height. Tags other than those of
    /// [`is_public`](crate::is_public) come with an asker only.
    fn state(&self, asker: Option<Asker>, query: StateQuery) -> Answer<'_, Arc<Proof>>;

    /// One proof of all claims that show a page of a list whole; [`list_keys`](crate::list_keys) names them.
    fn list(&self, asker: Asker, query: ListQuery) -> Answer<'_, Proof>;

    /// A detached part.
    fn part(&self, asker: Asker, transaction: TransactionId, index: u16) -> Answer<'_, DetachedPart>;

    /// A page of search hits.
    fn search(&self, asker: Asker, query: SearchQuery) -> Answer<'_, SearchPage>;

    /// What happened to a person since a height: answers at once if there is something, else waits up to the query's
    /// bound and answers with nothing.
    fn notices(&self, asker: Asker, query: NoticeQuery) -> Answer<'_, Notices>;

    /// Opens an upload; the same signed bytes again give its status.
    fn upload_open(&self, open: SignedUploadOpen) -> Answer<'_, UploadStatus>;

    /// Where chunks are put together.
    fn chunk_buffers(&self) -> ChunkBuffers;

    /// Stores one chunk, exactly as long as its place in the file says and of the value that came with it; a chunk that
    /// is there already is a success.
    fn upload_chunk(&self, caller: UploadCaller, chunk: UploadBytes) -> Answer<'_, ()>;

    /// Whose file an upload is, and how long: what is looked up before its bytes are taken in, so one look and no more.
    fn upload_file(&self, caller: UploadCaller) -> Answer<'_, UploadFile>;

    /// Where an upload stands.
    fn upload_status(&self, caller: UploadCaller) -> Answer<'_, UploadStatus>;

    /// Checks the bytes against the signed root, sends them to the holders and waits, bounded, for their receipts; the
    /// same call again goes on waiting.
    fn upload_complete(
        &self,
        caller: UploadCaller,
        complete: SignedUploadComplete,
    ) -> Answer<'_, UploadProgress>;

    /// Submits a read request and waits for the committed decision; bytes follow only an `allowed` one.
    fn open_read(&self, request: SignedReadRequest) -> Answer<'_, OpenedRead>;
}
