//! The few questions the byte pump asks the ledger.

use std::sync::Arc;

use carechain_api::NodeError;
use carechain_crypto::{Commitment, EhrId, HospitalId, PersonId, UploadId};
use carechain_custody::repair::HeldFile;
use carechain_types::{AccessEntry, EntryId, Height, Party, Time, UploadOpen};
use futures::future::BoxFuture;
use tokio::sync::broadcast;

/// An answer, some time later. Errors are `Busy`, `NotReady` and `Internal` only.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, NodeError>>;

/// The newest committed block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LedgerHead {
    /// Its height.
    pub height: Height,
    /// Its time.
    pub time: Time,
}

/// A published record, as far as its file is concerned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LedgerRecord {
    /// Its id.
    pub ehr_id: EhrId,
    /// Who published.
    pub author: Party,
    /// Whose record.
    pub patient: PersonId,
    /// Where from: always holds a copy.
    pub hospital: HospitalId,
    /// The upload: decides the placement.
    pub upload_id: UploadId,
    /// Commitment to the address.
    pub commitment: Commitment,
    /// Length of the file, bytes.
    pub length: u64,
}

impl LedgerRecord {
    /// The file as custody names it.
    #[must_use]
    pub const fn held_file(&self) -> HeldFile {
        HeldFile {
            commitment: self.commitment,
            upload: self.upload_id,
            publishing_hospital: self.hospital,
            length: self.length,
        }
    }
}

/// The grant behind an access entry, as it is now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GrantFacts {
    /// In force from this time on.
    pub from: Time,
    /// Not in force from this time on.
    pub until: Time,
    /// Whether it, its line for the record, or the standing of either side has ended.
    pub ended: Ended,
}

/// Whether something has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// It has.
    Yes,
    /// It has not.
    No,
}

/// Everything that decides whether an access entry still opens its file, from one head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AccessFacts {
    /// Height of that head.
    pub height: Height,
    /// The entry, if it is there.
    pub entry: Option<AccessEntry>,
    /// Its grant; none if the owner reads.
    pub grant: Option<GrantFacts>,
    /// Whether the reader is suspended.
    pub reader_suspended: Ended,
    /// The record, unless it is erased.
    pub record: Option<LedgerRecord>,
}

/// What a committed block brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct News {
    /// Its height.
    pub height: Height,
    /// Its time.
    pub time: Time,
    /// Records it published.
    pub published: Vec<LedgerRecord>,
}

/// The ledger as the byte pump sees it: committed state of this node.
pub trait LedgerView: Send + Sync {
    /// The newest block.
    fn head(&self) -> Asked<'_, LedgerHead>;

    /// Whether the key is the author's, in force, and the author may publish there for that patient.
    fn may_upload(&self, open: UploadOpen) -> Asked<'_, bool>;

    /// What is known of an access entry.
    fn access(&self, entry: EntryId) -> Asked<'_, AccessFacts>;

    /// The record under an id, unless it is erased.
    fn record(&self, ehr_id: EhrId) -> Asked<'_, Option<LedgerRecord>>;

    /// Records that the block at a height published.
    fn published(&self, height: Height) -> Asked<'_, Vec<LedgerRecord>>;

    /// Blocks committed from now on. One that lags asks for what it missed.
    fn news(&self) -> broadcast::Receiver<Arc<News>>;
}
