//! The verbs as a user and a script meet them: the built program is run, in a home of its own, and judged by its exit code, by what
//! it prints, and by what lies on the disk afterwards.

#![allow(clippy::disallowed_methods, reason = "tests lay out the folders that the program then reads")]

mod bad_input;
mod damage;
mod exchange;
#[cfg(unix)]
mod interrupts;
mod journey;
mod layout;
mod output;
mod outside;
mod usage;
mod user;
