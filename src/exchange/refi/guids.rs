//! GUIDs: our ids where there are any, and otherwise derived from them, so that the same thing has the same one in every export.

use sha2::{Digest, Sha256};

/// The GUID of something that has no id, from a word for what it is and what names it: a UUID of version 8 (RFC 9562 section 5.8).
pub fn derived(kind: &str, names: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in [kind].iter().chain(names) {
        // Lengths keep («a», «bc») and («ab», «c») apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().as_hyphenated().to_string()
}

/// A GUID as files write it, in one form: lower case, without braces.
pub fn plain(guid: &str) -> String {
    guid.trim().trim_start_matches('{').trim_end_matches('}').to_lowercase()
}

/// The GUID of a coder.
pub fn of_coder(name: &str) -> String {
    derived("user", &[name])
}

/// The GUID of a part of an annotation, counted from 0: the first has that of the annotation.
pub fn of_part(annotation: &str, part: usize) -> String {
    match part {
        0 => annotation.to_owned(),
        _ => derived("part", &[annotation, &part.to_string()]),
    }
}

/// The GUID of the link from a part of an annotation to a further one.
pub fn of_part_link(first: &str, part: &str) -> String {
    derived("part link", &[first, part])
}

/// The GUID of the case that has the attributes of an annotation.
pub fn of_case(annotation: &str) -> String {
    derived("case", &[annotation])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_guids_are_stable_and_apart() {
        assert_eq!(derived("user", &["ليلى"]), derived("user", &["ليلى"]));
        assert_ne!(derived("x", &["a", "bc"]), derived("x", &["ab", "c"]));
        let guid = derived("", &[]);
        assert_eq!((guid.len(), &guid[14..15]), (36, "8"), "{guid}");
        assert_eq!(plain(" {0199A0-F} "), "0199a0-f");
    }
}
