//! Fetches a file, or chunks of one, for the own store.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_chunks::{ChunkStore, Completion, LocalUpload, StoreError, UploadOpening};
use carechain_crypto::{Commitment, EhrId, HospitalId, chunk_count};
use carechain_custody::repair::{HeldFile, Lacking, OtherCopies};
use tokio::sync::mpsc;

use crate::fetch_link::{Claim, KnownFile};
use crate::fetcher::{Delivered, FetchFailed, Fetcher};
use crate::ledger_view::LedgerRecord;
use crate::limits::{AHEAD_BYTES_MIN, REPAIR_LIFE};
use crate::local_chunks::runs;
use crate::message::Described;
use crate::shared::Shared;

/// What became of one file.
pub(super) struct Mended {
    pub(super) commitment: Commitment,
    pub(super) result: Result<(), MendError>,
}

/// Why a file is still not whole here. It is tried again later.
#[derive(Debug, thiserror::Error)]
pub(super) enum MendError {
    /// The ledger does not name it any more.
    #[error("the record is not on the ledger")]
    NoRecord,
    /// The ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] NodeError),
    /// Nobody delivers.
    #[error(transparent)]
    Fetch(#[from] FetchFailed),
    /// The own store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MendError {
    /// What it says of the copies of others.
    pub(super) const fn others(&self) -> OtherCopies {
        match self {
            Self::Fetch(FetchFailed::NoHolder(answers)) if answers.none_left() => OtherCopies::NoneLeft,
            _ => OtherCopies::Unknown,
        }
    }
}

/// Fetches what is lacking.
pub(super) async fn mend(
    shared: Arc<Shared>,
    (record, file): (EhrId, HeldFile),
    lacking: Lacking,
    sources: Vec<HospitalId>,
) -> Mended {
    let mending = async {
        let record = shared.ledger.record(record).await?.ok_or(MendError::NoRecord)?;
        match lacking {
            Lacking::File => mend_file(&shared, record, sources).await,
            Lacking::Chunks(chunks) => mend_chunks(&shared, record, runs(chunks), sources).await,
        }
    };
    Mended { commitment: file.commitment, result: mending.await }
}

async fn mend_file(
    shared: &Arc<Shared>,
    record: LedgerRecord,
    sources: Vec<HospitalId>,
) -> Result<(), MendError> {
    let chunks = chunk_count(record.length).map_err(|_| MendError::NoRecord)?;
    let claim = Claim::Repair { chunks: 0..chunks };
    let mut fetcher = Fetcher::new(shared, record, claim, sources, None);
    fetcher.set_ahead(AHEAD_BYTES_MIN);
    fetcher.ready().await?;
    let known = fetcher.file().cloned().ok_or_else(|| fetcher.nobody(None))?;
    let local = begin(shared, &record, &known).await?;
    let present = shared.store.chunks().present(local)?;
    let missing = (0_u32..).zip(present).filter(|(_, has)| !has).map(|(index, _)| index);
    for run in runs(missing) {
        let (taker, taken) = mpsc::channel(1);
        let fetching = async {
            let fetched = fetcher.run(run, &taker).await;
            drop(taker);
            fetched.map_err(MendError::from)
        };
        tokio::try_join!(fetching, put_all(shared, local, &known, taken))?;
    }
    let Described { tag, root } = known.described;
    let completion = Completion { commitment: record.commitment, tag, root };
    shared.store.complete(local, completion).await?;
    // Erased in between: collected all the same.
    let _ = shared.store.chunks().mark_published(local);
    Ok(())
}

async fn put_all(
    shared: &Shared,
    local: LocalUpload,
    known: &KnownFile,
    mut taken: mpsc::Receiver<Delivered>,
) -> Result<(), MendError> {
    while let Some((index, bytes)) = taken.recv().await {
        let value = *known.manifest.values().get(index as usize).ok_or(MendError::NoRecord)?;
        shared.store.run(move |chunks| chunks.put_chunk(local, index, &bytes, &value)).await?;
    }
    Ok(())
}

/// The open upload that an earlier try left, or a new one. What was sent under the same id may be another sealing of the
/// record, with other bytes of the same length: an upload with a chunk of that never becomes this file.
async fn begin(shared: &Shared, record: &LedgerRecord, known: &KnownFile) -> Result<LocalUpload, MendError> {
    let now = shared.clock.wall();
    let opening = UploadOpening {
        upload: record.upload_id,
        author: record.author,
        patient: record.patient,
        publishing_hospital: record.hospital,
        length: record.length,
        expiry: now.after(REPAIR_LIFE),
    };
    let chunks = shared.store.chunks();
    for local in chunks.find_upload(&record.upload_id) {
        let Ok(state) = chunks.state(local) else { continue };
        let same = UploadOpening { expiry: state.opening.expiry, ..opening } == state.opening;
        let open = state.completion.is_none() && now < state.opening.expiry;
        if same && open && holds_only(chunks, local, known) {
            return Ok(local);
        }
    }
    Ok(shared.store.run(move |chunks| chunks.begin(&opening)).await?)
}

/// Whether every chunk that an open upload has is the file's.
fn holds_only(chunks: &ChunkStore, local: LocalUpload, known: &KnownFile) -> bool {
    let Ok(present) = chunks.present(local) else { return false };
    let held = (0_u32..).zip(present).zip(known.manifest.values()).filter(|((_, has), _)| *has);
    held.into_iter()
        .all(|((index, _), value)| chunks.chunk_value(local, index).is_ok_and(|stored| stored == *value))
}

async fn mend_chunks(
    shared: &Arc<Shared>,
    record: LedgerRecord,
    wanted: Vec<core::ops::Range<u32>>,
    sources: Vec<HospitalId>,
) -> Result<(), MendError> {
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Ok(()) };
    let claim = Claim::Repair { chunks: first.start..last.end };
    let (local, state) = shared.store.file(&record.commitment).ok_or(MendError::NoRecord)?;
    let completion = state.completion.ok_or(MendError::NoRecord)?;
    let described = Described { tag: completion.tag, root: completion.root };
    let values = shared.store.chunks().manifest(local)?;
    let known = KnownFile::check(&record, described, values).map_err(|_| MendError::NoRecord)?;
    let mut fetcher = Fetcher::new(shared, record, claim, sources, Some(known));
    fetcher.set_ahead(AHEAD_BYTES_MIN);
    for run in wanted {
        let (taker, mut taken) = mpsc::channel::<Delivered>(1);
        let fetching = async {
            let fetched = fetcher.run(run, &taker).await;
            drop(taker);
            fetched.map_err(MendError::from)
        };
        let replacing = async {
            while let Some((index, bytes)) = taken.recv().await {
                shared.store.run(move |chunks| chunks.replace_chunk(local, index, &bytes)).await?;
                shared.counts.chunks_replaced.increment();
            }
            Ok(())
        };
        tokio::try_join!(fetching, replacing)?;
    }
    Ok(())
}
