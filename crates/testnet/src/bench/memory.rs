//! Greatest resident memory of processes, from the kernel's books (`proc(5)`: `VmHWM`, `clear_refs`).

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::BenchError;
use crate::network::{NodePlace, running};

/// A process whose memory is watched.
#[derive(Clone, Debug)]
pub(super) struct Watched(PathBuf);

/// What resets the greatest value to the present one.
const RESET_PEAK: &[u8] = b"5";

impl Watched {
    /// This process: the client.
    pub(super) fn own() -> Self {
        Self(PathBuf::from("/proc/self"))
    }

    /// A node's process.
    pub(super) fn node(place: &NodePlace) -> Result<Self, BenchError> {
        let pid = running(place).ok_or_else(|| BenchError::Silent {
            index: place.index,
            problem: "its process has ended".to_owned(),
        })?;
        Ok(Self(Path::new("/proc").join(pid.as_raw_nonzero().to_string())))
    }

    /// Forgets what was before.
    pub(super) fn reset(&self) -> Result<(), BenchError> {
        let path = self.0.join("clear_refs");
        // What is written to the kernel's books is an order: there is no file to lose.
        let ordered = File::options().write(true).open(&path).and_then(|mut file| file.write_all(RESET_PEAK));
        ordered.map_err(BenchError::file(path))
    }

    /// The greatest since then, bytes.
    pub(super) fn peak_bytes(&self) -> Result<u64, BenchError> {
        let path = self.0.join("status");
        let text = std::fs::read_to_string(&path).map_err(BenchError::file(&path))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        let missing = || std::io::Error::other("no line VmHWM");
        Ok(kibibytes.ok_or_else(missing).map_err(BenchError::file(path))? * 1_024)
    }
}
