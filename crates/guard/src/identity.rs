//! What the application is told about the caller, in headers. Values are percent-encoded UTF-8 (RFC 3986, section 2.1),
//! so that any name is plain ASCII, and the comma between groups is in none of them.

use context::{Ctx, Reading, State};
use kernel::{NodeId, Problem, Revision};

/// The names of the headers, in the order of [`Identity::headers`].
pub const HEADERS: [&str; 5] = [
    "portcullis-user",
    "portcullis-user-id",
    "portcullis-realm",
    "portcullis-groups",
    "portcullis-revision",
];
/// Longest list of groups, in bytes: proxies have limits for headers, and a list that is cut off would be a wrong one.
const MAX_GROUPS: usize = 4096;

/// The caller, as the application is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    user: String,
    user_id: String,
    realm: String,
    groups: String,
    revision: Revision,
}

impl Identity {
    /// All headers. Where there is nothing to tell the value is empty: it takes the place of what the client sent.
    pub fn headers(&self) -> [(&'static str, String); 5] {
        let [user, id, realm, groups, revision] = HEADERS;
        [
            (user, self.user.clone()),
            (id, self.user_id.clone()),
            (realm, self.realm.clone()),
            (groups, self.groups.clone()),
            (revision, self.revision.0.to_string()),
        ]
    }
}

/// The identity of the caller; of nobody, the revision alone.
pub(crate) async fn of(
    ctx: &Ctx,
    state: &State,
    read: Option<&Reading>,
    with_groups: bool,
) -> Result<Identity, Problem> {
    let revision = state.revision;
    let known = ctx.principal().subject().and_then(|id| Some((id, state.engine.subject(id)?)));
    let Some((id, subject)) = known.filter(|_| ctx.signed_in() && !ctx.principal().restricted)
    else {
        return Ok(Identity { revision, ..Identity::default() });
    };
    let realm = subject.realm.and_then(|realm| state.roots.realm(realm)).unwrap_or_default();
    let groups = match read {
        Some(read) if with_groups => groups(read, id).await?,
        None if with_groups => return Err(Problem::internal("groups without the database")),
        _ => String::new(),
    };
    Ok(Identity {
        user: encode(&subject.username),
        user_id: id.to_string(),
        realm: encode(realm),
        groups,
        revision,
    })
}

/// The groups, nested and built-in ones included, as world files name them, sorted.
async fn groups(read: &Reading, id: NodeId) -> Result<String, Problem> {
    let paths = store::node::paths(read, &read.engine().groups_of(id)).await?;
    let mut names: Vec<String> =
        paths.into_values().map(|path| encode(&group_name(&path))).collect();
    names.sort_unstable();
    let list = names.join(",");
    if list.len() > MAX_GROUPS {
        return Err(Problem::forbidden("You are in more groups than the application can be told."));
    }
    Ok(list)
}

/// `clerks@/acme/companyA`, and without its owner where that is `$global`.
fn group_name(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("/$global", name)) => name.to_owned(),
        Some((owner, name)) => format!("{name}@{owner}"),
        None => path.to_owned(),
    }
}

/// Everything but letters, digits, and a few marks that no proxy gives a meaning.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@/$".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_plain_ascii_without_commas() {
        assert_eq!(encode("jane.doe@x"), "jane.doe@x");
        assert_eq!(encode("J\u{f6}rg, the 1%"), "J%C3%B6rg%2C%20the%201%25");
        assert_eq!(encode("a\r\nb\0"), "a%0D%0Ab%00");
    }

    #[test]
    fn a_group_is_named_as_in_world_files() {
        assert_eq!(group_name("/acme/companyA/clerks"), "clerks@/acme/companyA");
        assert_eq!(group_name("/$global/authenticated"), "authenticated");
    }
}
