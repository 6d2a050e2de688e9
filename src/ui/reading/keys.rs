//! The keyboard in the reading view: scrolling, moving the caret, extending the selection.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

use super::Reading;
use super::page::Page;
use crate::app::Action;
use crate::text::{Affinity, Caret, Point, Step};
use crate::ui::scene::Scene;

/// A movement that a key asks for.
#[derive(Clone, Copy)]
enum Move {
    Within(Step),
    Lines(i32),
    Pages(f32),
    Start,
    End,
}

/// The keys, and what they move by. Visual order, as they are drawn on the keyboard.
const KEYS: [(Key, bool, Move); 14] = [
    (Key::ArrowLeft, false, Move::Within(Step::Left)),
    (Key::ArrowRight, false, Move::Within(Step::Right)),
    (Key::ArrowLeft, true, Move::Within(Step::WordLeft)),
    (Key::ArrowRight, true, Move::Within(Step::WordRight)),
    (Key::Home, false, Move::Within(Step::LineStart)),
    (Key::End, false, Move::Within(Step::LineEnd)),
    (Key::Home, true, Move::Start),
    (Key::End, true, Move::End),
    (Key::ArrowUp, false, Move::Lines(-1)),
    (Key::ArrowDown, false, Move::Lines(1)),
    (Key::PageUp, false, Move::Pages(-0.9)),
    (Key::PageDown, false, Move::Pages(0.9)),
    (Key::ArrowUp, true, Move::Lines(-5)),
    (Key::ArrowDown, true, Move::Lines(5)),
];

impl Reading {
    pub(super) fn take_keys(&mut self, ui: &Ui, scene: &Scene, response: &Response) {
        // Beside the offered tags, whose filter has the keyboard, Shift and the arrows still extend the selection.
        let beside_filter = scene.bench.offering() && !response.has_focus() && scene.palette_is_blank;
        if !response.has_focus() && !beside_filter {
            return;
        }
        if response.has_focus() {
            let filter =
                EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        for (key, control, movement) in KEYS {
            // With Shift first: egui takes a combination without it for one with it too.
            for shift in [true, false] {
                if beside_filter && !shift {
                    continue;
                }
                let modifiers = Modifiers { shift, command: control, ctrl: control, ..Modifiers::NONE };
                let times = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
                for _ in 0..times {
                    self.make_move(scene, movement, shift);
                }
            }
        }
        if !response.has_focus() {
            return;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space)) {
            self.scroll(scene, 0.9);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Space)) {
            self.scroll(scene, -0.9);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            scene.wish(if scene.bench.selected_span().is_some() {
                Action::Select(None)
            } else {
                Action::SelectNoAnnotation
            });
        }
        if scene.bench.selected_span().is_some()
            && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
        {
            scene.wish(Action::OfferTags(true));
        }
    }

    fn scroll(&mut self, scene: &Scene, pages: f32) {
        if let Some(page) = self.page.as_mut() {
            page.scroll_by(page.height() * pages);
            page.fill(&scene.ink);
        }
    }

    fn make_move(&mut self, scene: &Scene, movement: Move, extend: bool) {
        let Some(selection) = scene.bench.selection() else {
            self.scroll_without_caret(scene, movement, extend);
            return;
        };
        // Several keys may come in one frame: the caret of the last one counts, which the workbench has not seen yet.
        let from = self
            .moved
            .filter(|_| self.moved_frame == scene.frame)
            .unwrap_or_else(|| self.caret_of(selection));
        let anchor = if self.moved_frame == scene.frame { self.moved_anchor } else { selection.anchor };
        let Some(page) = self.page.as_mut() else { return };
        let vertical = matches!(movement, Move::Lines(_) | Move::Pages(_));
        if !vertical {
            self.column_x = None;
        }
        let to = match movement {
            Move::Within(step) => step_in(page, scene, from, step),
            Move::Start => Some(Caret::after(0)),
            Move::End => Some(Caret::before(page.text().len())),
            Move::Lines(lines) => move_down(page, scene, from, lines, &mut self.column_x),
            Move::Pages(pages) => {
                let lines = (page.height() * pages / page.line()).round() as i32;
                move_down(page, scene, from, lines, &mut self.column_x)
            }
        };
        let Some(to) = to else { return };
        // A page turns as a whole: the caret keeps its height on screen.
        if let Move::Pages(pages) = movement {
            page.scroll_by(page.height() * pages);
            page.fill(&scene.ink);
        }
        page.follow(to, &scene.ink);
        let anchor = if extend { anchor } else { to.byte };
        self.moved = Some(to);
        self.moved_anchor = anchor;
        self.moved_frame = scene.frame;
        self.select(scene, anchor, to);
    }

    fn scroll_without_caret(&mut self, scene: &Scene, movement: Move, extend: bool) {
        let Some(page) = self.page.as_mut() else { return };
        match movement {
            Move::Lines(lines) => page.scroll_by(page.line() * lines as f32),
            Move::Pages(pages) => page.scroll_by(page.height() * pages),
            Move::Start | Move::Within(Step::LineStart) => page.set_fraction(0.0),
            Move::End | Move::Within(Step::LineEnd) => page.set_fraction(1.0),
            Move::Within(_) => {
                // The first arrow puts a caret at the top of what is in view.
                let edge = if page.direction().is_rtl() { f32::MAX } else { 0.0 };
                if let Some(caret) = page.hit(edge, page.line()).filter(|_| !extend) {
                    self.select(scene, caret.byte, caret);
                    return;
                }
            }
        }
        page.fill(&scene.ink);
    }
}

/// The caret one step further; over a paragraph's edge into the next.
fn step_in(page: &mut Page, scene: &Scene, from: Caret, step: Step) -> Option<Caret> {
    let (paragraph, byte) = page.locate(from.byte);
    let layout = page.layout_of(paragraph, &scene.ink);
    let start = page.paragraph(paragraph).start;
    if let Some(to) = layout.step(Caret { byte, affinity: from.affinity }, step) {
        return Some(Caret { byte: start + to.byte, affinity: to.affinity });
    }
    // Left of a right-to-left paragraph is onward, of a left-to-right one back.
    let onward = match step {
        Step::Left | Step::WordLeft => layout.direction().is_rtl(),
        Step::Right | Step::WordRight => !layout.direction().is_rtl(),
        Step::Next | Step::NextWord => true,
        Step::Previous | Step::PreviousWord => false,
        Step::LineStart | Step::LineEnd => return None,
    };
    if onward {
        (paragraph + 1 < page.len()).then(|| Caret::after(page.paragraph(paragraph + 1).start))
    } else {
        let before = paragraph.checked_sub(1)?;
        Some(Caret::before(page.paragraph(before).end))
    }
}

/// The caret so many lines further down (up where negative), as near as it can be to the column that was left.
fn move_down(
    page: &mut Page,
    scene: &Scene,
    from: Caret,
    lines: i32,
    column: &mut Option<f32>,
) -> Option<Caret> {
    let mut caret = from;
    for _ in 0..lines.unsigned_abs() {
        let (paragraph, byte) = page.locate(caret.byte);
        let layout = page.layout_of(paragraph, &scene.ink);
        let here = Caret { byte, affinity: caret.affinity };
        let x = *column.get_or_insert_with(|| layout.caret_rect(here).left);
        let line = layout.line_of(here);
        let onward = lines > 0;
        let target = if onward { line + 1 } else { line.wrapping_sub(1) };
        let (paragraph, layout, line) = if target < layout.lines().len() {
            (paragraph, layout, target)
        } else {
            let next = if onward { paragraph + 1 } else { paragraph.wrapping_sub(1) };
            if next >= page.len() {
                let end = if onward { page.text().len() } else { 0 };
                return Some(Caret {
                    byte: end,
                    affinity: if onward { Affinity::Before } else { Affinity::After },
                });
            }
            let layout = page.layout_of(next, &scene.ink);
            let line = if onward { 0 } else { layout.lines().len().saturating_sub(1) };
            (next, layout, line)
        };
        let middle = layout.lines().get(line).map_or(0.0, |line| (line.top + line.bottom) / 2.0);
        let to = layout.hit(Point::new(x, middle));
        caret = Caret { byte: page.paragraph(paragraph).start + to.byte, affinity: to.affinity };
    }
    Some(caret)
}
