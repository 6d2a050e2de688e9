//! What the window works on: the open project, what is selected in it, the commands that change it, and the jobs that run beside it.
//!
//! Owns all state that outlives a frame and is not a matter of drawing. It never draws, never waits for a disk, and knows no window:
//! the interface reads a [`Workbench`] and sends it [`Action`]s; slow work runs as a [`jobs`] thread and comes back as an action.

pub mod command;
mod documents;
mod early;
mod exporting;
mod finding;
pub mod importing;
pub mod jobs;
mod keeping;
mod marking;
mod merging;
mod notices;
mod opening;
pub mod outside;
mod positions;
mod rows;
mod selection;
mod sharing;
pub mod snapshots;
mod tagging;
pub mod updating;
pub mod view;
mod wishes;
mod workbench;

pub use command::{Command, Shortcut};
pub use exporting::{ExportPlan, Extent, Glance, losses_message, lost_message};
pub use finding::{Find, Finding};
pub use importing::{ImportPlan, Incoming};
pub use jobs::{Job, JobKind};
pub use keeping::{Keeping, Then};
pub use positions::{Counted, Target};
pub use rows::{Column, Row, Rows, TableView, found, tag_names};
pub use selection::{Place, Selection};
pub use tagging::TAG_COLORS;
pub use view::View;
pub use wishes::{Action, Dialog, Message, Notice, NoticeKind, Pick, TagDraft};
pub use workbench::{OpenProject, Reveal, Workbench};
