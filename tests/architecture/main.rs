//! The map of ARCHITECTURE.md as a test: reads the source and fails when a layer reaches upward, when the window's
//! libraries leak out of `src/ui`, when a pure layer touches files, clocks or threads, or when a file loses its shape.
//!
//! The rules are the tables below. A new module has to be entered in [`LAYERS`] before it can be built upon.

mod scan;

use std::fs;
use std::path::{Path, PathBuf};

/// One top-level module and the ones below it that it may use.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static str],
    /// No files, no clock, no threads, no environment: the same input gives the same output.
    pure: bool,
}

const LAYERS: &[Layer] = &[
    layer("main", &["cli", "ui"]),
    layer("ui", &["app", "text", "store", "exchange", "search", "arabic", "model"]),
    layer("cli", &["app", "text", "store", "exchange", "search", "arabic", "model"]),
    layer("app", &["store", "exchange", "search", "arabic", "model"]),
    layer("store", &["arabic", "model"]),
    layer("exchange", &["arabic", "model"]),
    pure("search", &["arabic", "model"]),
    pure("arabic", &["model"]),
    pure("model", &[]),
    layer("text", &[]),
];

const fn layer(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, may_use, pure: false }
}

const fn pure(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, may_use, pure: true }
}

/// The window's libraries, and the layers that may name them.
const WINDOW_CRATES: &[&str] =
    &["egui", "eframe", "egui_extras", "egui_glow", "egui_winit", "epaint", "emath", "rfd"];
const WINDOW_LAYERS: &[&str] = &["ui", "main"];

/// Paths that a pure layer must not name, with anything under them.
const IMPURE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "env"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["directories"],
    &["getrandom"],
    &["gethostname"],
    &["tempfile"],
    &["walkdir"],
    &["whoami"],
];

/// Functions that read a clock whatever their type: time comes in as an argument.
const CLOCK_CALLS: &[&str] = &["now", "now_v1", "now_v6", "now_v7"];

/// Names that say nothing about what a module is for.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "shared", "stuff", "util", "utils"];

/// A file that no longer fits one sentence is two files.
const MOST_LINES: usize = 600;

/// What is wrong with one source file, one sentence each. `path` is relative to the package, with `/`.
fn faults(path: &str, source: &str) -> Vec<String> {
    let mut faults = shape_faults(path, source);
    if let Some(inside) = path.strip_prefix("src/") {
        faults.extend(layer_faults(path, inside, source));
    }
    faults
}

/// Faults of size, name and opening comment.
fn shape_faults(path: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.lines().count();
    if lines > MOST_LINES {
        faults.push(format!("{path} has {lines} lines, more than {MOST_LINES}: make it two files"));
    }
    if !source.starts_with("//!") {
        faults.push(format!("{path} does not open with a //! comment that says what it is for"));
    }
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    if stem == "mod" {
        faults.push(format!("{path}: write foo.rs beside foo/ instead of foo/mod.rs"));
    }
    let declared = scan::modules(source).into_iter().map(|module| (module.line, module.path[0].clone()));
    for (line, name) in [(1, stem.to_owned())].into_iter().chain(declared) {
        if EMPTY_NAMES.contains(&name.as_str()) {
            faults.push(format!("{path}:{line}: a module called {name} says nothing about its purpose"));
        }
    }
    faults
}

/// Faults of what one file in `src/` uses. `inside` is its path below `src/`.
fn layer_faults(path: &str, inside: &str, source: &str) -> Vec<String> {
    if inside == "lib.rs" {
        return Vec::new();
    }
    let modules = inside.trim_end_matches(".rs").split('/').collect::<Vec<_>>();
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == modules[0]) else {
        return vec![format!("{path}: the layer {} is not in the table of tests/architecture", modules[0])];
    };
    let mut faults = Vec::new();
    for mention in scan::mentions(source) {
        let named = scan::from_root(&mention.path, modules.len());
        let words = named.iter().map(String::as_str).collect::<Vec<_>>();
        let fault = if let ["crate" | "hashiya", other, ..] = words[..]
            && LAYERS.iter().any(|layer| layer.name == other)
            && other != layer.name
            && !layer.may_use.contains(&other)
        {
            format!("{} must not use {other}", layer.name)
        } else if WINDOW_CRATES.contains(&words[0]) && !WINDOW_LAYERS.contains(&layer.name) {
            format!("only {} may name {}", WINDOW_LAYERS.join(" and "), words[0])
        } else if layer.pure && is_impure(&words) {
            format!("{} is pure and must not use {}", layer.name, words.join("::"))
        } else {
            continue;
        };
        faults.push(format!("{path}:{}: {fault}", mention.line));
    }
    faults
}

fn is_impure(path: &[&str]) -> bool {
    let reads_clock = path.len() > 1 && path.last().is_some_and(|last| CLOCK_CALLS.contains(last));
    reads_clock || IMPURE.iter().any(|forbidden| path.starts_with(forbidden))
}

/// The Rust files below `folder`, relative to the package, sorted.
fn rust_files(package: &Path, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![package.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_source_keeps_its_layers() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut files = 0;
    for folder in ["src", "tests", "benches"] {
        for file in rust_files(package, folder) {
            let source = fs::read_to_string(&file).expect("source is UTF-8");
            let relative = file
                .strip_prefix(package)
                .expect("the file lies in the package")
                .to_string_lossy()
                .replace('\\', "/");
            found.extend(faults(&relative, &source));
            files += 1;
        }
    }
    assert!(files > LAYERS.len(), "only {files} files were read");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_layer_of_the_library_is_in_the_table_and_none_points_upward() {
    let library = include_str!("../../src/lib.rs");
    let declared = scan::modules(library);
    assert!(!declared.is_empty());
    for module in declared {
        let name = &module.path[0];
        assert!(
            LAYERS.iter().any(|layer| layer.name == name),
            "src/lib.rs declares {name}, which is not in the table"
        );
    }
    // A layer may use only layers that stand below it in the table: so there is no circle.
    for (i, layer) in LAYERS.iter().enumerate() {
        for used in layer.may_use {
            assert!(
                LAYERS[i + 1..].iter().any(|below| below.name == *used),
                "{} → {used} does not point downward",
                layer.name
            );
        }
    }
}

/// One small file and the faults that it must show, in part of their words.
fn check(path: &str, source: &str, expected: &[&str]) {
    let found = faults(path, &format!("//! A file.\n{source}"));
    assert_eq!(found.len(), expected.len(), "{path}: {source}\n{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found:?} lacks {expected:?}");
    }
}

#[test]
fn a_layer_that_reaches_upward_is_found() {
    check("src/model/span.rs", "use crate::store::Folder;", &["span.rs:2: model must not use store"]);
    check("src/arabic.rs", "fn f() { crate::search::find() }", &["arabic must not use search"]);
    check("src/store.rs", "use crate::{model::Span, app::State};", &["store must not use app"]);
    check(
        "src/app.rs",
        "use crate::{\n  model::{Span, Edit},\n  ui as window,\n};",
        &["app.rs:4: app must not use ui"],
    );
    check("src/text/atlas.rs", "use super::super::model::Span;", &["text must not use model"]);
    check("src/exchange/csv.rs", "use super::super::store::Sink;", &["exchange must not use store"]);
    check("src/cli/find.rs", "use crate::ui;", &["cli must not use ui"]);
    check("src/main.rs", "use hashiya::store::Folder;", &["main must not use store"]);
    check("src/search.rs", "impl crate :: app :: State {}", &["search must not use app"]);
    check("src/ghost.rs", "", &["not in the table"]);
}

#[test]
fn a_layer_that_reaches_downward_or_stays_is_left_alone() {
    check("src/main.rs", "fn main() { hashiya::ui::run(hashiya::cli::read()) }", &[]);
    check("src/ui/panels/table.rs", "use crate::{app, model::{Span, Tag as Label}, text::Layout};", &[]);
    check("src/app/jobs.rs", "use crate::store::Folder; use super::state; use crate::app::command;", &[]);
    check("src/search/query.rs", "use crate::arabic::fold; use crate::model;", &[]);
    // Its own child of the same name as a layer, reached without leaving the layer.
    check("src/ui/panels/reading.rs", "use super::super::text::Editor; use super::store::X;", &[]);
    check("src/model.rs", "pub mod text; use self::text::Text;", &[]);
}

#[test]
fn the_windows_libraries_stay_in_the_window() {
    check("src/app/state.rs", "fn f(ctx: &egui::Context) {}", &["may name egui"]);
    check("src/text.rs", "use egui;", &["may name egui"]);
    check("src/text.rs", "use ::epaint::{Color32, Mesh};", &["may name epaint", "may name epaint"]);
    check("src/cli.rs", "let folder = rfd::FileDialog::new();", &["may name rfd"]);
    check("src/ui/look.rs", "use egui::{Ui, Color32}; use eframe::App;", &[]);
    check("src/main.rs", "fn main() -> eframe::Result { Ok(()) }", &[]);
}

#[test]
fn pure_layers_touch_nothing_outside() {
    check("src/model.rs", "use std::fs;", &["must not use std::fs"]);
    check(
        "src/arabic/fold.rs",
        "use std::{collections::HashMap, env::{self, var}};",
        &["std::env", "std::env"],
    );
    check("src/search.rs", "fn f() { std::thread::spawn(g) }", &["must not use std::thread"]);
    check("src/model/time.rs", "use std::time::{Duration, SystemTime};", &["std::time::SystemTime"]);
    check("src/model/time.rs", "let t = jiff::Timestamp::now();", &["jiff::Timestamp::now"]);
    check("src/model/ids.rs", "let id = Uuid::now_v7();", &["Uuid::now_v7"]);
    check("src/model/time.rs", "use std::time::Duration; fn f(now: Timestamp) { g(now) }", &[]);
    check("src/store.rs", "use std::fs; use std::time::Instant;", &[]);
}

#[test]
fn prose_and_literals_are_not_code() {
    check("src/model.rs", "// crate::store\n/* egui /* std::fs */ crate::ui */ fn f() {}", &[]);
    check(
        "src/model.rs",
        r##"const A: &str = "crate::store \" egui::Ui"; const B: &str = r#"std::fs " x"#;"##,
        &[],
    );
    check(
        "src/model.rs",
        r#"const C: &[u8] = b"egui::Ui"; fn f<'egui>(x: &'egui str) -> char { '"' } // crate::ui"#,
        &[],
    );
    check("src/model.rs", r#"fn f() { g('\'', '"'); crate::ui::x('"') }"#, &["must not use ui"]);
    check("src/model.rs", "fn f() { x.now(); let store = 1; g(store) }", &[]);
}

#[test]
fn files_keep_their_shape() {
    let long = "fn f() {}\n".repeat(MOST_LINES);
    check("src/model.rs", &long, &["601 lines"]);
    check("src/model.rs", &long[..long.len() - 10], &[]);
    check("src/ui/utils.rs", "", &["a module called utils"]);
    check("tests/window/main.rs", "mod helpers;", &["main.rs:2: a module called helpers"]);
    check("src/ui/mod.rs", "", &["foo.rs beside foo/"]);
    assert_eq!(faults("src/model.rs", "use std::fmt;").len(), 1, "no opening comment");
}
