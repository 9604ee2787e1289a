//! Archives packed and unpacked, and hostile ones refused.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{PackError, Sources, UnpackError, check_output, unpack};
use crate::limits::ARCHIVE_DEPTH_MAX;
use crate::progress::Unwatched;

fn pack(inputs: &[PathBuf]) -> Result<Vec<u8>, PackError> {
    Ok(Sources::collect(inputs)?.pack(Vec::new(), &Unwatched)?.sink)
}

fn study(folder: &Path) {
    std::fs::create_dir_all(folder.join("images/empty")).unwrap();
    std::fs::write(folder.join("report.txt"), b"no finding").unwrap();
    std::fs::write(folder.join("images/slice-1.dcm"), vec![7; 300_000]).unwrap();
}

fn crafted(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    build(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn with_name(name: &str) -> Vec<u8> {
    // The library cleans names up, so the name is patched in afterwards.
    let placeholder = "x".repeat(name.len());
    let mut bytes = crafted(|zip| {
        zip.start_file(placeholder.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(b"payload").unwrap();
    });
    let places: Vec<_> =
        (0..bytes.len() - name.len()).filter(|&at| bytes[at..].starts_with(placeholder.as_bytes())).collect();
    assert_eq!(places.len(), 2, "local and central header");
    for place in places {
        bytes[place..place + name.len()].copy_from_slice(name.as_bytes());
    }
    bytes
}

#[track_caller]
fn check_hostile(archive: Vec<u8>, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out");
    let error = unpack(Cursor::new(archive), &output, &Unwatched).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert!(!output.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn a_study_comes_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    let archive = pack(&[input]).unwrap();
    let output = folder.path().join("deep/out");
    let unpacked = unpack(Cursor::new(archive), &output, &Unwatched).unwrap();
    assert_eq!((unpacked.entry_count, unpacked.bytes), (2, 300_010));
    assert_eq!(std::fs::read(output.join("report.txt")).unwrap(), b"no finding");
    assert_eq!(std::fs::read(output.join("images/slice-1.dcm")).unwrap(), vec![7; 300_000]);
    assert!(output.join("images/empty").is_dir());
}

#[test]
fn folders_beside_files_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let (input, note) = (folder.path().join("study"), folder.path().join("note.txt"));
    study(&input);
    std::fs::write(&note, b"n").unwrap();
    let archive = pack(&[note, input]).unwrap();
    let output = folder.path().join("out");
    unpack(Cursor::new(archive), &output, &Unwatched).unwrap();
    assert!(output.join("study/report.txt").is_file() && output.join("note.txt").is_file());
}

#[test]
fn what_cannot_be_packed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    study(&input);
    std::os::unix::fs::symlink("/etc/passwd", input.join("link")).unwrap();
    assert!(matches!(pack(std::slice::from_ref(&input)), Err(PackError::Kind { .. })));
    assert!(matches!(pack(&[folder.path().join("absent")]), Err(PackError::Read { .. })));
    let report = input.join("report.txt");
    assert!(matches!(pack(&[report.clone(), report]), Err(PackError::Repeated { .. })));
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    assert!(matches!(pack(&[folder.path().join("nothing")]), Err(PackError::Empty)));
}

#[test]
fn the_deepest_file_that_packs_unpacks() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("study");
    let inside = (1..ARCHIVE_DEPTH_MAX).fold(input.clone(), |path, _| path.join("d"));
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(inside.join("deepest"), b"here").unwrap();
    let archive = pack(std::slice::from_ref(&input)).unwrap();
    let output = folder.path().join("out");
    assert_eq!(unpack(Cursor::new(archive), &output, &Unwatched).unwrap().entry_count, 1);
    std::fs::create_dir_all(inside.join("d")).unwrap();
    std::fs::write(inside.join("d/deeper"), b"here").unwrap();
    assert!(matches!(pack(&[input]), Err(PackError::Name { .. })));
}

#[test]
fn an_output_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    check_output(&folder.path().join("absent")).unwrap();
    check_output(folder.path()).unwrap();
    std::fs::write(folder.path().join("mine"), b"keep").unwrap();
    assert!(matches!(check_output(folder.path()), Err(UnpackError::NotEmpty { .. })));
}

#[test]
fn paths_that_lead_out_are_hostile() {
    for name in ["../evil", "a/../../evil", "/etc/evil", "a//b", "./evil", "..", "a/./b"] {
        check_hostile(with_name(name), "leads out");
    }
    check_hostile(with_name("a\\..\\evil"), "backslash");
    check_hostile(with_name(&"d/".repeat(40)), "too deep");
}

#[test]
fn links_are_hostile() {
    let archive = crafted(|zip| {
        zip.add_symlink("innocent", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    });
    check_hostile(archive, "link");
}

#[test]
fn bombs_are_hostile() {
    let archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("zeros", options).unwrap();
        let block = vec![0; 1 << 20];
        for _ in 0..64 {
            zip.write_all(&block).unwrap();
        }
    });
    assert!(archive.len() < 200_000);
    check_hostile(archive, "far more");
}

#[test]
fn many_small_bombs_are_hostile() {
    let archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let block = vec![0; 1 << 20];
        for index in 0..100 {
            zip.start_file(format!("zeros-{index}"), options).unwrap();
            zip.write_all(&block).unwrap();
        }
    });
    assert!(archive.len() < 300_000);
    check_hostile(archive, "far more");
}

#[test]
fn a_directory_that_would_fill_the_memory_is_not_read() {
    let mut archive = crafted(|zip| {
        zip.start_file("document", SimpleFileOptions::default()).unwrap();
    });
    // The directory's one entry and the end that counts them, repeated until there are a million entries.
    let entry_at = archive.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end_at = archive.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
    let (entry, local) = (archive[entry_at..end_at].to_vec(), archive[..entry_at].to_vec());
    let count = 1_000_000_u64;
    let bytes = count * entry.len() as u64;
    let place = local.len() as u64;
    archive = [local, entry.repeat(usize::try_from(count).unwrap())].concat();
    let end_of_64 = archive.len() as u64;
    archive.extend_from_slice(b"PK\x06\x06");
    archive.extend_from_slice(&44_u64.to_le_bytes());
    archive.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for field in [count, count, bytes, place] {
        archive.extend_from_slice(&field.to_le_bytes());
    }
    archive.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    archive.extend_from_slice(&end_of_64.to_le_bytes());
    archive.extend_from_slice(&[1, 0, 0, 0]);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    let folder = tempfile::tempdir().unwrap();
    let error = unpack(Cursor::new(archive), &folder.path().join("out"), &Unwatched).unwrap_err();
    assert!(matches!(error, UnpackError::Damaged(_)), "{error}");
    assert!(error.to_string().contains("longer than any"), "{error}");
}

#[test]
fn a_lie_about_the_length_is_caught() {
    let mut archive = crafted(|zip| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file("document", options).unwrap();
        zip.write_all(&[5; 1_000]).unwrap();
    });
    let length = 1_000u32.to_le_bytes();
    let places: Vec<_> = (0..archive.len() - 4).filter(|&at| archive[at..at + 4] == length).collect();
    for place in places {
        archive[place..place + 4].copy_from_slice(&900u32.to_le_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(unpack(Cursor::new(archive), &folder.path().join("out"), &Unwatched).is_err());
    assert!(unpack(Cursor::new(b"no zip".to_vec()), &folder.path().join("out"), &Unwatched).is_err());
}
