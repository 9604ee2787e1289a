//! Alert rules name metrics that a node shows.

use std::collections::BTreeSet;

use super::{Metrics, NodeCounts};

const ALERTS: &str = include_str!("../../../../docs/alerts.yml");

/// The metric of findings, whose rules crate `schema` compares with its codes.
const FINDINGS: &str = "carechain_finding";

/// Names of metrics in a text, but those of record files, which crate `pump` compares with its counters.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    let metrics = words.filter(|word| word.starts_with("carechain_") && !word.ends_with('_'));
    metrics.filter(|word| !word.starts_with("carechain_files_") && *word != FINDINGS).collect()
}

#[test]
fn each_metric_of_an_alert_exists() {
    let metrics = Metrics::new(NodeCounts::default(), |_| ());
    let shown = format!("\n{}", metrics.encode());
    assert!(!names(ALERTS).is_empty(), "the rules were read");
    for name in names(ALERTS) {
        assert!(shown.contains(&format!("\n{name} ")), "{name} is shown by no node");
    }
}
