//! HTTP to one node: timeouts, error documents, nothing else. What may be repeated, the caller of this decides.

mod answer;
mod error;
mod trusted;

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use carechain_crypto::UploadSecret;
use carechain_disk::OperatorToken;
use carechain_schema::Method;
use ureq::http::Response;
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, SendBody};
use zeroize::Zeroizing;

use crate::limits::{ANSWER_BYTES_MAX, ANSWER_WAIT, CONNECT_WAIT, READ_WAIT};
use crate::node_url::NodeUrl;

pub use answer::{Answer, ByteStream};
pub use error::CallError;
pub use trusted::TrustedError;

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Method.
    pub method: Method,
    /// Path with query string.
    pub path: &'a str,
    /// The signed query, if the call wants one.
    pub query: Option<&'a str>,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the answer begins.
    pub answer: Duration,
    /// One read or write that stands still.
    pub read: Duration,
    /// The whole call, if that is bounded.
    pub whole: Option<Duration>,
}

impl Waits {
    /// For a node's status: one that does not say how it is within this time is not well, whatever else it does.
    pub const STATUS: Self = Self {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(3),
        read: Duration::from_secs(3),
        whole: Some(Duration::from_secs(3)),
    };
}

impl Default for Waits {
    /// For calls that a commit or a file may hold up.
    fn default() -> Self {
        Self { connect: CONNECT_WAIT, answer: ANSWER_WAIT, read: READ_WAIT, whole: None }
    }
}

/// Speaks HTTP to one node.
#[derive(Clone, Debug)]
pub struct Caller {
    agent: Agent,
    node: String,
}

impl Caller {
    /// For the node at an address. It trusts no certificate, so `https` wants
    /// [`trusting`](Self::trusting).
    #[must_use]
    pub fn new(node: &NodeUrl) -> Self {
        Self::with_tls(node, trusted::only(&[]), Waits::default())
    }

    /// For the node at an address, that shows a certificate of this file, or one signed by it.
    ///
    /// # Errors
    /// See [`TrustedError`].
    pub fn trusting(node: &NodeUrl, certificates: &Path) -> Result<Self, TrustedError> {
        Self::with_waits(node, Some(certificates), Waits::default())
    }

    /// For the node at an address, with the certificates it is trusted by, if any, and waits of its own.
    ///
    /// # Errors
    /// See [`TrustedError`].
    pub fn with_waits(
        node: &NodeUrl,
        certificates: Option<&Path>,
        waits: Waits,
    ) -> Result<Self, TrustedError> {
        let tls = match certificates {
            Some(certificates) => trusted::only(&trusted::load(certificates)?),
            None => trusted::only(&[]),
        };
        Ok(Self::with_tls(node, tls, waits))
    }

    fn with_tls(node: &NodeUrl, tls: TlsConfig, waits: Waits) -> Self {
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .timeout_global(waits.whole)
            .timeout_connect(Some(waits.connect))
            .timeout_recv_response(Some(waits.answer))
            .timeout_per_read(Some(waits.read))
            .timeout_per_write(Some(waits.read))
            .input_buffer_size(256 * 1_024)
            .output_buffer_size(256 * 1_024)
            .max_idle_connections_per_host(8)
            .build();
        Self { agent: Agent::new_with_config(config), node: node.to_string() }
    }

    /// Base address of the node.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    /// A call with a body in memory (empty for GET); the answer is read whole.
    pub fn call(&self, call: Call<'_>, body: &[u8]) -> Result<Answer, CallError> {
        let response = self.send(call, body)?;
        self.read(response)
    }

    /// A call whose answer is a stream.
    pub fn open(&self, call: Call<'_>, body: &[u8]) -> Result<ByteStream, CallError> {
        let response = self.send(call, body)?;
        if response.status().as_u16() >= 400 {
            return Err(self.refusal(response));
        }
        Ok(ByteStream::new(response))
    }

    /// As [`Caller::call`], with the secret of an upload.
    pub fn call_with(&self, call: Call<'_>, secret: &UploadSecret, body: &[u8]) -> Result<Answer, CallError> {
        let response = self.send_with(call, Some(&bearer(secret)), body)?;
        self.read(response)
    }

    /// As [`Caller::call`] without a body, with the token of the node's operators.
    pub fn call_as_operator(&self, call: Call<'_>, token: &OperatorToken) -> Result<Answer, CallError> {
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let response = self.send_with(call, Some(&bearer), b"")?;
        self.read(response)
    }

    /// Sends a body of known length as it is read, with the secret of an upload.
    pub fn put(
        &self,
        path: &str,
        secret: &UploadSecret,
        body: &mut dyn Read,
        length: u64,
    ) -> Result<Answer, CallError> {
        let url = format!("{}{path}", self.node);
        let request = self.agent.put(&url).header("content-length", length.to_string());
        let request = request.header(AUTHORIZATION, bearer(secret).as_str());
        let response = request.send(SendBody::from_reader(body)).map_err(|error| self.failed(error))?;
        self.read(response)
    }

    fn send(&self, call: Call<'_>, body: &[u8]) -> Result<Response<Body>, CallError> {
        self.send_with(call, None, body)
    }

    fn send_with(
        &self,
        call: Call<'_>,
        bearer: Option<&str>,
        body: &[u8],
    ) -> Result<Response<Body>, CallError> {
        let url = format!("{}{}", self.node, call.path);
        let headers = [(carechain_schema::QUERY_HEADER, call.query), (AUTHORIZATION, bearer)];
        let sent = match call.method {
            Method::Get => with(self.agent.get(&url), headers).call(),
            Method::Post => with(self.agent.post(&url), headers).send(body),
            Method::Put => with(self.agent.put(&url), headers).send(body),
        };
        sent.map_err(|error| self.failed(error))
    }

    fn read(&self, mut response: Response<Body>) -> Result<Answer, CallError> {
        let status = response.status().as_u16();
        if status >= 400 {
            return Err(self.refusal(response));
        }
        let read = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        Ok(Answer { status, body: read.map_err(|error| self.broken(error))? })
    }

    fn refusal(&self, mut response: Response<Body>) -> CallError {
        let read = response.body_mut().with_config().limit(crate::limits::JSON_BYTES_MAX).read_to_vec();
        match read {
            Err(error) => self.broken(error),
            Ok(body) => answer::refusal(&body)
                .unwrap_or_else(|problem| CallError::Foreign { node: self.node.clone(), problem }),
        }
    }

    fn failed(&self, error: ureq::Error) -> CallError {
        if let ureq::Error::Io(io) = &error
            && let Some(source) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>())
            && is_before_sending(source)
        {
            return CallError::Untrusted { node: self.node.clone(), source: Box::new(source.clone()) };
        }
        let before_sending = match &error {
            ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::BadUri(_)
            | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
            ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
            _ => false,
        };
        if before_sending {
            CallError::NoNode { node: self.node.clone(), source: Box::new(error) }
        } else {
            self.broken(error)
        }
    }

    fn broken(&self, error: ureq::Error) -> CallError {
        CallError::Broken { node: self.node.clone(), source: Box::new(error) }
    }

    /// An answer that is not of this interface.
    pub(crate) fn foreign(&self, problem: impl core::fmt::Display) -> CallError {
        CallError::Foreign { node: self.node.clone(), problem: problem.to_string() }
    }
}

fn with<B>(request: ureq::RequestBuilder<B>, headers: [(&str, Option<&str>); 2]) -> ureq::RequestBuilder<B> {
    headers.into_iter().fold(request, |request, header| match header {
        (name, Some(value)) => request.header(name, value),
        (_, None) => request,
    })
}

fn bearer(secret: &UploadSecret) -> Zeroizing<String> {
    Zeroizing::new(format!("Bearer {}", secret.expose_hex()))
}

const AUTHORIZATION: &str = "authorization";

/// Whether a connection failed before any request went over it; other errors of TLS may come after one was sent.
const fn is_before_sending(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::PeerIncompatible(_)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
