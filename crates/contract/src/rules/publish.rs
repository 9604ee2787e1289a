//! `publish`: the contract accepts an EHR abstract (`validate_save` of Li 2022, algorithm 1).

use std::collections::BTreeSet;

use carechain_crypto::{EhrId, zip_length_max};
use carechain_types::{
    CountsValue, EhrByPatientValue, EhrValue, KeyUse, PartKind, Party, PersonCounts, PublishPart, Recipient,
    RecipientUse, Refusal, SignatureScheme, StateKey, Visibility, ehr_id,
};

use super::amendment::amended_record;
use super::receipts::check_receipts;
use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::new_id::require_new;
use crate::permissions::Verb;
use crate::standing::{patient, require_use, sealing_key};
use crate::state_reader::{StateReader, read_value};

/// The author is a doctor of the publishing hospital, or the patient; enough holders promise their copy; the address is
/// sealed to the patient first and at most three more, each by one part; the EHR id is new; an amendment is permitted.
pub(crate) fn publish<R: StateReader, S: SignatureScheme>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
) -> Result<Effect, Stop> {
    check_author(call, part)?;
    require(zip_length_max(part.length).is_some(), Refusal::OutOfBounds)?;
    patient(call.state, &part.patient)?;
    check_recipients(call, part)?;
    let id = ehr_id(&call.context.chain_id, &call.body.sender, &part.commitment);
    require_new(call.state, id.get())?;
    let amended = amended_record(call, part)?;
    check_receipts(call, part)?;
    let effect = write_record(call, part, id)?;
    Ok(match amended {
        Some((key, record)) => effect.write(key, &EhrValue { amended_by: Some(id), ..record }),
        None => effect,
    })
}

/// A doctor publishes for the hospital that enrolled them, which is a member; a patient through any member.
fn check_author<R: StateReader, S>(call: &Call<'_, R, S>, part: &PublishPart) -> Result<(), Stop> {
    let own = call.body.sender == Party::Person(part.patient);
    let verb = if own { Verb::PublishOwn } else { Verb::Publish };
    let (_, author) = call.actor.require_person(verb, call.now())?;
    require(own || author.enroller == Party::Hospital(part.hospital), Refusal::NotPermitted)?;
    let member = call.context.membership.member_of_hospital(&part.hospital).is_some();
    Ok(require(member, Refusal::NotPermitted)?)
}

fn check_recipients<R: StateReader, S>(call: &Call<'_, R, S>, part: &PublishPart) -> Result<(), Stop> {
    let first = part.recipients.first().ok_or(Refusal::Contradiction)?;
    require(first.recipient_use == RecipientUse::Patient, Refusal::Contradiction)?;
    let distinct: BTreeSet<_> = part.recipients.iter().map(|recipient| recipient.key_id).collect();
    require(distinct.len() == part.recipients.len(), Refusal::Contradiction)?;
    let mut parts = call.parts();
    for (index, recipient) in part.recipients.iter().enumerate() {
        let once = index == 0 || recipient.recipient_use != RecipientUse::Patient;
        require(once, Refusal::Contradiction)?;
        check_recipient(part, recipient)?;
        let key = sealing_key(call.state, &recipient.recipient, &recipient.key_id, call.now())?;
        require_use(&key, key_use(recipient.recipient_use))?;
        parts.take_address(recipient.part, &key)?;
    }
    if part.visibility == Visibility::Searchable {
        parts.take_optional(PartKind::IndexEntry)?;
    }
    Ok(parts.finish()?)
}

/// Patient and recovery are the patient; a guardian is another person; escrow is anybody with a sealing key; a grantee has
/// no place in a publish.
fn check_recipient(part: &PublishPart, recipient: &Recipient) -> Result<(), Refusal> {
    let is_patient = recipient.recipient == Party::Person(part.patient);
    let fits = match recipient.recipient_use {
        RecipientUse::Patient | RecipientUse::Recovery => is_patient,
        RecipientUse::Guardian => recipient.recipient.person().is_some() && !is_patient,
        RecipientUse::Escrow => !is_patient,
        RecipientUse::Grant => false,
    };
    require(fits, Refusal::Contradiction)
}

const fn key_use(recipient_use: RecipientUse) -> KeyUse {
    match recipient_use {
        RecipientUse::Recovery => KeyUse::Recovery,
        RecipientUse::Patient | RecipientUse::Guardian | RecipientUse::Escrow | RecipientUse::Grant => {
            KeyUse::Ordinary
        }
    }
}

/// The record, its place among the patient's records, and their number.
fn write_record<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &PublishPart,
    id: EhrId,
) -> Result<Effect, Stop> {
    let stamp = call.stamp();
    let record = EhrValue {
        stamp,
        author: call.body.sender,
        patient: part.patient,
        hospital: part.hospital,
        commitment: part.commitment,
        length: part.length,
        kind: part.kind,
        visibility: part.visibility,
        amends: part.amends,
        amended_by: None,
        purged: 0,
    };
    let counts_key = StateKey::counts(part.patient.get());
    let mut counts = read_value::<CountsValue<PersonCounts>>(call.state, &counts_key)?
        .map_or_else(PersonCounts::default, |value| value.counts);
    let place = StateKey::ehr_by_patient(&part.patient, counts.records);
    counts.records += 1;
    Ok(Effect::with_result(id.get().to_vec())
        .write(StateKey::ehr(&id), &record)
        .write(place, &EhrByPatientValue { stamp, ehr_id: id })
        .write(counts_key, &CountsValue { stamp, counts }))
}
