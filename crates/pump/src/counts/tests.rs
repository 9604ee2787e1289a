//! Alert rules and handbook name counters of record files that a node shows.

use std::collections::BTreeSet;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::Counters;

const ALERTS: &str = include_str!("../../../../docs/alerts.yml");
const HANDBOOK: &str = include_str!("../../../../docs/operations.md");

/// Names of metrics of record files in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    words.filter(|word| word.starts_with("carechain_files_") && !word.ends_with('_')).collect()
}

#[test]
fn each_counter_of_an_alert_or_of_the_handbook_exists() {
    let mut registry = Registry::with_prefix("carechain");
    Counters::default().register(registry.sub_registry_with_prefix("files"));
    let mut shown = String::from("\n");
    encode(&mut shown, &registry).unwrap();
    assert!(names(ALERTS).len() > 5, "the rules were read");
    for name in names(ALERTS).union(&names(HANDBOOK)) {
        assert!(shown.contains(&format!("\n{name} ")), "{name} is shown by no node");
    }
}
