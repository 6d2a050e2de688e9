//! Zip archives for tests, honest ones and others.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{Cursor, Read, Write};

use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

/// An archive of entries by their names, whatever these are.
pub fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("memory takes any name");
        zip.write_all(content).expect("memory takes any content");
    }
    zip.finish().expect("memory takes any archive").into_inner()
}

/// What lies in an archive.
pub fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).expect("a sound archive");
    let mut entries = Vec::with_capacity(zip.len());
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).expect("an entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("a sound entry");
        entries.push((entry.name().expect("a name").into_owned(), content));
    }
    entries
}

/// An archive of what lay in another.
pub fn again(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    packed(&entries)
}

/// An archive with a link in it.
pub fn with_link(entries: &[(&str, &[u8])], name: &str, target: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("memory takes any name");
        zip.write_all(content).expect("memory takes any content");
    }
    zip.add_symlink(name, target, SimpleFileOptions::default()).expect("memory takes a link");
    zip.finish().expect("memory takes any archive").into_inner()
}

/// An archive of two entries that are the same bytes.
pub fn overlapping(name: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).expect("memory takes any name");
    zip.write_all(content).expect("memory takes any content");
    zip.shallow_copy_file(name, "again").expect("memory takes a copy");
    zip.finish().expect("memory takes any archive").into_inner()
}
