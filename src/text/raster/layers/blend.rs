//! How a colour is laid over another: the modes of W3C Compositing and Blending, Level 1, that COLR names. Pure.

use skrifa::color::CompositeMode;

/// Red, green, blue and alpha from 0 to 1, premultiplied.
type Paint = [f32; 4];

/// The source over (or into, or out of) the backdrop.
pub(super) fn compose(source: Paint, backdrop: Paint, mode: CompositeMode) -> Paint {
    let (sa, ba) = (source[3], backdrop[3]);
    // The shares of source and backdrop, after Porter and Duff.
    let shares = match mode {
        CompositeMode::Clear => Some((0.0, 0.0)),
        CompositeMode::Src => Some((1.0, 0.0)),
        CompositeMode::Dest => Some((0.0, 1.0)),
        CompositeMode::DestOver => Some((1.0 - ba, 1.0)),
        CompositeMode::SrcIn => Some((ba, 0.0)),
        CompositeMode::DestIn => Some((0.0, sa)),
        CompositeMode::SrcOut => Some((1.0 - ba, 0.0)),
        CompositeMode::DestOut => Some((0.0, 1.0 - sa)),
        CompositeMode::SrcAtop => Some((ba, 1.0 - sa)),
        CompositeMode::DestAtop => Some((1.0 - ba, sa)),
        CompositeMode::Xor => Some((1.0 - ba, 1.0 - sa)),
        CompositeMode::Plus => Some((1.0, 1.0)),
        _ => None,
    };
    if let Some((of_source, of_backdrop)) = shares {
        return std::array::from_fn(|at| (source[at] * of_source + backdrop[at] * of_backdrop).min(1.0));
    }
    if matches!(mode, CompositeMode::SrcOver) || sa == 0.0 || ba == 0.0 {
        return std::array::from_fn(|at| source[at] + backdrop[at] * (1.0 - sa));
    }
    let plain = |paint: Paint| [paint[0], paint[1], paint[2]].map(|channel| channel / paint[3]);
    let (from, onto) = (plain(source), plain(backdrop));
    let mixed: [f32; 3] = match mode {
        CompositeMode::HslHue => with_luminosity(with_saturation(from, saturation(onto)), luminosity(onto)),
        CompositeMode::HslSaturation => {
            with_luminosity(with_saturation(onto, saturation(from)), luminosity(onto))
        }
        CompositeMode::HslColor => with_luminosity(from, luminosity(onto)),
        CompositeMode::HslLuminosity => with_luminosity(onto, luminosity(from)),
        mode => std::array::from_fn(|at| blend(from[at], onto[at], mode)),
    };
    let channel = |at: usize| source[at] * (1.0 - ba) + backdrop[at] * (1.0 - sa) + sa * ba * mixed[at];
    [channel(0), channel(1), channel(2), sa + ba - sa * ba]
}

/// One channel of the source `s` blended with the backdrop's `b`.
fn blend(s: f32, b: f32, mode: CompositeMode) -> f32 {
    match mode {
        CompositeMode::Multiply => s * b,
        CompositeMode::Screen => s + b - s * b,
        CompositeMode::Overlay => blend(b, s, CompositeMode::HardLight),
        CompositeMode::Darken => s.min(b),
        CompositeMode::Lighten => s.max(b),
        CompositeMode::ColorDodge if b == 0.0 => 0.0,
        CompositeMode::ColorDodge => {
            if s >= 1.0 {
                1.0
            } else {
                (b / (1.0 - s)).min(1.0)
            }
        }
        CompositeMode::ColorBurn if b >= 1.0 => 1.0,
        CompositeMode::ColorBurn => {
            if s <= 0.0 {
                0.0
            } else {
                1.0 - ((1.0 - b) / s).min(1.0)
            }
        }
        CompositeMode::HardLight => {
            if s <= 0.5 {
                b * 2.0 * s
            } else {
                blend(2.0 * s - 1.0, b, CompositeMode::Screen)
            }
        }
        CompositeMode::SoftLight if s <= 0.5 => b - (1.0 - 2.0 * s) * b * (1.0 - b),
        CompositeMode::SoftLight => {
            let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
            b + (2.0 * s - 1.0) * (d - b)
        }
        CompositeMode::Difference => (s - b).abs(),
        CompositeMode::Exclusion => s + b - 2.0 * s * b,
        _ => s,
    }
}

fn luminosity(color: [f32; 3]) -> f32 {
    0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]
}

fn saturation(color: [f32; 3]) -> f32 {
    let (least, most) = extremes(color);
    most - least
}

fn extremes(color: [f32; 3]) -> (f32, f32) {
    (color.into_iter().fold(f32::INFINITY, f32::min), color.into_iter().fold(f32::NEG_INFINITY, f32::max))
}

fn with_luminosity(color: [f32; 3], wanted: f32) -> [f32; 3] {
    let shift = wanted - luminosity(color);
    let color = color.map(|channel| channel + shift);
    let (least, most) = extremes(color);
    let middle = luminosity(color);
    color.map(|channel| {
        let channel =
            if least < 0.0 { middle + (channel - middle) * middle / (middle - least) } else { channel };
        if most > 1.0 { middle + (channel - middle) * (1.0 - middle) / (most - middle) } else { channel }
    })
}

fn with_saturation(color: [f32; 3], wanted: f32) -> [f32; 3] {
    let (least, most) = extremes(color);
    if most <= least {
        return [0.0; 3];
    }
    color.map(|channel| (channel - least) * wanted / (most - least))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Paint = [1.0, 0.0, 0.0, 1.0];
    const GREY: Paint = [0.5, 0.5, 0.5, 1.0];
    const HALF_BLUE: Paint = [0.0, 0.0, 0.5, 0.5];
    const NONE: Paint = [0.0; 4];

    #[test]
    fn modes_do_what_the_specification_says() {
        for (source, backdrop, mode, wanted) in [
            (RED, GREY, CompositeMode::SrcOver, RED),
            (HALF_BLUE, RED, CompositeMode::SrcOver, [0.5, 0.0, 0.5, 1.0]),
            (HALF_BLUE, RED, CompositeMode::DestOver, RED),
            (RED, HALF_BLUE, CompositeMode::SrcIn, [0.5, 0.0, 0.0, 0.5]),
            (RED, HALF_BLUE, CompositeMode::SrcOut, [0.5, 0.0, 0.0, 0.5]),
            (RED, HALF_BLUE, CompositeMode::DestIn, HALF_BLUE),
            (RED, HALF_BLUE, CompositeMode::DestOut, NONE),
            (RED, HALF_BLUE, CompositeMode::SrcAtop, [0.5, 0.0, 0.0, 0.5]),
            (RED, GREY, CompositeMode::Xor, NONE),
            (RED, RED, CompositeMode::Clear, NONE),
            (GREY, GREY, CompositeMode::Plus, [1.0, 1.0, 1.0, 1.0]),
            (RED, GREY, CompositeMode::Multiply, [0.5, 0.0, 0.0, 1.0]),
            (RED, GREY, CompositeMode::Screen, [1.0, 0.5, 0.5, 1.0]),
            (RED, GREY, CompositeMode::Difference, [0.5, 0.5, 0.5, 1.0]),
            (RED, GREY, CompositeMode::Darken, [0.5, 0.0, 0.0, 1.0]),
            (RED, GREY, CompositeMode::Lighten, [1.0, 0.5, 0.5, 1.0]),
            (RED, NONE, CompositeMode::Multiply, RED),
            (NONE, RED, CompositeMode::Multiply, RED),
            (GREY, RED, CompositeMode::HslSaturation, [0.3, 0.3, 0.3, 1.0]),
        ] {
            let found = compose(source, backdrop, mode);
            let far = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far < 1e-5, "{mode:?}: {found:?}, not {wanted:?}");
        }
    }
}
