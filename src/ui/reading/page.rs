//! A document's pieces (paragraphs, and parts of long ones), and the layouts of those that are in view. Pixels throughout.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::app::Place;
use crate::model::{Document, DocumentId, Span, Text};
use crate::text::{
    Affinity, Align, Anchor, Caret, Direction, Family, Flow, ParagraphLayout, Point, Shaping, Step, Style,
    Weight, document_direction,
};
use crate::ui::text::Ink;

use super::pieces::{Pieces, Wake};

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

/// So many bytes above and below what is in view stay laid out.
const KEPT: usize = 16 * 1024;

/// A piece in view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which, from 0.
    pub piece: usize,
    /// Its top below the pane's top, in pixels; negative when it begins above.
    pub top: f32,
}

/// One document, arranged.
pub struct Page {
    document: DocumentId,
    text: Text,
    direction: Direction,
    pieces: Pieces,
    title: Option<usize>,
    flow: Flow,
    layouts: HashMap<usize, Arc<ParagraphLayout>>,
    /// The paragraphs that are laid out, as they are shaped at any width and size.
    shaped: HashMap<usize, Shaping>,
    shown: Vec<Shown>,
    /// Where the page is to go as soon as it is filled.
    wanted: Option<Place>,
    /// Where it went so, and the anchor that it had then: as long as nobody scrolls it stands there, whatever lines the words fall on.
    went: Option<(Place, Anchor)>,
    setting: Setting,
    height: f32,
    top: f32,
}

impl Page {
    /// The page of a document, nothing laid out yet. `wake` asks for a frame when something was done beside the interface.
    pub fn new(document: &Document, wake: Wake) -> Self {
        let text = document.text.clone();
        let direction = document_direction(&text);
        let mut page = Self {
            document: document.id,
            direction,
            pieces: Pieces::new(text.clone(), direction, wake),
            title: None,
            flow: Flow::new([]),
            layouts: HashMap::new(),
            shaped: HashMap::new(),
            shown: Vec::new(),
            wanted: None,
            went: None,
            setting: Setting { width: 0.0, family: Family::AMIRI, size: 0.0, leading: 0.0, fonts: 0 },
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

    /// How many pieces there are: paragraphs, and the parts of long ones.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// The bytes of a piece, without a line end; for a part of a long paragraph a guess until it is laid out.
    pub fn piece(&self, piece: usize) -> Range<usize> {
        self.pieces.range(piece)
    }

    /// Whether a piece goes on with the paragraph of the piece before it.
    pub fn continues(&self, piece: usize) -> bool {
        self.pieces.continues(piece)
    }

    /// The paragraph to which a piece belongs, from 0.
    pub fn paragraph_of(&self, piece: usize) -> usize {
        self.pieces.paragraph_of(piece)
    }

    /// The bytes of the paragraph that holds a byte, without its line end.
    pub fn paragraph_around(&self, byte: usize) -> Range<usize> {
        self.pieces.paragraph(self.pieces.paragraph_at(byte))
    }

    /// The piece on which a caret stands, and the caret within it. Where the piece is not laid out, it may be the one before.
    pub fn locate(&self, caret: Caret) -> (usize, Caret) {
        let mut piece = self.pieces.piece_at(caret.byte);
        let mut start = self.piece(piece).start;
        // Where lines of one paragraph meet, a place belongs to the line that the caret was put on.
        if caret.byte == start && caret.affinity == Affinity::Before && self.continues(piece) {
            piece -= 1;
            start = self.piece(piece).start;
        }
        (piece, Caret { byte: caret.byte.saturating_sub(start), ..caret })
    }

    /// The same, the piece being laid out now if need be.
    pub fn find(&mut self, caret: Caret, ink: &Ink) -> (usize, Caret) {
        loop {
            let (piece, within) = self.locate(caret);
            if self.layouts.contains_key(&piece) {
                return (piece, within);
            }
            // Its first line may turn out to begin behind the byte.
            self.lay_out(piece, ink);
        }
    }

    fn find_title(&self) -> Option<usize> {
        let paragraphs = self.pieces.paragraphs();
        let paragraph = |index| &self.text[self.pieces.paragraph(index)];
        let first = (0..paragraphs.min(20)).find(|&index| !paragraph(index).trim().is_empty())?;
        let is_short = paragraph(first).len() <= LONGEST_TITLE;
        (is_short && paragraphs > first + 1).then(|| self.pieces.first_of(first))
    }

    /// Takes up how the page is set, the pane's height in pixels, and the room above the first paragraph. Where the setting changes, the
    /// words at the top stay there.
    pub fn arrange(&mut self, setting: Setting, height: f32, top: f32) {
        if self.setting != setting {
            let place = self.place();
            let is_first = self.setting.size == 0.0;
            let same_fonts = (&self.setting.family, self.setting.fonts) == (&setting.family, setting.fonts);
            self.setting = setting;
            self.layouts.clear();
            self.shown.clear();
            if !same_fonts {
                self.shaped.clear();
                self.pieces.forget();
            }
            let (size, width, line) = (self.setting.size, self.setting.width, self.line_height());
            let height =
                |piece| Flow::estimate(self.piece(piece).len(), size, line, width) + self.gap_below(piece);
            let estimates: Vec<f32> = (0..self.len()).map(height).collect();
            self.flow = Flow::new(estimates);
            if !is_first {
                self.go_to(place);
            }
        }
        self.top = top;
        self.height = height;
        self.flow.set_viewport((height - top).max(1.0));
    }

    fn line_height(&self) -> f32 {
        (self.setting.size * self.setting.leading).round()
    }

    /// The space below a paragraph, in pixels.
    pub fn gap(&self) -> f32 {
        (self.setting.size * GAP).round()
    }

    /// The space below a piece, in pixels: none where its paragraph goes on.
    fn gap_below(&self, piece: usize) -> f32 {
        if piece + 1 < self.len() && self.continues(piece + 1) { 0.0 } else { self.gap() }
    }

    fn style(&self, piece: usize) -> Style {
        let is_title = self.title == Some(piece);
        let Setting { family, size, leading, .. } = self.setting.clone();
        let size = if is_title { size * TITLE } else { size };
        Style {
            family,
            size,
            weight: if is_title { Weight::Bold } else { Weight::Regular },
            line_height: if is_title { (size * leading * TITLE_LEADING).round() } else { self.line_height() },
        }
    }

    /// Where the page stands: on the line at the top.
    pub fn place(&self) -> Place {
        if let Some(place) = self.wanted {
            return place;
        }
        let anchor = self.flow.anchor();
        if let Some((place, _)) = self.went.filter(|(_, then)| *then == anchor) {
            return place;
        }
        let range = self.piece(anchor.paragraph);
        let size = if self.setting.size > 0.0 { self.setting.size } else { 1.0 };
        let line = self.layouts.get(&anchor.paragraph).and_then(|layout| {
            let lines = layout.lines();
            lines[..lines.partition_point(|line| f64::from(line.top) <= anchor.offset)].last()
        });
        let (byte, above) = line.map_or((0, 0.0), |line| (line.range.start, f64::from(line.top)));
        Place {
            paragraph: self.pieces.paragraph_of(anchor.paragraph),
            byte: range.start + byte - self.paragraph_around(range.start).start,
            offset: (anchor.offset - above) as f32 / size,
        }
    }

    /// Goes to a place, with the next [`Self::fill`].
    pub fn go_to(&mut self, place: Place) {
        self.wanted = Some(place);
    }

    fn go(&mut self, place: Place, ink: &Ink) {
        let last = self.pieces.paragraphs() - 1;
        let paragraph = self.pieces.paragraph(place.paragraph.min(last));
        let byte = self.text.floor_char_boundary((paragraph.start + place.byte).min(paragraph.end));
        let (piece, caret) = self.find(Caret::after(byte), ink);
        let layout = self.lay_out(piece, ink);
        self.flow.jump_to(piece, layout.caret_rect(caret).top + place.offset * self.setting.size);
    }

    /// Lays out what is in view, and finds where it stands.
    pub fn fill(&mut self, ink: &Ink) {
        for void in self.pieces.take_levels() {
            self.wanted = Some(self.place());
            self.layouts.retain(|piece, _| !void.contains(piece));
        }
        let went = self.wanted.take();
        if let Some(place) = went {
            self.go(place, ink);
        }
        // Each pass may bring further pieces into view where estimates were too high; it ends because each pass lays out at least one
        // piece more.
        for _ in 0..self.len().min(400) + 1 {
            let missing: Vec<usize> = self
                .flow
                .visible(self.height)
                .map(|placed| placed.paragraph)
                .filter(|piece| !self.layouts.contains_key(piece))
                .collect();
            if missing.is_empty() {
                break;
            }
            for piece in missing {
                self.lay_out(piece, ink);
            }
        }
        let top = self.top;
        let shown = |piece: usize, above: f64| Shown { piece, top: (above as f32 + top).round() };
        let visible: Vec<Shown> =
            self.flow.visible(self.height).map(|placed| shown(placed.paragraph, placed.top)).collect();
        self.shown = visible;
        self.show_above(ink);
        if let Some(place) = went {
            self.went = Some((place, self.flow.anchor()));
        }
        self.forget_what_is_far();
    }

    /// What stands above the flow's top still shows in the room that is left there.
    fn show_above(&mut self, ink: &Ink) {
        while let Some(&Shown { piece, top }) =
            self.shown.first().filter(|first| first.top > 0.0 && first.piece > 0)
        {
            let above = piece - 1;
            self.lay_out(above, ink);
            let Some((height, _)) = self.flow.height(above) else { break };
            self.shown.insert(0, Shown { piece: above, top: (top - height).round() });
        }
    }

    fn forget_what_is_far(&mut self) {
        let (first, last) = self.range_in_view();
        let near = self.piece(first).start.saturating_sub(KEPT)..self.piece(last).end + KEPT;
        let pieces = &self.pieces;
        self.layouts.retain(|&piece, _| {
            let range = pieces.range(piece);
            range.start <= near.end && range.end >= near.start
        });
        let layouts = &self.layouts;
        self.shaped.retain(|piece, _| layouts.contains_key(piece));
        self.pieces.retain(&(first..last + 1));
    }

    fn lay_out(&mut self, piece: usize, ink: &Ink) -> Arc<ParagraphLayout> {
        if let Some(layout) = self.layouts.get(&piece) {
            return Arc::clone(layout);
        }
        let (style, width) = (self.style(piece), self.setting.width);
        let layout = Arc::new(match self.pieces.long(piece) {
            Some((long, text, part)) => ink
                .with_engine(|engine| engine.lay_out_piece((long, text), part, &style, Align::Start, width)),
            None => self.lay_out_paragraph(piece, &style, ink),
        });
        let least = if self.continues(piece) { 0.0 } else { style.line_height };
        self.flow.set_height(piece, layout.height().max(least) + self.gap_below(piece));
        self.layouts.insert(piece, Arc::clone(&layout));
        layout
    }

    /// Lays out a paragraph of one piece; it is shaped but once, whatever widths and sizes it gets.
    fn lay_out_paragraph(&mut self, piece: usize, style: &Style, ink: &Ink) -> ParagraphLayout {
        let text = &self.text[self.piece(piece)];
        let direction = self.pieces.direction_of(self.pieces.paragraph_of(piece));
        ink.with_engine(|engine| {
            let shaping = self.shaped.entry(piece).or_insert_with(|| engine.shape(text, style, direction));
            engine.lay_out_shaped(text, shaping, style, Align::Start, self.setting.width)
        })
    }

    /// The pieces in view with their layouts, from the top.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = (Shown, &Arc<ParagraphLayout>)> {
        self.shown.iter().filter_map(|shown| Some((*shown, self.layouts.get(&shown.piece)?)))
    }

    /// The top of a piece in view below the pane's top, in pixels.
    pub fn top_of(&self, piece: usize) -> Option<f32> {
        let first = self.shown.first()?.piece;
        self.shown.get(piece.checked_sub(first)?).map(|shown| shown.top)
    }

    /// How paragraphs are laid out.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The first and the last piece in view.
    fn range_in_view(&self) -> (usize, usize) {
        let first = self.shown.first().map_or(0, |shown| shown.piece);
        (first, self.shown.last().map_or(first, |shown| shown.piece))
    }

    /// The bytes in view: whole pieces, but of one of more lines than [`LINES`] only blocks of lines, so that what is asked about
    /// stays little, and stays the same while the page moves by a line or two.
    pub fn span_in_view(&self) -> Span {
        let start = self.shown().next().map_or(0, |(shown, layout)| {
            let first = layout.lines().partition_point(|line| shown.top + line.bottom < 0.0) / LINES * LINES;
            self.piece(shown.piece).start + layout.lines().get(first).map_or(0, |line| line.range.start)
        });
        let end = self.shown().next_back().map_or(start, |(shown, layout)| {
            let end = layout.lines().partition_point(|line| shown.top + line.top < self.height);
            let last = layout.lines().get(end.next_multiple_of(LINES).max(1) - 1).or(layout.lines().last());
            self.piece(shown.piece).start + last.map_or(0, |line| line.range.end)
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
        Some(Caret { byte: self.piece(shown.piece).start + caret.byte, affinity: caret.affinity })
    }

    /// The grapheme under a point, as a byte of the document.
    pub fn byte_at(&self, x: f32, y: f32) -> Option<usize> {
        let (shown, layout) =
            self.shown().find(|(shown, layout)| y >= shown.top && y < shown.top + layout.height())?;
        let cluster = layout.cluster_at(Point::new(x, y - shown.top))?;
        Some(self.piece(shown.piece).start + cluster.start)
    }

    /// The layout of a piece, made now if need be.
    pub fn layout_of(&mut self, piece: usize, ink: &Ink) -> Arc<ParagraphLayout> {
        self.lay_out(piece, ink)
    }

    /// Where a caret stands: its top and bottom below the pane's top, in pixels, and its distance from the column's left edge. None
    /// where its piece is not in view.
    pub fn caret_place(&self, caret: Caret) -> Option<(f32, f32, f32)> {
        let (piece, caret) = self.locate(caret);
        let (shown, layout) = self.shown().find(|(shown, _)| shown.piece == piece)?;
        let rect = layout.caret_rect(caret);
        Some((shown.top + rect.top, shown.top + rect.bottom, rect.left))
    }

    /// Brings a byte into view: nothing moves when its line is in view; else the line comes to a third of the pane.
    pub fn reveal(&mut self, byte: usize, ink: &Ink) {
        let caret = Caret::after(byte);
        let in_view =
            self.caret_place(caret).is_some_and(|(top, bottom, _)| top >= 0.0 && bottom <= self.height);
        if !in_view {
            let (piece, caret) = self.find(caret, ink);
            let line = self.lay_out(piece, ink).caret_rect(caret);
            // In one go: after a jump that the document's end cut short, a further step up would lead past the place.
            self.flow.jump_to(piece, line.top - self.height / 3.0);
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
