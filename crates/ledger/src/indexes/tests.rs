#![allow(clippy::unwrap_used)]

use carechain_crypto::{
    AccessRequestId, AddressShown, DepartmentId, EhrId, Nonce, SealingPublicKey, Signature, SigningPublicKey,
};
use carechain_types::{
    AccessKind, AccessPurpose, BoundedVec, ByteRange, Decision, DecisionReason, DenyPart, DepartmentPart,
    EntryId, GrantPart, Height, Party, PersonPart, PublicPart, ReadPart, ReadRequest, ReadResult, ReasonCode,
    RequestPart, RequestSelection, SealingKey, Span, Time, Transaction, Visibility, department_id, ehr_id,
    encode, grant_id, person_id, request_id,
};
use proptest::prelude::*;

use super::{IndexList, IndexPosition, SearchRange, SearchToken};
use crate::backend::{Backend, MemoryBackend, Row, ScanRange, Table};
use crate::ledger::{Ledger, LedgerError};
use crate::test_chain::{Item, block, genesis, hospital, person, publish, transaction};

fn ledger() -> Ledger<MemoryBackend> {
    Ledger::open(MemoryBackend::new(), &genesis("one")).unwrap()
}

fn found(ledger: &Ledger<MemoryBackend>, lists: &[IndexList]) -> Vec<[u8; 20]> {
    let page = ledger.search(lists, &SearchRange::newest(1_000)).unwrap();
    page.entries.into_iter().map(|entry| entry.id).collect()
}

fn index_rows(ledger: &Ledger<MemoryBackend>) -> Vec<Row> {
    ledger.backend().scan(Table::Indexes, &ScanRange::prefix(&[], 100_000)).unwrap()
}

fn commit(ledger: &mut Ledger<MemoryBackend>, items: Vec<Item>) {
    let block = block(ledger, Span::SECOND, items);
    ledger.commit(&block).unwrap();
}

fn read_part(reader: u8) -> PublicPart {
    let request = ReadRequest {
        version: 1,
        gateway: hospital(8),
        reader: person(reader),
        reader_key: SigningPublicKey::ZERO,
        reply_key: SealingKey::x25519(SealingPublicKey::new([1; 32])),
        on_behalf_of: None,
        ehr_id: EhrId::new([4; 20]),
        grant: None,
        purpose: AccessPurpose::Treatment,
        range: ByteRange { start: 0, end: 1 },
        salt: Nonce::ZERO,
        expiry: Time::ZERO,
        shown: AddressShown::ZERO,
    };
    PublicPart::Read(ReadPart { request, signature: Signature::ZERO, address_matches: 1 })
}

fn read_result(entry: Option<EntryId>) -> Vec<u8> {
    encode(&ReadResult { decision: Decision::Refused, reason: DecisionReason::NoGrant, entry })
}

/// One transaction of every indexed kind, in this order; gives them too.
fn a_day(ledger: &mut Ledger<MemoryBackend>) -> Vec<Transaction> {
    let registrar = Party::Hospital(hospital(8));
    let department = DepartmentPart { hospital: hospital(8), sealing_keys: BoundedVec::empty() };
    let enrolled = PersonPart {
        person: None,
        enroller: registrar,
        department: Some(DepartmentId::new([6; 20])),
        roles: BoundedVec::empty(),
        signing_keys: BoundedVec::empty(),
        sealing_keys: BoundedVec::empty(),
        possession: BoundedVec::empty(),
    };
    let request = RequestPart {
        patient: person(1),
        grantee: Party::Person(person(2)),
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        selection: RequestSelection::default(),
    };
    let grant = GrantPart {
        request: None,
        patient: person(1),
        grantee: Party::Person(person(2)),
        grantee_key_id: carechain_crypto::KeyId::ZERO,
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        from: Time::ZERO,
        duration: Span::HOUR,
        lines: BoundedVec::empty(),
    };
    let deny = DenyPart { request: AccessRequestId::ZERO, code: ReasonCode::Unspecified };
    let patient = Party::Person(person(1));
    let kinds = [
        (registrar, PublicPart::Department(department)),
        (registrar, PublicPart::Person(enrolled)),
        publish(1, 2, 8, Visibility::Searchable),
        (Party::Person(person(2)), PublicPart::Request(request)),
        (patient, PublicPart::Grant(grant)),
        (patient, PublicPart::Deny(deny)),
        (registrar, read_part(2)),
    ];
    let transactions: Vec<_> =
        (0_u64..).zip(kinds).map(|(salt, kind)| transaction(salt, kind, &[])).collect();
    let entry = EntryId { subject: [4; 20], index: 11, height: Height::new(1) };
    let items = transactions.iter().cloned().map(Item::done);
    let mut items: Vec<_> = items.collect();
    items[6].result = read_result(Some(entry));
    commit(ledger, items);
    transactions
}

#[test]
fn every_kind_of_transaction_joins_its_lists() {
    let mut ledger = ledger();
    let transactions = a_day(&mut ledger);
    let id = |index: usize| transactions[index].body.id(ledger.chain_id());
    let doctor = Party::Person(person(2));
    let PublicPart::Publish(part) = publish(1, 2, 8, Visibility::Searchable).1 else { unreachable!() };
    let ehr = *ehr_id(ledger.chain_id(), &doctor, &part.commitment).get();
    let cases = [
        (IndexList::DepartmentsByHospital(hospital(8)), *department_id(&id(0)).get()),
        (IndexList::PersonsByEnroller(Party::Hospital(hospital(8))), *person_id(&id(1)).get()),
        (IndexList::PersonsByDepartment(DepartmentId::new([6; 20])), *person_id(&id(1)).get()),
        (IndexList::RecordsByPatient(person(1)), ehr),
        (IndexList::RecordsByAuthor(doctor), ehr),
        (IndexList::RecordsByHospital(hospital(8)), ehr),
        (IndexList::Records, ehr),
        (IndexList::RequestsByPatient(person(1)), *request_id(&id(3)).get()),
        (IndexList::RequestsByGrantee(doctor), *request_id(&id(3)).get()),
        (IndexList::GrantsByPatient(person(1)), *grant_id(&id(4)).get()),
        (IndexList::GrantsByGrantee(doctor), *grant_id(&id(4)).get()),
        (IndexList::AttemptsByReader(person(2)), [4; 20]),
        (IndexList::AttemptsByGateway(hospital(8)), [4; 20]),
    ];
    for (list, expected) in cases {
        assert_eq!(found(&ledger, &[list]), [expected], "{list:?}");
    }
    assert_eq!(index_rows(&ledger).len(), cases.len());
    let page = ledger.search(&[IndexList::AttemptsByReader(person(2))], &SearchRange::newest(1)).unwrap();
    assert_eq!(page.entries[0].number, 11);
    assert_eq!(page.entries[0].height, Height::new(1));
}

#[test]
fn refused_transactions_and_reads_without_entry_join_no_list() {
    let mut ledger = ledger();
    let refused =
        Item { code: 3, ..Item::done(transaction(1, publish(1, 2, 3, Visibility::Searchable), &[])) };
    let wrap = (Party::Hospital(hospital(8)), read_part(2));
    let without_entry = Item { result: read_result(None), ..Item::done(transaction(2, wrap, &[])) };
    let mut unknown = transaction(3, publish(1, 2, 3, Visibility::Searchable), &[]);
    unknown.body.kind = 999;
    commit(&mut ledger, vec![refused, without_entry, Item::done(unknown)]);
    assert!(index_rows(&ledger).is_empty());
}

#[test]
fn a_record_for_the_patient_only_is_listed_for_the_patient_only() {
    let mut ledger = ledger();
    commit(&mut ledger, vec![Item::done(transaction(1, publish(1, 2, 3, Visibility::PatientOnly), &[]))]);
    assert_eq!(found(&ledger, &[IndexList::RecordsByPatient(person(1))]).len(), 1);
    assert_eq!(index_rows(&ledger).len(), 1);
}

#[test]
fn rebuilt_indexes_equal_those_written_with_the_blocks() {
    let mut ledger = ledger();
    a_day(&mut ledger);
    for _ in 0..130 {
        crate::test_chain::grow(&mut ledger, 2);
    }
    let before = index_rows(&ledger);
    ledger.rebuild_indexes().unwrap();
    assert_eq!(index_rows(&ledger), before);
}

#[test]
fn an_interrupted_rebuild_starts_again_on_open() {
    use crate::backend::{FaultPoint, FaultyBackend};
    let mut ledger = ledger();
    for _ in 0..200 {
        crate::test_chain::grow(&mut ledger, 1);
    }
    let before = index_rows(&ledger);
    let disk = ledger.into_backend();
    for write in 2..=6 {
        let copy = disk.snapshot();
        let faulty = FaultyBackend::new(copy.clone(), FaultPoint::After(write));
        Ledger::open(faulty, &genesis("one")).unwrap().rebuild_indexes().unwrap_err();
        let ledger = Ledger::open(copy, &genesis("one")).unwrap();
        assert_eq!(index_rows(&ledger), before, "{write}");
    }
}

#[test]
fn search_words_are_lists_like_others() {
    let mut ledger = ledger();
    (0..4).for_each(|_| drop(crate::test_chain::grow(&mut ledger, 5)));
    assert_eq!(ledger.tokens_height().unwrap(), Height::ZERO);
    let all = ledger.search(&[IndexList::Records], &SearchRange::newest(99)).unwrap().entries;
    let (ct, mri) = (SearchToken([1; 16]), SearchToken([2; 16]));
    let records: Vec<_> = all
        .iter()
        .map(|entry| (*entry, if entry.position.index.is_multiple_of(2) { vec![ct] } else { vec![ct, mri] }))
        .collect();
    ledger.index_tokens(&records, Height::new(4)).unwrap();
    assert_eq!(ledger.tokens_height().unwrap(), Height::new(4));
    assert_eq!(found(&ledger, &[IndexList::RecordsByToken(ct)]).len(), 20);
    assert_eq!(found(&ledger, &[IndexList::RecordsByToken(mri)]).len(), 8);
    let both = |from| {
        found(&ledger, &[IndexList::RecordsByToken(mri), IndexList::RecordsByHospital(hospital(from))])
    };
    assert_eq!((both(200).len(), both(201).len()), (0, 8));
    ledger.rebuild_indexes().unwrap();
    assert_eq!(ledger.tokens_height().unwrap(), Height::ZERO);
    assert!(found(&ledger, &[IndexList::RecordsByToken(ct)]).is_empty());
}

#[test]
fn a_search_takes_at_least_one_list_and_not_too_many() {
    let ledger = ledger();
    let search = |lists: &[IndexList]| ledger.search(lists, &SearchRange::newest(1));
    assert!(matches!(search(&[]), Err(LedgerError::SearchLists { count: 0, .. })));
    assert!(matches!(search(&[IndexList::Records; 21]), Err(LedgerError::SearchLists { count: 21, .. })));
    assert_eq!(search(&[IndexList::Records]).unwrap().next, None);
}

#[test]
fn a_search_without_common_items_stops_and_says_where_to_go_on() {
    let mut ledger = ledger();
    for height in 0..60 {
        let items = (0..100).map(|salt| {
            let patient = if salt % 2 == 0 { 1 } else { 2 };
            Item::done(transaction(height * 100 + salt, publish(patient, 9, 3, Visibility::Searchable), &[]))
        });
        commit(&mut ledger, items.collect());
    }
    let lists = [IndexList::RecordsByPatient(person(1)), IndexList::RecordsByPatient(person(2))];
    let (mut range, mut pages) = (SearchRange::newest(10), 0);
    loop {
        let page = ledger.search(&lists, &range).unwrap();
        assert!(page.entries.is_empty());
        pages += 1;
        match page.next {
            None => break,
            Some(next) => range.below = Some(next),
        }
    }
    assert_eq!(pages, 2);
}

/// What [`Ledger::search`] must give, by filtering everything.
fn filtered(
    records: &[(IndexPosition, u8, u8, u8)],
    patient: Option<u8>,
    author: Option<u8>,
    from: Option<u8>,
) -> Vec<IndexPosition> {
    let keep = |wanted: Option<u8>, value: u8| wanted.is_none_or(|wanted| wanted == value);
    let records = records.iter().rev();
    let records =
        records.filter(|record| keep(patient, record.1) && keep(author, record.2) && keep(from, record.3));
    records.map(|record| record.0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn searches_find_what_filtering_finds(
        blocks in prop::collection::vec(prop::collection::vec((0..3_u8, 0..3_u8, 0..3_u8), 0..40), 1..6),
        patient in prop::option::of(0..3_u8), author in prop::option::of(0..3_u8), from in prop::option::of(0..3_u8),
        limit in 1..30_usize, first in 0..6_u64, span in 1..6_u64,
    ) {
        let mut ledger = ledger();
        let start = ledger.head().time;
        let mut records = Vec::new();
        for block in &blocks {
            let time = ledger.head().time.after(Span::SECOND);
            let base = records.len() as u64;
            let items = block.iter().zip(base..).map(|((patient, author, from), salt)| {
                Item::done(transaction(salt, publish(*patient, *author, *from, Visibility::Searchable), &[]))
            });
            commit(&mut ledger, items.collect());
            records.extend((0_u32..).zip(block).map(|(index, (p, a, f))| (IndexPosition { time, index }, *p, *a, *f)));
        }
        let mut lists = vec![IndexList::Records];
        lists.extend(patient.map(|number| IndexList::RecordsByPatient(person(number))));
        lists.extend(author.map(|number| IndexList::RecordsByAuthor(Party::Person(person(number)))));
        lists.extend(from.map(|number| IndexList::RecordsByHospital(hospital(number))));
        let (from_time, until) = (start.after(Span::SECOND.times(first)), start.after(Span::SECOND.times(first + span)));
        let mut expected = filtered(&records, patient, author, from);
        expected.retain(|position| position.time >= from_time && position.time < until);
        let mut range = SearchRange { from: Some(from_time), until: Some(until), below: None, limit };
        let mut positions = Vec::new();
        loop {
            let page = ledger.search(&lists, &range).unwrap();
            prop_assert!(page.entries.len() <= limit);
            positions.extend(page.entries.iter().map(|entry| entry.position));
            match page.next {
                None => break,
                Some(next) => range.below = Some(next),
            }
        }
        prop_assert_eq!(positions, expected);
    }
}
