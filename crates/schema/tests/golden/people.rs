//! Keys, persons, departments.

use carechain_schema::{DepartmentRegistered, KeyCreated, KeyLine, PersonLine, PersonList, RoleLine};

use crate::check_document;
use crate::examples::{hex, id, time};

fn keys() -> Vec<KeyLine> {
    ["signing", "sealing"]
        .map(|kind| KeyLine { key_id: "1d".repeat(20), kind: kind.to_owned(), public: hex(0x9b) })
        .into()
}

#[test]
fn keys_persons_and_departments_are_as_they_were() {
    check_document(KeyCreated {
        path: "alice.key".to_owned(),
        enrol_path: Some("alice.enrol".to_owned()),
        keys: keys(),
    });
    let person = PersonLine {
        person_id: id("per", 'a'),
        enroller: id("hos", 'a'),
        department: Some(id("dep", 'a')),
        roles: vec![RoleLine { role: "doctor".to_owned(), until: time(24) }],
        keys: keys(),
        suspended: false,
    };
    check_document(person.clone());
    check_document(PersonList { persons: vec![person] });
    check_document(DepartmentRegistered { department_id: id("dep", 'a'), hospital: id("hos", 'a') });
}
