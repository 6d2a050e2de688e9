//! The system's fonts: searched and opened on a thread of their own, one by one, only at need.
//!
//! Nobody who asks here waits for a disk, unless they say so: a question is noted, and answered later. Opened faces are shared by all
//! who ask, and stay.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use skrifa::FontRef;

use super::catalogue::{Catalogue, Choice};
use super::face::{Face, draws};
use crate::text::style::{Family, Weight};

/// A question about the system's fonts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ask {
    /// Which face sets this family?
    Family(Family, Weight),
    /// Which face has this character?
    Letter(char, Weight),
    /// Which face has a picture of it?
    Picture(char),
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The number of the face among those opened, or that there is none.
    Known(Option<u16>),
    /// It is being looked for.
    Awaited,
}

/// Called when an answer has come.
pub(super) type Wake = Box<dyn Fn() + Send + Sync>;

/// The system's fonts, or those of a folder.
pub(super) struct SystemFonts {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Something was asked, answered or closed.
    changed: Condvar,
    /// How many faces were found after somebody had to do without them.
    arrivals: AtomicU64,
    wake: Wake,
}

#[derive(Default)]
struct State {
    /// Once the search has ended.
    found: Option<Found>,
    asked: VecDeque<Ask>,
    answers: HashMap<Ask, Answer>,
    opened: Vec<&'static Face>,
    closed: bool,
}

struct Found {
    catalogue: Arc<Catalogue>,
    arabic: Arc<[String]>,
}

impl SystemFonts {
    /// Begins to look for the fonts of a folder, or of the system.
    pub fn search(folder: Option<PathBuf>, wake: Wake) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            arrivals: AtomicU64::new(0),
            wake,
        });
        let worker = Arc::clone(&shared);
        let work = move || worker.work(folder);
        if std::thread::Builder::new().name("system fonts".into()).spawn(work).is_err() {
            shared.found(Catalogue::default());
            shared.state().closed = true;
        }
        Self { shared }
    }

    /// Asks; with `waits`, only once the answer is there.
    pub fn ask(&self, ask: &Ask, waits: bool) -> Answer {
        let mut state = self.shared.state();
        loop {
            match state.answers.get(ask) {
                Some(Answer::Awaited) => {}
                Some(known) => return *known,
                None if state.closed => return Answer::Known(None),
                None => {
                    state.asked.push_back(ask.clone());
                    state.answers.insert(ask.clone(), Answer::Awaited);
                    self.shared.changed.notify_all();
                }
            }
            if !waits {
                return Answer::Awaited;
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The face of a number that an answer gave.
    pub fn face(&self, number: u16) -> Option<&'static Face> {
        self.shared.state().opened.get(usize::from(number)).copied()
    }

    /// How many faces came after somebody had to do without them.
    pub fn arrivals(&self) -> u64 {
        self.shared.arrivals.load(Ordering::Acquire)
    }

    /// The families that set Arabic, by their names; none while they are looked for.
    pub fn arabic_families(&self, waits: bool) -> Option<Arc<[String]>> {
        self.once_found(waits, |found| Arc::clone(&found.arabic))
    }

    /// Whether there is a family of this name; none while that is not known. One that could not be opened is not there.
    pub fn has(&self, family: &str, waits: bool) -> Option<bool> {
        let ask = Ask::Family(Family::named(family), Weight::Regular);
        let is_broken = self.shared.state().answers.get(&ask) == Some(&Answer::Known(None));
        self.once_found(waits, |found| found.catalogue.has(family) && !is_broken)
    }

    fn once_found<T>(&self, waits: bool, read: impl FnOnce(&Found) -> T) -> Option<T> {
        let mut state = self.shared.state();
        while waits && state.found.is_none() {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.found.as_ref().map(read)
    }
}

impl Drop for SystemFonts {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, catalogue: Catalogue) {
        let arabic = catalogue.arabic_families().into();
        self.state().found = Some(Found { catalogue: Arc::new(catalogue), arabic });
        self.changed.notify_all();
        (self.wake)();
    }

    /// The thread: searches, then answers one question after the other until nobody can ask any more.
    fn work(&self, folder: Option<PathBuf>) {
        // A font file that makes the search fail must not take the window with it: then there are no system fonts.
        let search = AssertUnwindSafe(|| Catalogue::search(folder.as_deref()));
        self.found(catch_unwind(search).unwrap_or_default());
        let Some(catalogue) = self.state().found.as_ref().map(|found| Arc::clone(&found.catalogue)) else {
            return;
        };
        let mut shelf = Shelf { catalogue, opened: HashMap::new(), read: HashMap::new() };
        let mut has_arrived = false;
        loop {
            let mut state = self.state();
            while state.asked.is_empty() && !state.closed && !has_arrived {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.closed {
                return;
            }
            let Some(ask) = state.asked.front().cloned() else {
                // Everybody who was kept waiting is told at once.
                drop(state);
                self.arrivals.fetch_add(u64::from(std::mem::take(&mut has_arrived)), Ordering::AcqRel);
                (self.wake)();
                continue;
            };
            let so_far = state.opened.len();
            drop(state);
            let found = catch_unwind(AssertUnwindSafe(|| shelf.find(&ask, so_far))).unwrap_or_default();
            let mut state = self.state();
            if let Some((number, face)) = found
                && usize::from(number) == so_far
            {
                state.opened.push(face);
            }
            let number = found.map(|(number, _)| number);
            has_arrived |= number.is_some();
            state.asked.pop_front();
            state.answers.insert(ask, Answer::Known(number));
            drop(state);
            self.changed.notify_all();
        }
    }
}

/// What the thread keeps: the catalogue, and what was taken from it.
struct Shelf {
    catalogue: Arc<Catalogue>,
    /// Opened faces with their numbers, by entry and place on the weight axis.
    opened: HashMap<(usize, Option<u32>), Taken>,
    /// The bytes of the files from which faces were opened.
    read: HashMap<PathBuf, &'static [u8]>,
}

type Taken = (u16, &'static Face);

impl Shelf {
    /// The best face for a question; its number is `next` if it was not open before.
    fn find(&mut self, ask: &Ask, next: usize) -> Option<Taken> {
        let next = u16::try_from(next).ok()?;
        let (mut choices, letter) = match ask {
            Ask::Family(family, weight) => (self.catalogue.of_family(family.name(), *weight), None),
            Ask::Letter(c, weight) => (self.catalogue.covering(*c, *weight, false), Some(*c)),
            Ask::Picture(c) => (self.catalogue.covering(*c, Weight::Regular, true), Some(*c)),
        };
        // A digit, or the letter of a flag, is a picture only with what follows it: alone it may be blank.
        let is_part = |c: char| matches!(c, '#' | '*' | '0'..='9' | '\u{1f1e6}'..='\u{1f1ff}');
        let letter = letter.filter(|c| !(matches!(ask, Ask::Picture(_)) && is_part(*c)));
        if let (Ask::Picture(c), None) = (ask, letter) {
            choices.retain(|(entry, _)| self.catalogue.entries[*entry].has_sequences(*c));
        }
        choices.into_iter().find_map(|choice| self.take(choice, letter, next))
    }

    /// Opens a face, unless it is open already. A file that has gone, cannot be parsed, or shows nothing for the letter is passed over.
    fn take(&mut self, (index, wght): Choice, letter: Option<char>, next: u16) -> Option<Taken> {
        let shows = |font: &FontRef| letter.is_none_or(|c| draws(font, c));
        let key = (index, wght.map(f32::to_bits));
        if let Some(taken) = self.opened.get(&key) {
            return shows(&taken.1.skrifa()).then_some(*taken);
        }
        let entry = &self.catalogue.entries[index];
        let data: &'static [u8] = match self.read.get(&entry.path) {
            Some(data) => data,
            None => {
                let bytes = std::fs::read(&entry.path).ok()?;
                FontRef::from_index(&bytes, entry.index).ok().filter(shows)?;
                // Kept for good: see the head of `fonts.rs`.
                Box::leak(bytes.into_boxed_slice())
            }
        };
        FontRef::from_index(data, entry.index).ok().filter(shows)?;
        self.read.insert(entry.path.clone(), data);
        let family = entry.families.first().cloned().unwrap_or_default();
        let file = entry.path.display().to_string();
        let face: &'static Face = Box::leak(Box::new(Face::open(file, family, (data, entry.index), wght)?));
        self.opened.insert(key, (next, face));
        Some((next, face))
    }
}
