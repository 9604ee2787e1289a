//! Prints how fast a store adds and reads: `cargo run --release -p carechain-chunks --example throughput -- [DIR] [MIB]`.

use std::error::Error;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use carechain_chunks::{ChunkStore, Completion, LocalUpload, StoreLimits, UploadOpening};
use carechain_crypto::{
    AddressTag, ChainId, HospitalId, ManifestBuilder, PersonId, SubtreeValue, UploadId, address_commitment,
};
use carechain_types::{Party, Time};

const MEBIBYTE: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let parent = arguments.next().map_or_else(|| PathBuf::from("/dev/shm"), PathBuf::from);
    let mebibytes: usize = arguments.next().map_or(Ok(1_024), |text| text.parse())?;
    let folder = tempfile::TempDir::new_in(parent)?;
    let open = || {
        let limits = StoreLimits { free_permille_min: 0, ..StoreLimits::default() };
        ChunkStore::open(folder.path(), ChainId::ZERO, HospitalId::ZERO, limits)
    };
    let (store, _) = open()?;
    let bytes: Vec<u8> = (0..mebibytes * MEBIBYTE).map(|position| ((position * 31) >> 8) as u8).collect();
    let files = [file(&bytes, 1), file(&bytes, 2)];

    let (_, local) = timed("add, one thread", bytes.len(), || add(&store, &files[0], &bytes, 1))?;
    timed("add, two threads", bytes.len(), || add(&store, &files[1], &bytes, 2))?;
    timed("read, one thread", bytes.len(), || read(&store, local, 1, mebibytes))?;
    timed("read, two threads", bytes.len(), || read(&store, local, 2, mebibytes))?;
    drop(store);
    let (duration, _) = timed("open", 2 * bytes.len(), || Ok(open()?))?;
    println!("open: {} chunks in {duration:?}", 2 * mebibytes);
    Ok(())
}

struct File {
    opening: UploadOpening,
    completion: Completion,
    values: Vec<SubtreeValue>,
}

fn file(bytes: &[u8], number: u8) -> File {
    let mut builder = ManifestBuilder::new();
    builder.update(bytes);
    let manifest = builder.finish().expect("the file is not empty");
    let (author, patient) = (Party::Person(PersonId::ZERO), PersonId::ZERO);
    let (tag, root, length) = (AddressTag::ZERO, manifest.root(), manifest.length());
    let commitment = address_commitment(&tag, &root, length, &author.to_bytes(), &patient);
    let upload = UploadId::new([number; 16]);
    let publishing_hospital = HospitalId::ZERO;
    let opening = UploadOpening { upload, author, patient, publishing_hospital, length, expiry: Time::ZERO };
    File { opening, completion: Completion { commitment, tag, root }, values: manifest.values().to_vec() }
}

fn add(store: &ChunkStore, file: &File, bytes: &[u8], threads: usize) -> Result<LocalUpload, Box<dyn Error>> {
    let local = store.begin(&file.opening)?;
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for (index, chunk) in bytes.chunks(MEBIBYTE).enumerate().skip(thread).step_by(threads) {
                    let index_u32 = u32::try_from(index).expect("the file is small");
                    store.put_chunk(local, index_u32, chunk, &file.values[index]).expect("the disk has room");
                }
            });
        }
    });
    store.complete(local, &file.completion)?;
    Ok(local)
}

fn read(store: &ChunkStore, local: LocalUpload, threads: usize, chunks: usize) -> Result<(), Box<dyn Error>> {
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                let mut buffer = Vec::new();
                for index in (thread..chunks).step_by(threads) {
                    let index = u32::try_from(index).expect("the file is small");
                    store.read_chunk_into(local, index, &mut buffer).expect("the chunk was just written");
                }
            });
        }
    });
    Ok(())
}

fn timed<T>(
    name: &str,
    bytes: usize,
    work: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<(Duration, T), Box<dyn Error>> {
    let start = Instant::now();
    let done = work()?;
    let duration = start.elapsed();
    println!("{name}: {:.0} MB/s", bytes as f64 / 1e6 / duration.as_secs_f64());
    Ok((duration, done))
}
