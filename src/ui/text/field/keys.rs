//! Keys and other events as what they mean to a field.
//!
//! Takes out of egui's events what the field uses, and leaves the rest to the window.

use std::ops::Range;

use egui::accesskit::{self, ActionData, ActionRequest, TextPosition};
use egui::os::OperatingSystem;
use egui::{Event, EventFilter, ImeEvent, InputState, Key, Modifiers, Pos2, Response, Ui};

use crate::text::Direction;
use crate::text::editing::Move;

/// What the arrows do to a focused field is its own business; Tab and Escape are egui's.
pub(super) const FILTER: EventFilter =
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };

/// One thing to do to a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Type(String),
    NewLine,
    Submit,
    Paste(String),
    Copy,
    Cut,
    Backspace {
        word: bool,
    },
    Delete {
        word: bool,
    },
    Go {
        movement: Move,
        extend: bool,
    },
    SelectAll,
    Undo,
    Redo,
    Force(Direction),
    /// What an input method composes, and the code points of it that it works on.
    Compose(String, Option<Range<usize>>),
    Commit(String),
    /// Code points before and after the caret.
    EraseAround(usize, usize),
    /// All of the text anew, as a screen reader asks.
    SetAll(String),
    /// From here to there, as a screen reader asks.
    Select(TextPosition, TextPosition),
    /// Pressed with the middle button at a place in points, with this on offer.
    PasteAt(Pos2, String),
}

impl Action {
    /// Whether it does anything to the text.
    pub fn changes_text(&self) -> bool {
        !matches!(
            self,
            Self::Submit | Self::Copy | Self::Go { .. } | Self::SelectAll | Self::Force(_) | Self::Select(..)
        )
    }
}

/// Ctrl and Shift pressed and let go together, with nothing between: the right Shift key makes a text run from right to left, the
/// left one from left to right.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chord {
    shift: Option<Direction>,
    armed: bool,
}

impl Chord {
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Hears of a key; the direction once the chord is let go.
    fn hear(&mut self, key: Key, pressed: bool, modifiers: Modifiers) -> Option<Direction> {
        let side = match key {
            Key::ShiftLeft => Some(Direction::LeftToRight),
            Key::ShiftRight => Some(Direction::RightToLeft),
            Key::ControlLeft | Key::ControlRight => None,
            _ => {
                self.armed &= !pressed;
                return None;
            }
        };
        if pressed {
            self.shift = side.or(self.shift.filter(|_| modifiers.shift));
            self.armed = self.shift.is_some() && (side.is_none() || modifiers.ctrl) && !modifiers.alt;
            return None;
        }
        let forced = self.shift.filter(|_| self.armed);
        self.armed = false;
        if side.is_some() {
            self.shift = None;
        }
        forced
    }
}

/// Whether Tab was pressed in this frame.
pub(super) fn tab_pressed(input: &InputState) -> bool {
    input.key_pressed(Key::Tab)
}

/// Takes what a field uses out of the events of this frame. `page` is the height of the view in pixels. While nothing is selected in the
/// field (`selecting`), Copy is left to whoever has something to copy.
pub(super) fn take(
    ui: &Ui,
    response: &Response,
    focused: bool,
    selecting: bool,
    many: bool,
    page: f32,
    chord: &mut Chord,
) -> Vec<Action> {
    let mac = matches!(ui.ctx().os(), OperatingSystem::Mac | OperatingSystem::IOS);
    let pointed = response.contains_pointer();
    let mut actions = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| {
            if let Event::AccessKitActionRequest(request) = event {
                let action = asked(request, response.id);
                let mine = action.is_some();
                actions.extend(action);
                return !mine;
            }
            if let Event::MiddleClickPaste { pos, text } = event {
                if pointed {
                    actions.push(Action::PasteAt(*pos, text.clone()));
                }
                return !pointed;
            }
            if !focused {
                return true;
            }
            match event {
                Event::Text(text) => actions.push(Action::Type(text.clone())),
                Event::Paste(text) => actions.push(Action::Paste(text.clone())),
                Event::Copy if selecting => actions.push(Action::Copy),
                Event::Cut => actions.push(Action::Cut),
                Event::Ime(event) => actions.extend(composed(event)),
                Event::Key { key, pressed, modifiers, .. } => {
                    actions.extend(chord.hear(*key, *pressed, *modifiers).map(Action::Force));
                    if !pressed {
                        return true;
                    }
                    match meaning(*key, *modifiers, many, page, mac) {
                        Meaning::Do(action) => actions.push(action),
                        Meaning::Swallow => {}
                        Meaning::Leave => return true,
                    }
                }
                _ => return true,
            }
            false
        });
    });
    actions
}

fn asked(request: &ActionRequest, id: egui::Id) -> Option<Action> {
    if request.target_node != id.accesskit_id() || request.target_tree != accesskit::TreeId::ROOT {
        return None;
    }
    match (request.action, &request.data) {
        (accesskit::Action::SetValue, Some(ActionData::Value(text))) => {
            Some(Action::SetAll(text.to_string()))
        }
        (accesskit::Action::ReplaceSelectedText, Some(ActionData::Value(text))) => {
            Some(Action::Paste(text.to_string()))
        }
        (accesskit::Action::SetTextSelection, Some(ActionData::SetTextSelection(selection))) => {
            Some(Action::Select(selection.anchor, selection.focus))
        }
        _ => None,
    }
}

fn composed(event: &ImeEvent) -> Option<Action> {
    match event {
        ImeEvent::Preedit { text, active_range_chars } => {
            Some(Action::Compose(text.clone(), active_range_chars.clone()))
        }
        ImeEvent::Commit(text) => Some(Action::Commit(text.clone())),
        ImeEvent::DeleteSurrounding { before_chars, after_chars } => {
            Some(Action::EraseAround(*before_chars, *after_chars))
        }
        #[expect(deprecated, reason = "egui's integrations may send them still")]
        ImeEvent::Enabled | ImeEvent::Disabled => None,
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Do(Action),
    /// It types something, which comes as text.
    Swallow,
    Leave,
}

/// What a pressed key means.
fn meaning(key: Key, modifiers: Modifiers, many: bool, page: f32, mac: bool) -> Meaning {
    let Modifiers { alt, ctrl, shift, command, .. } = modifiers;
    let (by_word, to_edge) = if mac { (alt, command) } else { (ctrl, false) };
    let go = |movement: Move| Meaning::Do(Action::Go { movement, extend: shift });
    let either = |word: Move, edge: Move, plain: Move| {
        go(if to_edge {
            edge
        } else if by_word {
            word
        } else {
            plain
        })
    };
    if alt && !mac {
        return Meaning::Leave;
    }
    match key {
        Key::ArrowLeft => either(Move::WordLeft, Move::LineStart, Move::Left),
        Key::ArrowRight => either(Move::WordRight, Move::LineEnd, Move::Right),
        Key::ArrowUp if many => either(Move::Up, Move::TextStart, Move::Up),
        Key::ArrowDown if many => either(Move::Down, Move::TextEnd, Move::Down),
        Key::PageUp if many => go(Move::PageUp(page)),
        Key::PageDown if many => go(Move::PageDown(page)),
        Key::Home => go(if ctrl { Move::TextStart } else { Move::LineStart }),
        Key::End => go(if ctrl { Move::TextEnd } else { Move::LineEnd }),
        Key::Backspace => Meaning::Do(Action::Backspace { word: by_word }),
        Key::Delete => Meaning::Do(Action::Delete { word: by_word }),
        Key::Enter if command => Meaning::Leave,
        Key::Enter => Meaning::Do(if many { Action::NewLine } else { Action::Submit }),
        Key::A if command && !shift => Meaning::Do(Action::SelectAll),
        Key::Z if command => Meaning::Do(if shift { Action::Redo } else { Action::Undo }),
        Key::Y if command && !shift => Meaning::Do(Action::Redo),
        // Copying and pasting come as events of their own.
        Key::C | Key::X | Key::V if command && !shift => Meaning::Swallow,
        _ if ctrl || command || !types(key) => Meaning::Leave,
        _ => Meaning::Swallow,
    }
}

/// Whether a key without Ctrl or Alt types something.
fn types(key: Key) -> bool {
    let name = key.name();
    let function = name.len() > 1 && name.starts_with('F') && name[1..].chars().all(|c| c.is_ascii_digit());
    !function
        && !matches!(
            key,
            Key::Tab
                | Key::Escape
                | Key::ArrowUp
                | Key::ArrowDown
                | Key::PageUp
                | Key::PageDown
                | Key::Insert
                | Key::Copy
                | Key::Cut
                | Key::Paste
                | Key::BrowserBack
                | Key::Menu
                | Key::ShiftLeft
                | Key::ShiftRight
                | Key::ControlLeft
                | Key::ControlRight
                | Key::AltLeft
                | Key::AltRight
                | Key::SuperLeft
                | Key::SuperRight
                | Key::CapsLock
                | Key::NumLock
                | Key::ScrollLock
                | Key::PrintScreen
                | Key::Pause
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(key: Key, modifiers: Modifiers, many: bool) -> Meaning {
        meaning(key, modifiers, many, 100.0, false)
    }

    #[test]
    fn shortcuts_of_the_window_pass_and_those_of_the_field_do_not() {
        for key in [Key::S, Key::F, Key::P, Key::Enter] {
            assert_eq!(mean(key, Modifiers::COMMAND | Modifiers::CTRL, true), Meaning::Leave, "{key:?}");
        }
        for key in [Key::F1, Key::F12, Key::Tab, Key::Escape] {
            assert_eq!(mean(key, Modifiers::NONE, true), Meaning::Leave, "{key:?}");
        }
        for key in [Key::Num1, Key::F, Key::Space, Key::Slash, Key::OpenBracket] {
            assert_eq!(mean(key, Modifiers::NONE, false), Meaning::Swallow, "{key:?}");
        }
        assert_eq!(mean(Key::Delete, Modifiers::NONE, false), Meaning::Do(Action::Delete { word: false }));
        assert_eq!(mean(Key::ArrowDown, Modifiers::NONE, false), Meaning::Leave);
        assert_eq!(mean(Key::F, Modifiers::ALT, false), Meaning::Leave);
    }

    /// Hears presses and releases; what they came to.
    fn hear(keys: &[(Key, bool, Modifiers)]) -> Vec<Direction> {
        let mut chord = Chord::default();
        keys.iter().filter_map(|(key, pressed, modifiers)| chord.hear(*key, *pressed, *modifiers)).collect()
    }

    #[test]
    fn ctrl_and_a_shift_key_alone_force_a_direction() {
        let (none, ctrl, shift) = (Modifiers::NONE, Modifiers::CTRL, Modifiers::SHIFT);
        let both = ctrl | shift;
        let right = [
            (Key::ControlLeft, true, none),
            (Key::ShiftRight, true, ctrl),
            (Key::ShiftRight, false, both),
            (Key::ControlLeft, false, ctrl),
        ];
        assert_eq!(hear(&right), [Direction::RightToLeft]);
        let shift_first = [
            (Key::ShiftLeft, true, none),
            (Key::ControlRight, true, shift),
            (Key::ControlRight, false, both),
            (Key::ShiftLeft, false, shift),
        ];
        assert_eq!(hear(&shift_first), [Direction::LeftToRight]);
        let redo = [
            (Key::ControlLeft, true, none),
            (Key::ShiftRight, true, ctrl),
            (Key::Z, true, both),
            (Key::Z, false, both),
            (Key::ShiftRight, false, both),
            (Key::ControlLeft, false, ctrl),
        ];
        assert_eq!(hear(&redo), []);
        assert_eq!(hear(&[(Key::ShiftLeft, true, none), (Key::ShiftLeft, false, shift)]), []);
    }
}
