//! The day of one record, and a gateway that lies about each step of it.

mod retrieving;

use std::path::PathBuf;

use carechain_crypto::PersonId;
use carechain_schema::ErrorCode;
use carechain_types::{
    AccessKind, AccessPurpose, BoundedString, BoundedVec, EhrKind, PersonValue, Reason, ReasonCode,
    RequestSelection, RequestStatus, Role, SealingKey, Span, StateKey, Visibility,
};

use crate::archive::Keys;
use crate::consent::RequestPlan;
use crate::error::OperationError;
use crate::keystore::Keystore;
use crate::progress::{Progress, Stage, Unwatched};
use crate::publish::{PublishPlan, Published};
use crate::retrieve::RetrieveTarget;
use crate::session::Session;
use crate::test_gateway::{Gateway, Lie};

struct Day {
    gateway: Gateway,
    patient: PersonId,
    patient_session: Session,
    author: Session,
    reader: Session,
}

impl Day {
    fn start() -> Self {
        let gateway = Gateway::start();
        let (patient, patient_session) = gateway.person("alice", Role::Patient);
        let (_, author) = gateway.person("doctor", Role::Doctor);
        let (_, reader) = gateway.person("colleague", Role::Doctor);
        Self { gateway, patient, patient_session, author, reader }
    }

    /// A study of a few megabytes; its bytes are known.
    fn study(&self) -> PathBuf {
        let folder = self.gateway.folder().join("study");
        if !folder.exists() {
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("report.txt"), b"no finding").unwrap();
            let image: Vec<u8> = (0..3_000_000_u32).map(|index| (index % 251) as u8).collect();
            std::fs::write(folder.join("image.dcm"), image).unwrap();
        }
        folder
    }

    fn plan(&self) -> PublishPlan {
        PublishPlan {
            patient: self.patient,
            inputs: vec![self.study()],
            keys: Keys::default(),
            kind: EhrKind::Study,
            keywords: vec!["CT ".to_owned(), "ct".to_owned()],
            title: "Thorax".to_owned(),
            staff: Vec::new(),
            visibility: Visibility::Searchable,
            amends: None,
            grant: None,
            recipients: Vec::new(),
        }
    }

    fn publish(&self) -> Result<Published, OperationError> {
        self.author.publish(&self.plan(), &Unwatched)
    }

    fn request(&self) -> Result<carechain_crypto::AccessRequestId, OperationError> {
        let text = BoundedString::new("second opinion").unwrap();
        let plan = RequestPlan {
            patient: self.patient,
            grantee: None,
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            selection: RequestSelection::default(),
            reason: Some(Reason { text, keywords: BoundedVec::empty() }),
        };
        Ok(self.reader.request(&plan)?.0)
    }

    fn spooled(&self, name: &str) -> usize {
        std::fs::read_dir(self.gateway.folder().join(name).join("spool")).map_or(0, Iterator::count)
    }
}

#[track_caller]
fn check_code<T>(result: Result<T, OperationError>, code: ErrorCode) {
    match result {
        Ok(_) => panic!("expected {code:?}"),
        Err(error) => assert_eq!(error.code(), code, "{error}"),
    }
}

#[track_caller]
fn check_same(output: &std::path::Path, study: &std::path::Path) {
    for name in ["report.txt", "image.dcm"] {
        assert_eq!(
            std::fs::read(output.join(name)).unwrap(),
            std::fs::read(study.join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_record_reaches_whom_the_patient_names() {
    let day = Day::start();
    let published = day.publish().unwrap();
    assert_eq!(published.entry_count, 2);
    assert_eq!(published.holders.len(), 2);
    assert_eq!(day.spooled("doctor"), 0, "nothing is left in the spool");
    let request = day.request().unwrap();
    let whole = day.patient_session.requests(day.patient).unwrap();
    assert_eq!(whole.items.len(), 1);
    let reason = day.patient_session.reason(&whole.items[0]).unwrap().unwrap();
    assert_eq!(reason.text.as_str(), "second opinion");
    check_code(day.reader.answer(request), ErrorCode::Refused);
    let (grant, _) = day.patient_session.approve(request, None, &[]).unwrap();
    check_code(day.patient_session.approve(request, None, &[]), ErrorCode::Conflict);
    assert_eq!(day.reader.answer(request).unwrap(), grant);
    let output = day.gateway.folder().join("out");
    let retrieved = day.reader.retrieve(RetrieveTarget::Request(request), &output, &Unwatched).unwrap();
    assert_eq!(retrieved[0].ehr_id, published.ehr_id);
    check_same(&output, &day.study());
    let output = day.gateway.folder().join("again");
    day.reader.retrieve(RetrieveTarget::Record(published.ehr_id), &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
    let output = day.gateway.folder().join("own");
    day.patient_session.retrieve(RetrieveTarget::Record(published.ehr_id), &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
    assert_eq!(day.patient_session.grants(day.patient).unwrap().items.len(), 1);
    assert_eq!(day.patient_session.records(day.patient).unwrap().items.len(), 1);
    published.committed.proof_file().unwrap();
}

#[test]
fn a_denied_request_and_a_record_without_a_grant_give_nothing() {
    let day = Day::start();
    let published = day.publish().unwrap();
    let output = day.gateway.folder().join("out");
    let target = RetrieveTarget::Record(published.ehr_id);
    check_code(day.reader.retrieve(target, &output, &Unwatched), ErrorCode::NotFound);
    let request = day.request().unwrap();
    day.patient_session.deny(request, ReasonCode::NotNeeded).unwrap();
    let target = RetrieveTarget::Request(request);
    check_code(day.reader.retrieve(target, &output, &Unwatched), ErrorCode::RequestDenied);
    assert!(!output.exists());
}

#[test]
fn a_gateway_that_lies_about_keys_makes_nobody_seal() {
    let day = Day::start();
    for (lie, code) in [
        (Lie::FalseKey, ErrorCode::ProofRefused),
        (Lie::StaleState, ErrorCode::ClockOff),
        (Lie::NoHeads, ErrorCode::Stale),
        (Lie::ClocksAhead, ErrorCode::ClockOff),
        (Lie::HiddenBlock, ErrorCode::Stale),
        (Lie::Absent, ErrorCode::ProofRefused),
    ] {
        day.gateway.lie(lie);
        check_code(day.publish(), code);
        assert_eq!(day.spooled("doctor"), 0, "{lie:?}: nothing was sealed");
        check_code(day.request(), code);
    }
    assert!(day.gateway.ledger.lock().unwrap().transactions.is_empty());
}

#[test]
fn a_patient_believes_no_false_part_list_or_key() {
    let day = Day::start();
    day.publish().unwrap();
    let request = day.request().unwrap();
    let sent = day.gateway.ledger.lock().unwrap().transactions.len();
    for lie in [Lie::FalsePart, Lie::ShortList, Lie::FalseKey, Lie::HiddenBlock] {
        day.gateway.lie(lie);
        let refused = day.patient_session.approve(request, None, &[]);
        assert!(refused.is_err(), "{lie:?}");
    }
    assert_eq!(day.gateway.ledger.lock().unwrap().transactions.len(), sent, "no grant was sent");
    day.gateway.lie(Lie::None);
    let view = day.patient_session.request_view(request).unwrap();
    assert_eq!(view.value.status, RequestStatus::Open);
}

#[test]
fn a_gateway_that_finds_too_much_by_keyword_widens_no_grant() {
    let day = Day::start();
    let meant = day.publish().unwrap().ehr_id;
    let other = day.publish().unwrap().ehr_id;
    let keywords = BoundedVec::new(vec![BoundedString::new("ct").unwrap()]).unwrap();
    let plan = RequestPlan {
        patient: day.patient,
        grantee: None,
        access: AccessKind::Read,
        purpose: AccessPurpose::Treatment,
        selection: RequestSelection::default(),
        reason: Some(Reason { text: BoundedString::default(), keywords }),
    };
    let (request, _) = day.reader.request(&plan).unwrap();
    let refused = day.patient_session.approve(request, None, &[]).unwrap_err();
    let OperationError::Choose { mut found } = refused else { panic!("{refused}") };
    found.sort_unstable();
    let mut both = vec![meant, other];
    both.sort_unstable();
    assert_eq!(found, both, "the gateway says that both have the keyword");
    let unknown = carechain_crypto::EhrId::ZERO;
    check_code(day.patient_session.approve(request, None, &[meant, unknown]), ErrorCode::NotFound);
    let (grant, _) = day.patient_session.approve(request, None, &[meant]).unwrap();
    let lines = day.reader.grant_view(grant).unwrap().value.lines;
    assert_eq!(lines.iter().map(|line| line.ehr_id).collect::<Vec<_>>(), [meant]);
}

#[test]
fn receipts_that_do_not_hold_do_not_count() {
    let day = Day::start();
    for lie in [Lie::FalseReceipts, Lie::OneReceipt] {
        day.gateway.lie(lie);
        check_code(day.publish(), ErrorCode::TooFewCopies);
    }
    day.gateway.lie(Lie::None);
    let interrupted = day.author.interrupted_uploads().unwrap();
    assert_eq!(interrupted.len(), 2, "both can be resumed");
    for upload in interrupted {
        day.author.resume(upload, &Unwatched).unwrap();
    }
    assert_eq!(day.patient_session.records(day.patient).unwrap().items.len(), 2);
    assert_eq!(day.spooled("doctor"), 0);
}

#[test]
fn a_broken_upload_goes_on_from_the_spool() {
    let day = Day::start();
    day.gateway.lie(Lie::BreakUpload);
    check_code(day.publish(), ErrorCode::DiskFull);
    day.gateway.lie(Lie::None);
    let upload = day.author.interrupted_uploads().unwrap()[0];
    let (_, other) = day.gateway.person("stranger", Role::Doctor);
    let from = day.gateway.folder().join("doctor/spool");
    let to = day.gateway.folder().join("stranger/spool");
    std::fs::create_dir_all(&to).unwrap();
    for child in std::fs::read_dir(&from).unwrap() {
        let child = child.unwrap();
        std::fs::copy(child.path(), to.join(child.file_name())).unwrap();
    }
    check_code(other.resume(upload, &Unwatched), ErrorCode::Damaged);
    let published = day.author.resume(upload, &Unwatched).unwrap();
    let output = day.gateway.folder().join("own");
    day.patient_session.retrieve(RetrieveTarget::Record(published.ehr_id), &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
}

#[test]
fn a_changed_spool_is_not_uploaded() {
    let day = Day::start();
    day.gateway.lie(Lie::BreakUpload);
    check_code(day.publish(), ErrorCode::DiskFull);
    day.gateway.lie(Lie::None);
    let upload = day.author.interrupted_uploads().unwrap()[0];
    let record = day.gateway.folder().join(format!("doctor/spool/{}.record", upload.to_hex()));
    let mut bytes = std::fs::read(&record).unwrap();
    bytes[2_000_000] ^= 1;
    std::fs::write(&record, bytes).unwrap();
    check_code(day.author.resume(upload, &Unwatched), ErrorCode::Damaged);
}

#[test]
fn a_broken_transfer_goes_on_and_a_flipped_bit_unpacks_nothing() {
    let day = Day::start();
    let published = day.publish().unwrap();
    let target = RetrieveTarget::Record(published.ehr_id);
    day.gateway.lie(Lie::FlippedBit);
    let output = day.gateway.folder().join("own");
    check_code(day.patient_session.retrieve(target, &output, &Unwatched), ErrorCode::Damaged);
    assert!(!output.exists());
    day.gateway.lie(Lie::BreakOnce);
    day.patient_session.retrieve(target, &output, &Unwatched).unwrap();
    check_same(&output, &day.study());
    check_code(day.patient_session.retrieve(target, &output, &Unwatched), ErrorCode::FolderNotEmpty);
}

#[test]
fn a_key_that_ended_is_not_sealed_to() {
    let day = Day::start();
    let key = StateKey::person(&day.patient);
    let mut value: PersonValue = day.gateway.ledger.lock().unwrap().get(&key).unwrap();
    value.sealing_keys.as_mut_slice()[0].until = crate::clock::now().before(Span::SECOND);
    day.gateway.ledger.lock().unwrap().put(key, &value);
    check_code(day.publish(), ErrorCode::Refused);
    // Another key in force, which the patient's keystore does not hold: sealed to it, opened by nobody here.
    let other = Keystore::generate();
    let enrolled = other.enrolment().possession.sealing_keys[0].clone();
    let period = carechain_types::SealingKeyPeriod {
        key: SealingKey { ..enrolled },
        from: crate::clock::now().before(Span::SECOND),
        until: carechain_types::Time::ZERO,
    };
    value.sealing_keys.push(period).unwrap();
    day.gateway.ledger.lock().unwrap().put(key, &value);
    let published = day.publish().unwrap();
    let output = day.gateway.folder().join("own");
    let target = RetrieveTarget::Record(published.ehr_id);
    check_code(day.patient_session.retrieve(target, &output, &Unwatched), ErrorCode::WrongKey);
}

#[test]
fn cancelling_stops_before_anything_is_sent() {
    struct Cancelled;
    impl Progress for Cancelled {
        fn advance(&self, _: Stage, _: u64, _: Option<u64>) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let day = Day::start();
    assert!(day.author.publish(&day.plan(), &Cancelled).is_err());
    assert_eq!(day.spooled("doctor"), 0);
    assert!(day.gateway.ledger.lock().unwrap().transactions.is_empty());
}
