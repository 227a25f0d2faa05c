//! Who a question is about.

use std::str::FromStr;

use serde_json::{Value, json};
use world::file::UserName;

/// Who a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `name@realm`.
    User(UserName),
    /// `type:id`.
    Id {
        /// `user` or `service_account`.
        kind: String,
        /// Its id.
        id: kernel::NodeId,
    },
}

impl FromStr for Principal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((kind @ ("user" | "service_account"), id)) = text.split_once(':')
            && let Ok(id) = id.parse()
        {
            return Ok(Self::Id { kind: kind.to_owned(), id });
        }
        text.parse().map(Self::User).map_err(|error: world::file::WrongName| error.to_string())
    }
}

impl Principal {
    /// As the API reads it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::User(user) => {
                json!({"type": "user", "realm": user.realm.as_str(), "name": user.name.as_str()})
            }
            Self::Id { kind, id } => json!({"type": kind, "id": id.to_string()}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let user: Principal = "jane@example.com@staff".parse().unwrap();
        assert_eq!(
            user.to_json(),
            json!({"type": "user", "realm": "staff", "name": "jane@example.com"})
        );
        let id = "00000000-0000-8000-8000-000000000002";
        let account: Principal = format!("service_account:{id}").parse().unwrap();
        assert_eq!(account.to_json(), json!({"type": "service_account", "id": id}));
        assert!("jane".parse::<Principal>().is_err());
    }
}
