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

/// The name of a type without its package.
pub(super) fn short(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}
