//! Profiles read from files, good and bad.

use super::{Profile, ProfileError};

const GOOD: &str = r#"
[profile.alice]
node = "http://127.0.0.1:8001/"
genesis = "genesis.json"
key = "/keys/alice.key"
role = "patient"
"#;

fn load(text: &str, name: Option<&str>) -> Result<Profile, ProfileError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client.toml");
    std::fs::write(&path, text).unwrap();
    Profile::load(&path, name).map(|profile| Profile {
        genesis: profile.genesis.strip_prefix(folder.path()).unwrap().to_owned(),
        state: profile.state.strip_prefix(folder.path()).unwrap().to_owned(),
        ..profile
    })
}

#[track_caller]
fn check_message(text: &str, parts: &[&str]) {
    let message = load(text, None).unwrap_err().to_string();
    for part in parts {
        assert!(message.contains(part), "{message} lacks {part}");
    }
}

#[test]
fn the_only_profile_is_used_and_paths_start_at_the_file() {
    let profile = load(GOOD, None).unwrap();
    assert_eq!(profile.node.as_str(), "http://127.0.0.1:8001");
    assert_eq!(profile.genesis.to_str(), Some("genesis.json"));
    assert_eq!(profile.key.to_str(), Some("/keys/alice.key"));
    assert_eq!(profile.state.to_str(), Some("state/alice"));
    assert_eq!(profile.registry.file_name().and_then(|name| name.to_str()), Some("registry"));
    assert_eq!(profile.person, None);
}

#[test]
fn one_of_several_is_named() {
    let text = format!("{GOOD}{}", GOOD.replace("alice", "bob"));
    assert_eq!(load(&text, Some("bob")).unwrap().name, "bob");
    let message = load(&text, None).unwrap_err().to_string();
    assert!(message.contains("alice, bob"), "{message}");
}

#[test]
fn https_wants_the_certificate_that_the_node_must_show() {
    let https = GOOD.replace("http://127.0.0.1:8001/", "https://10.0.0.5:7100");
    check_message(&https, &["node", "https://10.0.0.5:7100", "`ca`"]);
    let profile = load(&format!("{https}ca = \"ca.pem\"\n"), None).unwrap();
    assert!(profile.ca.unwrap().ends_with("ca.pem"));
    check_message(&format!("{GOOD}ca = \"ca.pem\"\n"), &["node", "http://127.0.0.1:8001", "`ca`"]);
}

#[test]
fn messages_name_key_and_value() {
    check_message(&format!("{GOOD}colour = 3\n"), &["colour"]);
    check_message(&GOOD.replace("\"patient\"", "\"king\""), &["role", "king", "doctor"]);
    check_message(&GOOD.replace("http://127.0.0.1:8001/", "ftp://x"), &["node", "ftp://x"]);
    check_message(&GOOD.replace("key =", "kee ="), &["kee"]);
    check_message(&format!("{GOOD}person = \"per_aaaa\"\n"), &["person", "per_aaaa"]);
}

#[test]
fn http_to_another_machine_is_refused_unless_the_profile_says_so() {
    let clear = GOOD.replace("127.0.0.1", "10.0.0.5");
    check_message(
        &clear,
        &["node", "http://10.0.0.5:8001/", "everybody on the way", "https://", "insecure = true"],
    );
    let profile = load(&format!("{clear}insecure = true\n"), None).unwrap();
    assert_eq!(profile.node.as_str(), "http://10.0.0.5:8001");
}
