//! What is found about disk and files.

use carechain_schema::FindingCode;

use super::finding::Finding;
use crate::status::inputs::Inputs;

/// Less room than one chunk is none.
const QUOTA_LEFT_MIN: u64 = 1 << 20;

/// Everything goes on as before, and what is written is not where the next start looks for it.
pub(super) fn data_folder_changed(inputs: &Inputs) -> Option<Finding> {
    let sentence = inputs.folder_trouble.as_ref()?;
    let advice = "put it back in its place, for the node's user to write (`chown`, `mount`), before this node ends; what cannot be \
                  put back: \"Lost disk\" in docs/operations.md";
    Some(Finding::new(FindingCode::DataFolderChanged, sentence, advice))
}

pub(super) fn files_not_written(inputs: &Inputs) -> Option<Finding> {
    let sentence = match &inputs.storage {
        Err(instead) => format!("the chunk store {instead}"),
        Ok(storage) => format!("the chunk store does not write: {}", storage.write_failure.as_ref()?),
    };
    let advice = "look at the disk of the data folder (`dmesg`, `iostat`)";
    Some(Finding::new(FindingCode::FilesNotWritten, sentence, advice))
}

pub(super) fn files_refused(inputs: &Inputs) -> Option<Finding> {
    let storage = inputs.storage.as_ref().ok()?;
    let why = match storage.free_percent {
        Some(free) if free < inputs.reserves.files => {
            format!("{free} % of the disk is free, {} % are kept", inputs.reserves.files)
        }
        _ if storage.quota_left < QUOTA_LEFT_MIN => {
            "the store holds all that chunk_bytes_max allows".to_owned()
        }
        _ => return None,
    };
    let sentence = format!("this node takes no record files, neither from own clients nor as copies: {why}");
    let advice =
        "make room on the disk of the data folder, or enlarge it; the node takes files again by itself";
    Some(Finding::new(FindingCode::FilesRefused, sentence, advice))
}

pub(super) fn transactions_refused(inputs: &Inputs) -> Option<Finding> {
    let free = inputs.storage.as_ref().ok()?.free_percent?;
    let kept = inputs.reserves.transactions;
    (free < kept).then(|| {
        let sentence = format!(
            "this node takes no transactions of its own clients: {free} % of the disk is free, {kept} % are kept"
        );
        let advice = "make room on the disk of the data folder, or enlarge it; the node takes them again by itself";
        Finding::new(FindingCode::TransactionsRefused, sentence, advice)
    })
}

pub(super) fn copies_below_policy(inputs: &Inputs) -> Option<Finding> {
    let storage = inputs.storage.as_ref().ok()?;
    let count = storage.files_below_policy.filter(|count| *count > 0)?;
    let files =
        if count == 1 { "1 file held here has".to_owned() } else { format!("{count} files held here have") };
    let fewer = format!("{files} fewer copies than the policy asks for");
    let (sentence, advice) = match storage.files_lost {
        0 => (
            fewer,
            "copies are made again when holders are back and have room; if the number stays, ask them",
        ),
        lost => (
            format!(
                "{fewer}; of {lost} of them no copy is left anywhere: every other hospital answers that it does not have it"
            ),
            "the log names the records of which none is left: ask their authors to publish them again",
        ),
    };
    Some(Finding::new(FindingCode::CopiesBelowPolicy, sentence, advice))
}

pub(super) fn chunks_missing(inputs: &Inputs) -> Option<Finding> {
    let count = inputs.storage.as_ref().ok()?.chunks_missing;
    (count > 0).then(|| {
        let chunks = if count == 1 {
            "1 chunk of files held here is".to_owned()
        } else {
            format!("{count} chunks of files held here are")
        };
        let sentence = format!("{chunks} missing or damaged");
        let advice = "they are fetched from other holders; if the number rises, replace the disk";
        Finding::new(FindingCode::ChunksMissing, sentence, advice)
    })
}
