//! Who may see how a node is in full, and its figures: its own machine, and who shows the operators' token.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use carechain_crypto::{Digest, hash};

use crate::client::{Client, Machine};

/// The token of a node's operators, as its digest: comparing digests tells nothing of how much of a guess was right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operators(Option<Digest>);

impl Operators {
    /// Those who show this token, beside the node's own machine.
    #[must_use]
    pub fn with_token(token: &[u8]) -> Self {
        Self(Some(hash(token)))
    }

    /// Whether a request comes from the node's own machine, or carries the token.
    pub(crate) fn admit(&self, client: Client, headers: &HeaderMap) -> bool {
        let shown = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        client.machine == Machine::Own
            || shown.is_some_and(|token| self.0.is_some_and(|own| hash(token) == own))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
