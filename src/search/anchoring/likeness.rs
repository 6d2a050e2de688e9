//! How like one whole text is to another: whether a file may be a later version of a document, whatever it is called now.

use super::letters::{scramble, words};

/// What a text says, as far as it takes to tell how like another is: its words, and each word together with the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Hashes in order; what stands several times is there several times.
    marks: Vec<u64>,
}

impl Fingerprint {
    /// The fingerprint of a text. Marks, tatweel, white space and spellings of one letter do not count.
    pub fn of(text: &str) -> Self {
        let words = words(text);
        let mut marks = Vec::with_capacity(words.len() * 2);
        let mut before = None;
        for word in words {
            marks.push(scramble(word.key));
            if let Some(before) = before.replace(word.key) {
                marks.push(scramble(scramble(before) ^ word.key.rotate_left(1)));
            }
        }
        marks.sort_unstable();
        Self { marks }
    }

    /// Which share of both texts the two have in common (after Dice), from 0 to 1; what was only moved counts as in common. A text without
    /// words is like none.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut one, mut two) = (self.marks.as_slice(), other.marks.as_slice());
        let all = one.len() + two.len();
        let mut common = 0_usize;
        while let (Some((first, rest)), Some((second, others))) = (one.split_first(), two.split_first()) {
            match first.cmp(second) {
                std::cmp::Ordering::Less => one = rest,
                std::cmp::Ordering::Greater => two = others,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    (one, two) = (rest, others);
                }
            }
        }
        if common == 0 { 0.0 } else { 2.0 * common as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    fn likeness(one: &str, other: &str) -> f64 {
        Fingerprint::of(one).likeness(&Fingerprint::of(other))
    }

    #[test]
    fn what_was_changed_a_little_is_like_and_what_only_shares_words_is_not() {
        let text = "زار الرئيس مدينة حلب يوم الأحد ثم عقد فيها اجتماعا طويلا مع وجهاء المدينة وتجارها";
        for (other, least, most) in [
            (text.to_owned(), 1.0, 1.0),
            (text.replace("الأحد", "الأَحَـــد"), 1.0, 1.0),
            (text.replace("الأحد", "الاثنين"), 0.85, 0.95),
            (format!("عاجل: {text}"), 0.9, 0.99),
            // The same words in another order are not the same text.
            (text.split(' ').rev().collect::<Vec<_>>().join(" "), 0.3, 0.6),
            ("عاد الوزير يوم الأحد إلى دمشق مع وفد من وجهاء حمص".to_owned(), 0.1, 0.4),
            ("لا شيء".to_owned(), 0.0, 0.0),
            (String::new(), 0.0, 0.0),
        ] {
            let found = likeness(text, &other);
            assert!((least..=most).contains(&found), "{other}: {found}");
            assert!((likeness(&other, text) - found).abs() < f64::EPSILON);
        }
        assert!(likeness("", "").abs() < f64::EPSILON);
    }
}
