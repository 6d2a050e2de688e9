//! A document's paragraphs, and the layouts of those that are in view. Pixels throughout.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::app::Place;
use crate::model::{Document, DocumentId, Span, Text};
use crate::text::{
    Align, Caret, Direction, Family, Flow, ParagraphLayout, Point, Step, Style, Weight, document_direction,
    paragraph_direction,
};
use crate::ui::text::Ink;

/// The space after a paragraph, as a multiple of the text size.
const GAP: f32 = 0.42;

/// How much larger the title stands, and how much tighter its lines.
const TITLE: f32 = 1.22;
const TITLE_LEADING: f32 = 0.89;

/// A title longer than this, in bytes, is set as any paragraph.
const LONGEST_TITLE: usize = 400;

/// Lines that are looked at together.
const LINES: usize = 32;

/// How a page is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The column's width, in pixels.
    pub width: f32,
    /// The family of the text.
    pub family: Family,
    /// The text size, in pixels.
    pub size: f32,
    /// The height of a line, as a multiple of the size.
    pub leading: f32,
    /// Counts the fonts that came later than they were needed.
    pub fonts: u64,
}

/// A line that stays where it is while all around it is laid out anew.
#[derive(Clone, Copy, Debug)]
struct Held {
    paragraph: usize,
    /// A byte of it, within the paragraph.
    byte: usize,
    /// How far below the line's top the window's top is, as a share of the line's height.
    share: f32,
}

/// A paragraph in view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which, from 0.
    pub paragraph: usize,
    /// Its top below the pane's top, in pixels; negative when it begins above.
    pub top: f32,
}

/// One document, arranged.
pub struct Page {
    document: DocumentId,
    text: Text,
    direction: Direction,
    /// The byte at which each paragraph begins.
    starts: Vec<u32>,
    title: Option<usize>,
    flow: Flow,
    layouts: HashMap<usize, Arc<ParagraphLayout>>,
    shown: Vec<Shown>,
    setting: Setting,
    held: Option<Held>,
    height: f32,
    top: f32,
}

impl Page {
    /// The page of a document, nothing laid out yet.
    pub fn new(document: &Document) -> Self {
        let text = document.text.clone();
        let starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1))
            .collect::<Vec<u32>>();
        let direction = document_direction(&text);
        let mut page = Self {
            document: document.id,
            direction,
            starts,
            title: None,
            flow: Flow::new([]),
            layouts: HashMap::new(),
            shown: Vec::new(),
            setting: Setting { width: 0.0, family: Family::AMIRI, size: 0.0, leading: 0.0, fonts: 0 },
            held: None,
            height: 0.0,
            top: 0.0,
            text,
        };
        page.title = page.find_title();
        page
    }

    /// Whether this is the page of exactly this document and text.
    pub fn is_of(&self, document: &Document) -> bool {
        self.document == document.id
            && std::ptr::eq(self.text.as_str().as_ptr(), document.text.as_str().as_ptr())
            && self.text.len() == document.text.len()
    }

    /// The document.
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// The document's base direction.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The document's text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// How many paragraphs there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a paragraph, without its line end.
    pub fn paragraph(&self, index: usize) -> Range<usize> {
        let start = self.starts.get(index).map_or(self.text.len(), |&start| start as usize);
        let end = self.starts.get(index + 1).map_or(self.text.len(), |&next| next as usize - 1);
        start..end
    }

    /// The paragraph that holds a byte, and the byte within it.
    pub fn locate(&self, byte: usize) -> (usize, usize) {
        let index = self.starts.partition_point(|&start| start as usize <= byte).saturating_sub(1);
        (index, byte - self.paragraph(index).start)
    }

    fn find_title(&self) -> Option<usize> {
        let first =
            (0..self.len().min(20)).find(|&index| !self.text[self.paragraph(index)].trim().is_empty())?;
        let is_short = self.paragraph(first).len() <= LONGEST_TITLE;
        (is_short && self.len() > first + 1).then_some(first)
    }

    /// Takes up how the page is set, the pane's height in pixels, and the room above the first paragraph. Where the setting changes, the
    /// words at the top stay there.
    pub fn arrange(&mut self, setting: Setting, height: f32, top: f32) {
        if self.setting != setting {
            let place = self.place();
            let is_first = self.setting.size == 0.0;
            self.held = self.held.or_else(|| self.hold());
            self.setting = setting;
            self.layouts.clear();
            let (size, width, line) = (self.setting.size, self.setting.width, self.line_height());
            let estimates: Vec<f32> = (0..self.len())
                .map(|index| Flow::estimate(self.paragraph(index).len(), size, line, width) + self.gap())
                .collect();
            self.flow = Flow::new(estimates);
            if !is_first {
                self.go_to(place);
            }
        }
        self.top = top;
        self.height = height;
        self.flow.set_viewport((height - top).max(1.0));
    }

    /// The line at the window's top; none where that is the beginning of a paragraph, which stays by itself.
    fn hold(&self) -> Option<Held> {
        let anchor = self.flow.anchor();
        let offset = anchor.offset as f32;
        let layout = self.layouts.get(&anchor.paragraph).filter(|_| offset > 0.0)?;
        let line = layout.lines().iter().find(|line| line.bottom > offset)?;
        let share = (offset - line.top) / (line.bottom - line.top);
        Some(Held { paragraph: anchor.paragraph, byte: line.range.start, share })
    }

    fn line_height(&self) -> f32 {
        (self.setting.size * self.setting.leading).round()
    }

    /// The space below a paragraph, in pixels.
    pub fn gap(&self) -> f32 {
        (self.setting.size * GAP).round()
    }

    fn style(&self, paragraph: usize) -> Style {
        let is_title = self.title == Some(paragraph);
        let Setting { family, size, leading, .. } = self.setting.clone();
        let size = if is_title { size * TITLE } else { size };
        Style {
            family,
            size,
            weight: if is_title { Weight::Bold } else { Weight::Regular },
            line_height: if is_title { (size * leading * TITLE_LEADING).round() } else { self.line_height() },
        }
    }

    /// Where the page stands.
    pub fn place(&self) -> Place {
        let anchor = self.flow.anchor();
        let size = if self.setting.size > 0.0 { self.setting.size } else { 1.0 };
        Place { paragraph: anchor.paragraph, offset: anchor.offset as f32 / size }
    }

    /// Goes to a place.
    pub fn go_to(&mut self, place: Place) {
        let paragraph = place.paragraph.min(self.len().saturating_sub(1));
        self.flow.jump_to(paragraph, place.offset * self.setting.size);
    }

    /// Lays out what is in view, and finds where it stands.
    pub fn fill(&mut self, ink: &Ink) {
        if let Some(held) = self.held.take() {
            let layout = self.lay_out(held.paragraph, ink);
            let line = layout.lines().get(layout.line_of(Caret::after(held.byte)));
            let offset = line.map_or(0.0, |line| line.top + held.share * (line.bottom - line.top));
            self.flow.jump_to(held.paragraph, offset);
        }
        // Each pass may bring further paragraphs into view where estimates were too high; it ends because each pass lays out at least
        // one paragraph more.
        for _ in 0..self.len().min(400) + 1 {
            let missing: Vec<usize> = self
                .flow
                .visible(self.height)
                .map(|placed| placed.paragraph)
                .filter(|paragraph| !self.layouts.contains_key(paragraph))
                .collect();
            if missing.is_empty() {
                break;
            }
            for paragraph in missing {
                self.lay_out(paragraph, ink);
            }
        }
        let top = self.top;
        self.shown = self
            .flow
            .visible(self.height)
            .map(|placed| Shown { paragraph: placed.paragraph, top: (placed.top as f32 + top).round() })
            .collect();
        if self.layouts.len() > 4 * self.shown.len() + 64 {
            let (first, last) = self.range_in_view();
            self.layouts.retain(|&paragraph, _| paragraph + 16 >= first && paragraph <= last + 16);
        }
    }

    fn lay_out(&mut self, paragraph: usize, ink: &Ink) -> Arc<ParagraphLayout> {
        if let Some(layout) = self.layouts.get(&paragraph) {
            return Arc::clone(layout);
        }
        let text = &self.text[self.paragraph(paragraph)];
        let direction = paragraph_direction(text, self.direction);
        let (style, width) = (self.style(paragraph), self.setting.width);
        let layout = ink.with_engine(|engine| {
            Arc::new(engine.lay_out(text, &style, direction, Align::Start, Some(width)))
        });
        self.flow.set_height(paragraph, layout.height().max(style.line_height) + self.gap());
        self.layouts.insert(paragraph, Arc::clone(&layout));
        layout
    }

    /// The paragraphs in view with their layouts, from the top.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = (Shown, &Arc<ParagraphLayout>)> {
        self.shown.iter().filter_map(|shown| Some((*shown, self.layouts.get(&shown.paragraph)?)))
    }

    /// The top of a paragraph in view below the pane's top, in pixels.
    pub fn top_of(&self, paragraph: usize) -> Option<f32> {
        let first = self.shown.first()?.paragraph;
        self.shown.get(paragraph.checked_sub(first)?).map(|shown| shown.top)
    }

    /// How paragraphs are laid out.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The first and the last paragraph in view.
    pub fn range_in_view(&self) -> (usize, usize) {
        let first = self.shown.first().map_or(0, |shown| shown.paragraph);
        (first, self.shown.last().map_or(first, |shown| shown.paragraph))
    }

    /// The bytes in view: whole paragraphs, but of one of more lines than [`LINES`] only blocks of lines, so that what is asked about
    /// stays little, and stays the same while the page moves by a line or two.
    pub fn span_in_view(&self) -> Span {
        let start = self.shown().next().map_or(0, |(shown, layout)| {
            let first = layout.lines().partition_point(|line| shown.top + line.bottom < 0.0) / LINES * LINES;
            self.paragraph(shown.paragraph).start
                + layout.lines().get(first).map_or(0, |line| line.range.start)
        });
        let end = self.shown().next_back().map_or(start, |(shown, layout)| {
            let end = layout.lines().partition_point(|line| shown.top + line.top < self.height);
            let last = layout.lines().get(end.next_multiple_of(LINES).max(1) - 1).or(layout.lines().last());
            self.paragraph(shown.paragraph).start + last.map_or(0, |line| line.range.end)
        });
        Span::new(start..end.max(start))
    }

    /// The caret nearest to a point: pixels from the column's left edge and from the pane's top.
    pub fn hit(&self, x: f32, y: f32) -> Option<Caret> {
        let gap = self.gap();
        let (shown, layout) = self
            .shown()
            .find(|(shown, layout)| y < shown.top + layout.height() + gap)
            .or_else(|| self.shown().last())?;
        let point = Point::new(x, y - shown.top);
        let mut caret = layout.hit(point);
        // Beside a line, where it ends or begins is meant, whatever direction the words at that edge have.
        if let Some(line) = layout.lines().get(layout.line_of(caret)) {
            let (is_left, is_right) = (x < line.left, x > line.right);
            let beside = if is_left == is_right {
                None
            } else if is_left == layout.direction().is_rtl() {
                layout.step(caret, Step::LineEnd)
            } else {
                layout.step(caret, Step::LineStart)
            };
            caret = beside.unwrap_or(caret);
        }
        Some(Caret { byte: self.paragraph(shown.paragraph).start + caret.byte, affinity: caret.affinity })
    }

    /// The grapheme under a point, as a byte of the document.
    pub fn byte_at(&self, x: f32, y: f32) -> Option<usize> {
        let (shown, layout) =
            self.shown().find(|(shown, layout)| y >= shown.top && y < shown.top + layout.height())?;
        let cluster = layout.cluster_at(Point::new(x, y - shown.top))?;
        Some(self.paragraph(shown.paragraph).start + cluster.start)
    }

    /// The layout of a paragraph, made now if need be.
    pub fn layout_of(&mut self, paragraph: usize, ink: &Ink) -> Arc<ParagraphLayout> {
        self.lay_out(paragraph, ink)
    }

    /// Where a caret stands: its top and bottom below the pane's top, in pixels, and its distance from the column's left edge. None
    /// where its paragraph is not in view.
    pub fn caret_place(&self, caret: Caret) -> Option<(f32, f32, f32)> {
        let (paragraph, byte) = self.locate(caret.byte);
        let (shown, layout) = self.shown().find(|(shown, _)| shown.paragraph == paragraph)?;
        let rect = layout.caret_rect(Caret { byte, affinity: caret.affinity });
        Some((shown.top + rect.top, shown.top + rect.bottom, rect.left))
    }

    /// Brings a byte into view: nothing moves when its line is in view; else the line comes to a third of the pane.
    pub fn reveal(&mut self, byte: usize, ink: &Ink) {
        let caret = Caret::after(byte);
        let in_view =
            self.caret_place(caret).is_some_and(|(top, bottom, _)| top >= 0.0 && bottom <= self.height);
        if !in_view {
            let (paragraph, within) = self.locate(byte);
            let layout = self.lay_out(paragraph, ink);
            let line = layout.caret_rect(Caret::after(within));
            self.flow.jump_to(paragraph, line.top);
            self.flow.scroll_by(-self.height / 3.0);
            self.fill(ink);
        }
    }

    /// Moves as little as needed to have a caret's line in view.
    pub fn follow(&mut self, caret: Caret, ink: &Ink) {
        let margin = self.line_height() / 2.0;
        match self.caret_place(caret) {
            Some((top, _, _)) if top < margin => self.scroll_by(top - margin),
            Some((_, bottom, _)) if bottom > self.height - margin => {
                self.scroll_by(bottom - self.height + margin);
            }
            Some(_) => return,
            None => self.reveal(caret.byte, ink),
        }
        self.fill(ink);
    }

    /// Moves down by pixels, up where negative.
    pub fn scroll_by(&mut self, pixels: f32) {
        self.flow.scroll_by(pixels);
    }

    /// The height of the pane, in pixels.
    pub fn height(&self) -> f32 {
        self.height
    }

    /// The height of an ordinary line, in pixels.
    pub fn line(&self) -> f32 {
        self.line_height()
    }

    /// How far the page has come, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.flow.position_fraction()
    }

    /// The share of the document in view.
    pub fn visible_fraction(&self) -> f64 {
        self.flow.visible_fraction()
    }

    /// Goes to a fraction of the way.
    pub fn set_fraction(&mut self, fraction: f64) {
        self.flow.set_fraction(fraction.clamp(0.0, 1.0));
    }
}
