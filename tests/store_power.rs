//! The power goes at every step of a random stream of edits, saves, imports and removals: whatever of the unsynced writes, renames and
//! new names the disk then lacks, the project opens, equals a prefix of the edits that holds every acknowledged one, and is sound.
#![allow(clippy::disallowed_methods, reason = "a test lays out folders")]

#[path = "store/power.rs"]
mod power;
#[path = "store/stream.rs"]
mod stream;
#[path = "store/support.rs"]
mod support;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use hashiya::model::{Edit, History, Project, Stamps};
use hashiya::store::{Fault, OpenMode, Opened, Progress, SessionEvent, Wake, check, create_with, open_with};

use power::{Contents, Cut, Entry, Log, Platter, lay_out};
use stream::{Chance, Stream};
use support::disks::WatchedDisk;
use support::{CountingStamps, Desk, coder, fatal, save};

/// Where the project lies below the root; the folders above it are made with it.
const PLACE: &str = "data/unnamed/a.hashiya";

/// What was done until the power went, and what the reader had been told.
struct Run {
    log: Vec<Entry>,
    /// What the project was after so many edits.
    states: Vec<(Project, History)>,
    /// For each [`Entry::Told`] how many edits were then promised; the first is that the project was made.
    promises: Vec<u64>,
}

impl Run {
    /// How many edits were promised when so many things had been told after the first; of the last ones nobody may have taken note.
    fn promised(&self, told: usize) -> u64 {
        self.promises[told.min(self.promises.len() - 1)]
    }
}

/// A desk on a disk whose deeds are written down.
fn logging_desk() -> (Desk, Arc<Log>) {
    let log = Arc::new(Log::new());
    let desk = Desk::on(Arc::new(WatchedDisk(Arc::clone(&log))));
    log.watch(desk.root.path());
    (desk, log)
}

/// Waits for what the writing thread tells, until it has told of a number of edits or of a save of them, and adds up the promises.
fn listen(opened: &Opened, promises: &mut Vec<u64>, wanted: impl Fn(&SessionEvent) -> bool) {
    while let Some(event) = opened.session.wait(Duration::from_secs(60)) {
        let before = *promises.last().expect("the project was made");
        promises.push(match &event {
            SessionEvent::Acknowledged(seq) => before.max(*seq),
            SessionEvent::Saved { through, .. } => before.max(*through),
            other => panic!("{other:?}"),
        });
        if wanted(&event) {
            return;
        }
    }
    panic!("the event did not come");
}

/// Makes a project and works on it.
fn work(seed: u64, edits: u64) -> Run {
    let (mut desk, log) = logging_desk();
    let project = desk.project(&["قال المتحدِّث باسم الرئاسة: «نعم»\nسطر ثانٍ", "نص ثان", ""]);
    let place = desk.path(PLACE);
    let told = Arc::clone(&log);
    let wake: Wake = Arc::new(move || told.note(Entry::Told));
    let mut opened =
        create_with(&desk.surroundings, &place, &project, &coder(), wake).expect("a new project");
    log.note(Entry::Told);
    let mut states = vec![(opened.project.clone(), opened.history.clone())];
    let mut promises = vec![0];
    let mut stream = Stream::new(seed, CountingStamps(1_000_000));
    for _ in 0..edits {
        let act = stream.next(&mut opened.project, &mut opened.history);
        let seq = opened.session.append(act, stream.stamps.now());
        states.push((opened.project.clone(), opened.history.clone()));
        assert_eq!(states.len() as u64, seq + 1);
        if stream.chance.one_in(5) {
            opened.session.save(opened.project.clone(), opened.history.clone());
        }
        // Sometimes the reader is quicker than the disk.
        if stream.chance.one_in(2) {
            listen(
                &opened,
                &mut promises,
                |event| matches!(event, SessionEvent::Acknowledged(at) if *at == seq),
            );
        }
    }
    let last = opened.session.last();
    opened.session.save(opened.project.clone(), opened.history.clone());
    listen(
        &opened,
        &mut promises,
        |event| matches!(event, SessionEvent::Saved { through, .. } if *through == last),
    );
    opened.session.close().expect("closed");
    Run { log: log.take(), states, promises }
}

/// What a reader finds after a cut: which of the states, or no project at all. With `go_on`, who may write goes on there.
fn find(contents: &Contents, run: &Run, go_on: bool, when: &str) -> Option<usize> {
    let mut desk = Desk::new();
    lay_out(contents, desk.root.path());
    let place = desk.path(PLACE);
    if !place.exists() {
        return None;
    }
    let none = Vec::<&Fault>::new();
    let sound = |when: &str| assert_eq!(fatal(&check(&place).expect("a project")), none, "{when}");
    sound(when);
    let seen = open(&desk, OpenMode::ReadOnly, when);
    assert_eq!(fatal(&seen.report.faults), none, "{when}");
    let state = (seen.project.clone(), seen.history.clone());
    let found = run.states.iter().rposition(|one| *one == state);
    let found = found.unwrap_or_else(|| panic!("{when}: a state that never was"));
    // Whoever may write repairs, sees the same, and goes on.
    let mut opened = open(&desk, OpenMode::Write, when);
    assert_eq!((&opened.project, &opened.history), (&state.0, &state.1), "{when}");
    if go_on {
        desk.perform(&mut opened, Edit::SetTitle("وبعد".into()));
        save(&opened);
        let expected = opened.project.clone();
        opened.session.close().expect("closed");
        sound(when);
        assert_eq!(open(&desk, OpenMode::ReadOnly, when).project, expected, "{when}");
    }
    Some(found)
}

fn open(desk: &Desk, mode: OpenMode, when: &str) -> Opened {
    let place = desk.path(PLACE);
    open_with(&desk.surroundings, &place, &coder(), mode, support::wake(), &Progress::new())
        .unwrap_or_else(|error| panic!("{when}: {error}"))
}

/// The states that were found, by what the disk held.
#[derive(Default)]
struct Findings(HashMap<u64, Option<usize>>);

impl Findings {
    fn of(&mut self, contents: &Contents, run: &Run, when: &str) -> Option<usize> {
        let mut hasher = DefaultHasher::new();
        contents.hash(&mut hasher);
        let go_on = self.0.len().is_multiple_of(3);
        *self.0.entry(hasher.finish()).or_insert_with(|| find(contents, run, go_on, when))
    }

    /// Cuts the power in many ways and holds what is found against what was promised.
    fn cut(&mut self, platter: &Platter, run: &Run, promised: Option<u64>, chance: &mut Chance, when: &str) {
        let random = if platter.pending() == 0 { 0 } else { WAYS };
        let cuts = [Cut::KeepsNothing, Cut::KeepsNames, Cut::KeepsData];
        for (way, cut) in cuts.into_iter().chain(std::iter::repeat_n(Cut::KeepsSome, random)).enumerate() {
            let contents = platter.after_cut(cut, chance);
            let when = format!("{when}, way {way} ({cut:?})");
            match (self.of(&contents, run, &when), promised) {
                (None, None) => {}
                (None, Some(_)) => panic!("{when}: the project is gone"),
                (Some(found), promised) => {
                    let promised = promised.unwrap_or(0);
                    assert!(found as u64 >= promised, "{when}: edit {promised} was promised, {found} found");
                }
            }
        }
    }
}

/// In how many random ways the power is cut after each deed.
const WAYS: usize = 4;

/// How many seeds are tried: so many, or as `HASHIYA_SEEDS` says, for who has time.
fn more(seeds: u64) -> u64 {
    std::env::var("HASHIYA_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(seeds)
}

/// Runs a check for several seeds, on as many threads as there are processors.
fn for_seeds(seeds: std::ops::RangeInclusive<u64>, check: impl Fn(u64) -> usize + Sync) -> usize {
    let next = std::sync::atomic::AtomicU64::new(*seeds.start());
    let work = || {
        let mut seen = 0;
        loop {
            let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if !seeds.contains(&seed) {
                return seen;
            }
            seen += check(seed);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("the property holds")).sum()
    })
}

#[test]
fn after_a_power_cut_at_any_step_nothing_acknowledged_is_missing() {
    let seen = for_seeds(1..=more(3), |seed| {
        let run = work(seed, 20);
        assert!(run.log.len() > 150, "{} deeds", run.log.len());
        let mut platter = Platter::new();
        let mut findings = Findings::default();
        let mut chance = Chance::new(seed);
        let mut told = 0;
        for (at, entry) in run.log.iter().enumerate() {
            platter.apply(entry);
            told += usize::from(matches!(entry, Entry::Told));
            let promised = told.checked_sub(1).map(|told| run.promised(told));
            let when = format!("seed {seed}, after deed {at} ({entry:?})");
            findings.cut(&platter, &run, promised, &mut chance, &when);
        }
        findings.0.len()
    });
    println!("{seen} different disks after power cuts");
    assert!(seen > 500, "{seen} different disks");
}

/// The program is killed at some step, which loses nothing of what it wrote; it starts again and repairs, and in the middle of that, or of
/// the first edit after it, the power goes.
#[test]
fn a_power_cut_in_a_recovery_loses_nothing_either() {
    let seen = for_seeds(11..=10 + more(1), |seed| {
        let mut run = work(seed, 16);
        let mut platter = Platter::new();
        let mut findings = Findings::default();
        let mut chance = Chance::new(seed);
        let mut told = 0;
        for (at, entry) in std::mem::take(&mut run.log).into_iter().enumerate() {
            platter.apply(&entry);
            told += usize::from(matches!(entry, Entry::Told));
            let Some(promised) = told.checked_sub(1).map(|told| run.promised(told)) else { continue };
            if !chance.one_in(6) {
                continue;
            }
            let when = format!("seed {seed}, killed after deed {at} ({entry:?})");
            let (mut desk, log) = logging_desk();
            lay_out(&platter.live(), desk.root.path());
            let told = Arc::clone(&log);
            let wake: Wake = Arc::new(move || told.note(Entry::Told));
            let mut opened = open_with(
                &desk.surroundings,
                &desk.path(PLACE),
                &coder(),
                OpenMode::Write,
                wake,
                &Progress::new(),
            )
            .unwrap_or_else(|error| panic!("{when}: {error}"));
            // What the reader sees now must not go away again.
            let shown = (opened.project.clone(), opened.history.clone());
            let shown = run.states.iter().rposition(|one| *one == shown).expect("a state that was");
            let started = log.len();
            let mut states = run.states[..=shown].to_vec();
            desk.perform(&mut opened, Edit::SetTitle("وبعد".into()));
            states.push((opened.project.clone(), opened.history.clone()));
            let last = opened.session.last();
            listen(
                &opened,
                &mut vec![0],
                |event| matches!(event, SessionEvent::Acknowledged(at) if *at == last),
            );
            opened.session.close().expect("closed");
            let again = Run { log: log.take(), states, promises: Vec::new() };
            let mut platter = platter.clone();
            let mut promised = promised;
            for (at, entry) in again.log.iter().enumerate() {
                platter.apply(entry);
                if at + 1 == started {
                    promised = shown as u64;
                }
                if matches!(entry, Entry::Told) {
                    promised = shown as u64 + 1;
                }
                let when = format!("{when}, then after deed {at} ({entry:?})");
                findings.cut(&platter, &again, Some(promised), &mut chance, &when);
            }
        }
        findings.0.len()
    });
    println!("{seen} different disks after power cuts in a recovery");
    assert!(seen > 100, "{seen} different disks");
}
