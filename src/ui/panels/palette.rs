//! The palette: at the selected text, the tags to mark it with, a filter that also makes a new tag, and number keys.

use egui::{
    Area, CornerRadius, Event, Frame, Id, Key, Margin, Modifiers, Order, Popup, Rect, Role, ScrollArea,
    Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::swatch;
use crate::app::{Action, found};
use crate::model::{Tag, TagId};
use crate::text::Align;
use crate::ui::look;
use crate::ui::scene::Scene;
use crate::ui::text::{Field, Label};

/// Points.
const WIDTH: f32 = 232.0;
/// Points.
const ROW: f32 = 30.0;

/// What the palette keeps from frame to frame.
#[derive(Default)]
pub struct Palette {
    filter: String,
    chosen: usize,
    was_offering: bool,
    /// Where it stood in the last frame, in points.
    pub rect: Option<Rect>,
}

/// Something the palette offers.
enum Offer<'a> {
    Tag(&'a Tag, usize),
    New(String),
}

/// The keys of a frame that are not for the filter. They are done after the field has taken what was typed: on a busy machine a name and
/// the Enter behind it come in one frame.
struct Keys {
    puts_away: bool,
    chooses: bool,
    down: usize,
    up: usize,
    /// From 1.
    number: Option<usize>,
}

impl Keys {
    /// None: they are for the menu on the filter.
    const NONE: Self = Self { puts_away: false, chooses: false, down: 0, up: 0, number: None };

    /// Takes them out of the frame's events, and with an Enter what was typed behind it, which is for no filter any more.
    fn take(ui: &Ui, is_blank: bool) -> Self {
        let number = if is_blank && !types_a_letter_first(ui) { take_digit(ui) } else { None };
        ui.input_mut(|input| {
            let is_enter = |event: &Event| {
                matches!(event, Event::Key { key: Key::Enter, pressed: true, modifiers, .. } if modifiers.is_none())
            };
            if let Some(at) = input.events.iter().position(is_enter) {
                let mut index = 0;
                input.events.retain(|event| {
                    index += 1;
                    index <= at + 1 || !matches!(event, Event::Text(_) | Event::Key { pressed: true, .. })
                });
            }
            Self {
                puts_away: input.consume_key(Modifiers::NONE, Key::Escape),
                chooses: input.consume_key(Modifiers::NONE, Key::Enter),
                down: input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown),
                up: input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp),
                number,
            }
        })
    }
}

/// Whether something that is no digit is typed in this frame before any digit.
fn types_a_letter_first(ui: &Ui) -> bool {
    ui.input(|input| {
        let mut typed = input.events.iter().filter_map(|event| match event {
            Event::Text(text) => Some(text),
            _ => None,
        });
        typed.next().is_some_and(|first| digit(first).is_none())
    })
}

impl Palette {
    /// The field that filters the tags.
    pub fn field() -> Id {
        Id::unique("palette-filter")
    }

    /// Whether nothing is typed in the filter.
    pub fn is_blank(&self) -> bool {
        self.filter.is_empty()
    }

    /// Shows the palette at the selected text, while tags are offered.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene, at: Option<Rect>, reading: Id) {
        let offering = scene.bench.offering();
        let Some((at, project)) = at.zip(scene.bench.project()).filter(|_| offering) else {
            if self.was_offering {
                self.was_offering = false;
                self.rect = None;
                ui.memory_mut(|memory| memory.request_focus(reading));
            }
            return;
        };
        let just_opened = !self.was_offering;
        if just_opened {
            self.was_offering = true;
            self.filter.clear();
            self.chosen = 0;
        }
        let tags = project.codebook().tags();
        let has_menu = Popup::is_any_open(ui.ctx());
        let keys = if has_menu { Keys::NONE } else { Keys::take(ui, self.filter.is_empty()) };
        if keys.puts_away {
            scene.wish(Action::OfferTags(false));
            return;
        }
        let rows = self.offers(tags).len();
        let screen = ui.ctx().content_rect();
        let height = 60.0 + ROW * rows.clamp(1, 9) as f32;
        let below = at.bottom() + 8.0;
        let top =
            if below + height < screen.bottom() - 30.0 { below } else { (at.top() - height - 8.0).max(60.0) };
        let left = (at.center().x - WIDTH / 2.0).clamp(8.0, (screen.right() - WIDTH - 24.0).max(8.0));
        let shown = Area::new(Id::unique("palette"))
            .order(Order::Foreground)
            .fixed_pos(pos2(left, top))
            .show(ui.ctx(), |ui| {
                Frame::NONE
                    .fill(scene.look.raised)
                    .stroke(Stroke::new(1.0, scene.look.hairline))
                    .corner_radius(CornerRadius::same(8))
                    .inner_margin(Margin::same(8))
                    .shadow(ui.visuals().popup_shadow)
                    .show(ui, |ui| self.contents(ui, scene, tags, &keys, just_opened));
            });
        self.rect = Some(shown.response.rect);
        // A press beside the palette puts it away; what it falls on decides what happens next.
        let pressed_elsewhere = ui.input(|input| {
            input.pointer.any_pressed()
                && input.pointer.interact_pos().is_some_and(|point| !shown.response.rect.contains(point))
        });
        if pressed_elsewhere && !just_opened && !has_menu {
            scene.wish(Action::OfferTags(false));
        }
    }

    fn offers<'a>(&self, tags: &'a [Tag]) -> Vec<Offer<'a>> {
        let wanted = self.filter.trim();
        let mut offers: Vec<Offer> = tags
            .iter()
            .enumerate()
            .filter(|(_, tag)| wanted.is_empty() || tag.name.contains(wanted))
            .map(|(index, tag)| Offer::Tag(tag, index))
            .collect();
        // The tag of exactly this name comes first, then those that begin with it.
        offers.sort_by_key(|offer| match offer {
            Offer::Tag(tag, _) if wanted.is_empty() => (0, tag.id),
            Offer::Tag(tag, _) => {
                (if tag.name == wanted { 0 } else { 2 - u8::from(tag.name.starts_with(wanted)) }, tag.id)
            }
            Offer::New(_) => (3, TagId::from_bytes([0; 16])),
        });
        if wanted.is_empty() {
            offers.sort_by_key(|offer| if let Offer::Tag(_, index) = offer { *index } else { usize::MAX });
        } else if !tags.iter().any(|tag| tag.name == wanted) {
            offers.push(Offer::New(wanted.to_owned()));
        }
        offers
    }

    fn contents(&mut self, ui: &mut Ui, scene: &Scene, tags: &[Tag], keys: &Keys, just_opened: bool) {
        ui.set_width(WIDTH);
        // The area remembers how high it was; a list that has grown since would be cut.
        ui.set_max_height(60.0 + ROW * 9.5);
        ui.spacing_mut().item_spacing.y = 2.0;
        let name = scene.say("palette-filter");
        let hint = scene.say("palette-hint");
        let field = Field::line(Self::field(), &mut self.filter, &name).hint(&hint).width(WIDTH).frame(false);
        let response = field.show(ui, &scene.ink, scene.look);
        if just_opened {
            response.response.request_focus();
        }
        if response.changed {
            self.chosen = 0;
        }
        let offers = &self.offers(tags);
        self.follow(keys, scene, offers);
        ui.add_space(2.0);
        if offers.is_empty() {
            let words = scene.say("palette-none");
            Label::interface(&words).color(scene.look.quiet).within(WIDTH, 3).show(ui, &scene.ink);
            return;
        }
        ScrollArea::vertical().id_salt("palette").max_height(ROW * 9.5).show_rows(
            ui,
            ROW,
            offers.len(),
            |ui, rows| {
                for row in rows {
                    self.row(ui, scene, &offers[row], row);
                }
            },
        );
    }

    /// Does what the keys of this frame ask for, after the field has taken what was typed before them.
    fn follow(&mut self, keys: &Keys, scene: &Scene, offers: &[Offer]) {
        let last = offers.len().saturating_sub(1);
        self.chosen = (self.chosen + keys.down).min(last).saturating_sub(keys.up);
        let numbered = keys.number.and_then(|number| offers.get(number - 1));
        let numbered = numbered.filter(|offer| matches!(offer, Offer::Tag(..)));
        let chosen = offers.get(self.chosen).filter(|_| keys.chooses);
        if let Some(offer) = numbered.or(chosen) {
            choose(scene, offer);
        }
    }

    fn row(&mut self, ui: &mut Ui, scene: &Scene, offer: &Offer, row: usize) {
        let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::click());
        let words = match offer {
            Offer::Tag(tag, _) => tag.name.clone(),
            Offer::New(name) => scene.say_with("palette-new", &[], &[("name", name)]),
        };
        let is_chosen = row == self.chosen;
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, &words));
        if is_chosen || response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(5), scene.look.accent_tint);
        }
        let inner = rect.shrink2(vec2(8.0, 0.0));
        let name_room = Rect::from_min_max(
            pos2(inner.left() + 20.0, inner.top()),
            pos2(inner.right() - 26.0, inner.bottom()),
        );
        match offer {
            Offer::Tag(tag, _) => {
                swatch(ui, inner, scene.look.tag(tag.color));
                Label::written(&words)
                    .found(&found(&words, &self.filter))
                    .within(name_room.width(), 1)
                    .at_start()
                    .paint_at(ui, &scene.ink, name_room);
            }
            Offer::New(_) => {
                let plus = Rect::from_min_size(inner.min, vec2(16.0, ROW));
                Label::interface("+").color(scene.look.accent).paint_at(ui, &scene.ink, plus);
                Label::interface(&words)
                    .color(scene.look.accent)
                    .within(name_room.width(), 1)
                    .at_start()
                    .paint_at(ui, &scene.ink, name_room);
            }
        }
        if self.filter.is_empty() && row < 9 && matches!(offer, Offer::Tag(..)) {
            let key = Rect::from_center_size(pos2(inner.right() - 8.0, inner.center().y), vec2(18.0, 18.0));
            let stroke = Stroke::new(1.0, scene.look.hairline);
            ui.painter().rect(
                key,
                CornerRadius::same(3),
                scene.look.raised,
                stroke,
                egui::StrokeKind::Inside,
            );
            let number = (row + 1).to_string();
            Label::interface(&number)
                .size(look::SMALL_TEXT)
                .color(scene.look.quiet)
                .within(18.0, 1)
                .align(Align::Center)
                .paint_at(ui, &scene.ink, key);
        }
        if response.clicked() {
            choose(scene, offer);
        }
    }
}

fn choose(scene: &Scene, offer: &Offer) {
    scene.wish(match offer {
        Offer::Tag(tag, _) => Action::ApplyTag(tag.id),
        Offer::New(name) => Action::ApplyNewTag(name.clone()),
    });
}

/// Takes a number key from 1 to 9 out of the frame's events, with the digit it typed: in any of the three sets of digits, because an
/// Arabic keyboard types Arabic ones.
pub fn take_digit(ui: &Ui) -> Option<usize> {
    const KEYS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    ui.input_mut(|input| {
        let at = KEYS.iter().position(|&key| input.consume_key(Modifiers::NONE, key))?;
        input.events.retain(|event| !matches!(event, Event::Text(text) if digit(text).is_some()));
        Some(at + 1)
    })
}

/// The value of a text that is one decimal digit: ASCII, Arabic-Indic or Extended Arabic-Indic.
fn digit(text: &str) -> Option<u32> {
    let mut characters = text.chars();
    let digit = characters.next().filter(|_| characters.next().is_none())?;
    [0x30, 0x660, 0x6f0]
        .into_iter()
        .find_map(|zero| (digit as u32).checked_sub(zero).filter(|value| *value < 10))
}
