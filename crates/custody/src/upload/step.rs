//! One step of an upload.

use carechain_crypto::HospitalId;
use carechain_types::{Receipt, Time};

use super::holder::{Holder, HolderPhase};
use super::input::UploadInput;
use super::output::UploadOutput;
use super::state::{Upload, UploadPhase};
use crate::receipts::{ReceiptExpectation, ReceiptProgress};

impl Upload {
    /// Takes one input at a time and appends what is to be done, in order.
    pub fn step(&mut self, now: Time, input: UploadInput, outputs: &mut Vec<UploadOutput>) {
        if self.phase == UploadPhase::Ended {
            return;
        }
        match input {
            UploadInput::Start { present } => {
                self.stored = (0..self.plan.shape.chunks())
                    .zip(present)
                    .filter(|(_, has)| *has)
                    .map(|(i, _)| i)
                    .collect();
            }
            UploadInput::ChunkStored { index } => {
                self.stored.insert(index);
            }
            UploadInput::Completed { expectation } => self.completed(*expectation, outputs),
            UploadInput::HolderOpened { holder, present } => self.holder_opened(now, &holder, &present),
            UploadInput::ChunkAcknowledged { holder, index } => self.acknowledged(now, &holder, index),
            UploadInput::ReceiptArrived { receipt } => self.receipt(now, *receipt, outputs),
            UploadInput::HolderFailed { holder } => self.holder_failed(now, holder, outputs),
            UploadInput::Published => self.phase = self.phase.max(UploadPhase::Published),
            UploadInput::Head { time } => self.expire(time, outputs),
            UploadInput::Tick => self.fail_silent(now, outputs),
        }
        self.advance(now, outputs);
    }

    fn completed(&mut self, expectation: ReceiptExpectation, outputs: &mut Vec<UploadOutput>) {
        if self.phase != UploadPhase::Receiving {
            return;
        }
        self.phase = UploadPhase::Completed;
        self.stored = (0..self.plan.shape.chunks()).collect();
        self.receipts = Some(ReceiptProgress::new(expectation, self.plan.receipts_required));
        outputs.push(UploadOutput::SignOwn);
    }

    fn holder_opened(&mut self, now: Time, holder: &HospitalId, present: &[bool]) {
        let shape = self.plan.shape;
        if let Some(holder) =
            self.holders.get_mut(holder).filter(|holder| holder.phase == HolderPhase::Opening)
        {
            holder.opened(present, &shape, now);
        }
    }

    fn acknowledged(&mut self, now: Time, holder: &HospitalId, index: u32) {
        let shape = self.plan.shape;
        if let Some(holder) =
            self.holders.get_mut(holder).filter(|holder| holder.phase == HolderPhase::Taking)
        {
            holder.acknowledged(index, &shape, now);
        }
    }

    fn receipt(&mut self, now: Time, receipt: Receipt, outputs: &mut Vec<UploadOutput>) {
        let Some(receipts) = self.receipts.as_mut() else {
            return;
        };
        let hospital = receipt.leaf.hospital;
        match receipts.add(receipt, now) {
            Ok(()) => {
                if let Some(holder) = self.holders.get_mut(&hospital) {
                    holder.phase = HolderPhase::Done;
                    holder.heard = now;
                }
            }
            Err(reason) => {
                outputs.push(UploadOutput::RefusedReceipt { holder: hospital, reason });
                if self.publisher() != Some(&hospital) {
                    self.holder_failed(now, hospital, outputs);
                }
            }
        }
    }

    fn holder_failed(&mut self, now: Time, failed: HospitalId, outputs: &mut Vec<UploadOutput>) {
        let Some(holder) = self.holders.get_mut(&failed) else {
            return;
        };
        if matches!(holder.phase, HolderPhase::Done | HolderPhase::Waiting(_)) {
            return;
        }
        holder.failed(now);
        if holder.failures >= self.settings.failures_max
            && let Some(next) = self.reserve.pop()
        {
            self.holders.remove(&failed);
            self.holders.insert(next, Holder::new(now));
            // It comes last in rank from now on: better late than never.
            self.reserve.insert(0, failed);
            outputs.push(UploadOutput::GiveUp { holder: failed });
        }
    }

    fn expire(&mut self, head: Time, outputs: &mut Vec<UploadOutput>) {
        if self.phase < UploadPhase::Published && head > self.plan.expiry {
            self.phase = UploadPhase::Ended;
            outputs.push(UploadOutput::Expired);
        }
    }

    fn fail_silent(&mut self, now: Time, outputs: &mut Vec<UploadOutput>) {
        let silence_max = self.settings.silence_max;
        let silent: Vec<_> = self
            .holders
            .iter()
            .filter(|(_, holder)| holder.owes() && now.since(holder.heard) >= silence_max)
            .map(|(holder, _)| *holder)
            .collect();
        for holder in silent {
            self.holder_failed(now, holder, outputs);
        }
    }

    /// Everything that follows from what is known now.
    fn advance(&mut self, now: Time, outputs: &mut Vec<UploadOutput>) {
        if self.phase == UploadPhase::Ended {
            return;
        }
        self.open_holders(now, outputs);
        let completed = self.phase >= UploadPhase::Completed && self.receipts.is_some();
        for (id, holder) in &mut self.holders {
            match holder.phase {
                HolderPhase::Taking if completed && holder.has_all() => {
                    holder.phase = HolderPhase::Completing;
                    holder.heard = now;
                    outputs.push(UploadOutput::Complete { holder: *id });
                }
                HolderPhase::Taking => {
                    let was_idle = !holder.owes();
                    while let Some(index) =
                        holder.next(&self.stored, &self.plan.shape, self.settings.window_bytes)
                    {
                        outputs.push(UploadOutput::Send { holder: *id, index });
                    }
                    if was_idle {
                        // Silence counts from the first thing owed.
                        holder.heard = now;
                    }
                }
                _ => {}
            }
        }
        self.count_receipts(outputs);
    }

    /// Begins with holders in the order of their rank, no more at once than publishing waits for.
    fn open_holders(&mut self, now: Time, outputs: &mut Vec<UploadOutput>) {
        let hedge_after = self.settings.hedge_after;
        let prompt = self.holders.values().filter(|holder| holder.is_prompt(now, hedge_after)).count();
        let mut places = self.holders_at_once().saturating_sub(prompt);
        for id in &self.plan.ranking {
            let Some(holder) = self.holders.get_mut(id).filter(|_| places > 0) else { continue };
            if matches!(holder.phase, HolderPhase::Waiting(until) if now >= until) {
                holder.phase = HolderPhase::Opening;
                holder.heard = now;
                outputs.push(UploadOutput::Open { holder: *id });
                places -= 1;
            }
        }
    }

    fn count_receipts(&mut self, outputs: &mut Vec<UploadOutput>) {
        let Some(receipts) = &self.receipts else {
            return;
        };
        if self.phase == UploadPhase::Completed && receipts.enough() {
            self.phase = UploadPhase::Receipted;
            outputs.push(UploadOutput::Receipts { receipts: receipts.receipts() });
        }
        let own = self.publisher().is_none_or(|publisher| receipts.has(publisher));
        let all = self.holders.values().all(|holder| holder.phase == HolderPhase::Done);
        if self.phase == UploadPhase::Published && own && all {
            self.phase = UploadPhase::Ended;
            outputs.push(UploadOutput::AllCopies);
        }
    }
}
