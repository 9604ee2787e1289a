//! Takes an input apart: numbers and length-prefixed pieces, so that one input can be several messages.

/// What is left of an input. At its end, numbers are zero and pieces are empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pieces<'a>(&'a [u8]);

impl<'a> Pieces<'a> {
    pub(crate) const fn of(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// A piece after its length, two bytes; what is left if it is shorter.
    pub(crate) fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(u16::from_le_bytes(self.array()));
        let (piece, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        piece
    }

    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }

    fn array<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut array = [0; COUNT];
        let (taken, rest) = self.0.split_at(COUNT.min(self.0.len()));
        array[..taken.len()].copy_from_slice(taken);
        self.0 = rest;
        array
    }
}

/// Appends a piece as [`Pieces::piece`] reads it, cut to the longest there is.
pub(crate) fn push_piece(bytes: &mut Vec<u8>, piece: &[u8]) {
    let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&piece[..usize::from(length)]);
}
