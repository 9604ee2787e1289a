//! Search, request, the refusals, the grant, the retrieval: with the primary dead.

use std::path::Path;
use std::time::Duration;

use carechain_client::{GrantTerms, OperationError, RequestPlan, RetrieveTarget, Unwatched, now};
use carechain_crypto::{EhrId, GrantId};
use carechain_types::{
    AccessKind, AccessPurpose, BoundedVec, Party, Reason, RequestSelection, SearchQuery, Span, Time,
};

use super::error::DemoError;
use super::input::{Hashes, retrieved};
use super::people::{KEYWORD, People};
use super::plan::DemoPlan;
use super::report::Steps;

/// How far ahead the grant starts, so that a read comes too early.
const START_AHEAD: Span = Span::SECOND.times(4);
/// How long the window is that is waited out.
const SHORT_WINDOW: Span = Span::SECOND.times(2);
/// Blocks carry their primary's clock, which may lag.
const SLACK: Span = Span::from_millis(1_500);

/// Everything between publishing and auditing.
pub(super) fn carry_out(
    steps: &mut Steps<'_>,
    plan: &DemoPlan,
    people: &People,
    ehr_id: EhrId,
    before: &Hashes,
) -> Result<(), DemoError> {
    let patient = people.patient_id()?;
    steps.time("search", || {
        let search = SearchQuery {
            patient: Some(patient),
            keywords: vec![KEYWORD.to_owned()],
            ..SearchQuery::default()
        };
        let found = people.reader.search(&search)?;
        let hit = found.abstracts.iter().any(|hit| hit.ehr_id == ehr_id.to_string());
        expect("hits of the search", "the record", if hit { "the record" } else { "others" })?;
        Ok("the reader finds the record by patient and keyword".to_owned())
    })?;
    let request = steps.time_with("request", || {
        let (request, _) = people.reader.request(&request(patient, ehr_id)?)?;
        Ok((request, request.to_string()))
    })?;
    let starts = now().after(START_AHEAD);
    let grant = steps.time_with("approve", || {
        let terms = GrantTerms { from: starts, duration: Span::DAY, access: AccessKind::Read };
        let (grant, _) = people.patient.approve(request, Some(terms), &[])?;
        Ok((grant, format!("{grant} for 24 hours, from {} s from now", START_AHEAD.as_micros() / 1_000_000)))
    })?;
    steps.refused("unauthorised read", "not_found", || {
        people.outsider.attempt_read(ehr_id, Some(grant), AccessPurpose::Treatment)
    })?;
    steps.refused("too early", "grant_not_yet_valid", || read(people, ehr_id, grant))?;
    wait_until(starts.after(SLACK));
    retrieve(steps, "retrieve", before, &plan.folder.join("retrieved"), |folder| {
        people.reader.retrieve(RetrieveTarget::Request(request), folder, &Unwatched)
    })?;
    revoked_and_expired(steps, people, ehr_id, grant)?;
    retrieve(steps, "owner's read", before, &plan.folder.join("own"), |folder| {
        people.patient.retrieve(RetrieveTarget::Record(ehr_id), folder, &Unwatched)
    })
}

fn revoked_and_expired(
    steps: &mut Steps<'_>,
    people: &People,
    ehr_id: EhrId,
    grant: GrantId,
) -> Result<(), DemoError> {
    steps.time("revoke", || {
        people.patient.revoke(grant, None)?;
        Ok("at once".to_owned())
    })?;
    steps.refused("revoked read", "grant_revoked", || read(people, ehr_id, grant))?;
    let reader = Party::Person(people.reader.person()?);
    let short = steps.time_with("short grant", || {
        let terms = GrantTerms { from: Time::ZERO, duration: SHORT_WINDOW, access: AccessKind::Read };
        let (grant, _) = people.patient.grant(&[ehr_id], reader, AccessPurpose::Treatment, Some(terms))?;
        Ok((grant, format!("for {} s", SHORT_WINDOW.as_micros() / 1_000_000)))
    })?;
    wait_until(now().after(SHORT_WINDOW).after(SLACK));
    steps.refused("expired read", "grant_expired", || read(people, ehr_id, short))
}

fn read(people: &People, ehr_id: EhrId, grant: GrantId) -> Result<(), OperationError> {
    people.reader.attempt_read(ehr_id, Some(grant), AccessPurpose::Treatment)
}

fn request(patient: carechain_crypto::PersonId, ehr_id: EhrId) -> Result<RequestPlan, DemoError> {
    let ehr_ids = BoundedVec::new(vec![ehr_id]).expect("one of 256");
    let text = carechain_types::BoundedString::new("transfer to our ward").expect("short");
    Ok(RequestPlan {
        patient,
        grantee: None,
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        selection: RequestSelection { ehr_ids, ..RequestSelection::default() },
        reason: Some(Reason { text, ..Reason::default() }),
    })
}

/// Retrieves into a folder and compares every byte with what was published.
fn retrieve<T>(
    steps: &mut Steps<'_>,
    name: &'static str,
    before: &Hashes,
    folder: &Path,
    get: impl FnOnce(&Path) -> Result<T, OperationError>,
) -> Result<(), DemoError> {
    steps.time(name, || {
        get(folder)?;
        let after = retrieved(folder)?;
        if after != *before {
            return Err(DemoError::Differs {
                what: "retrieved files",
                expected: format!("{:?}", before.files),
                got: format!("{:?}", after.files),
            });
        }
        Ok(format!("{} files, {} bytes, all equal", after.files.len(), after.bytes))
    })?;
    steps.bytes_compared += before.bytes;
    steps.attempts += 1;
    Ok(())
}

fn expect(what: &'static str, expected: &str, got: &str) -> Result<(), DemoError> {
    if expected == got {
        return Ok(());
    }
    Err(DemoError::Differs { what, expected: expected.to_owned(), got: got.to_owned() })
}

fn wait_until(time: Time) {
    let wait = time.since(now());
    std::thread::sleep(Duration::from_micros(wait.as_micros()));
}
