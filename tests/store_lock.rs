//! Two at once: who may write a project, what happens when that changes, and that of many who try only one wins.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/support.rs"]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hashiya::model::{Edit, Stamps, Timestamp};
use hashiya::store::{OpenMode, Progress, SessionEvent, StoreError, SystemStamps, open_with};
use support::{Desk, coder, files, journalled, save, wake};

const LOCK: &str = "a.hashiya/locks/سارة";

fn lock_of(host: &str, process: u32, heartbeat: Timestamp) -> String {
    format!(
        "(version: 1, owner: \"سارة\", host: {host:?}, process: {process}, since: \"{heartbeat}\", \
         heartbeat: \"{heartbeat}\")\n"
    )
}

/// Started again as another process by the test below: opens the project and says whether it got the lock, then waits.
#[test]
fn racer() {
    let Some(root) = std::env::var_os("HASHIYA_TEST_RACER") else { return };
    let desk = Desk::new();
    let mut line = String::new();
    println!("ready");
    std::io::stdin().read_line(&mut line).expect("a start");
    let place = Path::new(&root).join("a.hashiya");
    let opened = open_with(&desk.surroundings, &place, &coder(), OpenMode::Write, wake(), &Progress::new())
        .expect("opens");
    let over = opened.report.taken_over.is_some();
    println!("{}", if opened.session.is_read_only() { "reads" } else { "writes" });
    println!("over {over}");
    std::io::stdin().read_line(&mut line).expect("an end");
}

fn start_racer(root: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "racer", "--nocapture", "--test-threads=1"])
        .env("HASHIYA_TEST_RACER", root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test starts again");
    let output = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    (child, output)
}

fn say(child: &mut Child) {
    child.stdin.as_mut().expect("piped").write_all(b"go\n").expect("it listens");
}

#[test]
fn of_many_processes_that_race_for_a_lock_that_was_left_behind_one_wins() {
    let mut desk = Desk::new();
    desk.open_project(&["نص"]).session.close().expect("closed");
    let long_ago = Timestamp::from_milliseconds(1_600_000_000_000);
    for (left, is_told) in [
        (Some(lock_of("elsewhere", 7, long_ago)), true),
        (Some("(version: 1, ho".to_owned()), false),
        (None, false),
    ] {
        match &left {
            Some(text) => fs::write(desk.path(LOCK), text).expect("a lock"),
            None => assert!(!desk.path(LOCK).exists()),
        }
        let mut racers: Vec<_> = (0..12).map(|_| start_racer(desk.root.path())).collect();
        for (_, output) in &mut racers {
            assert!(output.any(|line| line.ends_with("ready")));
        }
        for (child, _) in &mut racers {
            say(child);
        }
        let mut winners = 0;
        for (_, output) in &mut racers {
            let said =
                output.find(|line| line.ends_with("writes") || line.ends_with("reads")).expect("it says");
            let over = output.find(|line| line.starts_with("over")).expect("it says");
            if said.ends_with("writes") {
                winners += 1;
                assert_eq!(over == "over true", is_told, "{left:?}");
            }
        }
        assert_eq!(winners, 1, "{left:?}");
        for (child, _) in &mut racers {
            say(child);
            assert!(child.wait().expect("ended").success());
        }
        assert!(!desk.path(LOCK).exists(), "the winner released it");
    }
}

#[test]
fn a_killed_holder_leaves_a_lock_that_the_next_takes_over_and_names() {
    let mut desk = Desk::new();
    desk.open_project(&["نص"]).session.close().expect("closed");
    let (mut child, mut output) = start_racer(desk.root.path());
    assert!(output.any(|line| line.ends_with("ready")));
    say(&mut child);
    assert!(output.any(|line| line.ends_with("writes")));
    let second = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    let holder = second.report.read_only.expect("it is open there");
    assert_eq!((holder.owner.as_str(), holder.process, holder.in_doubt), ("سارة", child.id(), false));
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(desk.path(LOCK).exists(), "a killed process leaves its file");
    let third = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(!third.session.is_read_only());
    assert_eq!(third.report.taken_over.expect("told").process, holder.process);
}

/// The holder's clock is two hours fast, or half an hour slow: it is not known whether it still lives, so it counts as living.
#[test]
fn a_holder_whose_clock_is_wrong_is_in_doubt_and_keeps_its_lock() {
    let mut desk = Desk::new();
    desk.open_project(&["نص"]).session.close().expect("closed");
    let now = SystemStamps.now().milliseconds();
    for minutes in [120, -30] {
        let heartbeat = Timestamp::from_milliseconds(now + minutes * 60_000);
        fs::write(desk.path(LOCK), lock_of("elsewhere", 7, heartbeat)).expect("a lock");
        let opened = desk.open("a.hashiya", OpenMode::Write).expect("opens");
        assert!(opened.report.read_only.is_some_and(|holder| holder.in_doubt), "{minutes}");
    }
}

#[test]
fn a_window_that_lost_its_lock_writes_nothing_and_says_who_has_it() {
    let mut desk = Desk::new();
    let mut opened = desk.open_project(&["قال المتحدث باسم الرئاسة"]);
    desk.mark(&mut opened, 0, 0..6);
    save(&opened);
    desk.mark(&mut opened, 0, 7..12);
    journalled(&opened);
    // While this machine slept, another has taken over: its lock has arrived in the folder.
    let theirs = lock_of("elsewhere", 7, SystemStamps.now());
    hashiya::store::write_atomically(&desk.path(LOCK), theirs.as_bytes()).expect("written");
    let before = files(&desk.path("a.hashiya"));
    desk.mark(&mut opened, 0, 13..16);
    opened.session.save(opened.project.clone(), opened.history.clone());
    let mut events = Vec::new();
    while let Some(event) = opened.session.wait(Duration::from_secs(30)) {
        let is_last = matches!(&event, SessionEvent::Failed { during: hashiya::store::Writing::Save, .. });
        events.push(event);
        if is_last {
            break;
        }
    }
    match events.as_slice() {
        [
            SessionEvent::LockLost(holder),
            SessionEvent::Failed { error, kept_in: Some(kept_in), .. },
            SessionEvent::Failed { error: again, .. },
        ] => {
            assert_eq!((holder.host.as_str(), holder.process), ("elsewhere", 7));
            assert!(matches!((error, again), (StoreError::LockLost { .. }, StoreError::LockLost { .. })));
            let kept = fs::read_to_string(kept_in.join("journal.ron")).expect("the edits are kept apart");
            assert_eq!(kept.lines().count(), 3, "the head and two edits since the last save");
        }
        _ => panic!("{events:?}"),
    }
    assert!(opened.session.is_read_only());
    // It can still be kept elsewhere, with everything.
    let elsewhere = desk.path("b.hashiya");
    opened.session.save_as(&elsewhere, opened.project.clone(), opened.history.clone());
    support::wait(&opened.session, |event| matches!(event, SessionEvent::Moved { .. }));
    desk.perform(&mut opened, Edit::SetTitle("آخر".into()));
    journalled(&opened);
    let kept = opened.project.clone();
    opened.session.close().expect("closed");
    assert_eq!(files(&desk.path("a.hashiya")), before, "nothing was written in the old place");
    assert_eq!(desk.reopened("b.hashiya").project, kept);
}

#[test]
fn a_second_window_is_told_when_the_first_lets_go() {
    let mut desk = Desk::new();
    let first = desk.open_project(&["نص"]);
    let second = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(second.session.is_read_only());
    first.session.close().expect("closed");
    assert!(matches!(second.session.wait(Duration::from_secs(30)), Some(SessionEvent::LockFree)));
    let third = desk.open("a.hashiya", OpenMode::Write).expect("opens");
    assert!(!third.session.is_read_only());
}
