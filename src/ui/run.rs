//! Opening the window, and saying in a sentence why it cannot be opened.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::window::Window;
use crate::app::{Action, Workbench};
use crate::model::Coder;
use crate::store::{Surroundings, SystemStamps, default_coder};
use crate::text::FontLibrary;

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// A folder of documents or a project to open.
    pub path: Option<PathBuf>,
    /// Who works here.
    pub coder: Option<String>,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// One sentence, where there is no display, or a library of the desktop is missing.
pub fn run(start: Start) -> Result<(), String> {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Hashiya")
            .with_app_id("hashiya")
            .with_inner_size([1280.0, 820.0])
            .with_min_inner_size([760.0, 480.0]),
        renderer: eframe::Renderer::Glow,
        ..Default::default()
    };
    let is_open = Arc::new(AtomicBool::new(false));
    let said = Arc::new(Mutex::new(String::new()));
    quiet_until_open(&is_open, &said);
    let opened = Arc::clone(&is_open);
    let result = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native(
            "Hashiya",
            options,
            Box::new(move |creation| {
                opened.store(true, Ordering::Relaxed);
                Ok(Box::new(window(&creation.egui_ctx, start)))
            }),
        )
    }));
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(sentence(&error.to_string())),
        Err(panic) if is_open.load(Ordering::Relaxed) => std::panic::resume_unwind(panic),
        Err(_) => Err(sentence(&said.lock().unwrap_or_else(PoisonError::into_inner))),
    }
}

fn window(context: &egui::Context, start: Start) -> Window {
    let coder = start.coder.map_or_else(default_coder, |name| Coder::new(&name));
    let waker = context.clone();
    let wake: crate::store::Wake = Arc::new(move || waker.request_repaint());
    let wake_for_fonts = Arc::clone(&wake);
    let mut bench = Workbench::new(Surroundings::of_user(), coder, Box::new(SystemStamps), wake);
    bench.load_recent();
    if let Some(path) = start.path {
        bench.act(Action::OpenPath(path));
    }
    Window::new(bench, FontLibrary::with_system_fonts(move || wake_for_fonts()))
}

/// Until the window is open, a panic of the windowing libraries (a missing library of the desktop is one) is kept rather than
/// printed: it becomes a sentence.
fn quiet_until_open(is_open: &Arc<AtomicBool>, said: &Arc<Mutex<String>>) {
    let (is_open, said) = (Arc::clone(is_open), Arc::clone(said));
    let before = take_hook();
    set_hook(Box::new(move |info| {
        if is_open.load(Ordering::Relaxed) {
            before(info);
        } else {
            *said.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string();
        }
    }));
}

fn sentence(reason: &str) -> String {
    let lower = reason.to_lowercase();
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        return "there is no display to open a window on: set DISPLAY, or use a verb (hashiya --help lists them)".into();
    }
    let library = ["libxkbcommon-x11", "libxkbcommon", "libx11", "libxcursor", "libxi", "libgl", "libegl"]
        .into_iter()
        .find(|library| lower.contains(library));
    match library {
        Some(library) => format!(
            "the window cannot be opened because the library {library} is missing: install it (the README lists the packages)"
        ),
        None => format!(
            "the window cannot be opened on the display {}: {}",
            std::env::var("DISPLAY").unwrap_or_default(),
            reason.lines().next().unwrap_or("unknown reason")
        ),
    }
}
