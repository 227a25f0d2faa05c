//! What a secret token is for, and the prefix that says so.

/// What a secret token is for. A token of one kind is good for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An API key, `pck`.
    ApiKey,
    /// A refresh token, `prt`.
    Refresh,
    /// A remember cookie, `prm`.
    Remember,
    /// A link that works once: set-up, password reset, invitation, `pol`.
    OneTimeLink,
    /// The cookie of a browser session, `psc`.
    SessionCookie,
    /// The cookie by which a device is known again, `pdv`.
    Device,
    /// A sign-in that has begun and waits for its next step, `pch`.
    Challenge,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::ApiKey,
        Self::Refresh,
        Self::Remember,
        Self::OneTimeLink,
        Self::SessionCookie,
        Self::Device,
        Self::Challenge,
    ];

    /// The three letters that the text starts with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "pck",
            Self::Refresh => "prt",
            Self::Remember => "prm",
            Self::OneTimeLink => "pol",
            Self::SessionCookie => "psc",
            Self::Device => "pdv",
            Self::Challenge => "pch",
        }
    }

    /// The kind that the start of a text claims; nothing else of the text is looked at.
    pub fn of(text: &str) -> Option<Self> {
        let prefix = text.get(..3)?;
        let kind = Self::ALL.into_iter().find(|kind| kind.prefix() == prefix)?;
        text[3..].starts_with('_').then_some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_names_one_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(&format!("{}_x", kind.prefix())), Some(kind));
            assert_eq!(Kind::of(kind.prefix()), None);
        }
        for text in ["", "p", "pc", "pckx", "PCK_x", "xyz_x", "aé_", "éé", "pc\u{e9}_"] {
            assert_eq!(Kind::of(text), None, "{text}");
        }
    }
}
