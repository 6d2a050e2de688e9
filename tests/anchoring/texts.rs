//! Texts to change: the seeds, and generated ones that are hard in different ways. And chance that repeats itself.

use std::fs;
use std::path::Path;

/// A generator of numbers that gives the same ones for the same seed (SplitMix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 { 0 } else { (self.next() % limit as u64) as usize }
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// The five seeds.
pub fn seeds() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the seeds").map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    let texts: Vec<String> =
        paths.iter().map(|path| fs::read_to_string(path).expect("a seed is UTF-8")).collect();
    assert_eq!(texts.len(), 5);
    texts
}

/// The words of all seeds, each as often as it stands there.
pub fn vocabulary() -> Vec<String> {
    seeds().iter().flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A sentence of words as frequent as in the seeds.
pub fn sentence(words: &[String], chance: &mut Chance) -> String {
    let count = chance.between(4, 22);
    let mut sentence = (0..count).map(|_| chance.of(words).as_str()).collect::<Vec<_>>().join(" ");
    let end: &str = chance.of::<&str>(&[".", ".", ".", "؟", "!", "…", ":"]);
    sentence.push_str(end);
    sentence
}

fn paragraphs(words: &[String], chance: &mut Chance, count: usize, line: &str) -> String {
    let paragraph = |chance: &mut Chance| {
        let sentences = chance.between(1, 6);
        (0..sentences).map(|_| sentence(words, chance)).collect::<Vec<_>>().join(" ")
    };
    (0..count).map(|_| paragraph(chance)).collect::<Vec<_>>().join(line)
}

/// The kinds of text that are measured.
pub const KINDS: [&str; 7] = ["seed", "prose", "one line", "refrain", "list", "vowelled", "message"];

/// A text of a kind.
pub fn text(kind: &str, words: &[String], chance: &mut Chance) -> String {
    match kind {
        "seed" => chance.of(&seeds()).clone(),
        "prose" => paragraphs(words, chance, 12, "\n\n"),
        "message" => {
            let count = chance.between(5, 40);
            (0..count).map(|_| chance.of(words).as_str()).collect::<Vec<_>>().join(" ")
        }
        "one line" => paragraphs(words, chance, 8, " "),
        // The same sentence comes again and again, and a third of the text is one paragraph over and over.
        "refrain" => {
            let refrain = sentence(words, chance);
            let again = paragraphs(words, chance, 1, "");
            let mut text = String::new();
            for _ in 0..12 {
                text.push_str(&paragraphs(words, chance, 1, ""));
                text.push(' ');
                text.push_str(&refrain);
                text.push('\n');
                if chance.once_in(3) {
                    text.push_str(&again);
                    text.push('\n');
                }
            }
            text
        }
        // Short lines of few words, many of them equal.
        "list" => {
            let few: Vec<&String> = (0..30).map(|_| chance.of(words)).collect();
            let mut text = String::new();
            for _ in 0..120 {
                let count = chance.between(1, 4);
                for at in 0..count {
                    text.push_str(if at > 0 { " " } else { "" });
                    text.push_str(chance.of(&few).as_str());
                }
                text.push('\n');
            }
            text
        }
        "vowelled" => {
            let plain = paragraphs(words, chance, 10, "\n");
            let mut text = String::new();
            for c in plain.chars() {
                text.push(c);
                if ('\u{621}'..='\u{64a}').contains(&c) && chance.once_in(2) {
                    text.push(*chance.of(&MARKS));
                }
                if c == ' ' && chance.once_in(40) {
                    text.push_str(chance.of::<&str>(&["👨‍👩‍👧 ", "🇪🇬 ", "NATO ", "١٢ "]));
                }
            }
            text
        }
        _ => unreachable!("{kind} is none of the kinds"),
    }
}

/// Fatha, damma, kasra, sukun, shadda, tanwin, superscript alef.
pub const MARKS: [char; 7] = ['\u{64e}', '\u{64f}', '\u{650}', '\u{652}', '\u{651}', '\u{64b}', '\u{670}'];
