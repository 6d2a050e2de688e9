//! The rules of re-anchoring, one small case each. Marked text stands between brackets.

use hashiya::model::{Span, Text};
use hashiya::search::anchoring::{Carried, Certainty, Comparison};
use proptest::prelude::*;

/// A text without its brackets, and what stood between them.
fn marked(text: &str) -> (Text, Vec<Span>) {
    let (mut plain, mut spans, mut open) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        match c {
            '[' => open = plain.len(),
            ']' => spans.push(Span::new(open..plain.len())),
            _ => plain.push(c),
        }
    }
    (Text::new(plain), spans)
}

/// A text with brackets around spans.
fn shown(text: &Text, spans: &[Span]) -> String {
    let mut shown = String::new();
    let mut at = 0;
    for span in spans {
        let range = span.range();
        shown += &format!("{}[{}]", &text[at..range.start], &text[range.clone()]);
        at = range.end;
    }
    shown + &text[at..]
}

fn carry(old: &Text, new: &Text, spans: &[Span]) -> Carried {
    Comparison::new(old, new, &|_| true).expect("nobody stops it").carry(spans)
}

/// Carries what is marked in `old` over to the text of `expected`, and expects it where it is marked there.
#[track_caller]
fn expect(old: &str, expected: &str, certainty: Certainty) {
    let ((old_text, spans), (new, _)) = (marked(old), marked(expected));
    let carried = carry(&old_text, &new, &spans);
    let place = shown(&new, &carried.spans);
    assert_eq!((place.as_str(), carried.certainty), (expected, certainty), "{old}");
}

const BEFORE: &str = "وقد بدأ الاجتماع صباح الثلاثاء في العاصمة بحضور ممثلي سبع دول، ";
const AFTER: &str = " وختم المجتمعون أعمالهم مساء اليوم التالي ببيان مشترك لم ينشر نصه كاملا.";

/// The same with text around it that stays, so that only what is shown is in question.
#[track_caller]
fn expect_within(old: &str, new: &str, certainty: Certainty) {
    expect(&format!("{BEFORE}{old}{AFTER}"), &format!("{BEFORE}{new}{AFTER}"), certainty);
}

#[test]
fn text_that_stays_is_placed_exactly_whatever_changes_around_it() {
    use Certainty::Exact;
    // Nothing changes.
    expect_within("فقال [الوزير] نعم", "فقال [الوزير] نعم", Exact);
    // Something is put in, taken away or replaced before and after it.
    expect_within(
        "فقال [وزير الخارجية] إن الموقف لم يتغير",
        "فقال أمس [وزير الخارجية] إن الموقف لم يتغير",
        Exact,
    );
    expect_within(
        "فقال أمس [وزير الخارجية] إن الموقف لم يتغير",
        "فقال [وزير الخارجية] إن الموقف لم يتغير",
        Exact,
    );
    expect_within(
        "فقال [وزير الخارجية] إن الموقف لم يتغير",
        "فأكد [وزير الخارجية] أن الموقف لم يتبدل",
        Exact,
    );
    // Part of a word, a single mark of punctuation, and white space are text too.
    expect_within("ثم كتب [ال]رسالة إلى صديقه القديم", "ثم كتب هو [ال]رسالة إلى صديقه القديم", Exact);
    expect_within("ثم كتب الرسالة[،] إلى صديقه القديم", "ثم كتب هو الرسالة[،] إلى صديقه القديم", Exact);
    // A word that comes often is the one between its neighbours.
    expect_within(
        "من بيروت إلى دمشق ومن دمشق [إلى] عمان ومن عمان إلى بغداد",
        "من بيروت إلى حلب ومن دمشق [إلى] عمان ومن عمان إلى بغداد",
        Exact,
    );
}

#[test]
fn moved_text_is_found_where_it_is_now() {
    use Certainty::Exact;
    let (one, other) = (
        "في الفقرة الأولى حديث طويل عن الزراعة ومواسم المطر في سهل البقاع.",
        "وفي الفقرة الثانية حديث آخر عن الصناعة وأجور العمال في طرابلس الشام.",
    );
    let marked = other.replace("أجور العمال", "[أجور العمال]");
    expect(&format!("{one}\n{marked}\n{BEFORE}{AFTER}"), &format!("{marked}\n{one}\n{BEFORE}{AFTER}"), Exact);
    expect(&format!("{one}\n{marked}\n{BEFORE}{AFTER}"), &format!("{one}\n{BEFORE}{AFTER}\n{marked}"), Exact);
}

#[test]
fn a_change_inside_is_followed_and_called_likely() {
    use Certainty::Likely;
    // It grows by what is put in, and shrinks by what is taken away.
    expect_within(
        "فقال [إن الموقف الرسمي لم يتغير] أبدا",
        "فقال [إن الموقف الرسمي المعلن لم يتغير] أبدا",
        Likely,
    );
    expect_within(
        "فقال [إن الموقف الرسمي المعلن لم يتغير] أبدا",
        "فقال [إن الموقف المعلن لم يتغير] أبدا",
        Likely,
    );
    // What is put in the place of its words belongs to it, be it the last or the first.
    expect_within("فقال [إن الموقف الرسمي لم يتغير] أبدا", "فقال [إن الموقف الرسمي لم يتبدل] أبدا", Likely);
    expect_within("فقال [إن الموقف الرسمي لم يتغير] أبدا", "فقال [بأن الموقف الرسمي لم يتغير] أبدا", Likely);
    // What is put in beside it does not.
    expect_within("ثم قال [الوزير الجديد] نعم", "ثم قال [الوزير الجديد] أمس نعم", Certainty::Exact);
    // Vowel marks, tatweel, white space and the variants of a letter are followed to the end of the cluster.
    expect_within("ثم قال [الوزير الجديد] نعم", "ثم قال [الوَزيرُ الجَديدُ] نعم", Likely);
    expect_within("ثم قال [الوزير الجديد] نعم", "ثم قال [الوزيـــر\u{a0} الجديد] نعم", Likely);
    expect_within("ثم قال [أحمد الى أخيه] نعم", "ثم قال [احمد إلى أخيه] نعم", Likely);
}

#[test]
fn text_that_is_gone_is_lost_and_never_placed_on_its_like() {
    use Certainty::Lost;
    expect_within("فقال [إن الموقف لم يتغير] أبدا ثم سكت", "فقال أبدا ثم سكت", Lost);
    // The same words stand elsewhere, and are others.
    expect(
        &format!("قال [الوزير] كلمة طويلة في الصباح. {BEFORE}ثم وصل الوزير مساء{AFTER}"),
        &format!("قال كلمة طويلة في الصباح. {BEFORE}ثم وصل الوزير مساء{AFTER}"),
        Lost,
    );
    expect("[نص]", "", Lost);
}

#[test]
fn of_two_equal_places_neither_is_certain() {
    let twice = |one: &str, other: &str| format!("{BEFORE}{one} وبعد ذلك بقليل {other}{AFTER}");
    let sentence = "أعلنت الوكالة أن الطائرة هبطت بسلام.";
    let bracketed = sentence.replace("الطائرة هبطت", "[الطائرة هبطت]");
    let left = format!("{BEFORE}{bracketed}{AFTER}");
    // One of two equal sentences was taken away with what stood between them: it may be the one or the other.
    expect(&twice(&bracketed, sentence), &left, Certainty::Unsure);
    expect(&twice(sentence, &bracketed), &left, Certainty::Unsure);
    // A copy put right beside it is as good as the first.
    let ((old, spans), (new, _)) = (marked(&left), marked(&twice(sentence, sentence)));
    let carried = carry(&old, &new, &spans);
    assert_eq!((carried.spans.len(), carried.certainty), (1, Certainty::Unsure));
    // Where both stay, each keeps its own.
    let more = |text: String| text.replace("وختم المجتمعون", "وقد ختم المجتمعون");
    expect(&twice(&bracketed, sentence), &more(twice(&bracketed, sentence)), Certainty::Exact);
    expect(&twice(sentence, &bracketed), &more(twice(sentence, &bracketed)), Certainty::Exact);
}

#[test]
fn the_parts_of_a_discontinuous_annotation_are_carried_one_by_one_in_order() {
    use Certainty::{Exact, Likely, Unsure};
    expect_within(
        "قال [الوزير] أمس [إن الموقف] لم يتغير",
        "قال [الوزير] مساء أمس [إن الموقف] لم يتغير",
        Exact,
    );
    expect_within(
        "قال [الوزير] أمس [إن الموقف] لم يتغير",
        "قال [الوزير] مساء أمس [إن هذا الموقف] لم يتغير",
        Likely,
    );
    // What stood between two parts is gone, and they are one.
    expect_within("قال [الوزير ]أمس [إن الموقف] لم يتغير", "قال [الوزير إن الموقف] لم يتغير", Likely);
    // A part is gone: the reader must look.
    expect_within("قال [الوزير الجديد] أمس [إن الموقف] لم يتغير", "قال [الوزير الجديد] أمس لم يتغير", Unsure);
}

#[test]
fn a_short_text_and_none_at_all_are_texts() {
    expect("[نعم]", "[نعم]", Certainty::Exact);
    expect("قال الرئيس إن البلاد [بخير] اليوم", "قال الرئيس أمس إن البلاد [بخير] اليوم", Certainty::Exact);
    assert_eq!(
        carry(&Text::new(""), &Text::new("نص"), &[]),
        Carried { spans: vec![], certainty: Certainty::Lost, near: 0 }
    );
}

#[test]
fn a_comparison_stops_when_it_is_told_to() {
    let (old, new) = (Text::new(BEFORE), Text::new(AFTER));
    let asked = std::cell::Cell::new(0);
    let go_on = |done: f32| {
        assert!((0.0..=1.0).contains(&done));
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    assert!(Comparison::new(&old, &new, &go_on).is_none());
    assert_eq!(asked.get(), 3);
}

proptest! {
    /// Whatever the texts: spans fit, lie in order, and an exact place holds the same characters.
    #[test]
    fn every_place_fits_its_text(
        old in "([بتَّ\u{640}👨\u{200d} \n.a]{0,6}(قال|نعم|ذهب إلى)?){0,12}",
        new in "([بتَّ\u{640}👨\u{200d} \n.a]{0,6}(قال|نعم|ذهب إلى)?){0,12}",
        at in 0..40_usize,
        length in 1..20_usize,
        gap in 1..9_usize,
    ) {
        let (old, new) = (Text::new(old), Text::new(new));
        let first = old.widen(at.min(old.len())..(at + length).min(old.len()));
        let start = (first.range().end + gap).min(old.len());
        let second = old.widen(start..(start + length).min(old.len()));
        let spans: Vec<Span> = [first, second].into_iter().filter(|&span| old.accepts(span)).collect();
        let in_order = spans.windows(2).all(|pair| pair[0].end < pair[1].start);
        prop_assume!(in_order && !spans.is_empty());
        let carried = carry(&old, &new, &spans);
        prop_assert!(carried.spans.iter().all(|&span| new.accepts(span)));
        prop_assert!(carried.spans.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert_eq!(carried.spans.is_empty(), carried.certainty == Certainty::Lost);
        if carried.certainty == Certainty::Exact {
            let text = |text: &Text, spans: &[Span]| spans.iter().map(|&span| text.slice(span).unwrap_or("").to_owned()).collect::<Vec<_>>();
            prop_assert_eq!(text(&old, &spans), text(&new, &carried.spans));
        }
    }
}
