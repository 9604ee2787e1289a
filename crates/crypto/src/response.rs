//! Response frames: the bytes of one range, sealed to the reader's reply key.
//!
//! ```text
//! response   kem u8 | encapsulation 32 | frame 0 | frame 1 | ...
//! frame      ciphertext of 65,536 bytes, the last of what is left | tag 16
//! ```
//!
//! One HPKE context for each range. info = request digest 32 ‖ gateway 20; associated data of a frame = index u32 ‖
//! last flag u8. A broken transfer goes on with a new read request for the missing range.

mod reader;

use rand_core::CryptoRng;

use crate::fixed::{HospitalId, RequestDigest};
use crate::limits::{FRAME_BYTES, TAG_BYTES};
use crate::record::Position;
use crate::sealed_box::{OpenError, OpeningContext, SealError, SealingContext};
use crate::sealing_key::{Agree, AgreeError, KEM_X25519, SealingPublicKey};

pub use reader::FrameReader;

/// Bytes before the first frame.
pub const RESPONSE_HEAD_BYTES: usize = 1 + 32;

/// What the frames of one response are bound to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ResponseContext {
    /// Names the read request.
    pub request: RequestDigest,
    /// The gateway it names.
    pub gateway: HospitalId,
}

impl ResponseContext {
    fn info(&self) -> [u8; 52] {
        let mut info = [0; 52];
        info[..32].copy_from_slice(self.request.get());
        info[32..].copy_from_slice(self.gateway.get());
        info
    }
}

/// Why a response does not open.
#[derive(Debug, thiserror::Error)]
pub enum ResponseError {
    /// The KEM is unknown: the gateway runs a newer version.
    #[error("kem {kem} is unknown")]
    Kem {
        /// KEM byte.
        kem: u8,
    },
    /// There is no agreement on the reply key.
    #[error(transparent)]
    Agree(#[from] AgreeError),
    /// A frame was changed, moved, cut or is another response's.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// More frames came than a response has.
    #[error("a frame follows the last one")]
    AfterLast,
}

/// Seals the frames of one response in order.
#[derive(Debug)]
pub struct FrameSealer {
    context: SealingContext,
    order: FrameOrder,
}

impl FrameSealer {
    /// A sealer with the bytes to send before the first frame.
    ///
    /// # Errors
    /// When the reply key is not one to seal to.
    pub fn new(
        reply_key: &SealingPublicKey,
        context: &ResponseContext,
        random: &mut impl CryptoRng,
    ) -> Result<([u8; RESPONSE_HEAD_BYTES], Self), SealError> {
        let (encapsulation, context) = SealingContext::new(reply_key, &context.info(), random)?;
        let mut head = [0; RESPONSE_HEAD_BYTES];
        head[0] = KEM_X25519;
        head[1..].copy_from_slice(&encapsulation);
        Ok((head, Self { context, order: FrameOrder::default() }))
    }

    /// Seals the next frame in place; send the buffer, then the tag.
    ///
    /// # Errors
    /// [`SealError::Refused`]; the response then ends here.
    ///
    /// # Panics
    /// When a frame follows the last, or an inner frame is not [`FRAME_BYTES`] long, or the last is longer.
    pub fn seal_in_place(
        &mut self,
        position: Position,
        frame: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], SealError> {
        let fits = match position {
            Position::Inner => frame.len() == FRAME_BYTES,
            Position::Last => frame.len() <= FRAME_BYTES,
        };
        assert!(fits, "an inner frame is full and none is longer");
        let associated_data = self.order.next(position).expect("no frame follows the last");
        self.context.seal_in_place(&associated_data, frame)
    }
}

/// Opens the frames of one response in order.
#[derive(Debug)]
pub struct FrameOpener {
    context: OpeningContext,
    order: FrameOrder,
}

impl FrameOpener {
    /// The opener of a response that starts with `head`.
    ///
    /// # Errors
    /// [`ResponseError::Kem`], [`ResponseError::Agree`].
    pub fn new(
        agree: &(impl Agree + ?Sized),
        reply_key: &SealingPublicKey,
        context: &ResponseContext,
        head: &[u8; RESPONSE_HEAD_BYTES],
    ) -> Result<Self, ResponseError> {
        let [kem, encapsulation @ ..] = head;
        if *kem != KEM_X25519 {
            return Err(ResponseError::Kem { kem: *kem });
        }
        let context = OpeningContext::new(agree, reply_key, encapsulation, &context.info())?;
        Ok(Self { context, order: FrameOrder::default() })
    }

    /// Opens the next frame, ciphertext and tag, in place and gives its content.
    ///
    /// # Errors
    /// [`ResponseError::Open`], [`ResponseError::AfterLast`]; the response then ends here.
    pub fn open_in_place<'a>(
        &mut self,
        position: Position,
        frame: &'a mut [u8],
    ) -> Result<&'a mut [u8], ResponseError> {
        let length = frame.len();
        let (content, tag) = frame.split_last_chunk_mut().ok_or(OpenError::TooShort { length })?;
        let associated_data = self.order.next(position).ok_or(ResponseError::AfterLast)?;
        self.context.open_in_place(&associated_data, content, tag)?;
        Ok(content)
    }
}

/// Which frame comes next: the same count on both sides.
#[derive(Debug, Default)]
struct FrameOrder {
    index: u32,
    ended: bool,
}

impl FrameOrder {
    // Associated data of the next frame; none after the last, nor after 2^32 frames.
    fn next(&mut self, position: Position) -> Option<[u8; 5]> {
        if self.ended {
            return None;
        }
        let mut bytes = [0; 5];
        bytes[..4].copy_from_slice(&self.index.to_le_bytes());
        bytes[4] = position.flag();
        match (position, self.index.checked_add(1)) {
            (Position::Inner, Some(index)) => self.index = index,
            _ => self.ended = true,
        }
        Some(bytes)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
