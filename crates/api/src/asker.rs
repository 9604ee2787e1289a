//! Signed queries: the `carechain-query` header, checked before the node is asked.
//!
//! The header is base64 of a canonical [`SignedQuery`]. It must name this node's hospital, the method, the path with its
//! query string and the digest of the body as they arrived, expire within the life of a transaction, verify under its
//! key, and be answered for the first time.

use axum::http::request::Parts;
use carechain_crypto::hash;
use carechain_schema::{ErrorCode, QUERY_HEADER};
use carechain_types::limits::TRANSACTION_LIFE_MAX;
use carechain_types::{Ed25519, SignedQuery, Time, Verifier, decode};
use data_encoding::BASE64;

use crate::border::Border;
use crate::clock::now;
use crate::failure::Refused;
use crate::limits::QUERY_HEADER_BYTES_MAX;
use crate::node::{Asker, NodeError};
use crate::salts::Spending;

/// A signed query that verified, and has not been answered yet.
pub(crate) struct Asked {
    /// Who asks.
    pub(crate) asker: Asker,
    spending: Spending,
}

impl Asked {
    /// The node's answer, which spends the query. Until then nothing of it is remembered: a busy node is asked again, and a
    /// key that the node does not know could be anybody's. Only an answer that is no error shows that it knows the key.
    pub(crate) async fn once<T>(&self, border: &Border, answer: Result<T, NodeError>) -> Result<T, Refused> {
        let is_spent = match answer {
            Ok(_) => true,
            Err(NodeError::Unauthorized | NodeError::Busy | NodeError::NotReady { .. }) => false,
            Err(_) => border.node.admit(self.asker).await.is_ok(),
        };
        if is_spent {
            self.spend()?;
        }
        Ok(answer?)
    }

    /// Spends the query, of a key that the node knows.
    pub(crate) fn spend(&self) -> Result<(), Refused> {
        Ok(self.spending.spend()?)
    }
}

/// Who asks; `None` if nobody says so.
pub(crate) fn optional_asker(border: &Border, parts: &Parts, body: &[u8]) -> Result<Option<Asked>, Refused> {
    let Some(header) = parts.headers.get(QUERY_HEADER) else { return Ok(None) };
    if header.len() > QUERY_HEADER_BYTES_MAX {
        return Err(Refused::new(ErrorCode::TooLarge, "the signed query is too long", "ask for less"));
    }
    let bytes =
        BASE64.decode(header.as_bytes()).map_err(|_| Refused::malformed("the signed query is no base64"))?;
    let signed: SignedQuery = decode(&bytes, QUERY_HEADER_BYTES_MAX)?;
    let now = now();
    check(border, parts, body, &signed, now)?;
    let query = signed.query;
    let asker = Asker { person: query.person, key: query.key, min_height: query.min_height };
    let spending = border.salts.begin((query.expiry, query.key, query.salt), now)?;
    Ok(Some(Asked { asker, spending }))
}

/// Who asks; nobody is refused.
pub(crate) fn asker(border: &Border, parts: &Parts, body: &[u8]) -> Result<Asked, Refused> {
    optional_asker(border, parts, body)?.ok_or_else(|| NodeError::Unauthorized.into())
}

fn check(
    border: &Border,
    parts: &Parts,
    body: &[u8],
    signed: &SignedQuery,
    now: Time,
) -> Result<(), Refused> {
    let query = &signed.query;
    if query.hospital != border.node.hospital() {
        return Err(wrong_gateway("query"));
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let fits = query.method.as_str() == parts.method.as_str()
        && query.path.as_str() == path
        && query.body == hash(body);
    if !fits {
        return Err(NodeError::Unauthorized.into());
    }
    if query.expiry <= now || query.expiry > now.after(TRANSACTION_LIFE_MAX) {
        return Err(NodeError::Expiry.into());
    }
    let verifier = Verifier::new(Ed25519, border.node.chain_id());
    verifier.body(&query.key, query, &signed.signature).map_err(|_| NodeError::Unauthorized)?;
    Ok(())
}

/// A signed body names another hospital than this node's.
pub(crate) fn wrong_gateway(what: &str) -> Refused {
    Refused::new(
        ErrorCode::WrongGateway,
        format!("the {what} names another hospital than this node's"),
        "send it to the node it names",
    )
}
