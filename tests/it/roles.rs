//! Roles: who may search and find what, how they are renewed, and how a colleague amends.

use carechain_types::Role;
use serde_json::Value;

use crate::support::{Network, Person};

/// The records that a search finds page by page, one a page.
#[track_caller]
fn found(person: &Person, patient: &Person) -> Vec<String> {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut typed = vec!["search", "--patient", &patient.id, "--limit", "1"];
        if let Some(after) = &after {
            typed.extend(["--after", after]);
        }
        let page = person.run(&typed).data();
        let hits = page["abstracts"].as_array().unwrap();
        found.extend(hits.iter().map(|hit| hit["ehr_id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => {
                assert_eq!(hits.len(), 1, "a page with a next one is full: {page}");
                after = Some(next.to_owned());
            }
            None => return found,
        }
    }
}

#[test]
fn a_hidden_record_leaves_no_gap_in_a_search_and_its_patient_finds_it() {
    let network = Network::shared();
    let patient = network.person("hidden-patient", 1, Role::Patient);
    let author = network.person("hidden-author", 1, Role::Doctor);
    let hide = |keyword: &str| {
        let typed = ["publish", "--patient", &patient.id, "--keyword", keyword, "--patient-only", "study"];
        author.run(&typed).data()["ehr_id"].as_str().unwrap().to_owned()
    };
    let first = author.publish(&patient, "one", 1_000);
    let hidden = [hide("two"), hide("three")];
    let last = author.publish(&patient, "four", 1_000);
    let newest = hide("five");
    assert_eq!(found(&author, &patient), [last.clone(), first.clone()]);
    let [second, third] = hidden;
    assert_eq!(found(&patient, &patient), [newest, last, third, second, first]);
}

#[test]
fn only_roles_that_search_search_and_patients_only_among_their_own() {
    let network = Network::shared();
    let patient = network.person("search-patient", 1, Role::Patient);
    let other = network.person("search-other", 1, Role::Patient);
    let author = network.person("search-author", 1, Role::Doctor);
    let ehr = author.publish(&patient, "ct", 1_000);
    for role in [Role::Operator, Role::Auditor, Role::PrivacyOfficer, Role::Guardian] {
        let person = network.person(&format!("search-{}", role.as_str()), 1, role);
        person.run(&["search", "--patient", &patient.id]).failed(3, "refused");
        person.run(&["search", "--keyword", "ct"]).failed(3, "refused");
    }
    other.run(&["search", "--patient", &patient.id]).failed(3, "refused");
    other.run(&["search", "--keyword", "ct"]).failed(3, "refused");
    patient.run(&["search", "--keyword", "ct"]).failed(3, "refused");
    other.run(&["records", "--patient", &patient.id]).failed(4, "not_found");
    assert_eq!(found(&patient, &patient), [ehr]);
    assert_eq!(found(&other, &other), [] as [String; 0]);
}

#[test]
fn roles_are_renewed_by_the_enrolling_hospital_and_keys_stay() {
    let network = Network::shared();
    let nurse = network.person("renewed", 2, Role::Nurse);
    let patient = network.person("renewed-patient", 2, Role::Patient);
    let role = |line: &Value| line["roles"][0]["role"].as_str().unwrap().to_owned();
    let before = network.as_registrar(2, &["person", "show", &nurse.id, "--json"]).data();
    let renew = ["person", "renew", &nurse.id, "--role", "doctor", "--json"];
    let after = network.as_registrar(2, &renew).data();
    assert_eq!((role(&before).as_str(), role(&after).as_str()), ("nurse", "doctor"));
    assert_eq!(before["keys"], after["keys"]);
    nurse.publish(&patient, "by-a-doctor-now", 1_000);
    let same = network.as_registrar(2, &["person", "renew", &nurse.id, "--json"]).data();
    assert_eq!(role(&same), "doctor");
    network.as_registrar(1, &renew).failed(4, "not_found");
    let no_patient = ["person", "renew", &patient.id, "--role", "nurse", "--json"];
    network.as_registrar(2, &no_patient).failed(3, "refused");
}

#[test]
fn a_colleague_amends_under_the_grant_they_name() {
    let network = Network::shared();
    let patient = network.person("amend-patient", 1, Role::Patient);
    let author = network.person("amend-author", 1, Role::Doctor);
    let colleague = network.person("amend-colleague", 2, Role::Doctor);
    let old = author.publish(&patient, "ct", 1_000);
    let typed = ["grant", &old, "--to", &colleague.id, "--access", "read+amend"];
    let granted = patient.run(&typed).data();
    let grant = granted["grant"]["grant_id"].as_str().unwrap();
    std::fs::create_dir_all(colleague.folder.join("study")).unwrap();
    std::fs::write(colleague.folder.join("study/report.txt"), b"amended").unwrap();
    // By the record's id alone: the client finds the grant.
    let retrieved = colleague.run(&["retrieve", &old, "--out", "old"]).data();
    assert_eq!(retrieved["records"][0]["grant_id"], grant);
    let amend = ["publish", "--patient", &patient.id, "--amends", &old, "study"];
    colleague.run(&amend).failed(4, "not_found");
    let amended = colleague.run(&[&amend[..], &["--grant", grant]].concat()).data();
    let records = patient.run(&["records"]).data();
    assert_eq!(records["records"][0]["ehr_id"], amended["ehr_id"]);
    assert_eq!(records["records"][1]["amended_by"], amended["ehr_id"]);
}
