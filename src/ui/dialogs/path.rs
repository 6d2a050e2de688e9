//! A path to type, on machines that have no file dialog.

use egui::{Id, Ui};
use std::path::PathBuf;

use super::{buttons, text, title};
use crate::app::{Action, Pick};
use crate::ui::scene::Scene;
use crate::ui::text::Field;

/// Shows the form.
pub fn show(ui: &mut Ui, scene: &Scene, pick: &Pick, path: &mut String, is_new: bool) {
    let heading = scene.say(match pick {
        Pick::OpenFolder => "path-open-folder",
        Pick::AddDocuments => "path-add-documents",
        Pick::UpdateDocument(_) => "path-update-document",
        Pick::SaveAs => "path-save-as",
        Pick::Export(_) => "path-export",
        Pick::Import(..) => "path-import",
    });
    title(ui, scene, &heading);
    text(ui, scene, &scene.say("path-no-dialog"));
    let width = ui.available_width();
    let field = Field::line(Id::unique("path-field"), path, &heading).hint("/…").width(width);
    let response = field.show(ui, &scene.ink, scene.look);
    if is_new {
        response.response.request_focus();
    }
    let words = [scene.say("dialog-ok"), scene.say("dialog-cancel")];
    let filled = !path.trim().is_empty();
    match buttons(ui, scene, &words, filled) {
        Some(0) => scene.wish(Action::Picked(pick.clone(), vec![PathBuf::from(path.trim())])),
        Some(_) => scene.wish(Action::CloseDialog),
        None if response.submitted && filled => {
            scene.wish(Action::Picked(pick.clone(), vec![PathBuf::from(path.trim())]));
        }
        None => {}
    }
}
