//! The holder's side of a fetch: chunks of one file to a gateway with a committed entry, or to a member for repair.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use carechain_chunks::{Completion, LocalUpload, StoreError};
use carechain_crypto::HospitalId;
use carechain_network::BulkStream;
use carechain_process::brief;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use tokio::io::{ReadHalf, WriteHalf};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep_until, timeout};

use crate::access_check::{AccessGuard, AccessRefusal};
use crate::bad_chunk;
use crate::counts::Count;
use crate::frame::{Frame, FrameError, Kind, read_frame, write_chunk, write_frame};
use crate::guests::GuestPlace;
use crate::limits::{ASKED_MAX, READING_MAX, REPAIR_BYTES_PER_SECOND, SERVICE_IDLE_MAX};
use crate::local_chunks::covering;
use crate::message::{
    Described, ReadFetch, RefusalCode, SignedRepairFetch, asked_chunks, body_of, frame_of, manifest_frame,
};
use crate::repair_right::check_repair_fetch;
use crate::serve_error::ServeError;
use crate::shared::Shared;

/// What an asker may say once the file is described.
const SAID: &[Kind] = &[Kind::Ask, Kind::Cancel, Kind::AskManifest];

/// Both halves of a stream.
type Halves<'a> = (ReadHalf<BulkStream>, &'a mut WriteHalf<BulkStream>);

/// Serves a gateway in the name of a reader.
pub(super) async fn serve_read(
    shared: &Arc<Shared>,
    remote: HospitalId,
    first: &Frame,
    halves: Halves<'_>,
) -> Result<(), ServeError> {
    let opened = open_read(shared, remote, first).await;
    let (file, guard) = opened.inspect_err(|_| shared.counts.read_fetches_refused.increment())?;
    shared.counts.read_fetches_served.increment();
    let mut service = Service { shared, file, right: Right::Reader(Box::new(guard)) };
    service.serve(halves).await
}

/// The reader's signature, the gateway at the other end, the entry in the own ledger, the file here.
async fn open_read(
    shared: &Shared,
    remote: HospitalId,
    first: &Frame,
) -> Result<(ServedFile, AccessGuard), ServeError> {
    let ReadFetch { entry, request, signature } = body_of(first)?;
    let signed = shared.verifier.body(&request.reader_key, &request, &signature).is_ok();
    if !signed || request.gateway != remote {
        return Err(ServeError::Refused(RefusalCode::NotPermitted));
    }
    let range = request.range;
    let guard = AccessGuard::new(entry, request);
    let record = guard.check(shared).await.map_err(refusal)?;
    let held = shared.store.file(&record.commitment);
    let (local, state) = held.ok_or(ServeError::Refused(RefusalCode::NotHeld))?;
    let completion = state.completion.ok_or(ServeError::Refused(RefusalCode::NotHeld))?;
    let chunks = covering(range, state.opening.length);
    let chunks = chunks.ok_or(ServeError::Refused(RefusalCode::Contradiction))?;
    Ok((ServedFile { local, completion, chunks }, guard))
}

fn refusal(refusal: AccessRefusal) -> ServeError {
    match refusal {
        AccessRefusal::NotAllowed => ServeError::Refused(RefusalCode::NotPermitted),
        AccessRefusal::Ended => ServeError::Refused(RefusalCode::AccessEnded),
        AccessRefusal::Ledger(error) => ServeError::Ledger(error),
    }
}

/// Serves a member that placement names for the file.
pub(super) async fn serve_repair(
    shared: &Arc<Shared>,
    remote: HospitalId,
    first: &Frame,
    halves: Halves<'_>,
) -> Result<(), ServeError> {
    let opened = async {
        let place = shared.repair_services.enter(remote);
        let place = place.ok_or(ServeError::Refused(RefusalCode::Busy))?;
        let signed: SignedRepairFetch = body_of(first)?;
        let (local, completion, chunks) = check_repair_fetch(shared, remote, &signed).await?;
        Ok((ServedFile { local, completion, chunks }, place))
    };
    let (file, place) =
        opened.await.inspect_err(|_: &ServeError| shared.counts.repair_fetches_refused.increment())?;
    shared.counts.repair_fetches_served.increment();
    let right = Right::Repair { due: Instant::now(), _place: place };
    let mut service = Service { shared, file, right };
    service.serve(halves).await
}

/// What is served.
struct ServedFile {
    local: LocalUpload,
    completion: Completion,
    /// No chunk outside is.
    chunks: core::ops::Range<u32>,
}

/// In whose name.
enum Right {
    /// A reader, while the entry opens the file.
    Reader(Box<AccessGuard>),
    /// A member, at no more than so many bytes a second.
    Repair {
        /// When the next chunk may leave.
        due: Instant,
        _place: GuestPlace,
    },
}

/// A chunk being read.
type Reading<'a> = BoxFuture<'a, (u32, Result<Bytes, StoreError>)>;

struct Service<'a> {
    shared: &'a Arc<Shared>,
    file: ServedFile,
    right: Right,
}

impl Service<'_> {
    async fn serve(&mut self, (reader, writer): Halves<'_>) -> Result<(), ServeError> {
        let Completion { tag, root, .. } = self.file.completion;
        write_frame(writer, &frame_of(Kind::Described, &Described { tag, root })).await?;
        let (said, mut heard) = mpsc::channel(ASKED_MAX);
        // Ends with this service.
        let mut listening = JoinSet::new();
        listening.spawn(listen(reader, said));
        let mut asked = VecDeque::new();
        let mut reading: FuturesOrdered<Reading<'_>> = FuturesOrdered::new();
        loop {
            while reading.len() < READING_MAX
                && let Some(index) = asked.pop_front()
            {
                reading.push_back(self.read(index));
            }
            tokio::select! {
                biased;
                frame = timeout(SERVICE_IDLE_MAX, heard.recv()) => {
                    match frame {
                        Ok(Some(frame)) => self.take(&frame?, &mut asked, writer).await?,
                        Ok(None) => return Ok(()),
                        Err(_) => return Err(ServeError::Silence),
                    }
                }
                Some((index, bytes)) = reading.next(), if !reading.is_empty() => {
                    self.send(index, bytes, writer).await?;
                }
            }
        }
    }

    fn read(&self, index: u32) -> Reading<'static> {
        let (store, local) = (self.shared.store.clone(), self.file.local);
        // Begins at once, also while nobody polls.
        let read = brief(&Handle::current(), async move { store.read(local, index).await });
        Box::pin(async move { (index, read.await.unwrap_or(Err(StoreError::NotHeld { local }))) })
    }

    async fn take(
        &self,
        frame: &Frame,
        asked: &mut VecDeque<u32>,
        writer: &mut WriteHalf<BulkStream>,
    ) -> Result<(), ServeError> {
        match frame.kind {
            Kind::Ask => {
                let chunks = asked_chunks(frame)?;
                if chunks.start < self.file.chunks.start || chunks.end > self.file.chunks.end {
                    return Err(ServeError::Refused(RefusalCode::NotPermitted));
                }
                let count = asked.len() + chunks.len();
                if count > ASKED_MAX {
                    return Err(ServeError::TooMuch { asked: count });
                }
                asked.extend(chunks);
            }
            Kind::Cancel => {
                let index = frame.index()?;
                asked.retain(|other| *other != index);
            }
            Kind::AskManifest => {
                let values = self.shared.store.chunks().manifest(self.file.local)?;
                write_frame(writer, &manifest_frame(&values)).await?;
            }
            kind => return Err(FrameError::OutOfPlace { kind }.into()),
        }
        Ok(())
    }

    async fn send(
        &mut self,
        index: u32,
        bytes: Result<Bytes, StoreError>,
        writer: &mut WriteHalf<BulkStream>,
    ) -> Result<(), ServeError> {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error @ (StoreError::Corrupt { .. } | StoreError::ChunkMissing { .. })) => {
                bad_chunk::note(self.shared, "another member", &error);
                return Ok(write_frame(writer, &Frame::of_index(Kind::Absent, index)).await?);
            }
            // It may well be there: the asker must not take it for lost.
            Err(error @ StoreError::Read(_)) => {
                bad_chunk::note(self.shared, "another member", &error);
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        };
        let count = bytes.len() as u64;
        match &mut self.right {
            Right::Reader(guard) => {
                if let Err(ended) = guard.passed(self.shared, count).await {
                    self.shared.counts.read_fetches_refused.increment();
                    return Err(refusal(ended));
                }
            }
            Right::Repair { due, .. } => {
                sleep_until(*due).await;
                let share = Duration::from_micros(count * 1_000_000 / REPAIR_BYTES_PER_SECOND);
                *due = Instant::now() + share;
            }
        }
        write_chunk(writer, index, &bytes).await?;
        self.sent().add(count);
        Ok(())
    }

    fn sent(&self) -> &Count {
        match self.right {
            Right::Reader(_) => &self.shared.counts.read_fetch_bytes,
            Right::Repair { .. } => &self.shared.counts.repair_fetch_bytes,
        }
    }
}

async fn listen(mut reader: ReadHalf<BulkStream>, said: mpsc::Sender<Result<Frame, ServeError>>) {
    loop {
        let frame = match read_frame(&mut reader, SAID).await {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => return,
            Err(error) => Err(error.into()),
        };
        let broken = frame.is_err();
        if said.send(frame).await.is_err() || broken {
            return;
        }
    }
}
