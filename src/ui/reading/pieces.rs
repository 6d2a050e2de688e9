//! A document as pieces that are laid out one by one: its paragraphs, and the parts of those that are long.
//!
//! Owns the division and what is known of long paragraphs; resolves their bidi levels beside the interface. Lays nothing out itself.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::model::Text;
use crate::text::{Direction, LONG, Levels, LongParagraph, paragraph_direction};

/// Wakes the window when something was done beside it.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The pieces of a text.
pub struct Pieces {
    text: Text,
    direction: Direction,
    /// The byte at which each paragraph begins.
    starts: Vec<u32>,
    long: Vec<Long>,
    wake: Wake,
}

/// A paragraph of several pieces.
struct Long {
    index: usize,
    /// The first of its pieces.
    first: usize,
    paragraph: LongParagraph,
    /// Where its levels come, once somebody resolves them.
    awaited: Option<Arc<Mutex<Option<Levels>>>>,
}

/// Where a piece belongs.
enum Part {
    Paragraph(usize),
    /// Of [`Pieces::long`], and which piece of that.
    Long(usize, usize),
}

impl Pieces {
    /// Divides a text that runs in this direction.
    pub fn new(text: Text, direction: Direction, wake: Wake) -> Self {
        let starts: Vec<u32> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1))
            .collect();
        let mut pieces = Self { text, direction, starts, long: Vec::new(), wake };
        let mut more = 0;
        for index in 0..pieces.starts.len() {
            let range = pieces.paragraph(index);
            if range.len() > LONG {
                let text = &pieces.text[range];
                let paragraph = LongParagraph::new(text, paragraph_direction(text, direction));
                let first = index + more;
                more += paragraph.pieces() - 1;
                pieces.long.push(Long { index, first, paragraph, awaited: None });
            }
        }
        pieces
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let more: usize =
            self.long.last().map_or(0, |last| last.first - last.index + last.paragraph.pieces() - 1);
        self.starts.len() + more
    }

    /// How many paragraphs there are.
    pub fn paragraphs(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a paragraph, without its line end.
    pub fn paragraph(&self, index: usize) -> Range<usize> {
        let start = self.starts.get(index).map_or(self.text.len(), |&start| start as usize);
        let end = self.starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        start..end
    }

    /// The paragraph that holds a byte.
    pub fn paragraph_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= byte).saturating_sub(1)
    }

    fn part(&self, piece: usize) -> Part {
        let after = self.long.partition_point(|long| long.first <= piece);
        let Some(at) = after.checked_sub(1) else { return Part::Paragraph(piece) };
        let long = &self.long[at];
        let within = piece - long.first;
        match within.checked_sub(long.paragraph.pieces()) {
            None => Part::Long(at, within),
            Some(beyond) => Part::Paragraph(long.index + 1 + beyond),
        }
    }

    /// The paragraph to which a piece belongs.
    pub fn paragraph_of(&self, piece: usize) -> usize {
        match self.part(piece) {
            Part::Paragraph(paragraph) => paragraph,
            Part::Long(long, _) => self.long[long].index,
        }
    }

    /// The first piece of a paragraph.
    pub fn first_of(&self, paragraph: usize) -> usize {
        let after = self.long.partition_point(|long| long.index < paragraph);
        match after.checked_sub(1).map(|at| &self.long[at]) {
            None => paragraph,
            Some(long) => long.first + long.paragraph.pieces() + paragraph - long.index - 1,
        }
    }

    /// Whether a piece goes on with the paragraph of the piece before it.
    pub fn continues(&self, piece: usize) -> bool {
        matches!(self.part(piece), Part::Long(_, within) if within > 0)
    }

    /// The bytes of a piece, without a line end; for a part of a long paragraph a guess until it is laid out.
    pub fn range(&self, piece: usize) -> Range<usize> {
        match self.part(piece) {
            Part::Paragraph(paragraph) => self.paragraph(paragraph),
            Part::Long(long, within) => {
                let Long { index, paragraph, .. } = &self.long[long];
                let start = self.starts[*index] as usize;
                let range = paragraph.piece(within);
                start + range.start..start + range.end
            }
        }
    }

    /// The piece that holds a byte; for a part of a long paragraph a guess until it is laid out.
    pub fn piece_at(&self, byte: usize) -> usize {
        let paragraph = self.paragraph_at(byte);
        let first = self.first_of(paragraph);
        match self.part(first) {
            Part::Paragraph(_) => first,
            Part::Long(long, _) => {
                let range = self.paragraph(paragraph);
                first + self.long[long].paragraph.piece_at(byte.min(range.end) - range.start)
            }
        }
    }

    /// The direction of a paragraph of one piece.
    pub fn direction_of(&self, paragraph: usize) -> Direction {
        paragraph_direction(&self.text[self.paragraph(paragraph)], self.direction)
    }

    /// The long paragraph of which a piece is a part, its text, and which part.
    pub fn long(&mut self, piece: usize) -> Option<(&mut LongParagraph, &str, usize)> {
        let Part::Long(at, within) = self.part(piece) else { return None };
        let range = self.paragraph(self.long[at].index);
        let long = &mut self.long[at];
        if long.paragraph.wants_levels() && long.awaited.is_none() {
            long.awaited = resolve(&self.text, range.clone(), long.paragraph.direction(), &self.wake);
        }
        Some((&mut long.paragraph, &self.text[range], within))
    }

    /// Takes the levels that were resolved meanwhile. Returns the pieces of paragraphs that had been laid out with others.
    pub fn take_levels(&mut self) -> Vec<Range<usize>> {
        let mut void = Vec::new();
        for at in 0..self.long.len() {
            let range = self.paragraph(self.long[at].index);
            let long = &mut self.long[at];
            let come = long.awaited.as_ref().and_then(|awaited| awaited.lock().ok()?.take());
            if let Some(levels) = come {
                long.awaited = None;
                if long.paragraph.take_levels(&self.text[range], levels) {
                    void.push(long.first..long.first + long.paragraph.pieces());
                }
            }
        }
        void
    }

    /// Forgets all that was shaped, as when fonts change.
    pub fn forget(&mut self) {
        for long in &mut self.long {
            long.paragraph.forget();
        }
    }

    /// Forgets what was shaped of long paragraphs, but for some pieces.
    pub fn retain(&mut self, pieces: &Range<usize>) {
        for long in &mut self.long {
            let within = |piece: usize| piece.saturating_sub(long.first).min(long.paragraph.pieces());
            long.paragraph.retain(within(pieces.start)..within(pieces.end));
        }
    }
}

/// Resolves the levels of a paragraph where that takes longer than a frame may; none where it is to be done on the spot.
fn resolve(
    text: &Text,
    range: Range<usize>,
    direction: Direction,
    wake: &Wake,
) -> Option<Arc<Mutex<Option<Levels>>>> {
    let (text, wake) = (text.clone(), Arc::clone(wake));
    let result = Arc::new(Mutex::new(None));
    let place = Arc::clone(&result);
    let work = move || {
        let levels = Levels::of(&text[range], direction);
        if let Ok(mut place) = place.lock() {
            *place = Some(levels);
        }
        wake();
    };
    let thread = std::thread::Builder::new().name("bidi levels".to_owned());
    thread.spawn(work).ok().map(|_| result)
}
