//! Certificates that are swapped while they are in use.

use std::path::Path;

use tempfile::TempDir;

use super::{Certificate, CertificateError, Validity};

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
    assert_eq!(certificate.0.newest().certified.cert[0], *expected.cert.der());
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

#[test]
fn chain_is_good_while_all_of_it_is_and_for_the_hosts_of_its_first() {
    let folder = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = |host: &str, years: [i32; 2]| {
        let mut params = rcgen::CertificateParams::new(vec![host.to_owned(), "10.0.0.5".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(years[0], 1, 1);
        params.not_after = rcgen::date_time_ymd(years[1], 1, 1);
        params.self_signed(&key).unwrap().pem()
    };
    let chain = [pem("anna.example", [2020, 2040]), pem("authority.example", [2025, 2030])].concat();
    std::fs::write(folder.path().join("api.pem"), chain).unwrap();
    std::fs::write(folder.path().join("api.key"), key.serialize_pem()).unwrap();
    let certificate = load(&folder).unwrap();
    let Validity { begins, ends } = certificate.validity();
    assert_eq!((begins.as_micros(), ends.as_micros()), (1_735_689_600_000_000, 1_893_456_000_000_000));
    for (host, expected) in [
        ("anna.example", true),
        ("10.0.0.5", true),
        ("authority.example", false),
        ("10.0.0.6", false),
        ("", false),
    ] {
        assert_eq!(certificate.is_for(host), expected, "{host}");
    }
}
