//! The measure: a thousand random updates of documents, each with several edits, and what becomes of the annotations.
//!
//! Every character of the new text knows whether it stood in the old one and where, so the truth is that of the edits themselves, not of
//! a second comparison. A marked text **survived** when all its characters stand in the new text side by side, in order, with nothing
//! between them, and its ends still part grapheme clusters. It is **placed exactly** when its place is that one, byte for byte. It is
//! placed **wrongly** when it is called exact and is not there, or likely and holds less than half of what is left of it (or nothing is
//! left). One thing nobody can see in two texts: where a deleted piece ended, when the same characters stood on both sides of the cut (of
//! «كان كان» one is deleted: which?). So up to eight characters of an exact place may be others than the marked ones, if they are the very
//! same characters and most of the marked ones are there; such edges are counted and printed.

use std::collections::BTreeMap;
use std::ops::Range;

use hashiya::model::{Span, Text};
use hashiya::search::anchoring::{Certainty, Comparison};
use unicode_segmentation::UnicodeSegmentation;

use super::history::{EDITS, Tracked};
use super::texts::{Chance, KINDS, text, vocabulary};

const UPDATES: usize = 1000;
/// Updates for each kind of edit and of text.
const EACH: u64 = 8;
const MARKS: usize = 40;
const EDGE: usize = 8;

#[derive(Clone, Debug, Default)]
struct Tally {
    spans: usize,
    survived: usize,
    placed: usize,
    respelled: usize,
    respelled_placed: usize,
    by_certainty: BTreeMap<Certainty, usize>,
    survived_by_certainty: BTreeMap<Certainty, usize>,
    edges: usize,
    wrong_exact: Vec<String>,
    wrong_likely: Vec<String>,
    missed: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.spans += other.spans;
        self.survived += other.survived;
        self.placed += other.placed;
        self.respelled += other.respelled;
        self.respelled_placed += other.respelled_placed;
        for (certainty, count) in other.by_certainty {
            *self.by_certainty.entry(certainty).or_default() += count;
        }
        for (certainty, count) in other.survived_by_certainty {
            *self.survived_by_certainty.entry(certainty).or_default() += count;
        }
        self.edges += other.edges;
        self.wrong_exact.extend(other.wrong_exact);
        self.wrong_likely.extend(other.wrong_likely);
        self.missed.extend(other.missed);
    }

    fn percent(part: usize, whole: usize) -> f64 {
        if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
    }

    /// At least 99 % of what survived is placed exactly, and nothing wrongly.
    fn judge(&self) {
        let missed = &self.missed[..self.missed.len().min(5)];
        assert!(Self::percent(self.placed, self.survived) >= 99.0, "{missed:#?}");
        assert!(self.wrong_exact.is_empty(), "{}", self.wrong_exact.join("\n"));
        assert!(self.wrong_likely.is_empty(), "{}", self.wrong_likely.join("\n"));
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:11} {:6} spans, {:6} survived, {:.2} % of them placed exactly; {:5} respelled, {:.2} % placed; all {:?}; survived {:?}; {} edges; wrong: {} exact, {} likely",
            self.spans,
            self.survived,
            Self::percent(self.placed, self.survived),
            self.respelled,
            Self::percent(self.respelled_placed, self.respelled),
            self.by_certainty,
            self.survived_by_certainty,
            self.edges,
            self.wrong_exact.len(),
            self.wrong_likely.len(),
        )
    }
}

/// A random span in characters, on grapheme boundaries: letters, words, sentences, anything.
fn random_span(cuts: &[usize], words: &[Range<usize>], chance: &mut Chance) -> Range<usize> {
    match chance.below(10) {
        0 => {
            let at = chance.below(cuts.len() - 1);
            cuts[at]..cuts[(at + chance.between(1, 4)).min(cuts.len() - 1)]
        }
        1 | 2 => {
            let at = chance.below(cuts.len() - 1);
            cuts[at]..cuts[(at + chance.between(5, 120)).min(cuts.len() - 1)]
        }
        3..=5 => chance.of(words).clone(),
        _ => {
            let at = chance.below(words.len());
            words[at].start..words[(at + chance.between(1, 12)).min(words.len() - 1)].end
        }
    }
}

/// One text in characters, with what is needed to go from characters to bytes.
struct Ruler {
    bytes: Vec<usize>,
}

impl Ruler {
    fn new(text: &str) -> Self {
        Self { bytes: text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.bytes[range.start]..self.bytes[range.end])
    }

    fn range(&self, span: Span) -> Range<usize> {
        let at = |byte: usize| self.bytes.binary_search(&byte).expect("a span lies on characters");
        at(span.range().start)..at(span.range().end)
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !super::texts::MARKS.contains(&c) && c != '\u{640}'
}

/// One update of a text of a kind, with some edits, all of one kind where that is given.
fn update(kind: &str, only: Option<&str>, words: &[String], seed: u64) -> Tally {
    let mut chance = Chance::new(seed);
    let old = text(kind, words, &mut chance);
    let mut tracked = Tracked::new(&old);
    let edits = chance.between(1, if kind == "message" { 3 } else { 12 });
    let mut made = Vec::new();
    for _ in 0..edits {
        made.push(tracked.edit(words, only, &mut chance));
    }
    tracked.settle(&old);
    let new = tracked.text();
    let (old_text, new_text) = (Text::new(old.as_str()), Text::new(new.as_str()));
    let (old_ruler, new_ruler) = (Ruler::new(&old), Ruler::new(&new));
    let comparison = Comparison::new(&old_text, &new_text, &|_| true).expect("nobody stops it");
    let index = tracked.index(old.chars().count());
    let mut cuts = vec![0];
    for cluster in old.graphemes(true) {
        cuts.push(cuts[cuts.len() - 1] + cluster.chars().count());
    }
    let spoken: Vec<Range<usize>> = old
        .split_word_bound_indices()
        .filter(|(_, word)| word.chars().any(is_letter))
        .map(|(at, word)| old_ruler.range(Span::new(at..at + word.len())))
        .filter(|range| cuts.binary_search(&range.start).is_ok() && cuts.binary_search(&range.end).is_ok())
        .collect();
    let mut tally = Tally::default();
    for _ in 0..MARKS {
        let marked = random_span(&cuts, &spoken, &mut chance);
        let carried = comparison.carry(&[old_ruler.span(&marked)]);
        assert_eq!(carried.certainty == Certainty::Lost, carried.spans.is_empty());
        assert!(carried.spans.iter().all(|&span| new_text.accepts(span)), "a span fits its text");
        let place = carried.spans.first().map(|&span| new_ruler.range(span));
        let quote: String = old.chars().skip(marked.start).take(marked.len()).collect();
        let left = tracked.places(&index, marked.clone());
        let side_by_side = left.len() == marked.len() && left.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let truth = side_by_side.then(|| left[0]..left[0] + left.len());
        let survived = truth.clone().filter(|truth| new_text.accepts(new_ruler.span(truth)));
        tally.spans += 1;
        *tally.by_certainty.entry(carried.certainty).or_default() += 1;
        let story = || {
            let around = |text: &str, range: &Range<usize>| {
                let part = |from: usize, to: usize| {
                    text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>()
                };
                format!(
                    "{}[{}]{}",
                    part(range.start.saturating_sub(30), range.start),
                    part(range.start, range.end),
                    part(range.end, range.end + 30)
                )
            };
            format!(
                "{kind} {seed} {made:?} {:?} {marked:?}: {:?}\n    -> {:?}\n    true {:?}",
                carried.certainty,
                around(&old, &marked),
                place.as_ref().map(|place| around(&new, place)),
                (left.first().copied().zip(left.last().copied())).map(|(first, last)| if first <= last {
                    around(&new, &(first..last + 1))
                } else {
                    format!("{left:?}")
                }),
            )
        };
        if survived.is_some() {
            tally.survived += 1;
            *tally.survived_by_certainty.entry(carried.certainty).or_default() += 1;
            if place == survived {
                tally.placed += 1;
            } else {
                tally.missed.push(story());
            }
        } else if let Some(expected) = respelled(&tracked, &left, &old, &marked) {
            let expected = new_ruler.range(new_text.widen(new_ruler.span(&expected).range()));
            tally.respelled += 1;
            if place.as_ref() == Some(&expected) {
                tally.respelled_placed += 1;
            }
        }
        let Some(place) = place.clone() else { continue };
        let inside = left.iter().filter(|now| place.contains(now)).count();
        let mostly = 2 * inside >= left.len() && inside > 0;
        match carried.certainty {
            Certainty::Exact if survived.as_ref() == Some(&place) => {}
            Certainty::Exact => {
                let same = new[new_ruler.span(&place).range()] == quote;
                if same && mostly && marked.len() - inside <= EDGE {
                    tally.edges += 1;
                } else {
                    tally.wrong_exact.push(story());
                }
            }
            Certainty::Likely if !mostly => tally.wrong_likely.push(story()),
            _ => {}
        }
    }
    tally
}

/// The place of a marked text of which every letter stands in order, with only marks and white space between; letters that got a mark of
/// theirs or lost a space are the same letters.
fn respelled(tracked: &Tracked, left: &[usize], old: &str, marked: &Range<usize>) -> Option<Range<usize>> {
    let letters = old.chars().skip(marked.start).take(marked.len()).filter(|c| is_letter(*c)).count();
    let (&first, &last) = (left.first()?, left.last()?);
    let in_order = left.windows(2).all(|pair| pair[0] < pair[1]);
    if !in_order || letters == 0 {
        return None;
    }
    let now = tracked.cells[first..=last].iter().filter(|cell| is_letter(cell.c));
    let all_own = now.clone().all(|cell| cell.from.is_some_and(|from| marked.contains(&from)));
    let ends = is_letter(tracked.cells[first].c) && tracked.cells[first].from == Some(marked.start);
    (all_own && now.count() == letters && ends).then_some(first..last + 1)
}

#[test]
fn a_thousand_random_updates_lose_and_misplace_next_to_nothing() {
    let updates =
        std::env::var("ANCHORING_UPDATES").map_or(UPDATES, |count| count.parse().expect("a number"));
    let from = std::env::var("ANCHORING_SEED").map_or(0, |seed| seed.parse().expect("a number"));
    let words = vocabulary();
    let share = updates.div_ceil(KINDS.len());
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let words = &words;
        let run = |kind: &'static str| {
            scope.spawn(move || {
                let mut tally = Tally::default();
                for seed in 0..share {
                    tally.add(update(kind, None, words, from + seed as u64));
                }
                tally
            })
        };
        let jobs: Vec<_> = KINDS.into_iter().map(run).collect();
        jobs.into_iter().map(|job| job.join().expect("a measure")).collect()
    });
    let mut all = Tally::default();
    for (kind, tally) in KINDS.iter().zip(tallies) {
        println!("{}", tally.line(kind));
        all.add(tally);
    }
    println!("{}", all.line("all"));
    if std::env::var("ANCHORING_STORIES").is_ok() {
        for (name, stories) in
            [("EXACT", &all.wrong_exact), ("LIKELY", &all.wrong_likely), ("MISSED", &all.missed)]
        {
            for story in stories.iter().take(40) {
                println!("{name} {story}");
            }
        }
    }
    assert!(all.survived > all.spans / 2 && all.respelled > 100, "the measure measures something");
    all.judge();
    assert!(Tally::percent(all.respelled_placed, all.respelled) >= 95.0);
}

#[test]
fn no_kind_of_edit_alone_loses_or_misplaces_more() {
    let words = vocabulary();
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let words = &words;
        let run = |only: &'static str| {
            scope.spawn(move || {
                let mut tally = Tally::default();
                for kind in KINDS {
                    (0..EACH).for_each(|seed| tally.add(update(kind, Some(only), words, seed)));
                }
                tally
            })
        };
        EDITS.map(run).into_iter().map(|job| job.join().expect("a measure")).collect()
    });
    for (only, tally) in EDITS.iter().zip(&tallies) {
        println!("{}", tally.line(only));
    }
    for tally in tallies {
        assert!(tally.survived > tally.spans / 4, "the measure measures something");
        tally.judge();
    }
}
