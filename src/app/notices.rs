//! Notices: what the person is told, one of a kind at a time, until it is put away or no longer true.

use super::wishes::{Message, Notice, NoticeKind};
use super::workbench::Workbench;

/// So many notices stand at once.
const NOTICES: usize = 3;

impl Workbench {
    /// Tells the person what was not done.
    pub(super) fn problem(&mut self, message: Message, details: Vec<String>) {
        let about = message.key;
        self.notify(Notice {
            kind: NoticeKind::Problem,
            about,
            message,
            details,
            said: Vec::new(),
            heading: None,
            steps: None,
        });
    }

    /// Tells the person something good to know.
    pub(super) fn inform(&mut self, message: Message, details: Vec<String>) {
        let about = message.key;
        self.notify(Notice {
            kind: NoticeKind::Info,
            about,
            message,
            details,
            said: Vec::new(),
            heading: None,
            steps: None,
        });
    }

    /// Tells the person something good to know, and what else there is to say of it.
    pub(super) fn inform_at_length(&mut self, message: Message, said: Vec<Message>) {
        self.inform_about(message.key, message, said);
    }

    /// The same, where the first sentence of what is one thing may be another each time.
    pub(super) fn inform_about(&mut self, about: &'static str, message: Message, said: Vec<Message>) {
        self.notify(Notice {
            kind: NoticeKind::Info,
            about,
            message,
            details: Vec::new(),
            said,
            heading: None,
            steps: None,
        });
    }

    /// Says of the last notice what the lines in it are.
    pub(super) fn heads_list(&mut self, heading: Message) {
        if let Some(notice) = self.notices.last_mut().filter(|notice| !notice.said.is_empty()) {
            notice.heading = Some(heading);
        }
    }

    /// Has the last notice go once the step is undone that was done last: it tells of that.
    pub(super) fn tells_of_last_step(&mut self) {
        let steps = self.open.as_ref().map(|open| open.history.done().len());
        if let Some(notice) = self.notices.last_mut() {
            notice.steps = steps;
        }
    }

    /// Lets the notices go that tell of steps which are undone by now.
    pub(super) fn forget_undone(&mut self) {
        let Some(done) = self.open.as_ref().map(|open| open.history.done().len()) else { return };
        self.notices.retain(|notice| notice.steps.is_none_or(|steps| steps <= done));
    }

    /// Puts a notice before the person; one of the same kind of thing gives way to it, and of many only the latest stay, so that
    /// they never cover what is read.
    fn notify(&mut self, notice: Notice) {
        self.notices.retain(|other| other.about != notice.about);
        self.notices.push(notice);
        let too_many = self.notices.len().saturating_sub(NOTICES);
        self.notices.drain(..too_many);
    }
}
