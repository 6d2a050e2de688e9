//! The flow of a document's paragraphs as properties: nothing on screen moves when guesses become heights, and every place can be
//! reached.

use hashiya::text::{Anchor, Flow, Placed};
use proptest::prelude::*;

const VIEWPORT: f32 = 600.0;

/// Lays out what is visible, as a frame does, until everything visible is real.
fn frame(flow: &mut Flow, real: &[f32]) -> Vec<Placed> {
    for _ in 0..1000 {
        let unknown = flow.visible(VIEWPORT).find(|placed| !placed.real).map(|placed| placed.paragraph);
        match unknown {
            Some(paragraph) => flow.set_height(paragraph, real[paragraph]),
            None => return flow.visible(VIEWPORT).collect(),
        }
    }
    panic!("a frame comes to rest");
}

fn at_an_end(flow: &Flow) -> bool {
    let anchor = flow.anchor();
    let position = flow.top_of(anchor.paragraph) + anchor.offset;
    position <= 0.01 || position >= flow.total() - f64::from(VIEWPORT) - 0.01
}

fn documents() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
    prop::collection::vec((10.0f32..400.0, 10.0f32..400.0), 1..700)
        .prop_map(|pairs| pairs.into_iter().unzip())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_on_screen_moves_but_by_scrolling(
        (guessed, real) in documents(),
        moves in prop::collection::vec(prop_oneof![4 => -550.0f32..550.0, 1 => 2000.0f32..9000.0], 1..40),
    ) {
        let mut flow = Flow::new(guessed);
        flow.set_viewport(VIEWPORT);
        let mut shown = frame(&mut flow, &real);
        for pixels in moves {
            if pixels >= 2000.0 {
                // A jump of the scroll bar: nothing need stay.
                flow.set_fraction(f64::from(pixels) / 10_000.0);
                shown = frame(&mut flow, &real);
                continue;
            }
            flow.scroll_by(pixels);
            let now = frame(&mut flow, &real);
            // All that stays on screen moves together, no farther than was scrolled (a guessed end may stop it early).
            let after = |before: &Placed| now.iter().find(|placed| placed.paragraph == before.paragraph);
            let moved: Vec<f64> =
                shown.iter().filter_map(|before| after(before).map(|after| before.top - after.top)).collect();
            if !at_an_end(&flow) {
                for by in &moved {
                    prop_assert!((by - moved[0]).abs() < 0.01, "{moved:?}");
                    let scrolled = f64::from(pixels);
                    prop_assert!(by * scrolled.signum() > -0.01 && by.abs() < scrolled.abs() + 0.01, "{by} of {scrolled}");
                }
            }
            // The window is filled without gaps, from its top to its bottom or the document's end.
            prop_assert!(now[0].top <= 0.01);
            for pair in now.windows(2) {
                prop_assert!((pair[0].top + f64::from(pair[0].height) - pair[1].top).abs() < 0.01);
                prop_assert_eq!(pair[0].paragraph + 1, pair[1].paragraph);
            }
            let last = now[now.len() - 1];
            let filled = last.top + f64::from(last.height) >= f64::from(VIEWPORT) - 0.01;
            prop_assert!(filled || flow.total() <= f64::from(VIEWPORT) || last.paragraph + 1 < flow.len());
            shown = now;
        }
    }

    #[test]
    fn totals_are_those_of_a_plain_sum((guessed, real) in documents(), known in prop::collection::vec(any::<prop::sample::Index>(), 0..60)) {
        let mut flow = Flow::new(guessed.clone());
        let mut heights = guessed;
        for index in known {
            let at = index.index(heights.len());
            flow.set_height(at, real[at]);
            heights[at] = real[at];
        }
        let mut top = 0.0f64;
        for (at, height) in heights.iter().enumerate() {
            prop_assert!((flow.top_of(at) - top).abs() < 1.0e-6);
            top += f64::from(*height);
        }
        prop_assert!((flow.total() - top).abs() < 1.0e-6);
    }

    #[test]
    fn fractions_and_jumps_come_back((_, real) in documents(), fraction in 0.0f64..=1.0, target in any::<prop::sample::Index>()) {
        let mut flow = Flow::new(real.clone());
        flow.set_viewport(VIEWPORT);
        for (at, height) in real.iter().enumerate() {
            flow.set_height(at, *height);
        }
        flow.set_fraction(fraction);
        if flow.total() > f64::from(VIEWPORT) + 1.0 {
            prop_assert!((flow.position_fraction() - fraction).abs() < 1.0e-6);
        }
        let paragraph = target.index(real.len());
        flow.jump_to(paragraph, 3.0);
        if !at_an_end(&flow) {
            prop_assert_eq!(flow.anchor(), Anchor { paragraph, offset: 3.0 });
        }
        prop_assert!(flow.visible(VIEWPORT).any(|placed| placed.paragraph == paragraph));
    }
}

#[test]
fn a_million_paragraphs_are_a_matter_of_milliseconds() {
    let mut flow = Flow::new((0..1_000_000).map(|n| 30.0 + (n % 7) as f32));
    flow.set_viewport(VIEWPORT);
    flow.jump_to(999_000, 0.0);
    let before: Vec<Placed> = flow.visible(VIEWPORT).collect();
    assert_eq!((before[0].paragraph, before[0].top), (999_000, 0.0));
    for n in 0..1000 {
        flow.set_height(n * 900, 31.5);
    }
    let after: Vec<Placed> = flow.visible(VIEWPORT).collect();
    assert_eq!(after[0].top, 0.0);
    assert_eq!(after[0].paragraph, 999_000);
    flow.set_fraction(1.0);
    assert_eq!(flow.visible(VIEWPORT).last().map(|placed| placed.paragraph), Some(999_999));
    assert!(flow.position_fraction() > 0.999_999);
}

#[test]
fn new_estimates_keep_the_paragraph_on_top() {
    let mut flow = Flow::new(vec![100.0; 50]);
    flow.set_viewport(VIEWPORT);
    flow.jump_to(20, 50.0);
    flow.reset_heights(vec![200.0; 50]);
    assert_eq!(flow.anchor(), Anchor { paragraph: 20, offset: 100.0 });
}

#[test]
fn an_empty_flow_shows_nothing() {
    let mut flow = Flow::new([]);
    flow.set_viewport(VIEWPORT);
    flow.scroll_by(100.0);
    flow.set_fraction(0.5);
    flow.jump_to(3, 1.0);
    assert_eq!(flow.visible(VIEWPORT).count(), 0);
    assert_eq!(flow.position_fraction(), 0.0);
}
