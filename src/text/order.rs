//! Reordering within a line: rules L1 and L2 of UAX #9. Levels in, positions out; no glyphs.

use icu_properties::props::BidiClass;

use super::direction::bidi_class;

/// Where the trailing white space of a line begins (UAX #9, L1, third and fourth part): from this byte of `line` to its end the
/// characters take the paragraph's level, whatever they were embedded in.
pub(super) fn trailing_start(line: &str) -> usize {
    line.char_indices()
        .rev()
        .take_while(|(_, c)| *c == ' ' || is_reset_at_line_end(bidi_class(*c)))
        .last()
        .map_or(line.len(), |(at, _)| at)
}

fn is_reset_at_line_end(class: BidiClass) -> bool {
    use BidiClass as B;
    matches!(
        class,
        B::WhiteSpace
            | B::SegmentSeparator
            | B::ParagraphSeparator
            | B::LeftToRightIsolate
            | B::RightToLeftIsolate
            | B::FirstStrongIsolate
            | B::PopDirectionalIsolate
            // Removed by rule X9, so they cannot stand between white space and the line's end.
            | B::LeftToRightEmbedding
            | B::RightToLeftEmbedding
            | B::LeftToRightOverride
            | B::RightToLeftOverride
            | B::PopDirectionalFormat
            | B::BoundaryNeutral
    )
}

/// Puts what is in logical order into the order of the screen, left to right (UAX #9, L2): from the highest level to the lowest odd
/// one, every sequence at that level or above is reversed.
pub(super) fn to_visual<T>(parts: &mut [T], level: impl Fn(&T) -> u8) {
    let highest = parts.iter().map(&level).max().unwrap_or(0);
    let Some(lowest_odd) = parts.iter().map(&level).filter(|l| l % 2 == 1).min() else { return };
    for limit in (lowest_odd..=highest).rev() {
        let mut start = 0;
        while start < parts.len() {
            if level(&parts[start]) < limit {
                start += 1;
                continue;
            }
            let length = parts[start..].iter().take_while(|part| level(part) >= limit).count();
            parts[start..start + length].reverse();
            start += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_levels_reverse_from_the_inside_out() {
        let mut parts = vec![('a', 1), ('b', 2), ('c', 3), ('d', 2), ('e', 1)];
        to_visual(&mut parts, |part| part.1);
        let order: String = parts.iter().map(|part| part.0).collect();
        assert_eq!(order, "ebcda");
    }

    #[test]
    fn trailing_white_space_includes_what_is_removed() {
        assert_eq!(trailing_start("abc \u{202c} "), 3);
        assert_eq!(trailing_start("abc"), 3);
        assert_eq!(trailing_start("  "), 0);
        assert_eq!(trailing_start("abc\u{a0}"), 5);
    }
}
