//! The renderer on exact pixels.

use std::sync::Arc;

use egui::epaint::{ClippedPrimitive, ImageDelta, Mesh, Primitive, Vertex};
use egui::{
    Color32, ColorImage, PaintCallback, Pos2, Rect, TextureFilter, TextureId, TextureOptions,
    TextureWrapMode, TexturesDelta, pos2, vec2,
};
use egui_kittest::{Harness, TestRenderer as _};
use image::{Rgba, RgbaImage};

use super::{BACKGROUND, CALLBACK, CpuRenderer};

const WHITE: TextureId = TextureId::User(1);
const PICTURE: TextureId = TextureId::User(2);

const RED: Color32 = Color32::from_rgb(200, 10, 20);
const EVERYWHERE: Rect = Rect::EVERYTHING;

/// A renderer that holds a white texel as [`WHITE`] and `picture` as [`PICTURE`].
fn raster(picture: ColorImage, options: TextureOptions) -> CpuRenderer {
    let mut raster = CpuRenderer::new();
    let mut delta = TexturesDelta::default();
    let white = ColorImage::filled([1, 1], Color32::WHITE);
    delta.push(WHITE, ImageDelta::full(white, TextureOptions::LINEAR));
    delta.push(PICTURE, ImageDelta::full(picture, options));
    raster.handle_delta(&mut delta);
    raster
}

fn plain() -> CpuRenderer {
    raster(ColorImage::filled([1, 1], Color32::BLACK), TextureOptions::NEAREST)
}

fn quad(texture_id: TextureId, rect: Rect, uv: Rect, colour: Color32) -> Primitive {
    let mut mesh = Mesh::with_texture(texture_id);
    mesh.add_rect_with_uv(rect, uv, colour);
    Primitive::Mesh(mesh)
}

fn flat(rect: Rect, colour: Color32) -> Primitive {
    quad(WHITE, rect, Rect::from_min_max(Pos2::ZERO, Pos2::ZERO), colour)
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_min_max(pos2(left, top), pos2(right, bottom))
}

/// The picture of `primitive`, `size` pixels wide and high.
fn paint(raster: &CpuRenderer, size: u32, scale: f32, clip_rect: Rect, primitive: Primitive) -> RgbaImage {
    let primitive = ClippedPrimitive { clip_rect, primitive };
    raster.paint([size, size], scale, &[primitive]).expect("every texture was uploaded")
}

/// The picture as rows of letters: `.` background, `#` this colour, `?` another.
fn letters(picture: &RgbaImage, colour: [u8; 4]) -> Vec<String> {
    picture
        .rows()
        .map(|row| {
            row.map(|pixel| match pixel.0 {
                BACKGROUND => '.',
                other if other == colour => '#',
                _ => '?',
            })
            .collect()
        })
        .collect()
}

#[test]
fn a_solid_rectangle_covers_its_pixels_and_no_other() {
    let picture = paint(&plain(), 5, 1.0, EVERYWHERE, flat(rect(1.0, 2.0, 4.0, 4.0), RED));
    assert_eq!(letters(&picture, RED.to_array()), [".....", ".....", ".###.", ".###.", "....."]);
}

#[test]
fn a_pixel_belongs_to_the_shape_that_holds_its_centre() {
    // At scale 2 the sides lie at 1.4, 1.6, 5.0 and 6.8 pixels.
    let picture = paint(&plain(), 8, 2.0, EVERYWHERE, flat(rect(0.7, 0.8, 2.5, 3.4), RED));
    assert_eq!(
        letters(&picture, RED.to_array()),
        ["........", "........", ".####...", ".####...", ".####...", ".####...", ".####...", "........",]
    );
}

#[test]
fn centres_on_an_edge_fall_to_the_top_and_left_edges_only() {
    let picture = paint(&plain(), 4, 1.0, EVERYWHERE, flat(rect(0.5, 0.5, 2.5, 2.5), RED));
    assert_eq!(letters(&picture, RED.to_array()), ["##..", "##..", "....", "...."]);
}

#[test]
fn a_triangle_is_the_same_whichever_way_round() {
    let corners = [pos2(0.0, 0.0), pos2(6.0, 0.0), pos2(0.0, 6.0)];
    let triangle = |order: [usize; 3]| {
        let mut mesh = Mesh::with_texture(WHITE);
        mesh.vertices = order.map(|i| Vertex { pos: corners[i], uv: Pos2::ZERO, color: RED }).to_vec();
        mesh.add_triangle(0, 1, 2);
        letters(&paint(&plain(), 6, 1.0, EVERYWHERE, Primitive::Mesh(mesh)), RED.to_array())
    };
    // The centres on the long side, which is a right edge, stay out.
    let expected = ["#####.", "####..", "###...", "##....", "#.....", "......"];
    assert_eq!(triangle([0, 1, 2]), expected);
    assert_eq!(triangle([0, 2, 1]), expected);
}

#[test]
fn a_translucent_rectangle_blends_each_pixel_once() {
    // Half of a premultiplied (100, 0, 0) over the background: 100 + 8·127/255, and the seam of the two triangles too.
    let colour = Color32::from_rgba_premultiplied(100, 0, 0, 128);
    let picture = paint(&plain(), 4, 1.0, EVERYWHERE, flat(rect(0.0, 0.0, 4.0, 4.0), colour));
    assert_eq!(letters(&picture, [104, 4, 4, 255]), ["####"; 4]);
}

#[test]
fn premultiplied_light_without_alpha_is_added() {
    let glow = Color32::from_rgba_premultiplied(50, 60, 255, 0);
    let picture = paint(&plain(), 1, 1.0, EVERYWHERE, flat(rect(0.0, 0.0, 1.0, 1.0), glow));
    assert_eq!(picture.get_pixel(0, 0), &Rgba([58, 68, 255, 255]));
}

#[test]
fn colours_between_corners_change_evenly() {
    let mut mesh = Mesh::with_texture(WHITE);
    for (pos, grey) in
        [(pos2(0.0, 0.0), 0), (pos2(255.0, 0.0), 255), (pos2(255.0, 2.0), 255), (pos2(0.0, 2.0), 0)]
    {
        mesh.vertices.push(Vertex {
            pos,
            uv: Pos2::ZERO,
            color: Color32::from_rgba_premultiplied(grey, grey, grey, 255),
        });
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    let picture = paint(&plain(), 255, 1.0, EVERYWHERE, Primitive::Mesh(mesh));
    for (x, y, pixel) in picture.enumerate_pixels().filter(|(_, y, _)| *y < 2) {
        // Halfway between two steps at each centre; dithering decides which.
        let steps = [x as u8, x as u8 + 1];
        assert!(steps.contains(&pixel.0[0]), "({x}, {y}) is {pixel:?}");
        assert_eq!(pixel.0[3], 255);
    }
}

#[test]
fn clip_rectangles_round_to_whole_pixels() {
    // At scale 1.5 the clip's sides lie at 1.5, 2.25, 4.65 and 4.4 pixels: rounded 2, 2, 5, 4.
    let clip = rect(1.0, 1.5, 3.1, 2.95);
    let picture = paint(&plain(), 6, 1.5, clip, flat(rect(-9.0, -9.0, 99.0, 99.0), RED));
    assert_eq!(
        letters(&picture, RED.to_array()),
        ["......", "......", "..###.", "..###.", "......", "......"]
    );
    for nothing in [Rect::NOTHING, rect(4.0, 4.0, 2.0, 2.0), rect(50.0, 0.0, 60.0, 9.0)] {
        let picture = paint(&plain(), 2, 1.0, nothing, flat(rect(0.0, 0.0, 2.0, 2.0), RED));
        assert_eq!(letters(&picture, RED.to_array()), ["..", ".."]);
    }
}

/// Three by two texels, all different, one of them translucent.
fn chequered() -> ColorImage {
    let colours = [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
        [0, 0, 255, 255],
        [10, 20, 30, 255],
        [0, 0, 0, 0],
        [90, 80, 70, 100],
    ];
    let pixels = colours.map(|[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a));
    ColorImage::new([3, 2], pixels.to_vec())
}

const WHOLE: Rect = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));

#[test]
fn a_texture_drawn_texel_on_pixel_keeps_its_values() {
    for options in [TextureOptions::NEAREST, TextureOptions::LINEAR] {
        let raster = raster(chequered(), options);
        let target = Rect::from_min_size(pos2(1.0, 1.0), vec2(3.0, 2.0));
        let picture = paint(&raster, 4, 1.0, EVERYWHERE, quad(PICTURE, target, WHOLE, Color32::WHITE));
        let pixels = |y| [1, 2, 3].map(|x| picture.get_pixel(x, y).0);
        assert_eq!(pixels(1), [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255]]);
        assert_eq!(pixels(2), [[10, 20, 30, 255], BACKGROUND, [90 + 5, 80 + 5, 70 + 5, 255]]);
        assert_eq!(picture.get_pixel(0, 1).0, BACKGROUND);
        assert_eq!(picture.get_pixel(1, 3).0, BACKGROUND);
    }
}

#[test]
fn a_texture_is_tinted_by_multiplication() {
    let raster = raster(chequered(), TextureOptions::NEAREST);
    let target = Rect::from_min_size(Pos2::ZERO, vec2(3.0, 2.0));
    let tint = Color32::from_rgba_premultiplied(51, 102, 255, 255);
    let picture = paint(&raster, 3, 1.0, EVERYWHERE, quad(PICTURE, target, WHOLE, tint));
    assert_eq!(picture.get_pixel(0, 0).0, [51, 0, 0, 255]);
    assert_eq!(picture.get_pixel(1, 0).0, [0, 102, 0, 255]);
    assert_eq!(picture.get_pixel(0, 1).0, [2, 8, 30, 255]);
}

#[test]
fn an_enlarged_texture_follows_its_filter() {
    let black_and_white = || ColorImage::new([2, 1], vec![Color32::BLACK, Color32::WHITE]);
    let row = |magnification| {
        let options = TextureOptions { magnification, ..TextureOptions::NEAREST };
        let raster = raster(black_and_white(), options);
        let target = Rect::from_min_size(Pos2::ZERO, vec2(8.0, 8.0));
        let picture = paint(&raster, 8, 1.0, EVERYWHERE, quad(PICTURE, target, WHOLE, Color32::WHITE));
        (0..8).map(|x| i32::from(picture.get_pixel(x, 4).0[0])).collect::<Vec<_>>()
    };
    assert_eq!(row(TextureFilter::Nearest), [0, 0, 0, 0, 255, 255, 255, 255]);
    // Four pixels a texel: the centres between the two texel centres stand at 1/8, 3/8, 5/8 and 7/8 of the way.
    for (got, exact) in
        row(TextureFilter::Linear).into_iter().zip([0.0, 0.0, 31.875, 95.625, 159.375, 223.125, 255.0, 255.0])
    {
        assert!((f64::from(got) - exact).abs() < 1.0, "{got} for {exact}");
    }
}

#[test]
fn coordinates_outside_a_texture_follow_its_wrap_mode() {
    let row = |wrap_mode| {
        let options = TextureOptions { wrap_mode, ..TextureOptions::NEAREST };
        let raster = raster(chequered(), options);
        let uv = rect(-1.0, 0.0, 2.0, 0.5);
        let target = Rect::from_min_size(Pos2::ZERO, vec2(9.0, 1.0));
        let picture = paint(&raster, 9, 1.0, EVERYWHERE, quad(PICTURE, target, uv, Color32::WHITE));
        (0..9)
            .map(|x| match picture.get_pixel(x, 0).0 {
                [255, 0, 0, 255] => 'r',
                [0, 255, 0, 255] => 'g',
                [0, 0, 255, 255] => 'b',
                _ => '?',
            })
            .collect::<String>()
    };
    assert_eq!(row(TextureWrapMode::ClampToEdge), "rrrrgbbbb");
    assert_eq!(row(TextureWrapMode::Repeat), "rgbrgbrgb");
    assert_eq!(row(TextureWrapMode::MirroredRepeat), "bgrrgbbgr");
}

#[test]
fn a_partial_update_changes_its_part_only() {
    let mut raster = raster(chequered(), TextureOptions::NEAREST);
    let mut delta = TexturesDelta::default();
    let patch = ColorImage::new([2, 1], vec![RED, RED]);
    delta.push(PICTURE, ImageDelta::partial([1, 1], patch, TextureOptions::NEAREST));
    raster.handle_delta(&mut delta);
    let target = Rect::from_min_size(Pos2::ZERO, vec2(3.0, 2.0));
    let picture = paint(&raster, 3, 1.0, EVERYWHERE, quad(PICTURE, target, WHOLE, Color32::WHITE));
    assert_eq!(letters(&picture, RED.to_array()), ["???", "?##", "..."]);
}

#[test]
fn a_freed_texture_lives_until_its_frame_is_painted() {
    let mut raster = raster(chequered(), TextureOptions::NEAREST);
    let once = |raster: &CpuRenderer| {
        let primitive = ClippedPrimitive {
            clip_rect: EVERYWHERE,
            primitive: quad(PICTURE, rect(0.0, 0.0, 1.0, 1.0), WHOLE, RED),
        };
        raster.paint([2, 2], 1.0, &[primitive])
    };
    let mut delta = TexturesDelta::default();
    delta.free(PICTURE);
    raster.handle_delta(&mut delta);
    assert!(delta.is_empty(), "egui panics on a delta that was not taken");
    assert!(once(&raster).is_ok());
    raster.handle_delta(&mut TexturesDelta::default());
    let error = once(&raster).expect_err("the texture is gone");
    assert!(error.contains("User(2)"), "{error}");
}

#[test]
fn a_paint_callback_shows_as_a_magenta_box() {
    let callback = PaintCallback { rect: rect(1.0, 1.0, 4.0, 4.0), callback: Arc::new(()) };
    let clip = rect(0.0, 0.0, 3.0, 9.0);
    let picture = paint(&plain(), 4, 1.0, clip, Primitive::Callback(callback));
    assert_eq!(letters(&picture, CALLBACK), ["....", ".##.", ".##.", ".##."]);
}

/// Amiri for egui's own text: the tests need some letters, and the build leaves egui's fonts out.
fn amiri() -> egui::FontDefinitions {
    let font = include_bytes!("../../../fonts/Amiri-Regular.ttf");
    let mut fonts = egui::FontDefinitions::empty();
    fonts.font_data.insert("Amiri".to_owned(), Arc::new(egui::FontData::from_static(font)));
    for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
        fonts.families.insert(family, vec!["Amiri".to_owned()]);
    }
    fonts
}

/// What egui itself makes of shapes and text arrives whole, at both scales.
#[expect(
    clippy::disallowed_methods,
    reason = "the letters here are only ink, made by egui's own text path on purpose"
)]
#[test]
fn a_window_is_painted_through_egui() {
    for scale in [1.0, 2.0] {
        let mut harness = Harness::builder()
            .with_size(vec2(120.0, 60.0))
            .with_pixels_per_point(scale)
            .renderer(CpuRenderer::new())
            .with_context_setup(|ctx| ctx.set_fonts(amiri()))
            .build_ui(|ui| {
                let painter = ui.ctx().layer_painter(egui::LayerId::background());
                painter.rect_filled(rect(-5.0, -5.0, 200.0, 100.0), 0.0, Color32::from_gray(240));
                painter.rect_filled(rect(100.0, 10.0, 110.0, 50.0), 0.0, RED);
                painter.text(
                    pos2(10.0, 30.0),
                    egui::Align2::LEFT_CENTER,
                    "HHHH",
                    egui::FontId::proportional(20.0),
                    Color32::BLACK,
                );
            });
        harness.run();
        let picture = harness.render().expect("a picture");
        assert_eq!(picture.dimensions(), ((120.0 * scale) as u32, (60.0 * scale) as u32));

        let at = |x: f32, y: f32| picture.get_pixel((x * scale) as u32, (y * scale) as u32).0;
        assert_eq!(at(99.0, 30.0), [240, 240, 240, 255]);
        assert_eq!(at(105.0, 9.0), [240, 240, 240, 255]);
        for inside in [at(101.0, 30.0), at(108.0, 12.0), at(105.0, 48.0)] {
            assert_eq!(inside, RED.to_array());
        }
        // Four H have eight stems: on a row above the bars, ink begins eight times.
        let row = (26.0 * scale) as u32;
        let dark = (0..picture.width()).map(|x| picture.get_pixel(x, row).0[1] < 120).collect::<Vec<_>>();
        let text = &dark[..(98.0 * scale) as usize];
        let stems = text.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        assert_eq!(stems, 8, "at scale {scale}: {text:?}");
    }
}
