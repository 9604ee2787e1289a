//! Records that a hostile author made: what they hold is refused whole, and nothing is written, inside or outside.

use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use carechain_schema::ErrorCode;
use carechain_types::Role;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{Network, Person, wait_for};

type Zip = ZipWriter<Cursor<Vec<u8>>>;

fn zip(fill: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // An honest entry first: it must not be written either.
    zip.start_file("report.txt", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"no finding").unwrap();
    fill(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn with_entry(name: &str) -> Vec<u8> {
    zip(|zip| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"evil").unwrap();
    })
}

fn bomb() -> Vec<u8> {
    zip(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("zeros", options).unwrap();
        for _ in 0..64 {
            zip.write_all(&vec![0; 1 << 20]).unwrap();
        }
    })
}

/// Everything below a folder but what the client remembers.
fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for child in std::fs::read_dir(folder).unwrap() {
        let path = child.unwrap().path();
        if path.ends_with("state") {
            continue;
        }
        if path.is_dir() && !path.is_symlink() {
            found.extend(below(&path));
        }
        found.insert(path);
    }
    found
}

struct Scene {
    network: std::sync::Arc<Network>,
    patient: Person,
    author: Person,
}

impl Scene {
    fn start(name: &str) -> Self {
        let network = Network::shared();
        let patient = network.person(&format!("{name}-patient"), 1, Role::Patient);
        let author = network.person(&format!("{name}-author"), 2, Role::Doctor);
        Self { network, patient, author }
    }

    /// Publishes the bytes; the patient's client must refuse them and leave no trace.
    #[track_caller]
    fn check_refused(&self, bytes: &[u8], code: &str, says: &str) {
        let ehr = self.author.publish_raw(&self.network, 2, &self.patient, bytes);
        let before = below(&self.patient.folder);
        let message = self.patient.run(&["retrieve", &ehr, "--out", "a/b/out"]).failed(1, code);
        assert!(message.contains(says), "{message}");
        let left: Vec<_> = below(&self.patient.folder).difference(&before).cloned().collect();
        assert!(left.is_empty(), "{left:?}");
        for outside in ["evil", "people/evil", "people/a/evil"] {
            assert!(!self.network.folder().join(outside).exists(), "{outside}");
        }
        let spool = self.patient.folder.join("state").join(&self.patient.name).join("spool");
        assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0, "nothing is left in the spool");
    }
}

#[test]
fn a_record_made_without_our_client_opens_if_it_is_honest() {
    let scene = Scene::start("raw");
    let honest = with_entry("images/scan.dcm");
    let ehr = scene.author.publish_raw(&scene.network, 2, &scene.patient, &honest);
    let retrieved = scene.patient.run(&["retrieve", &ehr, "--out", "out"]).data();
    assert_eq!(retrieved["records"][0]["entry_count"], 2);
    assert_eq!(std::fs::read(scene.patient.folder.join("out/images/scan.dcm")).unwrap(), b"evil");
}

#[test]
fn paths_that_lead_out_write_nothing_anywhere() {
    let scene = Scene::start("paths");
    let absolute = scene.network.folder().join("people/evil");
    for name in
        ["../evil", "../../../../evil", "images/../../evil", absolute.to_str().unwrap(), "a\\..\\evil"]
    {
        scene.check_refused(&with_entry(name), "hostile_archive", "path");
        assert!(!absolute.exists());
    }
}

#[test]
fn links_bombs_and_no_archives_at_all_write_nothing() {
    let scene = Scene::start("links");
    let target = scene.patient.folder.join("evil");
    let link = zip(|zip| {
        zip.add_symlink("images", target.to_str().unwrap(), SimpleFileOptions::default()).unwrap();
    });
    scene.check_refused(&link, "hostile_archive", "link");
    scene.check_refused(&bomb(), "hostile_archive", "far more");
    scene.check_refused(b"no zip", "damaged", "");
    let whole = with_entry("images/scan.dcm");
    scene.check_refused(&whole[..whole.len() - 30], "damaged", "");
}

#[test]
fn a_manifest_that_lies_about_the_bytes_gets_no_receipt() {
    let scene = Scene::start("manifest");
    let bytes = vec![7; 2_500_000];
    let upload = scene.author.upload_raw(&scene.network, 2, &scene.patient, &bytes);
    let honest = upload.values();
    // Before all is there.
    assert_eq!(upload.complete(honest.clone()).unwrap_err(), ErrorCode::Conflict);
    upload.send(upload.file());
    let mut swapped = honest.clone();
    swapped.swap(0, 1);
    assert_eq!(upload.complete(swapped).unwrap_err(), ErrorCode::Damaged);
    assert_eq!(upload.complete(honest[1..].to_vec()).unwrap_err(), ErrorCode::Malformed);
    let receipts = wait_for("the receipts", || upload.complete(honest.clone()).unwrap());
    assert!(receipts.len() >= 2, "lies before it do not spoil the truth");
    // An honest manifest of other bytes than were sent.
    let upload = scene.author.upload_raw(&scene.network, 2, &scene.patient, &bytes);
    let mut other = upload.file().to_vec();
    other[1_500_000] ^= 1;
    upload.send(&other);
    assert_eq!(upload.complete(upload.values()).unwrap_err(), ErrorCode::Damaged);
    assert_eq!(scene.patient.run(&["records"]).data()["records"].as_array().unwrap().len(), 0);
}
