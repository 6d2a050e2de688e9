//! The program is killed at random instants, again and again: each time the project is as it was after some edit, with every edit that was
//! acknowledged, and sound; and the next start goes on from there.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/stream.rs"]
mod stream;
#[path = "store/support.rs"]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hashiya::model::{History, Project, Timestamp};
use hashiya::store::disk::RealDisk;
use hashiya::store::{Fault, OpenMode, Opened, Progress, SessionEvent, check, create_with, open_with};

use stream::{Chance, Stream};
use support::{CountingStamps, Desk, coder, fatal, wake};

/// How often the program is killed in all, over projects that are worked on side by side.
const KILLS: usize = 300;
const PROJECTS: usize = 4;

/// How many edits the program makes at most before it is killed.
const EDITS: usize = 40;

/// What tells the other process where the project is, and the seed of its edits.
const ROOT: &str = "HASHIYA_TEST_KILLED";
const SEED: &str = "HASHIYA_TEST_SEED";

fn reader(seed: u64) -> Stream {
    Stream::new(seed, CountingStamps(seed * 1_000_000))
}

/// Started as another process by the test below, and killed. Says on its standard output which edits it was told are kept.
#[test]
fn program_to_be_killed() {
    let Some(root) = std::env::var_os(ROOT) else { return };
    let seed: u64 = std::env::var(SEED).expect("a seed").parse().expect("a number");
    let mut desk = Desk::new();
    if seed.is_multiple_of(8) {
        // Most runs do not wait for the disk, which a killed process does not lose.
        desk = Desk::on(Arc::new(RealDisk));
    }
    let place = Path::new(&root).join("a.hashiya");
    let opened = open_with(&desk.surroundings, &place, &coder(), OpenMode::Write, wake(), &Progress::new());
    let mut opened = opened.expect("opens");
    assert!(!opened.session.is_read_only(), "the lock of a killed process is taken over");
    let mut stream = reader(seed);
    let mut pace = Chance::new(seed + 1);
    let first = opened.session.last();
    for _ in 0..EDITS {
        let act = stream.next(&mut opened.project, &mut opened.history);
        let seq = opened.session.append(act, Timestamp::default());
        if pace.one_in(6) {
            opened.session.save(opened.project.clone(), opened.history.clone());
        }
        let patience = if pace.one_in(2) { Duration::from_secs(30) } else { Duration::ZERO };
        tell(&opened, first, seq, patience);
    }
    let last = opened.session.last();
    opened.session.save(opened.project.clone(), opened.history.clone());
    tell(&opened, first, last, Duration::from_secs(30));
    println!("kept {}", EDITS + 1);
    std::thread::sleep(Duration::from_secs(60));
}

/// Says what the session tells, until it has told that an edit is kept or nothing comes for so long.
fn tell(opened: &Opened, first: u64, wanted: u64, patience: Duration) {
    while let Some(event) = opened.session.wait(patience) {
        match event {
            SessionEvent::Acknowledged(seq) | SessionEvent::Saved { through: seq, .. } => {
                println!("kept {}", seq.saturating_sub(first));
                std::io::stdout().flush().expect("the other end listens");
                if seq >= wanted {
                    return;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Starts the program, kills it at an instant that chance chooses, and gives the last edit that it was told is kept.
fn start_and_kill(root: &Path, seed: u64, chance: &mut Chance) -> usize {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "program_to_be_killed", "--nocapture", "--test-threads=1"])
        .env(ROOT, root)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test starts again");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let kept = |line: String| line.rsplit_once("kept ").and_then(|(_, number)| number.parse::<usize>().ok());
    let mut told = 0;
    let mut lines = output.lines().map_while(Result::ok).filter_map(kept);
    // Sometimes while it opens, most often somewhere in its work, a moment after it told of an edit.
    if chance.one_in(5) {
        std::thread::sleep(Duration::from_micros(chance.below(30_000) as u64));
    } else {
        let wanted = 1 + chance.below(EDITS + 1);
        told = lines.find(|&number| number >= wanted).expect("it tells of its edits");
        std::thread::sleep(Duration::from_micros(chance.below(3_000) as u64));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    // What it said before it died, it had promised.
    lines.fold(told, usize::max).min(EDITS)
}

/// What the project may be: after so many edits of a reader.
fn states(project: &Project, history: &History, seed: u64) -> Vec<(Project, History)> {
    let mut stream = reader(seed);
    let mut states = vec![(project.clone(), history.clone())];
    let (mut project, mut history) = (project.clone(), history.clone());
    for _ in 0..EDITS {
        stream.next(&mut project, &mut history);
        states.push((project.clone(), history.clone()));
    }
    states
}

/// Works on one project until the kills are used up; gives how many edits were found that nobody had promised yet.
fn survive(number: usize, kills: &AtomicUsize) -> usize {
    let mut desk = Desk::new();
    let project = desk.project(&["قال المتحدِّث باسم الرئاسة: «نعم»\nسطر ثانٍ", "نص ثان"]);
    let place = desk.path("a.hashiya");
    let made = create_with(&desk.surroundings, &place, &project, &coder(), wake()).expect("a new project");
    let (mut project, mut history) = (made.project.clone(), made.history.clone());
    made.session.close().expect("closed");
    let mut chance = Chance::new(number as u64 + 77);
    let mut beyond = 0;
    for round in 1_u64.. {
        if kills.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
            break;
        }
        let seed = round * PROJECTS as u64 + number as u64;
        let promised = start_and_kill(desk.root.path(), seed, &mut chance);
        let when = format!("project {number}, kill {round}, {promised} edits promised");
        assert_eq!(fatal(&check(&place).expect("a project")), Vec::<&Fault>::new(), "{when}");
        let seen =
            desk.open("a.hashiya", OpenMode::ReadOnly).unwrap_or_else(|error| panic!("{when}: {error}"));
        let found = (seen.project.clone(), seen.history.clone());
        let at = states(&project, &history, seed).iter().rposition(|state| *state == found);
        let at = at.unwrap_or_else(|| panic!("{when}: a state that never was"));
        assert!(at >= promised, "{when}, {at} found");
        beyond += at - promised;
        (project, history) = found;
    }
    beyond
}

#[test]
fn a_killed_program_loses_nothing_that_it_was_told_is_kept() {
    let kills = AtomicUsize::new(KILLS);
    let beyond: usize = std::thread::scope(|scope| {
        let projects: Vec<_> = (0..PROJECTS)
            .map(|number| {
                scope.spawn({
                    let kills = &kills;
                    move || survive(number, kills)
                })
            })
            .collect();
        projects.into_iter().map(|project| project.join().expect("it survives")).sum()
    });
    println!("killed {KILLS} times; {beyond} edits were found that had not been promised yet");
}
