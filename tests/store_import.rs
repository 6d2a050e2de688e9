//! A folder of documents becomes documents; what cannot be read is told, and the rest goes on.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/support.rs"]
mod support;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use hashiya::model::{LineEnds, Stamps};
use hashiya::store::{ImportOptions, Imported, Progress, Refused, StoreError, read_documents, read_files};
use support::CountingStamps;

fn import(folder: &Path) -> Imported {
    read_documents(folder, &ImportOptions::default(), &mut CountingStamps::default(), &Progress::new())
        .expect("a readable folder")
}

fn sources(imported: &Imported) -> Vec<&str> {
    imported.documents.iter().map(|document| document.source.path.as_str()).collect()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(path, bytes).expect("a new file");
}

#[test]
fn files_come_in_natural_order_from_all_folders() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in
        ["نص 10.txt", "نص 9.txt", "b/2.TXT", "b/1.txt", "b/10.txt", "a.txt", "c.md", "d", "B.Txt", "txt"]
    {
        write(folder.path(), name, format!("\n \u{200f}\n  \u{202b}عنوان {name}\u{202c} \nمتن"));
    }
    let imported = import(folder.path());
    assert_eq!(
        sources(&imported),
        ["a.txt", "b/1.txt", "b/2.TXT", "b/10.txt", "B.Txt", "نص 9.txt", "نص 10.txt"]
    );
    assert!(imported.refused.is_empty());
    let first = &imported.documents[0];
    assert_eq!((first.title.as_str(), first.source.encoding.as_str()), ("عنوان a.txt", "UTF-8"));
    assert_eq!(first.file, format!("a-{}.txt", first.id.short()));
    let files: HashSet<_> = imported.documents.iter().map(|document| &document.file).collect();
    assert_eq!(files.len(), imported.documents.len());
    let already = sources(&imported)[1..].iter().map(ToString::to_string).collect();
    let options = ImportOptions { already, ..ImportOptions::default() };
    let more = read_documents(folder.path(), &options, &mut CountingStamps::default(), &Progress::new());
    assert_eq!(sources(&more.expect("a readable folder")), ["a.txt"]);
}

#[test]
fn what_import_changed_stands_in_the_document() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "1.txt", b"\xef\xbb\xbfa\r\nb\r\n");
    write(folder.path(), "2.txt", b"");
    write(folder.path(), "3.txt", b" \n\t\n");
    write(folder.path(), "4.txt", "س".repeat(500));
    let imported = import(folder.path());
    let [marked, empty, blank, long] = imported.documents.as_slice() else { panic!("four documents") };
    assert_eq!(marked.text.as_str(), "a\nb\n");
    assert!(marked.source.byte_order_mark && marked.source.line_ends == LineEnds::CrLf);
    // As `printf 'a\nb\n' | sha256sum` says.
    assert_eq!(marked.sha256, "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
    assert_eq!((empty.title.as_str(), empty.text.len()), ("2.txt", 0));
    assert_eq!(empty.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!((blank.title.as_str(), blank.text.as_str()), ("3.txt", " \n\t\n"));
    assert_eq!(long.title, format!("{}…", "س".repeat(200)));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    write(root, "good.txt", "نص");
    write(root, "binary.txt", b"\x7fELF\0\0\0");
    write(root, "folder.txt/inner.txt", "داخل");
    write(root, "sub/deep.txt", "عميق");
    write(root, "other.hashiya/project.ron", "(version: 1)");
    write(root, "other.hashiya/documents/no.txt", "لا");
    write(root, "unmarked/project.ron", "(version: 1)");
    write(root, "unmarked/documents/no.txt", "لا");
    symlink("nowhere", root.join("dangling.txt")).expect("a link");
    symlink("nowhere", root.join("dangling.md")).expect("a link");
    symlink(root, root.join("sub/loop")).expect("a link");
    symlink(root.join("sub"), root.join("sub/deeper")).expect("a link");
    symlink(root.join("sub/self"), root.join("sub/self")).expect("a link");
    symlink(root.join("sub/self.txt"), root.join("sub/self.txt")).expect("a link");
    symlink("good.txt", root.join("linked.txt")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(root.join("pipe.txt")).status().expect("mkfifo runs");
    assert!(made.success());
    let imported = import(root);
    assert_eq!(sources(&imported), ["folder.txt/inner.txt", "good.txt", "linked.txt", "sub/deep.txt"]);
    let refused: Vec<(String, &str)> = imported
        .refused
        .iter()
        .map(|refused| {
            let name = refused.path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
            (name, refused.reason.as_str())
        })
        .collect();
    assert_eq!(
        refused,
        [
            ("binary.txt".into(), "it is a binary file, not text; leave it out, or save it as text"),
            (
                "dangling.txt".into(),
                "it is a link that leads nowhere; remove it, or put back what it leads to"
            ),
            (
                "folder.txt".into(),
                "it is a folder with the name of a text file; the text files in it were read"
            ),
            (
                "pipe.txt".into(),
                "it is not a regular file (it is a pipe, a socket or a device); leave it out"
            ),
            (
                "sub/self.txt".into(),
                "it is a link that leads nowhere; remove it, or put back what it leads to"
            ),
        ]
    );
}

#[test]
fn folders_that_cannot_be_read_are_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "a.txt", "نص");
    let try_import = |path: &Path, options: &ImportOptions, progress: &Progress| {
        read_documents(path, options, &mut CountingStamps::default(), progress)
    };
    let (plain, progress) = (ImportOptions::default(), Progress::new());
    let missing = try_import(&folder.path().join("no"), &plain, &progress).expect_err("missing");
    assert!(matches!(missing, StoreError::Missing(_)), "{missing}");
    let file = try_import(&folder.path().join("a.txt"), &plain, &progress).expect_err("a file");
    assert!(matches!(file, StoreError::NotAFolder(_)), "{file}");
    let unknown = ImportOptions { encoding: Some("klingon".into()), ..ImportOptions::default() };
    let unknown = try_import(folder.path(), &unknown, &progress).expect_err("unknown");
    assert!(unknown.to_string().contains("klingon"), "{unknown}");
    progress.cancel();
    assert!(try_import(folder.path(), &plain, &progress).expect_err("cancelled").is_cancelled());
    let empty = tempfile::tempdir().expect("a temporary folder");
    let nothing = import(empty.path());
    assert!(nothing.documents.is_empty() && nothing.refused.is_empty());
}

#[test]
fn chosen_files_are_read_whatever_their_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "b.md", "ب");
    write(folder.path(), "a", "ا");
    let paths = ["b.md", "a", "no.txt", "."].map(|name| folder.path().join(name));
    let imported =
        read_files(&paths, &ImportOptions::default(), &mut CountingStamps::default(), &Progress::new())
            .expect("chosen");
    let titles: Vec<_> = imported.documents.iter().map(|document| document.title.as_str()).collect();
    assert_eq!(titles, ["ب", "ا"]);
    assert!(imported.documents[1].file.starts_with("a-") && imported.documents[1].file.ends_with(".txt"));
    let reasons: Vec<_> = imported.refused.iter().map(|refused| refused.reason.as_str()).collect();
    assert_eq!(reasons, ["it is a folder, not a file", "it does not exist"]);
}

/// Stamps that remove a file when the first document gets its id.
struct Removing(CountingStamps, std::path::PathBuf);

impl Stamps for Removing {
    fn now(&mut self) -> hashiya::model::Timestamp {
        self.0.now()
    }

    fn random(&mut self) -> [u8; 10] {
        fs::remove_file(&self.1).ok();
        self.0.random()
    }
}

#[test]
fn a_file_that_vanishes_while_the_folder_is_read_is_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["1.txt", "2.txt", "3.txt"] {
        write(folder.path(), name, "نص");
    }
    let mut stamps = Removing(CountingStamps::default(), folder.path().join("2.txt"));
    let (options, progress) = (ImportOptions::default(), Progress::new());
    let imported = read_documents(folder.path(), &options, &mut stamps, &progress).expect("a folder");
    assert_eq!(sources(&imported), ["1.txt", "3.txt"]);
    let reason = "it went away while the folder was read; put it back and read the folder again".to_owned();
    assert_eq!(imported.refused, [Refused { path: folder.path().join("2.txt"), reason }]);
}
