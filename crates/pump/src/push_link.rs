//! The publisher's side of a push: one stream that carries an upload to one holder.

use std::sync::Arc;

use carechain_chunks::LocalUpload;
use carechain_crypto::{HospitalId, SigningPublicKey, chunk_count};
use carechain_network::BulkStream;
use carechain_process::brief;
use carechain_types::{Receipt, SignedUploadOpen};
use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::frame::{Frame, FrameError, Kind, read_frame, write_frame, write_push_chunk, write_version};
use crate::limits::ANSWER_WAIT;
use crate::link_error::LinkError;
use crate::message::{PushComplete, RefusalCode, body_of, frame_of, present_of};
use crate::shared::Shared;

/// What may answer an opening.
const OPENED: &[Kind] = &[Kind::Have, Kind::Refused];
/// What a holder may say after that.
const SAID: &[Kind] = &[Kind::Stored, Kind::Receipt, Kind::Refused];

/// What the machine wants sent.
#[derive(Debug)]
pub(super) enum PushOrder {
    /// A chunk.
    Send {
        /// Which.
        index: u32,
    },
    /// The completion.
    Complete(PushComplete),
}

/// What a holder said, and over which link.
#[derive(Debug)]
pub(super) struct LinkEvent {
    pub(super) holder: HospitalId,
    pub(super) link: u64,
    pub(super) what: Heard,
}

/// What a holder said.
#[derive(Debug)]
pub(super) enum Heard {
    /// It opened the upload and has these chunks.
    Opened {
        /// By index.
        present: Vec<bool>,
    },
    /// It stored a chunk.
    Stored {
        /// Which.
        index: u32,
    },
    /// Its receipt; the signature verifies under the key it states.
    Receipt {
        /// The receipt.
        receipt: Box<Receipt>,
    },
    /// The link ended.
    Failed,
}

/// A link; ends when dropped.
pub(super) struct PushLink {
    /// Tells it from earlier ones to the same holder.
    pub(super) number: u64,
    // At most a window of chunks and one completion: the machine sends no more.
    orders: mpsc::UnboundedSender<PushOrder>,
    task: AbortHandle,
}

impl Drop for PushLink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl PushLink {
    /// Begins to open the upload at a holder.
    pub(super) fn start(
        shared: &Arc<Shared>,
        (holder, key, number): (HospitalId, SigningPublicKey, u64),
        (open, local): (SignedUploadOpen, LocalUpload),
        events: mpsc::Sender<LinkEvent>,
    ) -> Self {
        let (orders, ordered) = mpsc::unbounded_channel();
        let push = Push { shared: Arc::clone(shared), holder, number, open, local, events };
        let task = brief(&Handle::current(), async move {
            let Err(error) = push.run(key, ordered).await else { return };
            tracing::debug!(%holder, %error, "a push ended");
            push.say(Heard::Failed).await;
        });
        Self { number, orders, task: task.abort_handle() }
    }

    /// What a link that ended does not send, the machine sends again over the next one.
    pub(super) fn order(&self, order: PushOrder) {
        let _ = self.orders.send(order);
    }
}

struct Push {
    shared: Arc<Shared>,
    holder: HospitalId,
    number: u64,
    open: SignedUploadOpen,
    local: LocalUpload,
    events: mpsc::Sender<LinkEvent>,
}

impl Push {
    /// The session that listens may have ended.
    async fn say(&self, what: Heard) {
        let _ = self.events.send(LinkEvent { holder: self.holder, link: self.number, what }).await;
    }

    /// Ends well only when the session drops the link's orders.
    async fn run(
        &self,
        key: SigningPublicKey,
        orders: mpsc::UnboundedReceiver<PushOrder>,
    ) -> Result<(), LinkError> {
        let stream = self.shared.network.open_bulk(key).await?;
        let (mut reader, mut writer) = split(stream);
        write_version(&mut writer).await?;
        write_frame(&mut writer, &frame_of(Kind::PushOpen, &self.open)).await?;
        let answer = timeout(ANSWER_WAIT, read_frame(&mut reader, OPENED)).await;
        let answer = answer.map_err(|_| LinkError::NoAnswer)??.ok_or(LinkError::Ended)?;
        match answer.kind {
            Kind::Have => {
                let chunks = chunk_count(self.open.open.length).map_err(|_| answer.malformed())?;
                self.say(Heard::Opened { present: present_of(&answer, chunks)? }).await;
            }
            Kind::Refused => return Err(LinkError::Refused(RefusalCode::from_frame(&answer)?)),
            kind => return Err(FrameError::OutOfPlace { kind }.into()),
        }
        tokio::try_join!(self.write(writer, orders), self.read(reader)).map(drop)
    }

    async fn write(
        &self,
        mut writer: WriteHalf<BulkStream>,
        mut orders: mpsc::UnboundedReceiver<PushOrder>,
    ) -> Result<(), LinkError> {
        while let Some(order) = orders.recv().await {
            match order {
                PushOrder::Send { index } => {
                    let bytes = match self.shared.recent.get(self.local, index) {
                        Some(bytes) => bytes,
                        None => self.shared.store.read(self.local, index).await?,
                    };
                    let value = self.shared.store.chunks().chunk_value(self.local, index)?;
                    write_push_chunk(&mut writer, (index, &value), &bytes).await?;
                    self.shared.counts.push_bytes_sent.add(bytes.len() as u64);
                }
                PushOrder::Complete(push) => {
                    write_frame(&mut writer, &frame_of(Kind::PushComplete, &push)).await?;
                }
            }
        }
        Ok(())
    }

    async fn read(&self, mut reader: ReadHalf<BulkStream>) -> Result<(), LinkError> {
        loop {
            let frame = read_frame(&mut reader, SAID).await?.ok_or(LinkError::Ended)?;
            let what = self.heard(&frame)?;
            self.say(what).await;
        }
    }

    fn heard(&self, frame: &Frame) -> Result<Heard, LinkError> {
        match frame.kind {
            Kind::Stored => Ok(Heard::Stored { index: frame.index()? }),
            Kind::Receipt => {
                let receipt: Receipt = body_of(frame)?;
                if receipt.leaf.hospital != self.holder || self.shared.verifier.receipt(&receipt).is_err() {
                    return Err(LinkError::WrongReceipt);
                }
                Ok(Heard::Receipt { receipt: Box::new(receipt) })
            }
            Kind::Refused => Err(LinkError::Refused(RefusalCode::from_frame(frame)?)),
            kind => Err(FrameError::OutOfPlace { kind }.into()),
        }
    }
}
