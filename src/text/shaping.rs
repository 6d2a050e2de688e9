//! Shaping: a run of one font, script and direction into glyphs, by harfrust.
//!
//! Owns the buffer and the shape plans. Gives glyphs in font units grouped into clusters that begin on grapheme boundaries.
//! Knows nothing of lines, widths or pixels.

use std::ops::Range;

use harfrust::{BufferClusterLevel, ShapeOptions, ShapePlan, UnicodeBuffer};

use super::fonts::{Face, FontId};

/// A glyph as shaped: font units, y upwards, offsets relative to the pen.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShapedGlyph {
    pub id: u32,
    /// The byte at which hb's cluster begins.
    pub cluster: u32,
    pub advance: i32,
    pub x: i32,
    pub y: i32,
}

/// The smallest span of text whose ends are both grapheme and glyph boundaries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    /// Bytes.
    pub start: u32,
    pub end: u32,
    /// The glyphs, left to right, in the buffer they were shaped into.
    pub glyph_start: u32,
    pub glyph_end: u32,
    /// Font units.
    pub advance: i32,
    /// Whether text cut before this cluster would be shaped otherwise.
    pub unsafe_before: bool,
}

/// Glyphs and clusters of one or several runs. Glyphs stand left to right within their run, clusters in logical order.
#[derive(Default)]
pub(super) struct Shaped {
    pub glyphs: Vec<ShapedGlyph>,
    pub clusters: Vec<Cluster>,
}

impl Shaped {
    pub fn clear(&mut self) {
        self.glyphs.clear();
        self.clusters.clear();
    }
}

/// What has to be the same for a shape plan to be reused.
#[derive(Clone, Copy, PartialEq, Eq)]
struct PlanKey {
    font: FontId,
    rtl: bool,
    script: harfrust::Script,
}

pub(super) struct Shaper {
    buffer: Option<UnicodeBuffer>,
    plans: Vec<(PlanKey, ShapePlan)>,
}

/// Plans kept at once; one text needs a handful, and a plan costs about as much as shaping a page.
const PLANS: usize = 32;

impl Shaper {
    pub fn new() -> Self {
        Self { buffer: None, plans: Vec::new() }
    }

    /// Shapes `range` of `text` with the text around it as context, and appends the result to `out`. `flags` are those of
    /// [`analysis`](super::analysis), one a byte. Returns the range of clusters appended, which tile `range`.
    #[expect(clippy::too_many_arguments, reason = "each is an independent property of a run")]
    pub fn shape(
        &mut self,
        (font, face): (FontId, &Face),
        text: &str,
        range: Range<usize>,
        rtl: bool,
        script: harfrust::Script,
        is_grapheme_start: impl Fn(usize) -> bool,
        out: &mut Shaped,
    ) -> Range<usize> {
        let direction = if rtl { harfrust::Direction::RightToLeft } else { harfrust::Direction::LeftToRight };
        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.clear();
        buffer.set_cluster_level(BufferClusterLevel::MonotoneGraphemes);
        for (at, c) in text[range.clone()].char_indices() {
            buffer.add(c, (range.start + at) as u32);
        }
        buffer.set_pre_context(&text[..range.start]);
        buffer.set_post_context(&text[range.end..]);
        buffer.set_direction(direction);
        buffer.set_script(script);

        let plan = self.plan(PlanKey { font, rtl, script }, face, direction);
        let shaped = face.shaper.shape(buffer, ShapeOptions::new().plan(Some(&self.plans[plan].1)));
        let clusters = collect(&shaped, range, rtl, is_grapheme_start, out);
        self.buffer = Some(shaped.clear());
        clusters
    }

    /// The index of the plan for a key; plans used last stand last.
    fn plan(&mut self, key: PlanKey, face: &Face, direction: harfrust::Direction) -> usize {
        if let Some(at) = self.plans.iter().rposition(|(known, _)| *known == key) {
            return at;
        }
        if self.plans.len() == PLANS {
            self.plans.remove(0);
        }
        let plan = ShapePlan::new(&face.shaper, direction, Some(key.script), None, &[]);
        self.plans.push((key, plan));
        self.plans.len() - 1
    }
}

/// Groups a shaped buffer into clusters in logical order. A cluster that begins inside a grapheme joins the one before it.
fn collect(
    shaped: &harfrust::GlyphBuffer,
    range: Range<usize>,
    rtl: bool,
    is_grapheme_start: impl Fn(usize) -> bool,
    out: &mut Shaped,
) -> Range<usize> {
    let infos = shaped.glyph_infos();
    let positions = shaped.glyph_positions();
    let first_glyph = out.glyphs.len();
    let first = out.clusters.len();
    out.glyphs.extend(infos.iter().zip(positions).map(|(info, position)| ShapedGlyph {
        id: info.glyph_id,
        cluster: info.cluster,
        advance: position.x_advance,
        x: position.x_offset,
        y: position.y_offset,
    }));
    let mut add = |at: usize| {
        let (info, advance) = (&infos[at], positions[at].x_advance);
        let glyph = (first_glyph + at) as u32;
        if out.clusters.len() > first {
            let last = out.clusters.last_mut().expect("there is one since the first glyph");
            if info.cluster <= last.start || !is_grapheme_start(info.cluster as usize) {
                last.glyph_start = last.glyph_start.min(glyph);
                last.glyph_end = last.glyph_end.max(glyph + 1);
                last.advance += advance;
                last.unsafe_before |= info.cluster == last.start && info.unsafe_to_break();
                return;
            }
            last.end = info.cluster;
        }
        out.clusters.push(Cluster {
            start: if out.clusters.len() == first { range.start as u32 } else { info.cluster },
            end: range.end as u32,
            glyph_start: glyph,
            glyph_end: glyph + 1,
            advance,
            unsafe_before: info.unsafe_to_break(),
        });
    };
    if rtl {
        (0..infos.len()).rev().for_each(&mut add);
    } else {
        (0..infos.len()).for_each(&mut add);
    }
    if out.clusters.len() == first && !range.is_empty() {
        // A font without a space glyph may delete invisible characters altogether; the text must stay reachable.
        let glyph = out.glyphs.len() as u32;
        out.clusters.push(Cluster {
            start: range.start as u32,
            end: range.end as u32,
            glyph_start: glyph,
            glyph_end: glyph,
            advance: 0,
            unsafe_before: false,
        });
    }
    first..out.clusters.len()
}
