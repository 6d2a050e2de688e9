//! Names of files, made from what people call things.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use unicode_segmentation::UnicodeSegmentation;

/// How many bytes of a readable name a file name keeps (the contract's limit).
const READABLE_BYTES: usize = 100;

/// Lower-case hexadecimal SHA-256.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let mut hex = String::with_capacity(64);
    for byte in digest {
        write!(hex, "{byte:02x}").expect("a string takes any text");
    }
    hex
}

/// Whether a character shows nothing and only steers the display: bidirectional controls, joiners, marks of order, soft hyphen.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The first whole grapheme clusters of a text that fit in a number of bytes.
pub(super) fn cut_to_bytes(text: &str, bytes: usize) -> &str {
    let mut end = 0;
    for cluster in text.graphemes(true) {
        if end + cluster.len() > bytes {
            break;
        }
        end += cluster.len();
    }
    &text[..end]
}

/// A readable part of a file name: freed of what Windows forbids, of control and of invisible characters, at most 100 bytes.
pub(super) fn readable(name: &str) -> String {
    let cleaned: String = name
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { '_' } else { c })
        .collect();
    let cut = cut_to_bytes(cleaned.trim(), READABLE_BYTES);
    let trimmed = cut.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if trimmed.is_empty() { "document".into() } else { trimmed.into() }
}

/// Whether a name from a register may be used as the name of a text file: one plain name that ends in `.txt`.
pub(super) fn is_plain_text_name(name: &str) -> bool {
    name.len() > 4
        && name.len() <= 255
        && name.ends_with(".txt")
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':', '\0'])
}

/// How many bytes a coder's file name may have before it is cut and told apart by a hash.
const CODER_BYTES: usize = 120;

/// A coder's name as a file name: letters, digits, `-`, `_`, `@` and inner spaces and dots stand for themselves, all else is
/// percent-encoded. Two names never share one; each file says the true name inside.
pub(super) fn coder_file(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    let last = name.chars().count().saturating_sub(1);
    for (at, c) in name.chars().enumerate() {
        let plain = c.is_alphanumeric()
            || matches!(c, '-' | '_' | '@')
            || (matches!(c, ' ' | '.') && at > 0 && at < last);
        if plain {
            safe.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                write!(safe, "%{byte:02X}").expect("a string takes any text");
            }
        }
    }
    if is_reserved(&safe) {
        let first = safe.remove(0);
        safe.insert_str(0, &format!("%{:02X}", u32::from(first)));
    }
    if safe.len() > CODER_BYTES {
        let hash = sha256_hex(name.as_bytes());
        return format!("{}%~{}", cut_to_bytes(&safe, CODER_BYTES - 20), &hash[..16]);
    }
    safe
}

/// What tells the new contents that one coder's program writes from another's, in the names of files that wait.
pub(super) fn coder_sign(name: &str) -> String {
    format!("{}.", &sha256_hex(name.as_bytes())[..8])
}

/// Names that Windows keeps for devices, with or without an ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").to_ascii_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.as_bytes()[3].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_names_are_safe_and_short() {
        for (name, expected) in [
            ("مقال", "مقال"),
            ("a/b\\c:d*e", "a_b_c_d_e"),
            ("  .hidden. ", "hidden"),
            ("\u{202b}مقال\u{202c}", "مقال"),
            ("...", "document"),
            ("", "document"),
        ] {
            assert_eq!(readable(name), expected);
        }
        let long = "بَّ".repeat(40);
        let cut = readable(&long);
        assert!(cut.len() <= 100 && cut.len() > 90 && cut.ends_with("بَّ"));
    }

    #[test]
    fn coders_get_a_name_of_their_own() {
        for (name, expected) in [
            ("سارة", "سارة"),
            ("a b", "a b"),
            ("a/b", "a%2Fb"),
            ("a%2Fb", "a%252Fb"),
            ("..", "%2E%2E"),
            ("con", "%63on"),
            ("me.", "me%2E"),
        ] {
            assert_eq!(coder_file(name), expected);
        }
        let (one, two) = (coder_file(&"س".repeat(300)), coder_file(&"س".repeat(301)));
        assert!(one.len() <= 120 && one != two);
    }

    #[test]
    fn a_register_cannot_lead_out_of_the_folder() {
        for name in ["../a.txt", "/a.txt", "a\\b.txt", ".txt", ".a.txt", "a.ron", "c:a.txt", ""] {
            assert!(!is_plain_text_name(name), "{name}");
        }
        assert!(is_plain_text_name("مقال-0123abcd.txt"));
    }
}
