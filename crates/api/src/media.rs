//! Media types of what is answered.

/// Documents.
pub(crate) const JSON: &str = "application/json";
/// Canonical bytes, sealed bytes, the genesis file.
pub(crate) const OCTETS: &str = "application/octet-stream";
/// Figures for Prometheus.
pub(crate) const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
