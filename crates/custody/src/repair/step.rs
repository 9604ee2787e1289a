//! One step of repair.

use carechain_crypto::Commitment;
use carechain_types::Time;

use super::file::{HeldFile, Lacking, OtherCopies, Retry};
use super::input::RepairInput;
use super::output::RepairOutput;
use super::state::{Need, Pending, Repair};
use crate::limits::CHECKS_MAX;

impl Repair {
    /// Takes one input at a time and appends what is to be done, in order.
    pub fn step(&mut self, now: Time, input: RepairInput, outputs: &mut Vec<RepairOutput>) {
        match input {
            RepairInput::Published { file } => self.published(now, file, outputs),
            RepairInput::Held { commitment } | RepairInput::Fetched { commitment } => {
                self.settle(&commitment, outputs);
            }
            RepairInput::Erased { commitment } => self.settle(&commitment, outputs),
            RepairInput::Lacking { file, lacking } => self.lacking(now, file, lacking, outputs),
            RepairInput::FetchFailed { commitment, others } => {
                self.fetch_failed(now, &commitment, others, outputs);
            }
            RepairInput::Members { candidates } => self.candidates = candidates,
            RepairInput::Restored { file, retry } => {
                let retry = retry.restored(now);
                let others = OtherCopies::Unknown;
                self.wait(Pending { file, retry, need: Need::Check, others }, outputs);
            }
            RepairInput::Tick => {}
        }
        self.work(now, outputs);
    }

    fn published(&mut self, now: Time, file: HeldFile, outputs: &mut Vec<RepairOutput>) {
        if self.is_mine(&file) && !self.pending.contains_key(&file.commitment) {
            let retry = Retry { due: now.after(self.settings.grace), ..Retry::default() };
            let others = OtherCopies::Unknown;
            self.wait(Pending { file, retry, need: Need::Check, others }, outputs);
        }
    }

    fn lacking(&mut self, now: Time, file: HeldFile, lacking: Lacking, outputs: &mut Vec<RepairOutput>) {
        if !self.is_mine(&file) {
            self.settle(&file.commitment, outputs);
            return;
        }
        let known = self.pending.get(&file.commitment);
        match known.map(|pending| (&pending.need, pending.retry, pending.others)) {
            // The fetch under way was asked for other chunks perhaps: the check after it tells.
            Some((Need::Fetching(_), ..)) => {}
            Some((_, mut retry, others)) => {
                retry.lacking_since.get_or_insert(now);
                self.wait(Pending { file, retry, need: Need::Fetch(lacking), others }, outputs);
            }
            None => {
                let retry = Retry { failures: 0, due: now, lacking_since: Some(now) };
                let others = OtherCopies::Unknown;
                self.wait(Pending { file, retry, need: Need::Fetch(lacking), others }, outputs);
            }
        }
    }

    fn fetch_failed(
        &mut self,
        now: Time,
        commitment: &Commitment,
        others: OtherCopies,
        outputs: &mut Vec<RepairOutput>,
    ) {
        let Some(pending) = self.remove(commitment) else {
            return;
        };
        let retry = pending.retry.failed(now, self.settings.retry_min);
        outputs.push(RepairOutput::Save { file: pending.file, retry });
        // What is lacking may have changed by then: check first.
        self.wait(Pending { file: pending.file, retry, need: Need::Check, others }, outputs);
    }

    /// The file needs nothing any more.
    fn settle(&mut self, commitment: &Commitment, outputs: &mut Vec<RepairOutput>) {
        if let Some(pending) = self.remove(commitment)
            && pending.retry.failures > 0
        {
            outputs.push(RepairOutput::Forget { commitment: *commitment });
        }
    }

    fn wait(&mut self, pending: Pending, outputs: &mut Vec<RepairOutput>) {
        let commitment = pending.file.commitment;
        self.remove(&commitment);
        self.waiting.insert((pending.retry.due, commitment));
        self.pending.insert(commitment, pending);
        if self.pending.len() > self.settings.pending_max
            && let Some((_, last_due)) = self.waiting.last().copied()
        {
            self.settle(&last_due, outputs);
            outputs.push(RepairOutput::Dropped { commitment: last_due });
        }
    }

    fn remove(&mut self, commitment: &Commitment) -> Option<Pending> {
        let pending = self.pending.remove(commitment)?;
        self.waiting.remove(&(pending.retry.due, *commitment));
        if matches!(pending.need, Need::Fetching(_)) {
            self.fetching -= 1;
        }
        Some(pending)
    }

    /// Starts checks and fetches that are due, oldest first.
    fn work(&mut self, now: Time, outputs: &mut Vec<RepairOutput>) {
        let due: Vec<_> = self.waiting.range(..=(now, Commitment::new([0xff; 32]))).copied().collect();
        let mut checks = 0;
        for (time, commitment) in due {
            let Some(pending) = self.pending.get_mut(&commitment) else {
                continue;
            };
            match &pending.need {
                Need::Check if checks < CHECKS_MAX => {
                    checks += 1;
                    pending.need = Need::Checking;
                    outputs.push(RepairOutput::Check { file: pending.file });
                }
                Need::Fetch(lacking) if self.fetching < self.settings.fetches_max => {
                    let lacking = lacking.clone();
                    pending.need = Need::Fetching(lacking.clone());
                    let file = pending.file;
                    self.fetching += 1;
                    outputs.push(RepairOutput::Fetch { file, lacking, sources: self.sources(&file) });
                }
                _ => continue,
            }
            self.waiting.remove(&(time, commitment));
        }
    }
}
