//! The bytes of a read, sealed to the reader's reply key as they stream out.

use bytes::{Bytes, BytesMut};
use carechain_crypto::limits::{FILE_BYTES_MAX, FRAME_BYTES, TAG_BYTES};
use carechain_crypto::{
    FrameSealer, Position, RESPONSE_HEAD_BYTES, ResponseContext, SealError, SealingPublicKey,
};
use futures::stream::{BoxStream, StreamExt as _, try_unfold};

use crate::node::{NodeError, RecordStream};

/// The response body: head, then frames. It ends with an error if the node's stream does, or has another length.
pub(crate) fn sealed_frames(
    bytes: RecordStream,
    length: u64,
    reply_key: &SealingPublicKey,
    context: &ResponseContext,
) -> Result<BoxStream<'static, Result<Bytes, NodeError>>, SealError> {
    let (head, sealer) = FrameSealer::new(reply_key, context, &mut crate::random::SystemRandom)?;
    let state = Framing { bytes, unsealed: length, sealer, rest: Bytes::new(), ended: false };
    let frames =
        try_unfold(
            state,
            |mut state| async move { Ok(state.next_frame().await?.map(|frame| (frame, state))) },
        );
    let head = futures::stream::iter([Ok(Bytes::copy_from_slice(&head))]);
    Ok(head.chain(frames).boxed())
}

/// Bytes of the whole response to a range of `length` bytes, which no file has more of than [`FILE_BYTES_MAX`].
pub(crate) const fn sealed_length(length: u64) -> u64 {
    let frames = length.div_ceil(FRAME_BYTES as u64);
    let frames = if frames == 0 { 1 } else { frames };
    RESPONSE_HEAD_BYTES as u64 + length + frames * TAG_BYTES as u64
}

// So that `sealed_length` cannot overflow.
const _: () = assert!(FILE_BYTES_MAX <= u64::MAX / 2);

struct Framing {
    bytes: RecordStream,
    /// Bytes not yet sealed.
    unsealed: u64,
    sealer: FrameSealer,
    rest: Bytes,
    ended: bool,
}

impl Framing {
    async fn next_frame(&mut self) -> Result<Option<Bytes>, NodeError> {
        if self.ended {
            return Ok(None);
        }
        let content = usize::try_from(self.unsealed).map_or(FRAME_BYTES, |left| left.min(FRAME_BYTES));
        let position = if self.unsealed == content as u64 { Position::Last } else { Position::Inner };
        let mut frame = BytesMut::with_capacity(content + TAG_BYTES);
        while frame.len() < content {
            if self.rest.is_empty() {
                self.rest = self.bytes.next().await.ok_or(NodeError::Internal { what: "short read" })??;
            }
            let taken = self.rest.split_to(self.rest.len().min(content - frame.len()));
            frame.extend_from_slice(&taken);
        }
        let tag = self
            .sealer
            .seal_in_place(position, &mut frame)
            .map_err(|_| NodeError::Internal { what: "sealing a response frame" })?;
        frame.extend_from_slice(&tag);
        self.unsealed -= content as u64;
        self.ended = position == Position::Last;
        Ok(Some(frame.freeze()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
