//! The thin start of the program: the command line decides between a verb and the window.

use std::process::ExitCode;

use hashiya::cli::{self, Wish};

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(Wish::Window { .. }) => {
            cli::complain("this build has no window yet; «hashiya --help» lists what works without one");
            ExitCode::FAILURE
        }
        Ok(Wish::Verb(verb)) => cli::run(&verb),
        Err(code) => code,
    }
}
