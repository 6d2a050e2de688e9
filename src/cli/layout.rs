//! `layout`: what the reading view would draw of a text, in numbers.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::listing::one_line;
use crate::store::{StoreError, decode};
use crate::text::{
    Align, Direction, Family, FontLibrary, ParagraphLayout, Style, TextEngine, Weight, document_direction,
    paragraph_direction,
};

/// From one line's top to the next, in ems: the leading of the reading view.
const LEADING: f32 = 1.8;

/// The verb `layout`.
#[derive(Debug, Args)]
pub struct Layout {
    /// A text file
    file: PathBuf,

    /// The font's family, such as «Amiri»
    #[arg(long, value_name = "NAME")]
    font: String,

    /// The font's size in pixels
    #[arg(long, value_name = "PX", allow_hyphen_values = true)]
    size: String,

    /// The width of the column in pixels
    #[arg(long, value_name = "PX", allow_hyphen_values = true)]
    width: String,

    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A paragraph as it is printed. Offsets are bytes in the decoded text, ends exclusive; the LF belongs to no paragraph.
#[derive(Serialize)]
struct Paragraph<'a> {
    start: usize,
    end: usize,
    direction: Direction,
    lines: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    start: usize,
    end: usize,
    runs: Vec<Run<'a>>,
}

/// Runs and their glyphs go from left to right as on screen.
#[derive(Serialize)]
struct Run<'a> {
    start: usize,
    end: usize,
    direction: Direction,
    /// The file's name in `fonts/`, or a path.
    font: &'a str,
    glyphs: Vec<Glyph>,
}

/// The glyph's number, the byte its cluster begins at, and in pixels where it stands and how far the pen moves.
#[derive(Serialize)]
struct Glyph(u32, usize, f32, f32, f32);

impl Layout {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let size = pixels("--size", &self.size)?;
        let width = pixels("--width", &self.width)?;
        let fonts = self.fonts()?;
        let text = self.text()?;
        let mut engine = TextEngine::new(fonts);
        let family = Family::named(&self.font);
        let line_height = (size * LEADING * engine.room(&family)).round();
        let style = Style { family, size, weight: Weight::Regular, line_height };
        let document = document_direction(&text);
        if self.json {
            write!(out, "{{\"paragraphs\":[")?;
        }
        let mut start = 0;
        for (number, paragraph) in text.split('\n').enumerate() {
            let direction = paragraph_direction(paragraph, document);
            let layout = engine.lay_out(paragraph, &style, direction, Align::Start, Some(width));
            let described = describe(&layout, start, &engine);
            if self.json {
                if number > 0 {
                    write!(out, ",")?;
                }
                serde_json::to_writer(&mut *out, &described)?;
            } else {
                list(&described, number + 1, &text, out)?;
            }
            start += paragraph.len() + 1;
        }
        if self.json {
            writeln!(out, "]}}")?;
        }
        Ok(())
    }

    /// The file's text, decoded as an import would.
    fn text(&self) -> Result<String, Failure> {
        let refused = |source| StoreError::Io { act: "read", path: self.file.clone(), source };
        let kind = fs::metadata(&self.file).map_err(refused)?;
        if !kind.is_file() && !kind.is_dir() {
            let why = "it is a pipe or a device, not a file".to_owned();
            return Err(StoreError::NotText { path: self.file.clone(), why }.into());
        }
        let bytes = fs::read(&self.file).map_err(refused)?;
        let decoded = decode::decode(&bytes, None)
            .map_err(|why| StoreError::NotText { path: self.file.clone(), why: why.to_string() })?;
        Ok(decoded.text)
    }

    /// The bundled fonts, so that the output is the same on every machine; the system's too when the font asked for is one of them.
    fn fonts(&self) -> Result<FontLibrary, Failure> {
        let bundled = FontLibrary::bundled();
        if bundled.has(&self.font) == Some(true) {
            return Ok(bundled);
        }
        let system = FontLibrary::with_system_fonts(|| {}).waiting();
        if system.has(&self.font) == Some(true) {
            return Ok(system);
        }
        let (font, known) = (&self.font, bundled.families().0.join(", "));
        let instead = format!("give the family name of an installed font, or one of {known}");
        Err(Failure::WrongUse(format!("--font: there is no font «{font}»; {instead}")))
    }
}

fn pixels(flag: &str, value: &str) -> Result<f32, Failure> {
    match value.parse::<f32>() {
        Ok(pixels) if pixels.is_finite() && pixels > 0.0 => Ok(pixels),
        _ => {
            let why = format!("{flag}: «{value}» is no number of pixels; give one above 0");
            Err(Failure::WrongUse(why))
        }
    }
}

fn describe<'a>(layout: &ParagraphLayout, start: usize, engine: &'a TextEngine) -> Paragraph<'a> {
    let lines = layout.lines().iter().map(|line| Line {
        start: start + line.range.start,
        end: start + line.range.end,
        runs: line
            .runs
            .iter()
            .map(|run| Run {
                start: start + run.range.start,
                end: start + run.range.end,
                direction: run.direction,
                font: engine.font_file(run.font),
                glyphs: run
                    .glyphs
                    .iter()
                    .map(|glyph| Glyph(glyph.id, start + glyph.cluster, glyph.x, glyph.y, glyph.advance))
                    .collect(),
            })
            .collect(),
    });
    Paragraph { start, end: start + layout.len(), direction: layout.direction(), lines: lines.collect() }
}

/// The same for people: a paragraph's lines and their text, each run with what draws it.
fn list(paragraph: &Paragraph<'_>, number: usize, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let arrow = |direction: Direction| if direction.is_rtl() { "←" } else { "→" };
    writeln!(out, "paragraph {number} {} {}–{}", arrow(paragraph.direction), paragraph.start, paragraph.end)?;
    for line in &paragraph.lines {
        let words = text.get(line.start..line.end).unwrap_or("");
        writeln!(out, "  line {}–{}: {}", line.start, line.end, one_line(words.trim_end()))?;
        for run in &line.runs {
            let width: f32 = run.glyphs.iter().map(|glyph| glyph.4).sum();
            let (way, glyphs) = (arrow(run.direction), run.glyphs.len());
            writeln!(out, "    {way} {}–{} {} {glyphs} glyphs, {width:.2} px", run.start, run.end, run.font)?;
        }
    }
    Ok(())
}
