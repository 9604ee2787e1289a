//! What is found about the HTTP interface.

use carechain_schema::FindingCode;

use super::finding::Finding;
use crate::status::inputs::Inputs;

const ADVICE: &str = "write the new certificate and its key over the files that api_certificate and api_key name: the node uses \
                      them from the next connection on; \"Certificate\" in docs/operations.md says how to make one";

pub(super) fn certificate_refused(inputs: &Inputs) -> Option<Finding> {
    let sentence = inputs.certificate?.refused()?;
    Some(Finding::new(FindingCode::CertificateRefused, sentence, ADVICE))
}

pub(super) fn certificate_ending(inputs: &Inputs) -> Option<Finding> {
    let sentence = inputs.certificate?.ending()?;
    Some(Finding::new(FindingCode::CertificateEnding, sentence, ADVICE))
}
