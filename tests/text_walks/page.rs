//! A document whose paragraphs are all laid out, to be walked through.

use std::ops::Range;
use std::sync::Arc;

use hashiya::text::walk::{self, Pieces};
use hashiya::text::*;
use unicode_segmentation::UnicodeSegmentation;

pub const SIZE: f32 = 20.0;
pub const LINE: f32 = 40.0;
pub const GAP: f32 = 9.0;

/// A document whose paragraphs are all laid out, one below the other.
#[derive(Clone)]
pub struct Page {
    pub text: String,
    pub direction: Direction,
    pub ranges: Vec<Range<usize>>,
    /// The pieces that go on with the paragraph before them.
    pub continued: Vec<usize>,
    pub layouts: Vec<Arc<ParagraphLayout>>,
}

impl Page {
    pub fn new(engine: &mut TextEngine, text: &str, width: f32) -> Self {
        let style = Style { family: Family::AMIRI, size: SIZE, weight: Weight::Regular, line_height: LINE };
        let direction = document_direction(text);
        let mut ranges = Vec::new();
        let mut start = 0;
        for paragraph in text.split('\n') {
            ranges.push(start..start + paragraph.len());
            start += paragraph.len() + 1;
        }
        let layouts = ranges
            .iter()
            .map(|range| {
                let paragraph = &text[range.clone()];
                let direction = paragraph_direction(paragraph, direction);
                Arc::new(engine.lay_out(paragraph, &style, direction, Align::Start, Some(width)))
            })
            .collect();
        Self { text: text.to_owned(), direction, ranges, continued: Vec::new(), layouts }
    }

    /// The same, its long paragraphs laid out in pieces.
    pub fn in_pieces(engine: &mut TextEngine, text: &str, width: f32) -> Self {
        let style = Style { family: Family::AMIRI, size: SIZE, weight: Weight::Regular, line_height: LINE };
        let mut page = Self::new(engine, text, width);
        let (mut ranges, mut layouts) = (Vec::new(), Vec::new());
        for (range, layout) in page.ranges.into_iter().zip(page.layouts) {
            let paragraph = &text[range.clone()];
            if paragraph.len() <= LONG {
                ranges.push(range);
                layouts.push(layout);
                continue;
            }
            let mut long = LongParagraph::new(paragraph, layout.direction());
            for piece in 0..long.pieces() {
                let of = (&mut long, paragraph);
                layouts.push(Arc::new(engine.lay_out_piece(of, piece, &style, Align::Start, width)));
                if piece > 0 {
                    page.continued.push(ranges.len() + piece);
                }
            }
            ranges.extend((0..long.pieces()).map(|piece| {
                let part = long.piece(piece);
                range.start + part.start..range.start + part.end
            }));
        }
        Self { ranges, layouts, ..page }
    }

    /// The text around a caret.
    pub fn around(&self, caret: Caret) -> String {
        let mark = if caret.affinity == Affinity::After { "|" } else { "¦" };
        let before: Vec<&str> = self.text[..caret.byte].graphemes(true).rev().take(12).collect();
        let after: String = self.text[caret.byte..].graphemes(true).take(12).collect();
        before.into_iter().rev().collect::<String>() + mark + &after
    }

    pub fn piece_of(&self, caret: Caret) -> usize {
        let piece = self.ranges.partition_point(|range| range.end < caret.byte).min(self.ranges.len() - 1);
        // Where two pieces meet, a place belongs to the line that the caret was put on.
        let onward = self.ranges[piece].end == caret.byte && caret.affinity == Affinity::After;
        if onward && self.continues(piece + 1) { piece + 1 } else { piece }
    }

    /// Paragraph, line, and where on it, in pixels.
    pub fn spot(&self, caret: Caret) -> Spot {
        let piece = self.piece_of(caret);
        let layout = &self.layouts[piece];
        let inside = Caret { byte: caret.byte - self.ranges[piece].start, ..caret };
        Spot { piece, line: layout.line_of(inside), x: layout.caret_rect(inside).left }
    }

    /// All places from the first to the last, as the steps of one kind find them.
    pub fn walk(&mut self, step: Step) -> Vec<Caret> {
        let mut places = vec![walk::first(self, step).expect("there is a first place")];
        while let Some(next) = walk::step(self, places[places.len() - 1], step) {
            places.push(next);
            assert!(places.len() <= 3 * self.text.len() + 8, "the walk ends: {}", self.around(next));
        }
        places
    }

    /// The lines from the top: paragraph, and line in it.
    pub fn lines(&self) -> Vec<(usize, usize)> {
        let lines = |(piece, layout): (usize, &Arc<ParagraphLayout>)| {
            (0..layout.lines().len()).map(move |line| (piece, line)).collect::<Vec<_>>()
        };
        self.layouts.iter().enumerate().flat_map(lines).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub piece: usize,
    pub line: usize,
    pub x: f32,
}

impl Spot {
    pub fn on(self) -> (usize, usize) {
        (self.piece, self.line)
    }
}

impl Pieces for Page {
    fn direction(&self) -> Direction {
        self.direction
    }

    fn count(&self) -> usize {
        self.ranges.len()
    }

    fn find(&mut self, caret: Caret) -> usize {
        self.piece_of(caret)
    }

    fn range(&self, piece: usize) -> Range<usize> {
        self.ranges[piece].clone()
    }

    fn continues(&self, piece: usize) -> bool {
        self.continued.contains(&piece)
    }

    fn gap(&self) -> f32 {
        GAP
    }

    fn layout(&mut self, piece: usize) -> Arc<ParagraphLayout> {
        Arc::clone(&self.layouts[piece])
    }
}
