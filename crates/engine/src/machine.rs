//! An engine that runs, or the reason why it does not any more.
//!
//! Invariants
//! - After a turn that failed, memory is ahead of what is known to be on disk: its head, status, heads and proofs rest on
//!   votes that a restart may forget. So the engine is dropped in that moment, and all that is left to ask for is the
//!   cause. There is no way to an engine but through [`Machine::running`].

use carechain_consensus::Config;
use carechain_ledger::{Backend, JournalStore, Ledger};
use carechain_types::{Moment, NodeSigner, SignatureScheme};

use crate::engine::Engine;
use crate::error::{Fatal, OpenError};
use crate::input::Input;
use crate::output::Sink;
use crate::stopped::Stopped;

/// One node's engine.
pub struct Machine<B, J, S> {
    engine: Result<Box<Engine<B, J, S>>, Stopped>,
}

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Machine<B, J, S> {
    /// From ledger and journal: replays into the ledger what the journal has beyond it, then the replica's votes.
    ///
    /// # Errors
    /// Why this node must not run.
    pub fn open(
        config: Config,
        ledger: Ledger<B>,
        journal: J,
        signer: Box<dyn NodeSigner + Send>,
        scheme: S,
    ) -> Result<Self, OpenError> {
        let engine = Engine::open(config, ledger, journal, signer, scheme)?;
        Ok(Self { engine: Ok(Box::new(engine)) })
    }

    /// One turn: takes all inputs, proposes, syncs once.
    ///
    /// # Errors
    /// The node stops; what was not given to `sink` was never sent, and the engine is gone.
    pub fn turn(
        &mut self,
        now: Moment,
        inputs: impl IntoIterator<Item = Input>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Fatal> {
        let ended = self.running_mut()?.turn(now, inputs, sink);
        if let Err(fatal) = &ended {
            self.engine = Err(fatal.stopped());
        }
        ended
    }

    /// The engine between two turns.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn running(&self) -> Result<&Engine<B, J, S>, Stopped> {
        let engine = self.engine.as_ref().map_err(Stopped::clone)?;
        engine.check_sound().map(|()| &**engine)
    }

    /// The engine between two turns.
    ///
    /// # Errors
    /// Why it stopped.
    pub fn running_mut(&mut self) -> Result<&mut Engine<B, J, S>, Stopped> {
        let engine = self.engine.as_mut().map_err(|stopped| stopped.clone())?;
        engine.check_sound().map(|()| &mut **engine)
    }
}
