//! The thin start of the program: the command line decides between a verb and the window.

fn main() {}
