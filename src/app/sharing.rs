//! A project that others have open too: who has it, and what happens when they come and go.

use super::wishes::Message;
use super::workbench::Workbench;
use crate::store::{LockHolder, OpenReport};

impl Workbench {
    /// Tells who has the project open, or who had it. `again` says that it was open for reading only already: whoever has it has been told.
    pub(super) fn tell_of_locks(&mut self, report: &OpenReport, again: bool) {
        if let Some(holder) = &report.read_only {
            if again {
                return;
            }
            let key = if holder.in_doubt { "notice-read-only-doubt" } else { "notice-read-only-by" };
            self.inform(about(key, holder), Vec::new());
        } else if again {
            self.inform(Message::new("notice-lock-free"), Vec::new());
        } else if let Some(holder) = &report.taken_over {
            self.inform(about("notice-taken-over", holder), Vec::new());
        }
    }

    /// Tells that somebody else has taken the project over.
    pub(super) fn lock_lost(&mut self, holder: &LockHolder) {
        self.problem(about("notice-lock-lost", holder), Vec::new());
    }
}

/// A sentence about whoever holds a lock.
fn about(key: &'static str, holder: &LockHolder) -> Message {
    let minute = |time: crate::model::Timestamp| {
        let written = time.to_string();
        format!("{} UTC", written.get(..16).unwrap_or(&written).replace('T', " "))
    };
    Message::new(key)
        .text("owner", holder.owner.clone())
        .text("host", holder.host.clone())
        .text("process", holder.process.to_string())
        .text("since", minute(holder.since))
        .text("heartbeat", minute(holder.heartbeat))
}
