//! What the machine does, measured in the run itself.

use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use carechain_client::Keystore;
use carechain_crypto::{AddressTag, ChainId, Root, UploadId};
use carechain_schema::Machine;
use carechain_types::{Ed25519, KeyAgent as _, PersonBody, UploadComplete, Verifier};

use super::error::BenchError;
use super::quantiles::Sorted;

const SYNCS: usize = 200;
const SYNC_BYTES: usize = 4_096;
const CHECKS: usize = 500;
const PLAIN_BLOCK_BYTES: usize = 1 << 20;
const PLAIN_BLOCKS: usize = 350;

/// Measures cores, a synced write in `folder`, and a signature check.
pub(super) fn machine(folder: &Path) -> Result<Machine, BenchError> {
    std::fs::create_dir_all(folder).map_err(BenchError::file(folder))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Machine {
        cores: u32::try_from(cores).unwrap_or(u32::MAX),
        fdatasync_p50_ms: synced_write(folder)?,
        verify_p50_us: signature_check(),
    })
}

fn synced_write(folder: &Path) -> Result<f64, BenchError> {
    let failed = || BenchError::file(folder);
    let mut file = tempfile::tempfile_in(folder).map_err(failed())?;
    let block = [0x5A; SYNC_BYTES];
    let write = |file: &mut File| -> std::io::Result<f64> {
        let started = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        Ok(started.elapsed().as_secs_f64() * 1e3)
    };
    let times = (0..SYNCS).map(|_| write(&mut file)).collect::<std::io::Result<_>>().map_err(failed())?;
    Ok(Sorted::new(times).percentile(50))
}

/// Millions of bytes a second of one plain file, written and synced.
pub(super) fn plain_write(folder: &Path) -> Result<f64, BenchError> {
    let write = || -> std::io::Result<f64> {
        let mut file = tempfile::tempfile_in(folder)?;
        let block = vec![0x5A; PLAIN_BLOCK_BYTES];
        let started = Instant::now();
        for _ in 0..PLAIN_BLOCKS {
            file.write_all(&block)?;
        }
        file.sync_data()?;
        Ok((PLAIN_BLOCKS * PLAIN_BLOCK_BYTES) as f64 / 1e6 / started.elapsed().as_secs_f64())
    };
    write().map_err(BenchError::file(folder))
}

/// A body that is always at hand; what it says does not matter.
fn signature_check() -> f64 {
    let keys = Keystore::generate();
    let chain_id = ChainId::ZERO;
    let body = UploadComplete { upload_id: UploadId::ZERO, tag: AddressTag::ZERO, root: Root::ZERO };
    let signature =
        keys.sign(&chain_id, &PersonBody::UploadComplete(&body)).expect("a keystore in memory signs");
    let verifier = Verifier::new(Ed25519, chain_id);
    let key = keys.public_keys().signing;
    let times = (0..CHECKS).map(|_| {
        let started = Instant::now();
        let checked = verifier.body(black_box(&key), black_box(&body), black_box(&signature));
        let took = started.elapsed().as_secs_f64() * 1e6;
        checked.map(|()| took).expect("the signature was made with this key")
    });
    Sorted::new(times.collect()).percentile(50)
}
