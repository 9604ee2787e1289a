//! One step of a fetch.

use carechain_crypto::HospitalId;
use carechain_types::Time;

use super::error::FetchError;
use super::holder::Holder;
use super::input::{FetchInput, Verdict};
use super::output::{DropReason, FetchOutput};
use super::state::Fetch;
use crate::limits::HOLDERS_MAX;

impl Fetch {
    /// Takes one input at a time and appends what is to be done, in order.
    pub fn step(&mut self, now: Time, input: FetchInput, outputs: &mut Vec<FetchOutput>) {
        if self.ended {
            if let FetchInput::Chunk { holder, index, .. } = input {
                outputs.push(FetchOutput::Discard { holder, index });
            }
            return;
        }
        match input {
            FetchInput::Start => {}
            FetchInput::Chunk { holder, index, verdict: Verdict::Intact } => {
                self.intact(now, holder, index, outputs)
            }
            FetchInput::Chunk { holder, index, verdict: Verdict::Wrong } => {
                self.counts.wrong += 1;
                outputs.push(FetchOutput::Discard { holder, index });
                self.drop_holder(holder, DropReason::Wrong, outputs);
            }
            FetchInput::Taken { index } => self.chunks.take(index),
            FetchInput::HolderJoined { holder } => self.join(now, holder),
            FetchInput::HolderFailed { holder } => self.drop_holder(holder, DropReason::Failed, outputs),
            FetchInput::Tick => self.drop_silent(now, outputs),
        }
        if self.end_if_over(outputs) {
            return;
        }
        self.request(now, outputs);
        self.hedge(now, outputs);
    }

    fn intact(&mut self, now: Time, sender: HospitalId, index: u32, outputs: &mut Vec<FetchOutput>) {
        // Only what it owes counts: who sends anything else, again and again, says nothing of what it was asked for.
        if let Some(holder) = self.holders.get_mut(&sender)
            && let Some(asked) = holder.settle(index)
        {
            holder.heard_at(now);
            self.latencies.add(now.since(asked));
        }
        let Some(asked) = self.chunks.arrive(index) else {
            self.counts.discarded += 1;
            self.chunks.give_back(index, &sender);
            outputs.push(FetchOutput::Discard { holder: sender, index });
            return;
        };
        for slower in asked.into_iter().filter(|holder| *holder != sender) {
            if let Some(holder) = self.holders.get_mut(&slower) {
                holder.settle(index);
            }
            outputs.push(FetchOutput::Cancel { holder: slower, index });
        }
        while let Some(index) = self.chunks.deliver() {
            outputs.push(FetchOutput::Deliver { index });
        }
    }

    fn join(&mut self, now: Time, joined: HospitalId) {
        let has_room = self.holders.len() < HOLDERS_MAX;
        match self.holders.get_mut(&joined) {
            // A wrong chunk is not forgiven by reconnecting.
            Some(holder) if holder.dropped == Some(DropReason::Wrong) || holder.is_active() => {}
            Some(holder) => *holder = Holder::new(now),
            None if has_room => {
                self.holders.insert(joined, Holder::new(now));
                self.order.push(joined);
            }
            None => {}
        }
    }

    fn drop_holder(&mut self, dropped: HospitalId, reason: DropReason, outputs: &mut Vec<FetchOutput>) {
        let Some(holder) = self.holders.get_mut(&dropped) else {
            return;
        };
        if !holder.is_active() {
            if reason == DropReason::Wrong {
                holder.dropped = Some(reason);
            }
            return;
        }
        holder.dropped = Some(reason);
        for index in holder.release() {
            self.chunks.give_back(index, &dropped);
        }
        outputs.push(FetchOutput::Drop { holder: dropped, reason });
    }

    fn drop_silent(&mut self, now: Time, outputs: &mut Vec<FetchOutput>) {
        let silent: Vec<_> = self
            .holders
            .iter()
            .filter(|(_, holder)| {
                holder.silent_since().is_some_and(|since| now.since(since) >= self.settings.silence_max)
            })
            .map(|(holder, _)| *holder)
            .collect();
        for holder in silent {
            self.drop_holder(holder, DropReason::Silent, outputs);
        }
    }

    fn end_if_over(&mut self, outputs: &mut Vec<FetchOutput>) -> bool {
        if self.chunks.is_done() {
            outputs.push(FetchOutput::Done);
            self.ended = true;
        } else if !self.holders.values().any(Holder::is_active) {
            let dropped = |reason| {
                let count = self.holders.values().filter(|holder| holder.dropped == Some(reason)).count();
                u32::try_from(count).expect("at most HOLDERS_MAX")
            };
            let error = FetchError::NoHolderLeft {
                next: self.chunks.next(),
                wrong: dropped(DropReason::Wrong),
                silent: dropped(DropReason::Silent),
                failed: dropped(DropReason::Failed),
            };
            outputs.push(FetchOutput::Failed { error });
            self.ended = true;
        }
        self.ended
    }

    /// Asks for wanted chunks, in runs, of the holder that owes least, while windows have room.
    fn request(&mut self, now: Time, outputs: &mut Vec<FetchOutput>) {
        while let Some(first) = self.chunks.first_wanted() {
            let Some(chosen) = self.least_loaded(self.shape.chunk_bytes(first), |_| true) else {
                return;
            };
            let mut end = first;
            while end - first < self.settings.run_chunks && self.chunks.first_wanted() == Some(end) {
                if !self.ask(chosen, end, now) {
                    break;
                }
                end += 1;
            }
            if end == first {
                return;
            }
            outputs.push(FetchOutput::Request { holder: chosen, chunks: first..end });
        }
    }

    /// Asks a second holder for chunks that are late.
    fn hedge(&mut self, now: Time, outputs: &mut Vec<FetchOutput>) {
        let late_after = self.latencies.late_after(self.settings.hedge_after_min);
        for (index, asked) in self.chunks.asked_once() {
            let asked_at = self.holders.get(&asked).and_then(|holder| holder.asked_at(index));
            if asked_at.is_none_or(|asked_at| now.since(asked_at) < late_after) {
                continue;
            }
            let Some(second) = self.least_loaded(self.shape.chunk_bytes(index), |holder| *holder != asked)
            else {
                continue;
            };
            if self.ask(second, index, now) {
                self.counts.hedged += 1;
                outputs.push(FetchOutput::Request { holder: second, chunks: index..index + 1 });
            }
        }
    }

    /// Notes a request, if the holder's window has room for it.
    fn ask(&mut self, chosen: HospitalId, index: u32, now: Time) -> bool {
        let bytes = self.shape.chunk_bytes(index);
        let window_bytes = self.settings.window_bytes;
        let Some(holder) = self.holders.get_mut(&chosen).filter(|holder| !holder.owes(index)) else {
            return false;
        };
        if holder.owed_bytes() + bytes > window_bytes {
            return false;
        }
        holder.ask(index, bytes, now);
        self.chunks.ask(index, chosen);
        self.counts.requested += 1;
        true
    }

    /// The active holder that owes least and has room for so many bytes; the earlier in the plan of equals.
    fn least_loaded(&self, bytes: u64, admit: impl Fn(&HospitalId) -> bool) -> Option<HospitalId> {
        let admitted = self.order.iter().filter(|holder| admit(holder));
        let with_room = admitted.filter_map(|id| {
            let holder = self.holders.get(id)?;
            let room = holder.is_active() && holder.owed_bytes() + bytes <= self.settings.window_bytes;
            room.then_some((holder.owed_bytes(), id))
        });
        with_room.min_by_key(|(owed, _)| *owed).map(|(_, id)| *id)
    }
}
