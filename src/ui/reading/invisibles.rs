//! Invisible characters on request: a small mark between or over the letters for each, and its name in words.
//!
//! Painted over a finished layout; no letter moves for them.

use egui::{Color32, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, pos2, vec2};

use super::page::{Page, Shown};
use super::{Plan, points};
use crate::text::{Direction, Hidden, Invisible, ParagraphLayout};
use crate::ui::scene::Scene;
use crate::ui::text::{Label, tip};

/// How near the pointer must be to a mark to hear its name, in points.
const NEAR: f32 = 5.0;

/// An invisible character on screen.
pub struct Mark {
    kind: Invisible,
    /// The character; the one that ends a paragraph for its end.
    character: char,
    /// The room of the character, as high as its line, in points.
    rect: Rect,
    baseline: f32,
    rtl: bool,
    /// How many marks stand at the same place before it.
    nth: usize,
}

/// The marks of what is in view, in points from `origin`, the top left corner of the column.
pub fn marks(page: &Page, origin: Pos2, scale: f32) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (shown, layout) in page.shown() {
        let lines = layout.lines();
        let first = lines.partition_point(|line| shown.top + line.bottom < 0.0);
        let end = lines.partition_point(|line| shown.top + line.top <= page.height());
        if first < end {
            marks_of(page, shown, layout, first..end, (origin, scale), &mut marks);
        }
    }
    marks
}

fn marks_of(
    page: &Page,
    shown: Shown,
    layout: &ParagraphLayout,
    lines: std::ops::Range<usize>,
    (origin, scale): (Pos2, f32),
    marks: &mut Vec<Mark>,
) {
    let range = page.piece(shown.piece);
    let ended = page.text()[range.end..].starts_with('\n');
    let goes_on = shown.piece + 1 < page.len() && page.continues(shown.piece + 1);
    let text = &page.text()[range];
    let corner = origin + vec2(0.0, shown.top / scale);
    let mut last: Option<(usize, f32, usize)> = None;
    for Hidden { kind, byte, line, rect, rtl } in layout.hidden(text, lines, ended) {
        if goes_on && kind == Invisible::TrailingSpace {
            continue;
        }
        // Several at one place stand side by side, as it were: each flag lower than the one before.
        let nth = match last {
            Some((on, x, nth)) if on == line && (x - rect.left).abs() < 2.0 && rect.width() < 1.0 => nth + 1,
            _ => 0,
        };
        last = Some((line, rect.left, nth));
        marks.push(Mark {
            kind,
            character: text[byte..].chars().next().unwrap_or('\n'),
            rect: points(rect, corner, scale),
            baseline: corner.y + layout.lines()[line].baseline / scale,
            rtl,
            nth,
        });
    }
}

/// Paints them.
pub fn paint(painter: &Painter, scene: &Scene, marks: &[Mark], scale: f32) {
    let brush = Brush {
        unit: scene.bench.view().text_size / 21.0,
        pixel: 1.0 / scale,
        // What steers the text stands out; what is only room steps back.
        steering: scene.look.accent,
        room: scene.look.quiet,
    };
    let mut shapes = Vec::new();
    for mark in marks {
        brush.draw(mark, &mut shapes);
    }
    painter.extend(shapes);
}

/// Says which character the pointer rests on.
pub(super) fn tell(ui: &Ui, scene: &Scene, response: &Response, marks: &[Mark], plan: &Plan) {
    let Some(pointer) = response.hover_pos().filter(|pointer| plan.pane.contains(*pointer)) else { return };
    let near = |mark: &&Mark| mark.rect.expand2(vec2(NEAR, 0.0)).contains(pointer);
    let distance = |mark: &Mark| (mark.rect.center().x - pointer.x).abs();
    let under = marks.iter().filter(near).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let Some(under) = under else { return };
    // All that stand at one place are named.
    let names: Vec<String> = marks
        .iter()
        .filter(|mark| {
            mark.rect.top() == under.rect.top() && (mark.rect.left() - under.rect.left()).abs() < 1.0
        })
        .map(|mark| name(scene, mark.kind, mark.character))
        .collect();
    let words = names.join(" · ");
    if !ui.input(|input| input.pointer.any_down()) {
        tip(response, &scene.ink, &Label::interface(&words));
    }
}

/// The names of the invisible characters before and after a byte of a text, where there are any.
pub fn beside(scene: &Scene, text: &str, byte: usize) -> Option<String> {
    let (before, after) = (text.get(..byte)?.chars().next_back(), text.get(byte..)?.chars().next());
    let names: Vec<String> = [before, after]
        .into_iter()
        .flatten()
        .filter(|c| *c != '\n')
        .filter_map(|c| Some(name(scene, Invisible::of(c)?, c)))
        .collect();
    (!names.is_empty()).then(|| names.join(" · "))
}

/// The name of a character, with its code point.
fn name(scene: &Scene, kind: Invisible, character: char) -> String {
    let name = scene.say(message(kind));
    let code = format!("{:04X}", u32::from(character));
    scene.say_with("invisible-at", &[], &[("name", &name), ("code", &code)])
}

/// The key of a character's name.
fn message(kind: Invisible) -> &'static str {
    use Direction::{LeftToRight, RightToLeft};
    match kind {
        Invisible::NonJoiner => "invisible-non-joiner",
        Invisible::Joiner => "invisible-joiner",
        Invisible::LeftToRightMark => "invisible-left-to-right-mark",
        Invisible::RightToLeftMark => "invisible-right-to-left-mark",
        Invisible::ArabicLetterMark => "invisible-arabic-letter-mark",
        Invisible::Embedding(LeftToRight) => "invisible-left-to-right-embedding",
        Invisible::Embedding(RightToLeft) => "invisible-right-to-left-embedding",
        Invisible::Override(LeftToRight) => "invisible-left-to-right-override",
        Invisible::Override(RightToLeft) => "invisible-right-to-left-override",
        Invisible::PopEmbedding => "invisible-pop-embedding",
        Invisible::Isolate(Some(LeftToRight)) => "invisible-left-to-right-isolate",
        Invisible::Isolate(Some(RightToLeft)) => "invisible-right-to-left-isolate",
        Invisible::Isolate(None) => "invisible-first-strong-isolate",
        Invisible::PopIsolate => "invisible-pop-isolate",
        Invisible::NoBreakSpace => "invisible-no-break-space",
        Invisible::NarrowNoBreakSpace => "invisible-narrow-no-break-space",
        Invisible::OtherSpace => "invisible-other-space",
        Invisible::ZeroWidthSpace => "invisible-zero-width-space",
        Invisible::WordJoiner => "invisible-word-joiner",
        Invisible::ByteOrderMark => "invisible-byte-order-mark",
        Invisible::SoftHyphen => "invisible-soft-hyphen",
        Invisible::Tatweel => "invisible-tatweel",
        Invisible::Tab => "invisible-tab",
        Invisible::Control => "invisible-control",
        Invisible::TrailingSpace => "invisible-trailing-space",
        Invisible::ParagraphEnd => "invisible-paragraph-end",
    }
}

/// What stands at the head of a stem.
#[derive(Clone, Copy)]
enum Head {
    /// A flag to the left or right.
    Flag(Direction),
    /// An outline of a flag.
    OpenFlag(Direction),
    /// A cross: what is parted.
    Cross,
    /// A dot: what is joined.
    Dot,
    /// A ring.
    Ring,
    /// A box.
    Box,
    /// A wedge that points down.
    Wedge,
    /// A short line.
    Bar,
}

/// Draws marks at the size of the text.
struct Brush {
    /// Points: 1 at the usual text size.
    unit: f32,
    /// Points.
    pixel: f32,
    steering: Color32,
    room: Color32,
}

impl Brush {
    fn draw(&self, mark: &Mark, shapes: &mut Vec<Shape>) {
        use Direction::{LeftToRight, RightToLeft};
        match mark.kind {
            Invisible::NonJoiner => self.stem(mark, Head::Cross, false, shapes),
            Invisible::Joiner => self.stem(mark, Head::Dot, false, shapes),
            Invisible::LeftToRightMark => self.stem(mark, Head::Flag(LeftToRight), false, shapes),
            Invisible::RightToLeftMark => self.stem(mark, Head::Flag(RightToLeft), false, shapes),
            Invisible::ArabicLetterMark => {
                self.stem(mark, Head::Flag(RightToLeft), false, shapes);
                let foot = pos2(mark.rect.center().x, mark.baseline + 4.0 * self.unit);
                shapes.push(Shape::circle_filled(foot, 1.5 * self.unit, self.steering));
            }
            Invisible::Embedding(direction) | Invisible::Override(direction) => {
                self.stem(mark, Head::Flag(direction), true, shapes);
            }
            Invisible::Isolate(Some(direction)) => self.stem(mark, Head::OpenFlag(direction), true, shapes),
            Invisible::Isolate(None) => self.stem(mark, Head::Ring, true, shapes),
            Invisible::PopEmbedding | Invisible::PopIsolate => self.stem(mark, Head::Wedge, true, shapes),
            Invisible::ZeroWidthSpace => self.stem(mark, Head::Wedge, false, shapes),
            Invisible::WordJoiner => self.stem(mark, Head::Ring, false, shapes),
            Invisible::ByteOrderMark | Invisible::Control => self.stem(mark, Head::Box, false, shapes),
            Invisible::SoftHyphen => self.stem(mark, Head::Bar, false, shapes),
            Invisible::NoBreakSpace => self.ring(mark, 2.2, shapes),
            Invisible::NarrowNoBreakSpace => self.ring(mark, 1.5, shapes),
            Invisible::TrailingSpace => {
                let at = pos2(mark.rect.center().x, mark.baseline - 4.5 * self.unit);
                shapes.push(Shape::circle_filled(at, 1.3 * self.unit, self.room));
            }
            Invisible::OtherSpace | Invisible::Tatweel => self.bracket(mark, shapes),
            Invisible::Tab => self.arrow(mark, shapes),
            Invisible::ParagraphEnd => self.pilcrow(mark, shapes),
        }
    }

    /// A thin stem between the letters, with a head above them, and a foot where it opens or closes something.
    fn stem(&self, mark: &Mark, head: Head, foot: bool, shapes: &mut Vec<Shape>) {
        let u = self.unit;
        let width = self.pixel.max(u * 0.9);
        let stroke = Stroke::new(width, self.steering);
        let x = mark.rect.center().x;
        let top = pos2(x, mark.baseline - 17.0 * u + 6.0 * u * mark.nth as f32);
        let bottom = pos2(x, mark.baseline + 3.0 * u);
        shapes.push(Shape::line_segment([top, bottom], stroke));
        if foot {
            shapes.push(Shape::line_segment(
                [bottom - vec2(2.5 * u, 0.0), bottom + vec2(2.5 * u, 0.0)],
                stroke,
            ));
        }
        match head {
            Head::Flag(direction) | Head::OpenFlag(direction) => {
                let side = if direction.is_rtl() { -1.0 } else { 1.0 };
                let flag = vec![top, top + vec2(4.5 * u * side, 2.2 * u), top + vec2(0.0, 4.4 * u)];
                shapes.push(if matches!(head, Head::Flag(_)) {
                    Shape::convex_polygon(flag, self.steering, Stroke::NONE)
                } else {
                    Shape::closed_line(flag, stroke)
                });
            }
            Head::Cross => {
                let arm = 2.2 * u;
                for slope in [1.0, -1.0] {
                    let arm = vec2(arm, arm * slope);
                    shapes.push(Shape::line_segment([top - arm, top + arm], stroke));
                }
            }
            Head::Dot => shapes.push(Shape::circle_filled(top, 2.0 * u, self.steering)),
            Head::Ring => shapes.push(Shape::circle_stroke(top, 2.0 * u, stroke)),
            Head::Bar => {
                let arm = vec2(2.5 * u, 0.0);
                shapes.push(Shape::line_segment([top - arm, top + arm], Stroke::new(1.8 * u, self.steering)));
            }
            Head::Box => {
                let rect = Rect::from_center_size(top, vec2(4.0 * u, 4.0 * u));
                shapes.push(Shape::rect_filled(rect, 0.0, self.steering));
            }
            Head::Wedge => {
                let wedge = vec![
                    top + vec2(-2.5 * u, -1.5 * u),
                    top + vec2(2.5 * u, -1.5 * u),
                    top + vec2(0.0, 2.5 * u),
                ];
                shapes.push(Shape::convex_polygon(wedge, self.steering, Stroke::NONE));
            }
        }
    }

    fn ring(&self, mark: &Mark, radius: f32, shapes: &mut Vec<Shape>) {
        let at = pos2(mark.rect.center().x, mark.baseline - 4.5 * self.unit);
        let stroke = Stroke::new(self.pixel.max(self.unit * 0.9), self.room);
        shapes.push(Shape::circle_stroke(at, radius * self.unit, stroke));
    }

    /// A bracket below, as wide as the character.
    fn bracket(&self, mark: &Mark, shapes: &mut Vec<Shape>) {
        let u = self.unit;
        let (y, inset) = (mark.baseline + 4.5 * u, (mark.rect.width() * 0.12).min(1.5 * u));
        let (left, right) = (mark.rect.left() + inset, mark.rect.right() - inset);
        let line = vec![pos2(left, y - 2.0 * u), pos2(left, y), pos2(right, y), pos2(right, y - 2.0 * u)];
        shapes.push(Shape::line(line, Stroke::new(self.pixel.max(u * 0.9), self.steering)));
    }

    /// An arrow through the room of a tab, the way the text runs.
    fn arrow(&self, mark: &Mark, shapes: &mut Vec<Shape>) {
        let u = self.unit;
        let inset = (mark.rect.width() * 0.15).min(4.0 * u);
        let y = mark.baseline - 4.5 * u;
        let (left, right) = (pos2(mark.rect.left() + inset, y), pos2(mark.rect.right() - inset, y));
        let (tip, back) = if mark.rtl { (left, 1.0) } else { (right, -1.0) };
        let stroke = Stroke::new(self.pixel.max(u * 0.9), self.room);
        shapes.push(Shape::line_segment([left, right], stroke));
        for slope in [1.0, -1.0] {
            shapes.push(Shape::line_segment([tip, tip + vec2(3.0 * u * back, 2.5 * u * slope)], stroke));
        }
    }

    /// A pilcrow beyond the end of the paragraph, turned the way the text runs.
    fn pilcrow(&self, mark: &Mark, shapes: &mut Vec<Shape>) {
        let u = self.unit;
        let side = if mark.rtl { -1.0 } else { 1.0 };
        let at = |x: f32, y: f32| pos2(mark.rect.center().x + side * (5.0 + x) * u, mark.baseline + y * u);
        let stroke = Stroke::new(self.pixel.max(u * 0.9), self.room);
        // Two stems, a bar over them, and a filled bowl on the side where the text is.
        for x in [3.0, 5.5] {
            shapes.push(Shape::line_segment([at(x, -10.0), at(x, 1.0)], stroke));
        }
        shapes.push(Shape::line_segment([at(2.5, -10.0), at(6.5, -10.0)], stroke));
        shapes.push(Shape::circle_filled(at(2.6, -7.6), 2.6 * u, self.room));
    }
}
