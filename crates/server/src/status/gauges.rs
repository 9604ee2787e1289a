//! Findings as figures: what an alert rule watches.

use carechain_schema::{FindingCode, FindingLine};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// One gauge a code, and one for readiness.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauges {
    findings: Family<Code, Gauge>,
    ready: Gauge,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Code {
    code: &'static str,
}

impl Gauges {
    /// Lists them for the metrics.
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "1 while this is found, see docs/operations.md";
        registry.register("finding", help, self.findings.clone());
        registry.register("ready", "1 while no finding blocks", self.ready.clone());
    }

    /// Shows what is found.
    pub(super) fn set(&self, found: &[FindingLine], ready: bool) {
        for code in FindingCode::ALL {
            let is = found.iter().any(|line| line.code == *code);
            self.findings.get_or_create(&Code { code: code.as_str() }).set(i64::from(is));
        }
        self.ready.set(i64::from(ready));
    }
}
