//! A user with a home of their own, and the program they run.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A user: a temporary folder with a home, and beside it a place to work in.
pub struct User {
    root: TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl User {
    pub fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        fs::create_dir(root.path().join("home")).expect("a home");
        fs::create_dir(root.path().join("work")).expect("a place to work");
        Self { root }
    }

    /// A user with a project `p.hashiya` of the texts of [`texts`], in the order of their names.
    pub fn with_project() -> Self {
        let user = Self::new();
        user.lay_out("texts", &texts());
        user.done(&["new", "p.hashiya", "--from", "texts", "--coder", "ليلى"]);
        user
    }

    /// A path in the place to work in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// A path in the home.
    pub fn home(&self, name: &str) -> PathBuf {
        self.root.path().join("home").join(name)
    }

    /// Writes files into a folder of the place to work in.
    pub fn lay_out(&self, folder: &str, files: &[(&str, Vec<u8>)]) {
        for (name, bytes) in files {
            let path = self.path(folder).join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("made");
            fs::write(path, bytes).expect("written");
        }
    }

    /// The program, to be run in the place to work in, with nothing of the tester's own environment.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hashiya"));
        command.env_clear().env("HOME", self.home("")).env("XDG_DATA_HOME", self.home("data"));
        command.env("XDG_STATE_HOME", self.home("state")).env("USER", "tester");
        command.current_dir(self.path("")).stdin(Stdio::null()).args(arguments);
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Outcome {
        let output = self.command(arguments).output().expect("the program starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Outcome {
            code: output.status.code().expect("it ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Runs what must succeed in silence on standard error; gives its standard output.
    pub fn done(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!((outcome.code, outcome.err.as_str()), (0, ""), "{arguments:?}");
        outcome.out
    }

    /// Runs an export that is read back, and says so on standard error; gives its standard output: what was lost.
    pub fn verified(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        let number = outcome.err.strip_prefix("hashiya: read back: ").and_then(|said| said.split(' ').next());
        let is_told = number.is_some_and(|number| number.parse::<usize>().is_ok());
        assert!(outcome.code == 0 && is_told && outcome.err.ends_with(", the same\n"), "{outcome:?}");
        outcome.out
    }

    /// Runs what must print one JSON value.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).expect("JSON")
    }

    /// Every file and folder of home and work, with its bytes: to see that nothing changed.
    pub fn disk(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        tree(self.root.path())
    }
}

/// Every path below a folder, files with their bytes.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                found.insert(path.clone(), None);
                waiting.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).ok());
            }
        }
    }
    found
}

impl Outcome {
    /// Asserts a failure told in one sentence, and returns that.
    pub fn refused(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{self:?}");
        let sentence = self.err.strip_suffix('\n').unwrap_or_default();
        assert!(sentence.starts_with("hashiya: ") && sentence.len() > 20, "{self:?}");
        assert!(!sentence.contains('\n') && !sentence.contains("panicked"), "{self:?}");
        sentence
    }
}

/// The five articles that came with the project.
pub fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

/// Texts that offsets go wrong on: emoji, marks, letters beyond the Basic Multilingual Plane, CR LF, a byte order mark, another
/// encoding, a line that looks like a formula, an empty file, and a seed.
pub fn texts() -> Vec<(&'static str, Vec<u8>)> {
    let seed = seeds().join("002_9022c90057377cdd.txt");
    vec![
        ("1 emoji.txt", "=عنوان فيه 😀 وعَلَمٌ 🇪🇬\nقال الكرملين 👨‍👩‍👧 إن الكرملين\u{2028}قال\n".into()),
        ("2 crlf.txt", "\u{feff}سطر أول\r\n\r\n\u{1EE00}\u{1EE01} قال \"الكرملين\", نعم\r\n'-قال".into()),
        ("3 windows.txt", vec![0xDE, 0xC7, 0xE1, 0x20, 0xC7, 0xE1, 0xDF, 0xD1, 0xE3, 0xE1, 0xED, 0xE4, 0x0A]),
        ("4 empty.txt", Vec::new()),
        ("nested/5 seed.txt", fs::read(seed).expect("the seeds are in the tree")),
    ]
}
