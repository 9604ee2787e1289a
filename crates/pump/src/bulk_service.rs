//! Takes the bulk streams that other members open, and gives each to its service.

use std::sync::Arc;

use carechain_crypto::HospitalId;
use carechain_network::{BulkReceiver, BulkStream, IncomingBulk};
use tokio::io::{AsyncWriteExt as _, WriteHalf, split};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::frame::{FrameError, Kind, read_frame, read_version, write_frame};
use crate::limits::{ANSWER_WAIT, FIRST_FRAME_WAIT};
use crate::message::RefusalCode;
use crate::serve_error::ServeError;
use crate::shared::Shared;
use crate::{fetch_service, push_service};

/// What a stream may open with.
const OPENINGS: &[Kind] = &[Kind::PushOpen, Kind::ReadFetch, Kind::RepairFetch];

/// Serves until the network ends.
pub(super) async fn serve(shared: Arc<Shared>, mut incoming: BulkReceiver) {
    let mut services = JoinSet::new();
    while let Some(IncomingBulk { from, stream }) = incoming.next().await {
        while services.try_join_next().is_some() {}
        // The network knows the members already; a list changed in between is no reason to serve.
        let Some(remote) = shared.hospital_of(&from) else { continue };
        services.spawn(serve_stream(Arc::clone(&shared), remote, stream));
    }
}

async fn serve_stream(shared: Arc<Shared>, remote: HospitalId, stream: BulkStream) {
    let (reader, mut writer) = split(stream);
    let served = match shared.services.enter(remote) {
        Some(_place) => dispatch(&shared, remote, reader, &mut writer).await,
        None => {
            shared.counts.services_refused.increment();
            Err(ServeError::Refused(RefusalCode::Busy))
        }
    };
    let Err(error) = served else { return };
    if error.is_malformed() {
        shared.counts.streams_malformed.increment();
        tracing::warn!(%remote, %error, "a member sent on a stream of files what no correct member sends");
    } else {
        tracing::debug!(%remote, %error, "a bulk service ended");
    }
    if let Some(code) = error.refusal() {
        // The peer may be gone: it learns nothing then.
        let _ = timeout(ANSWER_WAIT, refuse(&mut writer, code)).await;
    }
}

async fn refuse(writer: &mut WriteHalf<BulkStream>, code: RefusalCode) -> Result<(), ServeError> {
    write_frame(writer, &code.frame()).await?;
    writer.shutdown().await.map_err(FrameError::from)?;
    Ok(())
}

async fn dispatch(
    shared: &Arc<Shared>,
    remote: HospitalId,
    mut reader: tokio::io::ReadHalf<BulkStream>,
    writer: &mut WriteHalf<BulkStream>,
) -> Result<(), ServeError> {
    let first = async {
        read_version(&mut reader).await?;
        read_frame(&mut reader, OPENINGS).await
    };
    let first = timeout(FIRST_FRAME_WAIT, first).await.map_err(|_| ServeError::Silence)??;
    let Some(first) = first else { return Ok(()) };
    match first.kind {
        Kind::PushOpen => push_service::serve(shared, remote, &first, (reader, writer)).await,
        Kind::ReadFetch => fetch_service::serve_read(shared, remote, &first, (reader, writer)).await,
        Kind::RepairFetch => fetch_service::serve_repair(shared, remote, &first, (reader, writer)).await,
        kind => Err(FrameError::OutOfPlace { kind }.into()),
    }
}
