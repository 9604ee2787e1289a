//! Golden vectors of the state's values and of the public parts that `golden.rs` leaves, compared with
//! `tests/fixtures/types_state.json`.
//!
//! `CARECHAIN_BLESS=1` writes the file anew; a change to it breaks every existing ledger.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use carechain_crypto::{
    AccessRequestId, Commitment, DepartmentId, EhrId, GrantId, HospitalId, KeyId, PersonId, SealingPublicKey,
    SigningPublicKey, TransactionId,
};
use carechain_types::{
    AccessKind, AccessPurpose, AttemptCounts, BoundedBytes, BoundedString, BoundedVec, CountsValue, DenyPart,
    DepartmentPart, DepartmentValue, EhrByPatientValue, EhrKind, EhrValue, Epoch, GrantLineValue, GrantValue,
    Height, HospitalCounts, HospitalValue, KeyHolderValue, KeyUse, MemberValue, NodeKey, ParameterValue,
    Party, PersonCounts, PersonPart, PersonValue, ReasonCode, RecordCounts, RefusedValue, RequestStatus,
    RequestValue, RevokePart, Role, RoleTerm, SealingKey, SealingKeyPeriod, SigningKeyPeriod, Span, Stamp,
    StateKey, SuspendPart, Time, TombstoneValue, Visibility, encode,
};
use serde::Serialize;

const NOW: Time = Time::from_micros(1_767_225_600_000_000);
const STAMP: Stamp = Stamp::new(TransactionId::new([0x7A; 32]), Height::new(7));
const PERSON: PersonId = PersonId::new([0x11; 20]);
const PATIENT: PersonId = PersonId::new([0x12; 20]);
const HOSPITAL: HospitalId = HospitalId::new([0x44; 20]);
const DEPARTMENT: DepartmentId = DepartmentId::new([0x33; 20]);
const RECORD: EhrId = EhrId::new([0xE1; 20]);
const REQUEST: AccessRequestId = AccessRequestId::new([0x51; 20]);
const GRANT: GrantId = GrantId::new([0x61; 20]);

fn bounded<T: Clone, const MAX: usize>(values: &[T]) -> BoundedVec<T, MAX> {
    BoundedVec::new(values.to_vec()).expect("samples are short")
}

fn roles() -> BoundedVec<RoleTerm, 8> {
    bounded(&[RoleTerm { role: Role::Doctor, until: NOW }, RoleTerm { role: Role::Patient, until: NOW }])
}

fn sealing_key() -> SealingKey {
    SealingKey { key_use: KeyUse::Recovery, ..SealingKey::x25519(SealingPublicKey::new([2; 32])) }
}

fn sealing_period() -> SealingKeyPeriod {
    SealingKeyPeriod { key: sealing_key(), from: NOW, until: Time::ZERO }
}

#[derive(Default)]
struct Vectors(BTreeMap<String, String>);

impl Vectors {
    fn bytes<T: Serialize>(&mut self, name: &str, value: &T) {
        let text = data_encoding::HEXLOWER.encode(&encode(value));
        assert!(self.0.insert(name.to_owned(), text).is_none(), "{name} twice");
    }

    fn key(&mut self, name: &str, key: &StateKey) {
        self.bytes(&format!("key of {name}"), key);
    }
}

fn people(vectors: &mut Vectors) {
    vectors.key("person", &StateKey::person(&PERSON));
    vectors.bytes(
        "person",
        &PersonValue {
            stamp: STAMP,
            enroller: Party::Hospital(HOSPITAL),
            department: Some(DEPARTMENT),
            roles: roles(),
            signing_keys: bounded(&[SigningKeyPeriod {
                key: SigningPublicKey::new([1; 32]),
                from: NOW,
                until: NOW.after(Span::DAY),
            }]),
            sealing_keys: bounded(&[sealing_period()]),
            suspended: 0,
        },
    );
    let sealing_keys = bounded(&[sealing_period()]);
    vectors.bytes("department", &DepartmentValue { stamp: STAMP, hospital: HOSPITAL, sealing_keys });
    let node_key = NodeKey { epoch: Epoch::ZERO, key: SigningPublicKey::new([7; 32]) };
    vectors.bytes(
        "hospital",
        &HospitalValue {
            stamp: Stamp::GENESIS,
            name: BoundedString::new("St. Example").expect("short"),
            registrar_keys: bounded(&[SigningPublicKey::new([8; 32])]),
            governance_threshold: 1,
            governance_keys: bounded(&[SigningPublicKey::new([9; 32])]),
            node_keys: bounded(&[node_key]),
            member_index: Some(3),
        },
    );
    vectors.bytes("member", &MemberValue { stamp: Stamp::GENESIS, hospital: HOSPITAL });
    let bytes = BoundedBytes::new(vec![2]).expect("short");
    vectors.bytes("parameter", &ParameterValue { stamp: Stamp::GENESIS, bytes });
    vectors.key("key holder", &StateKey::key(&KeyId::new([0x21; 20])));
    vectors.bytes("key holder", &KeyHolderValue { stamp: STAMP, holder: Party::Person(PERSON) });
}

fn records(vectors: &mut Vectors) {
    vectors.bytes(
        "ehr",
        &EhrValue {
            stamp: STAMP,
            author: Party::Person(PERSON),
            patient: PATIENT,
            hospital: HOSPITAL,
            commitment: Commitment::new([0xC0; 32]),
            length: 65_536,
            kind: EhrKind::Study,
            visibility: Visibility::PatientOnly,
            amends: Some(EhrId::new([0xE0; 20])),
            amended_by: None,
            purged: 0,
        },
    );
    vectors.key("ehr by patient", &StateKey::ehr_by_patient(&PATIENT, 2));
    vectors.bytes("ehr by patient", &EhrByPatientValue { stamp: STAMP, ehr_id: RECORD });
    vectors.bytes(
        "request",
        &RequestValue {
            stamp: STAMP,
            patient: PATIENT,
            grantee: Party::Department(DEPARTMENT),
            access: AccessKind::ReadAmend,
            purpose: AccessPurpose::Research,
            status: RequestStatus::Granted,
            grant: Some(GRANT),
            previous: Some(REQUEST),
        },
    );
    vectors.bytes(
        "grant",
        &GrantValue {
            stamp: STAMP,
            patient: PATIENT,
            grantee: Party::Person(PERSON),
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            from: NOW,
            until: NOW.after(Span::DAY),
            lines: bounded(&[GrantLineValue { ehr_id: RECORD, part: 1, revoked: 1 }]),
            previous: None,
        },
    );
    vectors.key("tombstone", &StateKey::tombstone(&GRANT, &Party::Person(PATIENT)));
    vectors.bytes("tombstone", &TombstoneValue { stamp: STAMP, until: NOW });
}

fn counters(vectors: &mut Vectors) {
    vectors.key("counts", &StateKey::counts(PERSON.get()));
    let person = PersonCounts { records: 3, newest_request: Some(REQUEST), newest_grant: None };
    vectors.bytes("counts of a person", &CountsValue { stamp: STAMP, counts: person });
    let record = RecordCounts { access_entries: 9 };
    vectors.bytes("counts of a record", &CountsValue { stamp: STAMP, counts: record });
    let hospital = HospitalCounts { hour: NOW.hour(), bad_wraps: 4 };
    vectors.bytes("counts of a hospital", &CountsValue { stamp: STAMP, counts: hospital });
    let attempts = AttemptCounts { attempts: 6, hour: NOW.hour(), count: 8, aggregate_index: 5 };
    vectors.key("attempt counts", &StateKey::attempt_counts(&PERSON));
    vectors.bytes("attempt counts", &CountsValue { stamp: STAMP, counts: attempts });
    vectors.key("refused", &StateKey::refused(&PERSON, &RECORD));
    let refused = RefusedValue { stamp: STAMP, hour: NOW.hour(), count: 8, aggregate_index: 5 };
    vectors.bytes("refused", &refused);
}

fn parts(vectors: &mut Vectors) {
    let sealing_keys = bounded(&[sealing_key()]);
    vectors.bytes("department part", &DepartmentPart { hospital: HOSPITAL, sealing_keys });
    vectors.bytes(
        "person part of a renewal",
        &PersonPart {
            person: Some(PERSON),
            enroller: Party::Hospital(HOSPITAL),
            department: Some(DEPARTMENT),
            roles: roles(),
            signing_keys: BoundedVec::empty(),
            sealing_keys: BoundedVec::empty(),
            possession: BoundedVec::empty(),
        },
    );
    vectors.bytes("suspend part", &SuspendPart { person: PERSON, code: ReasonCode::Left });
    vectors.bytes("deny part", &DenyPart { request: REQUEST, code: ReasonCode::NotNeeded });
    vectors.bytes("revoke part", &RevokePart { grant: GRANT, ehr_id: Some(RECORD) });
}

#[test]
fn state_values_are_frozen() {
    let mut vectors = Vectors::default();
    people(&mut vectors);
    records(&mut vectors);
    counters(&mut vectors);
    parts(&mut vectors);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/types_state.json");
    let mut text = serde_json::to_string_pretty(&vectors.0).expect("strings encode");
    text.push('\n');
    if std::env::var_os("CARECHAIN_BLESS").is_some() {
        std::fs::write(&path, &text).expect("fixtures are writable");
    }
    let golden = std::fs::read_to_string(&path).expect("fixtures are here");
    assert_eq!(text, golden, "a frozen format changed");
}
