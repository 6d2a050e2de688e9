//! Rules N0 to I2 of UAX #9 for one isolating run sequence: brackets, neutrals, and the levels of what is resolved.

use icu_properties::CodePointMapData;
use icu_properties::props::BidiMirroringGlyph;

use super::resolver::{Kind, Resolver, Sequence, Token};
use crate::text::direction::Direction;

/// The brackets that may be open at once (BD16).
const OPEN_BRACKETS: usize = 63;

impl Resolver<'_> {
    /// Rules N0 to I2 for a whole sequence, before `end`.
    pub fn resolve(&mut self, sequence: &Sequence, end: Direction) {
        let order: Vec<u32> = sequence.tokens.iter().cloned().flatten().map(|token| token as u32).collect();
        for &token in &order {
            let kind = &mut self.tokens[token as usize].kind;
            if matches!(kind, Kind::Separator { .. } | Kind::Terminators) {
                *kind = Kind::Neutral;
            }
        }
        self.pair_brackets(sequence, &order);
        let embedding = Direction::of_level(sequence.level);
        let mut before = sequence.start;
        let mut at = 0;
        while at < order.len() {
            let direction = |token: &u32| self.tokens[*token as usize].kind.direction();
            if let Some(strong) = direction(&order[at]) {
                before = strong;
                at += 1;
                continue;
            }
            let until = order[at..].iter().position(|token| direction(token).is_some());
            let until = until.map_or(order.len(), |length| at + length);
            let after = order.get(until).and_then(direction).unwrap_or(end);
            let resolved = if before == after { before } else { embedding };
            for &token in &order[at..until] {
                self.tokens[token as usize].kind = Kind::of(resolved);
            }
            at = until;
        }
        for &token in &order {
            let Token { kind, level, .. } = &mut self.tokens[token as usize];
            *level = match (sequence.level % 2 == 1, *kind) {
                (false, Kind::Number | Kind::ArabicNumber) => sequence.level + 2,
                (false, Kind::Right) | (true, Kind::Left | Kind::Number | Kind::ArabicNumber) => {
                    sequence.level + 1
                }
                _ => sequence.level,
            };
        }
    }

    /// Rule N0, with the pairs of BD16.
    fn pair_brackets(&mut self, sequence: &Sequence, order: &[u32]) {
        let mut open: Vec<(char, usize)> = Vec::new();
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (at, &token) in order.iter().enumerate() {
            match self.tokens[token as usize].kind {
                Kind::Opening => {
                    if open.len() == OPEN_BRACKETS {
                        break;
                    }
                    let bracket = self.char_of(token);
                    let other = CodePointMapData::<BidiMirroringGlyph>::new().get(bracket).mirroring_glyph;
                    open.push((canonical(other.unwrap_or(bracket)), at));
                }
                Kind::Closing => {
                    let bracket = canonical(self.char_of(token));
                    if let Some(depth) = open.iter().rposition(|(closing, _)| *closing == bracket) {
                        pairs.push((open[depth].1, at));
                        open.truncate(depth);
                    }
                }
                _ => {}
            }
        }
        pairs.sort_unstable();
        let embedding = Direction::of_level(sequence.level);
        for (opening, closing) in pairs {
            let direction = |at: usize| self.tokens[order[at] as usize].kind.direction();
            let mut inside = None;
            for strong in (opening + 1..closing).filter_map(direction) {
                inside = Some(strong);
                if strong == embedding {
                    break;
                }
            }
            let Some(inside) = inside else { continue };
            let resolved = if inside == embedding {
                embedding
            } else {
                // Whatever stands before decides between the direction inside and the embedding's.
                (0..opening).rev().find_map(direction).unwrap_or(sequence.start)
            };
            for at in [opening, closing] {
                self.tokens[order[at] as usize].kind = Kind::of(resolved);
            }
        }
    }

    /// The character at which a token begins.
    fn char_of(&self, token: u32) -> char {
        let start = (token as usize).checked_sub(1).map_or(0, |before| self.tokens[before].end as usize);
        self.text[start..].chars().next().unwrap_or(' ')
    }
}

/// Brackets that are canonically equivalent match each other (BD16).
fn canonical(bracket: char) -> char {
    if bracket == '\u{232a}' { '\u{3009}' } else { bracket }
}
