//! A read at the gateway: bytes of a range in order, from the own store or from other holders, while access lasts.

use core::ops::Range;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use carechain_api::{NodeError, RecordStream};
use carechain_chunks::{LocalUpload, Put, StoreError};
use carechain_custody::ranking;
use carechain_process::brief;
use carechain_types::{ByteRange, EntryId, SignedReadRequest};
use futures::StreamExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::timeout;

use crate::access_check::{AccessGuard, AccessRefusal};
use crate::bad_chunk;
use crate::fetch_link::{Claim, KnownFile};
use crate::fetcher::{FetchFailed, Fetcher};
use crate::ledger_view::LedgerRecord;
use crate::limits::{
    AHEAD_BYTES_ALL, AHEAD_BYTES_MAX, AHEAD_BYTES_MIN, LINKS_ALL, LOCAL_AHEAD, PIECES_MAX, READ_WAIT,
    READER_WAIT,
};
use crate::local_chunks::{covering, inside};
use crate::message::Described;
use crate::shared::Shared;
use crate::start::Files;
use crate::store::store_failure;

impl Files {
    /// The bytes that a committed `allowed` entry opens, in order. An error ends them; the reader signs a new request
    /// for what it lacks.
    ///
    /// # Errors
    /// `AccessEnded`, `NoHolder`, `Invalid` for a range outside the file, `Busy`.
    pub async fn read(&self, entry: EntryId, signed: SignedReadRequest) -> Result<RecordStream, NodeError> {
        let shared = &self.0.shared;
        let SignedReadRequest { request, signature, .. } = signed;
        if request.gateway != shared.hospital {
            return Err(NodeError::Invalid { problem: "the request names another gateway".to_owned() });
        }
        let range = request.range;
        let guard = AccessGuard::new(entry, request.clone());
        let record = guard.check(shared).await.map_err(ended)?;
        let chunks = covering(range, record.length)
            .ok_or_else(|| NodeError::Invalid { problem: "the range is not of the file".to_owned() })?;
        let claim = Claim::Reader { entry, request: Box::new(request), signature };
        let active = ActiveRead::begin(shared);
        let (local, file) = own_file(shared, &record).unzip();
        let mut fetcher = fetcher(shared, record, claim, file);
        fetcher.set_ahead(active.ahead());
        fetcher.set_links(active.links());
        if local.is_none() {
            fetcher.ready().await.map_err(undelivered)?;
        }
        shared.counts.reads.increment();
        let (pieces, received) = mpsc::channel(PIECES_MAX);
        let reading = Reading { shared: Arc::clone(shared), guard, range, fetcher, pieces, _active: active };
        let task = brief(&self.0.runtime, reading.run(local, chunks)).abort_handle();
        Ok(stream(received, task))
    }
}

/// The own copy, if there is one that the ledger's commitment names.
fn own_file(shared: &Shared, record: &LedgerRecord) -> Option<(LocalUpload, KnownFile)> {
    let (local, state) = shared.store.file(&record.commitment)?;
    let completion = state.completion?;
    let values = shared.store.chunks().manifest(local).ok()?;
    let described = Described { tag: completion.tag, root: completion.root };
    Some((local, KnownFile::check(record, described, values).ok()?))
}

fn fetcher(shared: &Arc<Shared>, record: LedgerRecord, claim: Claim, file: Option<KnownFile>) -> Fetcher {
    let mut sources = ranking(&record.upload_id, &record.hospital, &shared.candidates());
    sources.retain(|source| *source != shared.hospital);
    Fetcher::new(shared, record, claim, sources, file)
}

fn ended(refusal: AccessRefusal) -> NodeError {
    match refusal {
        AccessRefusal::NotAllowed | AccessRefusal::Ended => NodeError::AccessEnded,
        AccessRefusal::Ledger(error) => error,
    }
}

fn undelivered(failed: FetchFailed) -> NodeError {
    match failed {
        FetchFailed::NoHolder(answers) => {
            tracing::warn!("a file that somebody may read is not delivered: {answers}");
            NodeError::NoHolder
        }
        FetchFailed::TakerGone => NodeError::NoHolder,
        FetchFailed::Plan(error) => NodeError::Invalid { problem: error.to_string() },
        FetchFailed::Length(error) => NodeError::Invalid { problem: error.to_string() },
    }
}

/// Ends the task when the reader goes away.
fn stream(mut received: mpsc::Receiver<Result<Bytes, NodeError>>, task: AbortHandle) -> RecordStream {
    struct AbortOnDrop(AbortHandle);
    impl Drop for AbortOnDrop {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let task = AbortOnDrop(task);
    futures::stream::poll_fn(move |context| {
        let _held = &task;
        received.poll_recv(context)
    })
    .boxed()
}

/// Counts among the reads that share what may lie ahead.
struct ActiveRead(Arc<Shared>);

impl ActiveRead {
    fn begin(shared: &Arc<Shared>) -> Self {
        shared.reads.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }

    fn ahead(&self) -> u64 {
        let share = AHEAD_BYTES_ALL / self.0.reads.load(Ordering::Relaxed).max(1);
        share.clamp(AHEAD_BYTES_MIN, AHEAD_BYTES_MAX)
    }

    /// Several holders while there are few reads; when there are many, each is content with one.
    fn links(&self) -> usize {
        let reads = self.0.reads.load(Ordering::Relaxed).max(1);
        usize::try_from(LINKS_ALL / reads).unwrap_or(1)
    }
}

impl Drop for ActiveRead {
    fn drop(&mut self) {
        self.0.reads.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a read ended before its last byte.
enum Stop {
    /// The reader hears why.
    Error(NodeError),
    /// Nobody listens, or too slowly.
    ReaderGone,
}

struct Reading {
    shared: Arc<Shared>,
    guard: AccessGuard,
    range: ByteRange,
    fetcher: Fetcher,
    pieces: mpsc::Sender<Result<Bytes, NodeError>>,
    _active: ActiveRead,
}

impl Reading {
    async fn run(mut self, local: Option<LocalUpload>, chunks: Range<u32>) {
        let read = async {
            match local {
                Some(local) => self.read_own(local, chunks).await,
                None => self.read_others(chunks).await,
            }
        };
        let over = |_| Err(Stop::Error(NodeError::AccessEnded));
        let read = timeout(READ_WAIT, read).await.unwrap_or_else(over);
        if let Err(Stop::Error(error)) = read {
            let _ = self.pieces.send(Err(error)).await;
        }
    }

    /// From the own store; a chunk that is corrupt there comes from another holder and is put in its place.
    async fn read_own(&mut self, local: LocalUpload, chunks: Range<u32>) -> Result<(), Stop> {
        let mut ahead: VecDeque<(u32, JoinHandle<Result<Bytes, StoreError>>)> = VecDeque::new();
        let mut unread = chunks;
        loop {
            while ahead.len() <= LOCAL_AHEAD
                && let Some(index) = unread.next()
            {
                let store = self.shared.store.clone();
                ahead.push_back((
                    index,
                    brief(&Handle::current(), async move { store.read(local, index).await }),
                ));
            }
            let Some((index, read)) = ahead.pop_front() else { return Ok(()) };
            let gone = NodeError::Internal { what: "a read of the store ended" };
            let bytes = match read.await.map_err(|_| Stop::Error(gone))? {
                Ok(bytes) => bytes,
                // What cannot be read just now is fetched too, and stays in its place.
                Err(
                    error @ (StoreError::Corrupt { .. }
                    | StoreError::ChunkMissing { .. }
                    | StoreError::Read(_)),
                ) => {
                    bad_chunk::note(&self.shared, "own reader", &error);
                    self.mend(local, index).await?
                }
                // Erased, or collected, meanwhile.
                Err(StoreError::NotHeld { .. }) => return Err(Stop::Error(NodeError::AccessEnded)),
                Err(error) => return Err(Stop::Error(store_failure(&error))),
            };
            pass(&self.shared, &mut self.guard, &self.pieces, (self.range, index, bytes)).await?;
        }
    }

    async fn mend(&mut self, local: LocalUpload, index: u32) -> Result<Bytes, Stop> {
        let (taker, mut taken) = mpsc::channel(1);
        let fetched = self.fetcher.run(index..index + 1, &taker).await;
        fetched.map_err(|failed| Stop::Error(undelivered(failed)))?;
        let Some((_, bytes)) = taken.recv().await else { return Err(Stop::Error(NodeError::NoHolder)) };
        let copy = bytes.clone();
        let replaced = self.shared.store.run(move |chunks| chunks.replace_chunk(local, index, &copy)).await;
        match replaced {
            Ok(Put::Written) => self.shared.counts.chunks_replaced.increment(),
            Ok(Put::AlreadyHeld) => {}
            // The reader has its bytes; repair tries again.
            Err(error) => tracing::warn!(%error, index, "a corrupt chunk was not replaced"),
        }
        Ok(bytes)
    }

    async fn read_others(&mut self, chunks: Range<u32>) -> Result<(), Stop> {
        let (taker, mut taken) = mpsc::channel(1);
        let Self { shared, guard, range, fetcher, pieces, .. } = self;
        let fetching = async {
            let fetched = fetcher.run(chunks, &taker).await;
            drop(taker);
            fetched.map_err(|failed| Stop::Error(undelivered(failed)))
        };
        let passing = async {
            while let Some((index, bytes)) = taken.recv().await {
                pass(shared, guard, pieces, (*range, index, bytes)).await?;
            }
            Ok(())
        };
        tokio::try_join!(fetching, passing).map(drop)
    }
}

/// Passes a chunk on, if access lasts.
async fn pass(
    shared: &Shared,
    guard: &mut AccessGuard,
    pieces: &mpsc::Sender<Result<Bytes, NodeError>>,
    (range, index, bytes): (ByteRange, u32, Bytes),
) -> Result<(), Stop> {
    let piece = inside(range, index, &bytes);
    let count = piece.len() as u64;
    guard.passed(shared, count).await.map_err(|refusal| Stop::Error(ended(refusal)))?;
    shared.counts.read_bytes.add(count);
    match timeout(READER_WAIT, pieces.send(Ok(piece))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Stop::ReaderGone),
    }
}
