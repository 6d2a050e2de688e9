//! The look: colours from the themes in `assets/themes`, sizes as constants, and what egui is told of both.

use egui::style::ScrollStyle;
use egui::{Color32, CornerRadius, Stroke, Visuals};
use serde::Deserialize;

use crate::model::Color;

/// Points: the size of interface text, of small interface text, and of document text in lists.
pub const TEXT: f32 = 13.0;
/// Points.
pub const SMALL_TEXT: f32 = 11.5;
/// Points: a document's words in lists, cards and tables, where they are not read but recognised.
pub const LIST_TEXT: f32 = 16.0;

/// The colours of one theme.
#[derive(Clone, Debug)]
pub struct Look {
    /// The theme's name.
    pub name: String,
    /// Whether the paper is darker than the ink.
    pub dark: bool,
    /// Behind a document.
    pub paper: Color32,
    /// Behind everything else.
    pub desk: Color32,
    /// Behind fields, cards and menus.
    pub raised: Color32,
    /// Words.
    pub ink: Color32,
    /// Words that step back.
    pub quiet: Color32,
    /// Words that hardly speak: hints, what is switched off.
    pub faint: Color32,
    /// Lines between things.
    pub hairline: Color32,
    /// The one accent.
    pub accent: Color32,
    /// Behind what is chosen.
    pub accent_tint: Color32,
    /// Behind selected text.
    pub selection: Color32,
    /// Behind what was looked for.
    pub found: Color32,
    /// What cannot be taken lightly.
    pub danger: Color32,
    /// How dark shadows are.
    shadow: u8,
    /// How much of a tag's colour a highlight holds.
    tint: f32,
}

#[derive(Deserialize)]
struct Theme {
    dark: bool,
    paper: Color,
    desk: Color,
    raised: Color,
    ink: Color,
    quiet: Color,
    faint: Color,
    hairline: Color,
    accent: Color,
    accent_tint: Color,
    selection: Color,
    found: Color,
    danger: Color,
    shadow: u8,
    tint: f32,
}

/// The themes by name.
const THEMES: [(&str, &str); 4] = [
    ("light", include_str!("../../assets/themes/light.ron")),
    ("sepia", include_str!("../../assets/themes/sepia.ron")),
    ("dark", include_str!("../../assets/themes/dark.ron")),
    ("contrast", include_str!("../../assets/themes/contrast.ron")),
];

/// A scroll bar that is seen wherever there is more than is shown, and takes room of its own beside it: for lists in which nothing else
/// says that they go on.
pub fn lasting_bar() -> ScrollStyle {
    ScrollStyle {
        bar_width: 8.0,
        floating_width: 5.0,
        floating_allocated_width: 8.0,
        dormant_background_opacity: 0.1,
        active_background_opacity: 0.1,
        interact_background_opacity: 0.15,
        dormant_handle_opacity: 0.45,
        active_handle_opacity: 0.45,
        interact_handle_opacity: 0.7,
        ..ScrollStyle::floating()
    }
}

/// The same for where room is kept free for it, whether there is one or not.
pub fn overlaid_bar() -> ScrollStyle {
    ScrollStyle { floating_allocated_width: 0.0, ..lasting_bar() }
}

impl Look {
    /// The theme of this name; the light one where there is none.
    pub fn named(name: &str) -> Self {
        let (name, source) = THEMES.iter().find(|(known, _)| *known == name).unwrap_or(&THEMES[0]);
        let theme: Theme = ron::from_str(source).expect("the themes are read by a test");
        Self {
            name: (*name).to_owned(),
            dark: theme.dark,
            paper: color(theme.paper),
            desk: color(theme.desk),
            raised: color(theme.raised),
            ink: color(theme.ink),
            quiet: color(theme.quiet),
            faint: color(theme.faint),
            hairline: color(theme.hairline),
            accent: color(theme.accent),
            accent_tint: color(theme.accent_tint),
            selection: color(theme.selection),
            found: color(theme.found),
            danger: color(theme.danger),
            shadow: theme.shadow,
            tint: theme.tint,
        }
    }

    /// Tells egui.
    pub fn apply(&self, context: &egui::Context) {
        let mut visuals = if self.dark { Visuals::dark() } else { Visuals::light() };
        visuals.override_text_color = None;
        visuals.weak_text_color = Some(self.quiet);
        visuals.panel_fill = self.desk;
        visuals.window_fill = self.raised;
        visuals.window_stroke = Stroke::new(1.0, self.hairline);
        visuals.extreme_bg_color = self.raised;
        visuals.faint_bg_color = self.desk;
        visuals.selection.bg_fill = self.accent_tint;
        visuals.selection.stroke = Stroke::new(1.0, self.ink);
        visuals.hyperlink_color = self.accent;
        visuals.window_corner_radius = CornerRadius::same(8);
        visuals.menu_corner_radius = CornerRadius::same(6);
        visuals.window_shadow = egui::Shadow {
            offset: [0, 6],
            blur: 24,
            spread: 0,
            color: Color32::from_black_alpha(self.shadow),
        };
        visuals.popup_shadow = visuals.window_shadow;
        visuals.striped = false;
        let widgets = &mut visuals.widgets;
        for (state, fill, line, ink) in [
            (&mut widgets.noninteractive, self.desk, self.hairline, self.ink),
            (&mut widgets.inactive, self.raised, self.hairline, self.ink),
            (&mut widgets.hovered, self.accent_tint, self.accent, self.ink),
            (&mut widgets.active, self.accent_tint, self.accent, self.ink),
            (&mut widgets.open, self.accent_tint, self.hairline, self.ink),
        ] {
            state.bg_fill = fill;
            state.weak_bg_fill = fill;
            state.bg_stroke = Stroke::new(1.0, line);
            state.fg_stroke = Stroke::new(1.0, ink);
            state.corner_radius = CornerRadius::same(5);
            state.expansion = 0.0;
        }
        context.set_theme(if self.dark { egui::Theme::Dark } else { egui::Theme::Light });
        context.all_styles_mut(|style| {
            style.visuals = visuals.clone();
            style.spacing.item_spacing = egui::vec2(8.0, 4.0);
            style.spacing.button_padding = egui::vec2(9.0, 4.0);
            style.spacing.menu_margin = egui::Margin::same(6);
            style.spacing.window_margin = egui::Margin::same(18);
            style.spacing.interact_size.y = 26.0;
            style.interaction.tooltip_delay = 0.4;
            style.animation_time = 0.0;
        });
    }

    /// The colour of a tag's rules, marks and name on this paper.
    pub fn tag(&self, tag: Color) -> Color32 {
        let tag = color(tag);
        if self.dark { tag.lerp_to_gamma(Color32::WHITE, 0.25) } else { tag }
    }

    /// The colour of a tag's highlight behind words: opaque, so that two that touch do not darken each other.
    pub fn tint(&self, tag: Color) -> Color32 {
        self.paper.lerp_to_gamma(color(tag), self.tint)
    }
}

fn color(color: Color) -> Color32 {
    let [r, g, b] = color.0;
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |color: Color32| {
            let [r, g, b, _] = egui::Rgba::from(color).to_array();
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b) = (luminance(a), luminance(b));
        a.max(b) / a.min(b)
    }

    /// What is painted behind, and the outline around it.
    fn outlines(shape: &egui::Shape, found: &mut Vec<(Color32, Stroke)>) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| outlines(shape, found)),
            egui::Shape::Circle(circle) => found.push((circle.fill, circle.stroke)),
            egui::Shape::Rect(rect) => found.push((rect.fill, rect.stroke)),
            _ => {}
        }
    }

    #[test]
    fn what_can_be_ticked_or_chosen_stands_out_from_what_lies_behind_it_in_every_theme() {
        use crate::text::FontLibrary;
        use crate::ui::text::{Ink, checkbox, radio};

        let ink = Ink::new(FontLibrary::bundled());
        for (name, _) in THEMES {
            let look = Look::named(name);
            let context = egui::Context::default();
            look.apply(&context);
            let mut output = context.run_ui(egui::RawInput::default(), |ui| {
                ink.begin_frame(ui.ctx());
                radio(ui, &ink, false, "radio");
                checkbox(ui, &ink, &mut false, "check");
                ink.end_frame(ui.ctx());
            });
            // Nobody paints this.
            output.textures_delta.clear();
            let mut found = Vec::new();
            output.shapes.iter().for_each(|clipped| outlines(&clipped.shape, &mut found));
            found.retain(|(_, stroke)| stroke.width > 0.0);
            assert_eq!(found.len(), 2, "{name}: a circle and a box: {found:?}");
            for (fill, stroke) in found {
                // Dialogs and menus are raised, panels lie on the desk.
                for behind in [fill, look.raised, look.desk] {
                    let ratio = contrast(stroke.color, behind);
                    assert!(ratio >= 3.0, "{name}: {:?} on {behind:?} is {ratio}:1", stroke.color);
                }
            }
        }
    }

    #[test]
    fn words_stand_out_from_what_lies_behind_them_in_every_theme() {
        for (name, _) in THEMES {
            let look = Look::named(name);
            for behind in [look.paper, look.desk, look.raised, look.accent_tint, look.selection, look.found] {
                assert!(contrast(look.ink, behind) >= 7.0, "{name}: ink on {behind:?}");
            }
            for behind in [look.paper, look.desk, look.raised] {
                assert!(contrast(look.quiet, behind) >= 4.5, "{name}: quiet on {behind:?}");
                assert!(contrast(look.accent, behind) >= 4.5, "{name}: accent on {behind:?}");
            }
            for tag in crate::app::TAG_COLORS {
                assert!(contrast(look.ink, look.tint(tag)) >= 4.5, "{name}: ink on a highlight of {tag}");
            }
        }
    }
}
