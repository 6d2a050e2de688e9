//! The verbs: what can be done without a window, for scripts and tests.
//!
//! Owns the flags, the output of every verb, and the exit codes: 0 done, 1 a failure, 2 wrong use, 128 and a signal's number where that ended it. Each verb is one file below
//! this one; it checks its flags before it touches anything, so that a refused command changes nothing. An error is one sentence
//! on standard error that names the file or the flag and what to do. What is printed with `--json` is a promise to scripts.

mod arguments;
mod check;
mod export;
mod failure;
mod find;
mod formats;
mod import;
mod info;
mod interrupts;
mod layout;
mod listing;
mod matching;
mod new;
mod project;
mod tag;
mod wrong_use;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
pub use arguments::Verb;
use failure::Failure;

/// What the command line asks for.
#[derive(Debug)]
pub enum Wish {
    /// The window, on a folder, a project or nothing.
    Window {
        /// What to open.
        path: Option<PathBuf>,
        /// The name under which marks are made; `None` for the system's user name.
        coder: Option<String>,
    },
    /// Work without a window.
    Verb(Box<Verb>),
}

/// Reads the command line. What asks for help, for the version, or for something that is not there is answered here, with the code
/// to end with.
///
/// # Errors
/// With the exit code, once help or the sentence about wrong use has been printed.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Wish, ExitCode> {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { verb: Some(verb), .. }) => Ok(Wish::Verb(Box::new(verb))),
        Ok(Arguments { verb: None, path, coder }) => Ok(Wish::Window { path, coder }),
        Err(error) if !error.use_stderr() => {
            let answer = error.to_string();
            Err(code(writeln!(io::stdout(), "{}", answer.trim_end()).map_err(Failure::from)))
        }
        Err(error) => Err(code(Err(Failure::WrongUse(wrong_use::sentence(&error))))),
    }
}

/// Runs a verb: its output goes to standard output, what goes wrong to standard error.
pub fn run(verb: &Verb) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = verb.run(&mut out).and_then(|()| Ok(out.flush()?));
    if done.as_ref().is_err_and(|why| !matches!(why, Failure::ReaderGone)) {
        project::take_back();
    }
    // What a failed verb had printed by then still belongs to its reader.
    let flushed = out.flush();
    code(done.and(flushed.map_err(Failure::from)))
}

impl Verb {
    fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        match self {
            Self::New(verb) => verb.run(out),
            Self::Info(verb) => verb.run(out),
            Self::Check(verb) => verb.run(out),
            Self::Find(verb) => verb.run(out),
            Self::Tag(verb) => verb.run(out),
            Self::Export(verb) => verb.run(out),
            Self::Import(verb) => verb.run(out),
            Self::Formats(verb) => verb.run(out),
            Self::Layout(verb) => verb.run(out),
        }
    }
}

/// Prints one sentence for the user on standard error; whoever closed it does not read it.
pub fn complain(sentence: &str) {
    writeln!(io::stderr(), "hashiya: {}", listing::one_line(sentence)).ok();
}

fn code(done: Result<(), Failure>) -> ExitCode {
    match done {
        // A reader such as `head` has had enough: that is no failure.
        Ok(()) | Err(Failure::ReaderGone) => ExitCode::SUCCESS,
        Err(Failure::Failed(sentence)) => {
            complain(&sentence);
            ExitCode::FAILURE
        }
        Err(Failure::WrongUse(sentence)) => {
            complain(&sentence);
            ExitCode::from(2)
        }
        Err(Failure::Interrupted(signal, sentence)) => {
            complain(&sentence);
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
        }
    }
}
