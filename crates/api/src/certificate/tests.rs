//! Certificates that are swapped while they are in use.

use std::path::Path;

use tempfile::TempDir;

use super::{Certificate, CertificateError};

fn write(folder: &Path) -> rcgen::CertifiedKey {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("api.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("api.key"), made.key_pair.serialize_pem()).unwrap();
    made
}

fn load(folder: &TempDir) -> Result<Certificate, CertificateError> {
    Certificate::load(&folder.path().join("api.pem"), &folder.path().join("api.key"))
}

#[track_caller]
fn presents(certificate: &Certificate, expected: &rcgen::CertifiedKey) {
    assert_eq!(certificate.0.newest().cert[0], *expected.cert.der());
}

#[test]
fn changed_files_are_used_from_the_next_handshake_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path());
    let certificate = load(&folder).unwrap();
    presents(&certificate, &first);
    let second = write(folder.path());
    presents(&certificate, &second);
}

#[test]
fn half_of_a_renewal_is_not_used_and_the_whole_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path());
    let certificate = load(&folder).unwrap();
    let second = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("api.pem"), second.cert.pem()).unwrap();
    presents(&certificate, &first);
    std::fs::write(folder.path().join("api.key"), second.key_pair.serialize_pem()).unwrap();
    presents(&certificate, &second);
    std::fs::remove_file(folder.path().join("api.key")).unwrap();
    presents(&certificate, &second);
}

#[test]
fn files_that_do_not_serve_are_refused_at_the_start_with_their_names() {
    let folder = tempfile::tempdir().unwrap();
    assert!(load(&folder).unwrap_err().to_string().contains("api.pem"));
    write(folder.path());
    std::fs::write(folder.path().join("api.pem"), "no certificate").unwrap();
    assert!(matches!(load(&folder), Err(CertificateError::File { .. })));
    let first = write(folder.path());
    write(folder.path());
    std::fs::write(folder.path().join("api.pem"), first.cert.pem()).unwrap();
    let error = load(&folder).unwrap_err().to_string();
    assert!(error.contains("api.pem") && error.contains("api.key"), "{error}");
}
