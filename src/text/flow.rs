//! The flow: where each paragraph of a document stands below the others, and which of them a window shows.
//!
//! Heights are estimates until a paragraph has really been laid out. The position is an anchor, a paragraph and an offset within
//! it, never a distance from the document's top, so that a height that becomes known moves nothing on screen. Totals are `f64`:
//! `f32` cannot address a million rows. Knows nothing of text.

/// Paragraphs whose heights are summed together.
const BLOCK: usize = 256;

/// Where the top of the window stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Anchor {
    pub paragraph: usize,
    /// Pixels from the paragraph's top down to the window's top.
    pub offset: f64,
}

/// A paragraph that can be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub paragraph: usize,
    /// Pixels from the window's top down to the paragraph's top; negative when it begins above.
    pub top: f64,
    pub height: f32,
    /// Whether the height is that of a real layout.
    pub real: bool,
}

/// The vertical arrangement of a document's paragraphs. All heights are pixels, spacing included.
#[derive(Clone, Debug)]
pub struct Flow {
    heights: Vec<f32>,
    real: Vec<bool>,
    /// The sum of each [`BLOCK`] of heights.
    blocks: Vec<f64>,
    /// The paragraph that holds the window in place. Its offset may be negative: then paragraphs above it, whose heights are still
    /// guessed, show at the window's top.
    anchor: Anchor,
    viewport: f64,
}

impl Flow {
    /// A flow of paragraphs with these estimated heights in pixels; see [`Flow::estimate`].
    pub fn new(estimates: impl IntoIterator<Item = f32>) -> Self {
        let heights: Vec<f32> = estimates.into_iter().map(|height| height.max(0.0)).collect();
        let blocks = heights.chunks(BLOCK).map(sum).collect();
        Self { real: vec![false; heights.len()], heights, blocks, anchor: Anchor::default(), viewport: 0.0 }
    }

    /// A guess at a paragraph's height in pixels, from its length in bytes: Arabic letters take two bytes and about 0.45 em each in
    /// a book face.
    pub fn estimate(bytes: usize, size: f32, line_height: f32, width: f32) -> f32 {
        let per_line = (width / (size * 0.225)).max(1.0);
        (bytes as f32 / per_line).ceil().max(1.0) * line_height
    }

    pub fn len(&self) -> usize {
        self.heights.len()
    }

    pub fn is_empty(&self) -> bool {
        self.heights.is_empty()
    }

    /// The height of everything in pixels, guessed heights included.
    pub fn total(&self) -> f64 {
        self.blocks.iter().sum()
    }

    /// The height of one paragraph, and whether it is real.
    pub fn height(&self, paragraph: usize) -> Option<(f32, bool)> {
        Some((*self.heights.get(paragraph)?, self.real[paragraph]))
    }

    /// Pixels from the document's top to a paragraph's top.
    pub fn top_of(&self, paragraph: usize) -> f64 {
        let paragraph = paragraph.min(self.heights.len());
        let block = paragraph / BLOCK;
        self.blocks[..block].iter().sum::<f64>() + sum(&self.heights[block * BLOCK..paragraph])
    }

    /// Tells how high the window is; scrolling stops where the document's end reaches its bottom.
    pub fn set_viewport(&mut self, height: f32) {
        self.viewport = f64::from(height.max(0.0));
    }

    /// Where the window's top stands, for keeping: a paragraph and a distance of 0 or more within it.
    pub fn anchor(&self) -> Anchor {
        let mut at = self.anchor;
        while at.offset < 0.0 && at.paragraph > 0 {
            at.paragraph -= 1;
            at.offset += f64::from(self.heights[at.paragraph]);
        }
        while at.paragraph + 1 < self.heights.len() && at.offset >= f64::from(self.heights[at.paragraph]) {
            at.offset -= f64::from(self.heights[at.paragraph]);
            at.paragraph += 1;
        }
        Anchor { paragraph: at.paragraph, offset: at.offset.max(0.0) }
    }

    /// Brings a place to the window's top, or as near as the document's end allows.
    pub fn jump_to(&mut self, paragraph: usize, offset: f32) {
        self.anchor = Anchor {
            paragraph: paragraph.min(self.heights.len().saturating_sub(1)),
            offset: f64::from(offset),
        };
        self.clamp();
        self.settle();
    }

    /// Moves the window down by pixels (up where negative), within the document.
    pub fn scroll_by(&mut self, pixels: f32) {
        self.anchor.offset += f64::from(pixels);
        self.clamp();
        self.settle();
    }

    /// Records a paragraph's real height. What was on screen stays where it is, unless the document would then begin below the
    /// window's top or end above its bottom.
    pub fn set_height(&mut self, paragraph: usize, height: f32) {
        let Some(old) = self.heights.get_mut(paragraph) else { return };
        let height = height.max(0.0);
        let was = std::mem::replace(old, height);
        let was_real = std::mem::replace(&mut self.real[paragraph], true);
        if was != height {
            let block = paragraph / BLOCK;
            let end = self.heights.len().min((block + 1) * BLOCK);
            self.blocks[block] = sum(&self.heights[block * BLOCK..end]);
        }
        if paragraph == self.anchor.paragraph && !was_real && self.anchor.offset > 0.0 {
            // Nobody has seen the inside of a guessed paragraph: the place in it was a guess too.
            let share = if was > 0.0 { f64::from(height) / f64::from(was) } else { 0.0 };
            self.anchor.offset *= share.min(1.0);
        }
        self.clamp();
        self.settle();
    }

    /// Forgets all real heights and takes new estimates, as after a change of size or width; the anchor's paragraph stays on top.
    pub fn reset_heights(&mut self, estimates: impl IntoIterator<Item = f32>) {
        let kept = self.anchor();
        let share = match self.heights.get(kept.paragraph) {
            Some(height) if *height > 0.0 => kept.offset / f64::from(*height),
            _ => 0.0,
        };
        let viewport = self.viewport;
        *self = Self::new(estimates);
        self.viewport = viewport;
        let paragraph = kept.paragraph.min(self.heights.len().saturating_sub(1));
        let height = self.heights.get(paragraph).copied().unwrap_or(0.0);
        self.anchor = Anchor { paragraph, offset: share * f64::from(height) };
    }

    /// The paragraphs that a window of this height shows, from the top.
    pub fn visible(&self, viewport_height: f32) -> impl Iterator<Item = Placed> + '_ {
        let first = self.anchor();
        let mut top = if self.anchor.offset < 0.0 || first.paragraph != self.anchor.paragraph {
            self.offset_from_anchor(first.paragraph)
        } else {
            -first.offset
        };
        (first.paragraph..self.heights.len())
            .map(move |paragraph| {
                let height = self.heights[paragraph];
                let placed = Placed { paragraph, top, height, real: self.real[paragraph] };
                top += f64::from(height);
                placed
            })
            .take_while(move |placed| placed.top < f64::from(viewport_height))
    }

    /// How far the window has come, from 0 at the document's top to 1 at its end.
    pub fn position_fraction(&self) -> f64 {
        let room = self.room();
        if room <= 0.0 { 0.0 } else { (self.position() / room).clamp(0.0, 1.0) }
    }

    /// The share of the document that the window shows, for the length of a scroll bar's handle: 0 to 1.
    pub fn visible_fraction(&self) -> f64 {
        let total = self.total();
        if total <= 0.0 { 1.0 } else { (self.viewport / total).min(1.0) }
    }

    /// Moves the window to a fraction of the way, as a scroll bar does.
    pub fn set_fraction(&mut self, fraction: f64) {
        let mut rest = self.room() * fraction.clamp(0.0, 1.0);
        let mut paragraph = 0;
        for block in &self.blocks {
            if rest < *block || paragraph + BLOCK >= self.heights.len() {
                break;
            }
            rest -= block;
            paragraph += BLOCK;
        }
        while paragraph + 1 < self.heights.len() && rest >= f64::from(self.heights[paragraph]) {
            rest -= f64::from(self.heights[paragraph]);
            paragraph += 1;
        }
        self.anchor = Anchor { paragraph, offset: rest };
        self.settle();
    }

    /// Pixels from the document's top to the window's top.
    fn position(&self) -> f64 {
        self.top_of(self.anchor.paragraph) + self.anchor.offset
    }

    /// How far the window can go down.
    fn room(&self) -> f64 {
        (self.total() - self.viewport).max(0.0)
    }

    fn clamp(&mut self) {
        let position = self.position();
        let allowed = position.clamp(0.0, self.room());
        if allowed != position {
            self.anchor.offset += allowed - position;
        }
    }

    /// The top of a paragraph relative to the window's top, counted from the anchor.
    fn offset_from_anchor(&self, paragraph: usize) -> f64 {
        let anchor = self.anchor.paragraph;
        if paragraph <= anchor {
            -self.anchor.offset - sum(&self.heights[paragraph..anchor])
        } else {
            -self.anchor.offset + sum(&self.heights[anchor..paragraph])
        }
    }

    /// Moves the anchor to the paragraph at the window's top, but never past a height that is only guessed: a paragraph on screen
    /// must not move when the guess above it is corrected.
    fn settle(&mut self) {
        while self.anchor.offset < 0.0 && self.anchor.paragraph > 0 && self.real[self.anchor.paragraph - 1] {
            self.anchor.paragraph -= 1;
            self.anchor.offset += f64::from(self.heights[self.anchor.paragraph]);
        }
        while self.anchor.paragraph + 1 < self.heights.len()
            && self.anchor.offset >= f64::from(self.heights[self.anchor.paragraph])
        {
            self.anchor.offset -= f64::from(self.heights[self.anchor.paragraph]);
            self.anchor.paragraph += 1;
        }
    }
}

fn sum(heights: &[f32]) -> f64 {
    heights.iter().map(|height| f64::from(*height)).sum()
}
