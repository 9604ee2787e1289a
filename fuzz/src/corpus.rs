//! The inputs that git keeps: one file a target in `fuzz/corpus`, each input behind its length (u32, little-endian).
//!
//! Thousands of files of a few bytes each would be most of the repository's files. Inputs stand in the order of their length and
//! bytes, so that those that stay stay where they were.

use std::fs;
use std::path::{Path, PathBuf};

use crate::targets;

/// Writes the kept inputs of every target into a folder of its own.
pub(crate) fn unpack(folder: &Path) {
    for target in &targets::ALL {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder).expect("a folder of inputs can be made");
        let packed = fs::read(packed(target.name)).unwrap_or_default();
        for (index, input) in inputs(&packed).enumerate() {
            fs::write(folder.join(format!("{index:04}")), input).expect("an input is written");
        }
    }
}

/// Keeps the inputs of one target, which are the files of a folder.
pub(crate) fn pack(name: &str, folder: &Path) {
    let files = fs::read_dir(folder).expect("the folder of inputs can be read");
    let mut inputs: Vec<_> = files
        .map(|file| {
            fs::read(file.expect("the folder of inputs can be read").path()).expect("an input can be read")
        })
        .collect();
    inputs.sort_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
    inputs.dedup();
    let mut bytes = Vec::new();
    for input in &inputs {
        bytes.extend_from_slice(&u32::try_from(input.len()).expect("inputs are short").to_le_bytes());
        bytes.extend_from_slice(input);
    }
    fs::write(packed(name), bytes).expect("fuzz/corpus can be written");
}

fn packed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

/// Splits a packed file; its end must be an input's end.
fn inputs(mut packed: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if packed.is_empty() {
            return None;
        }
        let (length, rest) = packed.split_first_chunk::<4>().expect("a packed corpus ends with an input");
        let length = usize::try_from(u32::from_le_bytes(*length)).expect("a file of git fits into memory");
        let (input, rest) = rest.split_at_checked(length).expect("a packed corpus ends with an input");
        packed = rest;
        Some(input)
    })
}
