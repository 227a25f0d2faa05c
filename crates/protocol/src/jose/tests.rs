//! Tokens as a whole: round trips, and everything that an attacker may try.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use kernel::{NodeId, SessionId};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::digest::hmac_sha256;

const ISSUER: &str = "https://id.example.org";
const AUDIENCE: &str = "https://id.example.org/api";
const NOW: Timestamp = Timestamp::constant(1_800_000_000, 250_000_000);

static RING: LazyLock<KeyRing> = LazyLock::new(|| {
    let [active, retired] = [Algorithm::Es256, Algorithm::EdDsa].map(generate);
    KeyRing::new(active, [retired.public().clone()])
});

fn generate(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm).unwrap()
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn claims() -> AccessClaims {
    AccessClaims {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        subject: NodeId(Uuid::from_u128(1)),
        session: Some(SessionId(Uuid::from_u128(2))),
        id: Uuid::from_u128(3),
        issued_at: Timestamp::constant(1_800_000_000, 0),
        not_before: Timestamp::constant(1_800_000_000, 0),
        expires_at: Timestamp::constant(1_800_000_600, 0),
        username: "ann".to_owned(),
        roles: vec!["editor@/acme".to_owned()],
        client_id: None,
        actor: None,
        methods: vec!["pwd".to_owned(), "otp".to_owned()],
        authenticated_at: Some(Timestamp::constant(1_799_999_999, 0)),
        begun_at: None,
        password: Some(PasswordClaim {
            changed_at: Timestamp::constant(1_790_000_000, 0),
            must_change: true,
        }),
    }
}

fn expected() -> Expected<'static> {
    Expected { issuer: ISSUER, audience: AUDIENCE, now: NOW }
}

fn verify(token: &str) -> Result<AccessClaims, TokenRefused> {
    access_token::verify(&RING, token, &expected())
}

fn refused(token: &str) -> TokenRefused {
    verify(token).unwrap_err()
}

fn encode(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The header of a right token.
fn header() -> Value {
    json!({ "alg": "ES256", "typ": "at+jwt", "kid": RING.active().kid() })
}

/// The claims of a right token, as JSON.
fn payload() -> Value {
    let token = access_token::mint(&RING, &claims()).unwrap();
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with these texts as header and claims, rightly signed by the active key.
fn signed(header: &str, payload: &str) -> String {
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = encode(RING.active().sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

fn with_header(change: impl FnOnce(&mut Value)) -> TokenRefused {
    let mut header = header();
    change(&mut header);
    refused(&signed(&header.to_string(), &payload().to_string()))
}

fn with_payload(change: impl FnOnce(&mut Value)) -> TokenRefused {
    let mut payload = payload();
    change(&mut payload);
    refused(&signed(&header().to_string(), &payload.to_string()))
}

fn remove(member: &str) -> impl FnOnce(&mut Value) {
    move |object| {
        object.as_object_mut().unwrap().remove(member).unwrap();
    }
}

fn actor() -> Actor {
    Actor { subject: NodeId(Uuid::from_u128(9)), session: SessionId(Uuid::from_u128(8)) }
}

#[test]
fn a_token_says_what_was_put_into_it() {
    let full = AccessClaims {
        client_id: Some("console".to_owned()),
        actor: Some(actor()),
        begun_at: Some(Timestamp::constant(1_799_999_998, 0)),
        ..claims()
    };
    let bare = AccessClaims {
        session: None,
        methods: vec![],
        authenticated_at: None,
        password: None,
        ..claims()
    };
    for claims in [full, bare, claims()] {
        let token = access_token::mint(&RING, &claims).unwrap();
        assert_eq!(verify(&token), Ok(claims));
    }
    // The helpers below make right tokens, so that each attack fails for its own reason.
    assert_eq!(verify(&signed(&header().to_string(), &payload().to_string())), Ok(claims()));
}

#[test]
fn the_wire_form_is_that_of_the_standards() {
    let claims = AccessClaims { actor: Some(actor()), ..claims() };
    let token = access_token::mint(&RING, &claims).unwrap();
    let part = |at| URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&part(0)).unwrap(), header());
    let expected = json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "00000000-0000-0000-0000-000000000001",
        "sid": "00000000-0000-0000-0000-000000000002",
        "jti": "00000000-0000-0000-0000-000000000003",
        "iat": 1_800_000_000,
        "nbf": 1_800_000_000,
        "exp": 1_800_000_600,
        "username": "ann",
        "roles": ["editor@/acme"],
        "act": {
            "sub": "00000000-0000-0000-0000-000000000009",
            "sid": "00000000-0000-0000-0000-000000000008",
        },
        "amr": ["pwd", "otp"],
        "auth_time": 1_799_999_999,
        "pwd": { "at": 1_790_000_000, "change": true },
    });
    assert_eq!(serde_json::from_slice::<Value>(&part(1)).unwrap(), expected);
}

#[test]
fn every_algorithm_signs_and_another_reader_agrees() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let ring = KeyRing::new(generate(algorithm), []);
        let token = access_token::mint(&ring, &claims()).unwrap();
        assert_eq!(access_token::verify(&ring, &token, &expected()), Ok(claims()), "{algorithm}");

        let document = serde_json::to_string(&ring.jwks()).unwrap();
        let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&document).unwrap();
        let jwk = keys.find(ring.active().kid()).unwrap();
        let thumbprint = jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap();
        assert_eq!(thumbprint, ring.active().kid());
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        let mut validation = jsonwebtoken::Validation::new(algorithm.library());
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let data = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();
        assert_eq!(data.claims["username"], "ann", "{algorithm}");
    }
}

#[test]
fn a_retired_key_verifies_and_a_removed_one_does_not() {
    let [old, new] = [Algorithm::Rs256, Algorithm::Es256].map(generate);
    let public = old.public().clone();
    let before = KeyRing::new(old, []);
    let token = access_token::mint(&before, &claims()).unwrap();
    let after = KeyRing::new(new, [public]);
    assert_eq!(access_token::verify(&after, &token, &expected()), Ok(claims()));
    assert_eq!(refused(&token), TokenRefused::UnknownKey);
}

#[test]
fn a_token_may_be_a_little_early_and_never_late() {
    let token = access_token::mint(&RING, &claims()).unwrap();
    let at = |now| access_token::verify(&RING, &token, &Expected { now, ..expected() });
    let (issued, expires) = (claims().issued_at, claims().expires_at);
    let tick = SignedDuration::from_micros(1);
    let early = issued - SignedDuration::from_secs(5);
    assert_eq!(at(early - tick), Err(TokenRefused::IssuedInFuture));
    assert_eq!(at(early), Ok(claims()));
    assert_eq!(at(expires - tick), Ok(claims()));
    assert_eq!(at(expires), Err(TokenRefused::Expired));
    assert_eq!(at(Timestamp::MAX), Err(TokenRefused::Expired));
    assert_eq!(at(Timestamp::MIN), Err(TokenRefused::IssuedInFuture));

    let later = AccessClaims { not_before: NOW + minutes(1), ..claims() };
    let token = access_token::mint(&RING, &later).unwrap();
    assert_eq!(refused(&token), TokenRefused::NotYetValid);
}

#[test]
fn issuer_and_audience_must_be_the_same_text() {
    let token = access_token::mint(&RING, &claims()).unwrap();
    for other in ["", "https://id.example.org/", "HTTPS://id.example.org", "https://evil.example"] {
        let issuer = Expected { issuer: other, ..expected() };
        assert_eq!(access_token::verify(&RING, &token, &issuer), Err(TokenRefused::WrongIssuer));
        let audience = Expected { audience: other, ..expected() };
        assert_eq!(
            access_token::verify(&RING, &token, &audience),
            Err(TokenRefused::WrongAudience)
        );
    }
    assert_eq!(with_payload(|p| p["iss"] = json!([ISSUER])), TokenRefused::MalformedClaims);
    assert_eq!(with_payload(|p| p["aud"] = json!([AUDIENCE])), TokenRefused::MalformedClaims);
}

#[test]
fn none_and_hmac_are_refused() {
    let payload = encode(payload().to_string());
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header =
            encode(json!({ "alg": alg, "typ": "at+jwt", "kid": RING.active().kid() }).to_string());
        assert_eq!(refused(&format!("{header}.{payload}.")), TokenRefused::WrongAlgorithm);
        assert_eq!(refused(&format!("{header}.{payload}.AAAA")), TokenRefused::WrongAlgorithm);
    }
    // The public key, which anybody may read, as the secret of an HMAC.
    let jwk = serde_json::to_string(RING.active().public().jwk()).unwrap();
    let document = serde_json::to_string(&RING.jwks()).unwrap();
    for secret in [jwk.as_bytes(), document.as_bytes(), RING.active().kid().as_bytes(), b""] {
        for alg in ["HS256", "ES256"] {
            let header = encode(
                json!({ "alg": alg, "typ": "at+jwt", "kid": RING.active().kid() }).to_string(),
            );
            let input = format!("{header}.{payload}");
            let token = format!("{input}.{}", encode(hmac_sha256(secret, &[input.as_bytes()])));
            let reason = if alg == "HS256" {
                TokenRefused::WrongAlgorithm
            } else {
                TokenRefused::WrongSignature
            };
            assert_eq!(refused(&token), reason);
        }
    }
}

#[test]
fn the_algorithm_must_be_the_keys_own() {
    for alg in ["RS256", "EdDSA", "ES384", "ES256K", "PS256", "es256", "HS384", "HS512"] {
        assert_eq!(with_header(|h| h["alg"] = json!(alg)), TokenRefused::WrongAlgorithm, "{alg}");
    }
    let other = RING.jwks().keys[1].kid.clone();
    assert_eq!(with_header(|h| h["kid"] = json!(other)), TokenRefused::WrongAlgorithm);
    let theirs = |h: &mut Value| {
        h["kid"] = json!(other);
        h["alg"] = json!("EdDSA");
    };
    assert_eq!(with_header(theirs), TokenRefused::WrongSignature);
    assert_eq!(with_header(remove("alg")), TokenRefused::WrongAlgorithm);
    assert_eq!(with_header(|h| h["alg"] = json!(["ES256"])), TokenRefused::Malformed);
    assert_eq!(with_header(|h| h["alg"] = Value::Null), TokenRefused::Malformed);
}

#[test]
fn a_key_name_is_a_name_and_nothing_else() {
    let kid = RING.active().kid();
    for strange in [
        "",
        "0",
        "../../../../dev/null",
        "/proc/sys/kernel/randomize_va_space",
        "x' UNION SELECT 'secret' -- ",
        "| cat /etc/passwd",
        "http://evil.example/jwks.json",
        "kid\0",
        &format!("{kid} "),
        &format!("{kid}\0"),
        &kid.to_lowercase(),
        &kid[..42],
    ] {
        assert_eq!(
            with_header(|h| h["kid"] = json!(strange)),
            TokenRefused::UnknownKey,
            "{strange}"
        );
    }
    assert_eq!(with_header(remove("kid")), TokenRefused::NoKeyId);
    assert_eq!(with_header(|h| h["kid"] = json!([kid])), TokenRefused::Malformed);
    assert_eq!(with_header(|h| h["kid"] = json!({ "$ne": "" })), TokenRefused::Malformed);
}

#[test]
fn a_header_cannot_bring_a_key_or_an_extension() {
    let own = generate(Algorithm::Es256);
    let jwk = serde_json::to_value(own.public().jwk()).unwrap();
    for (member, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("jwk", jwk.clone()),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("Alg", json!("none")),
        ("unknown", json!(1)),
    ] {
        assert_eq!(with_header(|h| h[member] = value), TokenRefused::HeaderMember, "{member}");
    }
    // The same, signed by the key that is brought along.
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": own.kid(), "jwk": jwk });
    let input = format!("{}.{}", encode(header.to_string()), encode(payload().to_string()));
    let signature = encode(own.sign(input.as_bytes()).unwrap());
    assert_eq!(refused(&format!("{input}.{signature}")), TokenRefused::HeaderMember);
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    let kid = RING.active().kid();
    let payload = payload().to_string();
    for header in [
        format!(r#"{{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{kid}","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{kid}","\u0061lg":"none"}}"#),
    ] {
        assert_eq!(refused(&signed(&header, &payload)), TokenRefused::Malformed, "{header}");
    }
    let twice = payload.replacen('{', r#"{"exp":9999999999,"#, 1);
    assert_eq!(refused(&signed(&header().to_string(), &twice)), TokenRefused::MalformedClaims);
}

#[test]
fn only_the_type_asked_for_is_taken() {
    for typ in ["JWT", "jwt", "challenge+jwt", "AT+JWT", "application/at+jwt", "at+jwt ", ""] {
        assert_eq!(with_header(|h| h["typ"] = json!(typ)), TokenRefused::WrongType, "{typ}");
    }
    assert_eq!(with_header(remove("typ")), TokenRefused::WrongType);
}

#[test]
fn a_claim_of_another_form_is_refused() {
    let kinds = [
        json!("1800000600"),
        json!(1_800_000_600.5),
        json!(1_800_000_600.0),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(true),
        json!([1_800_000_600]),
        json!({}),
        Value::Null,
    ];
    for claim in ["exp", "iat", "nbf"] {
        assert_eq!(with_payload(remove(claim)), TokenRefused::MalformedClaims, "{claim}");
        for value in &kinds {
            let reason = with_payload(|p| p[claim] = value.clone());
            assert_eq!(reason, TokenRefused::MalformedClaims, "{claim} {value}");
        }
    }
    assert_eq!(with_payload(|p| p["exp"] = json!(-1)), TokenRefused::Expired);
    assert_eq!(with_payload(|p| p["exp"] = json!(0)), TokenRefused::Expired);
    assert_eq!(
        with_payload(|p| p["iat"] = json!(i64::from(u32::MAX))),
        TokenRefused::IssuedInFuture
    );

    for claim in ["iss", "aud", "sub", "jti", "username", "roles"] {
        assert_eq!(with_payload(remove(claim)), TokenRefused::MalformedClaims, "{claim}");
        let number = with_payload(|p| p[claim] = json!(1));
        assert_eq!(number, TokenRefused::MalformedClaims, "{claim}");
    }
    assert_eq!(with_payload(|p| p["sub"] = json!("admin")), TokenRefused::MalformedClaims);
    assert_eq!(with_payload(|p| p["sid"] = json!("admin")), TokenRefused::MalformedClaims);
    assert_eq!(with_payload(|p| p["auth_time"] = json!(i64::MAX)), TokenRefused::MalformedClaims);
    let nested = json!({ "sub": Uuid::nil(), "act": { "sub": Uuid::nil() } });
    assert_eq!(with_payload(|p| p["act"] = nested), TokenRefused::MalformedClaims);
}

#[test]
fn an_unknown_claim_is_passed_over() {
    let mut payload = payload();
    payload["added_later"] = json!({ "deep": [1, 2, 3] });
    assert_eq!(verify(&signed(&header().to_string(), &payload.to_string())), Ok(claims()));
}

#[test]
fn what_is_no_json_object_is_refused() {
    let header = header().to_string();
    let deep = "[".repeat(3000);
    for payload in ["", "null", "1", "[]", "\"x\"", "{", "{}", &deep, "{}{}", "\u{feff}{}"] {
        assert_eq!(refused(&signed(&header, payload)), TokenRefused::MalformedClaims, "{payload}");
    }
    for header in ["", "null", "1", "[]", "\"x\"", "{", &deep, "{}{}", "\u{feff}{}"] {
        assert_eq!(refused(&signed(header, "{}")), TokenRefused::Malformed, "{header}");
    }
}

#[test]
fn any_change_of_the_text_is_noticed() {
    let token = access_token::mint(&RING, &claims()).unwrap();
    for at in 0..token.len() {
        for with in ["A", "B", "_", ".", "=", " ", "\n", "+", "/", "\0", "é", ""] {
            let changed = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if changed != token {
                assert!(verify(&changed).is_err(), "{changed}");
            }
        }
        assert!(verify(&token[..at]).is_err());
    }
    for tail in [".", "..", ".AAAA", "=", "==", "A", " ", "\n", "\0", "%00"] {
        assert!(verify(&format!("{token}{tail}")).is_err(), "{tail}");
        assert!(verify(&format!("{tail}{token}")).is_err(), "{tail}");
    }
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    for changed in [
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{payload}.{header}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}"),
        "..".to_owned(),
        ".".to_owned(),
        String::new(),
        // The form in JSON (RFC 7515, section 7.2) is none of ours.
        json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
    ] {
        assert!(verify(&changed).is_err(), "{changed}");
    }
}

#[test]
fn a_second_spelling_of_the_same_bytes_is_refused() {
    // Signed as it stands, so only the spelling is wrong: two bytes leave four bits that must be zero.
    let input = format!("{}.{}", encode(header().to_string()), "e31");
    let token = format!("{input}.{}", encode(RING.active().sign(input.as_bytes()).unwrap()));
    assert_eq!(refused(&token), TokenRefused::Malformed);
    let token = access_token::mint(&RING, &claims()).unwrap();
    assert_eq!(refused(&format!("{token}==")), TokenRefused::Malformed);
}

#[test]
fn too_long_is_neither_made_nor_looked_at() {
    let roles = vec!["r".repeat(100); 80];
    let refusal = access_token::mint(&RING, &AccessClaims { roles, ..claims() });
    assert_eq!(refusal, Err(MintRefused::TooLong));

    let mut payload = payload();
    payload["pad"] = json!("x".repeat(LONGEST_TOKEN));
    let token = signed(&header().to_string(), &payload.to_string());
    assert_eq!(refused(&token), TokenRefused::TooLong);
    assert_eq!(refused(&".".repeat(LONGEST_TOKEN + 1)), TokenRefused::TooLong);
    assert_eq!(refused(&".".repeat(LONGEST_TOKEN)), TokenRefused::Malformed);
}

#[test]
fn refusals_say_nothing_of_the_token() {
    let reason = with_header(|h| h["kid"] = json!("tell-tale"));
    assert!(!format!("{reason} {reason:?}").contains("tell-tale"));
}

proptest! {
    #[test]
    fn no_text_is_taken_and_none_panics(
        text: String,
        parts in prop::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5),
        json in r#"\{("(alg|typ|kid|exp)":("[a-zA-Z0-9+]{0,5}"|[0-9e.-]{1,20}|null),?){0,4}\}"#,
    ) {
        prop_assert!(verify(&text).is_err());
        prop_assert!(verify(&parts.join(".")).is_err());
        let nearly = [encode(&json), encode(&json), encode(&text)].join(".");
        prop_assert!(verify(&nearly).is_err());
        let _ = serde_json::from_str::<PublicJwk>(&json);
        let _ = SigningKey::from_pkcs8(Algorithm::Es256, text.as_bytes());
    }

    #[test]
    fn a_signed_claim_of_any_number_never_panics(exp: i64, iat: i64, nbf: i64) {
        let mut payload = payload();
        for (claim, value) in [("exp", exp), ("iat", iat), ("nbf", nbf)] {
            payload[claim] = json!(value);
        }
        let _ = verify(&signed(&header().to_string(), &payload.to_string()));
    }
}
