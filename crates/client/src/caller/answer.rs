//! Answers: whole, as a stream, or a refusal.

use std::io::{self, Read};

use carechain_schema::{Described, Document, Failure, OutcomeLine};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::{Body, BodyReader};

use super::error::CallError;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status, below 400.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The data of a JSON document.
    pub(crate) fn document<T: Described + DeserializeOwned>(&self) -> Result<T, String> {
        let document: Document<T> = serde_json::from_slice(&self.body).map_err(|error| error.to_string())?;
        match document.into_result() {
            Some(Ok(data)) => Ok(data),
            Some(Err(failure)) => Err(failure.message),
            None => Err(format!("no document of schema {}", T::SCHEMA)),
        }
    }
}

/// An answer that streams in.
pub struct ByteStream {
    headers: ureq::http::HeaderMap,
    reader: BodyReader<'static>,
}

impl ByteStream {
    pub(super) fn new(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self { headers: parts.headers, reader: body.into_with_config().limit(u64::MAX).reader() }
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Read for ByteStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl core::fmt::Debug for ByteStream {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("ByteStream")
    }
}

/// What every document of a failure has, whatever its schema.
#[derive(Deserialize)]
struct FailedDocument {
    error: Failure,
    outcome: Option<OutcomeLine>,
}

pub(super) fn refusal(body: &[u8]) -> Result<CallError, String> {
    let document: FailedDocument = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    Ok(CallError::Refused { failure: Box::new(document.error), outcome: document.outcome })
}
