//! Rules X1 to W7 of UAX #9: explicit levels, isolating run sequences, weak types.
//!
//! Reads the text once and keeps a token for each change of type; the sequences are handed to [`neutrals`](super::neutrals) as they end.

use std::ops::Range;

use super::{Class, Levels, class_of};
use crate::text::direction::Direction;

/// What a token of text is, from rule W1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Left,
    Right,
    Number,
    ArabicNumber,
    /// Neither way, or not any more.
    Neutral,
    /// One separator after a number: what follows decides (W4).
    Separator {
        common: bool,
    },
    /// Terminators after no number: what follows decides (W5).
    Terminators,
    /// A bracket, with the marks upon it.
    Opening,
    Closing,
}

impl Kind {
    pub fn of(direction: Direction) -> Self {
        if direction.is_rtl() { Self::Right } else { Self::Left }
    }

    /// The direction that rules N0 to N2 see: numbers count as right.
    pub fn direction(self) -> Option<Direction> {
        match self {
            Self::Left => Some(Direction::LeftToRight),
            Self::Right | Self::Number | Self::ArabicNumber => Some(Direction::RightToLeft),
            _ => None,
        }
    }
}

/// Consecutive characters of one kind; it begins where the token before it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub end: u32,
    pub kind: Kind,
    pub level: u8,
}

/// An entry of the directional status stack (X1).
#[derive(Clone, Copy)]
struct Embedding {
    level: u8,
    forced: Option<Direction>,
    is_isolate: bool,
}

/// The deepest level (BD2).
const DEEPEST: u8 = 125;

/// An isolating run sequence (BD13) that is being read.
pub(super) struct Sequence {
    pub level: u8,
    /// The direction of what stands before it.
    pub start: Direction,
    /// Its tokens; the last range is open.
    pub tokens: Vec<Range<usize>>,
    last_strong: Class,
    /// The class of the character before, as rule W1 leaves it.
    before: Class,
    /// The number that the character before is, as rule W4 sees it.
    number: Option<Kind>,
    /// Whether the character before is a European number, as rule W5 sees it.
    after_number: bool,
    /// Whether the character before is a bracket or a mark upon one.
    after_bracket: bool,
}

pub(super) struct Resolver<'a> {
    pub text: &'a str,
    base: u8,
    stack: Vec<Embedding>,
    overflowing_isolates: usize,
    overflowing_embeddings: usize,
    pub tokens: Vec<Token>,
    current: Option<Sequence>,
    /// The sequences outside the isolates that are open.
    outside: Vec<Sequence>,
    /// The level of the character before.
    level_before: u8,
    /// Where the white space began that rule L1 resets if a separator follows.
    white: Option<usize>,
    /// What rule L1 resets.
    reset: Vec<Range<u32>>,
}

impl<'a> Resolver<'a> {
    pub fn new(text: &'a str, base: u8) -> Self {
        Self {
            text,
            base,
            stack: vec![Embedding { level: base, forced: None, is_isolate: false }],
            overflowing_isolates: 0,
            overflowing_embeddings: 0,
            tokens: Vec::new(),
            current: None,
            outside: Vec::new(),
            level_before: base,
            white: None,
            reset: Vec::new(),
        }
    }

    pub fn read(&mut self) {
        for (at, c) in self.text.char_indices() {
            self.take(at, at + c.len_utf8(), class_of(c));
        }
        self.end_paragraph();
    }

    fn top(&self) -> Embedding {
        *self.stack.last().expect("the paragraph's own entry is never removed")
    }

    /// Rules X2 to X8 for one character.
    fn take(&mut self, at: usize, end: usize, class: Class) {
        match class {
            Class::White | Class::Isolate(_) | Class::PopIsolate => {
                self.white.get_or_insert(at);
            }
            Class::Segment | Class::Paragraph => {
                let from = self.white.take().unwrap_or(at);
                self.reset.push(from as u32..end as u32);
            }
            Class::Removed | Class::Embed(_) | Class::Override(_) | Class::PopEmbedding => {}
            _ => self.white = None,
        }
        match class {
            Class::Embed(direction) => self.embed(end, direction, None),
            Class::Override(direction) => self.embed(end, direction, Some(direction)),
            Class::PopEmbedding => {
                if self.overflowing_isolates > 0 {
                } else if self.overflowing_embeddings > 0 {
                    self.overflowing_embeddings -= 1;
                } else if !self.top().is_isolate && self.stack.len() > 1 {
                    self.stack.pop();
                }
                self.remove(end);
            }
            Class::Removed => self.remove(end),
            Class::Isolate(direction) => self.isolate(end, direction),
            Class::PopIsolate => {
                if self.overflowing_isolates > 0 {
                    self.overflowing_isolates -= 1;
                } else if !self.outside.is_empty() {
                    self.overflowing_embeddings = 0;
                    while !self.top().is_isolate {
                        self.stack.pop();
                    }
                    self.stack.pop();
                    let level = self.top().level;
                    self.finish_current(level);
                    self.current = self.outside.pop();
                    let next = self.tokens.len();
                    if let Some(sequence) = &mut self.current {
                        sequence.tokens.push(next..next);
                    }
                }
                self.put(end, Class::Other);
            }
            Class::Paragraph => {
                self.put(end, Class::Other);
                self.end_paragraph();
            }
            _ => self.put(end, class),
        }
    }

    /// X2 to X5.
    fn embed(&mut self, end: usize, direction: Direction, forced: Option<Direction>) {
        match self.next_level(direction) {
            Some(level) => self.stack.push(Embedding { level, forced, is_isolate: false }),
            None if self.overflowing_isolates == 0 => self.overflowing_embeddings += 1,
            None => {}
        }
        self.remove(end);
    }

    /// X5a to X5c.
    fn isolate(&mut self, end: usize, direction: Option<Direction>) {
        self.put(end, Class::Other);
        if self.overflowing_isolates > 0 || self.overflowing_embeddings > 0 {
            self.overflowing_isolates += 1;
            return;
        }
        let direction = direction.unwrap_or_else(|| first_strong(&self.text[end..]));
        match self.next_level(direction) {
            Some(level) => {
                self.stack.push(Embedding { level, forced: None, is_isolate: true });
                if let Some(mut sequence) = self.current.take() {
                    self.close_range(&mut sequence);
                    self.outside.push(sequence);
                }
            }
            None => self.overflowing_isolates += 1,
        }
    }

    /// The level of an embedding in this direction; none where it would be too deep.
    fn next_level(&self, direction: Direction) -> Option<u8> {
        let level = self.top().level;
        let next = level + if (level % 2 == 1) == direction.is_rtl() { 2 } else { 1 };
        (next <= DEEPEST && self.overflowing_isolates == 0 && self.overflowing_embeddings == 0)
            .then_some(next)
    }

    /// Rule X9: the character goes with the one before it.
    fn remove(&mut self, end: usize) {
        match self.tokens.last_mut() {
            Some(last) => last.end = end as u32,
            None => self.tokens.push(Token { end: end as u32, kind: Kind::Neutral, level: self.base }),
        }
    }

    /// Puts a character into the sequence to which it belongs (X10) and applies rules W1 to W7.
    fn put(&mut self, end: usize, class: Class) {
        let Embedding { level, forced, .. } = self.top();
        let class = match forced {
            Some(Direction::LeftToRight) => Class::Left,
            Some(Direction::RightToLeft) => Class::Right,
            None => class,
        };
        if self.current.as_ref().is_some_and(|sequence| sequence.level != level) {
            self.finish_current(level);
        }
        let mut sequence = self.current.take().unwrap_or_else(|| {
            let start = Direction::of_level(self.level_before.max(level));
            let strong = if start.is_rtl() { Class::Right } else { Class::Left };
            let next = self.tokens.len();
            Sequence {
                level,
                start,
                tokens: std::iter::once(next..next).collect(),
                last_strong: strong,
                before: strong,
                number: None,
                after_number: false,
                after_bracket: false,
            }
        });
        self.level_before = level;
        self.weaken(&mut sequence, end as u32, class);
        self.current = Some(sequence);
    }

    /// Rules W1 to W7, as far as what follows need not be known; [`Kind::Separator`] and [`Kind::Terminators`] wait for it.
    fn weaken(&mut self, sequence: &mut Sequence, end: u32, class: Class) {
        let class = if class == Class::Mark {
            if sequence.after_bracket {
                if let Some(bracket) = self.tokens.last_mut() {
                    bracket.end = end;
                }
                return;
            }
            sequence.before
        } else {
            class
        };
        sequence.before = class;
        sequence.after_bracket = false;
        let (number, after_number) = (sequence.number.take(), sequence.after_number);
        sequence.after_number = false;
        let pending = self.last(sequence).map(|token| token.kind);
        let kind = match class {
            Class::Left => Kind::Left,
            Class::Right | Class::ArabicLetter => Kind::Right,
            Class::Number if sequence.last_strong != Class::ArabicLetter => {
                sequence.number = Some(Kind::Number);
                sequence.after_number = true;
                let kind = if sequence.last_strong == Class::Left { Kind::Left } else { Kind::Number };
                let joins = match pending {
                    Some(Kind::Terminators) => true,
                    Some(Kind::Separator { .. }) => number == Some(Kind::Number),
                    _ => false,
                };
                if joins {
                    self.settle(sequence, kind);
                }
                kind
            }
            Class::Number | Class::ArabicNumber => {
                sequence.number = Some(Kind::ArabicNumber);
                if pending == Some(Kind::Separator { common: true }) && number == Some(Kind::ArabicNumber) {
                    self.settle(sequence, Kind::ArabicNumber);
                }
                Kind::ArabicNumber
            }
            Class::PlusMinus | Class::Common => {
                let common = class == Class::Common;
                let waits = pending.is_none_or(|kind| !matches!(kind, Kind::Separator { .. }))
                    && (number == Some(Kind::Number) || common && number == Some(Kind::ArabicNumber));
                // The number stays known until the next character.
                sequence.number = number.filter(|_| waits);
                if waits { Kind::Separator { common } } else { Kind::Neutral }
            }
            Class::Terminator if after_number => {
                sequence.after_number = true;
                if sequence.last_strong == Class::Left { Kind::Left } else { Kind::Number }
            }
            Class::Terminator => Kind::Terminators,
            Class::Opening => Kind::Opening,
            Class::Closing => Kind::Closing,
            _ => Kind::Neutral,
        };
        if matches!(class, Class::Left | Class::Right | Class::ArabicLetter) {
            sequence.last_strong = class;
        }
        sequence.after_bracket = matches!(kind, Kind::Opening | Kind::Closing);
        match self.last(sequence).map(|token| token.kind) {
            Some(Kind::Terminators) if kind == Kind::Terminators => {}
            Some(Kind::Terminators | Kind::Separator { .. }) => self.settle(sequence, Kind::Neutral),
            _ => {}
        }
        self.add(sequence, end, kind);
    }

    /// The last token of a sequence, where nothing of another stands behind it.
    fn last(&self, sequence: &Sequence) -> Option<&Token> {
        let range = sequence.tokens.last()?;
        self.tokens[range.start..].last()
    }

    /// Decides what the last token of a sequence is.
    fn settle(&mut self, sequence: &Sequence, kind: Kind) {
        let begin = sequence.tokens.last().map_or(0, |range| range.start);
        if let Some(Token { end, .. }) = self.tokens.pop() {
            debug_assert!(self.tokens.len() >= begin);
            self.add(sequence, end, kind);
        }
    }

    /// Adds to a sequence; what is alike becomes one token, and neutrals between two of one direction become theirs at once (N1).
    fn add(&mut self, sequence: &Sequence, end: u32, kind: Kind) {
        let begin = sequence.tokens.last().map_or(0, |range| range.start);
        if !matches!(kind, Kind::Opening | Kind::Closing | Kind::Separator { .. }) {
            let own = &mut self.tokens[begin..];
            if let [.., last] = own
                && last.kind == kind
            {
                last.end = end;
                return;
            }
            if let [.., before, between] = own
                && matches!(kind, Kind::Left | Kind::Right)
                && between.kind == Kind::Neutral
                && before.kind == kind
            {
                before.end = end;
                self.tokens.pop();
                return;
            }
        }
        self.tokens.push(Token { end, kind, level: sequence.level });
    }

    fn close_range(&self, sequence: &mut Sequence) {
        if let Some(range) = sequence.tokens.last_mut() {
            range.end = self.tokens.len();
        }
    }

    /// Ends the current sequence; the character after it has this level.
    fn finish_current(&mut self, next_level: u8) {
        if let Some(mut sequence) = self.current.take() {
            self.close_range(&mut sequence);
            let end = Direction::of_level(sequence.level.max(next_level));
            self.resolve(&sequence, end);
        }
    }

    /// Ends every sequence; what follows begins as a text does.
    fn end_paragraph(&mut self) {
        self.finish_current(self.base);
        while let Some(sequence) = self.outside.pop() {
            let end = Direction::of_level(sequence.level.max(self.base));
            self.resolve(&sequence, end);
        }
        self.stack.truncate(1);
        (self.overflowing_isolates, self.overflowing_embeddings) = (0, 0);
        self.level_before = self.base;
    }

    pub fn levels(self) -> Levels {
        let mut levels = Levels::default();
        let mut reset = self.reset.into_iter().peekable();
        let mut start = 0;
        for token in self.tokens {
            while start < token.end {
                while reset.next_if(|reset| reset.end <= start).is_some() {}
                let (end, level) = match reset.peek() {
                    Some(reset) if reset.start <= start => (reset.end.min(token.end), self.base),
                    Some(reset) => (reset.start.min(token.end), token.level),
                    None => (token.end, token.level),
                };
                levels.push(end, level);
                start = end;
            }
        }
        levels.ends.shrink_to_fit();
        levels.levels.shrink_to_fit();
        levels
    }
}

/// The direction of the first strong character of an isolate (X5c); left-to-right where there is none.
fn first_strong(text: &str) -> Direction {
    let mut depth = 0u32;
    for c in text.chars() {
        match class_of(c) {
            Class::Left if depth == 0 => return Direction::LeftToRight,
            Class::Right | Class::ArabicLetter if depth == 0 => return Direction::RightToLeft,
            Class::Isolate(_) => depth += 1,
            Class::PopIsolate if depth == 0 => break,
            Class::PopIsolate => depth -= 1,
            // What stands before a paragraph separator is all there is of a paragraph.
            Class::Paragraph => break,
            _ => {}
        }
    }
    Direction::LeftToRight
}
