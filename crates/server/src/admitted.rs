//! What became of a transaction that was handed to the engine: a caller waits for it, but not while nothing can be decided.

use std::sync::Arc;
use std::time::Duration;

use carechain_engine::Answer;
use carechain_types::{Submission, Verified};

use crate::engine_thread::EngineGone;
use crate::parts::Parts;

/// How long a client waits for its commit.
const COMMIT_WAIT: Duration = Duration::from_secs(30);

/// Why there is no answer: the transaction may be committed still.
pub(super) enum Undecided {
    /// It took too long.
    Late,
    /// The engine took it and ended.
    Stopped,
    /// Too few hospitals answer.
    NoQuorum {
        /// Who is away.
        sentence: String,
    },
}

/// Hands a transaction to the engine and waits for what becomes of it.
pub(super) async fn admitted(
    parts: &Parts,
    verified: Verified<Submission>,
) -> Result<Result<Answer, EngineGone>, Undecided> {
    tokio::select! {
        biased;
        answer = parts.engine.submit(Arc::new(verified)) => match answer {
            Ok(Some(answer)) => Ok(Ok(answer)),
            Ok(None) => Err(Undecided::Stopped),
            Err(gone) => Ok(Err(gone)),
        },
        sentence = parts.monitor.quorum_lost() => Err(Undecided::NoQuorum { sentence }),
        () = tokio::time::sleep(COMMIT_WAIT) => Err(Undecided::Late),
    }
}
