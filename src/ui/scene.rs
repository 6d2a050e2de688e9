//! What every panel is given: a view of the workbench, the look, the words, and a place to leave wishes.

use std::cell::RefCell;

use crate::app::{Action, Message, Workbench};
use crate::model::{Annotation, Size, SizeUnit, TagId};
use crate::ui::look::Look;
use crate::ui::speech::Speech;
use crate::ui::text::Ink;

/// A name holds no more than this of a text, in bytes: a mark may reach over a whole book.
const LONGEST_IN_NAME: usize = 600;

/// So much of a text as goes into the name of something.
pub fn in_name(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_IN_NAME)]
}

/// One frame's surroundings. Panels read it, and change nothing but by [`Scene::wish`].
pub struct Scene<'a> {
    /// What the window works on.
    pub bench: &'a Workbench,
    /// Colours and sizes.
    pub look: &'a Look,
    /// The text engine.
    pub ink: Ink,
    speech: &'a Speech,
    wishes: RefCell<Vec<Action>>,
    /// Counts the frames.
    pub frame: u64,
    /// Whether nothing is typed in the filter of the offered tags.
    pub palette_is_blank: bool,
}

impl<'a> Scene<'a> {
    /// The surroundings of a frame.
    pub fn new(
        bench: &'a Workbench,
        look: &'a Look,
        ink: &Ink,
        speech: &'a Speech,
        frame: u64,
        palette_is_blank: bool,
    ) -> Self {
        Self { bench, look, ink: ink.clone(), speech, wishes: RefCell::default(), frame, palette_is_blank }
    }

    /// Leaves a wish; it is fulfilled at the end of the frame.
    pub fn wish(&self, action: Action) {
        self.wishes.borrow_mut().push(action);
    }

    /// Whether a wish of some kind was left.
    pub fn has_wish(&self, is: impl Fn(&Action) -> bool) -> bool {
        self.wishes.borrow().iter().any(is)
    }

    /// The wishes that were left.
    pub fn into_wishes(self) -> Vec<Action> {
        self.wishes.into_inner()
    }

    /// The message of a key.
    pub fn say(&self, key: &str) -> String {
        self.speech.say(key, &[], &[])
    }

    /// The message of a key, filled in with numbers and texts.
    pub fn say_with(&self, key: &str, numbers: &[(&str, usize)], texts: &[(&str, &str)]) -> String {
        self.speech.say(key, numbers, texts)
    }

    /// The name of a tag; of one that the codebook does not have, that it is unknown, with its short id.
    pub fn tag_name(&self, tag: TagId) -> String {
        let known = self.bench.project().and_then(|project| project.codebook().get(tag));
        known.map_or_else(
            || self.say_with("tag-unknown", &[], &[("id", &tag.short())]),
            |tag| tag.name.clone(),
        )
    }

    /// The names of an annotation's tags, in its order.
    pub fn tag_names(&self, annotation: &Annotation) -> Vec<String> {
        annotation.tags.iter().map(|&tag| self.tag_name(tag)).collect()
    }

    /// A number of bytes, in the unit that fits.
    pub fn size(&self, bytes: u64) -> String {
        let size = Size::of(bytes);
        let key = match size.unit {
            SizeUnit::Byte => {
                return self.say_with("size-bytes", &[("count", usize::try_from(bytes).unwrap_or(0))], &[]);
            }
            SizeUnit::Kilobyte => "size-kilobytes",
            SizeUnit::Megabyte => "size-megabytes",
            SizeUnit::Gigabyte => "size-gigabytes",
        };
        self.say_with(key, &[], &[("number", &size.number)])
    }

    /// A message of the workbench.
    pub fn tell(&self, message: &Message) -> String {
        let numbers: Vec<(&str, usize)> =
            message.numbers.iter().map(|&(name, number)| (name, number)).collect();
        let texts: Vec<(&str, &str)> =
            message.texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        self.speech.say(message.key, &numbers, &texts)
    }
}
