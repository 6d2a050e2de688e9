//! The project could not be saved, and something else was to follow: what now?

use egui::Ui;

use super::{begin_at_foot, buttons, text, title};
use crate::app::{Action, Command, Then};
use crate::ui::scene::Scene;

/// Shows the question.
pub fn show(ui: &mut Ui, scene: &Scene, reason: &str, then: &Then) {
    title(ui, scene, &scene.say("leave-title"));
    text(ui, scene, reason);
    text(ui, scene, &scene.say("leave-kept"));
    let anyway = scene.say(match then {
        Then::Quit => "leave-quit-anyway",
        Then::Open(_) | Then::New => "leave-anyway",
    });
    let words = [scene.say("leave-again"), scene.say("command-save-as"), anyway, scene.say("leave-stay")];
    let pressed = buttons(ui, scene, &words, true);
    begin_at_foot(ui, 0);
    match pressed {
        Some(0) => scene.wish(Action::LeaveAgain),
        Some(1) => {
            scene.wish(Action::CloseDialog);
            scene.wish(Action::Run(Command::SaveAs));
        }
        Some(2) => scene.wish(Action::LeaveAnyway),
        Some(_) => scene.wish(Action::CloseDialog),
        None => {}
    }
}
