//! Alert rules and handbook name metrics that a node shows.

use std::collections::BTreeSet;

use super::world::{World, runtime};
use crate::server::metrics::{Metrics, NodeCounts};

const ALERTS: &str = include_str!("../../../../../../docs/alerts.yml");
const HANDBOOK: &str = include_str!("../../../../../../docs/operations.md");

/// A crate in settings of the log, and the metric of findings, whose rules crate `schema` compares with its codes.
const ELSEWHERE: [&str; 2] = ["carechain_consensus", "carechain_finding"];

/// Names of metrics of record files in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_');
    words
        .filter(|word| word.starts_with("carechain_") && !word.ends_with('_') && !ELSEWHERE.contains(word))
        .collect()
}

#[test]
fn each_metric_of_an_alert_or_of_the_handbook_exists() {
    runtime().block_on(async {
        let world = World::start(1).await;
        let metrics = Metrics::new(NodeCounts::default(), world.files(0), |_| ());
        let shown = format!("\n{}", metrics.text(&world.at(0).network));
        assert!(names(ALERTS).len() > 10, "the rules were read");
        // The handbook also names what other parts of the node count.
        let mut of_handbook = names(HANDBOOK);
        of_handbook.retain(|name| name.starts_with("carechain_files_"));
        for name in names(ALERTS).union(&of_handbook) {
            assert!(shown.contains(&format!("\n{name} ")), "{name} is shown by no node");
        }
    });
}
