//! Asking: signed queries, state with proof, pages of lists.

use std::time::Duration;

use carechain_crypto::{Nonce, UploadSecret, hash};
use carechain_schema::{ErrorCode, Method, Retry, Route};
use carechain_types::{
    Bodies, BoundedString, BoundedVec, ListName, ListQuery, ListStart, PersonBody, PublicPart, Query,
    SignedQuery, StateKey, StateQuery, StateValue, TransactionBody, VerifiedClaim, VerifiedProof, encode,
};
use data_encoding::BASE64;

use super::Session;
use crate::caller::{Answer, Call, CallError};
use crate::clock::now;
use crate::error::OperationError;
use crate::limits::{ATTEMPT_PAUSE, ATTEMPTS_MAX, LIST_PAGE, QUERY_LIFE};
use crate::random::SystemRandom;
use crate::trust::TrustError;

impl Session {
    /// Values, or their absence, at keys, with the bodies of their writers: proven and fresh.
    pub fn prove(&self, keys: &[StateKey]) -> Result<VerifiedProof, OperationError> {
        Ok(self.prove_bytes(keys)?.0)
    }

    /// The same, with the canonical bytes of the proof.
    pub fn prove_bytes(&self, keys: &[StateKey]) -> Result<(VerifiedProof, Vec<u8>), OperationError> {
        let keys = BoundedVec::new(keys.to_vec())?;
        let (proof, bytes) = self.fresh(Route::STATE, |freshness| {
            encode(&StateQuery { keys: keys.clone(), bodies: Bodies::With, freshness })
        })?;
        for key in &keys {
            wanted(&proof, key)?;
        }
        Ok((proof, bytes))
    }

    /// One page of a list, with the canonical bytes of its proof.
    pub(crate) fn page(
        &self,
        ListName { kind, subject }: ListName,
        start: ListStart,
    ) -> Result<(VerifiedProof, Vec<u8>), OperationError> {
        self.fresh(Route::LIST, |freshness| {
            encode(&ListQuery { kind, subject, start, count_max: LIST_PAGE, freshness })
        })
    }

    /// Asks until the proof is fresh: a node may be a moment behind.
    fn fresh(
        &self,
        route: Route,
        body: impl Fn(carechain_types::Freshness) -> Vec<u8>,
    ) -> Result<(VerifiedProof, Vec<u8>), OperationError> {
        let mut attempt = 1;
        loop {
            let asked = now();
            let freshness = self.trust.freshness(asked);
            let answer = self.ask(Method::Post, route.path, &body(freshness))?;
            match self.trust.verify_fresh(&answer.body, &freshness, asked) {
                Ok(proof) => return Ok((proof, answer.body)),
                Err(TrustError::Stale { .. } | TrustError::Receded { .. }) if attempt < ATTEMPTS_MAX => {
                    pause(attempt);
                }
                Err(error) => return Err(error.into()),
            }
            attempt += 1;
        }
    }

    /// A call that may be repeated, signed by the person if there is one.
    pub(crate) fn ask(&self, method: Method, path: &str, body: &[u8]) -> Result<Answer, OperationError> {
        self.repeat(method, path, body, |call| self.caller.call(call, body))
    }

    /// As [`Session::ask`], with the secret of an upload.
    pub(crate) fn ask_of_upload(
        &self,
        secret: &UploadSecret,
        path: &str,
        body: &[u8],
    ) -> Result<Answer, OperationError> {
        self.repeat(Method::Post, path, body, |call| self.caller.call_with(call, secret, body))
    }

    fn repeat(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        send: impl Fn(Call<'_>) -> Result<Answer, CallError>,
    ) -> Result<Answer, OperationError> {
        let mut attempt = 1;
        loop {
            let query = self.person.is_some().then(|| self.signed_query(method, path, body)).transpose()?;
            let call = Call { method, path, query: query.as_deref() };
            match send(call) {
                Ok(answer) => return Ok(answer),
                Err(error) if attempt < ATTEMPTS_MAX && is_repeatable(&error) => pause(attempt),
                Err(CallError::Refused { failure, .. }) if failure.code == ErrorCode::NotFound => {
                    return Err(OperationError::NotFound);
                }
                Err(error) => return Err(error.into()),
            }
            attempt += 1;
        }
    }

    /// The header of a signed query.
    fn signed_query(&self, method: Method, path: &str, body: &[u8]) -> Result<String, OperationError> {
        let query = Query {
            hospital: self.gateway,
            person: self.person()?,
            key: self.agent.public_keys().signing,
            method: BoundedString::new(method.as_str())?,
            path: BoundedString::new(path)?,
            body: hash(body),
            salt: Nonce::new(SystemRandom::bytes()),
            expiry: now().after(QUERY_LIFE),
            min_height: None,
        };
        let signature = self.agent.sign(self.chain_id(), &PersonBody::Query(&query))?;
        Ok(BASE64.encode(&encode(&SignedQuery { query, signature })))
    }
}

/// Whether the node says that too few hospitals answer it.
pub(crate) fn is_no_quorum(error: &CallError) -> bool {
    matches!(error, CallError::Refused { failure, .. } if failure.code == ErrorCode::NoQuorum)
}

/// Reading is always safe to repeat; a refusal only if the node says so, and has not waited for the members already.
fn is_repeatable(error: &CallError) -> bool {
    match error {
        error if is_no_quorum(error) => false,
        CallError::Refused { failure, .. } => failure.retry == Retry::Safe,
        CallError::NoNode { .. } | CallError::Broken { .. } => true,
        CallError::Untrusted { .. } | CallError::Foreign { .. } => false,
    }
}

/// Waits before the next attempt.
pub(crate) fn pause(attempt: u32) {
    std::thread::sleep(ATTEMPT_PAUSE.saturating_mul(1 << (attempt - 1).min(5)).min(Duration::from_secs(4)));
}

/// The claim under a key that was asked for.
pub(crate) fn wanted<'a>(proof: &'a VerifiedProof, key: &StateKey) -> Result<&'a VerifiedClaim, TrustError> {
    proof.claim(key).ok_or(TrustError::Lacks { what: "a key that was asked for" })
}

/// The value under a key; not there = not found.
pub(crate) fn value<V: StateValue>(proof: &VerifiedProof, key: &StateKey) -> Result<V, OperationError> {
    wanted(proof, key)?.value::<V>()?.ok_or(OperationError::NotFound)
}

/// The body that wrote the value under a key, with its public part.
pub(crate) fn body_of<'a>(
    proof: &'a VerifiedProof,
    key: &StateKey,
) -> Result<(&'a TransactionBody, PublicPart), OperationError> {
    let lacks = TrustError::Lacks { what: "the transaction that wrote a value" };
    let body = wanted(proof, key)?.body.as_ref().ok_or(lacks)?;
    let part = PublicPart::decode(body.kind, &body.public_part)
        .map_err(|_| TrustError::Lacks { what: "a public part that this version reads" })?;
    Ok((body, part))
}
