//! The fields of a user or role: a value that says the same already is left as it is written, and a comment behind a
//! value stays there.

use std::collections::BTreeSet;

use toml_edit::{Array, Item, TableLike, Value};

/// A text; none takes the key away.
pub(super) fn put_text(table: &mut dyn TableLike, key: &str, wanted: Option<&str>) {
    let found = table.get(key).and_then(Item::as_str).filter(|text| !text.is_empty());
    if found == wanted {
        return;
    }
    match wanted {
        Some(text) => put(table, key, text.into()),
        None => drop(table.remove(key)),
    }
}

/// `true` or `false`; a key that is not there says `default`.
pub(super) fn put_truth(table: &mut dyn TableLike, key: &str, wanted: bool, default: bool) {
    if table.get(key).and_then(Item::as_bool).unwrap_or(default) != wanted {
        put(table, key, wanted.into());
    }
}

/// A list without an order. `same` gives the form in which two texts are compared.
pub(super) fn put_texts(
    table: &mut dyn TableLike,
    key: &str,
    wanted: &BTreeSet<&str>,
    same: impl Fn(&str) -> Option<String>,
) {
    let Some(list) = table.get_mut(key).and_then(Item::as_array_mut) else {
        if !wanted.is_empty() {
            put(table, key, wanted.iter().copied().collect::<Array>().into());
        }
        return;
    };
    let form = |value: &Value| value.as_str().and_then(&same);
    let found: BTreeSet<String> = list.iter().filter_map(form).collect();
    let first = list.get(0).and_then(form);
    list.retain(|value| form(value).is_some_and(|text| wanted.contains(text.as_str())));
    if list.get(0).and_then(form) != first {
        close_up(list);
    }
    for text in wanted {
        if !found.contains(*text) {
            push(list, text);
        }
    }
}

/// What was not the first element has a space before it.
fn close_up(list: &mut Array) {
    let Some(decor) = list.get_mut(0).map(Value::decor_mut) else { return };
    if decor.prefix().and_then(|prefix| prefix.as_str()).is_some_and(|text| text == " ") {
        decor.set_prefix("");
    }
}

/// At the end, laid out as the element before it: a list with a line for each stays one.
fn push(list: &mut Array, text: &str) {
    let last = list.iter().last();
    let before = last.and_then(|last| last.decor().prefix()?.as_str().map(str::to_owned));
    let mut value = Value::from(text);
    // The first of several on one line has nothing before it, and a comment is about what it stands at.
    let prefix = match before {
        Some(before) if before.contains('\n') => {
            format!("\n{}", before.rsplit('\n').next().unwrap_or_default())
        }
        Some(_) => " ".to_owned(),
        None => String::new(),
    };
    value.decor_mut().set_prefix(prefix);
    list.push_formatted(value);
}

fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(table.insert(key, Item::Value(value))),
    }
}
