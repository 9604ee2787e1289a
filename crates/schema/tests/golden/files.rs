//! Uploads, and what publishing and retrieving report.

use carechain_schema::{CopyHolder, PublishReport, RetrieveReport, RetrievedLine, UploadState, UploadStatus};

use crate::check_document;
use crate::examples::{id, time};

#[test]
fn uploads_are_as_they_were() {
    check_document(UploadStatus {
        upload_id: "0f".repeat(16),
        state: UploadState::Receiving,
        chunk_count: 12,
        present: vec![(0, 4), (7, 8)],
        expiry: time(1),
    });
}

#[test]
fn publish_and_retrieve_are_as_they_were() {
    check_document(PublishReport {
        ehr_id: id("ehr", 'a'),
        patient: id("per", 'a'),
        bytes: 65_536,
        entry_count: 3,
        copies: vec![
            CopyHolder { hospital: id("hos", 'a'), name: "east".to_owned() },
            CopyHolder { hospital: id("hos", 'b'), name: "north".to_owned() },
        ],
        proof_path: Some("ehr.proof.json".to_owned()),
    });
    let record = RetrievedLine {
        ehr_id: id("ehr", 'a'),
        grant_id: Some(id("grt", 'a')),
        bytes: 65_536,
        entry_count: 3,
        out: "d".to_owned(),
    };
    check_document(RetrieveReport { out: "d".to_owned(), records: vec![record] });
}
