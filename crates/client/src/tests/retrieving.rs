//! Where a record is unpacked to, and what is left when the work is cut off.

use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use carechain_schema::ErrorCode;

use super::{Day, check_code, check_same};
use crate::progress::{Progress, Stage, Unwatched};
use crate::retrieve::RetrieveTarget;
use crate::test_gateway::Lie;

/// Cancels at the first sign of a stage.
struct CancelAt {
    stage: Stage,
    met: AtomicBool,
}

impl CancelAt {
    const fn new(stage: Stage) -> Self {
        Self { stage, met: AtomicBool::new(false) }
    }
}

impl Progress for CancelAt {
    fn advance(&self, stage: Stage, done: u64, _: Option<u64>) {
        if stage == self.stage && done > 0 {
            self.met.store(true, Ordering::Relaxed);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.met.load(Ordering::Relaxed)
    }
}

impl Day {
    fn reads(&self) -> Vec<u64> {
        self.gateway.ledger.lock().unwrap().reads.clone()
    }

    fn fetched(&self) -> Vec<PathBuf> {
        let spool = self.gateway.folder().join("alice/spool");
        let children = std::fs::read_dir(spool).unwrap().map(|child| child.unwrap().path());
        children.filter(|path| path.extension().is_some_and(|suffix| suffix == "fetched")).collect()
    }
}

/// Folders and files in a folder, hidden ones too.
fn names(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn an_empty_folder_is_filled_and_stays_the_same_folder() {
    let day = Day::start();
    let target = RetrieveTarget::Record(day.publish().unwrap().ehr_id);
    let folder = day.gateway.folder();
    for (name, output) in [("empty", "empty"), ("dotted", "dotted/."), ("linked", "link")] {
        std::fs::create_dir(folder.join(name)).unwrap();
        if output == "link" {
            symlink(folder.join(name), folder.join(output)).unwrap();
        }
        let before = std::fs::metadata(folder.join(name)).unwrap().ino();
        day.patient_session.retrieve(target, &folder.join(output), &Unwatched).unwrap();
        check_same(&folder.join(name), &day.study());
        assert_eq!(std::fs::metadata(folder.join(name)).unwrap().ino(), before, "{name}");
        assert_eq!(names(&folder.join(name)), 2, "{name}: the study and nothing else");
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_refused_before_the_read_is_logged() {
    let day = Day::start();
    let target = RetrieveTarget::Record(day.publish().unwrap().ehr_id);
    let folder = day.gateway.folder();
    std::fs::write(folder.join("file"), b"mine").unwrap();
    symlink(folder.join("nowhere"), folder.join("dangling")).unwrap();
    let long = "x".repeat(300);
    let before = names(&folder);
    for (output, code) in [
        ("file", ErrorCode::FolderNotEmpty),
        ("dangling", ErrorCode::FolderNotEmpty),
        ("file/below", ErrorCode::FileAccess),
        (&long, ErrorCode::FileAccess),
        ("new/\0", ErrorCode::FileAccess),
    ] {
        check_code(day.patient_session.retrieve(target, &folder.join(output), &Unwatched), code);
    }
    // A folder that nobody can write whoever they are.
    check_code(
        day.patient_session.retrieve(target, Path::new("/proc/carechain"), &Unwatched),
        ErrorCode::FileAccess,
    );
    assert!(day.reads().is_empty(), "no read was asked for");
    assert_eq!(std::fs::read(folder.join("file")).unwrap(), b"mine");
    assert_eq!(names(&folder), before, "nothing is left behind");
}

#[test]
fn a_retrieve_that_is_cut_off_leaves_no_plaintext_and_goes_on_in_the_next_run() {
    let day = Day::start();
    let target = RetrieveTarget::Record(day.publish().unwrap().ehr_id);
    let output = day.gateway.folder().join("deep/own");
    for stage in [Stage::Fetching, Stage::Unpacking] {
        let cut = day.patient_session.retrieve(target, &output, &CancelAt::new(stage));
        check_code(cut, ErrorCode::Internal);
        assert!(!output.parent().unwrap().exists(), "{stage:?}: folders made for it are gone too");
        assert_eq!(day.fetched().len(), 1, "{stage:?}: ciphertext is kept");
    }
    day.patient_session.retrieve(target, &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
    let [first, second, third] = day.reads()[..] else { panic!("{:?}", day.reads()) };
    assert_eq!(first, 0);
    assert!(second > 0, "the second run goes on");
    let length = 3_000_000;
    assert!(third > length, "the third has all, and asks for the last byte so that the read is decided");
    assert_eq!(day.fetched().len(), 0);
}

#[test]
fn spooled_bytes_that_are_wrong_are_fetched_again() {
    let day = Day::start();
    let target = RetrieveTarget::Record(day.publish().unwrap().ehr_id);
    let output = day.gateway.folder().join("own");
    let cut = day.patient_session.retrieve(target, &output, &CancelAt::new(Stage::Unpacking));
    check_code(cut, ErrorCode::Internal);
    let spooled = day.fetched().remove(0);
    let mut bytes = std::fs::read(&spooled).unwrap();
    bytes[1_000_000] ^= 1;
    std::fs::write(&spooled, bytes).unwrap();
    day.patient_session.retrieve(target, &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
    assert_eq!(day.reads().last(), Some(&0));
}

#[test]
fn wrong_bytes_of_a_gateway_are_not_kept() {
    let day = Day::start();
    let target = RetrieveTarget::Record(day.publish().unwrap().ehr_id);
    let output = day.gateway.folder().join("own");
    day.gateway.lie(Lie::FlippedBit);
    check_code(day.patient_session.retrieve(target, &output, &Unwatched), ErrorCode::Damaged);
    assert_eq!(day.fetched().len(), 0);
}

/// Cancels at the first fetched byte after something was unpacked: in the second record.
#[derive(Default)]
struct CancelInSecond {
    unpacked: AtomicBool,
    met: AtomicBool,
}

impl Progress for CancelInSecond {
    fn advance(&self, stage: Stage, _: u64, _: Option<u64>) {
        if stage == Stage::Unpacking {
            self.unpacked.store(true, Ordering::Relaxed);
        } else if self.unpacked.load(Ordering::Relaxed) {
            self.met.store(true, Ordering::Relaxed);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.met.load(Ordering::Relaxed)
    }
}

#[test]
fn of_several_records_those_that_are_whole_are_kept_when_another_is_not() {
    let day = Day::start();
    let records = [day.publish().unwrap().ehr_id, day.publish().unwrap().ehr_id];
    let request = day.request().unwrap();
    day.patient_session.approve(request, None, &records).unwrap();
    let output = day.gateway.folder().join("out");
    let target = RetrieveTarget::Request(request);
    let cut = day.reader.retrieve(target, &output, &CancelInSecond::default());
    check_code(cut, ErrorCode::Internal);
    let kept: Vec<_> = records.iter().filter(|record| output.join(record.to_string()).exists()).collect();
    assert_eq!((kept.len(), names(&output)), (1, 1));
    check_same(&output.join(kept[0].to_string()), &day.study());
    assert_eq!(day.reader.retrieve(target, &day.gateway.folder().join("both"), &Unwatched).unwrap().len(), 2);
}
