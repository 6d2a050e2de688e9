//! What is known of a paragraph before it has a width: bidi levels, scripts, fonts, break opportunities, words.
//!
//! The Unicode algorithms are parley's (`parley_engine::Analyzer`: UAX #9 levels, UAX #14 opportunities, UAX #29 words), run
//! once over the whole paragraph with its base direction given, or over a piece of a long one and a little around it; the levels of
//! such a piece, and of what is long or divided within, are those of [`bidi`](super::bidi). From them the text is cut into runs that can be shaped. Lines do not exist here yet.

use std::ops::Range;

use icu_properties::props::{BidiMirroringGlyph, BidiPairedBracketType, Script};
use icu_properties::{CodePointMapData, PropertyNamesShort};
use parley::{BaseDirection, CHROMIUM_LINE_BREAK_OVERRIDE};
use parley_engine::{Analysis, AnalysisOptions, Analyzer};
use unicode_segmentation::UnicodeSegmentation;

use super::bidi::Levels;
use super::direction::Direction;
use super::fallback;
use super::fonts::{Faces, FontId};
use super::long::LONG;
use super::shaping::{Cluster, Shaped, Shaper};
use super::style::Weight;

/// A piece of a paragraph with one direction, font and script, before line breaking.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Bytes.
    pub range: Range<usize>,
    /// The embedding level (UAX #9).
    pub level: u8,
    pub font: FontId,
    pub script: harfrust::Script,
    pub kind: Kind,
    /// The item's clusters in [`Prepared::shaped`].
    pub clusters: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// One tab: a fixed advance, no glyph.
    Tab,
    /// One mandatory break: no advance and no glyph.
    Break,
}

/// Flags of a byte of text; all but the first byte of a character have none.
pub(super) mod flag {
    /// A grapheme begins here, by the same library that says where a caret may stand and what may be marked.
    pub const GRAPHEME: u8 = 1;
    /// A line may end before this character.
    pub const WRAP: u8 = 2;
    /// Within a word, as opposed to spaces and punctuation.
    pub const WORD: u8 = 4;
    /// A UAX #29 word boundary lies before this character.
    pub const WORD_BOUNDARY: u8 = 8;
    /// White space that hangs beyond the edge at a line's end and does not count for its width.
    pub const HANGS: u8 = 16;
    /// A mandatory break.
    pub const BREAK: u8 = 32;
}

/// A paragraph, or a piece of a long one, that is ready to be broken into lines at any width and size. All offsets are bytes of the
/// paragraph.
#[derive(Default)]
pub(super) struct Prepared {
    /// Where it begins.
    pub start: usize,
    flags: Vec<u8>,
    pub items: Vec<Item>,
    pub shaped: Shaped,
}

impl Prepared {
    /// The [`flag`]s of a byte.
    pub fn flags(&self, at: usize) -> u8 {
        self.flags[at - self.start]
    }

    /// The flags of some bytes.
    pub fn flags_of(&self, range: Range<usize>) -> &[u8] {
        &self.flags[range.start - self.start..range.end - self.start]
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.start + self.flags.len()
    }

    /// Becomes empty, at this byte.
    pub fn clear(&mut self, start: usize) {
        self.start = start;
        self.flags.clear();
        self.items.clear();
        self.shaped.clear();
    }

    /// Gives back room that is not needed.
    pub fn shrink(&mut self) {
        self.flags.shrink_to_fit();
        self.items.shrink_to_fit();
        self.shaped.glyphs.shrink_to_fit();
        self.shaped.clusters.shrink_to_fit();
    }

    /// Adds the piece that begins where this ends.
    pub fn append(&mut self, next: &Self) {
        debug_assert_eq!(self.end(), next.start);
        let clusters = self.shaped.clusters.len();
        let glyphs = self.shaped.glyphs.len() as u32;
        self.flags.extend_from_slice(&next.flags);
        self.shaped.glyphs.extend_from_slice(&next.shaped.glyphs);
        self.shaped.clusters.extend(next.shaped.clusters.iter().map(|cluster| Cluster {
            glyph_start: cluster.glyph_start + glyphs,
            glyph_end: cluster.glyph_end + glyphs,
            ..*cluster
        }));
        self.items.extend(next.items.iter().map(|item| Item {
            clusters: item.clusters.start + clusters..item.clusters.end + clusters,
            ..item.clone()
        }));
    }
}

/// The longest run handed to the shaper, in bytes. A longer one is cut at a break opportunity, so that one line of megabytes is
/// shaped in pieces (the bidi levels are those of the whole paragraph all the same).
pub(super) const LONGEST_RUN: usize = 16 * 1024;

/// Runs at most this long are cut anywhere if they offer no break opportunity.
const LONGEST_WORD: usize = 64 * 1024;

/// So many bytes on each side of a piece are looked at with it, so that words, graphemes and break opportunities at its ends are those
/// of the whole.
const AROUND: usize = 256;

const FIRST_STRONG_ISOLATE: &str = "\u{2068}";
const LEFT_TO_RIGHT_ISOLATE: &str = "\u{2066}";

pub(super) struct Preparer {
    analyzer: Analyzer,
    analysis: Analysis,
    flags: Vec<u8>,
}

/// What of a text is prepared.
#[derive(Clone, Copy)]
pub(super) enum Extent<'a> {
    /// A paragraph. With `one_line`, breaks are mere spaces.
    Whole { one_line: bool },
    /// These bytes of one, with the levels of a stretch that holds them and the byte at which it begins.
    Piece { start: usize, end: usize, levels: &'a Levels, levels_from: usize },
}

impl Preparer {
    pub fn new() -> Self {
        Self { analyzer: Analyzer::new(), analysis: Analysis::new(), flags: Vec::new() }
    }

    /// Analyses, itemises and shapes a paragraph, or a piece of one.
    #[expect(
        clippy::too_many_arguments,
        reason = "scratch and fonts belong to the engine and are lent one by one"
    )]
    pub fn prepare(
        &mut self,
        text: &str,
        direction: Direction,
        extent: Extent,
        setting: &Setting<'_>,
        faces: &mut Faces,
        shaper: &mut Shaper,
        out: &mut Prepared,
    ) {
        let base_direction = match direction {
            Direction::LeftToRight => BaseDirection::Ltr,
            Direction::RightToLeft => BaseDirection::Rtl,
        };
        let options = AnalysisOptions {
            base_direction,
            line_break_override: Some(CHROMIUM_LINE_BREAK_OVERRIDE),
            ..AnalysisOptions::default()
        };
        let (range, one_line) = match extent {
            Extent::Whole { one_line } => (0..text.len(), one_line),
            Extent::Piece { start, end, .. } => (start..end, false),
        };
        let from = text.floor_char_boundary(range.start.saturating_sub(AROUND));
        let until = text.ceil_char_boundary((range.end + AROUND).min(text.len()));
        let seen = &text[from..until];
        out.clear(range.start);
        // Which way a first-strong isolate runs is looked for in all that follows, once for each; here in time that grows with the text. To
        // every other algorithm one isolate is as good as another.
        let is_open = seen.contains(FIRST_STRONG_ISOLATE);
        let closed =
            if is_open { seen.replace(FIRST_STRONG_ISOLATE, LEFT_TO_RIGHT_ISOLATE) } else { String::new() };
        self.analyzer.analyze(if is_open { &closed } else { seen }, &options, &mut self.analysis);
        let is_divided =
            set_flags((text, from..until, range.start), &self.analysis, one_line, &mut self.flags);
        out.flags.extend_from_slice(&self.flags[range.start - from..range.end - from]);
        let runs = match extent {
            Extent::Whole { .. } if !is_divided && !is_open && text.len() <= LONG => None,
            Extent::Whole { .. } => {
                let levels = Levels::of(text, direction);
                Some(levels.within(range.clone()).map(|(run, level)| (run.end, level)).collect())
            }
            Extent::Piece { levels, levels_from, .. } => {
                let runs = levels.within(range.start - levels_from..range.end - levels_from);
                Some(runs.map(|(run, level)| (run.end + levels_from, level)).collect())
            }
        };
        let before = text[from..range.start].chars().count();
        let seen = Seen { text, from, before, analysis: &self.analysis, base: direction.level(), runs };
        if setting.bold.is_empty() {
            shape(&seen, setting, faces, shaper, out);
            return;
        }
        // What is bold has glyphs of its own, so a ligature is bold as a whole or not at all: which letters make one is known
        // once all of the text is shaped in one face.
        shape(&seen, &Setting { bold: &[], ..*setting }, faces, shaper, out);
        let clusters =
            || out.shaped.clusters.iter().map(|cluster| cluster.start as usize..cluster.end as usize);
        let letter = |cluster: &Range<usize>| text[cluster.clone()].chars().next().unwrap_or(' ');
        let whole = |range: &Range<usize>| {
            let touched = |cluster: &Range<usize>| cluster.start < range.end && range.start < cluster.end;
            let mut before: Option<Range<usize>> = None;
            let mut found: Option<Range<usize>> = None;
            for cluster in clusters() {
                // Lam and alef make one figure in every font, also in those that draw it with two glyphs.
                let is_one =
                    before.as_ref().is_some_and(|before| is_lam_alef(letter(before), letter(&cluster)));
                let start = before.as_ref().filter(|_| is_one).map_or(cluster.start, |lam| lam.start);
                match &mut found {
                    Some(found) if touched(&cluster) || is_one && before.as_ref().is_some_and(touched) => {
                        found.end = cluster.end;
                    }
                    None if touched(&cluster) => found = Some(start..cluster.end),
                    _ => {}
                }
                before = Some(cluster);
            }
            found
        };
        let bold: Vec<Range<usize>> =
            setting.bold.iter().filter(|range| !range.is_empty()).filter_map(whole).collect();
        shape(&seen, &Setting { bold: &bold, ..*setting }, faces, shaper, out);
    }
}

/// Whether two letters that follow each other make the one figure of lam and alef.
fn is_lam_alef(first: char, second: char) -> bool {
    matches!(first, '\u{644}' | '\u{6b5}'..='\u{6b8}')
        && matches!(second, '\u{622}' | '\u{623}' | '\u{625}' | '\u{627}' | '\u{671}'..='\u{673}' | '\u{675}')
}

/// What a paragraph is set in.
pub(super) struct Setting<'a> {
    /// The style's own face and weight.
    pub plain: (FontId, Weight),
    /// The face for what is bold.
    pub strong: FontId,
    /// The bytes that are bold in spite of the style, in any order.
    pub bold: &'a [Range<usize>],
}

impl Setting<'_> {
    fn at(&self, byte: usize) -> (FontId, Weight) {
        if self.bold.iter().any(|range| range.contains(&byte)) {
            (self.strong, Weight::Bold)
        } else {
            self.plain
        }
    }
}

/// A text that was analysed, as far as was needed.
struct Seen<'a> {
    text: &'a str,
    /// Where the analysis begins, and how many characters before what is wanted.
    from: usize,
    before: usize,
    analysis: &'a Analysis,
    /// The paragraph's level.
    base: u8,
    /// Levels that come from elsewhere: where each run ends.
    runs: Option<Vec<(usize, u8)>>,
}

impl Seen<'_> {
    /// The level of a character, by its index in the analysis and its byte.
    fn level(&self, index: usize, at: usize) -> u8 {
        match &self.runs {
            None => self.analysis.bidi_levels().get(index).map_or(self.base, |level| level.to_u8()),
            Some(runs) => {
                let run = runs.partition_point(|(end, _)| *end <= at);
                runs.get(run).map_or(self.base, |(_, level)| *level)
            }
        }
    }
}

/// Cuts an analysed text into items and shapes each. Letters join across items: the shaper is shown what stands around.
fn shape(seen: &Seen<'_>, setting: &Setting<'_>, faces: &mut Faces, shaper: &mut Shaper, out: &mut Prepared) {
    out.items.clear();
    out.shaped.clear();
    itemize(seen, setting, faces, out);
    let Prepared { start, flags, items, shaped } = out;
    for item in items {
        if item.kind != Kind::Text {
            let first = shaped.clusters.len();
            shaped.clusters.push(plain_cluster(&item.range, shaped.glyphs.len()));
            item.clusters = first..first + 1;
            continue;
        }
        item.clusters = shaper.shape(
            (item.font, faces.face(item.font)),
            seen.text,
            item.range.clone(),
            item.level % 2 == 1,
            item.script,
            |at| flags[at - *start] & flag::GRAPHEME != 0,
            shaped,
        );
    }
}

fn plain_cluster(range: &Range<usize>, glyph: usize) -> Cluster {
    Cluster {
        start: range.start as u32,
        end: range.end as u32,
        glyph_start: glyph as u32,
        glyph_end: glyph as u32,
        advance: 0,
        unsafe_before: false,
    }
}

/// Sets the flags of every character of a part of a text; graphemes are known from `start` on, where one begins. True where a line within
/// the part ends a paragraph in the sense of UAX #9.
fn set_flags(
    (whole, range, start): (&str, Range<usize>, usize),
    analysis: &Analysis,
    one_line: bool,
    flags: &mut Vec<u8>,
) -> bool {
    let Range { start: from, end: until } = range;
    let text = &whole[from..until];
    let graphemes = whole[start..].grapheme_indices(true).map(|(at, _)| start + at);
    let mut graphemes = graphemes.take_while(|at| *at < until).peekable();
    let mut is_divided = false;
    flags.clear();
    flags.resize(text.len(), 0);
    let mut segment = 0;
    let mut in_word = false;
    for ((at, c), info) in text.char_indices().zip(analysis.char_info()) {
        let mut bits = 0;
        let is_grapheme = graphemes.next_if_eq(&(from + at)).is_some();
        if is_grapheme {
            bits |= flag::GRAPHEME;
        }
        // Rule LB31 of UAX #14 parts a skin tone from a letter; a grapheme is never parted (CSS Text 3, section 5.1).
        if info.is_soft_wrap_opportunity() && is_grapheme && !one_line {
            bits |= flag::WRAP;
        }
        if info.is_word_boundary() {
            bits |= flag::WORD_BOUNDARY;
            mark_word(&mut flags[segment..at], in_word);
            segment = at;
            in_word = false;
        }
        in_word |= c.is_alphanumeric();
        if c.is_whitespace() {
            if is_break(c) {
                bits |= flag::HANGS;
                if !one_line {
                    bits |= flag::BREAK;
                    is_divided |= at + c.len_utf8() < text.len();
                }
            } else if !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') {
                bits |= flag::HANGS;
            }
        }
        flags[at] = bits;
    }
    mark_word(&mut flags[segment..], in_word);
    is_divided
}

fn mark_word(flags: &mut [u8], in_word: bool) {
    if in_word {
        flags.iter_mut().for_each(|bits| *bits |= flag::WORD);
    }
}

/// Characters after which a line ends whatever its width (UAX #14, LB4 and LB5).
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn itemize(seen: &Seen<'_>, setting: &Setting<'_>, faces: &mut Faces, out: &mut Prepared) {
    let text = seen.text;
    let infos = seen.analysis.char_info();
    let (start, end) = (out.start, out.end());
    let Prepared { flags, items, .. } = out;
    // What stands at the text's beginning looks ahead; nothing else does.
    let beginning = infos.iter().take(if seen.from == 0 { AROUND } else { 0 });
    let mut scripts = Scripts::new(beginning.map(|info| info.script));
    for ((at, c), info) in text[seen.from..start].char_indices().zip(infos) {
        scripts.resolve(seen.from + at, c, info.script);
    }
    let chars = text[start..end].char_indices().map(|(at, c)| (start + at, c));
    let mut chars = chars.zip(&infos[seen.before..]).enumerate().peekable();
    while let Some((index, ((at, c), info))) = chars.next() {
        let level = seen.level(seen.before + index, at);
        let script = scripts.resolve(at, c, info.script);
        // A grapheme is never divided. Where the bidi algorithm would do so (an emoji's skin tone after a letter of the other direction), it
        // runs as its first character does: no caret, no mark and no line end would find a place between its parts.
        let mut end = at + c.len_utf8();
        while let Some((_, ((_, mark), _))) =
            chars.next_if(|(_, ((at, _), _))| flags[at - start] & flag::GRAPHEME == 0)
        {
            end += mark.len_utf8();
        }
        let flags = flags[at - start];
        let kind =
            match c {
                '\t' => Kind::Tab,
                c if is_break(c) && (flags & flag::BREAK != 0 || c.is_control()) => {
                    if flags & flag::BREAK != 0 { Kind::Break } else { Kind::Tab }
                }
                _ => Kind::Text,
            };
        let grapheme = &text[at..end];
        let font = match kind {
            Kind::Text => {
                let (primary, weight) = setting.at(at);
                faces.select(primary, weight, grapheme)
            }
            Kind::Tab | Kind::Break => setting.plain.0,
        };
        let script = harfrust_script(script);
        if let Some(last) = items.last_mut()
            && last.level == level
            && last.font == font
            && last.script == script
            && (last.kind, kind) == (Kind::Text, Kind::Text)
        {
            let length = at - last.range.start;
            let cut = length >= LONGEST_RUN && flags & flag::WRAP != 0 || length >= LONGEST_WORD;
            if !cut {
                last.range.end = end;
                continue;
            }
        }
        items.push(Item { range: at..end, level, font, script, kind, clusters: 0..0 });
    }
    let is_edge = |at: usize| setting.bold.iter().any(|range| range.start == at || range.end == at);
    let is_grapheme = |at: usize| flags[at - start] & flag::GRAPHEME != 0;
    fallback::keep_words_whole(text, items, is_grapheme, is_edge, |word, given| {
        let (primary, weight) = setting.at(word.start);
        faces.for_word(primary, weight, &text[word], given)
    });
}

/// Gives characters that belong to no script one of their neighbours' (UAX #24, section 5): that of what stands before them, at the
/// beginning that of the first that has one; and to a closing bracket and what follows it the script of its opening one, so that a pair
/// looks alike. It looks [`AROUND`] bytes back and no further, so that a piece of a text is judged as the whole is.
struct Scripts {
    current: Given,
    /// What a closing bracket brought back, and where its opening one stands; until the next character with a script.
    restored: Option<(Given, usize)>,
    /// Open brackets: where each stands, what closes it, and its script.
    open: Vec<(usize, char, Given)>,
}

/// A script, and the byte of the character that it is of.
#[derive(Clone, Copy)]
struct Given {
    script: Script,
    at: usize,
}

impl Scripts {
    /// For a text whose first characters have these scripts.
    fn new(mut scripts: impl Iterator<Item = Script>) -> Self {
        let script = scripts.find(|script| is_real(*script)).unwrap_or(Script::Latin);
        Self { current: Given { script, at: 0 }, restored: None, open: Vec::new() }
    }

    fn resolve(&mut self, at: usize, c: char, script: Script) -> Script {
        if is_real(script) {
            (self.current, self.restored) = (Given { script, at }, None);
            return script;
        }
        // Spaces and most punctuation need no look at the table of brackets.
        if !matches!(c, '\u{0}'..='\'' | '*'..='Z' | 'a'..='z') {
            let is_near = |from: usize| at <= from + AROUND;
            let bracket = CodePointMapData::<BidiMirroringGlyph>::new().get(c);
            match (bracket.paired_bracket_type, bracket.mirroring_glyph) {
                (BidiPairedBracketType::Open, Some(closing)) => {
                    self.open.retain(|(from, ..)| is_near(*from));
                    self.open.push((at, closing, self.current));
                }
                (BidiPairedBracketType::Close, _) => {
                    let its =
                        self.open.iter().rposition(|(from, closing, _)| *closing == c && is_near(*from));
                    if let Some((from, _, given)) = its.map(|index| self.open.remove(index)) {
                        self.restored = Some((given, from));
                    }
                }
                _ => {}
            }
        }
        let given = self.given(at);
        if at <= given.at + AROUND { given.script } else { Script::Latin }
    }

    /// The script that goes on at a byte.
    fn given(&self, at: usize) -> Given {
        let is_near = |(given, from): &(Given, usize)| at <= given.at.min(*from) + AROUND;
        self.restored.filter(is_near).map_or(self.current, |(given, _)| given)
    }
}

fn is_real(script: Script) -> bool {
    !matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

fn harfrust_script(script: Script) -> harfrust::Script {
    match script {
        Script::Arabic => harfrust::script::ARABIC,
        Script::Latin => harfrust::script::LATIN,
        _ => PropertyNamesShort::<Script>::new()
            .get(script)
            .and_then(|name| name.as_bytes().try_into().ok())
            .and_then(|tag: &[u8; 4]| harfrust::Script::from_iso15924_tag(harfrust::Tag::new(tag)))
            .unwrap_or(harfrust::script::UNKNOWN),
    }
}
