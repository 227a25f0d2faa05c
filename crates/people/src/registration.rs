//! `GET, PUT /api/v1/realms/{realm}/registration`: whether strangers may register in a realm. They may not, unless whoever
//! manages the realm says so.

use context::{Action, Event, EventKind, Resource, action::parse};
use kernel::{Name, NodeId, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op, Path};

use crate::{
    invitation::Invite,
    store::registrations::{close_realm, open_realm, save_open_realm},
};

/// Most domains of a realm.
const MOST_DOMAINS: usize = 100;

/// Seeing and saying whether one may register; asked at the realm.
#[derive(Debug)]
pub struct ManageRegistration;

impl Action for ManageRegistration {
    type Resource = OpenRealm;
    const PERMISSION: &'static str = "realm:manage";
}

/// A realm in which strangers may register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRealm {
    /// The realm.
    pub realm: NodeId,
    /// The domains that e-mail addresses must have; none: any.
    pub email_domains: Vec<Domain>,
}

impl Resource for OpenRealm {
    fn node(&self) -> NodeId {
        self.realm
    }
}

impl OpenRealm {
    /// Whether somebody with this address may register.
    pub fn takes(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
        self.email_domains.is_empty() || self.email_domains.iter().any(|d| d.0 == domain)
    }
}

/// The domain of an e-mail address, in lower case: `example.com`. It stands for itself and nothing below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl TryFrom<String> for Domain {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if text.len() <= 253 && text.split('.').all(is_label) {
            Ok(Self(text))
        } else {
            Err("must be a domain such as example.com")
        }
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

/// Whether and how one may register in a realm.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Whether one may.
    open: bool,
    /// The domains that e-mail addresses must have; empty: any.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    email_domains: Vec<Domain>,
}

impl From<Option<OpenRealm>> for Registration {
    fn from(open: Option<OpenRealm>) -> Self {
        let is_open = open.is_some();
        let email_domains = open.map(|open| open.email_domains).unwrap_or_default();
        Self { open: is_open, email_domains }
    }
}

/// Whether strangers may register in a realm.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/registration", tag = "realms", operation_id = "read_registration",
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 200, body = Registration), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:manage"))))]
pub async fn read(Op(ctx): Op, Path(realm): Path<Name>) -> web::Result<Json<Registration>> {
    let read = ctx.read().await?;
    let realm = realms::realm_in_path(&read, &realm).await?.id;
    let _ = read.permit::<ManageRegistration>(OpenRealm { realm, email_domains: Vec::new() })?;
    Ok(Json(open_realm(&read, realm).await?.into()))
}

/// Says whether strangers may register in a realm. Who opens it lets others make users there, so it asks `user_manage` at
/// the realm, too. Once it is closed, registrations that wait are no good any more.
#[utoipa::path(put, path = "/api/v1/realms/{realm}/registration", tag = "realms", operation_id = "change_registration", request_body = Registration,
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 200, body = Registration), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:manage"))))]
pub async fn change(
    Op(ctx): Op,
    Path(realm): Path<Name>,
    Json(input): Json<Registration>,
) -> web::Result<Json<Registration>> {
    if input.email_domains.len() > MOST_DOMAINS {
        let detail = format!("are more than {MOST_DOMAINS}");
        return Err(Problem::invalid("/email_domains", detail).into());
    }
    let mut tx = ctx.begin().await?;
    let realm = realms::realm_in_path(&tx, &realm).await?.id;
    let open = OpenRealm { realm, email_domains: input.email_domains.clone() };
    let open = tx.permit::<ManageRegistration>(open)?;
    if input.open {
        if !tx.may(&parse(Invite::PERMISSION)?, realm) {
            return Err(Problem::forbidden("This needs the permission user_manage, too.").into());
        }
        save_open_realm(&tx, &open).await?;
    } else {
        close_realm(&tx, &open).await?;
    }
    tx.audit(
        Event::new(EventKind::ConfigChange, "registration.change")
            .about("realm", realm, realm)
            .with("open", input.open)
            .with(
                "email_domains",
                open.email_domains.iter().map(|d| d.0.clone()).collect::<Vec<_>>(),
            ),
    );
    let body = open_realm(&tx, realm).await?.into();
    tx.commit().await?;
    Ok(Json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(domains: &[&str]) -> OpenRealm {
        let email_domains =
            domains.iter().map(|d| Domain::try_from((*d).to_owned()).unwrap()).collect();
        OpenRealm { realm: NodeId::GLOBAL, email_domains }
    }

    #[test]
    fn a_domain_stands_for_itself_alone() {
        let open = open(&["Example.com", "example.org"]);
        for email in ["a@example.com", "a@EXAMPLE.COM", "a@b@example.org"] {
            assert!(open.takes(email), "{email}");
        }
        for email in [
            "a@sub.example.com",
            "a@notexample.com",
            "a@example.com.evil.example",
            "example.com@x",
            "a",
        ] {
            assert!(!open.takes(email), "{email}");
        }
    }

    #[test]
    fn without_domains_every_address_is_taken() {
        assert!(open(&[]).takes("a@anywhere.example"));
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for text in ["", ".", "a..b", "@example.com", "exa mple.com", "*.example.com"] {
            assert!(Domain::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
