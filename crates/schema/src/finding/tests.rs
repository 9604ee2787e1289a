//! Codes and their order.

use super::{FindingCode, Severity};

#[test]
fn what_blocks_comes_before_what_does_not() {
    let severities: Vec<_> = FindingCode::ALL.iter().map(|code| code.severity()).collect();
    let blocking = severities.iter().take_while(|severity| **severity == Severity::Blocking).count();
    assert!(severities[blocking..].iter().all(|severity| *severity == Severity::Warning));
    assert!(FindingCode::ALL.is_sorted());
}

#[test]
fn each_code_is_written_the_same_everywhere() {
    for code in FindingCode::ALL {
        let json = serde_json::to_string(code).expect("a word");
        assert_eq!(json, format!("\"{}\"", code.as_str()));
    }
}

/// A file of this repository's documentation.
fn document(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_finding_has_one_alert_rule_and_a_row_in_the_handbook() {
    let (alerts, handbook) = (document("alerts.yml"), document("operations.md"));
    for code in FindingCode::ALL {
        let rule = format!("carechain_finding{{code=\"{}\"}} == 1\n", code.as_str());
        assert_eq!(alerts.matches(&rule).count(), 1, "{rule}");
        let row = format!("\n| `{}` | ", code.as_str());
        assert_eq!(handbook.matches(&row).count(), 1, "{row}");
    }
    assert_eq!(alerts.matches("code=").count(), FindingCode::ALL.len(), "rules for codes that exist");
}
