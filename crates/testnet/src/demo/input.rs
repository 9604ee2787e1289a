//! What a demonstration publishes, and the hashes it is compared with.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use carechain_crypto::{Digest, hash};

use super::error::DemoError;
use super::files::{read, write};
use super::plan::DemoPlan;
use crate::noise::Noise;

/// Bytes of the generated image: a CT slice stack of ordinary size.
const IMAGE_BYTES: usize = 24 << 20;

/// Hashes of files by their path below what was published.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Hashes {
    pub(super) files: BTreeMap<PathBuf, Digest>,
    pub(super) bytes: u64,
}

/// The inputs as given, or a generated study.
pub(super) fn prepare(plan: &DemoPlan) -> Result<Vec<PathBuf>, DemoError> {
    if !plan.inputs.is_empty() {
        return Ok(plan.inputs.clone());
    }
    let folder = plan.folder.join("study");
    std::fs::create_dir_all(&folder).map_err(|source| DemoError::File { path: folder.clone(), source })?;
    write(&folder.join("bundle.json"), BUNDLE.as_bytes())?;
    write(&folder.join("report.txt"), REPORT.as_bytes())?;
    write(&folder.join("series-1.dcm"), &image())?;
    Ok(vec![folder])
}

/// A DICOM preamble and noise.
fn image() -> Vec<u8> {
    let mut bytes = vec![0; IMAGE_BYTES];
    bytes[128..132].copy_from_slice(b"DICM");
    Noise::new(0).read_exact(&mut bytes[132..]).expect("noise does not end");
    bytes
}

/// Hashes of everything below the inputs.
pub(super) fn hashes(inputs: &[PathBuf]) -> Result<Hashes, DemoError> {
    let mut hashes = Hashes { files: BTreeMap::new(), bytes: 0 };
    for input in inputs {
        // The contents of a folder that stands alone are at the top of the record.
        let alone = inputs.len() == 1 && input.is_dir();
        let base = if alone { input } else { input.parent().unwrap_or(Path::new("")) };
        add(&mut hashes, base, input)?;
    }
    Ok(hashes)
}

fn add(hashes: &mut Hashes, base: &Path, path: &Path) -> Result<(), DemoError> {
    let failed = |source| DemoError::File { path: path.to_owned(), source };
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            add(hashes, base, &entry.map_err(failed)?.path())?;
        }
        return Ok(());
    }
    let bytes = read(path)?;
    hashes.bytes += bytes.len() as u64;
    let relative = path.strip_prefix(base).unwrap_or(path).to_owned();
    hashes.files.insert(relative, hash(&bytes));
    Ok(())
}

/// Hashes of everything in a folder that was retrieved.
pub(super) fn retrieved(folder: &Path) -> Result<Hashes, DemoError> {
    let mut hashes = Hashes { files: BTreeMap::new(), bytes: 0 };
    add(&mut hashes, folder, folder)?;
    Ok(hashes)
}

const BUNDLE: &str = r#"{
  "resourceType": "Bundle",
  "type": "collection",
  "entry": [
    {"resource": {"resourceType": "ImagingStudy", "status": "available", "modality": [{"code": "CT"}],
      "subject": {"display": "Example patient"}, "numberOfSeries": 1, "numberOfInstances": 1}},
    {"resource": {"resourceType": "DiagnosticReport", "status": "final",
      "code": {"text": "CT of the thorax"}, "conclusion": "No pulmonary nodules."}}
  ]
}
"#;

const REPORT: &str = "CT of the thorax, native.\nIndication: persistent cough.\nFindings: no pulmonary nodules, no effusion, \
normal mediastinum.\nImpression: unremarkable.\n";
