//! One stream that brings chunks of a file from one holder; every chunk is compared with the manifest here.

use core::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use carechain_api::ChunkBuffers;
use carechain_crypto::{HospitalId, Manifest, Signature, address_commitment};
use carechain_custody::fetch::Verdict;
use carechain_network::BulkStream;
use carechain_process::{blocking, brief};
use carechain_types::{EntryId, ReadRequest};
use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::frame::{Frame, FrameError, Kind, read_frame, read_frame_into, write_frame, write_version};
use crate::ledger_view::LedgerRecord;
use crate::limits::{ANSWER_WAIT, PAYLOAD_WAIT};
use crate::link_error::LinkError;
use crate::message::{Described, ReadFetch, RefusalCode, ask_frame, body_of, frame_of, manifest_values};
use crate::repair_right::sign_repair_fetch;
use crate::shared::Shared;

/// What a holder may say once it has described the file.
const SAID: &[Kind] = &[Kind::Chunk, Kind::Absent, Kind::Refused];

/// By what right chunks are asked for.
#[derive(Clone, Debug)]
pub(super) enum Claim {
    /// A committed access entry.
    Reader {
        /// The entry.
        entry: EntryId,
        /// The request it allowed.
        request: Box<ReadRequest>,
        /// The reader's signature.
        signature: Signature,
    },
    /// Placement names this hospital.
    Repair {
        /// What may be asked for.
        chunks: Range<u32>,
    },
}

/// Tag, root and manifest of a file, checked against the ledger's commitment.
#[derive(Clone, Debug)]
pub(super) struct KnownFile {
    pub(super) described: Described,
    pub(super) manifest: Arc<Manifest>,
}

impl KnownFile {
    /// Checks what a holder or the own store says.
    pub(super) fn check(
        record: &LedgerRecord,
        described: Described,
        values: Vec<carechain_crypto::SubtreeValue>,
    ) -> Result<Self, LinkError> {
        let Described { tag, root } = described;
        let author = record.author.to_bytes();
        if address_commitment(&tag, &root, record.length, &author, &record.patient) != record.commitment {
            return Err(LinkError::WrongDescription);
        }
        let manifest = Arc::new(Manifest::check(record.length, values, &root)?);
        Ok(Self { described, manifest })
    }
}

/// What a holder sent, and over which link.
#[derive(Debug)]
pub(super) struct FetchEvent {
    pub(super) holder: HospitalId,
    pub(super) link: u64,
    pub(super) what: Fetched,
}

/// What a holder sent.
#[derive(Debug)]
pub(super) enum Fetched {
    /// A chunk.
    Chunk {
        /// Which it says it is.
        index: u32,
        /// Its bytes.
        bytes: Bytes,
        /// Whether it is.
        verdict: Verdict,
    },
    /// Nothing more.
    Failed {
        /// The chunk that the holder said it does not have, if that is why.
        absent: Option<u32>,
    },
}

/// A stream on which the holder has described the file.
pub(super) struct OpenLink {
    pub(super) file: KnownFile,
    reader: ReadHalf<BulkStream>,
    writer: WriteHalf<BulkStream>,
    buffers: ChunkBuffers,
}

/// Opens a stream to a holder; asks it for the manifest unless the file is known.
pub(super) async fn open(
    shared: Arc<Shared>,
    holder: HospitalId,
    record: LedgerRecord,
    claim: Claim,
    known: Option<KnownFile>,
) -> Result<OpenLink, LinkError> {
    let key = shared.node_key(&holder).ok_or(LinkError::NoMember)?;
    let (mut reader, mut writer) = split(shared.network.open_bulk(key).await?);
    write_version(&mut writer).await?;
    let first = match claim {
        Claim::Reader { entry, request, signature } => {
            frame_of(Kind::ReadFetch, &ReadFetch { entry, request: *request, signature })
        }
        Claim::Repair { chunks } => {
            let signed = sign_repair_fetch(&shared, holder, record.commitment, chunks)?;
            frame_of(Kind::RepairFetch, &signed)
        }
    };
    write_frame(&mut writer, &first).await?;
    let described = answer(&mut reader, Kind::Described, ANSWER_WAIT).await?;
    let described: Described = body_of(&described)?;
    let file = match known {
        // The same file: nothing to learn, and nothing to believe.
        Some(known) => known,
        None => {
            write_frame(&mut writer, &Frame::new(Kind::AskManifest, Vec::new())).await?;
            let manifest = answer(&mut reader, Kind::Manifest, PAYLOAD_WAIT).await?;
            KnownFile::check(&record, described, manifest_values(&manifest)?)?
        }
    };
    Ok(OpenLink { file, reader, writer, buffers: shared.store.buffers().clone() })
}

async fn answer(
    reader: &mut ReadHalf<BulkStream>,
    kind: Kind,
    wait: std::time::Duration,
) -> Result<Frame, LinkError> {
    let frame = timeout(wait, read_frame(reader, &[kind, Kind::Refused]))
        .await
        .map_err(|_| LinkError::NoAnswer)??;
    let frame = frame.ok_or(LinkError::Ended)?;
    match frame.kind {
        got if got == kind => Ok(frame),
        Kind::Refused => Err(LinkError::Refused(RefusalCode::from_frame(&frame)?)),
        kind => Err(FrameError::OutOfPlace { kind }.into()),
    }
}

/// A link at work; ends when dropped.
pub(super) struct FetchLink {
    /// Tells it from earlier ones to the same holder.
    pub(super) number: u64,
    // At most a window of chunks: the machine asks for no more.
    asks: mpsc::UnboundedSender<Frame>,
    task: AbortHandle,
}

impl Drop for FetchLink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FetchLink {
    /// Lets an open link work.
    pub(super) fn start(
        open: OpenLink,
        manifest: Arc<Manifest>,
        (holder, number): (HospitalId, u64),
        events: mpsc::Sender<FetchEvent>,
    ) -> Self {
        let OpenLink { reader, writer, buffers, .. } = open;
        let (asks, asked) = mpsc::unbounded_channel();
        let task = brief(&Handle::current(), async move {
            let arriving = Arriving { holder, number, manifest, events, buffers };
            let ended = tokio::try_join!(write_asks(writer, asked), arriving.read(reader));
            let Err(error) = ended else { return };
            tracing::debug!(%holder, %error, "a fetch ended");
            let absent = match error {
                LinkError::Absent { index } => Some(index),
                _ => None,
            };
            arriving.say(Fetched::Failed { absent }).await;
        });
        Self { number, asks, task: task.abort_handle() }
    }

    /// What a link that ended does not ask, the machine asks of another.
    pub(super) fn ask(&self, chunks: &Range<u32>) {
        let _ = self.asks.send(ask_frame(chunks));
    }

    /// As [`FetchLink::ask`].
    pub(super) fn cancel(&self, index: u32) {
        let _ = self.asks.send(Frame::of_index(Kind::Cancel, index));
    }
}

async fn write_asks(
    mut writer: WriteHalf<BulkStream>,
    mut asked: mpsc::UnboundedReceiver<Frame>,
) -> Result<(), LinkError> {
    while let Some(frame) = asked.recv().await {
        write_frame(&mut writer, &frame).await?;
    }
    Ok(())
}

struct Arriving {
    holder: HospitalId,
    number: u64,
    manifest: Arc<Manifest>,
    events: mpsc::Sender<FetchEvent>,
    buffers: ChunkBuffers,
}

impl Arriving {
    /// The fetch that listens may have ended.
    async fn say(&self, what: Fetched) {
        let _ = self.events.send(FetchEvent { holder: self.holder, link: self.number, what }).await;
    }

    async fn read(&self, mut reader: ReadHalf<BulkStream>) -> Result<(), LinkError> {
        loop {
            let frame = read_frame_into(&mut reader, SAID, &self.buffers).await?.ok_or(LinkError::Ended)?;
            match frame.kind {
                Kind::Chunk => {
                    let (index, bytes) = frame.into_chunk()?;
                    // A place among the events first: no more chunks are hashed than are taken.
                    let Ok(place) = self.events.clone().reserve_owned().await else { return Ok(()) };
                    let (holder, link, manifest) = (self.holder, self.number, Arc::clone(&self.manifest));
                    // Hashed beside the reading of the next one.
                    let check = move || {
                        let verdict = match manifest.check_chunk(index, &bytes) {
                            Ok(()) => Verdict::Intact,
                            Err(_) => Verdict::Wrong,
                        };
                        let what = Fetched::Chunk { index, bytes, verdict };
                        place.send(FetchEvent { holder, link, what });
                    };
                    drop(blocking(&Handle::current(), check));
                }
                Kind::Absent => return Err(LinkError::Absent { index: frame.index()? }),
                Kind::Refused => return Err(LinkError::Refused(RefusalCode::from_frame(&frame)?)),
                kind => return Err(FrameError::OutOfPlace { kind }.into()),
            }
        }
    }
}
