//! From a folder of text files to documents. A file that cannot be read is told with its reason, and the rest goes on.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use unicode_segmentation::UnicodeSegmentation;

use super::decode::decode;
use super::error::reason;
use super::names::{is_invisible, readable, sha256_hex};
use super::place::PROJECT_FILE;
use super::{Progress, StoreError};
use crate::model::{Document, Source, Stamps, Text};

/// How many grapheme clusters of a first line a title keeps.
const TITLE_CLUSTERS: usize = 200;

/// How files are read.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The encoding of all files; `None` guesses for each.
    pub encoding: Option<String>,
    /// Source paths (as [`Source::path`] has them) that the project already holds; they are passed over.
    pub already: HashSet<String>,
}

/// What an import gave.
#[derive(Debug, Default)]
pub struct Imported {
    /// The documents, in the order of their files.
    pub documents: Vec<Document>,
    /// The files that were not taken.
    pub refused: Vec<Refused>,
}

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub path: PathBuf,
    /// Why: the end of a sentence that begins with the path.
    pub reason: String,
}

/// Reads every `.txt` file in a folder and the folders in it, in natural order. Project folders in it are passed over, and a folder
/// that is reached twice through links is read once.
///
/// # Errors
/// When the folder itself cannot be read, the encoding is unknown, or the reader cancels.
pub fn read_documents(
    folder: &Path,
    options: &ImportOptions,
    stamps: &mut dyn Stamps,
    progress: &Progress,
) -> Result<Imported, StoreError> {
    check_encoding(folder, options)?;
    let metadata = fs::metadata(folder).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing(folder.to_owned()),
        _ => StoreError::io("open", folder)(error),
    })?;
    if !metadata.is_dir() {
        return Err(StoreError::NotAFolder(folder.to_owned()));
    }
    fs::read_dir(folder).map_err(StoreError::io("open", folder))?;
    let mut imported = Imported::default();
    let files = text_files(folder, &mut imported.refused, progress)?;
    let named = files.into_iter().map(|path| {
        let relative = path.strip_prefix(folder).unwrap_or(&path);
        let names: Vec<_> = relative.components().map(|name| name.as_os_str().to_string_lossy()).collect();
        let name = names.join("/");
        (path, name)
    });
    let wanted: Vec<_> = named.filter(|(_, name)| !options.already.contains(name)).collect();
    read_all(&wanted, options, stamps, progress, &mut imported)?;
    Ok(imported)
}

/// Reads chosen files, whatever their endings, in the order given.
///
/// # Errors
/// When the encoding is unknown, or the reader cancels.
pub fn read_files(
    paths: &[PathBuf],
    options: &ImportOptions,
    stamps: &mut dyn Stamps,
    progress: &Progress,
) -> Result<Imported, StoreError> {
    check_encoding(paths.first().map_or(Path::new(""), PathBuf::as_path), options)?;
    let mut imported = Imported::default();
    let mut wanted = Vec::new();
    for path in paths {
        match refuse_kind(path) {
            Some(reason) => imported.refused.push(Refused { path: path.clone(), reason }),
            None => wanted.push((path.clone(), path.to_string_lossy().into_owned())),
        }
    }
    wanted.retain(|(_, name)| !options.already.contains(name));
    read_all(&wanted, options, stamps, progress, &mut imported)?;
    Ok(imported)
}

/// A document from the bytes of a file, whose path (with `/`) is `source`.
///
/// # Errors
/// When the bytes are no text, or the encoding is unknown; the sentence's end tells why.
pub fn document_from_bytes(
    bytes: &[u8],
    source: &str,
    encoding: Option<&str>,
    stamps: &mut dyn Stamps,
) -> Result<Document, super::decode::DecodeError> {
    let decoded = decode(bytes, encoding)?;
    let name = source.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or(source);
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    };
    let id = stamps.document_id();
    Ok(Document {
        id,
        title: title(&decoded.text).unwrap_or_else(|| name.to_owned()),
        file: format!("{}-{}.txt", readable(stem), id.short()),
        source: Source {
            path: source.to_owned(),
            encoding: decoded.encoding.to_owned(),
            byte_order_mark: decoded.byte_order_mark,
            line_ends: decoded.line_ends,
            replaced: decoded.replaced,
        },
        imported: stamps.now(),
        sha256: sha256_hex(decoded.text.as_bytes()),
        earlier: Vec::new(),
        text: Text::new(decoded.text),
    })
}

/// The first line that shows something, without white space and invisible marks around it, and not longer than a title should be.
pub(super) fn title(text: &str) -> Option<String> {
    let blank = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    let line = text.lines().map(|line| line.trim_matches(blank)).find(|line| !line.is_empty())?;
    let clean = |part: &str| part.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    match line.grapheme_indices(true).nth(TITLE_CLUSTERS) {
        Some((end, _)) => Some(format!("{}…", clean(line[..end].trim_end_matches(blank)))),
        None => Some(clean(line)),
    }
}

fn check_encoding(path: &Path, options: &ImportOptions) -> Result<(), StoreError> {
    let Some(label) = &options.encoding else { return Ok(()) };
    decode(b"", Some(label))
        .map(|_| ())
        .map_err(|error| StoreError::NotText { path: path.to_owned(), why: error.to_string() })
}

/// The text files below a folder in natural order; what is named as one and is none goes to `refused`.
fn text_files(
    folder: &Path,
    refused: &mut Vec<Refused>,
    progress: &Progress,
) -> Result<Vec<PathBuf>, StoreError> {
    let mut files = Vec::new();
    let mut visited: HashSet<PathBuf> = fs::canonicalize(folder).into_iter().collect();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        if progress.cancelled() {
            return Err(StoreError::Cancelled);
        }
        let kind = fs::metadata(&next);
        match kind {
            Ok(kind) if kind.is_dir() => {
                if next != folder {
                    if is_project(&next) || !first_visit(&next, &mut visited) {
                        continue;
                    }
                    if is_text_name(&next) {
                        let reason =
                            "it is a folder with the name of a text file; the text files in it were read"
                                .into();
                        refused.push(Refused { path: next.clone(), reason });
                    }
                }
                match entries(&next) {
                    Ok(entries) => waiting.extend(entries.into_iter().rev()),
                    Err(error) => refused.push(Refused { path: next, reason: reason(&error) }),
                }
            }
            _ if !is_text_name(&next) => {}
            _ => match refuse_kind(&next) {
                Some(reason) => refused.push(Refused { path: next, reason }),
                None => files.push(next),
            },
        }
    }
    Ok(files)
}

/// What lies in a folder, in natural order.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        entries.push(entry?.path());
    }
    let key = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    entries.sort_by(|one, other| {
        let (one, other) = (key(one), key(other));
        natord::compare_ignore_case(&one, &other).then_with(|| one.cmp(&other))
    });
    Ok(entries)
}

fn first_visit(folder: &Path, visited: &mut HashSet<PathBuf>) -> bool {
    fs::canonicalize(folder).map_or(true, |path| visited.insert(path))
}

fn is_project(folder: &Path) -> bool {
    folder.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("hashiya"))
        || folder.join(PROJECT_FILE).is_file()
}

fn is_text_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt"))
}

/// Why a path is not opened at all: it is gone, a dangling link, a folder, a pipe, a device, or too long.
fn refuse_kind(path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Ok(kind) if kind.is_dir() => Some("it is a folder, not a file".into()),
        Ok(kind) if !kind.is_file() => {
            Some("it is not a regular file (it is a pipe, a socket or a device); leave it out".into())
        }
        Ok(kind) if u32::try_from(kind.len()).is_err() => {
            Some(super::decode::DecodeError::TooLong.to_string())
        }
        Ok(_) => None,
        Err(error) => {
            let is_link = fs::symlink_metadata(path).is_ok_and(|kind| kind.is_symlink());
            Some(if is_link {
                "it is a link that leads nowhere; remove it, or put back what it leads to".into()
            } else {
                reason(&error)
            })
        }
    }
}

/// Why a file that was there a moment ago could not be read.
fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            "it went away while the folder was read; put it back and read the folder again".into()
        }
        _ => reason(error),
    }
}

fn read_all(
    wanted: &[(PathBuf, String)],
    options: &ImportOptions,
    stamps: &mut dyn Stamps,
    progress: &Progress,
    imported: &mut Imported,
) -> Result<(), StoreError> {
    progress.set(0, wanted.len() as u64);
    let mut names = HashSet::new();
    for (path, source) in wanted {
        if progress.cancelled() {
            return Err(StoreError::Cancelled);
        }
        let read = fs::read(path).map_err(|error| unread(&error)).and_then(|bytes| {
            document_from_bytes(&bytes, source, options.encoding.as_deref(), stamps)
                .map_err(|error| error.to_string())
        });
        match read {
            Ok(mut document) => {
                while !names.insert(document.file.to_lowercase()) {
                    document.id = stamps.document_id();
                    let name = document.file.len() - "-12345678.txt".len();
                    document.file = format!("{}-{}.txt", &document.file[..name], document.id.short());
                }
                imported.documents.push(document);
            }
            Err(reason) => imported.refused.push(Refused { path: path.clone(), reason }),
        }
        progress.step();
    }
    imported.refused.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(())
}
