//! Where output goes: pipes that close early, and disks that are full.

use std::fs::OpenOptions;
use std::process::Stdio;

use crate::user::{User, seeds};

/// A search whose hits fill any pipe.
fn many_hits(user: &User) -> std::process::Command {
    let mut command = user.command(&["find"]);
    command.arg(seeds()).arg("ا");
    command
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let user = User::new();
    let mut child =
        many_hits(&user).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_no_more_is_a_failure_in_one_sentence() {
    let user = User::new();
    for arguments in [&["formats"] as &[&str], &["formats", "--json"], &["--help"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = user.command(arguments).stdout(full).output().expect("the program starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
        assert!(error.starts_with("hashiya: cannot write to standard output"), "{error}");
    }
}

#[test]
fn the_table_of_formats_is_printed_for_people_and_for_scripts() {
    let user = User::new();
    let table = user.json(&["formats", "--json"]);
    let listing = user.done(&["formats"]);
    for (row, name) in table.as_array().expect("a list").iter().zip(["ron", "jsonl", "csv"]) {
        assert_eq!((&row["name"], &row["out"], &row["writes"]), (&name.into(), &"file".into(), &true.into()));
        assert!(row["reads"].is_boolean() && row["offsets"].is_string() && row["loses"].is_array());
        assert!(listing.contains(&format!("{name} (")));
    }
}
