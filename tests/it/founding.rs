//! `genesis create`: what nobody could run is refused in words, and after a mistake the same command works.

use std::net::TcpListener;
use std::path::Path;
use std::process::Child;

use crate::support::{carechain, command, wait_for};

const ANNA: &str = "St. Anna=anna.example:7101,anna.example:7102";
const GENERAL: &str = "General=general.example:7101,general.example:7102";

fn create<'a>(hospitals: &[&'a str]) -> Vec<&'a str> {
    let mut typed = vec!["genesis", "create", "--dir", "founding", "--name", "City", "--json"];
    for hospital in hospitals {
        typed.extend(["--hospital", *hospital]);
    }
    typed
}

#[test]
fn what_nobody_could_run_is_refused_and_the_retry_works() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let refused = [
        ("A=a.example:0,a.example:7102", "from 1 to 65535"),
        ("A=a.example:99999,a.example:7102", "from 1 to 65535"),
        ("A=a.example:abc,a.example:7102", "from 1 to 65535"),
        ("A=:7101,a.example:7102", "the host is a name"),
        ("A=a.example,a.example:7102", "HOST:PORT"),
        ("A=0.0.0.0:7101,a.example:7102", "name no machine"),
        (" =a.example:7101,a.example:7102", "at least one letter"),
        ("a.example:7101,a.example:7102", "NAME=HOST:PORT"),
        ("ST.  ANNA=other.example:7101,other.example:7102", "two hospitals are called"),
        ("A=ANNA.example:7101,a.example:7102", "anna.example:7101 is named twice"),
        ("A=a.example:7101,a.example:7101", "a.example:7101 is named twice"),
    ];
    for (hospital, words) in refused {
        let message = carechain(folder, &create(&[ANNA, hospital])).failed(2, "usage");
        assert!(message.contains(words), "{hospital}: {message}");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "{hospital}: nothing is left");
    }
    let made = carechain(folder, &create(&[ANNA, GENERAL])).data();
    assert_eq!(made["hospitals"].as_array().unwrap().len(), 2);
    let taken = carechain(folder, &create(&[ANNA, GENERAL])).failed(2, "usage");
    assert!(taken.contains("not an empty folder"), "{taken}");
}

#[test]
fn a_ledger_that_stands_no_loss_is_founded_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let made = carechain(folder.path(), &create(&[ANNA])).done();
    assert!(made.stderr.contains("warning: with 1 the ledger stops"), "{}", made.stderr);
    let four = ["B=b:1,b:2", "C=c:1,c:2", "D=d:1,d:2", "E=e:1,e:2"];
    let typed: Vec<_> =
        create(&four).into_iter().map(|word| if word == "founding" { "other" } else { word }).collect();
    assert_eq!(carechain(folder.path(), &typed).done().stderr, "");
}

/// A node's process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already if it failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_hospital_runs_encrypted_with_the_files_of_its_founding() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let free = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [votes, bulk, api] = free.each_ref().map(|listener| listener.local_addr().unwrap());
    drop(free);
    let hospital = format!("Anna={votes},{bulk}");
    carechain(folder, &create(&[&hospital])).done();
    // Where the handbook carries them, as far as this test may write.
    let files = folder.join("founding/hospital-1");
    let config = files.join("etc/node.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let text = text.replace("/var/lib/carechain", files.join("node").to_str().unwrap());
    std::fs::write(&config, text.replace("0.0.0.0:7100", &api.to_string())).unwrap();
    let credentials = folder.join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    std::fs::copy(files.join("etc/credential"), credentials.join("carechain-passphrase")).unwrap();
    let config = config.to_str().unwrap();
    let checked = carechain(folder, &["node", "check", "--config", config]).done();
    assert!(checked.stdout.contains("is sound") && checked.stderr.is_empty(), "{checked:?}");
    let mut run = command(folder, &["node", "run", "--config", config]);
    let _node = Process(run.env("CREDENTIALS_DIRECTORY", credentials).spawn().unwrap());
    let (url, ca) = (format!("https://{api}"), files.join("etc/api.pem"));
    let status = ["node", "status", "--json", "--url", &url];
    wait_for("the node answers encrypted", || {
        let ran = carechain(folder, &[&status[..], &["--ca", ca.to_str().unwrap()]].concat());
        (ran.code == 0).then_some(())
    });
    carechain(folder, &status).failed(5, "no_node");
}

/// Writes a certificate for an address that is good for some days from now, with its key, under a name.
fn certificate(folder: &Path, name: &str, host: &str, days: i64) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.not_before = time::OffsetDateTime::now_utc() - time::Duration::days(100);
    params.not_after = time::OffsetDateTime::now_utc() + time::Duration::days(days);
    std::fs::write(folder.join(format!("{name}.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}

#[test]
fn node_check_says_what_is_wrong_with_certificate_and_token() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let check = |lines: &str| {
        let text = format!("[node]\napi_listen = \"10.0.0.5:7100\"\n{lines}");
        std::fs::write(folder.join("node.toml"), text).unwrap();
        carechain(folder, &["node", "check", "--config", "node.toml", "--json"])
    };
    let pair = |certificate: &str, key: &str| {
        check(&format!("api_certificate = \"{certificate}.pem\"\napi_key = \"{key}.key\"\n"))
    };
    certificate(folder, "good", "10.0.0.5", 90);
    assert_eq!(pair("good", "good").done().stderr, "");
    certificate(folder, "ending", "10.0.0.5", 12);
    let warned = pair("ending", "ending").done().stderr;
    assert!(warned.contains("ending.pem") && warned.contains("ends in 11 days"), "{warned}");
    certificate(folder, "ended", "10.0.0.5", -3);
    certificate(folder, "elsewhere", "10.0.0.6", 90);
    for (certificate, key, words) in [
        ("ended", "ended", "ended.pem: the certificate of the HTTP interface ended 3 days ago"),
        ("elsewhere", "elsewhere", "is not for 10.0.0.5, which node.api_listen names"),
        ("good", "elsewhere", "do not serve"),
        ("absent", "good", "absent.pem"),
    ] {
        let message = pair(certificate, key).failed(2, "usage");
        assert!(message.contains(words), "{message}");
    }
    let named = "api_certificate = \"good.pem\"\napi_key = \"good.key\"\napi_hosts = [\"anna.example\"]\n";
    let message = check(named).failed(2, "usage");
    assert!(message.contains("is not for anna.example, which node.api_hosts names"), "{message}");
    std::fs::write(folder.join("token"), "\n").unwrap();
    let message = check("api_insecure = true\napi_token_file = \"token\"\n").failed(2, "usage");
    assert!(message.contains("api_token_file") && message.contains("is no token"), "{message}");
}
