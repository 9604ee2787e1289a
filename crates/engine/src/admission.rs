//! Which transactions are let in, how long they stay, and who is told that they wait.

use std::sync::Arc;

use carechain_consensus::{Input as ReplicaInput, PendingTransaction};
use carechain_contract::{BlockContext, NotIncludable, includable};
use carechain_crypto::TransactionId;
use carechain_ledger::{Backend, JournalStore};
use carechain_types::limits::{ADMISSION_MARGIN, TRANSACTION_LIFE_MAX};
use carechain_types::{SignatureScheme, Span, Time};

use crate::engine::Engine;
use crate::error::Fatal;
use crate::input::Ticket;
use crate::limits::{FORWARDED_BYTES_MAX, FORWARDED_MAX, HOUSEKEEPING, REBROADCAST_MAX, TIMER_MARGIN};
use crate::mempool::{MempoolError, SharedSubmission, Waiting};
use crate::outbox::Outbox;
use crate::output::{Answer, NotAdmitted, Output};
use crate::state::LedgerState;
use crate::wire::PeerMessage;

impl<B: Backend, J: JournalStore, S: SignatureScheme + Clone> Engine<B, J, S> {
    /// A client of this node submits: admit, tell every member, and let the client wait.
    pub(crate) fn submit(
        &mut self,
        ticket: Ticket,
        submission: SharedSubmission,
        outbox: &mut Outbox,
    ) -> Result<(), Fatal> {
        let id = submission.transaction.body.id(&self.config.chain_id);
        if let Some(stored) = self.ledger.transaction(&id)? {
            let height = stored.position.height;
            let answer = Answer::Committed { id, height, outcome: stored.outcome };
            outbox.push(Output::Answer { ticket, answer });
            return Ok(());
        }
        if let Err(refusal) = self.admit(&submission)? {
            outbox.push(Output::Answer { ticket, answer: Answer::NotAdmitted(refusal) });
            return Ok(());
        }
        self.waiting.add(ticket, id);
        self.mempool.note_broadcast(&id, self.now);
        self.candidates.supply(&submission);
        outbox.push(Output::Broadcast(PeerMessage::Transaction(Box::new((**submission).clone()))));
        self.execute_candidates()
    }

    fn admit(&mut self, submission: &SharedSubmission) -> Result<Result<(), NotAdmitted>, Fatal> {
        if self.waiting.is_full() {
            return Ok(Err(NotAdmitted::Busy));
        }
        let expiry = submission.transaction.body.expiry_time;
        let (earliest, latest) = (
            self.wall.after(ADMISSION_MARGIN),
            self.wall.after(TRANSACTION_LIFE_MAX).before(ADMISSION_MARGIN),
        );
        if expiry < earliest || expiry > latest {
            return Ok(Err(NotAdmitted::Expiry));
        }
        if let Err(reason) = self.includable_next(submission)? {
            return Ok(Err(reason.into()));
        }
        Ok(match self.mempool.insert(Arc::clone(submission), self.now) {
            Ok(_) | Err(MempoolError::Known) => Ok(()),
            Err(full) => Err(full.into()),
        })
    }

    /// A member passes on what it admitted.
    pub(crate) fn admit_from_peer(&mut self, submission: SharedSubmission) -> Result<(), Fatal> {
        self.candidates.supply(&submission);
        if self.includable_next(&submission)?.is_ok() {
            // No room or known: whoever admitted it keeps it and passes it to the primary again.
            let _ = self.mempool.insert(submission, self.now);
        }
        self.execute_candidates()
    }

    /// Whether it may stand in a block on the head, by this node's clock.
    fn includable_next(&self, submission: &SharedSubmission) -> Result<Result<(), NotIncludable>, Fatal> {
        let head = self.ledger.head();
        let time = self.wall.max(head.time);
        let context = BlockContext {
            chain_id: self.config.chain_id,
            height: head.height.next(),
            time,
            membership: &self.config.membership,
        };
        Ok(includable(&LedgerState::new(&self.ledger, time), &context, &submission.to_transaction())?)
    }

    /// What is due by the clock: questions, expiry, overdue transactions, the replica's timers.
    pub(crate) fn keep_house(&mut self, outbox: &mut Outbox) -> Result<(), Fatal> {
        self.ask_for_bodies(outbox);
        self.ask_for_blocks(outbox);
        if self.now >= self.housekeeping_due {
            self.housekeeping_due = self.now.after(HOUSEKEEPING);
            self.expire(outbox);
            self.forward_overdue(outbox);
            self.broadcast_again(outbox);
        }
        self.tell_pending(outbox)?;
        if self.replica.next_wakeup().is_some_and(|due| due <= self.now) {
            self.tell(ReplicaInput::Tick);
        }
        Ok(())
    }

    fn expire(&mut self, outbox: &mut Outbox) {
        let expired: Vec<_> = self
            .mempool
            .iter()
            .filter(|waiting| waiting.submission.transaction.body.expiry_time <= self.wall)
            .map(|waiting| waiting.id)
            .collect();
        for id in expired {
            self.mempool.remove(&id);
            self.answer(&id, &Answer::Expired { id }, outbox);
        }
    }

    /// Passes to the primary what has waited for half the patience.
    fn forward_overdue(&mut self, outbox: &mut Outbox) {
        let primary = self.replica.status().primary;
        if primary == self.config.own {
            return;
        }
        let (now, patience) = (self.now, self.config.timeouts.suspicion.half());
        let overdue = self.mempool.iter_mut().filter(|waiting| {
            let since = waiting.arrived.max(waiting.forwarded);
            now >= since.after(patience)
        });
        let mut bytes = 0;
        for waiting in overdue.take(FORWARDED_MAX) {
            bytes += waiting.bytes;
            if bytes > FORWARDED_BYTES_MAX {
                break;
            }
            waiting.forwarded = now;
            let message = PeerMessage::Transaction(Box::new((**waiting.submission).clone()));
            outbox.push(Output::Send { to: primary, message });
        }
    }

    /// Sends what own clients submitted to all members again: the first time may have been lost, and a primary watches
    /// nobody, so its own clients' transactions would wait for ever.
    fn broadcast_again(&mut self, outbox: &mut Outbox) {
        let (now, patience) = (self.now, self.config.timeouts.suspicion);
        let due = self.mempool.iter().filter(|waiting| {
            waiting.broadcast.is_some_and(|(at, times)| now >= at.after(patience.times(1 << times.min(10))))
        });
        let again: Vec<_> =
            due.take(REBROADCAST_MAX).map(|waiting| (waiting.id, Arc::clone(&waiting.submission))).collect();
        for (id, submission) in again {
            self.mempool.note_broadcast(&id, now);
            outbox.push(Output::Broadcast(PeerMessage::Transaction(Box::new((**submission).clone()))));
        }
    }

    /// A transaction that no block can hold any more leaves the mempool; whoever waits for it is told.
    pub(crate) fn drop_unfit(&mut self, id: &TransactionId, reason: NotIncludable, outbox: &mut Outbox) {
        self.mempool.remove(id);
        let answer = match reason {
            // It may be in a block already.
            NotIncludable::Expiry { .. } | NotIncludable::Seen { .. } => Answer::Expired { id: *id },
            reason => Answer::NotAdmitted(reason.into()),
        };
        self.answer(id, &answer, outbox);
    }

    /// Tells the replica which transaction has waited longest, if that changed. One counts for as long as every correct
    /// primary could propose it: not in its last seconds, and not once its key is ended in the head's state.
    fn tell_pending(&mut self, outbox: &mut Outbox) -> Result<(), Fatal> {
        // The next block is above the head's time, which clocks that were wrong may have left ahead of this one.
        let counts = self.wall.max(self.ledger.head().time).after(TIMER_MARGIN);
        let pending = loop {
            let expiry = |waiting: &Waiting| waiting.submission.transaction.body.expiry_time;
            let Some(oldest) = self.mempool.iter().find(|waiting| expiry(waiting) >= counts) else {
                break None;
            };
            let pending = PendingTransaction { since: oldest.arrived, passed_over: oldest.passed_over };
            let (id, submission) = (oldest.id, Arc::clone(&oldest.submission));
            let found = Some((id, self.ledger.head_id()));
            if self.found_includable == found {
                break Some(pending);
            }
            match self.includable_next(&submission)? {
                Ok(()) => {
                    self.found_includable = found;
                    break Some(pending);
                }
                Err(reason) => self.drop_unfit(&id, reason, outbox),
            }
        };
        if pending != self.told_pending {
            self.told_pending = pending;
            self.tell(ReplicaInput::Pending(pending));
        }
        Ok(())
    }

    /// Time for the next block: this node's clock, or the smallest step above the parent's time.
    pub(crate) fn block_time(&self, parent: Time) -> Time {
        self.wall.max(parent.after(Span::from_micros(1)))
    }
}
