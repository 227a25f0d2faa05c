//! Typed ids: UUIDv7 (RFC 9562, section 5.7), made from a passed time and entropy.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use crate::clock::Entropy;

/// Text that is not the id of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an id (a UUID in its hyphenated form)")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, made from the time and fresh entropy.
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.hyphenated())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // The other spellings (braces, urn, no hyphens) would be second names for one thing.
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(
    /// A node: also a realm, user, group, service account or application.
    NodeId
);
id!(
    /// A role.
    RoleId
);
id!(
    /// A registered permission.
    PermissionId
);
id!(
    /// An assignment of a role to a subject at a node.
    AssignmentId
);
id!(
    /// A session of a signed-in user.
    SessionId
);
id!(
    /// An API key.
    ApiKeyId
);
id!(
    /// A rule on the addresses that may come in.
    IpRuleId
);
id!(
    /// A device that is known again.
    DeviceId
);
id!(
    /// A device on which a sign-in is remembered.
    RememberedId
);
id!(
    /// A second factor of a user.
    FactorId
);
id!(
    /// A rule on who needs a second factor.
    FactorRuleId
);
id!(
    /// An audit event.
    EventId
);

/// Fixed ids have a version-8 shape (RFC 9562, section 5.8), so no made id can ever meet them.
const fn fixed(number: u128) -> Uuid {
    Uuid::from_u128(0x0000_0000_0000_8000_8000_0000_0000_0000 | number)
}

impl NodeId {
    /// The system root `$global`.
    pub const GLOBAL: Self = Self(fixed(1));
    /// The built-in group of all completed sign-ins.
    pub const AUTHENTICATED: Self = Self(fixed(2));
    /// The built-in group of nobody signed in.
    pub const ANONYMOUS: Self = Self(fixed(3));
}

impl RoleId {
    /// The built-in role `admin`: `*`.
    pub const ADMIN: Self = Self(fixed(0x10));
    /// The built-in role `editor`: `read write create delete` and `data:*`.
    pub const EDITOR: Self = Self(fixed(0x11));
    /// The built-in role `viewer`: `read` and `data:*:*:view`.
    pub const VIEWER: Self = Self(fixed(0x12));
    /// The built-in role `none`: nothing.
    pub const NONE: Self = Self(fixed(0x13));

    /// Whether the system made this role; such a role cannot be changed or deleted.
    pub fn is_built_in(self) -> bool {
        [Self::ADMIN, Self::EDITOR, Self::VIEWER, Self::NONE].contains(&self)
    }
}

/// The number of a commit: gapless, starting at 1; 0 is the empty database.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision that the next commit gets.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &entropy.bytes::<10>()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (i, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(i).unwrap();
            }
        }
    }

    #[test]
    fn an_id_carries_its_time_and_survives_text() {
        let now = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
        let id = NodeId::new(now, &Counting);
        assert_eq!(id.0.get_version_num(), 7);
        assert_eq!(id.to_string().parse::<NodeId>(), Ok(id));
        assert_eq!(id.0.as_u128() >> 80, 1_700_000_000_123);
    }

    #[test]
    fn other_spellings_are_refused() {
        let id = NodeId::GLOBAL.0;
        for text in
            [id.simple().to_string(), id.braced().to_string(), id.urn().to_string(), String::new()]
        {
            assert_eq!(text.parse::<NodeId>(), Err(NotAnId), "{text}");
        }
    }

    #[test]
    fn fixed_ids_are_no_version_7() {
        assert_eq!(NodeId::GLOBAL.0.get_version_num(), 8);
        assert_ne!(NodeId::GLOBAL.0, NodeId::AUTHENTICATED.0);
    }
}
