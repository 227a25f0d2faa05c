//! Pages that ask for some fields and send them: those behind links in letters, the one for a forgotten password, and the
//! set-up. The secret of a link stands behind `#`, so it reaches the server by the page's script alone: a program that opens
//! the links in mail uses none up.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{RawQuery, State},
    routing::get,
};
use http::HeaderMap;
use signin::{Offers, Signin, has_superuser};
use web::Public;

use super::{
    asked::{Asked, Frame},
    texts::{Catalogue, text},
};
use crate::compose::AppState;

/// One page, as it is for everybody.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// Where it stands, beside the `POST` that it uses.
    path: &'static str,
    title: &'static str,
    lead: &'static str,
    fields: &'static [Field],
    button: &'static str,
    done: &'static str,
    /// Whether it stands behind a link with a secret.
    has_secret: bool,
}

/// What is asked: `name` is that of the operation's input.
#[derive(Debug)]
struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    is_needed: bool,
}

/// A page as somebody sees it.
#[derive(Debug, Template)]
#[template(path = "form.html")]
struct FormPage<'a> {
    frame: Frame<'a>,
    form: Form,
    /// Where to sign in.
    login: String,
    /// A name to begin with.
    realm: &'a str,
    has_several_realms: bool,
    /// Why the form is of no use now.
    closed: Option<&'static str>,
}

pub(super) fn routes() -> Router<AppState> {
    FORMS.iter().fold(Router::new(), |router, form| {
        let page = async move |Public(ctx): Public,
                               State(signin): State<Arc<Signin>>,
                               State(catalogue): State<Arc<Catalogue>>,
                               RawQuery(query): RawQuery,
                               headers: HeaderMap| {
            let asked = Asked::read(query.as_deref(), &headers);
            let offers = Offers::of(&signin, &ctx.system().state().settings)?;
            let closed = match form.path {
                FORGOT if !offers.recovery_by_mail => Some(text("forgot.closed")),
                SETUP if has_superuser(&ctx.read().await?).await? => Some(text("setup.closed")),
                _ => None,
            };
            let page = FormPage {
                frame: asked.frame(&catalogue, form.path, &offers.issuer),
                form: *form,
                login: asked.sign_in_address(),
                realm: asked.realm.as_deref().unwrap_or_default(),
                has_several_realms: ctx.system().state().roots.has_several_realms(),
                closed,
            };
            Ok::<_, web::Failure>(asked.respond(page.render(), signin.secure_cookies())?)
        };
        router.route(form.path, get(page))
    })
}

const fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
    Field { name, label, kind: "password", autocomplete, is_needed: true }
}

const fn plain(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    is_needed: bool,
) -> Field {
    Field { name, label, kind: "text", autocomplete, is_needed }
}

const FORGOT: &str = "/auth/password/forgot";
const SETUP: &str = "/auth/setup";

static FORMS: [Form; 6] = [
    Form {
        path: FORGOT,
        title: text("forgot.title"),
        lead: text("forgot.lead"),
        fields: &[
            plain("authentication_id", text("field.name"), "username", true),
            plain("realm", text("field.realm_if_known"), "off", false),
        ],
        button: text("forgot.button"),
        done: text("forgot.done"),
        has_secret: false,
    },
    Form {
        path: SETUP,
        title: text("setup.title"),
        lead: text("setup.lead"),
        fields: &[
            plain("token", text("field.token"), "off", true),
            plain("username", text("field.username"), "username", true),
            Field { kind: "email", ..plain("email", text("field.email_if_any"), "email", false) },
            password("password", text("field.password"), "new-password"),
        ],
        button: text("setup.button"),
        done: text("setup.done"),
        has_secret: true,
    },
    Form {
        path: "/auth/password/reset",
        title: text("reset.title"),
        lead: text("reset.lead"),
        fields: &[password("new_password", text("field.new_password"), "new-password")],
        button: text("reset.button"),
        done: text("reset.done"),
        has_secret: true,
    },
    Form {
        path: "/auth/email/confirm",
        title: text("confirm.title"),
        lead: text("confirm.lead"),
        fields: &[],
        button: text("confirm.button"),
        done: text("confirm.done"),
        has_secret: true,
    },
    Form {
        path: "/auth/invitations/accept",
        title: text("accept.title"),
        lead: text("accept.lead"),
        fields: &[
            plain("username", text("field.username"), "username", true),
            password("password", text("field.password"), "new-password"),
        ],
        button: text("accept.button"),
        done: text("accept.done"),
        has_secret: true,
    },
    Form {
        path: "/auth/register/confirm",
        title: text("register.title"),
        lead: text("register.lead"),
        fields: &[
            password("password", text("field.password"), "current-password"),
            plain("username", text("field.another_username"), "username", false),
        ],
        button: text("register.button"),
        done: text("register.done"),
        has_secret: true,
    },
];
