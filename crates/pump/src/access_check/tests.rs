//! Windows, ages and standings: each alone closes what was open.

use carechain_crypto::{
    Commitment, EhrId, GrantId, HospitalId, PersonId, RequestDigest, SigningPublicKey, UploadId,
};
use carechain_types::limits::{CLOCK_SKEW_MAX, READ_ENTRY_LIFE};
use carechain_types::{
    AccessEntry, AccessPurpose, Decision, DecisionReason, EntryShape, Height, Party, Span, Time,
};

use super::{AccessRefusal, still_open};
use crate::ledger_view::{AccessFacts, Ended, GrantFacts, LedgerRecord};

const DECIDED: Time = Time::from_micros(1_000_000_000);

fn entry() -> AccessEntry {
    AccessEntry {
        reader: PersonId::ZERO,
        reader_key: SigningPublicKey::ZERO,
        on_behalf_of: None,
        patient: Some(PersonId::ZERO),
        ehr_id: EhrId::ZERO,
        grant: Some(GrantId::ZERO),
        gateway: HospitalId::ZERO,
        purpose: AccessPurpose::Treatment,
        decision: Decision::Allowed,
        reason: DecisionReason::Granted,
        shape: EntryShape::Single,
        count: 1,
        first: DECIDED,
        last: DECIDED,
        request_digest: RequestDigest::ZERO,
        height: Height::new(1),
        time: DECIDED,
    }
}

fn facts() -> AccessFacts {
    AccessFacts {
        height: Height::new(1),
        entry: Some(entry()),
        grant: Some(GrantFacts { from: DECIDED, until: DECIDED.after(Span::HOUR), ended: Ended::No }),
        reader_suspended: Ended::No,
        record: Some(LedgerRecord {
            ehr_id: EhrId::ZERO,
            author: Party::Person(PersonId::ZERO),
            patient: PersonId::ZERO,
            hospital: HospitalId::ZERO,
            upload_id: UploadId::ZERO,
            commitment: Commitment::ZERO,
            length: 1,
        }),
    }
}

#[track_caller]
fn check(facts: &AccessFacts, now: Time, open: bool) {
    let result = still_open(facts, &entry(), now);
    assert_eq!(result.is_ok(), open, "{result:?}");
    assert!(open || result == Err(AccessRefusal::Ended));
}

#[test]
fn fresh_entry_in_its_window_is_open() {
    check(&facts(), DECIDED, true);
}

#[test]
fn entry_opens_for_ten_minutes() {
    check(&facts(), DECIDED.after(READ_ENTRY_LIFE), true);
    check(&facts(), DECIDED.after(READ_ENTRY_LIFE).after(Span::MILLISECOND), false);
}

#[test]
fn window_ends_with_the_skew_of_clocks() {
    let mut facts = facts();
    let until = DECIDED.after(Span::MINUTE);
    facts.grant = Some(GrantFacts { from: DECIDED, until, ended: Ended::No });
    check(&facts, until.after(CLOCK_SKEW_MAX).before(Span::MILLISECOND), true);
    check(&facts, until.after(CLOCK_SKEW_MAX), false);
    check(&facts, DECIDED.before(CLOCK_SKEW_MAX), true);
    check(&facts, DECIDED.before(CLOCK_SKEW_MAX).before(Span::MILLISECOND), false);
}

#[test]
fn revocation_suspension_and_erasure_end_access_at_once() {
    let ended = GrantFacts { from: DECIDED, until: DECIDED.after(Span::HOUR), ended: Ended::Yes };
    check(&AccessFacts { grant: Some(ended), ..facts() }, DECIDED, false);
    check(&AccessFacts { grant: None, ..facts() }, DECIDED, false);
    check(&AccessFacts { reader_suspended: Ended::Yes, ..facts() }, DECIDED, false);
    check(&AccessFacts { record: None, ..facts() }, DECIDED, false);
}

#[test]
fn owner_needs_no_grant() {
    let owner = AccessEntry { grant: None, reason: DecisionReason::Owner, ..entry() };
    let facts = AccessFacts { grant: None, entry: Some(owner), ..facts() };
    assert!(still_open(&facts, &owner, DECIDED).is_ok());
}
