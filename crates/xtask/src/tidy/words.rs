//! Words that we do not use: the table "Words" of ARCHITECTURE.md, in what we name ourselves.

use super::Finding;
use crate::tokens::{self, Kind, Token};
use crate::workspace::Workspace;

/// A word to avoid (in any number, at any place in a name), and what to do instead.
const AVOIDED: &[(&[&str], &str)] = &[
    (&["manager", "managers"], "name what it does"),
    (&["helper", "helpers"], "name what it does"),
    (&["util", "utils", "utility", "utilities"], "name what it holds"),
    (&["service", "services"], "name what it does (a service account is a service account)"),
    (&["tenant", "tenants"], "realm"),
    (&["blacklist", "blacklists", "blacklisted"], "denied, or revoked"),
    (&["acl", "acls"], "rule or assignment"),
];

/// Names that stay, each with its reason: where (the end of a path), the name, why.
const ALLOWED: &[(&str, &str, &str)] = &[];

/// What a definition begins with.
const DEFINES: &[&str] =
    &["struct", "enum", "trait", "type", "fn", "mod", "const", "static", "union"];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut found = Vec::new();
    for (_, file) in workspace.files() {
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        found.extend(judge(&file.path, 1, stem));
        for token in defined(&tokens::cut(&file.text)) {
            found.extend(judge(&file.path, token.line, token.text));
        }
    }
    found
}

/// The names that the file gives: of items, and any field, variable or variant called `is_admin`.
fn defined<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let items = tokens.windows(2).filter_map(|pair| match pair {
        [keyword, name] if name.kind == Kind::Name && DEFINES.iter().any(|d| keyword.is(d)) => {
            Some(*name)
        }
        [_, name] if name.is("is_admin") => Some(*name),
        _ => None,
    });
    items.collect()
}

fn judge(path: &str, line: usize, name: &str) -> Option<Finding> {
    if ALLOWED.iter().any(|(end, allowed, _)| path.ends_with(end) && name == *allowed) {
        return None;
    }
    let words = split(name);
    if words.windows(2).any(|pair| pair == ["is", "admin"]) {
        let message = format!("{name}: ask for a permission, nobody is an administrator as such");
        return Some(Finding::new(path, line, message));
    }
    let (word, instead) = words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1).map(String::as_str);
        let account = word == "service" && matches!(next, Some("account" | "accounts"));
        let (_, instead) = AVOIDED.iter().find(|(avoided, _)| avoided.contains(&word.as_str()))?;
        (!account).then_some((word, instead))
    })?;
    Some(Finding::new(path, line, format!("{name}: avoid \"{word}\": {instead}")))
}

/// The words of a name in any case: `HTTPServer_list2` is http, server, list2.
fn split(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after_lower = before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if c == '_' || (c.is_uppercase() && (after_lower || ends_capitals)) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::one;

    fn found(text: &str) -> Vec<String> {
        check(&one("x", &[("src/lib.rs", text)]))
            .into_iter()
            .map(|f| format!("{} {}", f.line, f.message.split(':').next().unwrap()))
            .collect()
    }

    #[test]
    fn splits_names() {
        assert_eq!(split("HTTPServer_list2"), ["http", "server", "list2"]);
        assert_eq!(split("SESSION_MANAGER"), ["session", "manager"]);
        assert_eq!(split("aclRule"), ["acl", "rule"]);
    }

    #[test]
    fn finds_words_to_avoid_in_what_we_name() {
        assert_eq!(
            found("struct UserManager;\nfn path_helper() {}"),
            ["1 UserManager", "2 path_helper"]
        );
        assert_eq!(
            found("mod string_utils; trait MailService {}"),
            ["1 string_utils", "1 MailService"]
        );
        assert_eq!(found("type TenantId = u8; const ACL: u8 = 1;"), ["1 TenantId", "1 ACL"]);
        assert_eq!(
            found("enum Blacklist {}\nstruct A {\n  is_admin: bool }"),
            ["1 Blacklist", "3 is_admin"]
        );
    }

    #[test]
    fn leaves_others_words_and_neighbours_alone() {
        assert_eq!(
            found("use tower::Service; impl Service<R> for A {} let acl = x.tenant();"),
            [""; 0]
        );
        assert_eq!(found("struct ServiceAccount; fn list_service_accounts() {}"), [""; 0]);
        assert_eq!(found("fn futile() {} struct Oracle; // struct Manager"), [""; 0]);
    }

    #[test]
    fn finds_them_in_file_names() {
        let workspace = one("x", &[("src/helpers.rs", ""), ("src/service_account.rs", "")]);
        let paths: Vec<_> = check(&workspace).into_iter().map(|f| f.path).collect();
        assert_eq!(paths, ["crates/x/src/helpers.rs"]);
    }
}
