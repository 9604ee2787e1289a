//! Access entries: every allowed attempt its own; refused ones single up to five an hour, then one aggregate.
//!
//! ```text
//! record exists   access(ehr, i)     counted in counts(ehr), refused(reader, ehr)
//! unknown id      attempt(reader, i) counted in attempt_counts(reader)
//! ```
//!
//! Indices are dense: entries 0 to count − 1 exist, so that a list with its counter is provably complete.

use carechain_crypto::{EhrId, RequestDigest};
use carechain_types::limits::REFUSED_SINGLE_MAX;
use carechain_types::{
    AccessEntry, AccessValue, AttemptCounts, CountsValue, Decision, DecisionReason, EhrValue, EntryId,
    EntryShape, ReadPart, ReadResult, RecordCounts, RefusedValue, StateKey, encode,
};

use crate::call::Call;
use crate::effect::{Effect, Stop};
use crate::seen::request_digest;
use crate::state_reader::{StateFailure, StateReader, read_value};

/// Writes the entry of one decision; the result names it.
pub(super) fn write_entry<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    ehr: Option<&EhrValue>,
    reason: DecisionReason,
) -> Result<Effect, Stop> {
    let entry = single(call, part, ehr, reason);
    match (ehr, entry.decision) {
        (Some(_), Decision::Allowed) => allowed(call, part, entry),
        (Some(_), Decision::Refused) => refused(call, part, entry),
        (None, _) => unknown(call, part, entry),
    }
}

fn allowed<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    entry: AccessEntry,
) -> Result<Effect, Stop> {
    let counts_key = StateKey::counts(part.request.ehr_id.get());
    let counts = record_counts(call, &counts_key)?;
    let key = StateKey::access(&part.request.ehr_id, counts.access_entries);
    let counts = RecordCounts { access_entries: counts.access_entries + 1 };
    Ok(entry_effect(call, key, &entry).write(counts_key, &CountsValue { stamp: call.stamp(), counts }))
}

fn refused<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    entry: AccessEntry,
) -> Result<Effect, Stop> {
    let ehr_id = part.request.ehr_id;
    let refused_key = StateKey::refused(&part.request.reader, &ehr_id);
    let before = read_value::<RefusedValue>(call.state, &refused_key)?;
    let hour = before.map_or_else(Hour::default, |value| Hour {
        hour: value.hour,
        count: value.count,
        aggregate_index: value.aggregate_index,
    });
    let counts_key = StateKey::counts(ehr_id.get());
    let counts = record_counts(call, &counts_key)?;
    let place = hour.place(call.now().hour(), counts.access_entries);
    let key = StateKey::access(&ehr_id, place.index);
    let entry = place.entry(call, key, entry)?;
    let Hour { hour, count, aggregate_index } = place.hour;
    let value = RefusedValue { stamp: call.stamp(), hour, count, aggregate_index };
    let effect = entry_effect(call, key, &entry).write(refused_key, &value);
    if place.kind == PlaceKind::Rewritten {
        return Ok(effect);
    }
    let counts = RecordCounts { access_entries: counts.access_entries + 1 };
    Ok(effect.write(counts_key, &CountsValue { stamp: call.stamp(), counts }))
}

fn unknown<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    entry: AccessEntry,
) -> Result<Effect, Stop> {
    let reader = part.request.reader;
    let counts_key = StateKey::attempt_counts(&reader);
    let counts = read_value::<CountsValue<AttemptCounts>>(call.state, &counts_key)?
        .map_or_else(AttemptCounts::default, |value| value.counts);
    let AttemptCounts { attempts, hour, count, aggregate_index } = counts;
    let place = Hour { hour, count, aggregate_index }.place(call.now().hour(), attempts);
    let key = StateKey::attempt(&reader, place.index);
    let mut entry = place.entry(call, key, entry)?;
    if entry.shape == EntryShape::Aggregate {
        entry.ehr_id = EhrId::ZERO;
    }
    let attempts = if place.kind == PlaceKind::Rewritten { attempts } else { attempts + 1 };
    let Hour { hour, count, aggregate_index } = place.hour;
    let counts = AttemptCounts { attempts, hour, count, aggregate_index };
    Ok(entry_effect(call, key, &entry).write(counts_key, &CountsValue { stamp: call.stamp(), counts }))
}

/// Refusals of one hour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Hour {
    hour: u64,
    count: u32,
    aggregate_index: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum PlaceKind {
    Single,
    NewAggregate,
    Rewritten,
}

/// Where a refused attempt goes, and the hour's count with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Place {
    kind: PlaceKind,
    index: u64,
    hour: Hour,
}

impl Hour {
    /// `entries`: how many the subject has.
    fn place(self, now: u64, entries: u64) -> Place {
        let before = if self.hour == now { self } else { Self { hour: now, ..Self::default() } };
        let count = before.count.saturating_add(1);
        let (kind, index, aggregate_index) = if before.count < REFUSED_SINGLE_MAX {
            (PlaceKind::Single, entries, 0)
        } else if before.count == REFUSED_SINGLE_MAX {
            (PlaceKind::NewAggregate, entries, entries)
        } else {
            (PlaceKind::Rewritten, before.aggregate_index, before.aggregate_index)
        };
        Place { kind, index, hour: Self { hour: now, count, aggregate_index } }
    }
}

impl Place {
    /// The entry to write here: an aggregate keeps the first time and adds to the count of what stands there.
    fn entry<R: StateReader, S>(
        self,
        call: &Call<'_, R, S>,
        key: StateKey,
        entry: AccessEntry,
    ) -> Result<AccessEntry, StateFailure> {
        match self.kind {
            PlaceKind::Single => Ok(entry),
            PlaceKind::NewAggregate => Ok(AccessEntry { shape: EntryShape::Aggregate, ..entry }),
            PlaceKind::Rewritten => {
                let AccessValue { entry: before, .. } =
                    read_value(call.state, &key)?.ok_or(StateFailure::Missing { key })?;
                let count = before.count.saturating_add(1);
                Ok(AccessEntry { shape: EntryShape::Aggregate, count, first: before.first, ..entry })
            }
        }
    }
}

fn single<R, S>(
    call: &Call<'_, R, S>,
    part: &ReadPart,
    ehr: Option<&EhrValue>,
    reason: DecisionReason,
) -> AccessEntry {
    let request = &part.request;
    let allowed = matches!(reason, DecisionReason::Owner | DecisionReason::Granted);
    AccessEntry {
        reader: request.reader,
        reader_key: request.reader_key,
        on_behalf_of: request.on_behalf_of,
        patient: ehr.map(|ehr| ehr.patient),
        ehr_id: request.ehr_id,
        grant: request.grant,
        gateway: request.gateway,
        purpose: request.purpose,
        decision: if allowed { Decision::Allowed } else { Decision::Refused },
        reason,
        shape: EntryShape::Single,
        count: 1,
        first: call.now(),
        last: call.now(),
        request_digest: RequestDigest::new(*request_digest(call.context, part).get()),
        height: call.context.height,
        time: call.now(),
    }
}

fn entry_effect<R, S>(call: &Call<'_, R, S>, key: StateKey, entry: &AccessEntry) -> Effect {
    let id = EntryId { subject: key.id, index: key.index, height: call.context.height };
    let result = ReadResult { decision: entry.decision, reason: entry.reason, entry: Some(id) };
    let value = AccessValue { stamp: call.stamp(), entry: *entry };
    Effect::with_result(encode(&result)).write(key, &value)
}

fn record_counts<R: StateReader, S>(call: &Call<'_, R, S>, key: &StateKey) -> Result<RecordCounts, Stop> {
    let value = read_value::<CountsValue<RecordCounts>>(call.state, key)?;
    Ok(value.map_or_else(RecordCounts::default, |value| value.counts))
}
