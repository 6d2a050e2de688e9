//! Characters that leave no ink, or ink that looks like something else: which they are, and where a mark for each may be painted.
//!
//! Asks a finished layout only: showing them changes neither shaping nor the place of anything.

use std::ops::Range;

use super::direction::Direction;
use super::geometry::Rect;
use super::layout::{Cell, ParagraphLayout};

/// A kind of character that is not seen for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Invisible {
    /// ZWNJ, U+200C.
    NonJoiner,
    /// ZWJ, U+200D.
    Joiner,
    /// LRM, U+200E.
    LeftToRightMark,
    /// RLM, U+200F.
    RightToLeftMark,
    /// ALM, U+061C.
    ArabicLetterMark,
    /// LRE and RLE, U+202A and U+202B.
    Embedding(Direction),
    /// LRO and RLO, U+202D and U+202E.
    Override(Direction),
    /// PDF, U+202C: ends an embedding or override.
    PopEmbedding,
    /// LRI and RLI, U+2066 and U+2067; FSI, U+2068, has no direction of its own.
    Isolate(Option<Direction>),
    /// PDI, U+2069: ends an isolate.
    PopIsolate,
    /// U+00A0.
    NoBreakSpace,
    /// U+202F.
    NarrowNoBreakSpace,
    /// A space of another width than the usual one.
    OtherSpace,
    /// U+200B: a line may end here.
    ZeroWidthSpace,
    /// U+2060: no line may end here.
    WordJoiner,
    /// BOM, U+FEFF.
    ByteOrderMark,
    /// U+00AD.
    SoftHyphen,
    /// U+0640: lengthens a word.
    Tatweel,
    Tab,
    /// Any other control character.
    Control,
    /// A space after the last word of a paragraph.
    TrailingSpace,
    /// The end of a paragraph.
    ParagraphEnd,
}

impl Invisible {
    /// What a character is, wherever it stands; `None` where it shows itself, as spaces between words do.
    pub fn of(c: char) -> Option<Self> {
        use Direction::{LeftToRight, RightToLeft};
        Some(match c {
            '\u{200c}' => Self::NonJoiner,
            '\u{200d}' => Self::Joiner,
            '\u{200e}' => Self::LeftToRightMark,
            '\u{200f}' => Self::RightToLeftMark,
            '\u{61c}' => Self::ArabicLetterMark,
            '\u{202a}' => Self::Embedding(LeftToRight),
            '\u{202b}' => Self::Embedding(RightToLeft),
            '\u{202c}' => Self::PopEmbedding,
            '\u{202d}' => Self::Override(LeftToRight),
            '\u{202e}' => Self::Override(RightToLeft),
            '\u{2066}' => Self::Isolate(Some(LeftToRight)),
            '\u{2067}' => Self::Isolate(Some(RightToLeft)),
            '\u{2068}' => Self::Isolate(None),
            '\u{2069}' => Self::PopIsolate,
            '\u{a0}' => Self::NoBreakSpace,
            '\u{202f}' => Self::NarrowNoBreakSpace,
            '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' | '\u{1680}' => Self::OtherSpace,
            '\u{200b}' => Self::ZeroWidthSpace,
            '\u{2060}' => Self::WordJoiner,
            '\u{feff}' => Self::ByteOrderMark,
            '\u{ad}' => Self::SoftHyphen,
            '\u{640}' => Self::Tatweel,
            '\t' => Self::Tab,
            '\n' => Self::ParagraphEnd,
            c if c.is_control() => Self::Control,
            _ => return None,
        })
    }
}

/// An invisible character on a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hidden {
    pub kind: Invisible,
    /// Where it begins in the text of the layout, in bytes; the text's length for the paragraph's end.
    pub byte: usize,
    pub line: usize,
    /// The room it takes on screen, as high as its line; without width where it takes none.
    pub rect: Rect,
    /// Whether the text around it runs from right to left.
    pub rtl: bool,
}

impl ParagraphLayout {
    /// The invisible characters of some lines, each line from its start. `text` is what was laid out; with `ended`, it is the end of a
    /// paragraph that another follows.
    pub fn hidden(&self, text: &str, lines: Range<usize>, ended: bool) -> Vec<Hidden> {
        let mut found = Vec::new();
        let last_word = text.trim_end_matches(char::is_whitespace).len();
        let last = self.lines.len() - 1;
        for index in lines.start..lines.end.min(self.lines.len()) {
            let range = self.lines[index].range.clone();
            let Some(part) = text.get(range.clone()) else { continue };
            let mut cells: Option<Vec<Cell>> = None;
            for (at, c) in part.char_indices() {
                let byte = range.start + at;
                let kind = match Invisible::of(c) {
                    Some(kind) => kind,
                    None if c == ' ' && byte >= last_word => Invisible::TrailingSpace,
                    None => continue,
                };
                let cells = cells.get_or_insert_with(|| self.cells_in_order(index));
                if let Some((left, right, rtl)) = place(cells, text, byte, kind) {
                    found.push(self.hidden_at(kind, byte, index, (left, right), rtl));
                }
            }
            if ended && index == last {
                let rtl = self.direction.is_rtl();
                let cells = &self.cells[index];
                let line = &self.lines[index];
                let end = match (rtl, cells.first(), cells.last()) {
                    (true, Some(first), _) => first.left,
                    (false, _, Some(last)) => last.right,
                    _ if rtl => line.right,
                    _ => line.left,
                };
                found.push(self.hidden_at(Invisible::ParagraphEnd, text.len(), index, (end, end), rtl));
            }
        }
        found
    }

    fn hidden_at(
        &self,
        kind: Invisible,
        byte: usize,
        line: usize,
        (left, right): (f32, f32),
        rtl: bool,
    ) -> Hidden {
        let shown = &self.lines[line];
        Hidden { kind, byte, line, rect: Rect { left, top: shown.top, right, bottom: shown.bottom }, rtl }
    }

    /// The cells of a line in the order of the text.
    fn cells_in_order(&self, line: usize) -> Vec<Cell> {
        let mut cells = self.cells[line].clone();
        cells.sort_by_key(|cell| cell.start);
        cells
    }
}

/// The left and right edge of a character, and whether the text there runs from right to left. One that belongs to the letter before it
/// stands at that letter's end; one inside a picture made of several is not shown.
fn place(cells: &[Cell], text: &str, byte: usize, kind: Invisible) -> Option<(f32, f32, bool)> {
    let cell = &cells[cells.partition_point(|cell| cell.start as usize <= byte).checked_sub(1)?];
    if cell.end as usize <= byte {
        return None;
    }
    if cell.start as usize == byte {
        return Some((cell.left, cell.right, cell.is_rtl()));
    }
    let rest = text.get(byte..cell.end as usize)?;
    let inside_picture = kind == Invisible::Joiner
        && rest.chars().nth(1).is_some_and(|next| !is_mark(next) && Invisible::of(next).is_none());
    let end = if cell.is_rtl() { cell.left } else { cell.right };
    (!inside_picture).then_some((end, end, cell.is_rtl()))
}

fn is_mark(c: char) -> bool {
    use icu_properties::props::{EnumeratedProperty, GeneralCategory, GeneralCategoryGroup};
    GeneralCategoryGroup::Mark.contains(GeneralCategory::for_char(c))
}
