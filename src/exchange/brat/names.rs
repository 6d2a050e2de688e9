//! Names as brat can spell them: its types are of `[A-Za-z0-9_-]`, and the values of attributes hold no white space.
//!
//! A name that fits is left as it is. Any other is spelled by its kind and the first digits of its SHA-256, so that the same name is spelled
//! the same in every export, and `visual.conf` says which name that is.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

/// How the names of one kind are spelled.
#[derive(Debug, Default)]
pub(super) struct Names {
    spelled: BTreeMap<String, String>,
}

impl Names {
    /// Spells names; `fits` says which may stay, `kind` begins the others.
    pub fn new(kind: &str, names: BTreeSet<&str>, fits: fn(&str) -> bool) -> Self {
        let (fit, others): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| fits(name));
        let mut taken: BTreeSet<String> = fit.iter().map(ToString::to_string).collect();
        let mut spelled: BTreeMap<String, String> =
            fit.iter().map(|name| (name.to_string(), name.to_string())).collect();
        for name in others {
            let digits: String =
                Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            let all = (8..=digits.len()).map(|length| format!("{kind}_{}", &digits[..length]));
            let spelling = all.into_iter().find(|spelling| taken.insert(spelling.clone()));
            spelled.insert(name.to_owned(), spelling.unwrap_or_else(|| format!("{kind}_{digits}_")));
        }
        Self { spelled }
    }

    /// How a name is spelled; one that was not among those given stays.
    pub fn spell<'n>(&'n self, name: &'n str) -> &'n str {
        self.spelled.get(name).map_or(name, String::as_str)
    }

    /// The names with their spellings, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spelled.iter().map(|(name, spelling)| (name.as_str(), spelling.as_str()))
    }

    /// Spellings and names of those that could not stay.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(name, spelling)| name != spelling).map(|(name, spelling)| (spelling, name))
    }
}

/// Whether brat can spell a type so.
pub(super) fn is_type(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Whether a value can stand at the end of an `A` line, and in the list of values of `annotation.conf`.
pub(super) fn is_value(value: &str) -> bool {
    let stands = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '|' | ',');
    !value.is_empty() && value.chars().all(stands)
}

/// A name as a label of `visual.conf`, where `|` parts labels and lines end: those characters, blanks at the edges, and `%` are written as `%XX`.
pub(super) fn escape(name: &str) -> String {
    let last = name.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(name.len());
    for (at, c) in name.chars().enumerate() {
        let at_edge = c.is_whitespace() && (at == 0 || at == last);
        if c == '%' || c == '|' || c.is_control() || at_edge || matches!(c, '\u{2028}' | '\u{2029}') {
            let mut bytes = [0; 4];
            out.extend(c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// What [`escape`] made, turned back.
pub(super) fn unescape(label: &str) -> String {
    percent_encoding::percent_decode_str(label).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_stays_and_any_other_gets_a_spelling_of_its_own() {
        let names = BTreeSet::from(["PER", "سلطة", "a b", "", "Tag_e3b0c442"]);
        let spelled = Names::new("Tag", names, is_type);
        assert_eq!(spelled.spell("PER"), "PER");
        // The empty name would have had this spelling, which another name has taken.
        assert_eq!(spelled.spell("Tag_e3b0c442"), "Tag_e3b0c442");
        assert_eq!(spelled.spell(""), "Tag_e3b0c4429");
        let all: BTreeSet<&str> = spelled.iter().map(|(_, spelling)| spelling).collect();
        assert_eq!(all.len(), 5);
        assert!(all.into_iter().all(is_type));
        assert_eq!(spelled.labels().count(), 3);
    }

    #[test]
    fn labels_come_back_as_they_were() {
        for name in ["", " ", "ج|د", "50%", "a\nb", " x ", "\u{2028}", "اسم علم", "%7C"] {
            let label = escape(name);
            assert!(!label.contains(['|', '\n', '\u{2028}']) && label.trim() == label, "{label:?}");
            assert_eq!(unescape(&label), name);
        }
    }
}
