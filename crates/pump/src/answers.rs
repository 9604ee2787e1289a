//! What the holders of a file that is fetched answer: who has it, who has not, who says nothing.
//!
//! A file that is lost everywhere must not look like one whose holders are away, and the other way round: only a holder's
//! own answer counts as not having it. One that is busy, cannot read its disk just now, or knows nothing of the record yet
//! has not answered.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use carechain_crypto::HospitalId;

/// What holders said that they do not have.
#[derive(Debug, Default)]
pub(super) struct Lacks(BTreeMap<HospitalId, Lack>);

#[derive(Debug)]
enum Lack {
    File,
    Chunks(BTreeSet<u32>),
}

impl Lacks {
    /// The holder says that the file is not there.
    pub(super) fn file(&mut self, holder: HospitalId) {
        self.0.insert(holder, Lack::File);
    }

    /// The holder says that a chunk is not there.
    pub(super) fn chunk(&mut self, holder: HospitalId, index: u32) {
        if let Lack::Chunks(chunks) = self.0.entry(holder).or_insert_with(|| Lack::Chunks(BTreeSet::new())) {
            chunks.insert(index);
        }
    }

    /// The holder describes the file: what it lacks of it are chunks at most.
    pub(super) fn described(&mut self, holder: &HospitalId) {
        if matches!(self.0.get(holder), Some(Lack::File)) {
            self.0.remove(holder);
        }
    }

    /// Whether the holder said that it does not have the file, or this chunk of it.
    fn covers(&self, holder: &HospitalId, chunk: Option<u32>) -> bool {
        match self.0.get(holder) {
            Some(Lack::File) => true,
            Some(Lack::Chunks(chunks)) => chunk.is_some_and(|index| chunks.contains(&index)),
            None => false,
        }
    }
}

/// Why nobody delivers: one number for each answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Answers {
    /// Said that they do not have it.
    without: usize,
    /// Sent what is not of the file.
    wrong: usize,
    /// Did neither: away, busy, or cut off.
    silent: usize,
}

impl Answers {
    /// Of these holders, for the chunk that is next, or for the file when none describes it.
    pub(super) fn of<'a>(
        holders: impl Iterator<Item = &'a HospitalId>,
        lacks: &Lacks,
        wrong: &BTreeSet<HospitalId>,
        chunk: Option<u32>,
    ) -> Self {
        let mut answers = Self::default();
        for holder in holders {
            let count = if wrong.contains(holder) {
                &mut answers.wrong
            } else if lacks.covers(holder, chunk) {
                &mut answers.without
            } else {
                &mut answers.silent
            };
            *count += 1;
        }
        answers
    }

    /// Whether others were asked, all of them answered, and none has it.
    pub(super) const fn none_left(self) -> bool {
        self.without > 0 && self.wrong == 0 && self.silent == 0
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { without, wrong, silent } = self;
        if self.none_left() {
            return write!(
                formatter,
                "no copy is left anywhere: all {without} other holders answered that they do not have it"
            );
        }
        write!(
            formatter,
            "holders that do not answer: {silent}; that answered that they do not have it: {without}; that sent something \
             else: {wrong}"
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
