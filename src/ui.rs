//! The window. The only part of Hashiya that knows egui.
//!
//! Owns what is drawn and what the pointer and the keys mean. It reads an [`app::Workbench`](crate::app::Workbench) and sends it
//! actions; it never changes a project, and never waits for a disk.

mod dialogs;
mod look;
mod menus;
mod panels;
mod probe;
mod reading;
mod run;
mod scene;
mod sentences;
mod speech;
mod text;
mod window;

pub use reading::{Reading, ShownLine};
pub use run::{Start, run};
pub use window::Window;
