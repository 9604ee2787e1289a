//! The example file is the defaults; wrong values name their key and bound.

use std::path::Path;

use super::{Config, RawConfig};

fn check(text: &str) -> Result<Config, String> {
    let raw: RawConfig = toml::from_str(text).map_err(|error| error.to_string())?;
    Config::check(raw, Path::new("/base")).map_err(|error| error.to_string())
}

#[test]
fn example_file_is_the_defaults() {
    let text = include_str!("../../../../node.toml.example");
    let raw: RawConfig = toml::from_str(text).expect("the example parses");
    assert_eq!(raw, RawConfig::default());
    for key in toml::Value::try_from(RawConfig::default())
        .expect("defaults are a table")
        .as_table()
        .expect("a table")
    {
        for name in key.1.as_table().expect("a section").keys() {
            assert!(text.contains(&format!("{name} = ")), "{name} is not in the example");
        }
    }
}

#[test]
fn unknown_key_is_named() {
    let error = check("[node]\ndata_foldr = \"x\"\n").expect_err("refused");
    assert!(error.contains("data_foldr"), "{error}");
}

#[test]
fn number_out_of_bounds_names_key_value_and_bound() {
    let error = check("[cluster]\nview_timeout_ms = 7\n").expect_err("refused");
    assert_eq!(error, "cluster.view_timeout_ms = 7 is outside 50 to 60000");
}

#[test]
fn reserves_must_fall() {
    let error = check("[node]\ndisk_reserve_transactions = 11\n").expect_err("refused");
    assert!(error.contains("transactions 11 %"), "{error}");
    let error = check("[node]\ndisk_reserve_votes = 6\n").expect_err("refused");
    assert!(error.contains("votes 6 %"), "{error}");
}

#[test]
fn address_without_port_is_refused() {
    let error = check("[node]\napi_listen = \"localhost\"\n").expect_err("refused");
    assert!(error.contains("node.api_listen = \"localhost\""), "{error}");
}

#[test]
fn interface_in_the_clear_for_other_machines_is_refused_unless_wanted() {
    let listen = "[node]\napi_listen = \"10.0.0.5:7100\"\n";
    let error = check(listen).expect_err("refused");
    assert!(error.contains("api_listen = \"10.0.0.5:7100\"") && error.contains("in the clear"), "{error}");
    assert!(check(&format!("{listen}api_insecure = true\n")).expect("wanted").node.api_tls.is_none());
    let files = "api_certificate = \"api.pem\"\napi_key = \"api.key\"\n";
    let tls = check(&format!("{listen}{files}")).expect("encrypted").node.api_tls.expect("files");
    assert_eq!(tls.key, Path::new("/base/api.key"));
    let error = check("[node]\napi_key = \"api.key\"\n").expect_err("refused");
    assert!(error.contains("api_key = \"api.key\"") && error.contains("together"), "{error}");
}

#[test]
fn relative_paths_start_at_the_file() {
    let config = check("").expect("defaults hold");
    assert_eq!(config.node.data_folder, Path::new("/base/data"));
}
