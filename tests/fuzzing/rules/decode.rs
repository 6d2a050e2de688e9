//! The bytes of a document: in any encoding they become a text that keeps the rules of texts, and the same text twice.

use hashiya::store::decode::{ENCODINGS, decode};

/// The first byte says which encoding is asked for: one of the list, or none.
///
/// # Panics
/// Where a rule is broken.
pub fn holds(bytes: &[u8]) {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let asked = ENCODINGS.get(usize::from(first) % (ENCODINGS.len() + 1)).copied();
    let Ok(decoded) = decode(bytes, asked) else { return };
    assert!(!decoded.text.contains('\r'), "line ends are LF");
    let again = decode(bytes, Some(decoded.encoding)).expect("what was found can be asked for");
    assert_eq!(again.text, decoded.text, "asked for, the encoding that was found gives the same text");
    // A file that begins with a mark is another one than its text: the mark is taken off.
    if decoded.text.starts_with('\u{feff}') {
        return;
    }
    let itself = decode(decoded.text.as_bytes(), Some("UTF-8")).expect("a decoded text is text");
    assert_eq!(itself.text, decoded.text, "and decodes to itself");
    assert_eq!(itself.replaced, 0, "nothing in it is damaged");
}
