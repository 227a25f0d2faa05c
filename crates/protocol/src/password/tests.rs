use proptest::prelude::*;

use super::*;
use crate::testing::Seeded;

const PASSWORD: &str = "correct horse battery staple";

/// Made by argon2-cffi, hashlib.scrypt and bcrypt of Python, from `PASSWORD`.
const ARGON2ID: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
const ARGON2ID_OTHER_COST: &str = "$argon2id$v=19$m=12288,t=3,p=2$AAECAwQFBgcICQoLDA0ODw$x7NFidmhg1WbcTcXFMSwosZ2m8tgIpH6p+C2E2c4pxY";
const ARGON2I: &str = "$argon2i$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$dYFSDMHe7r6j8bNX+Py4zNJ4v3iefrxU8sJcdB2oaAY";
const ARGON2ID_VERSION_16: &str = "$argon2id$v=16$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$rrP6DQa6O+rHVmG0msZIIwOFJ2/7wun2k9QtG9bof9Y";
const SCRYPT: &str =
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU";
const NOCOBASE: &str = "00010203040506070d386c4dba8071f68a00be7b5fce1577fd6f53e1dc3db2af";
const BCRYPT: [&str; 3] = [
    "$2a$06$QHzoBjKrJA8p.XBAdjXTE.FoOC5wZamWtppWZf1uW9tm0WfE6ELwy",
    "$2b$06$39ur4OfV/4YexIYbTEwLKe1qNajao9U61DtDeSqJpT2/nohFvK8Dy",
    "$2y$06$N/384dF2NG4wKQzD54Kz6..Kyx3ghLgXXscEIOkTy2o2Qq8Ye5bkC",
];
/// Of 72 times `x`, and of `a`.
const BCRYPT_72: &str = "$2b$04$p0uBuHBzLUVSmYgotlgc3.c8WH7hKKRw1IhcjqsmkPFK5eFMus9ZO";
const BCRYPT_A: &str = "$2b$04$4NkasL520WzQ90yhQFHQ..4YztuFD8SsSLTn6Bm/rEFe.0t51W2f.";
/// Of `café-latte`, decomposed and composed.
const BCRYPT_NFD: &str = "$2b$04$Cd6O5owf9QVxIAk.PJonT.eeX0mjh6v04fCow5Q/KHEaTtArITmGm";
const BCRYPT_NFC: &str = "$2b$04$T/8gM/0IXE7nlojZVyJjt.GhWA4se3mxxgfWDxcDik7R82rTd39Oi";

const MATCH: Verdict = Verdict::Match { rehash: false };
const STALE: Verdict = Verdict::Match { rehash: true };

fn check(password: &str, stored: &PasswordHash) -> Verdict {
    verify(&SecretString::from(password), stored, &Argon2Cost::default(), &mut Memory::default())
        .unwrap()
}

fn read(text: &str) -> PasswordHash {
    PasswordHash::parse(text).unwrap()
}

#[test]
fn what_is_hashed_matches_and_nothing_else_does() {
    let password = SecretString::from(PASSWORD);
    let stored =
        hash(&password, &Argon2Cost::default(), &Seeded::new(1), &mut Memory::default()).unwrap();
    assert_eq!(check(PASSWORD, &stored), MATCH);
    assert_eq!(check("correct horse battery stable", &stored), Verdict::NoMatch);
    assert_eq!(check("", &stored), Verdict::NoMatch);

    let again =
        hash(&password, &Argon2Cost::default(), &Seeded::new(2), &mut Memory::default()).unwrap();
    assert!(again != stored, "each hash has its own salt");
    assert!(read(&stored.to_text()) == stored);
}

#[test]
fn hashes_of_other_systems_match() {
    assert_eq!(check(PASSWORD, &read(ARGON2ID)), MATCH);
    assert_eq!(check(PASSWORD, &read(ARGON2ID_OTHER_COST)), STALE);
    assert_eq!(check(PASSWORD, &read(SCRYPT)), STALE);
    assert_eq!(check(PASSWORD, &PasswordHash::from_nocobase(NOCOBASE).unwrap()), STALE);
    for text in BCRYPT {
        assert_eq!(check(PASSWORD, &read(text)), STALE, "{text}");
    }
    for text in [ARGON2ID, ARGON2ID_OTHER_COST, SCRYPT, BCRYPT[0], BCRYPT[1], BCRYPT[2]] {
        assert_eq!(check("correct horse battery stable", &read(text)), Verdict::NoMatch, "{text}");
        assert_eq!(read(text).to_text(), text);
    }
    let nocobase = PasswordHash::from_nocobase(NOCOBASE).unwrap();
    assert_eq!(check("correct horse", &nocobase), Verdict::NoMatch);
    assert!(read(&nocobase.to_text()) == nocobase);
}

#[test]
fn scrypt_of_rfc_7914() {
    // Section 12, third vector: N=16384, r=8, p=1, here as a PHC string.
    let text = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw";
    assert_eq!(check("pleaseletmein", &read(text)), STALE);
}

#[test]
fn bcrypt_is_never_given_more_than_it_takes() {
    let stored = read(BCRYPT_72);
    assert_eq!(check(&"x".repeat(72), &stored), STALE);
    assert_eq!(check(&"x".repeat(73), &stored), Verdict::NoMatch);
    assert_eq!(check(&format!("{}tail", "x".repeat(72)), &stored), Verdict::NoMatch);

    assert_eq!(check("a", &read(BCRYPT_A)), STALE);
    assert_eq!(check("a\0", &read(BCRYPT_A)), Verdict::NoMatch);
    assert_eq!(check("a\0a", &read(BCRYPT_A)), Verdict::NoMatch);
    assert_eq!(check("a\0anything", &read(BCRYPT_A)), Verdict::NoMatch);
}

#[test]
fn one_password_typed_on_two_systems_is_one() {
    let composed = SecretString::from("caf\u{e9}-latte");
    let stored =
        hash(&composed, &Argon2Cost::default(), &Seeded::new(1), &mut Memory::default()).unwrap();
    assert_eq!(check("cafe\u{301}-latte", &stored), MATCH);
    // A hash of another system may be of the decomposed text: it matches as typed, and is made anew.
    assert_eq!(check("cafe\u{301}-latte", &read(BCRYPT_NFD)), STALE);
    assert_eq!(check("caf\u{e9}-latte", &read(BCRYPT_NFD)), Verdict::NoMatch);
    assert_eq!(check("cafe\u{301}-latte", &read(BCRYPT_NFC)), STALE);
}

#[test]
fn a_foreign_argon2id_hash_of_the_typed_text_is_made_anew() {
    let cost = Argon2Cost::default();
    let typed = argon2id::Argon2id::make(
        "cafe\u{301}-latte".as_bytes(),
        &cost,
        [1; 16],
        &mut Memory::default(),
    )
    .into();
    assert_eq!(check("cafe\u{301}-latte", &typed), STALE);
}

#[test]
fn too_long_is_refused_before_any_work() {
    let long = SecretString::from("x".repeat(LONGEST + 1));
    let cost = Argon2Cost::default();
    assert_eq!(hash(&long, &cost, &Seeded::new(1), &mut Memory::default()), Err(PasswordTooLong));
    assert_eq!(verify(&long, &read(ARGON2ID), &cost, &mut Memory::default()), Err(PasswordTooLong));
    assert_eq!(verify_nobody(&long, &cost, &mut Memory::default()), Err(PasswordTooLong));
}

#[test]
fn nobody_never_matches() {
    for password in ["", PASSWORD, "cafe\u{301}"] {
        let password = SecretString::from(password);
        let verdict = verify_nobody(&password, &Argon2Cost::default(), &mut Memory::default());
        assert_eq!(verdict, Ok(Verdict::NoMatch));
    }
}

#[test]
fn costs_that_cannot_be_borne_are_refused() {
    let argon2id = |cost: &str| ARGON2ID.replace("m=19456,t=2,p=1", cost);
    let scrypt = |cost: &str| SCRYPT.replace("ln=14,r=8,p=1", cost);
    for text in [
        argon2id("m=4194304,t=2,p=1"),
        argon2id("m=4294967295,t=1,p=1"),
        argon2id("m=19456,t=4294967295,p=1"),
        argon2id("m=262144,t=32,p=1"),
        argon2id("m=262145,t=2,p=1"),
        argon2id("m=19456,t=2,p=16777215"),
        argon2id("m=19456,t=0,p=1"),
        argon2id("m=19456,t=2,p=0"),
        argon2id("m=8,t=2,p=2"),
        // The first of two would be bounded, the last of two run.
        argon2id("m=19456,m=4194304,t=2,p=1"),
        argon2id("m=19456,t=2,p=1,m=4194304"),
        argon2id("m=19456,t=2,p=1,keyid=AAAA"),
        scrypt("ln=30,r=8,p=1"),
        scrypt("ln=63,r=1,p=1"),
        scrypt("ln=64,r=1,p=1"),
        scrypt("ln=255,r=8,p=1"),
        scrypt("ln=20,r=8,p=1"),
        scrypt("ln=19,r=8,p=1"),
        scrypt("ln=16,r=8,p=64"),
        scrypt("ln=14,r=65536,p=65536"),
        scrypt("ln=14,r=4294967295,p=4294967295"),
        scrypt("ln=14,r=0,p=1"),
        scrypt("ln=0,r=8,p=1"),
        scrypt("ln=14,r=8"),
        BCRYPT[0].replace("$06$", "$16$"),
        BCRYPT[0].replace("$06$", "$31$"),
        BCRYPT[0].replace("$06$", "$99$"),
        BCRYPT[0].replace("$06$", "$03$"),
        BCRYPT[0].replace("$06$", "$+6$"),
    ] {
        assert_eq!(PasswordHash::parse(&text), Err(HashRefused), "{text}");
    }
}

#[test]
fn malformed_and_unknown_hashes_are_refused() {
    for text in [
        "",
        "$",
        "secret",
        "$argon2id$",
        ARGON2I,
        ARGON2ID_VERSION_16,
        NOCOBASE,
        "$2x$06$N/384dF2NG4wKQzD54Kz6..Kyx3ghLgXXscEIOkTy2o2Qq8Ye5bkC",
        "$2$06$N/384dF2NG4wKQzD54Kz6..Kyx3ghLgXXscEIOkTy2o2Qq8Ye5bkC",
        "$1$salt$hash",
        &ARGON2ID[..ARGON2ID.len() - 30],
        // Eleven bytes of output could be met by trying.
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26w",
        "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw",
        "$argon2id$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU",
        &format!("{ARGON2ID}="),
        &format!("{ARGON2ID}$"),
        &format!("{ARGON2ID}\n"),
        &format!("{}\n", BCRYPT[0]),
        &"x".repeat(10_000),
    ] {
        assert_eq!(PasswordHash::parse(text), Err(HashRefused), "{text}");
    }
    for text in [
        "",
        &NOCOBASE[1..],
        &NOCOBASE.to_uppercase(),
        &format!("{NOCOBASE}0"),
        &format!("{}é", &NOCOBASE[2..]),
        &format!("g{}", &NOCOBASE[1..]),
    ] {
        assert_eq!(PasswordHash::from_nocobase(text), Err(HashRefused), "{text}");
    }
}

#[test]
fn debug_shows_the_algorithm_only() {
    assert_eq!(format!("{:?}", read(ARGON2ID)), "PasswordHash(argon2id, ..)");
    assert_eq!(format!("{:?}", read(SCRYPT)), "PasswordHash(scrypt, ..)");
    assert_eq!(format!("{:?}", read(BCRYPT[0])), "PasswordHash(bcrypt, ..)");
}

proptest! {
    #[test]
    fn no_text_panics(text: String, cost in "[a-z]{1,2}=[0-9]{0,11}(,[a-z]=[0-9]{0,11}){0,3}", at in 0..60_usize, with: char) {
        let _ = PasswordHash::parse(&text);
        let _ = PasswordHash::from_nocobase(&text);
        let _ = cost.parse::<Argon2Cost>();
        for prefix in ["$argon2id$v=19", "$scrypt", "$2b"] {
            let _ = PasswordHash::parse(&format!("{prefix}${cost}${text}"));
            let _ = PasswordHash::parse(&format!("{prefix}${cost}$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8"));
        }
        for known in [ARGON2ID, SCRYPT, BCRYPT[0], NOCOBASE] {
            let changed: String = known.chars().enumerate().map(|(i, c)| if i == at { with } else { c }).collect();
            if let Ok(read) = PasswordHash::parse(&changed) {
                prop_assert_eq!(read.to_text(), changed.as_str());
            }
            let _ = PasswordHash::from_nocobase(&changed);
        }
    }
}
