//! `retrieve --out`: what can be known of the output is tried before the read is on the ledger, and nothing is left behind.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use carechain_types::Role;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Network, check_same, wait_for};

/// The folder of a retrieval under way.
fn staging(folder: &Path) -> Option<PathBuf> {
    let mut children = std::fs::read_dir(folder).unwrap().map(|child| child.unwrap().path());
    children.find(|path| path.to_str().unwrap().contains(".carechain-new-"))
}

#[test]
fn an_empty_folder_is_filled_where_it_is_however_it_is_named() {
    let network = Network::shared();
    let patient = network.person("fills", 1, Role::Patient);
    let ehr = patient.publish(&patient, "own", 10_000);
    for name in ["empty", "linked", "here"] {
        std::fs::create_dir(patient.folder.join(name)).unwrap();
    }
    std::os::unix::fs::symlink(patient.folder.join("linked"), patient.folder.join("link")).unwrap();
    let outputs =
        [("empty", "empty"), ("link", "linked"), ("here/.", "here"), ("deep/absent", "deep/absent")];
    for (out, folder) in outputs {
        patient.run(&["retrieve", &ehr, "--out", out]).done();
        check_same(&patient.folder.join(folder), &patient.folder.join("study"));
        assert_eq!(staging(&patient.folder.join(folder)), None);
    }
}

#[test]
fn an_output_that_cannot_be_is_refused_before_the_read_is_on_the_ledger() {
    let network = Network::shared();
    let patient = network.person("no-output", 1, Role::Patient);
    let ehr = patient.publish(&patient, "own", 10_000);
    std::os::unix::fs::symlink("/nowhere", patient.folder.join("dangling")).unwrap();
    let long = "n".repeat(300);
    std::fs::write(patient.folder.join("file"), b"mine").unwrap();
    for (out, code) in [
        (&*long, "file_access"),
        ("/proc/out", "file_access"),
        ("file/below", "file_access"),
        ("dangling", "folder_not_empty"),
        ("file", "folder_not_empty"),
    ] {
        patient.run(&["retrieve", &ehr, "--out", out]).failed(2, code);
    }
    assert_eq!(std::fs::read(patient.folder.join("file")).unwrap(), b"mine");
    assert!(patient.audited(&ehr).is_empty(), "nothing was asked for");
}

#[test]
fn a_retrieval_that_is_told_to_end_leaves_no_plaintext_and_one_that_is_killed_is_tidied_up_by_the_next() {
    let network = Network::shared();
    let patient = network.person("ended", 1, Role::Patient);
    let ehr = patient.publish(&patient, "own", 64 << 20);
    let folder = &patient.folder;
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::KILL] {
        let mut retrieve = patient.start(&["retrieve", &ehr, "--out", "out"]);
        wait_for("the private folder", || staging(folder));
        kill_process(Pid::from_child(&retrieve), signal).unwrap();
        let code = retrieve.wait().unwrap().code();
        assert!(!folder.join("out").exists(), "{signal:?}");
        let expected = if signal == Signal::KILL { (None, true) } else { (Some(1), false) };
        assert_eq!((code, staging(folder).is_some()), expected, "{signal:?}");
        if let Some(left) = staging(folder) {
            assert_eq!(std::fs::metadata(left).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
    patient.run(&["retrieve", &ehr, "--out", "out"]).done();
    check_same(&folder.join("out"), &folder.join("study"));
    assert_eq!(staging(folder), None);
}
