//! A quotation found again in a text: exactly, by its context where it stands several times, and in spite of small differences.

use std::ops::Range;
use std::sync::OnceLock;

use memchr::memmem::Finder;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::Certainty;
use super::letters::{Letters, Word, letter, range_of, words};
use super::likely;
use crate::model::{Span, Text};

/// A quotation to be found: what was marked, what stood around it, and where it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// The marked text.
    pub exact: &'a str,
    /// What stood right before it; empty where that is not known.
    pub prefix: &'a str,
    /// What stood right after it; empty where that is not known.
    pub suffix: &'a str,
    /// The byte where it is supposed to begin, where that is known. It decides between places that are otherwise equal only when the
    /// quotation stands exactly there with its context.
    pub near: Option<usize>,
}

/// Where a quotation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, on grapheme boundaries and never empty.
    pub span: Span,
    /// How certainly; never [`Certainty::Lost`].
    pub certainty: Certainty,
}

/// Finds one quotation in a text; `None` where nothing like it stands. For many in one text, a [`QuoteFinder`] is faster.
pub fn place_quote(text: &Text, sought: &Sought<'_>) -> Option<Found> {
    QuoteFinder::new(text).find(sought)
}

/// So few letters say little about where they come from; a quotation and its context need more to be certain.
const TELLING: usize = 10;

/// By so many letters of context the best place must be better than the second to be likely.
const AHEAD: usize = 4;

/// So many words of a quotation are looked for one by one at most; of a longer one, its first.
const MANY_WORDS: usize = 2_000;

/// So many occurrences of a quotation are looked at; what is more frequent tells nothing.
const MANY_PLACES: usize = 2_000;

/// After so many occurrences no more are looked for: nothing but the one where it is supposed to be could still be certain.
const FAR_TOO_MANY_PLACES: usize = 20_000;

/// A text made ready to find many quotations in it.
#[derive(Debug)]
pub struct QuoteFinder<'t> {
    text: &'t Text,
    letters: OnceLock<Letters>,
    words: OnceLock<Vec<Word>>,
    /// The places of all words, by their keys.
    places: OnceLock<Vec<(u64, usize)>>,
}

/// Which ranges of the text come into question.
type Allow<'a> = &'a dyn Fn(&Range<usize>) -> bool;

/// A place where a quotation may stand.
#[derive(Clone, Debug)]
struct Candidate {
    range: Range<usize>,
    /// How many letters of the context stand there too, up to the first that does not: before and after.
    around: (usize, usize),
    /// How far it is from where it was supposed to be, in bytes.
    distance: usize,
}

impl Candidate {
    fn score(&self) -> usize {
        self.around.0 + self.around.1
    }
}

impl<'t> QuoteFinder<'t> {
    /// Makes a text ready; what a quotation needs of it is made when it is first needed.
    pub fn new(text: &'t Text) -> Self {
        Self { text, letters: OnceLock::new(), words: OnceLock::new(), places: OnceLock::new() }
    }

    fn letters(&self) -> &Letters {
        self.letters.get_or_init(|| Letters::of(self.text))
    }

    fn words(&self) -> &[Word] {
        self.words.get_or_init(|| words(self.text))
    }

    /// The places of the words of this key, in order, each with the key.
    fn places(&self, key: u64) -> &[(u64, usize)] {
        let places = self.places.get_or_init(|| {
            let mut places: Vec<(u64, usize)> =
                self.words().iter().enumerate().map(|(at, word)| (word.key, at)).collect();
            places.sort_unstable();
            places
        });
        let from = &places[places.partition_point(|(other, _)| *other < key)..];
        &from[..from.partition_point(|(other, _)| *other == key)]
    }

    /// Finds a quotation; `None` where nothing like it stands.
    ///
    /// It looks for the same characters first, then for the same letters (without vowel marks, tatweel, white space and the variants of
    /// alef, yeh and teh marbuta), then for what stands between its prefix and its suffix, then for most of its words in order.
    pub fn find(&self, sought: &Sought<'_>) -> Option<Found> {
        self.find_where(sought, &|_| true)
    }

    /// The same where only some places come into question.
    pub(super) fn find_where(&self, sought: &Sought<'_>, allow: Allow<'_>) -> Option<Found> {
        if sought.exact.is_empty() {
            return None;
        }
        self.exactly(sought, allow)
            .or_else(|| self.by_letters(sought, allow))
            .or_else(|| self.between(sought, allow))
            .or_else(|| self.by_words(sought, allow))
    }

    fn candidate(&self, range: Range<usize>, sought: &Sought<'_>) -> Candidate {
        let text = self.text.as_str();
        let before = agreeing(text[..range.start].chars().rev(), sought.prefix.chars().rev());
        let after = agreeing(text[range.end..].chars(), sought.suffix.chars());
        let distance = sought.near.map_or(0, |near| near.abs_diff(range.start));
        Candidate { range, around: (before, after), distance }
    }

    fn exactly(&self, sought: &Sought<'_>, allow: Allow<'_>) -> Option<Found> {
        let (text, exact) = (self.text, sought.exact);
        let finder = Finder::new(exact);
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        while let Some(found) = finder.find(&text.as_bytes()[from..]) {
            let start = from + found;
            places.push(start..start + exact.len());
            from = text.ceil_char_boundary(start + 1);
            if places.len() > FAR_TOO_MANY_PLACES {
                // Where it is supposed to be is past the last of these; further ones would change nothing.
                let near = sought.near.filter(|&near| near >= from && text.is_char_boundary(near));
                let is_there = near.filter(|&near| text[near..].starts_with(exact));
                places.extend(is_there.map(|near| near..near + exact.len()));
                break;
            }
        }
        let is_whole = |range: &Range<usize>| text.is_boundary(range.start) && text.is_boundary(range.end);
        self.choose(places, &|range| is_whole(range) && allow(range), sought, Certainty::Exact)
    }

    fn by_letters(&self, sought: &Sought<'_>, allow: Allow<'_>) -> Option<Found> {
        let exact = Letters::of(sought.exact);
        let places = self.letters().places(exact.as_slice());
        let letters = self.letters();
        let places = places.into_iter().map(|first| range_of(self.text, letters, first, first + exact.len()));
        self.choose(places.collect(), allow, sought, Certainty::Likely)
    }

    /// The best of the places that come into question, and how certain it is, given what else there is; at most `best`.
    fn choose(
        &self,
        mut places: Vec<Range<usize>>,
        allow: Allow<'_>,
        sought: &Sought<'_>,
        best: Certainty,
    ) -> Option<Found> {
        let is_everywhere = places.len() > MANY_PLACES;
        if is_everywhere {
            let near = sought.near.unwrap_or(0);
            places.select_nth_unstable_by_key(MANY_PLACES, |range| range.start.abs_diff(near));
            places.truncate(MANY_PLACES);
        }
        let allowed = places.into_iter().filter(allow);
        let mut candidates: Vec<Candidate> = allowed.map(|range| self.candidate(range, sought)).collect();
        candidates.sort_by_key(|one| (std::cmp::Reverse(one.score()), one.distance, one.range.start));
        let first = candidates.first()?;
        let second = candidates.get(1).map(Candidate::score);
        let (prefix, suffix) = (count(sought.prefix), count(sought.suffix));
        let whole = prefix + suffix;
        let own = count(sought.exact);
        let score = first.score();
        let is_there = sought.near == Some(first.range.start);
        let agrees = score == whole;
        let tells = own + score >= TELLING;
        let certainty = match second {
            // It stands where it was said to stand, with all its context: nothing changed.
            _ if agrees && is_there && (whole > 0 || second.is_none()) => Certainty::Exact,
            _ if is_everywhere => Certainty::Unsure,
            None if agrees && tells => Certainty::Exact,
            None if agrees || (tells && 2 * score >= whole) || own >= 3 * TELLING => Certainty::Likely,
            Some(second) if second == score => Certainty::Unsure,
            Some(second) if agrees && tells && second + 2 * AHEAD <= score => Certainty::Exact,
            Some(second) if tells && second + AHEAD <= score && 2 * score >= whole => Certainty::Likely,
            None | Some(_) => Certainty::Unsure,
        };
        Some(Found { span: Span::new(first.range.clone()), certainty: certainty.min(best) })
    }

    /// What stands between the prefix and the suffix, where both stand near one another.
    fn between(&self, sought: &Sought<'_>, allow: Allow<'_>) -> Option<Found> {
        let (prefix, suffix, exact) =
            (Letters::of(sought.prefix), Letters::of(sought.suffix), Letters::of(sought.exact));
        let ends = |letters: &Letters| letters.len() >= TELLING;
        if !ends(&prefix) || !ends(&suffix) {
            return None;
        }
        let ends: Vec<usize> =
            self.letters().places(prefix.as_slice()).into_iter().map(|at| at + prefix.len()).collect();
        let starts = self.letters().places(suffix.as_slice());
        let longest = 2 * exact.len() + 2 * TELLING;
        let mut pairs: Vec<Range<usize>> = Vec::new();
        for end in ends {
            let next = starts.partition_point(|&start| start < end);
            if let Some(&start) = starts.get(next)
                && start - end <= longest
            {
                pairs.push(end..start);
            }
        }
        let near = |pair: &Range<usize>| {
            let start = self.letters().start(pair.start, self.text);
            sought.near.map_or(0, |near| near.abs_diff(start))
        };
        let pair = pairs.iter().min_by_key(|pair| near(pair))?.clone();
        if pair.is_empty() {
            // What stood there was taken away.
            return None;
        }
        let there = &self.letters().as_slice()[pair.clone()];
        let half = exact.len().max(there.len()).div_ceil(2);
        let is_alike = likely::in_common(exact.as_slice(), there, half).is_some();
        let certainty = if pairs.len() == 1 && is_alike { Certainty::Likely } else { Certainty::Unsure };
        let range = range_of(self.text, self.letters(), pair.start, pair.end);
        allow(&range).then(|| Found { span: Span::new(range), certainty })
    }

    /// Where most of the words stand in order.
    fn by_words(&self, sought: &Sought<'_>, allow: Allow<'_>) -> Option<Found> {
        let mut wanted: Vec<u64> = words(sought.exact).iter().map(|word| word.key).collect();
        let is_whole = wanted.len() <= MANY_WORDS;
        wanted.truncate(MANY_WORDS);
        if wanted.len() < 3 {
            return None;
        }
        let here = self.words();
        let slack = likely::slack(wanted.len());
        let mut found: Vec<(f64, Range<usize>)> = Vec::new();
        for start in likely::starts(&wanted, |key| self.places(key)) {
            let from = start.saturating_sub(slack);
            let until = (start + wanted.len() + 2 * slack).min(here.len());
            let window: Vec<u64> = here[from..until].iter().map(|word| word.key).collect();
            if likely::in_common(&wanted, &window, wanted.len().div_ceil(2)).is_none() {
                continue;
            }
            let (mut same, mut first, mut last) = (0, None, 0);
            for op in capture_diff_slices(Algorithm::Myers, &wanted, &window) {
                if let DiffOp::Equal { new_index, len, .. } = op {
                    same += len;
                    first.get_or_insert(new_index);
                    last = new_index + len;
                }
            }
            let Some(first) = first else { continue };
            let share = same as f64 / wanted.len().max(last - first) as f64;
            let bytes = here[from + first].start as usize..here[from + last - 1].end as usize;
            let range = self.text.widen(bytes).range();
            if share >= 0.5 && allow(&range) {
                found.push((share, range));
            }
        }
        let (share, range) = found.iter().max_by(|one, other| one.0.total_cmp(&other.0))?.clone();
        let rival = found
            .iter()
            .filter(|(_, other)| other.end <= range.start || range.end <= other.start)
            .map(|(share, _)| *share)
            .fold(0.0, f64::max);
        let candidate = self.candidate(range, sought);
        let tells = is_whole && wanted.len() >= 6 && share >= 0.75 && rival <= share - 0.25;
        let certainty = if tells { Certainty::Likely } else { Certainty::Unsure };
        Some(Found { span: Span::new(candidate.range), certainty })
    }
}

/// How many letters agree from here on, up to the first that does not.
fn agreeing(text: impl Iterator<Item = char>, context: impl Iterator<Item = char>) -> usize {
    let (text, context) = (text.filter_map(letter), context.filter_map(letter));
    text.zip(context).take_while(|(one, other)| one == other).count()
}

fn count(text: &str) -> usize {
    text.chars().filter_map(letter).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds what stands between brackets in `said` (`prefix[exact]suffix`) in a text, and tells the place as text with brackets.
    fn found(said: &str, near: Option<usize>, text: &str) -> Option<(String, Certainty)> {
        let (prefix, rest) = said.split_once('[').expect("a bracket opens");
        let (exact, suffix) = rest.split_once(']').expect("a bracket closes");
        let text = Text::new(text);
        let found = place_quote(&text, &Sought { exact, prefix, suffix, near })?;
        assert!(text.accepts(found.span));
        let range = found.span.range();
        let shown = format!("{}[{}]{}", &text[..range.start], &text[range.clone()], &text[range.end..]);
        Some((shown, found.certainty))
    }

    #[track_caller]
    fn expect(said: &str, near: Option<usize>, text: &str, expected: &str, certainty: Certainty) {
        assert_eq!(found(said, near, text), Some((expected.to_owned(), certainty)), "{said} in {text}");
    }

    #[test]
    fn what_stands_once_is_found_exactly() {
        use Certainty::{Exact, Likely, Unsure};
        let text = "قال الرئيس إن البلاد بخير وقال الوزير غير ذلك";
        expect("[الرئيس إن البلاد]", None, text, "قال [الرئيس إن البلاد] بخير وقال الوزير غير ذلك", Exact);
        expect(
            "البلاد بخير [وقال] الوزير",
            None,
            text,
            "قال الرئيس إن البلاد بخير [وقال] الوزير غير ذلك",
            Exact,
        );
        // Few letters without context are no proof, nor with a context that is not there.
        expect("[بخير]", None, text, "قال الرئيس إن البلاد [بخير] وقال الوزير غير ذلك", Likely);
        expect("والناس [بخير] دائما", None, text, "قال الرئيس إن البلاد [بخير] وقال الوزير غير ذلك", Unsure);
    }

    #[test]
    fn of_several_places_the_context_decides_and_where_it_does_not_nothing_is_certain() {
        use Certainty::{Exact, Likely, Unsure};
        let text = "قال أحمد نعم. قال عمر نعم. قال زيد نعم.";
        expect("قال عمر [نعم]. قال", None, text, "قال أحمد نعم. قال عمر [نعم]. قال زيد نعم.", Likely);
        expect("[نعم]", None, text, "قال أحمد [نعم]. قال عمر نعم. قال زيد نعم.", Unsure);
        expect("[نعم]. قال", None, text, "قال أحمد [نعم]. قال عمر نعم. قال زيد نعم.", Unsure);
        // What was near decides only where the context agrees with it.
        let at = text.find("زيد نعم").unwrap() + "زيد ".len();
        expect("[نعم]", Some(at), text, "قال أحمد نعم. قال عمر نعم. قال زيد [نعم].", Unsure);
        expect("[نعم].", Some(at), text, "قال أحمد نعم. قال عمر نعم. قال زيد [نعم].", Exact);
        let twin = "قال نعم. قال نعم. قال نعم. ";
        expect("قال [نعم]. قال", Some(twin.len() / 3 + 7), twin, "قال نعم. قال [نعم]. قال نعم. ", Exact);
        expect("قال [نعم]. قال", None, twin, "قال [نعم]. قال نعم. قال نعم. ", Unsure);
    }

    #[test]
    fn small_differences_of_spelling_are_no_hindrance() {
        use Certainty::Likely;
        for text in ["قَالَ الرَّئيسُ إنَّ البِلادَ بخيرٍ", "قال  الرئيس\u{a0}ان البـــلاد بخير", "قالالرئيسإنالبلادبخير"]
        {
            let (shown, certainty) = found("قال [الرئيس إن البلاد] بخير", None, text).expect("found");
            let inside =
                shown.split_once('[').and_then(|(_, rest)| rest.split_once(']')).expect("brackets").0;
            assert_eq!(certainty, Likely);
            assert!(inside.starts_with("الر") && (inside.ends_with('د') || inside.ends_with("دَ")), "{shown}");
        }
    }

    #[test]
    fn changed_words_are_found_between_what_stood_around_them_or_by_what_is_left_of_them() {
        use Certainty::{Likely, Unsure};
        let text = "وأعلنت الوزارة في بيان لها أن عدد المصابين ارتفع إلى عشرين شخصا بحسب المصادر";
        expect(
            "في بيان لها أن [عدد الجرحى ارتفع إلى ثلاثين] شخصا بحسب المصادر",
            None,
            text,
            "وأعلنت الوزارة في بيان لها أن [عدد المصابين ارتفع إلى عشرين] شخصا بحسب المصادر",
            Likely,
        );
        expect(
            "[وأعلنت وزارة الصحة في بيان لها أن عدد المصابين قد ارتفع]",
            None,
            text,
            "[وأعلنت الوزارة في بيان لها أن عدد المصابين ارتفع] إلى عشرين شخصا بحسب المصادر",
            Unsure,
        );
        for said in ["[لا شيء من هذا في النص أبدا]", "[]", "في بيان لها أن [حذفت] عدد المصابين ارتفع"]
        {
            assert_eq!(found(said, None, text), None, "{said}");
        }
    }

    #[test]
    fn a_quotation_never_ends_inside_a_cluster() {
        // The letter stands only with its mark: it is the same letter, and not the same characters.
        assert_eq!(
            found("[الكتاب الأول هنا]", None, "هذا الكتاب الأول هناَ الآن"),
            Some(("هذا [الكتاب الأول هناَ] الآن".to_owned(), Certainty::Likely))
        );
    }

    #[test]
    fn a_long_quotation_is_found_whole_or_not_at_all() {
        let words: Vec<String> = (0..1_500).map(|at| format!("كلمة{}", at * at % 1_499)).collect();
        let text = format!("قبل {} بعد", words.join(" "));
        let mut changed = words.clone();
        changed[700] = "أخرى".to_owned();
        let found = place_quote(
            &Text::new(text.as_str()),
            &Sought { exact: &changed.join(" "), ..Sought::default() },
        );
        let found = found.expect("but for a word it stands there");
        assert_eq!((&text[found.span.range()], found.certainty), (&words.join(" ")[..], Certainty::Likely));
    }

    /// Each of its words stands hundreds of times in the text, in another order: where every pair of them is followed this takes hours.
    #[test]
    fn what_stands_nowhere_is_given_up_after_a_bounded_search() {
        let signs = |seed: usize, count: usize| -> String {
            (0..count)
                .map(|at| ["`", "-", "@", "7 ", "؛", "ب "][at * at % 7_919 * seed % 8_161 % 6])
                .collect()
        };
        let text = Text::new(signs(31, 20_000));
        let finder = QuoteFinder::new(&text);
        for seed in 1..=20 {
            let exact = signs(7 * seed, 1_500);
            let sought =
                Sought { exact: &exact, prefix: "``-@@7 ؛؛ب-", suffix: "ب ب ```@@@--؛", near: Some(9) };
            let found = finder.find(&sought);
            assert!(found.is_none_or(|found| found.certainty == Certainty::Unsure), "{found:?}");
        }
    }
}
