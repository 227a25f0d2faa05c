//! The pages behind links in letters. The secret stands behind `#`, so it reaches the server by the page's script alone:
//! a program that opens the links in mail uses none up.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use kernel::Problem;
use web::Failure;

/// One page: it asks for some fields, and sends them with the secret of the link to its own address.
#[derive(Debug, Template)]
#[template(path = "link.html")]
pub(super) struct LinkPage {
    /// Where it stands, beside the `POST` that it uses.
    pub(super) path: &'static str,
    title: &'static str,
    lead: &'static str,
    fields: &'static [Field],
    button: &'static str,
    done: &'static str,
}

/// What is asked: `name` is that of the operation's input.
#[derive(Debug)]
struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    needed: bool,
}

const fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
    Field { name, label, kind: "password", autocomplete, needed: true }
}

const fn username(label: &'static str, needed: bool) -> Field {
    Field { name: "username", label, kind: "text", autocomplete: "username", needed }
}

/// All of them.
pub(super) static PAGES: [LinkPage; 4] = [
    LinkPage {
        path: "/auth/password/reset",
        title: "Choose a new password",
        lead: "You are signed out everywhere once it is changed.",
        fields: &[password("new_password", "New password", "new-password")],
        button: "Change the password",
        done: "Your password is changed. Sign in with the new one.",
    },
    LinkPage {
        path: "/auth/email/confirm",
        title: "Confirm your address",
        lead: "Confirm that this e-mail address is yours, or that it may be changed.",
        fields: &[],
        button: "Confirm",
        done: "Thank you. The address is confirmed.",
    },
    LinkPage {
        path: "/auth/invitations/accept",
        title: "Accept your invitation",
        lead: "Choose the name and the password that you will sign in with.",
        fields: &[username("User name", true), password("password", "Password", "new-password")],
        button: "Accept",
        done: "Welcome. You can sign in now.",
    },
    LinkPage {
        path: "/auth/register/confirm",
        title: "Complete your registration",
        lead: "Type the password that you chose when you registered.",
        fields: &[
            password("password", "Password", "current-password"),
            username("Another user name, if the one you chose is taken", false),
        ],
        button: "Complete",
        done: "Welcome. You can sign in now.",
    },
];

impl LinkPage {
    pub(super) fn respond(&self) -> Response {
        match self.render() {
            Ok(text) => Html(text).into_response(),
            Err(error) => Failure(Problem::internal(error)).into_response(),
        }
    }
}
