//! The five scenarios of Li 2022, table 4.

use carechain_types::Role;

use crate::support::{Network, Person, check_same, from_now, wait_for, write_study};

struct Scene {
    network: std::sync::Arc<Network>,
    patient: Person,
    author: Person,
    visitor: Person,
}

fn scene(name: &str) -> Scene {
    let network = Network::shared();
    let patient = network.person(&format!("{name}-patient"), 1, Role::Patient);
    let author = network.person(&format!("{name}-author"), 1, Role::Doctor);
    let visitor = network.person(&format!("{name}-visitor"), 3, Role::Doctor);
    Scene { network, patient, author, visitor }
}

#[test]
fn ehr_file_upload_gives_copies_at_several_hospitals() {
    let scene = scene("upload");
    write_study(&scene.author.folder.join("study"), 100_000);
    let published =
        scene.author.run(&["publish", "--patient", &scene.patient.id, "--keyword", "ct", "study"]).data();
    let copies = published["copies"].as_array().unwrap();
    assert!(copies.len() >= 2, "{published}");
    assert_ne!(copies[0]["hospital"], copies[1]["hospital"]);
    assert!(published["bytes"].as_u64().unwrap() >= 100_000);
}

#[test]
fn ehr_abstract_publish_is_found_and_its_address_opens_for_the_patient_alone() {
    let scene = scene("abstract");
    let ehr = scene.author.publish(&scene.patient, "thorax", 10_000);
    let found = scene.visitor.run(&["search", "--patient", &scene.patient.id, "--keyword", "thorax"]).data();
    assert_eq!(found["abstracts"][0]["ehr_id"], ehr.as_str());
    let listed = scene.patient.run(&["records"]).data();
    assert_eq!(listed["records"][0]["ehr_id"], ehr.as_str());
    let output = scene.patient.folder.join("own");
    scene.patient.run(&["retrieve", &ehr, "--out", "own"]).done();
    check_same(&output, &scene.author.folder.join("study"));
    // Not even who sealed it can open the address again.
    scene.author.run(&["retrieve", &ehr, "--out", "author"]).failed(4, "not_found");
}

#[test]
fn invalid_access_is_refused_too_early_too_late_revoked_and_unauthorised() {
    let scene = scene("invalid");
    let ehr = scene.author.publish(&scene.patient, "ct", 10_000);
    scene.visitor.run(&["retrieve", &ehr, "--out", "none"]).failed(4, "not_found");

    let early = scene.visitor.request(&scene.patient, &ehr);
    let early = scene.patient.approve(&early, &["--from", &from_now(3_600), "--until", &from_now(7_200)]);
    scene.visitor.run(&["retrieve", &early, "--out", "early"]).failed(3, "grant_not_yet_valid");

    let late = scene.visitor.request(&scene.patient, &ehr);
    let late = scene.patient.approve(&late, &["--until", &from_now(6)]);
    let mut attempts = 0;
    wait_for("the end of the grant", || {
        attempts += 1;
        let ran = scene.visitor.run(&["retrieve", &late, "--out", &format!("late-{attempts}")]);
        (ran.code != 0).then(|| ran.failed(3, "grant_expired"))
    });

    let ended = scene.visitor.request(&scene.patient, &ehr);
    let ended = scene.patient.approve(&ended, &[]);
    scene.visitor.run(&["retrieve", &ended, "--out", "before"]).done();
    scene.patient.run(&["revoke", &ended]).done();
    scene.visitor.run(&["retrieve", &ended, "--out", "after"]).failed(3, "grant_revoked");

    for name in ["none", "early", "after"] {
        assert!(!scene.visitor.folder.join(name).exists(), "{name}: nothing is written");
    }
    let refused: Vec<_> =
        scene.patient.audited(&ehr).into_iter().filter(|entry| entry.1 == "refused").collect();
    let reasons: Vec<_> = refused.iter().map(|entry| entry.2.as_str()).collect();
    assert_eq!(reasons, ["no-grant", "not-yet-valid", "expired", "revoked"]);
    assert!(refused.iter().all(|entry| entry.0 == scene.visitor.id));
}

#[test]
fn ehr_file_address_request_is_answered_with_an_address_for_the_visitor() {
    let scene = scene("address");
    let ehr = scene.author.publish(&scene.patient, "ct", 10_000);
    let asked = scene.visitor.request(&scene.patient, &ehr);
    let told = scene.patient.run(&["requests"]).data();
    assert_eq!(told["requests"][0]["request_id"], asked.as_str());
    assert_eq!(told["requests"][0]["grantee"], scene.visitor.id.as_str());
    let grant = scene.patient.approve(&asked, &["--hours", "24"]);
    let received = scene.visitor.run(&["grants", "--received"]).data();
    assert_eq!(received["grants"][0]["grant_id"], grant.as_str());
    assert_eq!(received["grants"][0]["ehr_ids"][0], ehr.as_str());
    // A second answer to the same request is refused.
    scene.patient.run(&["approve", &asked]).failed(1, "conflict");
    let denied = scene.visitor.request(&scene.patient, &ehr);
    scene.patient.run(&["deny", &denied, "--reason", "not-needed"]).done();
    scene.visitor.run(&["retrieve", &denied, "--out", "denied"]).failed(3, "request_denied");
    let suspended = scene.network.as_registrar(3, &["person", "suspend", &scene.visitor.id, "--json"]).data();
    assert_eq!(suspended["suspended"], true);
    assert_ne!(scene.visitor.run(&["retrieve", &grant, "--out", "suspended"]).code, 0);
}

#[test]
fn ehr_file_download_is_verified_whole_and_leaves_an_access_entry() {
    let scene = scene("download");
    let ehr = scene.author.publish(&scene.patient, "ct", 2_500_000);
    let asked = scene.visitor.request(&scene.patient, &ehr);
    scene.patient.approve(&asked, &[]);
    let retrieved = scene.visitor.run(&["retrieve", &asked, "--out", "files"]).data();
    assert_eq!(retrieved["records"][0]["entry_count"], 2);
    check_same(&scene.visitor.folder.join("files"), &scene.author.folder.join("study"));
    let entries = scene.patient.audited(&ehr);
    let expected = (scene.visitor.id.clone(), "allowed".to_owned(), "granted".to_owned());
    assert_eq!(entries, [expected]);
}
