//! Since when something is so: what one look cannot know. Times without a name are by the steady clock.

use std::collections::BTreeMap;

use carechain_schema::{FindingCode, FindingLine};
use carechain_types::{Height, Moment, Span, Time};

use super::findings::Finding;
use super::view::{EngineView, timestamp};

/// What earlier looks saw.
#[derive(Debug, Default)]
pub(super) struct Memory {
    since: BTreeMap<FindingCode, Moment>,
    told: BTreeMap<FindingCode, String>,
    /// Height at which transactions began to wait, and when.
    standing: Option<(Height, Time)>,
    /// The newest look at the engine that was answered.
    view: Option<EngineView>,
    /// Since when the engine was asked in vain.
    asked_in_vain: Option<Time>,
}

/// An engine that is busy for less is not silent: a turn may wait for a slow sync.
const SILENT_MIN: Span = Span::SECOND;

impl Memory {
    /// Takes a look at the engine, which was asked at `asked`; gives the newest there is.
    pub(super) fn note_view(
        &mut self,
        view: Option<EngineView>,
        asked: Time,
        now: Time,
    ) -> Option<EngineView> {
        let Some(view) = view else {
            self.asked_in_vain.get_or_insert(asked);
            return self.view.clone();
        };
        self.asked_in_vain = None;
        let height = view.replica.committed;
        self.standing = match self.standing {
            _ if view.waiting == 0 => None,
            Some((since, time)) if since == height => Some((since, time)),
            _ => Some((height, now)),
        };
        self.view = Some(view.clone());
        Some(view)
    }

    /// How long the engine has not answered.
    pub(super) fn silent(&self, now: Time) -> Option<Span> {
        self.asked_in_vain.map(|asked| now.since(asked)).filter(|silent| *silent >= SILENT_MIN)
    }

    /// How long transactions have waited without a new block.
    pub(super) fn standing(&self, now: Time) -> Span {
        self.standing.map_or(Span::from_micros(0), |(_, since)| now.since(since))
    }

    /// Takes what is found now; gives what has been so for long enough to be told, with since when.
    pub(super) fn note_findings(&mut self, found: Vec<Finding>, now: Moment) -> Vec<FindingLine> {
        self.since.retain(|code, _| found.iter().any(|finding| finding.code == *code));
        let mut lines = Vec::new();
        for finding in found {
            let since = *self.since.entry(finding.code).or_insert(now);
            if now.steady.since(since.steady) < finding.patience() {
                continue;
            }
            lines.push(FindingLine {
                code: finding.code,
                severity: finding.code.severity(),
                since: timestamp(since.wall),
                sentence: finding.sentence,
                advice: finding.advice,
            });
        }
        self.log(&lines);
        lines
    }

    /// Says once that something is found, and once that it is over.
    fn log(&mut self, lines: &[FindingLine]) {
        self.told.retain(|code, sentence| {
            let stays = lines.iter().any(|line| line.code == *code);
            if !stays {
                tracing::info!(code = code.as_str(), sentence, "no longer so");
            }
            stays
        });
        for line in lines {
            let news = self.told.insert(line.code, line.sentence.clone()).is_none();
            if news {
                tracing::warn!(
                    code = line.code.as_str(),
                    severity = ?line.severity,
                    advice = line.advice,
                    "{}",
                    line.sentence
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
