//! Tests of changing the text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use realms::HashedPassword;

use super::*;

const LIBERTY: &str = include_str!("../parse/liberty.toml");
const HASH: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const OTHER_HASH: &str = "$2b$06$39ur4OfV/4YexIYbTEwLKe1qNajao9U61DtDeSqJpT2/nohFvK8Dy";

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn with(text: &str, user: &str, change: impl FnOnce(&mut FileUser)) -> String {
    let mut saved = parse(text).unwrap().users.remove(&name(user)).unwrap_or_default();
    change(&mut saved);
    edit(text, &[Edit::SaveUser(name(user), saved)]).unwrap().0
}

fn hashed(text: &str) -> Option<HashedPassword> {
    Some(HashedPassword(text.to_owned()))
}

#[test]
fn another_hash_changes_the_hash_and_nothing_else() {
    let edited = with(LIBERTY, "jane", |jane| jane.password = hashed(OTHER_HASH));
    let expected = LIBERTY
        .replace(&format!("\"{HASH}\" # since March"), &format!("\"{OTHER_HASH}\" # since March"));
    assert_eq!(edited, expected);
}

#[test]
fn what_says_the_same_already_is_left_as_it_is() {
    assert_eq!(with(LIBERTY, "jane", |_| {}), LIBERTY);
    let odd = "[users.jane]\nroles=['viewer'  ,\"none\"]\nactive   =   true\nemail = \"\"\n";
    assert_eq!(with(odd, "jane", |_| {}), odd);
}

#[test]
fn a_new_user_stands_after_the_others() {
    let edited = with(LIBERTY, "joe", |joe| joe.roles = [name("viewer")].into());
    assert_eq!(edited, format!("{LIBERTY}\n[users.joe]\nroles = [\"viewer\"]\n"));
}

#[test]
fn the_first_user_of_all() {
    assert_eq!(with("", "joe", |joe| joe.superuser = true), "[users.joe]\nsuperuser = true\n");
    let only = with("# Nobody yet.\n", "joe", |joe| joe.active = false);
    assert!(
        only.contains("# Nobody yet.\n") && only.contains("[users.joe]\nactive = false\n"),
        "{only}"
    );
}

#[test]
fn a_user_is_switched_off_and_on() {
    let off = with(LIBERTY, "jane", |jane| jane.active = false);
    assert_eq!(off, LIBERTY.replace("sub = \"f1c2\"\n", "sub = \"f1c2\"\nactive = false\n"));
    let on = with(LIBERTY, "old", |old| old.active = true);
    assert_eq!(on, LIBERTY.replace("active = false", "active = true"));
}

#[test]
fn lists_keep_their_layout_and_comments() {
    let text = "[roles.clerk]\npermissions = [\n  # of the shop\n  \"sql:crm:*\", # all of it\n  \"menu:crm:*\",\n]\n";
    let role = FileRole { permissions: ["sql:crm:*", "!sql:crm:x"].map(str::to_owned).into() };
    let (edited, _) = edit(text, &[Edit::SaveRole(name("clerk"), role)]).unwrap();
    assert!(edited.contains("# of the shop\n  \"sql:crm:*\","), "{edited}");
    assert!(edited.contains("\n  \"!sql:crm:x\"") && !edited.contains("menu"), "{edited}");
}

#[test]
fn who_goes_takes_along_what_is_about_him_alone() {
    let (edited, file) = edit(LIBERTY, &[Edit::RemoveUser(name("root"))]).unwrap();
    let gone = format!(
        "\n# The one who may do everything.\n[users.root]\npassword_hash = \"{HASH}\"\nsuperuser = true\n"
    );
    assert_eq!(edited, LIBERTY.replace(&gone, ""));
    assert_eq!(file.users.len(), 2);
}

#[test]
fn the_head_of_the_file_stays_when_its_first_entry_goes() {
    let (edited, _) = edit(LIBERTY, &[Edit::SaveUser(name("jane"), FileUser::default())]).unwrap();
    let (edited, _) = edit(&edited, &[Edit::RemoveRole(name("clerk"))]).unwrap();
    assert!(
        edited.starts_with("# Users of the shop. Ask Ann before you change anything.\n"),
        "{edited}"
    );
    let one = "# Ask Ann.\n\n[users.jane]\n";
    assert_eq!(edit(one, &[Edit::RemoveUser(name("jane"))]).unwrap().0, "# Ask Ann.\n");
}

#[test]
fn what_is_kept_for_others_is_not_lost() {
    let edited = with(LIBERTY, "jane", |jane| *jane = FileUser::default());
    assert!(edited.contains("provider = \"keycloak\"\nsub = \"f1c2\"\n"), "{edited}");
}

#[test]
fn inline_tables_are_changed_in_place() {
    let text = "users = { jane = { roles = [\"viewer\"] } } # few\n";
    let edited = with(text, "jane", |jane| jane.active = false);
    assert!(edited.contains("active = false") && edited.ends_with("# few\n"), "{edited}");
    let more = with(text, "joe", |joe| joe.superuser = true);
    assert_eq!(parse(&more).unwrap().users.len(), 2, "{more}");
}

#[test]
fn a_role_that_users_have_does_not_go() {
    let refused = edit(LIBERTY, &[Edit::RemoveRole(name("clerk"))]).unwrap_err();
    assert!(refused.to_string().contains("users.jane.roles"), "{refused}");
}

fn some_name() -> impl Strategy<Value = Name> {
    // Few, so that they meet; some need quotes, and each folds to itself alone.
    prop_oneof![
        Just("jane"),
        Just("joe.doe"),
        Just("a b"),
        Just("é\"x\\"),
        Just("# no comment"),
        Just("[users.root]"),
        Just("x=1")
    ]
    .prop_map(|text| Name::parse(text).unwrap())
}

fn some_user() -> impl Strategy<Value = FileUser> {
    let hash = prop_oneof![Just(None), Just(hashed(HASH)), Just(hashed(OTHER_HASH))];
    let roles = proptest::collection::btree_set(
        prop_oneof![Just(name("viewer")), Just(name("none"))],
        0..3,
    );
    let full_name = proptest::option::of("[a-z\"'\\\\#=\\[\\]{}é]{1,12}");
    (
        hash,
        roles,
        any::<bool>(),
        any::<bool>(),
        proptest::option::of("[a-z']{1,5}@[a-z]{1,5}"),
        full_name,
    )
        .prop_map(|(password, roles, active, superuser, email, full_name)| FileUser {
            password,
            roles,
            active,
            superuser,
            email: email.and_then(|email| Email::try_from(email).ok()),
            full_name: full_name.and_then(|name| FullName::try_from(name).ok()),
        })
}

fn some_edit() -> impl Strategy<Value = Edit> {
    let rules = proptest::collection::btree_set("!?[a-z]{1,3}:([a-z]{1,3}|\\*)", 0..4);
    prop_oneof![
        4 => (some_name(), some_user()).prop_map(|(name, user)| Edit::SaveUser(name, user)),
        1 => some_name().prop_map(Edit::RemoveUser),
        1 => (some_name(), rules)
            .prop_map(|(name, permissions)| Edit::SaveRole(name, FileRole { permissions })),
        1 => some_name().prop_map(Edit::RemoveRole),
    ]
}

/// The lines of comments, how often each is there.
fn comments(text: &str) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with('#')) {
        *found.entry(line).or_default() += 1;
    }
    found
}

proptest! {
    #[test]
    fn what_was_edited_is_read_and_the_rest_is_as_it_was(edits in proptest::collection::vec(some_edit(), 1..8)) {
        let (edited, file) = edit(LIBERTY, &edits).unwrap();
        let mut expected = parse(LIBERTY).unwrap();
        edits.iter().for_each(|edit| edit.apply(&mut expected));
        prop_assert_eq!(&file, &expected);
        prop_assert_eq!(parse(&edited).unwrap(), expected);
        // Nobody touched root and old: they stand there word by word, and so do all comments.
        let root = &LIBERTY[LIBERTY.find("# The one").unwrap()..LIBERTY.find("[users.jane]").unwrap()];
        prop_assert!(edited.contains(root.trim_end()));
        prop_assert!(edited.contains("[users.old]\nactive = false\n"));
        let jane_goes = edits.contains(&Edit::RemoveUser(name("jane")));
        if !jane_goes {
            prop_assert!(edited.contains("provider = \"keycloak\"\nsub = \"f1c2\"\n"));
        }
        prop_assert_eq!(comments(&edited), comments(LIBERTY));
        // Once more it changes nothing.
        let last: BTreeMap<_, _> = file.users.iter().collect();
        let again: Vec<Edit> =
            last.into_iter().map(|(name, user)| Edit::SaveUser(name.clone(), user.clone())).collect();
        prop_assert_eq!(edit(&edited, &again).unwrap().0, edited);
    }
}
