//! Whether another place would do as well: unmatched text that is the same as matched text, as a copy is, or as the one is of two equal
//! sentences of which the other was taken away. Compared letter by letter, so that no difference of spaces or marks hides a rival.

use super::letters::{Letters, Rolling, Word};
use super::matching::{Matching, Run};
use super::trust::Trust;

/// So many letters in a row make a rival worth a look.
const ROW: usize = 10;

/// A row that stands more often than this is not compared with all its likes.
const MANY_LIKE: usize = 60;

/// Of more unmatched letters only some rows are followed.
const MUCH: usize = 100_000;

/// What two places have in common is followed so many letters far, in both directions.
const REACH: usize = 3_000;

/// With so many letters more in common on a side a match is better there than its rival, …
const BETTER: usize = 16;

/// … and with so many fewer not yet worse.
const WORSE: usize = 6;

/// A rival with so many letters in common must be outdone on both sides.
const STRONG: usize = 20;

/// Rows that follow one another with no more than so many letters between them are one rival.
const BRIDGED: usize = 24;

/// The letters of a text, and the words that they belong to.
pub(super) struct Line {
    letters: Letters,
    /// The word of each letter.
    words: Vec<u32>,
    /// The first letter of each word; one more at the end.
    firsts: Vec<usize>,
}

impl Line {
    pub fn of(text: &str, words: &[Word]) -> Self {
        let letters = Letters::of(text);
        let (mut owners, mut firsts) =
            (Vec::with_capacity(letters.len()), Vec::with_capacity(words.len() + 1));
        for at in 0..letters.len() {
            let start = letters.start(at, text);
            while words.get(firsts.len()).is_some_and(|word| word.start as usize <= start) {
                firsts.push(at);
            }
            owners.push(u32::try_from(firsts.len().saturating_sub(1)).unwrap_or(u32::MAX));
        }
        firsts.resize(words.len() + 1, letters.len());
        Self { letters, words: owners, firsts }
    }

    fn row(&self) -> &[u32] {
        self.letters.as_slice()
    }

    fn word(&self, letter: usize) -> usize {
        self.words[letter] as usize
    }
}

/// Asked of a word by its place.
type Asked<'a> = &'a dyn Fn(usize) -> bool;

/// Equal letters, of which those on one side at least are unmatched. Places and lengths count letters.
struct Rival {
    row: Run,
    /// The first old letter of the rival, and the one past its last, with the rows before and after that go with this one.
    from: usize,
    until: usize,
}

/// Marks old words whose match has a rival: unmatched letters that are the same and have as much in common around them. The runs are in
/// the order of the old text.
pub(super) fn rivalled(
    old: &Line,
    new: &Line,
    matching: &Matching<'_>,
    (runs, trusts): (&[Run], &[Trust]),
    doubtful: &mut [bool],
) {
    let is_sure = |at: usize| run_of(runs, at).is_some_and(|run| trusts[run] == Trust::Sure);
    for rival in rivals(old, new, matching) {
        let mut last = (usize::MAX, usize::MAX);
        for step in 0..rival.row.len {
            let (at, other) = (rival.row.old + step, rival.row.new + step);
            let words = (old.word(at), new.word(other));
            if words == last {
                continue;
            }
            last = words;
            // The old word whose match is in question: it might as well be this new one, or its new one this old one.
            let matched = match (matching.partner_of_old(words.0), matching.partner_of_new(words.1)) {
                (Some(_), None) => words.0,
                (None, Some(partner)) => partner,
                // A match that is not sure is no better than none.
                (Some(_), Some(partner)) if partner != words.0 && !is_sure(partner) => words.0,
                _ => continue,
            };
            let Some(run) = run_of(runs, matched).map(|at| runs[at]) else { continue };
            let here = old.firsts[matched];
            let own = (here - old.firsts[run.old], old.firsts[run.old_end()] - here);
            let theirs = (at - rival.from, rival.until - at);
            let (own, theirs) = (within_reach(own), within_reach(theirs));
            let is_no_worse = own.0 + WORSE >= theirs.0 && own.1 + WORSE >= theirs.1;
            let better = (own.0 >= theirs.0 + BETTER, own.1 >= theirs.1 + BETTER);
            let is_strong = theirs.0 + theirs.1 >= STRONG;
            let is_better = if is_strong { better.0 && better.1 } else { better.0 || better.1 };
            if !(is_no_worse && is_better) {
                doubtful[matched] = true;
            }
        }
    }
}

fn within_reach(sides: (usize, usize)) -> (usize, usize) {
    (sides.0.min(REACH), sides.1.min(REACH))
}

/// The run that holds an old word.
fn run_of(runs: &[Run], at: usize) -> Option<usize> {
    let after = runs.partition_point(|run| run.old <= at);
    after.checked_sub(1).filter(|&last| at < runs[last].old_end())
}

/// All rivals, each row as long as it is the same.
fn rivals(old: &Line, new: &Line, matching: &Matching<'_>) -> Vec<Rival> {
    let free_old = |word: usize| matching.is_free_old(word);
    let free_new = |word: usize| matching.is_free_new(word);
    let mut pairs = like_rows(new, &free_new, old, &free_old);
    for pair in &mut pairs {
        *pair = (pair.1, pair.0);
    }
    pairs.extend(like_rows(old, &free_old, new, &free_new));
    let (one_row, other_row) = (old.row(), new.row());
    // In the order of their diagonals, so that a long row is looked at once.
    pairs.sort_unstable_by_key(|&(one, other)| (one + other_row.len() - other, one));
    let mut rows: Vec<Run> = Vec::new();
    for (one, other) in pairs {
        let is_seen = rows.last().is_some_and(|last| {
            last.old <= one && one < last.old_end() && last.new + (one - last.old) == other
        });
        if is_seen {
            continue;
        }
        let back =
            (1..=one.min(other)).take_while(|back| one_row[one - back] == other_row[other - back]).count();
        let on =
            one_row[one..].iter().zip(&other_row[other..]).take_while(|(one, other)| one == other).count();
        rows.push(Run { old: one - back, new: other - back, len: back + on });
    }
    joined(rows)
}

/// Rows with those before and after that go with them.
fn joined(mut rows: Vec<Run>) -> Vec<Rival> {
    rows.sort_unstable_by_key(|row| (row.new, row.old));
    let mut rivals: Vec<Rival> =
        rows.iter().map(|&row| Rival { row, from: row.old, until: row.old_end() }).collect();
    let follows = |one: Run, other: Run| {
        other.old >= one.old_end()
            && other.old <= one.old_end() + BRIDGED
            && other.new >= one.new_end()
            && other.new <= one.new_end() + BRIDGED
    };
    let near = |at: usize| at.saturating_sub(8)..at;
    for at in 0..rivals.len() {
        if let Some(before) = near(at).rev().find(|&before| follows(rivals[before].row, rivals[at].row)) {
            rivals[at].from = rivals[before].from;
        }
    }
    for at in (0..rivals.len()).rev() {
        for before in near(at) {
            if follows(rivals[before].row, rivals[at].row) {
                rivals[before].until = rivals[before].until.max(rivals[at].until);
            }
        }
    }
    rivals
}

/// The places of rows of letters of one text, of which one at least is unmatched, that stand in the other where it is matched: in the
/// one, and in the other.
fn like_rows(one: &Line, free: Asked<'_>, other: &Line, free_other: Asked<'_>) -> Vec<(usize, usize)> {
    // How many unmatched letters there are up to each letter.
    let mut free_before: Vec<usize> = Vec::with_capacity(one.row().len() + 1);
    free_before.push(0);
    for at in 0..one.row().len() {
        free_before.push(free_before[at] + usize::from(free(one.word(at))));
    }
    // Where very much is unmatched, not every row is followed: a long rival is found by each of its rows.
    let all = free_before[one.row().len()];
    let (stride, many) = if all > MUCH { (ROW, MANY_LIKE / 4) } else { (1, MANY_LIKE) };
    let mut rows: Vec<(u64, usize)> = Rolling::rows(one.row(), ROW)
        .filter(|(_, at)| free_before[*at + ROW] > free_before[*at] && at % stride == 0)
        .collect();
    rows.sort_unstable();
    let mut pairs = Vec::new();
    if rows.is_empty() {
        return pairs;
    }
    // How often the other text has had each row.
    let mut met = vec![0; rows.len()];
    for (hash, start) in Rolling::rows(other.row(), ROW) {
        if free_other(other.word(start)) && free_other(other.word(start + ROW - 1)) {
            continue;
        }
        let from = rows.partition_point(|(like, _)| *like < hash);
        let like = rows[from..].iter().take_while(|(like, _)| *like == hash).map(|(_, place)| *place);
        let count = like.clone().take(many + 1).count();
        if count > 0 && count <= many && met[from] < many {
            met[from] += 1;
            let is_same = |place: &usize| one.row()[*place..*place + ROW] == other.row()[start..start + ROW];
            pairs.extend(like.filter(is_same).map(|place| (place, start)));
        }
    }
    pairs
}
