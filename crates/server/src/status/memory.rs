//! Since when something is so: what one look cannot know. Times without a name are by the steady clock.

use std::collections::BTreeMap;

use carechain_schema::{FindingCode, FindingLine};
use carechain_types::{Height, Moment, Span, Time};

use super::findings::Finding;
use super::view::{EngineView, timestamp};

/// What earlier looks saw.
#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: BTreeMap<Key, Seen>,
    told: BTreeMap<Key, String>,
    /// Height at which transactions began to wait, and when.
    standing: Option<(Height, Time)>,
    /// The newest look at the engine that was answered.
    view: Option<EngineView>,
    /// Since when the engine was asked in vain.
    asked_in_vain: Option<Time>,
}

/// Which finding, and about which hospital.
type Key = (FindingCode, String);

/// What is known of a finding that stays.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// When a look found it first.
    first: Time,
    /// When it began, as it is shown, by the system's clock.
    shown: Time,
}

/// By how much a time that is shown may be off: it is worked out anew at each look, and is not to change with every one.
const SHOWN_SLACK: Span = Span::SECOND;

impl Seen {
    fn at(now: Moment) -> Self {
        Self { first: now.steady, shown: now.wall }
    }

    /// When it began by the system's clock as it is now, which may have been set right since.
    fn show(&mut self, age: Option<Span>, now: Moment) -> Time {
        let began = now.wall.before(age.unwrap_or_else(|| now.steady.since(self.first)));
        if began.since(self.shown).max(self.shown.since(began)) > SHOWN_SLACK {
            self.shown = began;
        }
        self.shown
    }
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
        self.seen.retain(|key, _| found.iter().any(|finding| key_of(finding) == *key));
        let mut lines = Vec::new();
        for finding in found {
            let key = key_of(&finding);
            let seen = self.seen.entry(key.clone()).or_insert_with(|| Seen::at(now));
            let since = seen.show(finding.age, now);
            if now.steady.since(seen.first) < finding.patience() {
                continue;
            }
            let line = FindingLine {
                code: finding.code,
                severity: finding.code.severity(),
                since: timestamp(since),
                sentence: finding.sentence,
                advice: finding.advice,
            };
            lines.push((key, line));
        }
        self.log(&lines);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// Says once that something is found, and once that it is over.
    fn log(&mut self, lines: &[(Key, FindingLine)]) {
        self.told.retain(|told, sentence| {
            let stays = lines.iter().any(|(key, _)| key == told);
            if !stays {
                tracing::info!(code = told.0.as_str(), sentence, "no longer so");
            }
            stays
        });
        for (key, line) in lines {
            if self.told.insert(key.clone(), line.sentence.clone()).is_none() {
                say(line);
            }
        }
    }
}

fn key_of(finding: &Finding) -> Key {
    (finding.code, finding.about.clone())
}

/// A node that starts is no reason to wake anybody.
fn say(line: &FindingLine) {
    let FindingLine { code, severity, sentence, advice, .. } = line;
    let code = code.as_str();
    match line.code {
        FindingCode::Starting => tracing::info!(code, ?severity, advice, "{sentence}"),
        _ => tracing::warn!(code, ?severity, advice, "{sentence}"),
    }
}

#[cfg(test)]
mod tests;
