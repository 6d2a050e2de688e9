//! What other programs call the things that Hashiya knows: by which features their annotations say a tag or a note.

/// The features whose value is a tag, those that say it best first.
const TAGS: [&str; 5] = ["tag", "value", "label", "category", "PosValue"];
/// The features whose value is a note.
const NOTES: [&str; 3] = ["note", "comment", "Note"];

/// The feature that says the tag, among those that have a value.
pub(super) fn tag_feature<'f>(features: impl Fn(&str) -> Option<&'f str>) -> Option<&'static str> {
    TAGS.into_iter().find(|name| features(name).is_some_and(|value| !value.trim().is_empty()))
}

/// The feature that says the note, among those that have a value.
pub(super) fn note_feature<'f>(features: impl Fn(&str) -> Option<&'f str>) -> Option<&'static str> {
    NOTES.into_iter().find(|name| features(name).is_some_and(|value| !value.trim().is_empty()))
}

/// The features that say what an arrow says, those that say it best first.
const ARROWS: [&str; 6] = ["DependencyType", "kind", "value", "label", "tag", "type"];

/// The feature that says what an arrow between two annotations says, among those that have a value.
pub(super) fn arrow_feature<'f>(features: impl Fn(&str) -> Option<&'f str>) -> Option<&'static str> {
    ARROWS.into_iter().find(|name| features(name).is_some())
}

/// Types without a package that divide a text and mark nothing in it.
const DIVISIONS: [&str; 4] = ["Token", "Sentence", "Paragraph", "Div"];

/// Whether a type divides a text and marks nothing in it. What stands at the end of an arrow is a mark all the same.
pub(super) fn is_division(kind: &str) -> bool {
    DIVISIONS.contains(&short(kind))
}

/// The name of a type without its package.
pub(super) fn short(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}
