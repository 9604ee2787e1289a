//! The holder's side of a push: checks what the client signed, stores, and gives a receipt for what it stored.

use std::sync::Arc;

use carechain_chunks::{Completion, LocalUpload, StoreError, UploadOpening};
use carechain_crypto::{HospitalId, address_commitment};
use carechain_network::BulkStream;
use carechain_types::{SignedUploadOpen, UploadOpen};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::io::{ReadHalf, WriteHalf};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::access_check::next_block;
use crate::frame::{Frame, FrameError, Kind, read_head, read_payload, write_frame};
use crate::limits::{HEIGHT_WAIT, PAYLOAD_WAIT, SERVICE_IDLE_MAX, STORING_MAX};
use crate::message::{PushComplete, RefusalCode, bitmap, body_of, frame_of};
use crate::opening::{expiry_in_rule, opening_of};
use crate::receipt::sign_receipt;
use crate::serve_error::ServeError;
use crate::shared::Shared;

/// What a publisher may say once the upload is open.
const SAID: &[Kind] = &[Kind::PushChunk, Kind::PushComplete];

/// A frame; a chunk with its place among the chunks in memory.
type Placed = (Frame, Option<OwnedSemaphorePermit>);
type Arrived = Result<Placed, ServeError>;

/// Serves one push until its publisher ends the stream.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    remote: HospitalId,
    first: &Frame,
    (reader, writer): (ReadHalf<BulkStream>, &mut WriteHalf<BulkStream>),
) -> Result<(), ServeError> {
    let signed: SignedUploadOpen = body_of(first)?;
    check_open(shared, remote, &signed).await?;
    let opening = opening_of(&signed.open);
    let local = shared.store.run(move |chunks| begin(chunks, &opening)).await?;
    let present = shared.store.chunks().present(local)?;
    write_frame(writer, &bitmap(&present)).await?;
    let push = Push { shared, open: signed.open, opening, local };
    push.serve(reader, writer).await
}

/// The upload that this opening began before, complete or not, or a new one.
fn begin(chunks: &carechain_chunks::ChunkStore, opening: &UploadOpening) -> Result<LocalUpload, StoreError> {
    let earlier = chunks.find_upload(&opening.upload).into_iter();
    let mut same = earlier.filter(|local| chunks.state(*local).is_ok_and(|state| state.opening == *opening));
    same.next().map_or_else(|| chunks.begin(opening), Ok)
}

/// The client's signature, its key in force, the remote peer the node the client named, the time.
async fn check_open(
    shared: &Shared,
    remote: HospitalId,
    signed: &SignedUploadOpen,
) -> Result<(), ServeError> {
    let SignedUploadOpen { open, signature } = signed;
    if open.hospital != remote || open.publishing_hospital != remote || remote == shared.hospital {
        return Err(ServeError::Refused(RefusalCode::Contradiction));
    }
    if !expiry_in_rule(open.expiry, shared.clock.wall()) {
        return Err(ServeError::Refused(RefusalCode::NotPermitted));
    }
    if shared.verifier.body(&open.key, open, signature).is_err() {
        return Err(ServeError::Refused(RefusalCode::NotPermitted));
    }
    // The publisher may be a block ahead.
    let deadline = Instant::now() + HEIGHT_WAIT;
    let mut news = shared.ledger.news();
    while !shared.ledger.may_upload(*open).await? {
        if !next_block(&mut news, deadline).await {
            return Err(ServeError::Refused(RefusalCode::NotPermitted));
        }
    }
    Ok(())
}

struct Push<'a> {
    shared: &'a Arc<Shared>,
    open: UploadOpen,
    opening: UploadOpening,
    local: LocalUpload,
}

impl Push<'_> {
    async fn serve(
        &self,
        reader: ReadHalf<BulkStream>,
        writer: &mut WriteHalf<BulkStream>,
    ) -> Result<(), ServeError> {
        let (arrived, mut frames) = mpsc::channel(1);
        // Ends with this service.
        let mut reading = JoinSet::new();
        reading.spawn(read_frames(Arc::clone(self.shared), reader, arrived));
        let mut storing = FuturesUnordered::new();
        let mut completion: Option<PushComplete> = None;
        loop {
            if let Some(push) = completion.filter(|_| storing.is_empty()) {
                completion = None;
                self.complete(&push, writer).await?;
            }
            let may_read = storing.len() < STORING_MAX && completion.is_none();
            tokio::select! {
                Some(stored) = storing.next(), if !storing.is_empty() => {
                    write_frame(writer, &Frame::of_index(Kind::Stored, stored?)).await?;
                }
                frame = timeout(SERVICE_IDLE_MAX, frames.recv()), if may_read => {
                    let Some(arrived) = frame.map_err(|_| ServeError::Silence)? else { return Ok(()) };
                    let (frame, place) = arrived?;
                    match frame.kind {
                        Kind::PushChunk => storing.push(self.store((frame, place))),
                        Kind::PushComplete => completion = Some(body_of(&frame)?),
                        kind => return Err(FrameError::OutOfPlace { kind }.into()),
                    }
                }
            }
        }
    }

    /// Stores a chunk; its exact length is checked before it is hashed, and its value before it is kept.
    async fn store(&self, (frame, place): Placed) -> Result<u32, ServeError> {
        let (index, value, bytes) = frame.into_push_chunk()?;
        self.shared.counts.push_bytes_received.add(bytes.len() as u64);
        let stored = self.shared.store.put(self.local, (index, value), bytes).await;
        drop(place);
        stored?;
        Ok(index)
    }

    /// The commitment over what is stored here, durable, then the receipt.
    async fn complete(
        &self,
        push: &PushComplete,
        writer: &mut WriteHalf<BulkStream>,
    ) -> Result<(), ServeError> {
        let PushComplete { complete, signature } = push;
        if complete.upload_id != self.open.upload_id {
            return Err(ServeError::Refused(RefusalCode::Contradiction));
        }
        if self.shared.verifier.body(&self.open.key, complete, signature).is_err() {
            return Err(ServeError::Refused(RefusalCode::NotPermitted));
        }
        let author = self.opening.author.to_bytes();
        let (length, patient) = (self.opening.length, &self.opening.patient);
        let commitment = address_commitment(&complete.tag, &complete.root, length, &author, patient);
        let completion = Completion { commitment, tag: complete.tag, root: complete.root };
        self.shared.store.complete(self.local, completion).await?;
        let receipt = sign_receipt(self.shared, &self.opening, &completion);
        Ok(write_frame(writer, &frame_of(Kind::Receipt, &receipt)).await?)
    }
}

/// Reads ahead by one frame; a chunk takes its place among the chunks in memory before its bytes are read.
async fn read_frames(shared: Arc<Shared>, mut reader: ReadHalf<BulkStream>, arrived: mpsc::Sender<Arrived>) {
    loop {
        let said = match read_placed(&shared, &mut reader).await {
            Ok(Some(placed)) => Ok(placed),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        let broken = said.is_err();
        if arrived.send(said).await.is_err() || broken {
            return;
        }
    }
}

async fn read_placed(
    shared: &Shared,
    reader: &mut ReadHalf<BulkStream>,
) -> Result<Option<Placed>, ServeError> {
    let Some((kind, bytes)) = read_head(reader, SAID).await? else { return Ok(None) };
    let place = match kind {
        Kind::PushChunk => Arc::clone(&shared.service_chunks).acquire_owned().await.ok(),
        _ => None,
    };
    // A peer that stops in the middle must not keep the place.
    let frame = timeout(PAYLOAD_WAIT, read_payload(reader, (kind, bytes), shared.store.buffers())).await;
    Ok(Some((frame.map_err(|_| ServeError::Silence)??, place)))
}
