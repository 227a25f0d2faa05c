//! The page of the sign-in, from the name to the way back. It stands at each address whose operation is one of its steps,
//! and begins with that step.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use context::Ctx;
use http::HeaderMap;
use kernel::Problem;
use signin::{Offers, Passkeys, Signin, has_superuser, remember};
use web::Public;

use super::{
    asked::{Asked, Frame},
    texts::{Catalogue, text},
};
use crate::compose::AppState;

/// Where the page stands, and what is wanted there.
const ADDRESSES: [(&str, Wish); 5] = [
    ("/auth/login", Wish::SignIn),
    ("/auth/reauthenticate", Wish::Again),
    ("/auth/password", Wish::Password),
    ("/auth/default-role", Wish::Role),
    ("/auth/logout", Wish::Leave),
];

/// What somebody wants who opens the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    SignIn,
    Again,
    Password,
    Role,
    Leave,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    /// The step that is shown first.
    start: &'static str,
    /// The step that is shown after a sign-in, before the way back.
    wanted: &'static str,
    /// Whether the session is good for nothing but another password.
    is_restricted: bool,
    /// Who is signed in, `name@realm`.
    who: String,
    username: String,
    next: &'a str,
    realm: &'a str,
    /// The address of this page for whoever is nobody.
    login: String,
    forgot: Option<String>,
    /// Whether anybody can sign in yet.
    is_set_up: bool,
    has_several_realms: bool,
    default_realm: String,
    remember_days: i64,
    /// Whether this browser remembers a sign-in.
    remembers: bool,
    passkeys: &'static str,
    public_address: &'a str,
    /// The ways of answering a challenge with a code.
    codes: [CodeStep; 4],
}

/// A step that asks for a code.
#[derive(Debug)]
struct CodeStep {
    method: &'static str,
    title: &'static str,
    lead: &'static str,
    label: &'static str,
    is_sent: bool,
}

pub(super) fn routes() -> Router<AppState> {
    ADDRESSES.into_iter().fold(Router::new(), |router, (path, wish)| {
        let page = async move |Public(ctx): Public,
                               State(signin): State<Arc<Signin>>,
                               State(catalogue): State<Arc<Catalogue>>,
                               RawQuery(query): RawQuery,
                               headers: HeaderMap| {
            let asked = Asked::read(query.as_deref(), &headers);
            Ok::<_, web::Failure>(
                page(&ctx, &signin, &catalogue, &headers, (path, wish, asked)).await?,
            )
        };
        router.route(path, get(page))
    })
}

async fn page(
    ctx: &Ctx,
    signin: &Signin,
    catalogue: &Catalogue,
    headers: &HeaderMap,
    (path, wish, asked): (&'static str, Wish, Asked),
) -> Result<Response, Problem> {
    let state = ctx.system().state();
    let offers = Offers::of(signin, &state.settings)?;
    let remembers = remember::browser_of(signin, headers).remembers.is_some();
    let wish = if wish == Wish::SignIn && asked.is_fresh_wanted { Wish::Again } else { wish };
    let (who, username) = who(ctx);
    let page = SignInPage {
        frame: asked.frame(catalogue, path, &offers.issuer),
        start: first_step(ctx, wish, remembers),
        wanted: match wish {
            Wish::Password => "change",
            Wish::Role => "role",
            _ => "",
        },
        is_restricted: ctx.principal().restricted,
        who,
        username,
        next: asked.next.as_str(),
        realm: asked.realm.as_deref().unwrap_or_default(),
        login: asked.sign_in_address(),
        forgot: offers.recovery_by_mail.then(|| asked.address("/auth/password/forgot", None)),
        is_set_up: ctx.signed_in() || has_superuser(&ctx.read().await?).await?,
        has_several_realms: state.roots.has_several_realms(),
        default_realm: offers.default_realm,
        remember_days: offers.remember_days,
        remembers,
        passkeys: match offers.passkeys {
            Passkeys::Enough => "enough",
            Passkeys::SecondFactors => "second",
            Passkeys::NotHere => "",
        },
        public_address: signin.public_address(),
        codes: CODES,
    };
    asked.respond(page.render(), signin.secure_cookies())
}

/// The step that the page begins with.
fn first_step(ctx: &Ctx, wish: Wish, remembers: bool) -> &'static str {
    let principal = ctx.principal();
    match wish {
        Wish::Leave if ctx.signed_in() || remembers => "leave",
        Wish::Leave => "left",
        // Whoever is in somebody's place cannot sign in again as that one.
        Wish::Again if ctx.signed_in() && principal.impersonator.is_none() => "again",
        Wish::Again if ctx.signed_in() => "here",
        // What is remembered is no fresh sign-in.
        Wish::Again => "identify",
        _ if ctx.signed_in() && principal.restricted => "change",
        Wish::Password if ctx.signed_in() => "change",
        Wish::Role if ctx.signed_in() => "role",
        _ if ctx.signed_in() => "here",
        _ if remembers => "restore",
        _ => "identify",
    }
}

/// Who is signed in, with the realm and without.
fn who(ctx: &Ctx) -> (String, String) {
    let state = ctx.system().state();
    let subject = ctx.principal().subject().and_then(|id| state.engine.subject(id));
    let Some(subject) = subject else { return Default::default() };
    let realm = subject.realm.and_then(|realm| state.roots.realm(realm));
    let username = subject.username.clone();
    (realm.map_or_else(|| username.clone(), |realm| format!("{username}@{realm}")), username)
}

const CODES: [CodeStep; 4] = [
    CodeStep {
        method: "totp",
        title: text("totp.title"),
        lead: text("totp.lead"),
        label: text("code.label"),
        is_sent: false,
    },
    CodeStep {
        method: "email",
        title: text("email.title"),
        lead: text("email.lead"),
        label: text("code.label"),
        is_sent: true,
    },
    CodeStep {
        method: "sms",
        title: text("sms.title"),
        lead: text("sms.lead"),
        label: text("code.label"),
        is_sent: true,
    },
    CodeStep {
        method: "recovery",
        title: text("recovery.title"),
        lead: text("recovery.lead"),
        label: text("recovery.label"),
        is_sent: false,
    },
];
