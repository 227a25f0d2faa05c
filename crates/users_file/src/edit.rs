//! Changing the text of a users file: only what is said to be different, and nothing around it.

mod fields;

use std::collections::BTreeSet;

use kernel::{Name, RuleText};
use realms::names::{Email, FullName};
use toml_edit::{Decor, DocumentMut, Item, Table, TableLike};

use crate::{
    model::{FileRole, FileUser, UsersFile},
    parse::parse,
    refused::FileRefused,
};

/// One change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A user, new or as it is from now on.
    SaveUser(Name, FileUser),
    /// A user goes.
    RemoveUser(Name),
    /// A role as it is from now on.
    SaveRole(Name, FileRole),
    /// A role goes.
    RemoveRole(Name),
}

impl Edit {
    /// The same change of what a file says.
    fn apply(&self, file: &mut UsersFile) {
        match self {
            Self::SaveUser(name, user) => drop(file.users.insert(name.clone(), user.clone())),
            Self::RemoveUser(name) => drop(file.users.remove(name)),
            Self::SaveRole(name, role) => drop(file.roles.insert(name.clone(), role.clone())),
            Self::RemoveRole(name) => drop(file.roles.remove(name)),
        }
    }
}

/// The text with the changes in it, and what it says then. What is written is read again first: a text that does not say
/// just this is refused.
pub fn edit(text: &str, edits: &[Edit]) -> Result<(String, UsersFile), FileRefused> {
    let mut wanted = parse(text)?;
    let mut document: DocumentMut =
        text.parse().map_err(|_| FileRefused::new("cannot be read for a change"))?;
    for edit in edits {
        edit.apply(&mut wanted);
        write(&mut document, edit)
            .ok_or_else(|| FileRefused::new("has a form that cannot be changed"))?;
    }
    let edited = document.to_string();
    if parse(&edited)? != wanted {
        return Err(FileRefused::new("would not say what it should"));
    }
    Ok((edited, wanted))
}

/// None: a section is of a form that cannot be changed in place.
fn write(document: &mut DocumentMut, edit: &Edit) -> Option<()> {
    match edit {
        Edit::SaveUser(name, user) => save_user(entry(document, "users", name)?, user),
        Edit::SaveRole(name, role) => save_role(entry(document, "roles", name)?, role),
        Edit::RemoveUser(name) => remove(document, "users", name),
        Edit::RemoveRole(name) => remove(document, "roles", name),
    }
}

fn save_user(table: &mut dyn TableLike, user: &FileUser) -> Option<()> {
    let hash = user.password.as_ref().map(|hash| hash.0.as_str());
    fields::put_text(table, "password_hash", hash);
    let roles: BTreeSet<&str> = user.roles.iter().map(Name::as_str).collect();
    let same = |text: &str| Name::parse(text).map(|name| name.as_str().to_owned()).ok();
    fields::put_texts(table, "roles", &roles, same);
    fields::put_truth(table, "active", user.active, true);
    fields::put_truth(table, "superuser", user.superuser, false);
    fields::put_text(table, "email", user.email.as_ref().map(Email::as_str));
    fields::put_text(table, "full_name", user.full_name.as_ref().map(FullName::as_str));
    Some(())
}

fn save_role(table: &mut dyn TableLike, role: &FileRole) -> Option<()> {
    let rules: BTreeSet<&str> = role.permissions.iter().map(String::as_str).collect();
    let same = |text: &str| text.parse().map(|rule: RuleText| rule.to_string()).ok();
    fields::put_texts(table, "permissions", &rules, same);
    Some(())
}

/// The table of a user or role, made at the end of its section if it is not there.
fn entry<'a>(
    document: &'a mut DocumentMut,
    section: &str,
    name: &Name,
) -> Option<&'a mut dyn TableLike> {
    let section = document.as_table_mut().entry(section).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let is_inline = section.is_inline_table();
    let entries = section.as_table_like_mut()?;
    let key = key_of(entries, name).unwrap_or_else(|| name.as_str().to_owned());
    if !entries.contains_key(&key) {
        let new = if is_inline {
            toml_edit::value(toml_edit::InlineTable::new())
        } else {
            toml_edit::table()
        };
        entries.insert(&key, new);
    }
    entries.get_mut(&key)?.as_table_like_mut()
}

/// The key as it is written: the name may be in another form of Unicode there.
fn key_of(entries: &dyn TableLike, name: &Name) -> Option<String> {
    let is_it = |key: &&str| Name::parse(key).is_ok_and(|found| found == *name);
    entries.iter().map(|(key, _)| key).find(is_it).map(str::to_owned)
}

/// Takes an entry away with the comment right above it. What stands above that, after an empty line, is about more, and
/// stays.
fn remove(document: &mut DocumentMut, section: &str, name: &Name) -> Option<()> {
    let Some(entries) = document.get_mut(section).and_then(Item::as_table_like_mut) else {
        return Some(());
    };
    let Some(removed) = key_of(entries, name).and_then(|key| entries.remove(&key)) else {
        return Some(());
    };
    let Item::Table(table) = removed else { return Some(()) };
    let kept = comment_about_more(table.decor());
    if kept.is_empty() {
        return Some(());
    }
    match next_table(document.as_table_mut(), table.position()) {
        Some(next) => prepend(next.decor_mut(), &kept),
        None => {
            let after = document.trailing().as_str().unwrap_or_default();
            let after = format!("{kept}{after}");
            document.set_trailing(after);
        }
    }
    Some(())
}

/// The part of what stands before a table that has comments and is followed by an empty line.
fn comment_about_more(decor: &Decor) -> String {
    let before = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let end = before.rfind("\n\n").map_or(0, |at| at + 1);
    let above = before.get(..end).unwrap_or_default();
    if above.contains('#') { above.to_owned() } else { String::new() }
}

/// The table that is written right after this position.
fn next_table(root: &mut Table, position: Option<isize>) -> Option<&mut Table> {
    let after = |found: Option<isize>| found.filter(|found| position.is_none_or(|p| *found > p));
    let mut next = None;
    visit(root, &mut |table| {
        if let Some(found) = after(table.position()) {
            next = Some(next.map_or(found, |next: isize| next.min(found)));
        }
    });
    find_table(root, next?)
}

fn visit(table: &Table, see: &mut dyn FnMut(&Table)) {
    for (_, item) in table.iter() {
        if let Item::Table(inner) = item {
            see(inner);
            visit(inner, see);
        }
    }
}

fn find_table(table: &mut Table, position: isize) -> Option<&mut Table> {
    table.iter_mut().find_map(|(_, item)| match item {
        Item::Table(inner) => match inner.position() == Some(position) {
            true => Some(inner),
            false => find_table(inner, position),
        },
        _ => None,
    })
}

fn prepend(decor: &mut Decor, kept: &str) {
    let before = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let before = format!("{kept}{before}");
    decor.set_prefix(before);
}

#[cfg(test)]
mod tests;
