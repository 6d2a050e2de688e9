//! The keyboard in the reading view: scrolling, moving the caret, extending the selection.

use std::ops::Range;
use std::sync::Arc;

use egui::{EventFilter, FocusDirection, Key, Modifiers, Popup, Response, Ui};

use super::Reading;
use super::page::Page;
use crate::app::Action;
use crate::text::{Caret, Direction, ParagraphLayout, Step, walk};
use crate::ui::scene::Scene;
use crate::ui::text::Ink;

/// A movement that a key asks for.
#[derive(Clone, Copy)]
enum Move {
    Steps(Step),
    Lines(i32),
    /// Down by paragraphs, or up.
    Paragraph(bool),
    /// Parts of the pane's height.
    Pages(f32),
    Start,
    End,
}

/// The keys, and what they move by. Visual order, as they are drawn on the keyboard.
const KEYS: [(Key, bool, Move); 14] = [
    (Key::ArrowLeft, false, Move::Steps(Step::Left)),
    (Key::ArrowRight, false, Move::Steps(Step::Right)),
    (Key::ArrowLeft, true, Move::Steps(Step::WordLeft)),
    (Key::ArrowRight, true, Move::Steps(Step::WordRight)),
    (Key::Home, false, Move::Steps(Step::LineStart)),
    (Key::End, false, Move::Steps(Step::LineEnd)),
    (Key::Home, true, Move::Start),
    (Key::End, true, Move::End),
    (Key::ArrowUp, false, Move::Lines(-1)),
    (Key::ArrowDown, false, Move::Lines(1)),
    (Key::PageUp, false, Move::Pages(-1.0)),
    (Key::PageDown, false, Move::Pages(1.0)),
    (Key::ArrowUp, true, Move::Paragraph(false)),
    (Key::ArrowDown, true, Move::Paragraph(true)),
];

impl Reading {
    pub(super) fn take_keys(&mut self, ui: &Ui, scene: &Scene, response: &Response) {
        // Beside the offered tags, whose filter has the keyboard, Shift and the arrows still extend the selection.
        let beside_filter = scene.bench.offering() && !response.has_focus() && scene.palette_is_blank;
        // Keys that nobody has move the caret too, and bring the keyboard here.
        let unowned = is_unowned(ui, scene);
        let had_focus = response.has_focus();
        if !had_focus && !beside_filter && !unowned {
            return;
        }
        if had_focus {
            let filter =
                EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        // A menu of which nothing can be chosen leaves the keyboard here.
        if response.context_menu_opened() {
            return;
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
                if times > 0 && unowned {
                    response.request_focus();
                    // The same arrow would take the focus on to the next widget.
                    ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
                }
            }
        }
        if !had_focus {
            // A caret is seen wherever nothing else has the keyboard.
            if unowned && scene.bench.selection().is_some() {
                response.request_focus();
            }
            return;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space)) {
            self.scroll(scene, 0.9);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::Space)) {
            self.scroll(scene, -0.9);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            // The caret stays where it is, so that a reader without a mouse goes on from there.
            match scene.bench.selection().filter(|_| scene.bench.selected_span().is_some()) {
                Some(selection) => self.select(scene, selection.focus, self.caret_of(selection)),
                None => scene.wish(Action::SelectNoAnnotation),
            }
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
        if !matches!(movement, Move::Lines(_) | Move::Pages(_)) {
            self.column_x = None;
        }
        let line_height = page.line();
        let far = page.height() - line_height;
        let column = &mut Column(page, &scene.ink);
        let ends = (anchor.min(from.byte), anchor.max(from.byte));
        let mut turned = 0.0;
        let to = match movement {
            Move::Steps(Step::Left) if !extend && ends.0 < ends.1 => end_of_selection(column, ends, false),
            Move::Steps(Step::Right) if !extend && ends.0 < ends.1 => end_of_selection(column, ends, true),
            Move::Steps(step) => match walk::step(column, from, step) {
                Some(to) => to,
                None => return,
            },
            Move::Start => Caret::after(0),
            Move::End => Caret::before(column.0.text().len()),
            Move::Lines(lines) => walk::lines(column, from, lines, &mut self.column_x),
            Move::Paragraph(down) => walk::paragraph(column, from, down),
            Move::Pages(pages) => {
                let (to, gone) =
                    walk::distance(column, from, far.max(line_height) * pages, &mut self.column_x);
                turned = gone;
                to
            }
        };
        // A page turns as a whole: the caret keeps its height on screen.
        if turned != 0.0 {
            page.scroll_by(turned);
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
            Move::Paragraph(down) => page.scroll_by(page.line() * if down { 5.0 } else { -5.0 }),
            Move::Pages(pages) => page.scroll_by((page.height() - page.line()).max(page.line()) * pages),
            Move::Start | Move::Steps(Step::LineStart) => page.set_fraction(0.0),
            Move::End | Move::Steps(Step::LineEnd) => page.set_fraction(1.0),
            Move::Steps(_) => {
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

/// Whether nothing has the keyboard, so that its keys are for the view.
pub(super) fn is_unowned(ui: &Ui, scene: &Scene) -> bool {
    ui.memory(|memory| memory.focused().is_none())
        && scene.bench.dialog().is_none()
        && !scene.bench.offering()
        && !Popup::is_any_open(ui.ctx())
}

/// The pieces of a page, laid out as a caret comes to them.
struct Column<'a>(&'a mut Page, &'a Ink);

impl walk::Pieces for Column<'_> {
    fn direction(&self) -> Direction {
        self.0.direction()
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    fn find(&mut self, caret: Caret) -> usize {
        self.0.find(caret, self.1).0
    }

    fn range(&self, piece: usize) -> Range<usize> {
        self.0.piece(piece)
    }

    fn continues(&self, piece: usize) -> bool {
        self.0.continues(piece)
    }

    fn gap(&self) -> f32 {
        self.0.gap()
    }

    fn layout(&mut self, piece: usize) -> Arc<ParagraphLayout> {
        self.0.layout_of(piece, self.1)
    }
}

/// The end of a selection that stands further to the right, or to the left, on screen; of ends on different lines the one that Left and Right
/// come to last.
fn end_of_selection(column: &mut Column, (start, end): (usize, usize), right: bool) -> Caret {
    use walk::Pieces as _;
    let (start, end) = (Caret::after(start), Caret::before(end));
    let piece = column.find(start);
    let rtl = if piece == column.find(end) {
        let layout = column.layout(piece);
        let above = column.range(piece).start;
        let place = |caret: Caret| layout.caret_rect(Caret { byte: caret.byte - above, ..caret });
        let (first, last) = (place(start), place(end));
        if first.top == last.top { first.left > last.left } else { layout.direction().is_rtl() }
    } else {
        column.direction().is_rtl()
    };
    if rtl == right { start } else { end }
}
