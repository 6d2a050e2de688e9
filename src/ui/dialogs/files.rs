//! The machine's file dialogs, off the interface thread; and the question what to do with files that were found.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use egui::{Context, ScrollArea, Ui};

use super::{begin_at_foot, buttons, text, title};
use crate::app::{Action, Pick, Workbench};
use crate::exchange::Out;
use crate::ui::scene::Scene;
use crate::ui::text::Label;

/// A dialog that is gone sooner than this was never there.
const BLINK: Duration = Duration::from_millis(400);

/// The file dialogs that are open, and the channel on which their answers come.
pub struct FileDialogs {
    sender: Sender<Action>,
    receiver: Receiver<Action>,
    open: usize,
    /// Whether paths are typed in the window, as on a machine without dialogs.
    typed: bool,
}

impl Default for FileDialogs {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver, open: 0, typed: false }
    }
}

impl FileDialogs {
    /// No dialogs of the machine: every path is typed in the window.
    pub fn typed() -> Self {
        Self { typed: true, ..Self::default() }
    }

    /// Opens the dialog for a purpose on a thread of its own. `title` and `name` are the dialog's title and the name it proposes.
    pub fn open(
        &mut self,
        context: &Context,
        pick: Pick,
        title: String,
        name: String,
        home: Option<PathBuf>,
    ) {
        // One at a time: a second would hide the first.
        if self.open > 0 {
            return;
        }
        self.open += 1;
        if self.typed {
            if self.sender.send(Action::NoPicker(pick)).is_ok() {
                context.request_repaint();
            }
            return;
        }
        let (sender, context) = (self.sender.clone(), context.clone());
        std::thread::spawn(move || {
            let began = Instant::now();
            let mut dialog = rfd::FileDialog::new().set_title(title);
            if let Some(home) = home {
                dialog = dialog.set_directory(home);
            }
            let paths = match &pick {
                Pick::OpenFolder | Pick::Import(_, Out::Folder) => {
                    dialog.pick_folder().map(|path| vec![path])
                }
                Pick::AddDocuments => dialog.add_filter("*.txt", &["txt", "TXT"]).pick_files(),
                Pick::Import(_, Out::File) => dialog.pick_file().map(|path| vec![path]),
                Pick::UpdateDocument(_) => {
                    dialog.add_filter("*.txt", &["txt", "TXT"]).pick_file().map(|path| vec![path])
                }
                Pick::SaveAs | Pick::Export(_) => {
                    dialog.set_file_name(name).save_file().map(|path| vec![path])
                }
            };
            // rfd answers nothing both for Cancel and where there is no dialog; nobody cancels in the blink of an eye.
            let action = match paths {
                Some(paths) => Action::Picked(pick, paths),
                None if began.elapsed() < BLINK => Action::NoPicker(pick),
                None => Action::Picked(pick, Vec::new()),
            };
            if sender.send(action).is_ok() {
                context.request_repaint();
            }
        });
    }

    /// Hands the answers that have come to the workbench.
    pub fn poll(&mut self, bench: &mut Workbench) {
        while let Ok(action) = self.receiver.try_recv() {
            self.open = self.open.saturating_sub(1);
            bench.act(action);
        }
    }
}

/// Shows the files that are new in the source folder, and asks whether to add them.
pub fn show_found(ui: &mut Ui, scene: &Scene, files: &[String]) {
    title(ui, scene, &scene.say_with("found-title", &[("count", files.len())], &[]));
    text(ui, scene, &scene.say("found-text"));
    ScrollArea::vertical().id_salt("found").max_height(220.0).auto_shrink([false, true]).show_rows(
        ui,
        22.0,
        files.len(),
        |ui, rows| {
            for file in &files[rows] {
                let width = ui.available_width();
                Label::interface(file).within(width, 1).show(ui, &scene.ink);
            }
        },
    );
    let pressed = buttons(ui, scene, &[scene.say("found-add"), scene.say("found-later")], true);
    begin_at_foot(ui, 0);
    match pressed {
        Some(0) => scene.wish(Action::AddFound),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
