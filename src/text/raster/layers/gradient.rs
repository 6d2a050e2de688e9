//! Gradients of painted glyphs: which colour a point has (OpenType, COLR, the formats PaintLinearGradient, PaintRadialGradient and
//! PaintSweepGradient). Pure.

use skrifa::color::{Brush, ColorStop, Extend};

/// A colour on the way of a gradient, red, green, blue, alpha, not premultiplied.
pub(super) struct Stop {
    pub at: f32,
    pub color: [f32; 4],
}

pub(super) struct Gradient {
    shape: Shape,
    stops: Vec<Stop>,
    extend: Extend,
}

enum Shape {
    Linear { from: [f32; 2], along: [f32; 2] },
    Radial { from: [f32; 2], along: [f32; 2], radius: f32, growth: f32 },
    Sweep { centre: [f32; 2], from: f32, sweep: f32 },
}

impl Gradient {
    /// The gradient of a brush; `None` for a plain colour, or where there is nothing to paint.
    pub fn of(brush: &Brush<'_>, read: impl FnOnce(&[ColorStop]) -> Vec<Stop>) -> Option<Self> {
        let (shape, stops, extend) = match brush {
            Brush::Solid { .. } => return None,
            Brush::LinearGradient { p0, p1, color_stops, extend } => {
                (Shape::Linear { from: [p0.x, p0.y], along: [p1.x - p0.x, p1.y - p0.y] }, color_stops, extend)
            }
            Brush::RadialGradient { c0, r0, c1, r1, color_stops, extend } => {
                let along = [c1.x - c0.x, c1.y - c0.y];
                let shape = Shape::Radial { from: [c0.x, c0.y], along, radius: *r0, growth: r1 - r0 };
                (shape, color_stops, extend)
            }
            Brush::SweepGradient { c0, start_angle, end_angle, color_stops, extend } => {
                let shape =
                    Shape::Sweep { centre: [c0.x, c0.y], from: *start_angle, sweep: end_angle - start_angle };
                (shape, color_stops, extend)
            }
        };
        let stops = read(stops);
        (!stops.is_empty()).then_some(Self { shape, stops, extend: *extend })
    }

    /// The colour at a point of the glyph's own plane, not premultiplied.
    pub fn color_at(&self, x: f32, y: f32) -> [f32; 4] {
        match self.way(x, y).filter(|way| way.is_finite()) {
            Some(way) => self.color_on(self.extended(way)),
            None => [0.0; 4],
        }
    }

    /// How far along the gradient a point lies: 0 at its beginning, 1 at its end.
    fn way(&self, x: f32, y: f32) -> Option<f32> {
        match self.shape {
            Shape::Linear { from, along } => {
                let length = along[0] * along[0] + along[1] * along[1];
                Some(((x - from[0]) * along[0] + (y - from[1]) * along[1]) / length)
            }
            Shape::Radial { from, along, radius, growth } => {
                // The point lies on the circle around from + t · along with the radius r + t · growth; of two such circles the one
                // further on counts, and none has a radius below zero.
                let (dx, dy) = (x - from[0], y - from[1]);
                let a = along[0] * along[0] + along[1] * along[1] - growth * growth;
                let b = dx * along[0] + dy * along[1] + radius * growth;
                let c = dx * dx + dy * dy - radius * radius;
                let is_circle = |way: &f32| radius + way * growth >= 0.0;
                if a.abs() < 1e-6 {
                    return Some(c / (2.0 * b)).filter(is_circle);
                }
                let root = (b * b - a * c).sqrt();
                let (one, other) = ((b + root) / a, (b - root) / a);
                [one.max(other), one.min(other)].into_iter().find(is_circle)
            }
            Shape::Sweep { centre, from, sweep } => {
                // Clockwise, as skrifa gives the angles; the plane's y goes up.
                let angle = (-(y - centre[1])).atan2(x - centre[0]).to_degrees().rem_euclid(360.0);
                Some((angle - from) / sweep)
            }
        }
    }

    fn extended(&self, way: f32) -> f32 {
        let (first, last) = (self.stops[0].at, self.stops[self.stops.len() - 1].at);
        let length = last - first;
        if length <= 0.0 {
            return way;
        }
        match self.extend {
            Extend::Repeat => first + (way - first).rem_euclid(length),
            Extend::Reflect => {
                let along = (way - first).rem_euclid(2.0 * length);
                first + if along > length { 2.0 * length - along } else { along }
            }
            _ => way,
        }
    }

    fn color_on(&self, way: f32) -> [f32; 4] {
        let next = self.stops.partition_point(|stop| stop.at <= way);
        let Some(before) = next.checked_sub(1) else { return self.stops[0].color };
        let (before, Some(after)) = (&self.stops[before], self.stops.get(next)) else {
            return self.stops[before].color;
        };
        let share = (way - before.at) / (after.at - before.at);
        let mut color = before.color;
        color.iter_mut().zip(after.color).for_each(|(from, to)| *from += (to - *from) * share);
        color
    }
}
