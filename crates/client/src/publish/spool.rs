//! The spool: ciphertext of an upload under way, and beside it, sealed to the author's own key, what resuming needs.
//!
//! `<upload id>.record` is the record file. `<upload id>.json` holds the signed opening and a box that only the author's
//! agent opens: address, keywords, recipients. Neither the content key nor a keyword stands on disk in the clear.

use std::path::{Path, PathBuf};

use carechain_crypto::{
    Address, EhrId, GrantId, HospitalId, PersonId, SealingPublicKey, UploadId, UploadSecret, open_box,
    seal_box,
};
use carechain_disk::private_file;
use carechain_types::limits::RECIPIENTS_MAX;
use carechain_types::{
    BoundedBytes, BoundedVec, EhrKind, IndexEntry, Party, RecipientUse, SignedUploadOpen, Visibility, decode,
    encode,
};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::OperationError;
use crate::limits::SMALL_FILE_BYTES_MAX;
use crate::random::SystemRandom;
use crate::session::Session;
use crate::spool::{Held, SpoolFolder};

const SCHEMA: &str = "carechain/spool/3";
const CONTENT_BYTES_MAX: usize = 8 * 1_024;

/// What resuming needs and nobody else may read.
#[derive(Deserialize, Serialize)]
pub(super) struct SpoolSecret {
    /// The plain address.
    pub(super) address: BoundedBytes<{ Address::LENGTH }>,
    pub(super) patient: PersonId,
    pub(super) hospital: HospitalId,
    pub(super) kind: EhrKind,
    pub(super) visibility: Visibility,
    pub(super) amends: Option<EhrId>,
    pub(super) grant: Option<GrantId>,
    pub(super) recipients: BoundedVec<(RecipientUse, Party), RECIPIENTS_MAX>,
    pub(super) index: IndexEntry,
    pub(super) entry_count: u64,
    /// What every call of this upload shows, also after the client was started again.
    pub(super) upload_secret: [u8; UploadSecret::LENGTH],
}

impl Drop for SpoolSecret {
    fn drop(&mut self) {
        // The address holds the content key.
        self.address.as_mut_slice().zeroize();
        self.upload_secret.zeroize();
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    open: String,
    key: String,
    encapsulation: String,
    sealed: String,
}

/// An upload under way.
pub(super) struct Spool {
    record: Held,
    memo: PathBuf,
    pub(super) open: SignedUploadOpen,
    pub(super) secret: SpoolSecret,
}

impl Spool {
    /// Writes the memo beside a record that is spooled already.
    pub(super) fn write(
        session: &Session,
        record: Held,
        open: SignedUploadOpen,
        secret: SpoolSecret,
    ) -> Result<Self, OperationError> {
        let memo = record.path().with_extension("json");
        let key = *session.agent().public_keys().sealing.first().ok_or(OperationError::WrongKey)?;
        let content = Zeroizing::new(encode(&secret));
        let opening = encode(&open);
        let sealed = seal_box(&key, b"", &opening, &content, &mut SystemRandom)
            .map_err(|_| OperationError::Spool { path: memo.clone() })?;
        let file = File {
            schema: SCHEMA.to_owned(),
            open: BASE64.encode(&opening),
            key: HEXLOWER.encode(key.get()),
            encapsulation: BASE64.encode(&sealed.encapsulation),
            sealed: BASE64.encode(&sealed.ciphertext),
        };
        let bytes = serde_json::to_vec_pretty(&file).expect("strings always encode");
        private_file::write_new(&memo, &bytes, 0o600)?;
        Ok(Self { record, memo, open, secret })
    }

    /// Reads an upload that was interrupted.
    pub(super) fn read(
        session: &Session,
        folder: &SpoolFolder,
        upload_id: UploadId,
    ) -> Result<Self, OperationError> {
        let name = record_name(upload_id);
        let access = |source| OperationError::SpoolAccess { path: folder.path().join(&name), source };
        let record = folder.reopen(&name).map_err(access)?;
        let record = record.ok_or(OperationError::UploadUnderWay { upload_id })?;
        let memo = record.path().with_extension("json");
        let bytes = private_file::read_private(&memo, SMALL_FILE_BYTES_MAX)?;
        let (open, secret) =
            unseal(session, &bytes).ok_or_else(|| OperationError::Spool { path: memo.clone() })?;
        Ok(Self { record, memo, open, secret })
    }

    /// The record's address.
    pub(super) fn address(&self) -> Result<Address, OperationError> {
        let damaged = || OperationError::Spool { path: self.memo.clone() };
        let bytes = self.secret.address.first_chunk().ok_or_else(damaged)?;
        Address::decode(bytes).map_err(|_| damaged())
    }

    /// Where the ciphertext is.
    pub(super) fn record(&self) -> &Path {
        self.record.path()
    }

    /// The record is published, or of no use any more. What cannot be removed is found by the next sweep.
    pub(super) fn remove(self) {
        self.record.remove();
        let _ = std::fs::remove_file(&self.memo);
    }
}

fn unseal(session: &Session, bytes: &[u8]) -> Option<(SignedUploadOpen, SpoolSecret)> {
    let file: File = serde_json::from_slice(bytes).ok().filter(|file: &File| file.schema == SCHEMA)?;
    let opening = BASE64.decode(file.open.as_bytes()).ok()?;
    let key = SealingPublicKey::new(HEXLOWER.decode(file.key.as_bytes()).ok()?.try_into().ok()?);
    let encapsulation: [u8; 32] = BASE64.decode(file.encapsulation.as_bytes()).ok()?.try_into().ok()?;
    let sealed = BASE64.decode(file.sealed.as_bytes()).ok()?;
    let content = open_box(session.agent(), &key, b"", &opening, &encapsulation, &sealed).ok()?;
    let open = decode(&opening, CONTENT_BYTES_MAX).ok()?;
    Some((open, decode(content.expose(), CONTENT_BYTES_MAX).ok()?))
}

/// The file of an upload's ciphertext; its memo ends in `.json`.
pub(super) fn record_name(upload_id: UploadId) -> String {
    format!("{}.record", upload_id.to_hex())
}

/// Uploads in the spool, oldest first.
pub(super) fn list(folder: &SpoolFolder) -> Result<Vec<UploadId>, OperationError> {
    let access = |source| OperationError::SpoolAccess { path: folder.path().to_owned(), source };
    let mut uploads = Vec::new();
    for child in std::fs::read_dir(folder.path()).map_err(access)? {
        let child = child.map_err(access)?;
        let name = child.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(UploadId::from_hex);
        if let Some(id) = id {
            uploads.push((child.metadata().and_then(|metadata| metadata.modified()).map_err(access)?, id));
        }
    }
    uploads.sort_unstable();
    Ok(uploads.into_iter().map(|(_, id)| id).collect())
}
