//! Reading a users file: strict, so that a typo widens nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{Name, RuleText};
use protocol::password::PasswordHash;
use realms::{
    HashedPassword,
    names::{Email, FullName, check_username, fold},
};
use toml_edit::{Document, Item, Key, TableLike};

use crate::{
    model::{BUILT_IN_ROLES, FileRole, FileUser, UsersFile},
    refused::FileRefused,
};

/// Largest file, in bytes.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// Most users.
const MAX_USERS: usize = 10_000;
/// Most roles.
const MAX_ROLES: usize = 1000;

/// What the text says. The empty text says nothing: there are no users.
pub fn parse(text: &str) -> Result<UsersFile, FileRefused> {
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(FileRefused::new("is larger than 4 MiB"));
    }
    let document = Document::parse(text).map_err(|error| {
        // What the library prints for people shows the line itself.
        FileRefused::at(text, error.span().map(|span| span.start), error.message())
    })?;
    let reader = Reader { text };
    let root = document.as_table();
    for (word, item) in root.iter() {
        if !matches!(word, "roles" | "users") {
            return Err(reader.unknown(root, word, item, "the file"));
        }
    }
    let roles = reader.section(root, "roles", MAX_ROLES)?;
    let roles = roles.into_iter().map(|entry| {
        let role = reader.role(&entry)?;
        Ok::<_, FileRefused>((entry.name, role))
    });
    let roles = roles.collect::<Result<BTreeMap<_, _>, _>>()?;
    let users = reader.section(root, "users", MAX_USERS)?;
    let users = users.into_iter().map(|entry| {
        let user = reader.user(&entry, &roles)?;
        Ok::<_, FileRefused>((entry.name, user))
    });
    let users = users.collect::<Result<BTreeMap<_, _>, _>>()?;
    Ok(UsersFile { roles, users })
}

/// A `[roles.NAME]` or `[users.NAME]`.
struct Entry<'a> {
    name: Name,
    /// As people write it: `users.jane`.
    called: String,
    table: &'a dyn TableLike,
    start: Option<usize>,
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    /// The entries of a section. No two of them are one name in other letters.
    fn section<'a>(
        &self,
        root: &'a dyn TableLike,
        section: &str,
        most: usize,
    ) -> Result<Vec<Entry<'a>>, FileRefused> {
        let Some(item) = root.get(section) else { return Ok(Vec::new()) };
        let table = self.table(root, section, item, section)?;
        if table.len() > most {
            return Err(FileRefused::new(format!("has more than {most} {section}")));
        }
        let mut seen: HashMap<String, String> = HashMap::new();
        let mut entries = Vec::new();
        for (word, item) in table.iter() {
            let start = start_of(table, word, item);
            let name = Name::parse(word)
                .map_err(|error| self.refuse(start, format!("a name in {section} {error}")))?;
            let called = format!("{section}.{name}");
            check_username(&name)
                .map_err(|error| self.refuse(start, format!("{called} {error}")))?;
            if let Some(other) = seen.insert(fold(name.as_str()), called.clone()) {
                return Err(self.refuse(start, format!("{called} and {other} are one name")));
            }
            let fields = self.table(table, word, item, &called)?;
            entries.push(Entry { name, called, table: fields, start });
        }
        Ok(entries)
    }

    fn role(&self, entry: &Entry<'_>) -> Result<FileRole, FileRefused> {
        if BUILT_IN_ROLES.contains(&entry.name.as_str()) {
            let reason =
                format!("{}: a built-in role is called so; users may have that one", entry.called);
            return Err(self.refuse(entry.start, reason));
        }
        let mut role = FileRole::default();
        for (word, item) in entry.table.iter() {
            let field = Field::new(self, entry, word, item);
            match word {
                "permissions" => {
                    for text in field.texts()? {
                        let rule: RuleText = text.parse().map_err(|error| field.refuse(error))?;
                        if rule.owner.is_some() {
                            return Err(field.refuse("a rule of the file has no owner after '@'"));
                        }
                        role.permissions.insert(rule.to_string());
                    }
                }
                "description" => drop(field.text()?),
                _ => return Err(self.unknown(entry.table, word, item, &entry.called)),
            }
        }
        Ok(role)
    }

    fn user(
        &self,
        entry: &Entry<'_>,
        roles: &BTreeMap<Name, FileRole>,
    ) -> Result<FileUser, FileRefused> {
        let mut user = FileUser::default();
        for (word, item) in entry.table.iter() {
            let field = Field::new(self, entry, word, item);
            match word {
                "password_hash" => user.password = field.hash()?,
                "roles" => user.roles = field.roles(roles)?,
                "active" => user.active = field.truth()?,
                "superuser" => user.superuser = field.truth()?,
                "email" => {
                    let email = field.text()?.map(Email::try_from).transpose();
                    user.email = email.map_err(|error| field.refuse(error))?;
                }
                "full_name" => {
                    let name = field.text()?.map(FullName::try_from).transpose();
                    user.full_name = name.map_err(|error| field.refuse(error))?;
                }
                // Who the user is for a provider of identities: kept for that.
                "provider" | "sub" => drop(field.text()?),
                _ => return Err(self.unknown(entry.table, word, item, &entry.called)),
            }
        }
        Ok(user)
    }

    fn table<'a>(
        &self,
        parent: &dyn TableLike,
        word: &str,
        item: &'a Item,
        called: &str,
    ) -> Result<&'a dyn TableLike, FileRefused> {
        let refuse =
            || self.refuse(start_of(parent, word, item), format!("{called} must be a table"));
        item.as_table_like().ok_or_else(refuse)
    }

    fn unknown(&self, table: &dyn TableLike, word: &str, item: &Item, place: &str) -> FileRefused {
        // What is no plain word may be anything, a hash too.
        let plain = word.len() <= 32 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let named = if plain { format!(" {word:?}") } else { String::new() };
        self.refuse(start_of(table, word, item), format!("{place} has an unknown key{named}"))
    }

    fn refuse(&self, start: Option<usize>, reason: impl std::fmt::Display) -> FileRefused {
        FileRefused::at(self.text, start, reason)
    }
}

/// A key with its value.
struct Field<'a> {
    reader: &'a Reader<'a>,
    called: String,
    item: &'a Item,
    start: Option<usize>,
}

impl<'a> Field<'a> {
    fn new(reader: &'a Reader<'a>, entry: &Entry<'_>, word: &str, item: &'a Item) -> Self {
        let called = format!("{}.{word}", entry.called);
        Self { reader, called, item, start: start_of(entry.table, word, item) }
    }

    /// A text; the empty one counts as none.
    fn text(&self) -> Result<Option<String>, FileRefused> {
        let text = self.item.as_str().ok_or_else(|| self.refuse("must be a text"))?;
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    fn truth(&self) -> Result<bool, FileRefused> {
        self.item.as_bool().ok_or_else(|| self.refuse("must be true or false"))
    }

    fn texts(&self) -> Result<Vec<&'a str>, FileRefused> {
        let refuse = || self.refuse("must be a list of texts");
        let list = self.item.as_array().ok_or_else(refuse)?;
        list.iter().map(|value| value.as_str().ok_or_else(refuse)).collect()
    }

    fn hash(&self) -> Result<Option<HashedPassword>, FileRefused> {
        let Some(text) = self.text()? else { return Ok(None) };
        let hash = PasswordHash::parse(&text).map_err(|error| self.refuse(error))?;
        Ok(Some(HashedPassword(hash.to_text())))
    }

    fn roles(&self, known: &BTreeMap<Name, FileRole>) -> Result<BTreeSet<Name>, FileRefused> {
        let mut roles = BTreeSet::new();
        for text in self.texts()? {
            let role = Name::parse(text).map_err(|error| self.refuse(error))?;
            if !known.contains_key(&role) && !BUILT_IN_ROLES.contains(&role.as_str()) {
                return Err(self.refuse("names a role that is neither in the file nor built in"));
            }
            roles.insert(role);
        }
        Ok(roles)
    }

    fn refuse(&self, reason: impl std::fmt::Display) -> FileRefused {
        self.reader.refuse(self.start, format!("{}: {reason}", self.called))
    }
}

/// Where a key begins, or what it holds.
fn start_of(table: &dyn TableLike, word: &str, item: &Item) -> Option<usize> {
    let span = table.key(word).and_then(Key::span).or_else(|| item.span());
    span.map(|span| span.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    fn refused(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_liberty_reads() {
        let file = parse(include_str!("parse/liberty.toml")).unwrap();
        let jane = &file.users[&Name::parse("jane").unwrap()];
        assert!(jane.active && !jane.superuser && jane.password.is_some());
        assert_eq!(jane.email.as_ref().map(Email::as_str), Some("jane@example.com"));
        let roles: Vec<&str> = jane.roles.iter().map(Name::as_str).collect();
        assert_eq!(roles, ["clerk", "viewer"]);
        let clerk = &file.roles[&Name::parse("clerk").unwrap()];
        let rules: Vec<&str> = clerk.permissions.iter().map(String::as_str).collect();
        assert_eq!(rules, ["!sql:crm:customers_delete", "menu:crm:*", "sql:crm:*"]);
        assert!(file.users[&Name::parse("root").unwrap()].superuser);
        assert!(!file.users[&Name::parse("old").unwrap()].active);
    }

    #[test]
    fn nothing_says_nothing() {
        assert_eq!(parse("").unwrap(), UsersFile::default());
        assert_eq!(parse("# Nobody yet.\n[users]\n").unwrap(), UsersFile::default());
    }

    #[test]
    fn inline_tables_and_dotted_keys_say_the_same() {
        let long = "[users.jane]\nactive = false\nroles = [\"viewer\"]\n";
        let inline = "users = { jane = { active = false, roles = [\"viewer\"] } }\n";
        let dotted = "users.jane.active = false\nusers.jane.roles = [\"viewer\"]\n";
        assert_eq!(parse(long).unwrap(), parse(inline).unwrap());
        assert_eq!(parse(long).unwrap(), parse(dotted).unwrap());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, expected) in [
            ("[usres.jane]\n", "line 1: the file has an unknown key \"usres\""),
            (
                "[users.jane]\n\npasword_hash = \"x\"\n",
                "line 3: users.jane has an unknown key \"pasword_hash\"",
            ),
            ("[users.jane]\nactive = \"no\"\n", "line 2: users.jane.active: must be true or false"),
            (
                "[users.jane]\nroles = \"viewer\"\n",
                "line 2: users.jane.roles: must be a list of texts",
            ),
            ("[users.jane]\nroles = [1]\n", "line 2: users.jane.roles: must be a list of texts"),
            ("[users]\njane = 3\n", "line 2: users.jane must be a table"),
            ("users = 3\n", "line 1: users must be a table"),
            (
                "[users.jane]\nroles = [\"clerk\"]\n",
                "line 2: users.jane.roles: names a role that is neither in the file nor built in",
            ),
            (
                "[roles.admin]\npermissions = [\"*\"]\n",
                "line 1: roles.admin: a built-in role is called so; users may have that one",
            ),
            ("[users.jane]\n[users.JANE]\n", "line 2: users.JANE and users.jane are one name"),
            ("[users.\"a/b\"]\n", "line 1: a name in users must not contain '/'"),
            (
                "[users.jane]\nemail = \"nowhere\"\n",
                "line 2: users.jane.email: must be an e-mail address of at most 254 characters",
            ),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
    }

    #[test]
    fn a_bad_rule_is_refused() {
        for rule in ["cust*", "sql::x", "!!x", "!", "a b", "sql:x@/acme", ""] {
            let text = format!("[roles.clerk]\npermissions = [\"ok:x\", \"{rule}\"]\n");
            assert!(refused(&text).starts_with("line 2: roles.clerk.permissions: "), "{rule}");
        }
    }

    #[test]
    fn no_refusal_shows_a_hash() {
        let inside = HASH.trim_start_matches('$');
        for text in [
            format!("[users.jane]\npassword_hash = \"{HASH}x\"\n"),
            format!("[users.jane]\npassword_hash = \"{HASH}\n"),
            format!("[users.jane]\npassword_hash = {HASH}\n"),
            format!("[users.jane]\npassword_hash = \"{HASH}\"\npassword_hash = \"{HASH}\"\n"),
            format!("[users.jane]\n\"{HASH}\" = true\n"),
            format!("[users.jane]\nroles = [\"{HASH}\"]\n"),
            format!("[users.jane]\nroles = \"{HASH}\"\n"),
            format!("[users.jane]\nemail = \"{HASH}\"\n"),
            format!("[users.jane]\nactive = \"{HASH}\"\n"),
            format!("[roles.x]\npermissions = [\"{HASH} x\"]\n"),
            format!("{HASH}\n"),
        ] {
            let reason = refused(&text);
            assert!(!reason.contains(&inside[..12]), "{reason}");
        }
    }

    #[test]
    fn no_debug_output_shows_a_hash() {
        let text = format!("[users.jane]\npassword_hash = \"{HASH}\"\n");
        let file = parse(&text).unwrap();
        assert!(file.users.values().all(|user| user.password.is_some()));
        assert!(!format!("{file:?}").contains("$2a$"));
    }

    #[test]
    fn there_is_a_limit_to_everything() {
        let text = "#".repeat(4 * 1024 * 1024 + 1);
        assert_eq!(refused(&text), "is larger than 4 MiB");
        let users: String = (0..=MAX_USERS).map(|i| format!("[users.u{i}]\n")).collect();
        assert_eq!(refused(&users), "has more than 10000 users");
        let deep = format!("[users.jane]\nroles = {}{}\n", "[".repeat(5000), "]".repeat(5000));
        assert!(parse(&deep).is_err());
    }
}
