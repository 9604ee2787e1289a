//! A network of real processes, people with keystores, and commands typed in their names.

mod command;
mod network;
mod person;
mod proxy;
mod raw_record;
mod session;
mod small_disk;

pub(crate) use command::{Ran, carechain, command};
pub(crate) use network::Network;
pub(crate) use person::Person;
pub(crate) use proxy::{Asked, Forward, Proxy, Reply};
pub(crate) use small_disk::SmallDisk;

use std::path::Path;
use std::time::{Duration, Instant};

use carechain_client::now;
use carechain_schema::Timestamp;
use carechain_types::Span;

/// A study of known bytes: a text report, and an image that does not compress.
pub(crate) fn write_study(folder: &Path, image_bytes: usize) {
    std::fs::create_dir_all(folder.join("images")).unwrap();
    std::fs::write(folder.join("report.txt"), "no finding\n").unwrap();
    std::fs::write(folder.join("images/scan.dcm"), noise(image_bytes)).unwrap();
}

/// Bytes that look random and are the same in every run.
fn noise(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fill(&mut bytes);
    bytes
}

/// xorshift64*: quick, and no two 64 KiB segments alike.
fn fill(bytes: &mut [u8]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for chunk in bytes.chunks_mut(8) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let value = state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes();
        chunk.copy_from_slice(&value[..chunk.len()]);
    }
}

/// Compares a retrieved folder with the study that was published, file by file.
#[track_caller]
pub(crate) fn check_same(retrieved: &Path, study: &Path) {
    for name in ["report.txt", "images/scan.dcm"] {
        let got = std::fs::read(retrieved.join(name)).unwrap();
        assert!(got == std::fs::read(study.join(name)).unwrap(), "{name} differs");
    }
    assert_eq!(files(retrieved), files(study), "as many files");
}

fn files(folder: &Path) -> usize {
    let children = std::fs::read_dir(folder).unwrap().map(|child| child.unwrap());
    children.map(|child| if child.file_type().unwrap().is_dir() { files(&child.path()) } else { 1 }).sum()
}

/// So many seconds from now, as it is typed.
pub(crate) fn from_now(seconds: u64) -> String {
    let time = now().after(Span::SECOND.times(seconds));
    Timestamp::from_microseconds(time.as_micros()).unwrap().to_string()
}

/// Looks again until something is there.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(LOOK);
    }
}

/// Longer than anything takes on a machine that does other work too.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);
