//! What there is to visit, counted in the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The name of a value's variant.
pub fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The names of an enumeration's variants, as the source has them.
pub fn variants(file: &str, name: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("the source");
    let body = source.split(&format!("pub enum {name} {{\n")).nth(1).expect("the enumeration is there");
    let body = body.split("\n}\n").next().expect("it ends");
    let of_variant = |line: &&str| line.starts_with("    ") && line[4..].starts_with(char::is_uppercase);
    let name = |line: &str| line.trim().chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let names: BTreeSet<String> = body.lines().filter(of_variant).map(name).collect();
    assert!(names.len() > 3, "{name} has variants", name = file);
    names
}

/// What opens something beside the panels or can be written in, and where the source has it; what is behind these names is in
/// `src/ui/text`.
const OPENERS: [(&str, &[(&str, usize)]); 15] = [
    ("context_menu(", &[("panels/codebook.rs", 1), ("panels/documents.rs", 1), ("panels/table.rs", 1)]),
    ("context_menu_beside(", &[("reading/pointer.rs", 1), ("text/field/menu.rs", 1)]),
    ("menu_bar(", &[("menus.rs", 1)]),
    ("menu_button(", &[("panels/card.rs", 1)]),
    ("submenu(", &[("menus.rs", 1)]),
    ("combo(", &[("dialogs/details.rs", 1)]),
    ("tip(", &[("panels/codebook.rs", 1), ("reading/invisibles.rs", 1)]),
    ("tip_of(", &[("dialogs/rescan.rs", 1), ("panels/codebook.rs", 1), ("panels/documents.rs", 1)]),
    (
        "Field::line(",
        &[
            ("dialogs/go_to.rs", 1),
            ("dialogs/path.rs", 1),
            ("dialogs/snapshots.rs", 1),
            ("dialogs/tag.rs", 1),
            ("panels/documents.rs", 1),
            ("panels/find.rs", 1),
            ("panels/palette.rs", 1),
            ("panels/table.rs", 1),
        ],
    ),
    ("Field::lines(", &[("dialogs/excerpt.rs", 1), ("dialogs/tag.rs", 1), ("panels/card.rs", 1)]),
    ("Modal::new(", &[("dialogs.rs", 1)]),
    ("Area::new(", &[("panels/palette.rs", 1)]),
    ("on_hover_ui(", &[]),
    ("MenuButton::", &[]),
    ("ComboBox::", &[]),
];

#[test]
fn whoever_opens_something_new_visits_it_here() {
    for (opener, known) in OPENERS {
        let known: Vec<(String, usize)> =
            known.iter().map(|(file, count)| ((*file).to_owned(), *count)).collect();
        assert_eq!(places_of(opener), known, "`{opener}` stands where this test expects it, and is visited");
    }
}

/// How often each file of the interface holds a text, those without it left out.
fn places_of(text: &str) -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut places: Vec<(String, usize)> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let source = fs::read_to_string(entry.path()).expect("the source can be read");
            let name = entry.path().strip_prefix(&folder).expect("it lies there").display().to_string();
            (name.replace('\\', "/"), source.matches(text).count())
        })
        .filter(|(name, count)| *count > 0 && !(name.starts_with("text/label") || name.contains("/tests")))
        .collect();
    places.sort();
    places
}
