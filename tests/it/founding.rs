//! `genesis create`: what nobody could run is refused in words, and after a mistake the same command works.

use crate::support::carechain;

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
