//! Imports and exports as work that takes long: they tell how far they are, they end when they are told to, and then nothing has happened.

#[path = "exchange/support.rs"]
mod support;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashiya::app::importing::{Choices, Found, ImportError, plan_asking};
use hashiya::app::outside::{Export, Files, OutsideError, READING_BACK, within_reach};
use hashiya::app::{Action, Command, Dialog, ExportPlan, ImportPlan, Incoming, Pick, Workbench};
use hashiya::exchange::{self, ExchangeError, Format, Imported, Options, Scope, Watched};
use hashiya::model::{
    Annotation, AnnotationId, AnnotationTable, Codebook, Coder, Project, ProjectId, Settings, Span,
};
use hashiya::store::{self, OpenMode, Progress, Roots, Surroundings, SystemStamps, disk::RealDisk};
use support::{document, format, id, tag};

/// A project of several documents, with so many marks in each, one a line.
fn marked(documents: usize, marks: usize) -> Project {
    let line = "قال الكرملين نعم\n";
    let word = line.find(' ').expect("a space");
    let documents: Vec<_> =
        (0..documents).map(|at| document(at, &format!("{at}\n{}", line.repeat(marks)))).collect();
    let tag = tag(0, "قول");
    let tables = documents.iter().enumerate().map(|(at, document)| {
        let table = (0..marks).map(|number| {
            let start = 2 + number * line.len();
            let spans = vec![Span::new(start..start + word)];
            Arc::new(Annotation {
                id: AnnotationId::from_bytes(id(at * marks + number)),
                document: document.id,
                quote: document.text.quote(&spans),
                spans,
                tags: vec![tag.id],
                note: String::new(),
                attributes: Vec::new(),
                relations: Vec::new(),
                coder: Coder::new("ليلى"),
                created: Default::default(),
                modified: Default::default(),
            })
        });
        (document.id, AnnotationTable::new(table.collect::<Vec<_>>()))
    });
    let tables: Vec<_> = tables.collect();
    let codebook = Codebook::new(vec![tag.clone()]);
    let id = ProjectId::from_bytes(id(0));
    Project::from_parts(id, "تجربة".into(), Settings::default(), codebook, documents, tables)
}

/// The documents of a project alone.
fn unmarked(project: &Project) -> Project {
    let (id, documents) = (ProjectId::from_bytes(id(1)), project.documents().to_vec());
    Project::from_parts(id, "آخر".into(), Settings::default(), Codebook::default(), documents, [])
}

fn export(project: &Project, format: Format, verify: bool) -> Export<'_> {
    Export { project, scope: &Scope::Project, format, options: Options::default(), force: true, verify }
}

fn readable() -> impl Iterator<Item = Format> {
    Format::all().filter(|format| format.info().read.is_some())
}

/// Every path below a folder with what stands in it.
fn tree(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("readable").into_path());
    entries.map(|path| (path.display().to_string(), fs::read(&path).ok())).collect()
}

/// Does work that asks how to go on, and tells it to stop at each of its questions in turn; returns what it comes to when it is let.
fn at_each_question<T>(what: &str, work: impl Fn(exchange::Progress<'_>) -> Option<T>) -> T {
    let asked = Cell::new(0_usize);
    let last = Cell::new((0, 0));
    let whole = work(&|done, total| {
        asked.set(asked.get() + 1);
        let (before, _) = last.replace((done, total));
        assert!(before <= done && done <= total, "{what}: {before}, then {done} of {total}");
        ControlFlow::Continue(())
    });
    let all = asked.get();
    assert!(all > 2, "{what} asks {all} times only");
    // All of them would take minutes, and the first and last are where something could be forgotten.
    for stop in (1..=all).filter(|&at| at < 12 || at + 12 > all || at.is_multiple_of(1 + all / 12)) {
        asked.set(0);
        let done = work(&|_, _| {
            asked.set(asked.get() + 1);
            if asked.get() < stop { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert!(done.is_none(), "{what} went on after question {stop} of {all}");
        assert_eq!(asked.get(), stop, "{what} asked again");
    }
    whole.unwrap_or_else(|| panic!("{what} was not let go on"))
}

#[test]
fn reading_tells_how_many_bytes_were_read_and_ends_at_any_question_in_every_format() {
    let project = marked(2, 300);
    let folder = tempfile::tempdir().expect("a folder");
    for format in readable() {
        let path = folder.path().join(format.info().name);
        let written = export(&project, format, true).write(&path, &Progress::new()).expect("written");
        let total = Files::below(&path, &Progress::new()).expect("there").bytes();
        let most = Cell::new(0);
        let imported: Imported = at_each_question(format.info().name, |progress| {
            let mut files = Files::below(&path, &Progress::new()).expect("there");
            let progress = |done, total| {
                most.set(most.get().max(done));
                progress(done, total)
            };
            match exchange::read(format, &mut Watched::new(&mut files, total, &progress)) {
                Ok(imported) => Some(imported),
                Err(ExchangeError::Cancelled) => None,
                Err(why) => panic!("{format}: {why}"),
            }
        });
        // Of a folder some files are not needed.
        assert!(2 * most.get() >= total, "{format}: {} of {total}", most.get());
        assert!(imported.documents.len() + imported.tags.len() > 0, "{format}");
        at_each_question(&format!("the comparison of {format}"), |progress| {
            let mut files = Files::below(&path, &Progress::new()).expect("there");
            let mut source = Watched::new(&mut files, total * format.info().passes(), progress);
            match exchange::verify(format, &project, &Scope::Project, &written.losses, &mut source) {
                Ok(count) => Some(count),
                Err(ExchangeError::Cancelled) => None,
                Err(why) => panic!("{format}: {why}"),
            }
        });
    }
}

/// What was read last asks on while it is parsed and made into marks; formats that are read line by line ask as their bytes come.
#[test]
fn a_large_document_is_never_parsed_for_long_without_a_question() {
    const MARKS: usize = 4_000;
    let project = marked(1, MARKS);
    for format in readable().filter(|format| format.info().name != "refi-codebook") {
        let (mut out, _) = support::export(format, &project, &Scope::Project);
        let total = out.files.values().map(Vec::len).sum();
        let (asked, last) = (Cell::new(0_usize), Cell::new((0, 0)));
        let progress = |done: usize, _: usize| {
            asked.set(asked.get() + 1);
            let (before, since) = last.get();
            last.set(if done == before { (before, since + 1) } else { (done, 0) });
            ControlFlow::Continue(())
        };
        exchange::read(format, &mut Watched::new(&mut out, total, &progress)).expect("our own export");
        let is_by_lines = ["jsonl", "csv", "doccano"].contains(&format.info().name);
        let (least, found) =
            if is_by_lines { (total >> 17, asked.get()) } else { (MARKS / 256, last.get().1) };
        assert!(found >= least.max(4), "{format} asks {found} times and not {least}");
    }
}

#[test]
fn planning_ends_at_any_question() {
    let project = marked(2, 400);
    let empty = unmarked(&project);
    let choices = Choices { coder: Coder::new("سارة"), unit: None };
    for name in ["csv", "brat", "web-annotation"] {
        let (mut out, _) = support::export(format(name), &project, &Scope::Project);
        let imported = exchange::read(format(name), &mut out).expect("our own export");
        let plan = at_each_question(name, |progress| {
            match plan_asking(&empty, imported.clone(), &choices, &mut SystemStamps, progress) {
                Ok(plan) => Some(plan),
                Err(ImportError::Exchange(ExchangeError::Cancelled)) => None,
                Err(why) => panic!("{name}: {why}"),
            }
        });
        assert_eq!((plan.report.added, plan.report.marks, plan.report.placed), (800, 800, 800), "{name}");
    }
}

#[test]
fn work_that_does_not_hear_is_left_to_itself() {
    let progress = Progress::new();
    assert_eq!(within_reach(&progress, || 7), Some(7));
    progress.cancel();
    assert_eq!(within_reach(&progress, || 8), Some(8), "what ends soon is not thrown away");
    let began = Instant::now();
    let deaf = within_reach(&progress, || std::thread::sleep(Duration::from_secs(20)));
    assert!(deaf.is_none() && began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn an_export_that_is_cancelled_in_either_stage_leaves_what_was_there() {
    let project = marked(3, 4000);
    let folder = tempfile::tempdir().expect("a folder");
    store::write_atomically(&folder.path().join("file"), "ما كان هنا".as_bytes()).expect("written");
    store::write_atomically(&folder.path().join("mine"), "لي".as_bytes()).expect("written");
    let before = tree(folder.path());
    for (name, place) in [("csv", "file"), ("refi-qda", "file"), ("brat", ""), ("cas-xmi", "")] {
        for stage in [0, READING_BACK] {
            let progress = Progress::new();
            let watched = progress.clone();
            let watching = std::thread::spawn(move || {
                let began = Instant::now();
                while (watched.stage() < stage || watched.total() == 0)
                    && began.elapsed() < Duration::from_secs(30)
                {
                    std::thread::yield_now();
                }
                watched.cancel();
                Instant::now()
            });
            let written = export(&project, format(name), true).write(&folder.path().join(place), &progress);
            let took = watching.join().expect("it ends").elapsed();
            assert!(
                matches!(&written, Err(why) if why.is_cancelled()),
                "{name} in stage {stage}: {written:?}"
            );
            assert_eq!(progress.stage(), stage, "{name}");
            assert!(took < Duration::from_secs(2), "{name} in stage {stage} took {took:?} to end");
            assert!(tree(folder.path()) == before, "{name} in stage {stage} left something");
        }
    }
}

#[test]
fn an_export_that_reads_back_as_something_else_leaves_what_was_there() {
    // Two annotations of one id: an export holds both, and nobody can tell them apart.
    let sound = marked(2, 3);
    let tables = sound.documents().iter().map(|document| {
        let table = sound.table(document.id).iter().enumerate().map(|(at, annotation)| {
            Arc::new(Annotation { id: AnnotationId::from_bytes(id(at)), ..Annotation::clone(annotation) })
        });
        (document.id, AnnotationTable::new(table.collect::<Vec<_>>()))
    });
    let (codebook, documents) = (sound.codebook().clone(), sound.documents().to_vec());
    let tables: Vec<_> = tables.collect();
    let project =
        Project::from_parts(sound.id(), "تجربة".into(), Settings::default(), codebook, documents, tables);
    let folder = tempfile::tempdir().expect("a folder");
    store::write_atomically(&folder.path().join("file"), "ما كان هنا".as_bytes()).expect("written");
    store::write_atomically(&folder.path().join("mine"), "لي".as_bytes()).expect("written");
    let before = tree(folder.path());
    for (name, place) in [("jsonl", "file"), ("cas-xmi", ""), ("cas-xmi", "new")] {
        let place = folder.path().join(place);
        let why =
            export(&project, format(name), true).write(&place, &Progress::new()).expect_err("not the same");
        assert!(matches!(why, OutsideError::NotTheSame(_)), "{name}: {why}");
        assert!(why.to_string().contains("what stood there before is untouched"), "{why}");
        assert!(tree(folder.path()) == before, "{name} left something");
        export(&project, format(name), false)
            .write(&folder.path().join("other"), &Progress::new())
            .expect("written");
        let other = folder.path().join("other");
        if other.is_dir() { fs::remove_dir_all(other) } else { fs::remove_file(other) }.expect("removed");
    }
}

#[test]
fn a_folder_that_is_filled_is_compared_without_what_stood_in_it() {
    let project = marked(2, 5);
    let folder = tempfile::tempdir().expect("a folder");
    store::write_atomically(&folder.path().join("other.ann"), "T1\tقول 0 3\tقال\n".as_bytes())
        .expect("written");
    let written = export(&project, format("brat"), true).write(folder.path(), &Progress::new());
    assert_eq!(written.expect("written").read_back, Some(10));
    assert!(folder.path().join("other.ann").exists());
}

/// A workbench on which a project is open that was made of another.
fn bench(folder: &Path, project: &Project) -> Workbench {
    let place = folder.join("p.hashiya");
    let coder = Coder::new("ليلى");
    let opened = store::create(&place, project, &coder, Arc::new(|| {})).expect("made");
    opened.session.close().expect("closed");
    let roots = Roots { data: folder.join("data"), state: folder.join("state") };
    let surroundings = Surroundings { disk: Arc::new(RealDisk), roots: Some(roots) };
    let mut bench = Workbench::new(surroundings, coder, Box::new(SystemStamps), Arc::new(|| {}));
    bench.act(Action::OpenPath(place));
    until(&mut bench, "it opens", |bench| {
        bench.open().is_some() && !bench.is_early() && bench.jobs().is_empty()
    });
    bench
}

fn until(bench: &mut Workbench, what: &str, is: impl Fn(&Workbench) -> bool) {
    let began = Instant::now();
    while !is(bench) {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: {:?}", bench.notices());
        bench.tick();
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How far the job is, in hundredths.
fn share(bench: &Workbench) -> u64 {
    bench.jobs().first().map_or(0, |job| 100 * job.progress.done() / job.progress.total().max(1))
}

fn says(bench: &Workbench, key: &str) -> bool {
    bench.notices().iter().any(|notice| notice.message.key == key)
}

/// Cancels the only job, which then has to end within half a second; twice that on a machine that does other things as well.
fn cancel(bench: &mut Workbench, what: &str) {
    let job = bench.jobs().first().unwrap_or_else(|| panic!("{what}: it is done already")).id;
    bench.act(Action::Cancel(job));
    let began = Instant::now();
    until(bench, what, |bench| bench.jobs().is_empty());
    assert!(began.elapsed() < Duration::from_secs(1), "{what} took {:?} to end", began.elapsed());
}

#[test]
fn an_import_in_the_window_shows_how_far_it_is_and_is_cancelled_in_reading_and_in_planning() {
    let marked = marked(1, 12_000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.csv");
    let csv = format("csv");
    export(&marked, csv, false).write(&path, &Progress::new()).expect("written");
    let mut bench = bench(folder.path(), &unmarked(&marked));
    let plan = ImportPlan { format: csv, unit: None };
    for from in [5, 55, 75] {
        bench.act(Action::ReadImport(plan, path.clone()));
        until(&mut bench, "it gets on", |bench| share(bench) >= from);
        let what = format!("an import at {} of 100", share(&bench));
        cancel(&mut bench, &what);
        assert!(bench.dialog().is_none() && says(&bench, "notice-import-cancelled"));
        bench.act(Action::Dismiss(0));
    }
    bench.act(Action::ReadImport(plan, path));
    until(&mut bench, "it ends", |bench| bench.dialog().is_some());
    let Some(Dialog::Incoming(incoming)) = bench.dialog().cloned() else { panic!("another dialog") };
    bench.act(Action::TakeIn(incoming));
    assert_eq!(bench.project().expect("a project").annotation_count(), 12_000);
    bench.shut();
}

/// Reads an import in the window and gives what is shown.
fn incoming(bench: &mut Workbench, plan: ImportPlan, path: &Path) -> Arc<Incoming> {
    bench.act(Action::CloseDialog);
    bench.act(Action::ReadImport(plan, path.to_owned()));
    until(bench, "it is read", |bench| bench.dialog().is_some());
    let Some(Dialog::Incoming(incoming)) = bench.dialog() else { panic!("another dialog") };
    Arc::clone(incoming)
}

/// What was prepared comes to the same as the edit, and is not taken where something else was done meanwhile.
#[test]
fn a_large_import_is_taken_in_as_it_was_prepared_unless_something_else_was_done_meanwhile() {
    let marks = 12_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.csv");
    let whole = marked(1, marks);
    export(&whole, format("csv"), false).write(&path, &Progress::new()).expect("written");
    let mut bench = bench(folder.path(), &unmarked(&whole));
    let before = bench.project().expect("a project").clone();
    let plan = ImportPlan { format: format("csv"), unit: None };
    let first = incoming(&mut bench, plan, &path);
    let second = incoming(&mut bench, plan, &path);
    let take_in = |bench: &mut Workbench, incoming: &Arc<Incoming>| {
        bench.act(Action::TakeIn(Arc::clone(incoming)));
        let Found::Ready { edit, .. } = &incoming.found else { panic!("it can be done") };
        let mut expected = before.clone();
        expected.apply(edit).expect("it fits");
        assert!(*bench.project().expect("a project") == expected);
        assert_eq!(expected.annotation_count(), marks);
    };
    // What is shown no longer is not prepared any more, and neither is what another edit came before.
    take_in(&mut bench, &first);
    bench.act(Action::Run(Command::Undo));
    assert!(*bench.project().expect("a project") == before);
    take_in(&mut bench, &second);
    bench.act(Action::Run(Command::Undo));
    let third = incoming(&mut bench, plan, &path);
    take_in(&mut bench, &third);
    bench.act(Action::Run(Command::Undo));
    assert!(*bench.project().expect("a project") == before);
    bench.act(Action::Run(Command::Redo));
    let kept = bench.project().expect("a project").clone();
    bench.shut();
    let opened = store::open(
        &folder.path().join("p.hashiya"),
        &Coder::new("ليلى"),
        OpenMode::ReadOnly,
        Arc::new(|| {}),
        &Progress::new(),
    );
    assert!(opened.expect("it opens").project == kept, "the journal says what was taken in");
}

#[test]
fn an_export_in_the_window_is_read_back_before_it_is_there_and_is_cancelled_in_both_stages() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = bench(folder.path(), &marked(1, 12_000));
    let path = folder.path().join("rows.csv");
    store::write_atomically(&path, "ما كان هنا".as_bytes()).expect("written");
    let plan = ExportPlan { format: format("csv"), ..ExportPlan::default() };
    let here = |folder: &Path| {
        let names = fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".hashiya-")).count()
    };
    for message in ["job-exporting", "job-reading-back"] {
        bench.act(Action::Export(plan, path.clone()));
        until(&mut bench, message, |bench| {
            bench.jobs().first().is_some_and(|job| job.message() == message && job.progress.done() > 0)
        });
        assert_eq!(fs::read_to_string(&path).expect("there"), "ما كان هنا", "{message}");
        cancel(&mut bench, message);
        assert!(says(&bench, "notice-export-cancelled") && !says(&bench, "notice-not-exported"));
        assert_eq!(fs::read_to_string(&path).expect("there"), "ما كان هنا");
        assert_eq!(here(folder.path()), 0);
        bench.act(Action::Dismiss(0));
    }
    bench.act(Action::Picked(Pick::Export(plan), vec![folder.path().join("new.csv")]));
    until(&mut bench, "it ends", |bench| says(bench, "notice-exported-verified"));
    // A window that is closed meanwhile leaves nothing half done either.
    bench.act(Action::Export(plan, path.clone()));
    until(&mut bench, "it writes", |_| here(folder.path()) > 0);
    bench.shut();
    assert_eq!(here(folder.path()), 0);
    assert_eq!(fs::read_to_string(&path).expect("there"), "ما كان هنا");
}
