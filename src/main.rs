//! The thin start of the program: the command line decides between a verb and the window.

use std::process::ExitCode;

use hashiya::cli::{self, Wish};
use hashiya::ui;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(Wish::Window { path, coder }) => match ui::run(ui::Start { path, coder }) {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                cli::complain(&sentence);
                ExitCode::FAILURE
            }
        },
        Ok(Wish::Verb(verb)) => cli::run(&verb),
        Err(code) => code,
    }
}
