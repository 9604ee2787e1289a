//! Reading the content of a response as it streams by.

use std::io::{self, ErrorKind, Read};

use zeroize::Zeroizing;

use super::{FrameOpener, RESPONSE_HEAD_BYTES, ResponseContext};
use crate::limits::{FRAME_BYTES, TAG_BYTES};
use crate::record::Position;
use crate::sealing_key::{Agree, SealingPublicKey};

/// Reads the content of one response, of a length the reader asked for. Gives no byte of a frame that did not verify.
pub struct FrameReader<R: Read> {
    inner: R,
    opener: FrameOpener,
    /// Content bytes of frames not yet read.
    unread: u64,
    frame: Zeroizing<Vec<u8>>,
    /// What is left of the frame that is held.
    held: core::ops::Range<usize>,
    ended: bool,
}

impl<R: Read> FrameReader<R> {
    /// Reads the head of a response whose content has `length` bytes.
    ///
    /// # Errors
    /// From the inner reader, and `InvalidData` around a [`super::ResponseError`].
    pub fn new(
        mut inner: R,
        agree: &(impl Agree + ?Sized),
        reply_key: &SealingPublicKey,
        context: &ResponseContext,
        length: u64,
    ) -> io::Result<Self> {
        let mut head = [0; RESPONSE_HEAD_BYTES];
        inner.read_exact(&mut head)?;
        let opener = FrameOpener::new(agree, reply_key, context, &head).map_err(invalid)?;
        let frame = Zeroizing::new(vec![0; FRAME_BYTES + TAG_BYTES]);
        Ok(Self { inner, opener, unread: length, frame, held: 0..0, ended: false })
    }

    fn next_frame(&mut self) -> io::Result<()> {
        let content = usize::try_from(self.unread).map_or(FRAME_BYTES, |unread| unread.min(FRAME_BYTES));
        let position = if self.unread == content as u64 { Position::Last } else { Position::Inner };
        let frame = &mut self.frame[..content + TAG_BYTES];
        self.inner.read_exact(frame)?;
        self.opener.open_in_place(position, frame).map_err(invalid)?;
        self.unread -= content as u64;
        self.held = 0..content;
        self.ended = position == Position::Last;
        Ok(())
    }

    fn check_end(&mut self) -> io::Result<()> {
        match self.inner.read_exact(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(error),
            Ok(()) => Err(invalid(super::ResponseError::AfterLast)),
        }
    }
}

impl<R: Read> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.held.is_empty() && !self.ended {
            self.next_frame()?;
        }
        if self.held.is_empty() {
            self.check_end()?;
            return Ok(0);
        }
        let count = self.held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.frame[self.held.start..self.held.start + count]);
        self.held.start += count;
        Ok(count)
    }
}

impl<R: Read> core::fmt::Debug for FrameReader<R> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "FrameReader({} bytes unread)", self.unread)
    }
}

fn invalid(error: super::ResponseError) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
