//! From clap's errors, which are paragraphs, to one sentence each.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// One sentence that says what was wrong on the command line and what to write instead.
pub(super) fn sentence(error: &Error) -> String {
    let value = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = value(ContextKind::InvalidArg);
    let help = format!("«{} --help» shows how", command(error));
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let meant = match value(ContextKind::SuggestedArg) {
                flag if !flag.is_empty() => format!("did you mean {flag}? "),
                _ if argument.starts_with('-') => format!("to give it as a value, write «-- {argument}»; "),
                _ => String::new(),
            };
            format!("«{argument}» is not expected here; {meant}{help}")
        }
        ErrorKind::MissingRequiredArgument => {
            let are = if argument.contains(", ") { "are" } else { "is" };
            format!("{argument} {are} missing; {help}")
        }
        ErrorKind::ArgumentConflict if argument.is_empty() => {
            let before = value(ContextKind::PriorArg);
            format!(
                "{before} cannot stand before a verb; write the verb first, then what belongs to it; {help}"
            )
        }
        ErrorKind::ArgumentConflict => {
            let with = match value(ContextKind::PriorArg) {
                prior if prior.is_empty() || prior == argument => "given twice".to_owned(),
                prior => format!("given together with {prior}"),
            };
            format!("{argument} cannot be {with}; {help}")
        }
        ErrorKind::InvalidValue if value(ContextKind::InvalidValue).is_empty() => {
            format!("{argument} needs a value; {help}")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let wrong = value(ContextKind::InvalidValue);
            let reason = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
            format!("«{wrong}» is no value for {argument}{reason}; {help}")
        }
        ErrorKind::InvalidSubcommand => {
            format!("«{}» is no verb; {help}", value(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidUtf8 => format!("a value is not valid UTF-8; {help}"),
        _ => {
            let first = error.to_string();
            let first = first.lines().next().unwrap_or_default();
            format!("{}; {help}", first.trim_start_matches("error: "))
        }
    }
}

/// The command whose help tells more: the words of clap's usage line up to the first placeholder.
fn command(error: &Error) -> String {
    let usage = error.get(ContextKind::Usage).map(text).unwrap_or_default();
    let words = usage.split_whitespace().skip_while(|word| *word != "hashiya");
    let words: Vec<&str> = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    if words.is_empty() { "hashiya".to_owned() } else { words.join(" ") }
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
