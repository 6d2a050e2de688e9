//! The colours of a page: tints behind words, light enough that ink on them is read with ease.

use crate::model::Color;

/// The page.
pub const PAPER: Color = Color([0xfd, 0xfc, 0xf8]);

/// The colour of marks without a tag.
pub const UNTAGGED: Color = Color([0x8a, 0x86, 0x7c]);

/// How much of a colour goes into its tint, in hundredths; more where marks overlap.
const ALONE: u32 = 20;
const TOGETHER: u32 = 30;

/// What lies behind words that an annotation of this colour marks, the innermost of so many.
pub fn tint(color: Color, count: usize) -> Color {
    let share = if count > 1 { TOGETHER } else { ALONE };
    let channel = |at: usize| {
        let mixed = (u32::from(color.0[at]) * share + u32::from(PAPER.0[at]) * (100 - share)) / 100;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    Color([channel(0), channel(1), channel(2)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(color: Color) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = color.0.map(channel);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    proptest! {
        #[test]
        fn ink_on_any_tint_has_the_contrast_that_the_strictest_rule_asks(
            color in any::<[u8; 3]>().prop_map(Color), count in 1..5usize,
        ) {
            let ink = Color([0x23, 0x21, 0x1d]);
            let contrast = (luminance(tint(color, count)) + 0.05) / (luminance(ink) + 0.05);
            prop_assert!(contrast >= 7.0, "{} behind {ink}: {contrast}", tint(color, count));
        }
    }
}
