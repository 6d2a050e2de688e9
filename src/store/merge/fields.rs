//! One value, three ways; and with it annotations and tags, field by field.

use std::sync::Arc;

use crate::model::{Annotation, Tag};

/// What becomes of a value that both sides may have changed; `None` where they changed it differently. A value that there was not before
/// counts as changed by both.
pub(super) fn three<T: PartialEq>(base: Option<T>, mine: T, theirs: T) -> Option<T> {
    if mine == theirs || base.as_ref() == Some(&theirs) {
        Some(mine)
    } else if base.as_ref() == Some(&mine) {
        Some(theirs)
    } else {
        None
    }
}

/// Two sides of one thing put together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Both<T> {
    /// With what stands here where both changed the same field.
    pub with_mine: T,
    /// With what stands there in those fields.
    pub with_theirs: T,
    /// Whether there are such fields.
    pub is_conflict: bool,
}

macro_rules! merge_fields {
    ($base:expr, $mine:expr, $theirs:expr, $both:ident: $($get:expr => $put:expr),* $(,)?) => {$(
        match three($base.map($get), $get($mine), $get($theirs)) {
            Some(value) => {
                $put(&mut $both.with_mine, &value);
                $put(&mut $both.with_theirs, &value);
            }
            None => {
                $put(&mut $both.with_theirs, &$get($theirs));
                $both.is_conflict = true;
            }
        }
    )*};
}

/// Two versions of one annotation, against the one both came from. Its place goes with its quote.
pub(super) fn annotations(
    base: Option<&Annotation>,
    mine: &Annotation,
    theirs: &Annotation,
) -> Both<Annotation> {
    let mut both = Both { with_mine: mine.clone(), with_theirs: mine.clone(), is_conflict: false };
    merge_fields!(base, mine, theirs, both:
        |one: &Annotation| (one.spans.clone(), one.quote.clone()) => |one: &mut Annotation, value: &(_, _)| {
            (one.spans, one.quote) = value.clone();
        },
        |one: &Annotation| one.tags.clone() => |one: &mut Annotation, value: &Vec<_>| one.tags.clone_from(value),
        |one: &Annotation| one.note.clone() => |one: &mut Annotation, value: &String| one.note.clone_from(value),
        |one: &Annotation| one.attributes.clone() => |one: &mut Annotation, value: &Vec<_>| {
            one.attributes.clone_from(value);
        },
        |one: &Annotation| one.relations.clone() => |one: &mut Annotation, value: &Vec<_>| {
            one.relations.clone_from(value);
        },
    );
    for one in [&mut both.with_mine, &mut both.with_theirs] {
        one.created = mine.created.min(theirs.created);
        one.modified = mine.modified.max(theirs.modified);
    }
    both
}

/// Two versions of one tag, against the one both came from.
pub(super) fn tags(base: Option<&Tag>, mine: &Tag, theirs: &Tag) -> Both<Tag> {
    let mut both = Both { with_mine: mine.clone(), with_theirs: mine.clone(), is_conflict: false };
    merge_fields!(base, mine, theirs, both:
        |tag: &Tag| tag.name.clone() => |tag: &mut Tag, value: &String| tag.name.clone_from(value),
        |tag: &Tag| tag.color => |tag: &mut Tag, value: &_| tag.color = *value,
        |tag: &Tag| tag.shortcut => |tag: &mut Tag, value: &_| tag.shortcut = *value,
        |tag: &Tag| tag.parent => |tag: &mut Tag, value: &_| tag.parent = *value,
        |tag: &Tag| tag.definition.clone() => |tag: &mut Tag, value: &String| tag.definition.clone_from(value),
        |tag: &Tag| tag.withdrawn => |tag: &mut Tag, value: &_| tag.withdrawn = *value,
    );
    both
}

/// What becomes of an annotation that may have been added, changed or removed on either side.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// What stands here stays.
    Stays,
    /// It becomes this; `None` removes it.
    Becomes(Option<Arc<Annotation>>),
    /// Somebody has to choose. Until then it is the first; if they choose the other side it is the second.
    Conflict(Option<Arc<Annotation>>, Option<Arc<Annotation>>),
}

/// Decides about one annotation.
pub(super) fn fate(
    base: Option<&Arc<Annotation>>,
    mine: Option<&Arc<Annotation>>,
    theirs: Option<&Arc<Annotation>>,
) -> Fate {
    if theirs == base || mine == theirs {
        return Fate::Stays;
    }
    if mine == base {
        return Fate::Becomes(theirs.cloned());
    }
    match (mine, theirs) {
        (Some(mine), Some(theirs)) => {
            let both = annotations(base.map(|base| &**base), mine, theirs);
            let pending = Arc::new(both.with_mine);
            if both.is_conflict {
                Fate::Conflict(Some(pending), Some(Arc::new(both.with_theirs)))
            } else if pending == *mine {
                Fate::Stays
            } else {
                Fate::Becomes(Some(pending))
            }
        }
        _ => Fate::Conflict(mine.cloned(), theirs.cloned()),
    }
}
