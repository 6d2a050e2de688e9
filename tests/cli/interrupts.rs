//! Ctrl-C, a closed terminal and a shutdown, while the program writes: what was there stays, and nothing half done is left.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::user::User;

/// A user with more marks than are written in a moment, and files that stand where exports go.
fn busy() -> User {
    let user = User::new();
    user.lay_out("texts", &[("طويل.txt", "قال الكرملين نعم\n".repeat(12_000).into_bytes())]);
    user.done(&["new", "p.hashiya", "--from", "texts", "--coder", "ليلى"]);
    user.done(&["tag", "p.hashiya", "قال", "قول", "--coder", "ليلى"]);
    user.lay_out("out", &[("x", "ما كان هنا".into()), ("folder/mine.txt", "لي".into())]);
    user
}

fn names(user: &User) -> BTreeSet<String> {
    let entries = fs::read_dir(user.path("out")).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success(), "the program ended before {name} came");
}

/// Starts a program and waits until it has begun to write.
fn begun(user: &User, mut command: Command) -> Child {
    let mut child =
        command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let began = Instant::now();
    while !names(user).iter().any(|name| name.starts_with(".hashiya-")) {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing is written");
        assert!(child.try_wait().expect("a child").is_none(), "it ended before it was seen to write");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

fn export<'a>(format: &'a str, out: &'a str) -> Vec<&'a str> {
    vec!["export", "p.hashiya", "--format", format, "--out", out]
}

#[test]
fn an_export_that_is_interrupted_leaves_nothing_behind() {
    let user = busy();
    let before = user.disk();
    for (name, code, arguments) in [
        ("INT", 130, export("csv", "out/x")),
        ("TERM", 143, [export("jsonl", "out/x"), vec!["--verify"]].concat()),
        ("HUP", 129, [export("cas-xmi", "out/folder"), vec!["--force", "--verify"]].concat()),
        ("INT", 130, export("brat", "out/new")),
    ] {
        let child = begun(&user, user.command(&arguments));
        signal(&child, name);
        let sent = Instant::now();
        let output = child.wait_with_output().expect("it ends");
        assert!(sent.elapsed() < Duration::from_secs(2), "{arguments:?} took {:?} to end", sent.elapsed());
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains("was interrupted; nothing of it is left"), "{said}");
        assert!(user.disk() == before, "{arguments:?} left something");
    }
}

#[test]
fn what_whoever_started_it_ignores_does_not_end_it() {
    let user = busy();
    let command = user.command(&[""; 0]);
    let mut shell = Command::new("sh");
    let script = "trap '' HUP; exec \"$0\" \"$@\"";
    shell.args(["-c", script]).arg(command.get_program()).args(export("csv", "out/x"));
    shell.current_dir(user.path("")).env_clear();
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = begun(&user, shell);
    signal(&child, "HUP");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(fs::read_to_string(user.path("out/x")).expect("there").starts_with("id,document"));
}

#[test]
fn an_import_that_is_interrupted_is_done_or_not_done() {
    let user = busy();
    user.done(&export("csv", "out/x"));
    user.done(&["new", "q.hashiya", "--from", "texts", "--coder", "ليلى"]);
    let mut ended = BTreeSet::new();
    let mut wait = Duration::from_millis(50);
    loop {
        let arguments = ["import", "q.hashiya", "out/x", "--format", "csv", "--coder", "ليلى"];
        let child = user.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        std::thread::sleep(wait);
        if child.try_wait().expect("a child").is_none() {
            signal(&child, "INT");
        }
        let output = child.wait_with_output().expect("it ends");
        let count = user.json(&["info", "q.hashiya", "--json"])["annotations"].as_u64().expect("a number");
        user.done(&["check", "q.hashiya"]);
        // Before it writes, the signal ends it at once, and the shell gives the same code for that.
        let code = output.status.code().unwrap_or(130);
        assert_eq!(count, if code == 0 { 12_000 } else { 0 }, "after {wait:?}: {output:?}");
        assert!(matches!(code, 0 | 130), "after {wait:?}: {output:?}");
        ended.insert(code);
        if code == 0 {
            break;
        }
        wait += wait / 2;
    }
    assert_eq!(ended, BTreeSet::from([0, 130]));
}
