//! Removing what processes left that are gone: plaintext that never reached its folder, ciphertext nobody can use.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::SpoolFolder;
use super::held::lock;
use super::note::noted_at;
use crate::limits::{FETCHED_LIFE, UPLOAD_LIFE};
use crate::progress::Progress;

impl SpoolFolder {
    /// Removes what was left. What resists is told: it may be plaintext.
    pub(crate) fn sweep(&self, progress: &dyn Progress) -> io::Result<()> {
        let _gate = self.gate()?;
        for child in std::fs::read_dir(self.path())? {
            let path = child?.path();
            if let Err(error) = sweep_one(&path) {
                progress.trouble(&format!("{} was left and cannot be removed: {error}", path.display()));
            }
        }
        Ok(())
    }
}

fn sweep_one(path: &Path) -> io::Result<()> {
    match path.extension().and_then(|suffix| suffix.to_str()) {
        Some("record") => {
            let memo = path.with_extension("json");
            match metadata(&memo)? {
                Some(memo) if !is_older(&memo, Duration::from_micros(UPLOAD_LIFE.as_micros())) => Ok(()),
                // Killed while it sealed, or too late to be published.
                _ => remove_if_free(path, || remove(&memo)),
            }
        }
        // Killed between removing the two.
        Some("json") if metadata(&path.with_extension("record"))?.is_none() => remove(path),
        Some("fetched") => match metadata(path)? {
            Some(file) if is_older(&file, FETCHED_LIFE) => remove_if_free(path, || Ok(())),
            _ => Ok(()),
        },
        Some("staging") => sweep_staging(path),
        _ => Ok(()),
    }
}

fn sweep_staging(note: &Path) -> io::Result<()> {
    let Some(folder) = noted_at(note)? else { return remove_if_free(note, || Ok(())) };
    let is_away = folder.parent().is_none_or(|parent| !parent.exists());
    if is_away && metadata(note)?.is_some_and(|note| !is_older(&note, FETCHED_LIFE)) {
        // The stick that it is on may be put in again.
        return Ok(());
    }
    remove_if_free(note, || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
}

/// Removes a file that no process holds, after what belongs to it.
fn remove_if_free(path: &Path, belongings: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let file = File::open(path)?;
    if lock(&file)? {
        belongings()?;
        remove(path)?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a file was written longer ago; one from the future was not.
fn is_older(metadata: &Metadata, age: Duration) -> bool {
    metadata.modified().ok().and_then(|time| time.elapsed().ok()).is_some_and(|passed| passed > age)
}
