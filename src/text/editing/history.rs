//! The undo steps of one editor: splices that know what they replaced. Knows nothing of keys or layouts.

use std::ops::Range;

use crate::text::layout::Caret;

/// Caret and anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub caret: Caret,
    /// Bytes.
    pub anchor: usize,
}

/// What kind of input a change came from. Changes of one kind that follow each other become one step, a word at a time; those of
/// `Whole` stay alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Typed,
    ErasedBefore,
    ErasedAfter,
    Whole,
}

#[derive(Clone, Debug)]
struct Step {
    kind: Kind,
    /// Bytes, before and after the change alike.
    at: usize,
    removed: String,
    inserted: String,
    before: Selection,
    after: Selection,
}

/// What was done and what was undone.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Whether the last step may still grow.
    open: bool,
}

impl History {
    /// Replaces a range of a text and remembers it. The selection after the change is told later, by [`History::end_at`].
    pub fn replace(
        &mut self,
        text: &mut String,
        range: Range<usize>,
        inserted: &str,
        kind: Kind,
        before: Selection,
    ) {
        let removed = text[range.clone()].to_owned();
        text.replace_range(range.clone(), inserted);
        self.undone.clear();
        if self.open
            && let Some(last) = self.done.last_mut()
            && last.takes(kind, &range, &removed, inserted)
        {
            return;
        }
        let step =
            Step { kind, at: range.start, removed, inserted: inserted.to_owned(), before, after: before };
        self.done.push(step);
        self.open = true;
    }

    /// Tells where the caret stands after the last change.
    pub fn end_at(&mut self, after: Selection) {
        if let Some(last) = self.done.last_mut() {
            last.after = after;
        }
    }

    /// How many steps can be taken back.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// The next change begins a new step.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Forgets everything: the text was changed by someone else.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes back the last step; what was selected before it.
    pub fn undo(&mut self, text: &mut String) -> Option<Selection> {
        self.open = false;
        let step = self.done.pop()?;
        text.replace_range(step.at..step.at + step.inserted.len(), &step.removed);
        let before = step.before;
        self.undone.push(step);
        Some(before)
    }

    /// Does the last undone step again; what was selected after it.
    pub fn redo(&mut self, text: &mut String) -> Option<Selection> {
        self.open = false;
        let step = self.undone.pop()?;
        text.replace_range(step.at..step.at + step.removed.len(), &step.inserted);
        let after = step.after;
        self.done.push(step);
        Some(after)
    }
}

impl Step {
    /// Grows by a change that continues it, within a word and the white space that ends it.
    fn takes(&mut self, kind: Kind, range: &Range<usize>, removed: &str, inserted: &str) -> bool {
        if kind != self.kind || kind == Kind::Whole {
            return false;
        }
        match kind {
            Kind::Typed => {
                let follows = removed.is_empty() && range.start == self.at + self.inserted.len();
                if !follows || starts_word(self.inserted.chars().next_back(), inserted.chars().next()) {
                    return false;
                }
                self.inserted.push_str(inserted);
            }
            Kind::ErasedBefore => {
                let follows = inserted.is_empty() && range.end == self.at;
                if !follows || starts_word(self.removed.chars().next(), removed.chars().next_back()) {
                    return false;
                }
                self.removed.insert_str(0, removed);
                self.at = range.start;
            }
            Kind::ErasedAfter => {
                let follows = inserted.is_empty() && range.start == self.at;
                if !follows || starts_word(self.removed.chars().next_back(), removed.chars().next()) {
                    return false;
                }
                self.removed.push_str(removed);
            }
            Kind::Whole => return false,
        }
        true
    }
}

fn starts_word(last: Option<char>, next: Option<char>) -> bool {
    last.is_some_and(char::is_whitespace) && next.is_some_and(|c| !c.is_whitespace())
}
