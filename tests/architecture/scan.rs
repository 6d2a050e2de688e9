//! Rust source as the list of paths it names: enough of a reader for the rules of `main.rs`, and no more.
//!
//! It knows comments, strings, characters and lifetimes (so that prose never counts as code), `use` trees with braces,
//! `as` names, and `super` chains that climb to the crate's root. It must not know any rule.

/// A path that the source names, such as `crate::model::Span`, and the line (from 1) on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
}

/// One word or sign of code.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Under,
    Sign(char),
}

/// Keywords that can stand before a path that begins with `::`, and are no part of it.
const BEFORE_PATHS: &[&str] = &[
    "as", "break", "dyn", "else", "for", "if", "impl", "in", "match", "mut", "return", "use", "where",
    "while",
];

/// Every path in `source`, in order. A word alone is a path of one segment; a `use` tree gives one path per leaf.
pub fn mentions(source: &str) -> Vec<Mention> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at].0 {
            Token::Word(word) if BEFORE_PATHS.contains(&word.as_str()) => at + 1,
            Token::Word(_) | Token::Under => tree(&tokens, at, &mut Vec::new(), &mut found),
            Token::Sign(_) => at + 1,
        };
    }
    found
}

/// The names of the modules that `source` declares.
pub fn modules(source: &str) -> Vec<Mention> {
    let tokens = tokens(source);
    tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [(Token::Word(word), _), (Token::Word(name), line)] if word == "mod" => {
                Some(Mention { path: vec![name.clone()], line: *line })
            }
            _ => None,
        })
        .collect()
}

/// The path with a leading `super` chain resolved, if the chain climbs to the crate's root from a file that lies
/// `depth` modules deep; it then begins with `crate`. Any other path comes back as it is.
pub fn from_root(path: &[String], depth: usize) -> Vec<String> {
    let climbs = path.iter().take_while(|word| *word == "super").count();
    if climbs > 0 && climbs >= depth {
        let mut rooted = vec!["crate".to_owned()];
        rooted.extend_from_slice(&path[climbs..]);
        rooted
    } else {
        path.to_vec()
    }
}

/// Reads one path or `use` tree from `at`, adds its leaves to `found`, and gives the place after it.
fn tree(
    tokens: &[(Token, usize)],
    mut at: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<Mention>,
) -> usize {
    let start = tokens[at].1;
    let kept = prefix.len();
    loop {
        match tokens.get(at).map(|(token, _)| token) {
            Some(Token::Under) => at += 1,
            Some(Token::Word(word)) => {
                prefix.push(word.clone());
                at += 1;
            }
            // Only after `::`, and only where a tree can stand: `a::{b, c}`, `a::*`.
            Some(Token::Sign('{')) => {
                at += 1;
                while let Some((token, _)) = tokens.get(at) {
                    match token {
                        Token::Sign('}') => {
                            at += 1;
                            break;
                        }
                        Token::Word(word) if word == "as" => at += 2,
                        Token::Word(_) | Token::Under => at = tree(tokens, at, prefix, found),
                        Token::Sign(_) => at += 1,
                    }
                }
                prefix.truncate(kept);
                return at;
            }
            _ => break,
        }
        let goes_on = match tokens.get(at).map(|(token, _)| token) {
            Some(Token::Under) => true,
            _ => matches!(tokens.get(at.wrapping_sub(1)), Some((Token::Under, _))),
        };
        if !goes_on {
            break;
        }
    }
    if prefix.len() > kept {
        found.push(Mention { path: prefix.clone(), line: start });
    }
    prefix.truncate(kept);
    at
}

/// The code of `source` without comments, literals and lifetimes, each token with its line.
fn tokens(source: &str) -> Vec<(Token, usize)> {
    let text = source.chars().collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while at < text.len() {
        let end = match text[at] {
            '/' if text.get(at + 1) == Some(&'/') => line_end(&text, at),
            '/' if text.get(at + 1) == Some(&'*') => block_comment_end(&text, at),
            '"' => string_end(&text, at),
            '\'' => quote_end(&text, at),
            first if first.is_alphabetic() || first == '_' => {
                let end = word_end(&text, at);
                match raw_string_end(&text, at, end) {
                    Some(end) => end,
                    None => {
                        // In a byte or C string the letter before the quote is no word.
                        let literal = matches!(text.get(end), Some('"' | '\''));
                        if !literal {
                            found.push((Token::Word(text[at..end].iter().collect()), line));
                        }
                        end
                    }
                }
            }
            digit if digit.is_ascii_digit() => word_end(&text, at),
            ':' if text.get(at + 1) == Some(&':') => {
                found.push((Token::Under, line));
                at + 2
            }
            space if space.is_whitespace() => at + 1,
            sign => {
                found.push((Token::Sign(sign), line));
                at + 1
            }
        };
        line += text[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    found
}

fn line_end(text: &[char], at: usize) -> usize {
    (at..text.len()).find(|i| text[*i] == '\n').unwrap_or(text.len())
}

fn word_end(text: &[char], at: usize) -> usize {
    (at..text.len()).find(|i| !text[*i].is_alphanumeric() && text[*i] != '_').unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment_end(text: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0, at);
    while i + 1 < text.len() {
        match (text[i], text[i + 1]) {
            ('/', '*') => {
                depth += 1;
                i += 2;
            }
            ('*', '/') => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    text.len()
}

fn string_end(text: &[char], at: usize) -> usize {
    let mut i = at + 1;
    while i < text.len() && text[i] != '"' {
        i += if text[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(text.len())
}

/// The end of `r"…"`, `r#"…"#`, `br"…"` and their like, whose prefix is the word `at..end`.
fn raw_string_end(text: &[char], at: usize, end: usize) -> Option<usize> {
    let prefix = text[at..end].iter().collect::<String>();
    if !matches!(prefix.as_str(), "r" | "br" | "cr") {
        return None;
    }
    let hashes = text[end..].iter().take_while(|c| **c == '#').count();
    let body = end + hashes;
    if text.get(body) != Some(&'"') {
        return None;
    }
    let closes =
        |i: usize| text[i] == '"' && text[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    let close = (body + 1..text.len()).find(|i| closes(*i));
    Some(close.map_or(text.len(), |i| i + 1 + hashes))
}

/// The end of a character literal, or of a lifetime.
fn quote_end(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), _) => (at + 3..text.len()).find(|i| text[*i] == '\'').map_or(text.len(), |i| i + 1),
        (Some(_), Some('\'')) => at + 3,
        _ => word_end(text, at + 1),
    }
}
