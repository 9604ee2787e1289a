//! `read`: genuine wraps write an access entry, all others count to their gateway.

use carechain_crypto::{EhrId, GrantId, PersonId, Signature};
use carechain_types::limits::{REFUSED_SINGLE_MAX, TRANSACTION_LIFE_MAX};
use carechain_types::{
    AccessEntry, AccessValue, AttemptCounts, CountsValue, Decision, DecisionReason, EntryId, EntryShape,
    HospitalCounts, PersonCounts, PublicPart, READ_REQUEST_VERSION, ReadPart, ReadRequest, Refusal,
    RefusedValue, Role, Span, StateKey,
};

use crate::world::{Hand, Person, World, check};

struct Cast {
    world: World,
    reader: Person,
    stranger: Person,
    patient: Person,
    ehr_id: EhrId,
    grant: GrantId,
}

fn cast() -> Cast {
    let mut world = World::new();
    let reader = world.enrol(1, Role::Doctor);
    let stranger = world.enrol(2, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let ehr_id = world.publish(&patient, 0, &patient);
    let grant = world.grant(&patient, &reader, &[ehr_id]);
    Cast { world, reader, stranger, patient, ehr_id, grant }
}

impl Cast {
    fn request(&mut self) -> ReadRequest {
        self.world.read_request(&self.reader, 0, self.ehr_id, Some(self.grant))
    }

    fn bad_wraps(&self) -> u32 {
        let key = StateKey::counts(self.world.hospitals[0].id.get());
        self.world.value::<CountsValue<HospitalCounts>>(&key).map_or(0, |value| value.counts.bad_wraps)
    }
}

#[test]
fn an_allowed_read_says_who_what_why_and_when() {
    let mut cast = cast();
    let request = cast.request();
    let digest = request.digest(&cast.world.chain_id);
    let result = cast.world.read_with(&cast.reader, request);
    let (height, time) = (cast.world.height, cast.world.now);
    let entry = EntryId { subject: *cast.ehr_id.get(), index: 0, height };
    assert_eq!((result.decision, result.entry), (Decision::Allowed, Some(entry)));
    let expected = AccessEntry {
        reader: cast.reader.id,
        reader_key: cast.reader.sender.hand.public(),
        on_behalf_of: None,
        patient: Some(cast.patient.id),
        ehr_id: cast.ehr_id,
        grant: Some(cast.grant),
        gateway: cast.world.hospitals[0].id,
        purpose: carechain_types::AccessPurpose::Treatment,
        decision: Decision::Allowed,
        reason: DecisionReason::Granted,
        shape: EntryShape::Single,
        count: 1,
        first: time,
        last: time,
        request_digest: digest,
        height,
        time,
    };
    assert_eq!(cast.world.entries(cast.ehr_id), [expected]);
}

#[test]
fn every_allowed_read_is_its_own_entry() {
    let mut cast = cast();
    for count in 1..=12 {
        cast.world.read(&cast.reader.clone(), cast.ehr_id, Some(cast.grant));
        assert_eq!(cast.world.entries(cast.ehr_id).len(), count);
    }
}

/// A change of the request before its reader signs it.
type Change = fn(&mut ReadRequest, &World);

#[test]
fn a_wrap_that_is_not_genuine_writes_no_access_entry_and_counts_to_its_gateway() {
    let mut cast = cast();
    let changes: [(&str, Change); 5] = [
        ("another gateway", |request, world| request.gateway = world.hospitals[1].id),
        ("expired", |request, world| request.expiry = world.context().time),
        ("expires too late", |request, world| {
            request.expiry = world.context().time.after(TRANSACTION_LIFE_MAX).after(Span::from_micros(1));
        }),
        ("unknown reader", |request, _| request.reader = PersonId::ZERO),
        ("key the reader never had", |request, world| {
            request.reader_key = Hand::new(world.scheme, 9_000_000).public();
        }),
    ];
    let gateway = cast.world.hospitals[0].node.clone();
    let mut count = 0;
    for (name, change) in changes {
        let mut request = cast.request();
        change(&mut request, &cast.world);
        let hand = match name {
            "key the reader never had" => Hand::new(cast.world.scheme, 9_000_000),
            _ => cast.reader.sender.hand.clone(),
        };
        let part = cast.world.wrap(request, &hand);
        let execution = cast.world.submit(&gateway, &part, &[]);
        check(name, &execution, Some(Refusal::BadWrap));
        count += 1;
        assert_eq!((cast.bad_wraps(), execution.changes.writes.len()), (count, 1));
    }
    let request = cast.request();
    let forged = PublicPart::Read(ReadPart { request, signature: Signature::ZERO, address_matches: 1 });
    check("forged", &cast.world.submit(&gateway, &forged, &[]), Some(Refusal::BadWrap));
    assert!(cast.world.entries(cast.ehr_id).is_empty());
    cast.world.wait(Span::HOUR);
    check("next hour", &cast.world.submit(&gateway, &forged, &[]), Some(Refusal::BadWrap));
    assert_eq!(cast.bad_wraps(), 1);
}

#[test]
fn a_request_is_honoured_once_while_it_lives() {
    let mut cast = cast();
    let request = cast.request();
    let expiry = request.expiry;
    let part = cast.world.wrap(request, &cast.reader.sender.hand);
    let gateway = cast.world.hospitals[0].node.clone();
    check("first", &cast.world.submit(&gateway, &part, &[]), None);
    check("again", &cast.world.submit(&gateway, &part, &[]), Some(Refusal::BadWrap));
    cast.world.now = expiry.before(Span::SECOND.times(2));
    check("much later", &cast.world.submit(&gateway, &part, &[]), Some(Refusal::BadWrap));
    assert_eq!(cast.world.entries(cast.ehr_id).len(), 1);
}

#[test]
fn a_wrong_gateway_does_not_burn_a_request() {
    let mut cast = cast();
    let request = cast.request();
    let part = cast.world.wrap(request, &cast.reader.sender.hand);
    let thief = cast.world.hospitals[1].node.clone();
    check("thief", &cast.world.submit(&thief, &part, &[]), Some(Refusal::BadWrap));
    let gateway = cast.world.hospitals[0].node.clone();
    check("named gateway", &cast.world.submit(&gateway, &part, &[]), None);
}

#[test]
fn a_malformed_wrap_is_refused_as_such() {
    let mut cast = cast();
    let gateway = cast.world.hospitals[0].node.clone();
    let request = cast.request();
    let PublicPart::Read(part) = cast.world.wrap(request.clone(), &cast.reader.sender.hand) else {
        unreachable!()
    };
    let doubtful = PublicPart::Read(ReadPart { address_matches: 2, ..part });
    check("neither yes nor no", &cast.world.attempt(&gateway, &doubtful, &[]), Some(Refusal::Malformed));
    let later = ReadRequest { version: READ_REQUEST_VERSION + 1, ..request };
    let later = cast.world.wrap(later, &cast.reader.sender.hand);
    check("another version", &cast.world.attempt(&gateway, &later, &[]), Some(Refusal::Malformed));
}

#[test]
fn refused_reads_are_single_up_to_five_an_hour_and_then_one_aggregate() {
    let mut cast = cast();
    let single = REFUSED_SINGLE_MAX as usize;
    let stranger = cast.stranger.clone();
    for attempt in 1..=single + 4 {
        let result = cast.world.read(&stranger, cast.ehr_id, Some(cast.grant));
        assert_eq!(result.reason, DecisionReason::NoGrant);
        assert_eq!(result.entry.unwrap().index as usize, (attempt - 1).min(single));
        assert_eq!(cast.world.entries(cast.ehr_id).len(), attempt.min(single + 1));
    }
    let aggregate = cast.world.entries(cast.ehr_id)[single];
    assert_eq!((aggregate.shape, aggregate.count), (EntryShape::Aggregate, 4));
    assert_eq!(aggregate.last, cast.world.now);
    assert_eq!(aggregate.first, cast.world.now.before(Span::SECOND.times(3)));
    // Others' entries come in between; the aggregate stays where it is.
    cast.world.read(&cast.reader.clone(), cast.ehr_id, Some(cast.grant));
    let mut request = cast.world.read_request(&stranger, 0, cast.ehr_id, None);
    request.on_behalf_of = Some(cast.reader.id);
    let result = cast.world.read_with(&stranger, request);
    assert_eq!((result.reason, result.entry.unwrap().index as usize), (DecisionReason::NoMandate, single));
    let aggregate = cast.world.entries(cast.ehr_id)[single];
    assert_eq!((aggregate.count, aggregate.reason), (5, DecisionReason::NoMandate));
    let refused: RefusedValue = cast.world.value(&StateKey::refused(&stranger.id, &cast.ehr_id)).unwrap();
    assert_eq!(refused.count, REFUSED_SINGLE_MAX + 5);
    // A new hour starts anew.
    cast.world.wait(Span::HOUR);
    let result = cast.world.read(&stranger, cast.ehr_id, Some(cast.grant));
    assert_eq!(result.entry.unwrap().index as usize, single + 2);
    assert_eq!(cast.world.entries(cast.ehr_id)[single + 2].shape, EntryShape::Single);
}

#[test]
fn attempts_on_unknown_ids_share_one_counter_of_their_reader() {
    let mut cast = cast();
    let stranger = cast.stranger.clone();
    for attempt in 0..9_u8 {
        let result = cast.world.read(&stranger, EhrId::new([attempt; 20]), Some(cast.grant));
        assert_eq!(result.reason, DecisionReason::UnknownRecord);
        assert_eq!(result.entry.unwrap().subject, *stranger.id.get());
    }
    let counts: CountsValue<AttemptCounts> =
        cast.world.value(&StateKey::attempt_counts(&stranger.id)).unwrap();
    assert_eq!(counts.counts.attempts, u64::from(REFUSED_SINGLE_MAX) + 1);
    // What the reader may see of their own counters says nothing of it.
    assert_eq!(cast.world.value::<CountsValue<PersonCounts>>(&StateKey::counts(stranger.id.get())), None);
    let entry =
        |index| cast.world.value::<AccessValue>(&StateKey::attempt(&stranger.id, index)).unwrap().entry;
    assert_eq!((entry(2).ehr_id, entry(2).shape), (EhrId::new([2; 20]), EntryShape::Single));
    let aggregate = entry(u64::from(REFUSED_SINGLE_MAX));
    assert_eq!((aggregate.ehr_id, aggregate.count, aggregate.patient), (EhrId::ZERO, 4, None));
}

#[test]
fn a_read_writes_three_keys_at_most() {
    let mut cast = cast();
    let gateway = cast.world.hospitals[0].node.clone();
    for (reader, ehr_id) in
        [(&cast.reader, cast.ehr_id), (&cast.stranger, cast.ehr_id), (&cast.stranger, EhrId::ZERO)]
    {
        for _ in 0..8 {
            let request = cast.world.read_request(reader, 0, ehr_id, Some(cast.grant));
            let part = cast.world.wrap(request, &reader.sender.hand);
            assert!(cast.world.submit(&gateway, &part, &[]).changes.writes.len() <= 3);
        }
    }
}
