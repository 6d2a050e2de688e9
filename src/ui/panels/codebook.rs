//! The codebook: the tags with their colours, counts and number keys.

use egui::{CornerRadius, Id, Key, Modifiers, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::walk::{bring_into_view, ring, walk};
use super::{heading, landmark, list, position_in_list, swatch};
use crate::app::{Action, Command, Dialog, TagDraft};
use crate::model::{Codebook, Tag, TagId};
use crate::text::Align;
use crate::ui::look;
use crate::ui::menus;
use crate::ui::scene::Scene;
use crate::ui::text::{Label, context_menu, frameless_button, tip, tip_of};

/// Points a tag takes in the list.
const ROW: f32 = 29.0;

/// Shows the codebook, and returns where the tags stand, in points.
pub fn show(ui: &mut Ui, scene: &Scene, height: f32) -> Vec<Rect> {
    let mut rects = Vec::new();
    let Some(project) = scene.bench.project() else { return rects };
    let codebook = project.codebook();
    landmark(ui, Role::Complementary, &scene.say("landmark-codebook"));
    heading(ui, scene, &scene.say("panel-codebook"), &codebook.tags().len().to_string());
    ui.add_space(4.0);
    let rows = in_tree_order(codebook);
    let in_view = (height / ROW) as usize;
    ScrollArea::vertical().id_salt("codebook").max_height(height).auto_shrink([false, true]).show_rows(
        ui,
        ROW,
        rows.len(),
        |ui, range| {
            list(ui, Role::Tree, &scene.say("landmark-codebook"), rows.len());
            for at in range {
                let (index, depth) = rows[at];
                let place = (at, rows.len(), in_view);
                let (rect, next) = row(ui, scene, &codebook.tags()[index], place, (index, depth));
                rects.push(rect);
                if let Some(next) = next {
                    let step = ROW + ui.spacing().item_spacing.y;
                    bring_into_view(ui, rect.translate(vec2(0.0, (next as f32 - at as f32) * step)));
                }
            }
        },
    );
    if codebook.tags().is_empty() {
        let words = scene.say("codebook-none");
        Label::interface(&words).color(scene.look.quiet).within(ui.available_width(), 4).show(ui, &scene.ink);
    }
    if scene.bench.can(Command::NewTag)
        && frameless_button(ui, &scene.ink, &scene.say("codebook-add")).clicked()
    {
        scene.wish(Action::Run(Command::NewTag));
    }
    rects
}

/// The tags with their depth: each below the tag it stands under, in the codebook's order.
fn in_tree_order(codebook: &Codebook) -> Vec<(usize, usize)> {
    fn visit(codebook: &Codebook, parent: Option<TagId>, depth: usize, rows: &mut Vec<(usize, usize)>) {
        for (index, tag) in codebook.tags().iter().enumerate() {
            let above = tag.parent.filter(|&parent| codebook.get(parent).is_some());
            if above == parent && rows.len() < codebook.tags().len() {
                rows.push((index, depth));
                visit(codebook, Some(tag.id), depth + 1, rows);
            }
        }
    }
    let mut rows = Vec::with_capacity(codebook.tags().len());
    visit(codebook, None, 0, &mut rows);
    rows
}

/// Shows a tag as a row at a place of so many, of which so many are in view; where it stands, and to which row the keyboard goes on.
fn row(
    ui: &mut Ui,
    scene: &Scene,
    tag: &Tag,
    place: (usize, usize, usize),
    (index, depth): (usize, usize),
) -> (Rect, Option<usize>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let list = Id::unique("tag-rows");
    let next = walk(ui, list, &response, place);
    let uses = scene.bench.project().map_or(0, |project| project.uses(tag.id));
    response.widget_info(|| {
        let key = if tag.withdrawn { "codebook-row-withdrawn" } else { "codebook-row" };
        let spoken = scene.say_with(key, &[("count", uses)], &[("name", &tag.name)]);
        WidgetInfo::labeled(Role::TreeItem, true, spoken)
    });
    position_in_list(&response, place.0);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_level(depth + 1));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(5), scene.look.accent_tint.gamma_multiply(0.6));
    }
    ring(ui, list, &response, rect, scene.look);
    let inner = rect.shrink2(vec2(6.0, 0.0));
    let indent = 16.0 * depth as f32;
    swatch(ui, inner.translate(vec2(indent, 0.0)), scene.look.tag(tag.color));
    let mut right = inner.right();
    if index < 9 {
        let key = Rect::from_center_size(pos2(right - 9.0, inner.center().y), vec2(17.0, 17.0));
        let stroke = egui::Stroke::new(1.0, scene.look.hairline);
        ui.painter().rect(key, CornerRadius::same(3), scene.look.raised, stroke, egui::StrokeKind::Inside);
        let number = (index + 1).to_string();
        Label::interface(&number)
            .size(10.5)
            .color(scene.look.quiet)
            .within(17.0, 1)
            .align(Align::Center)
            .paint_at(ui, &scene.ink, key);
    }
    right -= 24.0;
    let count = uses.to_string();
    let count_room = Rect::from_min_max(pos2(right - 40.0, inner.top()), pos2(right, inner.bottom()));
    Label::interface(&count)
        .size(look::SMALL_TEXT)
        .color(scene.look.quiet)
        .within(40.0, 1)
        .at_end()
        .paint_at(ui, &scene.ink, count_room);
    let left = inner.left() + 20.0 + indent;
    let name_room =
        Rect::from_min_max(pos2(left, inner.top()), pos2((right - 44.0).max(left + 20.0), inner.bottom()));
    let name = Label::written(&tag.name).within(name_room.width(), 1).at_start();
    let name = if tag.withdrawn { name.color(scene.look.quiet) } else { name };
    let layout = name.layout(ui, &scene.ink);
    name.paint(ui, &scene.ink, &layout, name_room);
    if tag.withdrawn {
        let width = (layout.width() / ui.ctx().pixels_per_point()).min(name_room.width());
        let is_rtl = scene.ink.locale().direction.is_rtl();
        let from = if is_rtl { name_room.right() - width } else { name_room.left() };
        let line = egui::Stroke::new(1.0, scene.look.quiet);
        ui.painter().hline(from..=from + width, name_room.center().y + 2.0, line);
    }
    let withdrawn = tag.withdrawn.then(|| scene.say_with("codebook-withdrawn", &[], &[("name", &tag.name)]));
    if tag.definition.is_empty() && withdrawn.is_none() {
        tip_of(&response, &scene.ink, &layout, &Label::written(&tag.name));
    } else {
        let definition = Label::written(&tag.definition);
        let words = withdrawn.as_deref().map_or(definition, Label::interface);
        tip(&response, &scene.ink, &words);
    }
    if response.clicked() {
        // With text selected a click tags it, as a number key does; with an annotation it puts the tag on or takes it off.
        if scene.bench.selected_span().is_some() {
            scene.wish(Action::ApplyTag(tag.id));
        } else if let Some(annotation) = scene.bench.annotation() {
            scene.wish(Action::ToggleTag(annotation.document, annotation.id, tag.id));
        }
    }
    let remove = if uses > 0 { Action::Show(Dialog::RemoveTag(tag.id)) } else { Action::RemoveTag(tag.id) };
    if response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Delete)) {
        scene.wish(remove.clone());
    }
    if response.double_clicked() {
        scene.wish(Action::Show(edit(tag)));
    }
    context_menu(&response, |ui| {
        if menus::wish_item(ui, scene, &scene.say("codebook-edit")) {
            scene.wish(Action::Show(edit(tag)));
        }
        if menus::wish_item(ui, scene, &scene.say("codebook-show-marks")) {
            scene.wish(Action::FilterRows(tag.name.clone()));
        }
        ui.separator();
        if menus::wish_item(ui, scene, &scene.say("codebook-remove")) {
            scene.wish(remove);
        }
    });
    (rect, next)
}

fn edit(tag: &Tag) -> Dialog {
    Dialog::Tag(TagDraft {
        id: Some(tag.id),
        name: tag.name.clone(),
        color: tag.color,
        definition: tag.definition.clone(),
    })
}
