//! Fetching a file: ciphertext is spooled and verified as it comes; a broken transfer goes on with a new request for what
//! is missing, in this run or, from the spool, in the next.
//!
//! Every run asks for at least the last byte anew: whether the read is still permitted is decided and logged each time.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};
use std::path::Path;
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
use crate::spool::{Held, SpoolFolder};

/// A file that verified, spooled.
pub(super) struct Fetched {
    pub(super) spooled: Spooled,
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

/// The ciphertext on disk.
pub(super) enum Spooled {
    /// Found by the next run if this one is cut off.
    Named(Held),
    /// Another process fetches the same record: this copy goes with this process.
    Unnamed(File),
}

impl Spooled {
    fn open(spool: &SpoolFolder, reading: &Reading) -> io::Result<Self> {
        match spool.take(&format!("{}.fetched", reading.ehr_id))? {
            Some(held) => Ok(Self::Named(held)),
            None => tempfile::tempfile_in(spool.path()).map(Self::Unnamed),
        }
    }

    /// The file.
    pub(super) const fn file(&self) -> &File {
        match self {
            Self::Named(held) => held.file(),
            Self::Unnamed(file) => file,
        }
    }

    /// It is unpacked, or of no use.
    pub(super) fn remove(self) {
        if let Self::Named(held) = self {
            held.remove();
        }
    }
}

/// Fetches and verifies the whole file, from where an earlier run came to.
pub(super) fn fetch(
    session: &Session,
    spool: &SpoolFolder,
    (reading, address): (&Reading, &Address),
    progress: &dyn Progress,
) -> Result<Fetched, OperationError> {
    let access = |source| OperationError::SpoolAccess { path: spool.path().to_owned(), source };
    let spooled = Spooled::open(spool, reading).map_err(access)?;
    let transfer =
        Transfer { session, reading, address, progress, file: spooled.file(), spool: spool.path() };
    let there = spooled.file().metadata().map_err(access)?.len().min(address.length.saturating_sub(1));
    let mut fetched = transfer.fetch_and_verify(there);
    if there > 0 && fetched.as_ref().is_err_and(is_wrong) {
        // What an earlier run left may be what is wrong, after a power failure say.
        fetched = transfer.fetch_and_verify(0);
    }
    match fetched {
        Ok((record, (entry, height))) => {
            let mut file = spooled.file();
            file.rewind().map_err(access)?;
            Ok(Fetched { spooled, record, entry, height })
        }
        Err(error) => {
            if is_wrong(&error) {
                spooled.remove();
            }
            Err(error)
        }
    }
}

/// Whether the bytes are not those of the record, rather than not all there.
const fn is_wrong(error: &OperationError) -> bool {
    matches!(error, OperationError::Record(error) if !is_cut(error))
}

const fn is_cut(error: &RecordError) -> bool {
    matches!(error, RecordError::Truncated { .. } | RecordError::Io(_))
}

struct Transfer<'a> {
    session: &'a Session,
    reading: &'a Reading,
    address: &'a Address,
    progress: &'a dyn Progress,
    file: &'a File,
    /// The spool, for messages.
    spool: &'a Path,
}

type Decided = (Option<EntryId>, Option<Height>);

impl Transfer<'_> {
    /// Keeps the first bytes of what is there and fetches the rest.
    fn fetch_and_verify(&self, there: u64) -> Result<(VerifiedRecord, Decided), OperationError> {
        let (sender, blocks) = sync_channel(BLOCKS_MAX);
        let (fetched, record) = std::thread::scope(|scope| {
            let verifying = scope.spawn(move || verify_record(BlockReader::new(blocks), self.address));
            let fetched = self.run(there, &sender);
            drop(sender);
            (fetched, verifying.join().expect("verifying does not panic"))
        });
        match (fetched, record) {
            // Why verifying ended says more than that nobody took the bytes any more.
            (_, Err(error)) if !is_cut(&error) => Err(error.into()),
            (Err(error), _) => Err(error),
            (Ok(_), Err(error)) => Err(error.into()),
            (Ok(decided), Ok(record)) => Ok((record, decided)),
        }
    }

    fn run(&self, there: u64, blocks: &SyncSender<Vec<u8>>) -> Result<Decided, OperationError> {
        let length = self.address.length;
        let mut written = self.replay(there, blocks)?;
        let mut attempt = 1;
        let mut decided = (None, None);
        while written < length {
            let before = written;
            let broken = match open_range(self.session, self.reading, written, length) {
                Ok(range) => {
                    decided = (range.entry, range.height);
                    match self.copy(range.frames, blocks, &mut written)? {
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

    /// Gives the verifier what an earlier run left; the next byte is written behind it.
    fn replay(&self, there: u64, blocks: &SyncSender<Vec<u8>>) -> Result<u64, OperationError> {
        let mut file = self.file;
        file.set_len(there).and_then(|()| file.rewind()).map_err(|error| self.access(error))?;
        let mut done = 0;
        while done < there {
            let mut block = Vec::with_capacity(BLOCK_BYTES);
            let count = file.take(BLOCK_BYTES as u64).read_to_end(&mut block);
            let count = count.map_err(|error| self.access(error))?;
            if count == 0 {
                break;
            }
            done += count as u64;
            self.pass(block, done, blocks)?;
        }
        Ok(done)
    }

    /// Passes a block on to the verifier.
    fn pass(&self, block: Vec<u8>, done: u64, blocks: &SyncSender<Vec<u8>>) -> Result<(), OperationError> {
        if self.progress.is_cancelled() {
            return Err(OperationError::Cancelled);
        }
        self.progress.advance(Stage::Fetching, done, Some(self.address.length));
        // The verifier ends early if it found something wrong, and then its error is told.
        blocks.send(block).map_err(|_| OperationError::Cancelled)
    }

    fn access(&self, source: io::Error) -> OperationError {
        OperationError::SpoolAccess { path: self.spool.to_owned(), source }
    }

    /// Copies until the range ends, or gives what broke it.
    fn copy(
        &self,
        mut frames: FrameReader<ByteStream>,
        blocks: &SyncSender<Vec<u8>>,
        written: &mut u64,
    ) -> Result<Option<io::Error>, OperationError> {
        let mut file = self.file;
        loop {
            let mut block = vec![0; BLOCK_BYTES];
            let count = match frames.read(&mut block) {
                Ok(0) => return Ok(None),
                Ok(count) => count,
                Err(error) => return Ok(Some(error)),
            };
            block.truncate(count);
            file.write_all(&block).map_err(|error| self.access(error))?;
            *written += count as u64;
            self.pass(block, *written, blocks)?;
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
