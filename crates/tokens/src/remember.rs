//! `POST /auth/remember`: a session for what the browser remembers. It stands here and not in `signin`, as its answer is a
//! token.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::{Ctx, Writing};
use http::HeaderMap;
use kernel::{CredentialFault, Problem};
use protocol::secret_token::SecretToken;
use secrecy::SecretString;
use signin::{
    Session,
    remember::{self, Back, Return},
    settings::SIGN_INS_PER_MINUTE,
};
use web::{Failure, Public, cookie};

use crate::{
    challenge::Outcome,
    login::{self, Begun, LoginAnswer},
    refresh, store,
    tokens::Tokens,
};

/// Brings back the user whose sign-in the browser remembers, in a session of the kind that was chosen at the sign-in; the
/// cookie is used up, and another one takes its place. There is no input beside it. 401 with the code `remember-over` if
/// nothing is remembered: sign in. The session is not enough where a fresh sign-in is asked.
#[utoipa::path(post, path = "/auth/remember", operation_id = "remember", tag = "sign-in",
    responses((status = 200, body = LoginAnswer), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(tokens): State<Arc<Tokens>>,
    headers: HeaderMap,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    remember::refuse_other_sites(&tokens.signin, &headers)?;
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    match come_back(&tokens, &ctx, &headers).await {
        Ok(begun) => login::respond(&tokens, &headers, Outcome::Begun(Box::new(begun))),
        Err(problem) => refuse(&tokens, &headers, problem),
    }
}

/// A cookie that is good for nothing is taken back, so that the browser does not come with it again.
fn refuse(tokens: &Tokens, headers: &HeaderMap, problem: Problem) -> web::Result<Response> {
    let is_over = problem.credential_fault() == Some(CredentialFault::RememberOver);
    let mut response = Failure(problem).into_response();
    if is_over {
        let gone = remember::clear_remember_cookie(&tokens.signin, headers)?;
        cookie::append(response.headers_mut(), gone);
    }
    Ok(response)
}

async fn come_back(tokens: &Tokens, ctx: &Ctx, headers: &HeaderMap) -> Result<Begun, Problem> {
    let browser = remember::browser_of(&tokens.signin, headers);
    let read = ctx.system().database().read().await?;
    if !remember::is_known(&tokens.signin, &read, &browser, ctx.now()).await? {
        return Err(Problem::credential(CredentialFault::RememberOver));
    }
    drop(read);
    // Whatever else the browser shows may be dead already.
    let mut tx = ctx.as_nobody().begin().await?;
    match remember::come_back(&tokens.signin, &mut tx, &browser).await? {
        Return::Back(back) => issue(tokens, tx, *back).await,
        Return::Ended(problem) => {
            tx.commit().await?;
            Err(problem)
        }
    }
}

async fn issue(tokens: &Tokens, mut tx: Writing, back: Back) -> Result<Begun, Problem> {
    let Back { opened, refresh, cookie, is_new } = back;
    let session = &opened.session;
    let refresh = match (&opened.cookie, is_new) {
        (Some(_), _) => None,
        (None, true) => Some(refresh::start_with(&mut tx, session, &refresh).await?),
        (None, false) => Some(present(tokens, &tx, session, refresh).await?),
    };
    let begun = login::issue_with(tokens, &tx, opened, refresh)?;
    if is_new {
        tx.commit().await?;
    }
    Ok(Begun { remembers: Some(cookie), ..begun })
}

/// The refresh token of a session whose first one is this.
async fn present(
    tokens: &Tokens,
    tx: &Writing,
    session: &Session,
    first: SecretToken,
) -> Result<SecretString, Problem> {
    let family = store::family(tx, session.id).await?;
    let present = family.and_then(|family| family.rotation.present(first, &tokens.pepper));
    let over = || Problem::credential(CredentialFault::SessionOver);
    Ok(present.ok_or_else(over)?.to_text())
}
