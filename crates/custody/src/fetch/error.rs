//! Why a fetch could not go on.

/// The fetch ended without all chunks. The caller tells the reader, who asks again for the rest.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// Every holder failed or was dropped.
    #[error(
        "no holder left at chunk {next}: {wrong} sent wrong chunks, {silent} went silent, {failed} failed"
    )]
    NoHolderLeft {
        /// The first chunk not delivered.
        next: u32,
        /// Holders dropped for a wrong chunk.
        wrong: u32,
        /// Holders dropped for silence.
        silent: u32,
        /// Holders whose connection failed or who refused.
        failed: u32,
    },
    /// The range asked for is empty or outside the file.
    #[error("chunks {start}..{end} of {chunks}")]
    Range {
        /// First chunk asked for.
        start: u32,
        /// Chunk after the last.
        end: u32,
        /// Chunks of the file.
        chunks: u32,
    },
}
