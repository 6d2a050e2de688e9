//! Which way a text runs, by the rule that the reading view follows: a document is right-to-left when at least 30 % of its strong characters
//! are; in such a document a line is left-to-right only where it holds none of them and a Latin letter or the like, in any other document the
//! first strong character decides.

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;

/// What the strong characters of a text are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strong {
    left: usize,
    right: usize,
    /// Whether the first is of the right.
    begins_right: bool,
}

impl Strong {
    pub fn of(text: &str) -> Self {
        let classes = CodePointMapData::<BidiClass>::new();
        let mut strong = Self::default();
        for character in text.chars() {
            let is_first = strong.left + strong.right == 0;
            match classes.get(character) {
                BidiClass::LeftToRight => strong.left += 1,
                BidiClass::RightToLeft | BidiClass::ArabicLetter => {
                    strong.right += 1;
                    strong.begins_right |= is_first;
                }
                _ => {}
            }
        }
        strong
    }

    /// Whether a document of this text is right-to-left.
    pub fn is_right_document(self) -> bool {
        10 * self.right >= 3 * (self.left + self.right) && self.right > 0
    }

    /// Whether a line of this text is right-to-left in such a document, or in another.
    pub fn is_right_line(self, in_right_document: bool) -> bool {
        if in_right_document { self.right > 0 || self.left == 0 } else { self.begins_right }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_lines_run_as_in_the_reading_view() {
        for (text, document, in_right, in_left) in [
            ("قال Putin إن", true, true, true),
            ("Putin قال إن", true, true, false),
            ("a long English line with كلمة", false, true, false),
            ("English", false, false, false),
            ("2023 / 12", false, true, false),
            ("", false, true, false),
        ] {
            let strong = Strong::of(text);
            let found = (strong.is_right_document(), strong.is_right_line(true), strong.is_right_line(false));
            assert_eq!(found, (document, in_right, in_left), "{text}");
        }
    }
}
