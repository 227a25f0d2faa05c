//! `Authorization: Basic` (RFC 7617): a name and a password with each request, through the same way as a sign-in.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use context::{Caller, Credential, Ctx, RequestFacts, System};
use kernel::Problem;
use policy::{Principal, Who};
use secrecy::SecretString;
use signin::Attempt;

use crate::{login::LONGEST_NAME, tokens::Tokens};

/// The name and password of a header's value; none if it is no such header.
pub(crate) fn credentials(header: &str) -> Option<(String, SecretString)> {
    let (scheme, rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.into()))
}

/// The user of that name and password. Nothing is kept: the next request proves it anew.
pub(crate) async fn caller(
    tokens: &Tokens,
    system: &Arc<System>,
    request: &RequestFacts,
    header: &str,
) -> Result<Caller, Problem> {
    let wrong = || Problem::unauthenticated("The Authorization header is not well formed.");
    let (name, password) = credentials(header).ok_or_else(wrong)?;
    if name.len() > LONGEST_NAME {
        return Err(wrong());
    }
    let ctx = Ctx::new(system.clone(), Caller::nobody(), request.clone());
    let attempt = Attempt {
        kind: "password".to_owned(),
        realm: None,
        authentication_id: name,
        secret: password,
        device: None,
    };
    let proven = signin::authenticate_once(&tokens.signin, &ctx, &attempt).await?;
    let restricted = proven.is_restricted(&system.state().settings, ctx.now())?;
    Ok(Caller {
        principal: Principal { restricted, ..Principal::new(Who::User(proven.user)) },
        credential: Credential::None,
        username: Some(proven.username),
        method: "password",
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_first_colon_divides() {
        let header = format!("basic {}", BASE64_STANDARD.encode("jane:a:b"));
        let (name, password) = credentials(&header).unwrap();
        assert_eq!((name.as_str(), password.expose_secret()), ("jane", "a:b"));
    }

    #[test]
    fn what_is_not_well_formed_is_nobody() {
        let no_colon = format!("Basic {}", BASE64_STANDARD.encode("jane"));
        let no_text = format!("Basic {}", BASE64_STANDARD.encode([0xff, b':', b'x']));
        for header in ["", "Basic", "Basic !!", "Bearer amFuZTp4", &no_colon, &no_text] {
            assert!(credentials(header).is_none(), "{header}");
        }
    }
}
