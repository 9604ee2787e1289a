//! Uploads: open, chunks as a stream, status, completion.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use carechain_crypto::chunk_count;
use carechain_schema::{Document, UploadStatus as StatusAnswer};
use carechain_types::{Party, SignedUploadComplete, SignedUploadOpen};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::asker::wrong_gateway;
use crate::body;
use crate::border::Border;
use crate::chunks::ChunkStream;
use crate::client::Client;
use crate::failure::{Bound, Refused};
use crate::limits::{
    BODY_BYTES_MAX, CHUNKS_IN_FLIGHT_MAX, COMPLETE_BYTES_MAX, PASSED_OVER_MAX, PIECE_WAIT, RECEIPTS_WAIT,
};
use crate::node::{UploadCaller, UploadFile, UploadProgress, UploadStatus};
use crate::paced_body::PacedBody;
use crate::places::Place;
use crate::route::search::timestamp;
use crate::upload_caller::upload_caller;

pub(crate) async fn open(State(border): State<Arc<Border>>, request: Request) -> Result<Response, Refused> {
    let (_, bytes) = body::split(request);
    let open: SignedUploadOpen = body::canonical(&bytes, BODY_BYTES_MAX)?;
    if open.open.hospital != border.node.hospital() {
        return Err(wrong_gateway("upload"));
    }
    chunk_count(open.open.length).map_err(Refused::malformed)?;
    answer(border.node.upload_open(open).await?)
}

pub(crate) async fn status(
    State(border): State<Arc<Border>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    answer(border.node.upload_status(upload_caller(&id?, &headers)?).await?)
}

/// The body holds one or more whole chunks in a row, from the index in the path on, each behind its subtree value.
pub(crate) async fn chunks(
    State(border): State<Arc<Border>>,
    path: Result<Path<(String, u32)>, PathRejection>,
    request: Request,
) -> Result<Response, Refused> {
    let Path((id, index)) = path?;
    let caller = upload_caller(&id, request.headers())?;
    let client = Client::of(request.extensions());
    let mut body = PacedBody::new(request.into_body(), PIECE_WAIT);
    let UploadFile { length, author } = match begin(&border, &caller, &mut body).await {
        Ok(file) => file,
        Err(refused) => return Err(body.refuse(refused, PASSED_OVER_MAX).await),
    };
    let mut stream = ChunkStream::new(body, length, index, border.node.chunk_buffers());
    let stored = match places(&border, client, author) {
        Ok(_held) => store(&border, &caller, &mut stream).await,
        Err(busy) => Err(busy),
    };
    match stored {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(refused) => Err(stream.refuse(refused).await),
    }
}

/// The file that is sent, once the client sends at all and has shown the secret.
async fn begin(border: &Border, caller: &UploadCaller, body: &mut PacedBody) -> Result<UploadFile, Refused> {
    body.wait_for_first().await?;
    Ok(border.node.upload_file(caller.clone()).await?)
}

/// Places for a stream: one of its address, and one of the author whose file it is.
fn places(border: &Border, client: Client, author: Party) -> Result<(Place<IpAddr>, Place<Party>), Refused> {
    let busy = || {
        Refused::busy(Bound::Uploads, "too many uploads of this author, or of all together, are under way")
    };
    let of_author = border.authors.enter(author).ok_or_else(busy)?;
    let of_address = border.uploads.enter(client.address).ok_or_else(busy)?;
    Ok((of_address, of_author))
}

async fn store(border: &Border, caller: &UploadCaller, stream: &mut ChunkStream) -> Result<(), Refused> {
    let mut storing = FuturesUnordered::new();
    while let Some(chunk) = stream.next().await? {
        storing.push(border.node.upload_chunk(caller.clone(), chunk));
        while storing.len() >= CHUNKS_IN_FLIGHT_MAX
            && let Some(stored) = storing.next().await
        {
            stored?;
        }
    }
    while let Some(stored) = storing.next().await {
        stored?;
    }
    Ok(())
}

/// 200 with the receipts, or 202 with the status while the holders are still being served.
pub(crate) async fn complete(
    State(border): State<Arc<Border>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Refused> {
    let caller = upload_caller(&id?, request.headers())?;
    let (_, bytes) = body::split(request);
    let complete: SignedUploadComplete = body::canonical(&bytes, COMPLETE_BYTES_MAX)?;
    if complete.complete.upload_id != caller.upload_id {
        return Err(Refused::malformed("the path names another upload than the signed body"));
    }
    let waited =
        tokio::time::timeout(RECEIPTS_WAIT, border.node.upload_complete(caller.clone(), complete)).await;
    match waited {
        Ok(progress) => match progress? {
            UploadProgress::Done(receipts) => Ok(body::canonical_answer(&receipts)),
            UploadProgress::Copying(status) => Ok((StatusCode::ACCEPTED, answer(status)?).into_response()),
        },
        Err(_) => {
            let status = border.node.upload_status(caller).await?;
            Ok((StatusCode::ACCEPTED, answer(status)?).into_response())
        }
    }
}

fn answer(status: UploadStatus) -> Result<Response, Refused> {
    let chunk_count = chunk_count(status.length).map_err(Refused::malformed)?;
    Ok(body::document(&Document::done(StatusAnswer {
        upload_id: status.upload_id.to_hex(),
        state: status.state,
        chunk_count,
        present: status.present,
        expiry: timestamp(status.expiry),
    })))
}
