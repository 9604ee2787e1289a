//! The uploads of own clients by their ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_api::NodeError;
use carechain_chunks::LocalUpload;
use carechain_crypto::UploadId;
use carechain_types::SignedUploadOpen;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::Session;
use super::task::Task;
use crate::limits::SESSIONS_MAX;
use crate::opening::opening_of;
use crate::shared::Shared;
use crate::store::store_failure;

/// All uploads with a task, and those that ended lately.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<UploadId, Arc<Session>>>);

impl Sessions {
    pub(crate) async fn find(&self, upload: &UploadId) -> Option<Arc<Session>> {
        self.0.lock().await.get(upload).filter(|session| session.is_of_use()).cloned()
    }

    /// The session of this opening, which the caller has checked; begins one if there is none.
    pub(crate) async fn enter(
        &self,
        shared: &Arc<Shared>,
        runtime: &Handle,
        signed: SignedUploadOpen,
    ) -> Result<Arc<Session>, NodeError> {
        let upload = signed.open.upload_id;
        let mut sessions = self.0.lock().await;
        if let Some(session) = sessions.get(&upload).filter(|session| session.is_of_use()) {
            let same = session.open == signed;
            return if same { Ok(Arc::clone(session)) } else { Err(NodeError::UploadExists) };
        }
        make_room(&mut sessions)?;
        let local = begin(shared, &signed).await?;
        let task = Task::new(Arc::clone(shared), signed, local).map_err(|error| store_failure(&error))?;
        let session = Arc::new(task.start(runtime));
        sessions.insert(upload, Arc::clone(&session));
        shared.counts.uploads_opened.increment();
        Ok(session)
    }
}

/// Those that ended make room for new ones.
fn make_room(sessions: &mut BTreeMap<UploadId, Arc<Session>>) -> Result<(), NodeError> {
    if sessions.len() >= SESSIONS_MAX {
        sessions.retain(|_, session| !session.told.is_closed());
    }
    if sessions.len() >= SESSIONS_MAX { Err(NodeError::Busy) } else { Ok(()) }
}

/// The upload in the store: the one this opening began before a restart, or a new one.
async fn begin(shared: &Shared, signed: &SignedUploadOpen) -> Result<LocalUpload, NodeError> {
    let opening = opening_of(&signed.open);
    let chunks = shared.store.chunks();
    for local in chunks.find_upload(&opening.upload) {
        let Ok(state) = chunks.state(local) else { continue };
        if state.opening == opening {
            return Ok(local);
        }
        if state.opening.publishing_hospital == shared.hospital {
            return Err(NodeError::UploadExists);
        }
    }
    shared.store.run(move |chunks| chunks.begin(&opening)).await.map_err(|error| store_failure(&error))
}
