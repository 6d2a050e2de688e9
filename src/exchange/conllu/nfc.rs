//! Normalization form C (UAX #15), which Universal Dependencies asks for.
//!
//! Decompositions and compositions are swash's, combining classes those of ICU.

use icu_properties::CodePointMapData;
use icu_properties::props::CanonicalCombiningClass;
use swash::text::Codepoint as _;

/// The text in normalization form C.
pub(super) fn normalised(text: &str) -> String {
    // Nothing below the combining marks decomposes that would not be composed again.
    if text.chars().all(|c| c < '\u{300}') {
        return text.to_owned();
    }
    let classes = CodePointMapData::<CanonicalCombiningClass>::new();
    #[expect(deprecated, reason = "the number is what the rules order by; only its name is being discussed")]
    let class = |c: char| classes.get(c).to_icu4c_value();
    let mut parts: Vec<(char, u8)> = Vec::with_capacity(text.len());
    for c in text.chars() {
        decompose(c, &mut |c| parts.push((c, class(c))));
    }
    for run in parts.chunk_by_mut(|(_, before), (_, class)| *before != 0 && *class != 0) {
        run.sort_by_key(|(_, class)| *class);
    }
    compose(&parts)
}

/// Gives the canonical decomposition of a character, down to what has none.
fn decompose(c: char, each: &mut dyn FnMut(char)) {
    let mut parts = c.decompose();
    match (parts.next(), parts.next()) {
        (Some(one), None) if one == c => each(c),
        (first, second) => {
            first.into_iter().chain(second).chain(parts).for_each(|part| decompose(part, each))
        }
    }
}

/// Composes what composes: each character with the last one of class 0 before it, unless something of its class or a higher one stands between.
fn compose(parts: &[(char, u8)]) -> String {
    let mut out: Vec<char> = Vec::with_capacity(parts.len());
    let mut starter: Option<usize> = None;
    let mut last = 0;
    for &(c, class) in parts {
        if let Some(at) = starter {
            let is_next = at + 1 == out.len();
            let is_free = is_next || (last < class && last != 0);
            if is_free && let Some(composed) = swash_compose(out[at], c) {
                out[at] = composed;
                continue;
            }
        }
        if class == 0 {
            starter = Some(out.len());
        }
        last = class;
        out.push(c);
    }
    out.into_iter().collect()
}

fn swash_compose(a: char, b: char) -> Option<char> {
    <char as swash::text::Codepoint>::compose(a, b)
}
