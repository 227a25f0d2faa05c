//! The texts of the pages, from a file for each language.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::language::Language;
use crate::start_error::StartError;

const ENGLISH: &str = include_str!("../../messages/en.json");
const GERMAN: &str = include_str!("../../messages/de.json");

/// A key of a text: what is written so is known to be used.
pub(super) const fn text(key: &'static str) -> &'static str {
    key
}

/// The texts of all languages.
#[derive(Debug)]
pub struct Catalogue {
    english: Texts,
    german: Texts,
}

/// The texts of one language.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) language: Language,
    pages: BTreeMap<String, String>,
    /// Those that scripts need, as JSON.
    scripts: String,
}

/// A file of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What stands in the pages, by key.
    pages: BTreeMap<String, String>,
    /// What the scripts say, by key.
    scripts: BTreeMap<String, String>,
    /// What the server answers, and how that is said to people.
    details: BTreeMap<String, String>,
}

impl Catalogue {
    /// Reads the files, which are in the program.
    pub fn read() -> Result<Self, StartError> {
        Ok(Self {
            english: Texts::read(Language::English)?,
            german: Texts::read(Language::German)?,
        })
    }

    pub(super) fn of(&self, language: Language) -> &Texts {
        match language {
            Language::English => &self.english,
            Language::German => &self.german,
        }
    }
}

impl Texts {
    fn read(language: Language) -> Result<Self, StartError> {
        let wrong = |error| StartError::new(format!("messages/{}.json: {error}", language.tag()));
        let File { pages, scripts, details } = file(language).map_err(wrong)?;
        let scripts = serde_json::json!({"scripts": scripts, "details": details}).to_string();
        Ok(Self { language, pages, scripts })
    }

    /// The text of this key. A test sees to it that there is one.
    pub(super) fn of<'a>(&'a self, key: &'a str) -> &'a str {
        self.pages.get(key).map_or(key, String::as_str)
    }

    /// The same with a value in the place of `{}`.
    pub(super) fn with(&self, key: &str, value: &str) -> String {
        self.of(key).replace("{}", value)
    }

    /// What the scripts need, as JSON.
    pub(super) fn scripts(&self) -> &str {
        &self.scripts
    }
}

fn file(language: Language) -> Result<File, serde_json::Error> {
    serde_json::from_str(match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
    })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn keys(texts: &BTreeMap<String, String>) -> Vec<&str> {
        texts.keys().map(String::as_str).collect()
    }

    fn holes(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    /// All that is written in the files of a folder.
    fn written(folder: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(folder).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    /// What stands between these two, wherever it does.
    fn between<'a>(text: &'a str, before: &str, after: char) -> BTreeSet<&'a str> {
        let parts = text.split(before).skip(1);
        parts.filter_map(|rest| rest.split_once(after)).map(|(inside, _)| inside).collect()
    }

    #[test]
    fn each_language_says_the_same() {
        let (english, german) = (file(Language::English).unwrap(), file(Language::German).unwrap());
        for (english, german) in [
            (&english.pages, &german.pages),
            (&english.scripts, &german.scripts),
            (&english.details, &german.details),
        ] {
            assert_eq!(keys(english), keys(german));
            for (key, text) in english {
                assert_eq!(holes(text), holes(&german[key]), "{key}");
                assert!(!text.trim().is_empty() && !german[key].trim().is_empty(), "{key}");
            }
        }
    }

    #[test]
    fn no_text_is_missing_and_none_is_left_over() {
        let file = file(Language::English).unwrap();
        let templates = written("templates");
        let scripts = written("assets/pages");
        let mut used = between(&templates, "texts.of(\"", '"');
        used.extend(between(&templates, "texts.with(\"", '"'));
        let named = written("src/pages");
        used.extend(between(&named, "text(\"", '"'));
        assert_eq!(keys(&file.pages), Vec::from_iter(used));
        let used = between(&scripts, "text(\"", '"');
        assert_eq!(keys(&file.scripts), Vec::from_iter(used));
    }
}
