//! From the bytes of a file to text: which encoding, which line ends, and whether it is text at all.
//!
//! Nothing is normalised and no control character is dropped: only a byte order mark is taken off and every line end becomes LF,
//! and both are told.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_6, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1256};

use crate::model::LineEnds;

/// The encodings offered to a reader who knows better than the guess, by their names in the WHATWG Encoding Standard.
pub const ENCODINGS: &[&str] =
    &["UTF-8", "windows-1256", "ISO-8859-6", "UTF-16LE", "UTF-16BE", "windows-1252"];

/// A text, and what was changed on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text: no byte order mark, lines ended by LF.
    pub text: String,
    /// The encoding, by its name in the WHATWG Encoding Standard.
    pub encoding: &'static str,
    /// Whether a byte order mark was taken off.
    pub byte_order_mark: bool,
    /// How the lines ended.
    pub line_ends: LineEnds,
    /// How many malformed sequences became U+FFFD.
    pub replaced: u32,
}

/// Why bytes are not taken as text. Each is the end of a sentence that begins with the file's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It holds what only binary files hold.
    #[error("it is a binary file, not text; leave it out, or save it as text")]
    Binary,
    /// The encoding has no such name.
    #[error(
        "«{0}» is no encoding that Hashiya knows; try one of UTF-8, windows-1256, ISO-8859-6, UTF-16LE, UTF-16BE"
    )]
    UnknownEncoding(String),
    /// Positions in a text are counted in 32 bits.
    #[error("it is 4 GiB or longer; cut it into smaller files")]
    TooLong,
}

/// Decodes a file: by the named encoding (any label of the WHATWG Encoding Standard), or by a guess.
///
/// # Errors
/// When the bytes are no text, or the encoding is unknown.
pub fn decode(bytes: &[u8], encoding: Option<&str>) -> Result<Decoded, DecodeError> {
    let (encoding, mark) = match encoding {
        Some(label) => {
            let encoding = Encoding::for_label(label.trim().as_bytes())
                .ok_or_else(|| DecodeError::UnknownEncoding(label.to_owned()))?;
            let mark = Encoding::for_bom(bytes).filter(|(found, _)| *found == encoding);
            (encoding, mark.map_or(0, |(_, length)| length))
        }
        None => guess(bytes)?,
    };
    let (text, replaced) = decode_counting(encoding, &bytes[mark..]);
    // With its line ends as they will be: a text that was taken is taken again.
    let (text, line_ends) = with_line_feeds(text);
    if is_binary(&text) {
        return Err(DecodeError::Binary);
    }
    if u32::try_from(text.len()).is_err() {
        return Err(DecodeError::TooLong);
    }
    Ok(Decoded { text, encoding: encoding.name(), byte_order_mark: mark > 0, line_ends, replaced })
}

/// The likeliest encoding, and the length of the byte order mark in bytes.
fn guess(bytes: &[u8]) -> Result<(&'static Encoding, usize), DecodeError> {
    if let Some(marked) = Encoding::for_bom(bytes) {
        return Ok(marked);
    }
    if let Some(encoding) = guess_utf_16(bytes) {
        return Ok((encoding, 0));
    }
    if bytes.contains(&0) {
        return Err(DecodeError::Binary);
    }
    if std::str::from_utf8(bytes).is_ok() || is_damaged_utf_8(bytes) {
        return Ok((UTF_8, 0));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Allow);
    let windows = arabic_likeness(WINDOWS_1256, bytes);
    let iso = arabic_likeness(ISO_8859_6, bytes);
    // The guess is often wrong on a short file, and few files here are in another script: what reads as Arabic is Arabic.
    let encoding = if iso > windows && iso > MOSTLY {
        ISO_8859_6
    } else if windows > MOSTLY || guessed == WINDOWS_1256 {
        WINDOWS_1256
    } else if guessed == ISO_8859_6 {
        ISO_8859_6
    } else if guessed == UTF_8 {
        // Not valid UTF-8 and not nearly so: every byte has a meaning in windows-1252.
        WINDOWS_1252
    } else {
        guessed
    };
    Ok((encoding, 0))
}

/// The share of a text's characters beyond ASCII that must stand as letters in Arabic words for the text to count as Arabic.
const MOSTLY: f64 = 0.7;

/// How much bytes look like Arabic in an encoding: the share of the characters beyond ASCII that are Arabic letters or marks not
/// touching a Latin letter, less the share that the encoding cannot read. From -1 to 1.
fn arabic_likeness(encoding: &'static Encoding, bytes: &[u8]) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let (mut beyond, mut arabic, mut unread) = (0_u32, 0_u32, 0_u32);
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        if !c.is_ascii() {
            let is_quote_or_space = !c.is_alphanumeric() && !is_arabic(c) && c != '\u{fffd}';
            if !is_quote_or_space {
                beyond += 1;
                unread += u32::from(c == '\u{fffd}');
                let alone = !is_latin(before) && !is_latin(after);
                arabic += u32::from(is_arabic(c) && alone);
            }
        }
        before = c;
    }
    if beyond == 0 { 0.0 } else { (f64::from(arabic) - f64::from(unread)) / f64::from(beyond) }
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{200c}' | '\u{200d}')
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && c < '\u{250}'
}

/// UTF-8 with a few broken places, as a cut or badly joined file has: at least ten well-formed sequences beyond ASCII for each
/// that is not.
fn is_damaged_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 10 * bad && good > 0
}

/// UTF-16 without a mark: nearly all pairs of bytes are characters that Arabic, European or plain texts use, in one byte order and
/// not in the other, and there are bytes that no eight-bit text has (NUL, or the 0x06 that begins an Arabic letter).
fn guess_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let telling = bytes.iter().filter(|&&byte| byte < 9).count();
    if bytes.len() < 2 || telling * 5 < bytes.len() {
        return None;
    }
    let share = |read: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        let plausible = pairs.filter(|&unit| is_plausible_unit(unit)).count();
        plausible as f64 / (bytes.len() / 2) as f64
    };
    let (little, big) = (share(u16::from_le_bytes), share(u16::from_be_bytes));
    if little >= 0.95 && little > big {
        Some(UTF_16LE)
    } else if big >= 0.95 && big > little {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether a UTF-16 unit is common in texts: white space, Latin, Arabic with its supplements and presentation forms, general
/// punctuation, surrogates (as emoji have).
fn is_plausible_unit(unit: u16) -> bool {
    matches!(unit, 0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0xa0..=0x17f | 0x600..=0x77f | 0x8a0..=0x8ff
        | 0x2000..=0x206f | 0xd800..=0xdfff | 0xfb50..=0xfdff | 0xfe70..=0xfeff)
}

/// Decodes and counts the malformed sequences, each of which becomes one U+FFFD.
fn decode_counting(encoding: &'static Encoding, bytes: &[u8]) -> (String, u32) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let mut rest = bytes;
    let mut replaced = 0_u32;
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len());
        text.reserve(room.saturating_add(4));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            encoding_rs::DecoderResult::InputEmpty => break,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                text.push('\u{fffd}');
                replaced = replaced.saturating_add(1);
            }
        }
    }
    (text, replaced)
}

/// Whether a decoded text holds what only binary files hold: a NUL, or more than a tenth of other controls.
fn is_binary(text: &str) -> bool {
    let (mut all, mut controls) = (0_usize, 0_usize);
    for c in text.chars() {
        all += 1;
        match c {
            '\0' => return true,
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' => {}
            c if c.is_control() => controls += 1,
            _ => {}
        }
    }
    controls * 10 > all
}

/// The text with every line end as LF, and how its lines ended.
fn with_line_feeds(text: String) -> (String, LineEnds) {
    if !text.contains('\r') {
        return (text, LineEnds::Lf);
    }
    let mut out = String::with_capacity(text.len());
    let (mut both, mut returns, mut feeds) = (false, false, false);
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['\r', '\n']) {
        out.push_str(&rest[..at]);
        out.push('\n');
        let taken = if rest[at..].starts_with("\r\n") {
            both = true;
            2
        } else {
            let is_return = rest.as_bytes()[at] == b'\r';
            returns |= is_return;
            feeds |= !is_return;
            1
        };
        rest = &rest[at + taken..];
    }
    out.push_str(rest);
    let ends = match (both, returns, feeds) {
        (true, false, false) => LineEnds::CrLf,
        (false, true, false) => LineEnds::Cr,
        _ => LineEnds::Mixed,
    };
    (out, ends)
}
