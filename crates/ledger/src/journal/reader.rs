//! Reads the segments of a journal in a row: each must go on where the one before it ends, and only the last may be torn.

use std::ops::Range;

use super::frame::{Framer, Scan, scan};
use super::{JournalError, Segment};

/// Goes from segment to segment.
#[derive(Debug)]
pub(super) struct Reader {
    framer: Framer,
    /// What was found behind the frames of the segment before: only the last one may end torn.
    torn: Option<JournalError>,
}

/// What one segment holds.
#[derive(Debug)]
pub(super) struct Contents {
    /// Where the entries' payloads lie, oldest first.
    pub(super) entries: Vec<Range<usize>>,
    /// End of the last frame: what is behind it is zeros or torn.
    pub(super) end: usize,
    /// Sequence of its first frame.
    pub(super) first_sequence: u64,
}

impl Reader {
    /// From the segment whose first frame has this sequence.
    pub(super) const fn new(nonce: u64, first_sequence: u64) -> Self {
        Self { framer: Framer::new(nonce, first_sequence), torn: None }
    }

    /// Reads the next segment.
    ///
    /// # Errors
    /// If it or the one before it is damaged, or it does not follow the one before it.
    pub(super) fn read(&mut self, segment: Segment, bytes: &[u8]) -> Result<Contents, JournalError> {
        if let Some(torn) = self.torn.take() {
            return Err(torn);
        }
        let first_sequence = self.framer.next_sequence();
        let corrupt = |offset: usize| JournalError::Corrupt { segment, offset: offset as u64 };
        let begun = Framer::new(self.framer.nonce(), first_sequence);
        let Scan { entries, end, framer } = scan(bytes, begun).map_err(corrupt)?;
        if end == 0 {
            // Its first frame was synced before the head named the segment.
            return Err(corrupt(0));
        }
        self.torn = bytes[end..].iter().any(|byte| *byte != 0).then(|| corrupt(end));
        self.framer = framer;
        Ok(Contents { entries, end, first_sequence })
    }

    /// Whether something that is no frame stands behind those of the segment read last.
    pub(super) const fn is_torn(&self) -> bool {
        self.torn.is_some()
    }

    /// Goes on behind the last frame.
    pub(super) fn into_framer(self) -> Framer {
        self.framer
    }
}
