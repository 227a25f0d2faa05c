//! `portcullis.toml`: tables are sections, so `[session] idle_minutes = 30` is the setting `session.idle_minutes`.

use std::{collections::BTreeMap, path::Path};

use toml_edit::{DocumentMut, Item, Value};

use super::SettingRefused;

/// The settings of a file, by key. A file that is not there is an error: somebody named it.
pub fn read(path: &Path) -> Result<BTreeMap<String, String>, SettingRefused> {
    let refuse = |what: String| SettingRefused(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        // The first line tells where, the rest shows the text, which may hold a secret.
        refuse(error.to_string().lines().next().unwrap_or("is no TOML").to_owned())
    })?;
    let mut settings = BTreeMap::new();
    for (key, item) in document.iter() {
        collect(key.to_owned(), item, &mut settings).map_err(refuse)?;
    }
    Ok(settings)
}

fn collect(
    key: String,
    item: &Item,
    settings: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    if let Some(table) = item.as_table_like() {
        return table
            .iter()
            .try_for_each(|(name, item)| collect(format!("{key}.{name}"), item, settings));
    }
    let text = match item.as_value() {
        Some(Value::String(text)) => text.value().clone(),
        Some(Value::Integer(number)) => number.value().to_string(),
        Some(Value::Boolean(truth)) => truth.value().to_string(),
        _ => return Err(format!("{key} must be a text, a whole number, true or false")),
    };
    settings.insert(key, text);
    Ok(())
}
