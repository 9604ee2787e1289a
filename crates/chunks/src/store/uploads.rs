//! Opening uploads, asking what is held, finding files.

use carechain_crypto::{Commitment, SubtreeValue, UploadId};

use super::chunk_store::ChunkStore;
use super::report::UploadState;
use crate::error::StoreError;
use crate::index::{Chunk, Held};
use crate::limits::FILE_BYTES_MAX;
use crate::pack::{NewRecord, RecordKind};
use crate::upload::{LocalUpload, UploadOpening, encode_opening};

impl ChunkStore {
    /// Opens an upload and reserves its bytes, or goes on with the open upload that has exactly this opening.
    pub fn begin(&self, opening: &UploadOpening) -> Result<LocalUpload, StoreError> {
        if opening.length == 0 || opening.length > FILE_BYTES_MAX {
            return Err(StoreError::FileLength { length: opening.length, length_max: FILE_BYTES_MAX });
        }
        let mut appender = self.appender();
        if let Some(local) = self.index().find_open(opening) {
            return Ok(local);
        }
        self.check_room(opening)?;
        let payload = encode_opening(opening);
        let local = LocalUpload::new(appender.number_upload());
        appender.append(&NewRecord::plain(RecordKind::Opened, opening.upload, local, &payload))?;
        self.index_mut().insert(local, *opening);
        Ok(local)
    }

    /// Which chunks are here and, as far as is known, intact: what a sender need not send again.
    pub fn present(&self, local: LocalUpload) -> Result<Vec<bool>, StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        let intact = |index| matches!(upload.chunks.get(&index), Some(Chunk { held: Held::Present(_), .. }));
        Ok((0..upload.opening.chunks()).map(intact).collect())
    }

    /// The subtree value of a chunk that is here, or that the manifest of a complete file lists.
    pub fn chunk_value(&self, local: LocalUpload, index: u32) -> Result<SubtreeValue, StoreError> {
        self.chunk(local, index).map(|(_, chunk)| chunk.value)
    }

    /// What is known of an upload.
    pub fn state(&self, local: LocalUpload) -> Result<UploadState, StoreError> {
        Ok(UploadState::of(self.index().get(local)?))
    }

    /// The manifest of a complete file, one subtree value a chunk.
    pub fn manifest(&self, local: LocalUpload) -> Result<Vec<SubtreeValue>, StoreError> {
        let index = self.index();
        let upload = index.get(local)?;
        if upload.completion.is_none() {
            return Err(StoreError::NotComplete { local });
        }
        Ok(upload.chunks.values().map(|chunk| chunk.value).collect())
    }

    /// The complete file of this commitment that lacks the fewest chunks.
    #[must_use]
    pub fn find(&self, commitment: &Commitment) -> Option<LocalUpload> {
        self.index().find_file(commitment)
    }

    /// All uploads, open and complete, under this upload id.
    #[must_use]
    pub fn find_upload(&self, upload: &UploadId) -> Vec<LocalUpload> {
        self.index().find_upload(upload)
    }
}
