//! What a screen reader is told of the reading view: the lines in view with caret and selection, and what it may ask in return.
//!
//! Only what is seen is told, so that a long document costs no more than a short one; a selection that goes on beyond is told as far as it is
//! seen. The caret's keys, and scrolling, bring the rest into view.

use egui::accesskit::{self, Action, ActionData, ActionRequest, TextSelection};
use egui::{Event, Id, Pos2, Response, Ui, vec2};

use super::page::Page;
use super::{Plan, Reading};
use crate::app::Selection;
use crate::text::Caret;
use crate::ui::scene::Scene;
use crate::ui::text::{Told, ToldParagraph, node_id};

/// What a screen reader asks of the view.
enum Asked {
    Select(TextSelection),
    /// To see a run.
    Show(accesskit::NodeId),
    /// To turn so many pages.
    Turn(f32),
}

impl Reading {
    /// Does what a screen reader asks, before egui takes the requests for its own scroll areas. They speak of what the last frame told.
    pub(super) fn hear(&mut self, ui: &Ui, scene: &Scene) {
        let (Some(id), Some(page), Some(column)) = (self.told_as, self.page.as_mut(), self.column) else {
            return;
        };
        let scale = ui.ctx().pixels_per_point();
        let requests = ui.input(|input| {
            let requests = input.events.iter().filter_map(|event| match event {
                Event::AccessKitActionRequest(request) => Some(request.clone()),
                _ => None,
            });
            requests.collect::<Vec<_>>()
        });
        if requests.is_empty() {
            return;
        }
        let told = told(page, id, column.min, scale);
        let heard: Vec<(ActionRequest, Asked)> = requests
            .into_iter()
            .filter_map(|request| asked(&request, id, &told).map(|asked| (request, asked)))
            .collect();
        ui.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::AccessKitActionRequest(request) => heard.iter().all(|(mine, _)| mine != request),
                _ => true,
            });
        });
        let meant: Vec<Meant> = heard.into_iter().filter_map(|(_, asked)| Meant::of(asked, &told)).collect();
        for meant in meant {
            let Some(page) = self.page.as_mut() else { return };
            match meant {
                Meant::Select(anchor, focus) => {
                    page.follow(focus, &scene.ink);
                    self.select(scene, anchor, focus);
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
                Meant::Show(caret) => page.follow(caret, &scene.ink),
                Meant::Turn(pages) => {
                    page.scroll_by(page.height() * pages);
                    page.fill(&scene.ink);
                }
            }
        }
    }

    /// Tells what is in view.
    pub(super) fn tell(&mut self, ui: &mut Ui, scene: &Scene, response: &Response, plan: &Plan) {
        self.told_as = Some(response.id);
        let Some(page) = self.page.as_ref() else { return };
        let listens = ui.ctx().accesskit_node_builder(response.id, |node| {
            node.add_action(Action::SetTextSelection);
            node.add_action(Action::ScrollDown);
            node.add_action(Action::ScrollUp);
            node.set_read_only();
            if let Some(document) = scene.bench.document() {
                node.set_description(document.title.as_str());
            }
        });
        if listens.is_none() {
            return;
        }
        let told = told(page, response.id, plan.column.min, ui.ctx().pixels_per_point());
        if let Some(selection) = scene.bench.selection()
            && let Some((anchor, focus)) = in_view(&told, selection, self.caret_of(selection))
        {
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_text_selection(TextSelection { anchor, focus });
            });
        }
        told.tell(ui, plan.pane);
    }
}

/// A request in terms of the document.
enum Meant {
    Select(usize, Caret),
    Show(Caret),
    Turn(f32),
}

impl Meant {
    fn of(asked: Asked, told: &Told<'_>) -> Option<Self> {
        Some(match asked {
            Asked::Select(selection) => {
                Self::Select(told.byte_of(selection.anchor)?, Caret::before(told.byte_of(selection.focus)?))
            }
            Asked::Show(node) => Self::Show(Caret::after(told.run_of(node)?.start)),
            Asked::Turn(pages) => Self::Turn(pages),
        })
    }
}

fn asked(request: &ActionRequest, id: Id, told: &Told<'_>) -> Option<Asked> {
    if request.target_tree != accesskit::TreeId::ROOT {
        return None;
    }
    let is_view = request.target_node == node_id(id);
    match (request.action, &request.data) {
        (Action::SetTextSelection, Some(ActionData::SetTextSelection(selection))) if is_view => {
            Some(Asked::Select(*selection))
        }
        (Action::ScrollDown, _) if is_view => Some(Asked::Turn(0.9)),
        (Action::ScrollUp, _) if is_view => Some(Asked::Turn(-0.9)),
        (Action::ScrollIntoView, _) if told.run_of(request.target_node).is_some() => {
            Some(Asked::Show(request.target_node))
        }
        _ => None,
    }
}

/// The lines in view of a page whose column's top left corner stands at `origin`, in points.
fn told(page: &Page, id: Id, origin: Pos2, scale: f32) -> Told<'_> {
    let paragraphs = page.shown().map(|(shown, layout)| {
        let range = page.piece(shown.piece);
        let is_last = range.end == page.text().len() || page.continues(shown.piece + 1);
        let lines = layout.lines();
        let first = lines.partition_point(|line| shown.top + line.bottom <= 0.0);
        let end = lines.partition_point(|line| shown.top + line.top < page.height());
        ToldParagraph {
            end: if is_last { "" } else { "\n" },
            start: range.start,
            text: &page.text()[range],
            layout,
            lines: first..end.max(first),
            origin: origin + vec2(0.0, shown.top / scale),
        }
    });
    Told::new(id, scale, paragraphs)
}

/// Where a selection begins and ends, as far as it is in view; none where no part of it is.
fn in_view(
    told: &Told<'_>,
    selection: Selection,
    caret: Caret,
) -> Option<(accesskit::TextPosition, accesskit::TextPosition)> {
    let seen = told.bytes()?;
    let (first, last) = (selection.anchor.min(selection.focus), selection.anchor.max(selection.focus));
    if last < seen.start || seen.end < first {
        return None;
    }
    let near = |caret: Caret| Caret { byte: caret.byte.clamp(seen.start, seen.end), ..caret };
    let anchor = if selection.anchor == selection.focus { caret } else { Caret::after(selection.anchor) };
    Some((told.position(near(anchor))?, told.position(near(caret))?))
}
