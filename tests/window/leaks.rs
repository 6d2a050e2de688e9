//! No string that somebody wrote reaches egui's own text layout, which knows no bidi.
//!
//! Every field of the project that can be written holds U+E000. Every screen, menu, submenu, context menu, tooltip, popup and dialog is
//! visited; a plug-in of egui looks through every frame for text that egui laid out. Each visit says which fields it shows, and at the end
//! every field must have been seen, so that no visit passes by showing nothing. What there is to visit is counted in the source, in
//! [`openers`]: who adds a dialog, a menu, a tooltip or a field adds a visit. [`written`] makes the project.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use egui::epaint::Shape;
use egui::{Context, FullOutput, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use hashiya::app::command::MENUS;
use hashiya::app::importing::{Case, Found, Report};
use hashiya::app::view::FONT;
use hashiya::app::{
    Action, Command, Counted, Dialog, ExportPlan, ImportPlan, Incoming, Pick, TagDraft, Target, Then,
};
use hashiya::exchange::Out;
use hashiya::model::{DocumentId, Edit};
use hashiya::ui::Window;

use crate::desk::{Desk, Home};

mod openers;
mod written;

use openers::{variant, variants};
use written::{FIELDS, project, written};

const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

/// Looks at all that is painted.
struct Watch(Arc<Mutex<Vec<String>>>);

impl egui::Plugin for Watch {
    fn debug_name(&self) -> &'static str {
        "watch"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let mut texts = self.0.lock().expect("nothing panics while it watches");
        output.shapes.iter().for_each(|clipped| collect(&clipped.shape, &mut texts));
    }
}

/// The texts that egui laid out.
fn collect(shape: &Shape, texts: &mut Vec<String>) {
    match shape {
        Shape::Text(text) => texts.push(text.galley.text().to_owned()),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, texts)),
        Shape::Noop
        | Shape::Circle(_)
        | Shape::Ellipse(_)
        | Shape::LineSegment { .. }
        | Shape::Path(_)
        | Shape::Band(_)
        | Shape::Rect(_)
        | Shape::Mesh(_)
        | Shape::QuadraticBezier(_)
        | Shape::CubicBezier(_)
        | Shape::Callback(_) => {}
    }
}

/// A tour of the window.
struct Tour {
    desk: Desk,
    texts: Arc<Mutex<Vec<String>>>,
    seen: BTreeSet<&'static str>,
}

impl Tour {
    fn of(desk: Desk) -> Self {
        let texts = Arc::new(Mutex::new(Vec::new()));
        // The harness would panic about the glyph that egui lacks, without saying where.
        desk.harness.ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        desk.harness.ctx.add_plugin(Watch(Arc::clone(&texts)));
        Self { desk, texts, seen: BTreeSet::new() }
    }

    /// Looks at what there is now: nothing may have leaked since the last look, and these fields must be shown.
    #[track_caller]
    fn look(&mut self, place: &str, fields: &[&'static str]) {
        self.desk.harness.step();
        let texts = std::mem::take(&mut *self.texts.lock().expect("nothing panics while it watches"));
        assert_eq!(texts, [""; 0], "{place}: egui laid this text out");
        let spoken: Vec<String> = spoken(&self.desk.harness);
        for field in fields {
            let wanted = written(field);
            assert!(
                spoken.iter().any(|name| name.contains(&wanted)),
                "{place} does not show {field}: {spoken:#?}"
            );
            self.seen.insert(field);
        }
    }

    /// Opens the menu of what has this in its name, by the mouse and by keys, looks, and puts it away.
    #[track_caller]
    fn context_menu(&mut self, part: &str, item: &str) {
        for by_keys in [false, true] {
            if by_keys {
                self.desk.harness.get_by_label_contains(part).focus();
                self.desk.settle();
                self.desk.key(Modifiers::SHIFT, Key::F10);
            } else {
                self.desk.harness.get_by_label_contains(part).click_secondary();
                self.desk.settle();
            }
            self.desk.harness.get_by_label(item);
            self.look(part, &[]);
            self.desk.key(Modifiers::NONE, Key::Escape);
            assert!(self.desk.harness.query_by_label(item).is_none());
        }
    }

    /// Lets the pointer rest on what has this in its name until its tooltip comes.
    #[track_caller]
    fn rest_on(&mut self, part: &str, fields: &[&'static str]) {
        self.desk.harness.get_by_label_contains(part).hover();
        for _ in 0..90 {
            self.desk.harness.step();
        }
        self.look(part, fields);
        self.desk.move_to(egui::pos2(1.0, 1.0));
        self.desk.settle();
    }
}

/// All names and values that a screen reader hears.
fn spoken(harness: &Harness<'_, Window>) -> Vec<String> {
    let mut said = Vec::new();
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        said.extend(node.label());
        said.extend(node.value());
        if node.supports_text_ranges() {
            said.push(node.document_range().text());
        }
    }
    said
}

#[test]
fn what_somebody_wrote_is_never_laid_out_by_egui() {
    let home = Home::new();
    let place = project(&home);
    let mut tour = Tour::of(home.sit_as(&written("coder")));
    tour.look("the start", &[]);
    panels(&mut tour, &place);
    menus(&mut tour);
    dialogs(&mut tour, &home);
    refusals(&mut tour, &home);
    reading_only(&mut tour, &home, &place);
    commands(&mut tour, &place);
    tour.desk.leave();

    let mut tour = Tour { seen: tour.seen, ..Tour::of(home.sit()) };
    tour.desk.harness.state_mut().bench_mut().load_recent();
    tour.desk.settle();
    tour.look("the start, with what was opened before", &["folder"]);
    tour.desk.click("File");
    tour.desk.harness.get_by_label("Open recent").hover();
    tour.desk.settle();
    tour.look("the submenu of what was opened before", &["folder"]);
    tour.desk.leave();

    let unseen: Vec<_> = FIELDS.iter().filter(|field| !tour.seen.contains(*field)).collect();
    assert!(unseen.is_empty(), "no visit shows {unseen:?}");
}

/// The panels, what opens from them, and what lies over the text.
fn panels(tour: &mut Tour, place: &Path) {
    tour.desk.open(place);
    tour.look("the panels", &["title", "text", "tag", "quote"]);
    tour.rest_on("Document \u{2068}\u{e000}title", &["title"]);
    tour.rest_on("Tag \u{2068}\u{e000}tag", &["definition"]);
    tour.desk.click_on("Annotation \u{2068}\u{e000}quote");
    tour.look("the card", &["quote", "relation", "tag", "note", "key", "value", "coder"]);
    tour.desk.click("+ tag");
    tour.look("the tags to add", &[]);
    tour.desk.key(Modifiers::NONE, Key::Escape);
    tour.desk.click_on("Tag \u{2068}\u{e000}tag");
    tour.desk.click("+ tag");
    tour.look("the tag to add", &["tag"]);
    tour.desk.key(Modifiers::NONE, Key::Escape);
    tour.desk.key(CTRL, Key::Z);

    tour.context_menu("Document \u{2068}\u{e000}title", "Document details…");
    tour.context_menu("Tag \u{2068}\u{e000}tag", "Rename, recolour, define…");
    tour.context_menu("Annotation \u{2068}\u{e000}quote", "Copy row");
    tour.context_menu("Reading view", "Copy");

    for (field, name) in [("documents", "Filter documents"), ("rows", "Filter annotations")] {
        tour.desk.click_field(name);
        tour.desk.type_text(&written(field));
        tour.look(name, &[field]);
        let field = tour.desk.harness.get_by(|node| {
            node.label().as_deref() == Some(name) && node.value().is_some_and(|value| !value.is_empty())
        });
        field.click_secondary();
        tour.desk.settle();
        tour.desk.harness.get_by_label("Select all").click();
        tour.desk.settle();
        tour.desk.key(Modifiers::NONE, Key::Delete);
    }

    tour.desk.key(CTRL, Key::F);
    tour.desk.type_text(&written("found"));
    tour.look("the find bar", &["found"]);
    tour.desk.key(Modifiers::NONE, Key::Escape);

    // Beside the first line of the second paragraph: the mark of its end, and the tip that names it.
    let show = Action::Run(Command::ShowInvisibles);
    tour.desk.harness.state_mut().bench_mut().act(show.clone());
    tour.desk.settle();
    let line =
        tour.desk.lines().into_iter().find(|line| line.paragraph == 1).expect("paragraph 1 is in view");
    tour.desk.move_to(line.rect.left_center());
    for _ in 0..90 {
        tour.desk.harness.step();
    }
    tour.desk.harness.get_by_label_contains("End of the paragraph");
    tour.look("the tip of an invisible character", &[]);
    tour.desk.harness.state_mut().bench_mut().act(show);

    tour.desk.drag_over_line(1, 0);
    tour.look("the palette", &["tag"]);
    tour.desk.type_text(&written("draft"));
    tour.look("a new tag in the palette", &["draft"]);
    tour.desk.key(Modifiers::NONE, Key::Escape);
}

/// The menu bar's menus; what is in them comes from the table of commands.
fn menus(tour: &mut Tour) {
    for menu in MENUS {
        let name = menu.message().trim_start_matches("menu-");
        let name = name[..1].to_uppercase() + &name[1..];
        tour.desk.click(&name);
        let items = Command::ALL.iter().filter(|command| command.place().0 == menu).count();
        assert!(items > 0);
        tour.look(&name, &[]);
        tour.desk.key(Modifiers::NONE, Key::Escape);
    }
}

/// The dialogs, one of each kind.
fn dialogs(tour: &mut Tour, home: &Home) {
    let bench = tour.desk.harness.state().bench();
    let document = bench.document().expect("one is open").id;
    let tag = bench.project().expect("a project is open").codebook().tags()[0].clone();
    let draft = TagDraft {
        id: Some(tag.id),
        name: written("draft"),
        color: tag.color,
        definition: written("definition"),
    };
    let wanted: Vec<(Dialog, &[&'static str])> = vec![
        (Dialog::Path(Pick::OpenFolder, written("path")), &["path"]),
        (Dialog::Path(Pick::AddDocuments, written("path")), &["path"]),
        (Dialog::Path(Pick::UpdateDocument(document), written("path")), &["path"]),
        (Dialog::Path(Pick::SaveAs, written("path")), &["path"]),
        (Dialog::Path(Pick::Export(ExportPlan::default()), written("path")), &["path"]),
        (Dialog::Path(Pick::Import(ImportPlan::default(), Out::File), written("path")), &["path"]),
        (Dialog::Export(ExportPlan::default()), &["title"]),
        (Dialog::Import(ImportPlan::default()), &[]),
        (Dialog::Incoming(Arc::new(incoming())), &["file", "quote"]),
        (Dialog::Leave { reason: written("reason"), then: Then::Quit }, &["reason"]),
        (Dialog::Details(document), &["title", "file"]),
        (Dialog::NewVersion(document), &["title"]),
        (Dialog::Tag(draft), &["draft", "definition"]),
        // A name that is taken is said again.
        (
            Dialog::Tag(TagDraft {
                id: None,
                name: tag.name.clone(),
                color: tag.color,
                definition: String::new(),
            }),
            &["tag"],
        ),
        (Dialog::RemoveTag(tag.id), &["tag"]),
        (Dialog::RemoveDocument(document), &["title"]),
        // A font that is on no machine is named in the list and in a notice.
        (Dialog::Reading, &["font"]),
        (Dialog::GoTo(Target { counted: Counted::Characters, number: written("number") }), &["number"]),
        (Dialog::Shortcuts, &[]),
        (Dialog::Found(vec![written("file")]), &["file"]),
    ];
    let mut visited = BTreeSet::new();
    for (dialog, fields) in wanted {
        visited.insert(variant(&dialog));
        let font = if dialog == Dialog::Reading { written("font") } else { FONT.to_owned() };
        tour.desk.harness.state_mut().bench_mut().act(Action::SetFont(font));
        tour.desk.harness.state_mut().bench_mut().act(Action::Show(dialog.clone()));
        tour.desk.settle();
        tour.look(&variant(&dialog), fields);
        tour.desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
        tour.desk.settle();
    }
    changed(tour);
    visited.insert("Changed".to_owned());
    snapshots(tour);
    visited.insert("Snapshots".to_owned());
    visited.extend(updates(tour, home, document));
    assert_eq!(visited, variants("src/app/wishes.rs", "Dialog"), "each kind of dialog is visited");
}

/// The dialogs of a new version of a document, which have something to show only on the way to it and after it; and undone again.
fn updates(tour: &mut Tour, home: &Home, document: DocumentId) -> [String; 3] {
    let folder = home.path(&format!("{}source", written("folder")));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{}.txt", written("file")));
    let text = tour.desk.project().document(document).expect("it is there").text.to_string();
    let changed = text.replace(&written("quote"), "") + &written("text");
    fs::write(&path, changed).expect("a file");
    tour.desk
        .harness
        .state_mut()
        .bench_mut()
        .act(Action::Picked(Pick::UpdateDocument(document), vec![path.clone()]));
    tour.desk.settle();
    tour.look("an update with something to decide", &["title", "quote", "text"]);
    tour.desk.click("Drop");
    tour.desk.click("Sure \u{2068}1\u{2069}");
    tour.look("what an update is sure of", &["text"]);
    tour.desk.click("Update");
    tour.look("what was updated", &["title"]);
    tour.desk.harness.state_mut().bench_mut().act(Action::Show(Dialog::Details(document)));
    tour.desk.settle();
    tour.look("the details of a document with an earlier text", &["title", "file"]);
    tour.desk.harness.state_mut().bench_mut().act(Action::Show(Dialog::NewVersion(document)));
    tour.desk.settle();
    tour.look("a source file that can be read again", &["title", "file"]);
    tour.desk.harness.state_mut().bench_mut().act(Action::Show(Dialog::Details(document)));
    tour.desk.settle();
    tour.desk.click("Show");
    tour.look("an earlier text", &["title", "file", "text"]);
    tour.desk.key(Modifiers::NONE, Key::Escape);
    fs::rename(&path, folder.join(format!("{} {}.txt", written("file"), "طويل ".repeat(20))))
        .expect("renamed");
    tour.desk.menu("File", "Look for changes in the source folder");
    tour.desk.harness.get_by_label_contains("One file is gone");
    tour.look("what changed in the source folder", &["file"]);
    tour.rest_on("renamed from", &["file"]);
    tour.desk.key(Modifiers::NONE, Key::Escape);
    tour.desk.key(CTRL, Key::Z);
    ["Update", "Earlier", "Rescan"].map(str::to_owned)
}

/// Whatever a command opens: each is run, but those that take away what there is to show.
fn commands(tour: &mut Tour, place: &Path) {
    tour.desk.open(place);
    let leaves = |command| matches!(command, Command::New | Command::Quit | Command::RemoveDocument);
    for &command in Command::ALL.iter().filter(|&&command| !leaves(command)) {
        tour.desk.harness.state_mut().bench_mut().act(Action::Run(command));
        tour.desk.settle();
        tour.look(command.message(), &[]);
        for _ in 0..2 {
            tour.desk.key(Modifiers::NONE, Key::Escape);
        }
        tour.desk.harness.state_mut().bench_mut().act(Action::CloseDialog);
    }
}

/// An import with something to be looked at.
fn incoming() -> Incoming {
    let case = Case::Moved { name: "T1".into(), quote: written("quote"), is_certain: true };
    let report = Report { added: 1, cases: vec![case], ..Report::default() };
    let found = Found::Ready { edit: Edit::Batch(Vec::new()), report: Box::new(report) };
    Incoming { path: written("file").into(), plan: ImportPlan::default(), found }
}

/// What was changed here and in the file, each in another way: the question which counts.
fn changed(tour: &mut Tour) {
    let place = tour.desk.harness.state().bench().open().expect("a project is open").place.clone();
    let one = tour.desk.annotations().remove(0);
    let set = |note: &str| Action::SetNote(one.document, one.id, format!("{}{note}", written("note")));
    let act = |tour: &mut Tour, action: Action| {
        tour.desk.harness.state_mut().bench_mut().act(action);
        tour.desk.settle();
    };
    act(tour, set("1"));
    act(tour, Action::Run(Command::Save));
    act(tour, set("2"));
    tour.desk.sync(&place, "annotations", |table| table.replace(r"note\u{e000}1", r"note\u{e000}3"));
    tour.desk.wait_for("Changed on both sides");
    tour.look("what both changed", &["title", "text", "note"]);
    tour.desk.click_on("As it is outside this window");
    tour.desk.click("Take over");
    tour.look("what was chosen", &["note"]);
}

/// What was kept of the project, and what was changed since.
fn snapshots(tour: &mut Tour) {
    let act = |tour: &mut Tour, action: Action| tour.desk.harness.state_mut().bench_mut().act(action);
    act(tour, Action::Run(Command::Snapshots));
    tour.desk.settle();
    tour.desk.click_field("Name of a new snapshot");
    tour.desk.type_text(&written("snapshot"));
    tour.look("the name of a snapshot", &["snapshot"]);
    tour.desk.click("Take a snapshot");
    tour.desk.wait_for("is kept, with");
    tour.look("that a snapshot is kept", &["snapshot"]);
    act(tour, Action::CloseDialog);
    let one = tour.desk.annotations().remove(0);
    act(tour, Action::SetNote(one.document, one.id, written("draft")));
    act(tour, Action::Run(Command::Snapshots));
    let row = format!("{}\u{2069}: ", written("snapshot"));
    tour.desk.wait_for(&row);
    tour.look("the snapshots", &["snapshot", "coder"]);
    tour.desk.click_on(&row);
    tour.desk.wait_for("annotation changed");
    tour.look("what was changed since", &["quote"]);
    tour.desk.click("Restore");
    tour.look("a state that was gone back to", &["quote"]);
}

/// What is said of files and folders that cannot be used.
fn refusals(tour: &mut Tour, home: &Home) {
    let folder = home.path("mixed");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("good.txt"), "نص سليم\n").expect("a file");
    fs::write(folder.join(format!("{}.txt", written("file"))), [0u8, 1, 2, 0, 0, 255, 254, 0, 9])
        .expect("a file");
    tour.desk.open(&folder);
    tour.look("files that could not be read", &["file"]);
    tour.desk.open(&home.path(&format!("nowhere{}", written("path"))));
    tour.look("a folder that is not there", &["path"]);
    let export = home.path(&format!("{}.csv", written("path")));
    tour.desk.harness.state_mut().bench_mut().act(Action::Export(ExportPlan::default(), export));
    tour.desk.settle();
    tour.look("an export", &["path"]);
}

/// A second window on the same project.
fn reading_only(tour: &mut Tour, home: &Home, place: &Path) {
    let mut first = home.sit_as(&written("coder"));
    first.open(place);
    let desk = home.sit_as(&written("coder"));
    let mut second = Tour { seen: std::mem::take(&mut tour.seen), ..Tour::of(desk) };
    second.desk.open(place);
    second.desk.harness.get_by_label_contains("has this project open");
    second.look("a project that another window has open", &["title"]);
    second.desk.leave();
    first.leave();
    tour.seen = second.seen;
}

#[test]
fn a_leak_is_found() {
    let context = Context::default();
    // The program gives egui no font at all, so that a leak would be no more than a panic about a missing glyph.
    let font = include_bytes!("../../fonts/NotoSansArabic-Regular.ttf");
    let mut fonts = egui::FontDefinitions::default();
    fonts.font_data.insert("noto".to_owned(), Arc::new(egui::FontData::from_static(font)));
    for family in [egui::FontFamily::Proportional, egui::FontFamily::Monospace] {
        fonts.families.insert(family, vec!["noto".to_owned()]);
    }
    context.set_fonts(fonts);
    let texts = Arc::new(Mutex::new(Vec::new()));
    context.add_plugin(Watch(Arc::clone(&texts)));
    for _ in 0..2 {
        let output = context.run_ui(egui::RawInput::default(), |ui| {
            ui.label("leak");
        });
        // Nobody paints this.
        let mut output = output;
        output.textures_delta.clear();
    }
    assert!(texts.lock().expect("nothing panics").iter().any(|text| text == "leak"));
    let galley = context.fonts_mut(|fonts| {
        fonts.layout_no_wrap("nested".to_owned(), egui::FontId::default(), egui::Color32::BLACK)
    });
    let text = Shape::galley(egui::Pos2::ZERO, galley, egui::Color32::BLACK);
    let mut found = Vec::new();
    collect(&Shape::Vec(vec![Shape::Noop, Shape::Vec(vec![text])]), &mut found);
    assert_eq!(found, ["nested"]);
}
