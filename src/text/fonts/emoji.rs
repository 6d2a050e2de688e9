//! Which graphemes want a picture: the emoji presentation of UTS #51, section 2 and 4. Pure.

use icu_properties::CodePointSetData;
use icu_properties::props::{Emoji, EmojiModifier, EmojiPresentation};

/// The variation selectors that ask for a picture, and for a letter.
const AS_PICTURE: char = '\u{fe0f}';
const AS_TEXT: char = '\u{fe0e}';

/// No emoji stands before this code point but digits, signs and © ®, which need a selector to become one.
const FIRST: char = '\u{203c}';

/// Whether a grapheme is to be shown as a picture, where there is one.
pub(super) fn wants_picture(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(base) = chars.next() else { return false };
    // Nearly every grapheme ends here.
    if base < FIRST && !matches!(base, '#' | '*' | '0'..='9' | '©' | '®') {
        return false;
    }
    let next = chars.next();
    if next == Some(AS_TEXT) || !CodePointSetData::new::<Emoji>().contains(base) {
        return false;
    }
    let is_shown = |c: char| CodePointSetData::new::<EmojiPresentation>().contains(c);
    next == Some(AS_PICTURE)
        || is_shown(base)
        || next.is_some_and(|c| CodePointSetData::new::<EmojiModifier>().contains(c))
        || base >= FIRST && chars.any(is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_want_a_picture_and_signs_do_not() {
        for yes in [
            "😀",
            "❤\u{fe0f}",
            "👩🏽\u{200d}🚀",
            "🇱🇧",
            "1\u{fe0f}\u{20e3}",
            "☝🏽",
            "©\u{fe0f}",
            "❤\u{200d}🔥",
            "🏴\u{e0067}\u{e007f}",
        ] {
            assert!(wants_picture(yes), "{yes}");
        }
        for no in [
            "❤",
            "❤\u{fe0e}",
            "😀\u{fe0e}",
            "1",
            "12",
            "1\u{20e3}",
            "#",
            "©",
            "ب",
            "بَّ",
            "漢",
            "→",
            "∑",
            "",
            "ا\u{fe0f}",
        ] {
            assert!(!wants_picture(no), "{no}");
        }
    }
}
