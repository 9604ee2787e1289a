//! Fetching a file: ciphertext is spooled and verified as it comes; a broken transfer goes on with a new request for what
//! is missing.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use carechain_crypto::{
    Address, FrameReader, Nonce, RecordError, ResponseContext, ResponseError, SealingKeyPair, VerifiedRecord,
    verify_record,
};
use carechain_schema::{ErrorCode, Method, Retry, Route};
use carechain_types::limits::TRANSACTION_LIFE_DEFAULT;
use carechain_types::{
    ByteRange, EntryId, Height, PersonBody, READ_REQUEST_VERSION, ReadRequest, SealingKey, ShownAddress,
    SignedReadRequest, decode, encode,
};
use data_encoding::HEXLOWER;

use super::reading::Reading;
use crate::caller::{ByteStream, Call, CallError};
use crate::clock::now;
use crate::error::OperationError;
use crate::limits::READ_ATTEMPTS_MAX;
use crate::progress::{Progress, Stage};
use crate::random::SystemRandom;
use crate::session::{Session, pause};

/// A file that verified, spooled.
pub(super) struct Fetched {
    pub(super) file: File,
    pub(super) record: VerifiedRecord,
    pub(super) entry: Option<EntryId>,
    pub(super) height: Option<Height>,
}

/// An answer that streams in: where it was decided, and the opened frames.
pub(super) struct OpenedRange {
    entry: Option<EntryId>,
    height: Option<Height>,
    frames: FrameReader<ByteStream>,
}

/// Blocks between the fetching and the verifying thread.
const BLOCKS_MAX: usize = 32;
const BLOCK_BYTES: usize = 64 * 1_024;

/// Fetches and verifies the whole file.
pub(super) fn fetch(
    session: &Session,
    reading: &Reading,
    address: &Address,
    progress: &dyn Progress,
) -> Result<Fetched, OperationError> {
    let folder = session.folder().join("spool");
    let access = |source| OperationError::SpoolAccess { path: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(access)?;
    // Without a name: whatever happens, nothing is left behind.
    let mut file = tempfile::tempfile_in(&folder).map_err(access)?;
    let (sender, blocks) = sync_channel(BLOCKS_MAX);
    let (fetched, record) = std::thread::scope(|scope| {
        let verifying = scope.spawn(move || verify_record(BlockReader::new(blocks), address));
        let transfer = Transfer { session, reading, address, progress };
        let fetched = transfer.run(&mut file, &sender);
        drop(sender);
        (fetched, verifying.join().expect("verifying does not panic"))
    });
    let record = match (&fetched, record) {
        // Why verifying ended says more than that nobody took the bytes any more.
        (_, Err(error)) if !is_cut(&error) => return Err(error.into()),
        (Ok(_), Err(error)) => return Err(error.into()),
        (_, record) => record,
    };
    let (entry, height) = fetched?;
    file.rewind().map_err(access)?;
    Ok(Fetched { file, record: record?, entry, height })
}

const fn is_cut(error: &RecordError) -> bool {
    matches!(error, RecordError::Truncated { .. } | RecordError::Io(_))
}

struct Transfer<'a> {
    session: &'a Session,
    reading: &'a Reading,
    address: &'a Address,
    progress: &'a dyn Progress,
}

type Decided = (Option<EntryId>, Option<Height>);

impl Transfer<'_> {
    fn run(&self, file: &mut File, blocks: &SyncSender<Vec<u8>>) -> Result<Decided, OperationError> {
        let length = self.address.length;
        let mut written = 0;
        let mut attempt = 1;
        let mut decided = (None, None);
        while written < length {
            let before = written;
            let broken = match open_range(self.session, self.reading, written, length) {
                Ok(range) => {
                    decided = (range.entry, range.height);
                    match self.copy(range.frames, file, blocks, &mut written)? {
                        None => continue,
                        Some(changed) if is_changed(&changed) => {
                            return Err(OperationError::Frames { source: changed });
                        }
                        Some(broken) => OperationError::Transfer { attempts: attempt, source: broken },
                    }
                }
                Err(error) if is_repeatable(&error) => error,
                Err(error) => return Err(error),
            };
            if written > before {
                attempt = 1;
            }
            if attempt >= READ_ATTEMPTS_MAX {
                return Err(broken);
            }
            pause(attempt);
            attempt += 1;
        }
        Ok(decided)
    }

    /// Copies until the range ends, or gives what broke it.
    fn copy(
        &self,
        mut frames: FrameReader<ByteStream>,
        file: &mut File,
        blocks: &SyncSender<Vec<u8>>,
        written: &mut u64,
    ) -> Result<Option<io::Error>, OperationError> {
        let path = || self.session.folder().join("spool");
        loop {
            if self.progress.is_cancelled() {
                return Err(OperationError::Cancelled);
            }
            let mut block = vec![0; BLOCK_BYTES];
            let count = match frames.read(&mut block) {
                Ok(0) => return Ok(None),
                Ok(count) => count,
                Err(error) => return Ok(Some(error)),
            };
            block.truncate(count);
            let access = |source| OperationError::SpoolAccess { path: path(), source };
            file.write_all(&block).map_err(access)?;
            *written += count as u64;
            self.progress.advance(Stage::Fetching, *written, Some(self.address.length));
            if blocks.send(block).is_err() {
                // The verifier has ended: it found something wrong, and its error is told.
                return Err(OperationError::Cancelled);
            }
        }
    }
}

/// Whether what came is not what the gateway sealed to this request: no other request to it would fare better.
fn is_changed(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<ResponseError>())
}

/// Whether a new request may fare better.
fn is_repeatable(error: &OperationError) -> bool {
    match error {
        // Without a quorum the gateway has waited for the members already, and long.
        OperationError::Call(CallError::Refused { failure, .. }) => {
            failure.retry == Retry::Safe && failure.code != ErrorCode::NoQuorum
        }
        OperationError::Call(CallError::NoNode { .. } | CallError::Broken { .. }) => true,
        _ => false,
    }
}

/// Signs a fresh request for a range and opens the answer.
pub(super) fn open_range(
    session: &Session,
    reading: &Reading,
    start: u64,
    end: u64,
) -> Result<OpenedRange, OperationError> {
    let reply = SealingKeyPair::generate(&mut SystemRandom);
    let salt = Nonce::new(SystemRandom::bytes());
    let shown = reading.address.as_ref().map(|address| ShownAddress {
        opening: address.opening(),
        root: address.root,
        length: address.length,
    });
    let request = ReadRequest {
        version: READ_REQUEST_VERSION,
        gateway: session.gateway(),
        reader: session.person()?,
        reader_key: session.agent().public_keys().signing,
        reply_key: SealingKey::x25519(reply.public()),
        on_behalf_of: None,
        ehr_id: reading.ehr_id,
        grant: reading.grant,
        purpose: reading.purpose,
        range: ByteRange { start, end },
        salt,
        expiry: now().after(TRANSACTION_LIFE_DEFAULT),
        shown: shown.map_or(carechain_crypto::AddressShown::ZERO, |shown| shown.digest(salt)),
    };
    let signature = session.agent().sign(session.chain_id(), &PersonBody::ReadRequest(&request))?;
    let digest = request.digest(session.chain_id());
    let body = encode(&SignedReadRequest { request, signature, shown });
    let call = Call { method: Method::Post, path: Route::READ.path, query: None };
    let stream = session.caller().open(call, &body).map_err(not_found)?;
    let entry = stream
        .header("carechain-entry")
        .and_then(|text| HEXLOWER.decode(text.as_bytes()).ok())
        .and_then(|bytes| decode(&bytes, bytes.len()).ok());
    let height = stream.header("carechain-height").and_then(|text| text.parse().ok()).map(Height::new);
    let context = ResponseContext { request: digest, gateway: session.gateway() };
    let frames =
        FrameReader::new(stream, &reply, &reply.public(), &context, end - start).map_err(|source| {
            match is_changed(&source) {
                true => OperationError::Frames { source },
                false => OperationError::Transfer { attempts: 1, source },
            }
        })?;
    Ok(OpenedRange { entry, height, frames })
}

fn not_found(error: CallError) -> OperationError {
    match error {
        CallError::Refused { failure, .. } if failure.code == ErrorCode::NotFound => OperationError::NotFound,
        error => error.into(),
    }
}

/// Reads what the fetching thread passes on.
struct BlockReader {
    blocks: Receiver<Vec<u8>>,
    block: Vec<u8>,
    taken: usize,
}

impl BlockReader {
    const fn new(blocks: Receiver<Vec<u8>>) -> Self {
        Self { blocks, block: Vec::new(), taken: 0 }
    }
}

impl Read for BlockReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.block.len() {
            match self.blocks.recv() {
                Ok(block) => self.block = block,
                Err(_) => return Ok(0),
            }
            self.taken = 0;
        }
        let count = buffer.len().min(self.block.len() - self.taken);
        buffer[..count].copy_from_slice(&self.block[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
