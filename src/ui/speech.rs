//! The interface's words: Fluent messages from `assets/languages`.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::text::Direction;
use crate::ui::text::Locale;

/// The messages of one interface language.
pub struct Speech {
    bundle: FluentBundle<FluentResource>,
}

const ENGLISH: &str = include_str!("../../assets/languages/en/interface.ftl");

impl Default for Speech {
    fn default() -> Self {
        Self::english()
    }
}

impl Speech {
    /// English.
    pub fn english() -> Self {
        let language: LanguageIdentifier = "en".parse().expect("en is a language tag");
        let mut bundle = FluentBundle::new(vec![language]);
        let resource = FluentResource::try_new(ENGLISH.to_owned()).expect("the messages are read by a test");
        bundle.add_resource(resource).expect("no message is defined twice, which a test holds");
        Self { bundle }
    }

    /// The message of a key, with what is to be filled in. A key without a message shows itself, which a test forbids. Texts that
    /// are filled in are isolated (UAX #9, FSI and PDI), so that an Arabic title does not turn the sentence round.
    pub fn say(&self, key: &str, numbers: &[(&str, usize)], texts: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::new();
        for &(name, number) in numbers {
            arguments.set(name.to_owned(), number);
        }
        for &(name, text) in texts {
            arguments.set(name.to_owned(), FluentValue::from(text));
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned()
    }

    /// What fields and labels need of this language.
    pub fn locale(&self) -> Locale {
        let say = |key| self.say(key, &[], &[]);
        Locale {
            direction: Direction::LeftToRight,
            cut: say("field-cut"),
            copy: say("command-copy"),
            paste: say("field-paste"),
            select_all: say("command-select-all"),
        }
    }

    /// Whether there is a message of this key.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Command;

    #[test]
    fn every_command_and_menu_has_words() {
        let speech = Speech::english();
        for command in Command::ALL {
            assert!(speech.knows(command.message()), "{}", command.message());
        }
        for menu in crate::app::command::MENUS {
            assert!(speech.knows(menu.message()), "{}", menu.message());
        }
    }

    #[test]
    fn every_key_that_the_source_names_has_words() {
        let speech = Speech::english();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut seen = 0;
        for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
            if entry.path().extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let source = std::fs::read_to_string(entry.path()).expect("the source can be read");
            for call in ["say(\"", "say_with(\"", "Message::new(\""] {
                for (at, _) in source.match_indices(call) {
                    let key = source[at + call.len()..].split('"').next().unwrap_or("");
                    seen += 1;
                    assert!(speech.knows(key), "{key} in {}", entry.path().display());
                }
            }
        }
        assert!(seen > 50, "the search found only {seen} keys");
    }

    #[test]
    fn no_words_wait_in_vain_to_be_said() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let sources: String = walkdir::WalkDir::new(folder)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
            .map(|entry| std::fs::read_to_string(entry.path()).expect("the source can be read"))
            .collect();
        for line in ENGLISH.lines() {
            let Some((key, _)) =
                line.split_once(" = ").filter(|(key, _)| key.starts_with(char::is_alphabetic))
            else {
                continue;
            };
            assert!(sources.contains(&format!("\"{key}\"")), "nothing says {key}");
        }
    }
}
