//! Which words of one text are which words of the other.
//!
//! Rows of words that stand once in both texts are matched wherever they stand, so that what was moved is found too; what lies between
//! them is matched in order, by the crate `similar`. The work is bounded by the length of the texts, not by how much they differ.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::ops::Range;

use super::letters::{Word, scramble};

/// A row of words that stands in both texts; places and length count words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its first word in the old text.
    pub old: usize,
    /// Its first word in the new text.
    pub new: usize,
    /// How many words.
    pub len: usize,
}

impl Run {
    /// The word after its last in the old text.
    pub fn old_end(&self) -> usize {
        self.old + self.len
    }

    /// The word after its last in the new text.
    pub fn new_end(&self) -> usize {
        self.new + self.len
    }
}

/// Asked now and then with how much is done (from 0 to 1) whether to go on.
pub(super) type GoOn<'a> = &'a dyn Fn(f32) -> bool;

/// The words of both texts as small numbers, and how much each tells.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The words of the old text.
    pub old: Vec<u32>,
    /// The words of the new text.
    pub new: Vec<u32>,
    /// Which old words are signs that stand right after a word, and belong to it.
    clinging: Vec<bool>,
    /// How much all old words before one tell of their places, in bits: the rarer a word, the more.
    sums: Vec<f64>,
    /// The places of each word: `starts[w]..starts[w + 1]` in `places`.
    old_places: Places,
    new_places: Places,
}

#[derive(Debug)]
struct Places {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Places {
    fn of(row: &[u32], kinds: usize) -> Self {
        let mut starts = vec![0_u32; kinds + 1];
        for &word in row {
            starts[word as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0; row.len()];
        for (at, &word) in row.iter().enumerate() {
            let slot = &mut next[word as usize];
            places[*slot as usize] = u32::try_from(at).unwrap_or(u32::MAX);
            *slot += 1;
        }
        Self { starts, places }
    }

    fn of_word(&self, word: u32) -> &[u32] {
        let word = word as usize;
        &self.places[self.starts[word] as usize..self.starts[word + 1] as usize]
    }
}

/// A word that stands more often is not followed to all its places.
const TOO_MANY: usize = 2_000;

/// Shorter texts than this, taken together, are too short to tell how rare a word is; it counts as if they were so long.
const FEW_WORDS: usize = 1_000;

/// A sign tells little of its place, however rare it is in a short text.
pub(super) const SIGN_BITS: f32 = 3.0;

impl Vocabulary {
    pub fn new(old: &[Word], new: &[Word]) -> Self {
        let mut keys: Vec<u64> = old.iter().chain(new).map(|word| word.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let clings = |at: usize| at > 0 && Word::is_sign_key(old[at].key) && old[at].start == old[at - 1].end;
        let clinging = (0..old.len()).map(clings).collect();
        let number = |word: &Word| {
            let at = keys.binary_search(&word.key).expect("every word's key is among the keys");
            u32::try_from(at).expect("texts have fewer words than bytes, and fewer bytes than 4 GiB")
        };
        let (old, new): (Vec<u32>, Vec<u32>) =
            (old.iter().map(number).collect(), new.iter().map(number).collect());
        let (old_places, new_places) = (Places::of(&old, keys.len()), Places::of(&new, keys.len()));
        let all = (old.len() + new.len()).max(FEW_WORDS) as f32;
        let bits: Vec<f32> = keys
            .iter()
            .zip(0..)
            .map(|(&key, word)| {
                let count = old_places.of_word(word).len() + new_places.of_word(word).len();
                let bits = (all / count as f32).log2();
                if Word::is_sign_key(key) { bits.min(SIGN_BITS) } else { bits }
            })
            .collect();
        let mut sums = Vec::with_capacity(old.len() + 1);
        let mut sum = 0.0;
        sums.push(sum);
        for &word in &old {
            sum += f64::from(bits[word as usize]);
            sums.push(sum);
        }
        Self { old, new, clinging, sums, old_places, new_places }
    }

    /// How much a row of old words tells, in bits.
    pub fn bits(&self, old: Range<usize>) -> f64 {
        self.sums[old.end] - self.sums[old.start]
    }

    /// Whether the words of a run stand once in a part of the old text and once in a part of the new; unknown counts as no.
    pub fn is_alone(&self, run: Run, old: Range<usize>, new: Range<usize>) -> bool {
        let words = &self.old[run.old..run.old_end()];
        let rarest =
            |places: &Places| (0..words.len()).min_by_key(|&at| places.of_word(words[at]).len()).unwrap_or(0);
        let stands_once = |row: &[u32], places: &Places, within: Range<usize>| {
            let at = rarest(places);
            let all = places.of_word(words[at]);
            let from = all.partition_point(|&place| (place as usize) < within.start + at);
            let until = all.partition_point(|&place| (place as usize) < within.end);
            let near = all.get(from..until).unwrap_or(&[]);
            near.len() <= TOO_MANY
                && near
                    .iter()
                    .map(|&place| place as usize - at)
                    .filter(|&start| {
                        start + words.len() <= within.end && row[start..start + words.len()] == *words
                    })
                    .take(2)
                    .count()
                    == 1
        };
        stands_once(&self.old, &self.old_places, old) && stands_once(&self.new, &self.new_places, new)
    }
}

/// No partner.
const NONE: u32 = u32::MAX;

/// Words matched so far, each with at most one partner.
pub(super) struct Matching<'v> {
    vocabulary: &'v Vocabulary,
    /// The partner of each old word.
    old: Vec<u32>,
    /// The partner of each new word.
    new: Vec<u32>,
}

/// A row of words that was moved must tell so many bits more than its choice of places.
const MOVED_MARGIN: f64 = 8.0;

impl<'v> Matching<'v> {
    /// Nothing matched but what both texts begin and end with.
    pub fn of_ends(vocabulary: &'v Vocabulary) -> Self {
        let (old, new) = (&vocabulary.old, &vocabulary.new);
        let mut matching = Self { vocabulary, old: vec![NONE; old.len()], new: vec![NONE; new.len()] };
        let head = old.iter().zip(new).take_while(|(one, other)| one == other).count();
        let tail = old[head..]
            .iter()
            .rev()
            .zip(new[head..].iter().rev())
            .take_while(|(one, other)| one == other)
            .count();
        matching.join(Run { old: 0, new: 0, len: head });
        matching.join(Run { old: old.len() - tail, new: new.len() - tail, len: tail });
        matching
    }

    fn join(&mut self, run: Run) {
        for at in 0..run.len {
            self.old[run.old + at] = u32::try_from(run.new + at).unwrap_or(NONE);
            self.new[run.new + at] = u32::try_from(run.old + at).unwrap_or(NONE);
        }
    }

    /// Takes a match back.
    pub fn part(&mut self, run: Run) {
        self.old[run.old..run.old_end()].fill(NONE);
        self.new[run.new..run.new_end()].fill(NONE);
    }

    /// Whether an old word has no partner.
    pub fn is_free_old(&self, at: usize) -> bool {
        self.old[at] == NONE
    }

    /// Whether a new word has no partner.
    pub fn is_free_new(&self, at: usize) -> bool {
        self.new[at] == NONE
    }

    /// The partner of an old word.
    pub fn partner_of_old(&self, at: usize) -> Option<usize> {
        (self.old[at] != NONE).then_some(self.old[at] as usize)
    }

    /// The partner of a new word.
    pub fn partner_of_new(&self, at: usize) -> Option<usize> {
        (self.new[at] != NONE).then_some(self.new[at] as usize)
    }

    /// What is matched, in rows as long as can be, in the order of the old text.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (old, &new) in self.old.iter().enumerate().filter(|(_, new)| **new != NONE) {
            let new = new as usize;
            match runs.last_mut() {
                Some(run) if run.old_end() == old && run.new_end() == new => run.len += 1,
                _ => runs.push(Run { old, new, len: 1 }),
            }
        }
        runs
    }

    /// Matches rows of words that stand once among what is free in the old text and once among what is free in the new, at least `least`
    /// words long, wherever they stand, if they tell enough to be no accident.
    pub fn join_rows(&mut self, least: usize) {
        let (old, new) = (
            free_rows(&self.vocabulary.old, &self.old, least),
            free_rows(&self.vocabulary.new, &self.new, least),
        );
        let free =
            |partners: &[u32]| partners.iter().filter(|partner| **partner == NONE).count().max(1) as f64;
        let choice = free(&self.old).log2() + free(&self.new).log2();
        let mut pairs = single_pairs(&old, &new);
        pairs.sort_unstable();
        for (old, new) in pairs {
            // What was joined just before may reach into this row.
            if !(0..least).all(|at| self.is_free_old(old + at) && self.is_free_new(new + at)) {
                continue;
            }
            let run = self.grown(Run { old, new, len: least });
            // Two different rows can have the same hash.
            let is_same = self.vocabulary.old[old..old + least] == self.vocabulary.new[new..new + least];
            if is_same && self.vocabulary.bits(run.old..run.old_end()) >= choice + MOVED_MARGIN {
                self.join(run);
            }
        }
    }

    /// Lengthens what is matched over free words beside it that are the same, after every sign was given free that stands right after a
    /// word which is matched elsewhere or not at all: a full stop goes with its sentence.
    pub fn grow(&mut self) {
        for run in self.runs() {
            self.part(Run { len: self.loose_signs(run), ..run });
        }
        for run in self.runs() {
            let grown = self.grown(run);
            self.join(grown);
        }
    }

    /// With how many signs a run begins that belong to a word before it.
    fn loose_signs(&self, run: Run) -> usize {
        self.vocabulary.clinging[run.old..run.old_end()].iter().take_while(|clings| **clings).count()
    }

    /// A run with the free words before and after it that are the same on both sides.
    fn grown(&self, mut run: Run) -> Run {
        let (old, new) = (&self.vocabulary.old, &self.vocabulary.new);
        let fits = |one: usize, other: usize| {
            old[one] == new[other] && self.is_free_old(one) && self.is_free_new(other)
        };
        while run.old_end() < old.len() && run.new_end() < new.len() && fits(run.old_end(), run.new_end()) {
            run.len += 1;
        }
        while run.old > 0 && run.new > 0 && fits(run.old - 1, run.new - 1) {
            run = Run { old: run.old - 1, new: run.new - 1, len: run.len + 1 };
        }
        let loose = self.loose_signs(run);
        Run { old: run.old + loose, new: run.new + loose, len: run.len - loose }
    }

    /// Matches in order what lies free between matched words: in each gap of the old text, with the gap of the new text after the same
    /// word, and then with the gap before the same word.
    ///
    /// Gives false where it was asked to stop.
    pub fn join_gaps(&mut self, go_on: GoOn<'_>) -> bool {
        let runs = self.runs();
        let mut by_new: Vec<usize> = (0..runs.len()).collect();
        by_new.sort_unstable_by_key(|&at| runs[at].new);
        let mut rank = vec![0; runs.len()];
        for (place, &at) in by_new.iter().enumerate() {
            rank[at] = place;
        }
        // The gap of the new text before the run of this rank; past the last run, the gap at the end.
        let gap = |place: usize| {
            let start = place.checked_sub(1).map_or(0, |before| runs[by_new[before]].new_end());
            let end = by_new.get(place).map_or(self.vocabulary.new.len(), |&at| runs[at].new);
            start..end
        };
        let mut work: Vec<(Range<usize>, Range<usize>, Range<usize>)> = Vec::new();
        for at in 0..=runs.len() {
            let start = at.checked_sub(1).map_or(0, |before| runs[before].old_end());
            let end = runs.get(at).map_or(self.vocabulary.old.len(), |run| run.old);
            let after = gap(at.checked_sub(1).map_or(0, |before| rank[before] + 1));
            let before = gap(if at < runs.len() { rank[at] } else { runs.len() });
            if start < end {
                work.push((start..end, after, before));
            }
        }
        let all = work.len().max(1) as f32;
        for (done, (old, after, before)) in work.into_iter().enumerate() {
            if done % 64 == 0 && !go_on(done as f32 / all) {
                return false;
            }
            let is_one = after == before;
            self.join_in_order(old.clone(), after);
            if !is_one {
                let rest = old.clone().rev().take_while(|&at| self.is_free_old(at)).count();
                self.join_in_order(old.end - rest..old.end, before);
            }
        }
        true
    }

    /// Matches two rows of words in order, as far as they are free.
    fn join_in_order(&mut self, old: Range<usize>, new: Range<usize>) {
        let new_start = new.start + new.clone().take_while(|&at| !self.is_free_new(at)).count();
        let new = new_start..new_start + (new_start..new.end).take_while(|&at| self.is_free_new(at)).count();
        if old.is_empty() || new.is_empty() {
            return;
        }
        let vocabulary = self.vocabulary;
        let (one, other) = (&vocabulary.old[old.clone()], &vocabulary.new[new.clone()]);
        for op in capture_diff_slices(Algorithm::Myers, one, other) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                self.join(Run { old: old.start + old_index, new: new.start + new_index, len });
            }
        }
    }
}

/// All rows of so many free words, as hashes with the place of their first word.
fn free_rows(row: &[u32], partners: &[u32], least: usize) -> Vec<(u64, usize)> {
    let mut rows = Vec::new();
    let mut free = 0;
    for at in 0..row.len() {
        free = if partners[at] == NONE { free + 1 } else { 0 };
        if free >= least {
            let start = at + 1 - least;
            let hash = row[start..=at].iter().fold(0, |hash, &word| scramble(hash ^ u64::from(word)));
            rows.push((hash, start));
        }
    }
    rows.sort_unstable();
    rows
}

/// The places of what stands once in both sorted lists.
fn single_pairs(old: &[(u64, usize)], new: &[(u64, usize)]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut rest = new;
    for group in old.chunk_by(|one, other| one.0 == other.0) {
        let hash = group[0].0;
        rest = &rest[rest.partition_point(|(other, _)| *other < hash)..];
        let same = rest.iter().take_while(|(other, _)| *other == hash).count();
        if group.len() == 1 && same == 1 {
            pairs.push((group[0].1, rest[0].1));
        }
    }
    pairs
}
