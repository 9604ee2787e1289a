//! Why an operation did not do what it was asked, and what that means to a program and to a person.

mod hints;

use std::io;
use std::path::PathBuf;

use carechain_crypto::{EhrId, RecordError, SealedAddressError, SealedPartError, TransactionId, UploadId};
use carechain_disk::NewFolderError;
use carechain_disk::private_file::FileError;
use carechain_schema::{ErrorCode, Failure};
use carechain_types::{AgentError, DecodeError, Refusal, TooMany};

use crate::archive::{PackError, UnpackError};
use crate::caller::{CallError, TrustedError};
use crate::keystore::{EnrolError, KeystoreError};
use crate::profile::ProfileError;
use crate::registry::RegistryError;
use crate::trust::TrustError;

/// What can go wrong between a person and the ledger. [`OperationError::failure`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The node did not answer, or refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The node's answer is not believed: nothing was sealed or signed.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The key agent did not sign.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The keystore does not open.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The enrolment file is not good.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The profile is not good.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The registry has no answer.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The certificates of the profile cannot be used.
    #[error(transparent)]
    Trusted(#[from] TrustedError),
    /// The input cannot be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The record cannot be unpacked.
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    /// The output folder cannot be made.
    #[error(transparent)]
    NewFolder(#[from] NewFolderError),
    /// The record does not seal or open.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A sealed address does not seal or open.
    #[error(transparent)]
    Address(#[from] SealedAddressError),
    /// A sealed part does not seal or open.
    #[error(transparent)]
    Part(#[from] SealedPartError),
    /// A value of the ledger, or what a sealed part holds, is malformed.
    #[error("malformed content: {0}")]
    Content(#[from] DecodeError),
    /// More than fits.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The contract refused the transaction, on the ledger.
    #[error("the ledger refused the transaction: {}", describe_refusal(*code, *refusal))]
    Contract {
        /// The transaction.
        id: TransactionId,
        /// Code of the outcome.
        code: u16,
        /// What it means, if this version knows.
        refusal: Option<Refusal>,
    },
    /// Sent, and no outcome was seen. Ask for the transaction before doing anything else.
    #[error("transaction {} was sent, and whether it was committed is not known", id.to_hex())]
    OutcomeUnknown {
        /// The transaction.
        id: TransactionId,
    },
    /// It does not exist, or is not for the caller.
    #[error("nothing of that id is here for you")]
    NotFound,
    /// One's own request was denied.
    #[error("the patient denied the request")]
    Denied,
    /// One's own request is still open.
    #[error("the patient has not answered yet")]
    Unanswered,
    /// The request was answered already.
    #[error("the request was answered before")]
    Answered,
    /// One's own grant was revoked.
    #[error("the grant was revoked")]
    Revoked,
    /// The profile names no person, which this needs.
    #[error("the profile names no person")]
    NoPerson,
    /// A party has no key in force that things could be sealed to.
    #[error("{who} has no sealing key in force")]
    NoSealingKey {
        /// Who.
        who: String,
    },
    /// The grantee's key is not in the agent: another keystore is needed.
    #[error("the address is sealed to a key that this keystore does not hold")]
    WrongKey,
    /// Nothing matches what was asked for.
    #[error("none of the records matches the request")]
    NothingMatches,
    /// The request names keywords, which only the node's index answers: the patient names the records.
    #[error(
        "the request is for records with certain keywords; the node's index finds {}",
        describe_found(found)
    )]
    Choose {
        /// What the index finds.
        found: Vec<EhrId>,
    },
    /// An argument contradicts itself or the ledger.
    #[error("{problem}")]
    Argument {
        /// What is wrong.
        problem: &'static str,
    },
    /// The node serves another ledger than the pinned one, or is of no member hospital.
    #[error("the node is not of this ledger")]
    WrongLedger,
    /// Too few receipts that hold.
    #[error("{got} receipts that hold, {needed} are needed")]
    TooFewReceipts {
        /// How many hold.
        got: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The spooled ciphertext is not what was sealed: publish again.
    #[error("the spool {} is damaged or not of this key", path.display())]
    Spool {
        /// The file.
        path: PathBuf,
    },
    /// Another process sends it.
    #[error("another process sends the upload {} right now", upload_id.to_hex())]
    UploadUnderWay {
        /// Which.
        upload_id: UploadId,
    },
    /// The spool cannot be written or read.
    #[error("{}: {source}", path.display())]
    SpoolAccess {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The transfer broke too often.
    #[error("the transfer broke {attempts} times: {source}")]
    Transfer {
        /// How often.
        attempts: u32,
        /// The last break.
        source: io::Error,
    },
    /// What came is not what was sealed to the request: somebody on the way, or the gateway, changed it. Another gateway
    /// may do better.
    #[error("a frame of the answer does not open: {source}")]
    Frames {
        /// Why.
        source: io::Error,
    },
    /// A list is longer than is shown.
    #[error("the list is too long")]
    ListTooLong,
    /// Nobody wants it any more. What was spooled stays, to resume.
    #[error("cancelled")]
    Cancelled,
}

impl OperationError {
    /// For programs: decides the exit status.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Call(error) => error.code(),
            Self::Trust(error) => trust_code(error),
            Self::Agent(_) => ErrorCode::Unauthenticated,
            Self::Keystore(KeystoreError::WrongPassphrase) => ErrorCode::WrongPassphrase,
            Self::Keystore(KeystoreError::File(_)) | Self::File(_) | Self::Trusted(_) => {
                ErrorCode::FileAccess
            }
            Self::Keystore(KeystoreError::Corrupt { .. }) => ErrorCode::Damaged,
            Self::Keystore(_) | Self::Enrol(_) | Self::Profile(_) => ErrorCode::Usage,
            Self::Registry(RegistryError::UnknownNumber) | Self::NotFound | Self::NothingMatches => {
                ErrorCode::NotFound
            }
            Self::Registry(RegistryError::NumberTaken { .. })
            | Self::Answered
            | Self::UploadUnderWay { .. } => ErrorCode::Conflict,
            Self::Registry(_) => ErrorCode::FileAccess,
            Self::Pack(error) => pack_code(error),
            Self::Unpack(error) => unpack_code(error),
            Self::NewFolder(NewFolderError::NotEmpty { .. }) => ErrorCode::FolderNotEmpty,
            Self::NewFolder(NewFolderError::System { .. }) => ErrorCode::FileAccess,
            Self::Record(RecordError::ContentKey) | Self::WrongKey => ErrorCode::WrongKey,
            Self::Record(RecordError::Io(_)) | Self::SpoolAccess { .. } => ErrorCode::FileAccess,
            Self::Record(RecordError::TooLong { .. }) => ErrorCode::TooLarge,
            Self::Record(_) | Self::Content(_) | Self::Spool { .. } | Self::Frames { .. } => {
                ErrorCode::Damaged
            }
            Self::Address(_) | Self::Part(_) => ErrorCode::WrongKey,
            Self::TooMany(_) | Self::Argument { .. } | Self::NoPerson | Self::Choose { .. } => {
                ErrorCode::Usage
            }
            Self::Contract { refusal, .. } => contract_code(*refusal),
            Self::OutcomeUnknown { .. } => ErrorCode::OutcomeUnknown,
            Self::Denied => ErrorCode::RequestDenied,
            Self::Revoked => ErrorCode::GrantRevoked,
            Self::Unanswered => ErrorCode::Refused,
            Self::NoSealingKey { .. } => ErrorCode::Refused,
            Self::WrongLedger => ErrorCode::WrongChain,
            Self::TooFewReceipts { .. } | Self::Transfer { .. } => ErrorCode::TooFewCopies,
            Self::ListTooLong => ErrorCode::TooLarge,
            Self::Cancelled => ErrorCode::Internal,
        }
    }

    /// As a document says it: what was wrong and what to do.
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Call(CallError::Refused { failure, .. }) => (**failure).clone(),
            Self::Frames { .. } => {
                let advice =
                    "the gateway or something before it changes bytes: try another node, tell its operator";
                Failure::new(self.code(), self.to_string(), advice)
            }
            _ if self.code() == ErrorCode::NotFound => match self {
                Self::Registry(_) | Self::NothingMatches => {
                    Failure::new(ErrorCode::NotFound, self.to_string(), hints::of_code(ErrorCode::NotFound))
                }
                _ => Failure::not_found(),
            },
            Self::Contract { refusal: Some(refusal), .. } => {
                Failure::new(self.code(), self.to_string(), hints::of_refusal(*refusal).1)
            }
            Self::Answered => {
                Failure::new(self.code(), self.to_string(), hints::of_refusal(Refusal::Answered).1)
            }
            Self::OutcomeUnknown { id } => {
                let hint = format!(
                    "`carechain transaction status {}` says what became of it; until then, send nothing again",
                    id.to_hex()
                );
                Failure::new(ErrorCode::OutcomeUnknown, self.to_string(), hint)
            }
            Self::Pack(PackError::Changed { .. }) => {
                let hint = "wait until nothing writes it any more, then publish again";
                Failure::new(self.code(), self.to_string(), hint)
            }
            Self::Pack(PackError::Key { .. }) => {
                let hint = "leave it out; if it is meant, say so with --include-keys";
                Failure::new(self.code(), self.to_string(), hint)
            }
            Self::Choose { .. } => {
                let hint = "look at them with `records`, then `approve` with --ehr for each that is meant";
                Failure::new(ErrorCode::Usage, self.to_string(), hint)
            }
            _ => Failure::new(self.code(), self.to_string(), hints::of_code(self.code())),
        }
    }
}

fn describe_refusal(code: u16, refusal: Option<Refusal>) -> String {
    match refusal {
        Some(refusal) => format!("{} ({})", hints::of_refusal(refusal).0, refusal.as_str()),
        None => format!("for a reason that this version does not know (code {code})"),
    }
}

fn describe_found(found: &[EhrId]) -> String {
    match found {
        [] => "none".to_owned(),
        found => found.iter().map(EhrId::to_string).collect::<Vec<_>>().join(", "),
    }
}

const fn trust_code(error: &TrustError) -> ErrorCode {
    match error {
        TrustError::File(_) => ErrorCode::FileAccess,
        TrustError::Genesis(_) | TrustError::Memory { .. } => ErrorCode::Usage,
        TrustError::Malformed(_)
        | TrustError::Proof(_)
        | TrustError::OldEpoch { .. }
        | TrustError::OtherTransaction
        | TrustError::List(_)
        | TrustError::Lacks { .. } => ErrorCode::ProofRefused,
        TrustError::Stale { .. } | TrustError::Receded { .. } => ErrorCode::Stale,
        TrustError::Clock { .. } => ErrorCode::ClockOff,
    }
}

const fn pack_code(error: &PackError) -> ErrorCode {
    match error {
        PackError::Read { .. } | PackError::Write(_) => ErrorCode::FileAccess,
        PackError::TooMany => ErrorCode::TooLarge,
        PackError::Cancelled => ErrorCode::Internal,
        PackError::Changed { .. } => ErrorCode::Conflict,
        PackError::Key { .. }
        | PackError::Kind { .. }
        | PackError::Name { .. }
        | PackError::Repeated { .. }
        | PackError::Empty => ErrorCode::Usage,
    }
}

const fn unpack_code(error: &UnpackError) -> ErrorCode {
    match error {
        UnpackError::Write { .. } | UnpackError::NoRoom { .. } => ErrorCode::FileAccess,
        UnpackError::Damaged(_) | UnpackError::Read { .. } => ErrorCode::Damaged,
        UnpackError::Hostile { .. } | UnpackError::TooMany { .. } => ErrorCode::HostileArchive,
        UnpackError::Cancelled => ErrorCode::Internal,
    }
}

const fn contract_code(refusal: Option<Refusal>) -> ErrorCode {
    match refusal {
        Some(Refusal::NotFound) => ErrorCode::NotFound,
        Some(Refusal::Exists | Refusal::Answered | Refusal::Superseded | Refusal::KeyTaken) => {
            ErrorCode::Conflict
        }
        Some(Refusal::TooFewReceipts | Refusal::BadReceipt) => ErrorCode::TooFewCopies,
        Some(Refusal::RevokedBefore) => ErrorCode::GrantRevoked,
        _ => ErrorCode::Refused,
    }
}
