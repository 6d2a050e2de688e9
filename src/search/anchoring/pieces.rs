//! From matched words to matched characters: the stretches of the old text that stand, character for character, in the new.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

use super::letters::{Word, is_mark, letter};
use super::matching::Run;
use super::trust::{Trust, order_in_new};

/// A stretch that stands in both texts, character for character. Places and lengths are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it begins in the old text.
    pub old: usize,
    /// Where it begins in the new text.
    pub new: usize,
    /// Its length.
    pub len: usize,
    /// So much of its beginning belongs to no matched word: it is only what stands the same beside one.
    pub before: usize,
    /// So much of its end belongs to no matched word.
    pub after: usize,
    /// How far it can be trusted.
    pub trust: Trust,
}

impl Piece {
    pub fn old_end(&self) -> usize {
        self.old + self.len
    }

    pub fn new_end(&self) -> usize {
        self.new + self.len
    }

    /// The part that belongs to matched words, in the old text.
    pub fn core(&self) -> Range<usize> {
        self.old + self.before..self.old_end() - self.after
    }
}

/// Changed stretches longer than this, in characters, are not compared letter by letter.
const LONGEST_GUESS: usize = 500;

/// So many letters in a row must be the same for a stretch of a changed place to be taken for the same.
const LEAST_GUESS: usize = 3;

/// Both texts with their words.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub old: &'a str,
    pub new: &'a str,
    pub old_words: &'a [Word],
    pub new_words: &'a [Word],
}

/// The bytes of a run in both texts.
struct Extent {
    old: Range<usize>,
    new: Range<usize>,
}

impl Sides<'_> {
    fn extent(&self, run: Run) -> Extent {
        let bytes = |words: &[Word], first: usize, end: usize| {
            words[first].start as usize..words[end - 1].end as usize
        };
        Extent {
            old: bytes(self.old_words, run.old, run.old_end()),
            new: bytes(self.new_words, run.new, run.new_end()),
        }
    }
}

/// The pieces of all runs, in the order of the old text, not overlapping in either text.
pub(super) fn pieces(sides: Sides<'_>, runs: &[Run], trusts: &[Trust]) -> Vec<Piece> {
    // The edges of the texts count as runs that hold nothing.
    let (old_end, new_end) = (sides.old_words.len(), sides.new_words.len());
    let edge = |old: usize, new: usize| Run { old, new, len: 0 };
    let runs: &[Run] = &[&[edge(0, 0)], runs, &[edge(old_end, new_end)]].concat();
    let trusts = [&[Trust::Sure], trusts, &[Trust::Sure]].concat();
    let within = runs[1..runs.len() - 1].iter().map(|&run| sides.extent(run));
    let start = Extent { old: 0..0, new: 0..0 };
    let (old_len, new_len) = (sides.old.len(), sides.new.len());
    let end = Extent { old: old_len..old_len, new: new_len..new_len };
    let extents: Vec<Extent> = std::iter::once(start).chain(within).chain([end]).collect();
    let by_new = order_in_new(runs);
    let mut rank = vec![0; runs.len()];
    for (place, &at) in by_new.iter().enumerate() {
        rank[at] = place;
    }
    let next_new = |at: usize| by_new.get(rank[at] + 1).copied();
    let last_new = |at: usize| rank[at].checked_sub(1).map(|place| by_new[place]);
    // How far each run reaches over what is the same after it.
    let reach: Vec<usize> = (0..runs.len())
        .map(|at| {
            let old_end = extents.get(at + 1).map_or(sides.old.len(), |next| next.old.start);
            let new_end = next_new(at).map_or(sides.new.len(), |next| extents[next].new.start);
            same_head(&sides.old[extents[at].old.end..old_end], &sides.new[extents[at].new.end..new_end])
        })
        .collect();
    let mut pieces = Vec::new();
    for (at, &run) in runs.iter().enumerate() {
        let extent = &extents[at];
        let old_floor = at.checked_sub(1).map_or(0, |last| extents[last].old.end + reach[last]);
        let new_floor = last_new(at).map_or(0, |last| extents[last].new.end + reach[last]);
        let back =
            same_tail(&sides.old[old_floor..extent.old.start], &sides.new[new_floor..extent.new.start]);
        let is_next = at > 0 && last_new(at) == Some(at - 1);
        if is_next {
            let (old, new) = (old_floor..extent.old.start - back, new_floor..extent.new.start - back);
            guess(sides, old, new, &mut pieces);
        }
        let first = pieces.len();
        walk(sides, run, extent, trusts[at], &mut pieces);
        let own = &mut pieces[first..];
        let trust = trusts[at];
        let leading =
            own.first_mut().filter(|piece| piece.old == extent.old.start && piece.new == extent.new.start);
        let lead = Piece {
            old: extent.old.start - back,
            new: extent.new.start - back,
            len: back,
            before: back,
            after: 0,
            trust,
        };
        let mut extra = None;
        match leading {
            Some(piece) => {
                piece.old -= back;
                piece.new -= back;
                piece.len += back;
                piece.before = back;
            }
            None => extra = (back > 0).then_some(lead),
        }
        let trailing = own
            .last_mut()
            .filter(|piece| piece.old_end() == extent.old.end && piece.new_end() == extent.new.end);
        match trailing {
            Some(piece) => {
                piece.len += reach[at];
                piece.after = reach[at];
            }
            None if reach[at] > 0 => pieces.push(Piece {
                old: extent.old.end,
                new: extent.new.end,
                len: reach[at],
                before: 0,
                after: reach[at],
                trust,
            }),
            None => {}
        }
        if let Some(extra) = extra {
            pieces.insert(first, extra);
        }
    }
    pieces
}

/// How many bytes two texts have in common at their beginning, in whole characters.
fn same_head(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum()
}

/// The same at their end.
fn same_tail(one: &str, other: &str) -> usize {
    let pairs = one.chars().rev().zip(other.chars().rev());
    pairs.take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum()
}

/// The pieces of one run: all of it, where the texts are the same; else letter by letter, marks and spaces between them aside.
fn walk(sides: Sides<'_>, run: Run, extent: &Extent, trust: Trust, pieces: &mut Vec<Piece>) {
    let first = pieces.len();
    let mut add = |old: usize, new: usize, len: usize| {
        if len == 0 {
            return;
        }
        match pieces[first..].last_mut() {
            Some(piece) if piece.old_end() == old && piece.new_end() == new => piece.len += len,
            _ => pieces.push(Piece { old, new, len, before: 0, after: 0, trust }),
        }
    };
    if sides.old[extent.old.clone()] == sides.new[extent.new.clone()] {
        add(extent.old.start, extent.new.start, extent.old.len());
        return;
    }
    let (mut old, mut new) = (extent.old.start, extent.new.start);
    for at in 0..run.len {
        let (one, other) = (sides.old_words[run.old + at], sides.new_words[run.new + at]);
        // What stands between two words is white space.
        let (gap, other_gap) = (&sides.old[old..one.start as usize], &sides.new[new..other.start as usize]);
        let head = same_head(gap, other_gap);
        let tail = same_tail(&gap[head..], &other_gap[head..]);
        add(old, new, head);
        add(one.start as usize - tail, other.start as usize - tail, tail);
        (old, new) = (one.start as usize, other.start as usize);
        let (one_end, other_end) = (one.end as usize, other.end as usize);
        if sides.old[old..one_end] == sides.new[new..other_end] {
            add(old, new, one_end - old);
        } else {
            spell(sides, old..one_end, new..other_end, &mut add);
        }
        (old, new) = (one_end, other_end);
    }
}

/// The same letters of a word in two spellings.
fn spell(sides: Sides<'_>, old: Range<usize>, new: Range<usize>, add: &mut impl FnMut(usize, usize, usize)) {
    let mut one = sides.old[old.clone()].char_indices().peekable();
    let mut other = sides.new[new.clone()].char_indices().peekable();
    while let (Some(&(at, a)), Some(&(other_at, b))) = (one.peek(), other.peek()) {
        if a == b {
            add(old.start + at, new.start + other_at, a.len_utf8());
            one.next();
            other.next();
        } else if is_mark(b) && !is_mark(a) {
            other.next();
        } else if is_mark(a) {
            one.next();
        } else {
            // Two spellings of one letter.
            one.next();
            other.next();
        }
    }
}

/// What seems the same in a place that changed, letter by letter.
fn guess(sides: Sides<'_>, old: Range<usize>, new: Range<usize>, pieces: &mut Vec<Piece>) {
    let fits = |text: &str| !text.is_empty() && text.chars().take(LONGEST_GUESS + 1).count() <= LONGEST_GUESS;
    let (one, other) = (&sides.old[old.clone()], &sides.new[new.clone()]);
    if !fits(one) || !fits(other) {
        return;
    }
    let (one_chars, other_chars): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (mut at, mut other_at) = (old.start, new.start);
    let size = |chars: &[char]| chars.iter().map(|c| c.len_utf8()).sum::<usize>();
    for op in capture_diff_slices(Algorithm::Myers, &one_chars, &other_chars) {
        let (taken, other_taken) = (&one_chars[op.old_range()], &other_chars[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. })
            && taken.iter().filter(|c| letter(**c).is_some()).count() >= LEAST_GUESS
        {
            let len = size(taken);
            pieces.push(Piece { old: at, new: other_at, len, before: 0, after: 0, trust: Trust::Weak });
        }
        at += size(taken);
        other_at += size(other_taken);
    }
}
