//! Sending the spooled ciphertext: the chunks the node lacks, on a few connections at once, then the completion.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use carechain_crypto::limits::CHUNK_BYTES;
use carechain_crypto::{
    Address, Manifest, ManifestBuilder, SubtreeValue, UploadId, UploadSecret, chunk_count,
};
use carechain_schema::{Method, Retry, Route, UploadStatus};
use carechain_types::limits::{RECEIPT_PATH_MAX, RECEIPTS_MAX};
use carechain_types::{
    BoundedVec, Party, PersonBody, SignedUploadComplete, SignedUploadOpen, Time, UploadComplete, UploadOpen,
    UploadReceipts, decode, encode,
};

use super::framed::Framed;
use super::spool::{Spool, SpoolSecret};
use crate::caller::CallError;
use crate::error::OperationError;
use crate::limits::{ATTEMPTS_MAX, RECEIPTS_WAIT, UPLOAD_CALL_CHUNKS, UPLOAD_LANES};
use crate::progress::{Progress, Stage};
use crate::session::{Session, pause};

impl Session {
    /// The signed opening of an upload.
    pub(super) fn upload_open(
        &self,
        upload_id: UploadId,
        secret: &SpoolSecret,
        length: u64,
        expiry: Time,
    ) -> Result<SignedUploadOpen, OperationError> {
        let open = UploadOpen {
            hospital: self.gateway(),
            upload_id,
            author: Party::Person(self.person()?),
            patient: secret.patient,
            publishing_hospital: secret.hospital,
            length,
            key: self.agent().public_keys().signing,
            capability: UploadSecret::new(secret.upload_secret).capability(),
            expiry,
        };
        let signature = self.agent().sign(self.chain_id(), &PersonBody::UploadOpen(&open))?;
        Ok(SignedUploadOpen { open, signature })
    }
}

/// Opens the upload, or finds it open, and sends what the node lacks. Gives the manifest of the spooled file, which is
/// known if it was sealed just now.
pub(super) fn send_missing(
    session: &Session,
    spool: &Spool,
    sealed: Option<Manifest>,
    progress: &dyn Progress,
) -> Result<Manifest, OperationError> {
    let length = spool.open.open.length;
    let answer = session.ask(Method::Post, Route::UPLOAD_OPEN.path, &encode(&spool.open))?;
    let foreign = |problem| OperationError::from(session.caller().foreign(problem));
    let status: UploadStatus = answer.document().map_err(foreign)?;
    let count = chunk_count(length).map_err(|error| foreign(error.to_string()))?;
    let spans = missing(count, &status.present);
    let unsent: u64 = spans.iter().map(|&(start, end)| bytes_of(start, end, length)).sum();
    // Each chunk is sent with its value, so all are known before the first one goes.
    let manifest = sealed.map_or_else(|| manifest(spool, length), Ok)?;
    let lanes = Lanes {
        session,
        spool,
        secret: UploadSecret::new(spool.secret.upload_secret),
        values: manifest.values(),
        progress,
        length,
        done: AtomicU64::new(length - unsent),
        spans: Mutex::new(spans),
    };
    std::thread::scope(|scope| {
        let lanes = &lanes;
        let workers: Vec<_> = (0..UPLOAD_LANES).map(|_| scope.spawn(|| lanes.work())).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a lane does not panic"))
    })?;
    Ok(manifest)
}

/// Spans of chunks that are not present, each at most one call.
fn missing(count: u32, present: &[(u32, u32)]) -> VecDeque<(u32, u32)> {
    let mut spans = VecDeque::new();
    let mut next = 0;
    for &(start, end) in present.iter().chain(&[(count, count)]) {
        while next < start.min(count) {
            let stop = start.min(count).min(next.saturating_add(UPLOAD_CALL_CHUNKS));
            spans.push_back((next, stop));
            next = stop;
        }
        next = next.max(end);
    }
    spans
}

fn bytes_of(start: u32, end: u32, length: u64) -> u64 {
    let place = |chunk: u32| (u64::from(chunk) * CHUNK_BYTES as u64).min(length);
    place(end) - place(start)
}

fn manifest(spool: &Spool, length: u64) -> Result<Manifest, OperationError> {
    let access = |source| OperationError::SpoolAccess { path: spool.record().to_owned(), source };
    let damaged = || OperationError::Spool { path: spool.record().to_owned() };
    let mut file = File::open(spool.record()).map_err(access)?;
    let mut builder = ManifestBuilder::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let count = file.read(&mut buffer).map_err(access)?;
        if count == 0 {
            break;
        }
        builder.update(&buffer[..count]);
    }
    let manifest = builder.finish().ok_or_else(damaged)?;
    let whole = manifest.length() == length && manifest.root() == spool.address()?.root;
    if whole { Ok(manifest) } else { Err(damaged()) }
}

struct Lanes<'a> {
    session: &'a Session,
    spool: &'a Spool,
    secret: UploadSecret,
    /// Of all chunks of the file.
    values: &'a [SubtreeValue],
    progress: &'a dyn Progress,
    length: u64,
    done: AtomicU64,
    spans: Mutex<VecDeque<(u32, u32)>>,
}

impl Lanes<'_> {
    fn work(&self) -> Result<(), OperationError> {
        while let Some((start, end)) = self.next_span() {
            let mut attempt = 1;
            while let Err(error) = self.send(start, end) {
                let hopeless = matches!(&error, OperationError::Call(CallError::Refused { failure, .. })
                    if failure.retry == Retry::Never);
                let other = !matches!(error, OperationError::Call(_));
                if hopeless || other || attempt >= ATTEMPTS_MAX {
                    self.spans.lock().unwrap_or_else(PoisonError::into_inner).clear();
                    return Err(error);
                }
                pause(attempt);
                attempt += 1;
            }
        }
        Ok(())
    }

    fn next_span(&self) -> Option<(u32, u32)> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn send(&self, start: u32, end: u32) -> Result<(), OperationError> {
        if self.progress.is_cancelled() {
            return Err(OperationError::Cancelled);
        }
        let access = |source| OperationError::SpoolAccess { path: self.spool.record().to_owned(), source };
        let mut file = File::open(self.spool.record()).map_err(access)?;
        file.seek(SeekFrom::Start(u64::from(start) * CHUNK_BYTES as u64)).map_err(access)?;
        let bytes = bytes_of(start, end, self.length);
        let mut reader = Counted { inner: file.take(bytes), lanes: self, sent: 0 };
        let values = &self.values[start as usize..end as usize];
        let mut framed = Framed::new(&mut reader, values);
        let length = framed.length(bytes);
        let id = self.spool.open.open.upload_id.to_hex();
        let path = Route::UPLOAD_CHUNK.with(&[&id, &start.to_string()]);
        let sent = self.session.caller().put(&path, &self.secret, &mut framed, length);
        if sent.is_err() {
            self.done.fetch_sub(reader.sent, Ordering::Relaxed);
            if self.progress.is_cancelled() {
                return Err(OperationError::Cancelled);
            }
        }
        sent.map(drop).map_err(OperationError::from)
    }
}

/// Tells the watcher what is read, and stops when nobody watches any more.
struct Counted<'a, R> {
    inner: R,
    lanes: &'a Lanes<'a>,
    sent: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.lanes.progress.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        let count = self.inner.read(buffer)?;
        self.sent += count as u64;
        let done = self.lanes.done.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        self.lanes.progress.advance(Stage::Uploading, done, Some(self.lanes.length));
        Ok(count)
    }
}

/// Says what the bytes must be and waits for the holders' receipts.
pub(super) fn complete(
    session: &Session,
    spool: &Spool,
    address: &Address,
    manifest: Manifest,
    progress: &dyn Progress,
) -> Result<UploadReceipts, OperationError> {
    let upload_id = spool.open.open.upload_id;
    let complete = UploadComplete { upload_id, tag: address.tag(), root: address.root };
    let signature = session.agent().sign(session.chain_id(), &PersonBody::UploadComplete(&complete))?;
    let values = BoundedVec::new(manifest.values().to_vec())?;
    let body = encode(&SignedUploadComplete { complete, signature, values });
    let path = Route::UPLOAD_COMPLETE.with(&[&upload_id.to_hex()]);
    let secret = UploadSecret::new(spool.secret.upload_secret);
    let started = Instant::now();
    loop {
        if progress.is_cancelled() {
            return Err(OperationError::Cancelled);
        }
        progress.advance(Stage::Copying, started.elapsed().as_secs(), None);
        let answer = session.ask_of_upload(&secret, &path, &body)?;
        if answer.status != ACCEPTED {
            return Ok(decode(&answer.body, RECEIPTS_BYTES_MAX)?);
        }
        if started.elapsed() > RECEIPTS_WAIT {
            let needed = usize::from(session.trust().genesis().parameters.receipts_required);
            return Err(OperationError::TooFewReceipts { got: 0, needed });
        }
        std::thread::sleep(core::time::Duration::from_millis(100));
    }
}

/// Status of a completion that goes on.
const ACCEPTED: u16 = 202;
/// Bytes of receipts: a leaf of 260, path and signature each.
const RECEIPTS_BYTES_MAX: usize = RECEIPTS_MAX * (512 + 32 * RECEIPT_PATH_MAX);

#[cfg(test)]
mod tests;
