//! Who goes on with an upload: its id in the path, its secret as bearer.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use carechain_crypto::{UploadId, UploadSecret};

use crate::failure::Refused;
use crate::node::UploadCaller;

/// The upload and the secret that a caller shows. A missing secret is answered as a wrong one is: `not_found`.
pub(crate) fn upload_caller(id: &str, headers: &HeaderMap) -> Result<UploadCaller, Refused> {
    let upload_id = upload_id(id)?;
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let secret = bearer.and_then(|bearer| bearer.strip_prefix("Bearer ")).and_then(UploadSecret::from_hex);
    let secret = Arc::new(secret.ok_or_else(Refused::not_found)?);
    Ok(UploadCaller { upload_id, secret })
}

fn upload_id(text: &str) -> Result<UploadId, Refused> {
    UploadId::from_hex(text)
        .ok_or_else(|| Refused::malformed("an upload id has 32 lower-case hex characters"))
}
