//! What a user is, and what can become of one.

use jiff::Timestamp;
use kernel::{Name, NodeId, Problem};
use store::node::Node;

use crate::{
    facts::{Attributes, Metadata},
    names::{Alias, AliasKind, Email, FullName, fold},
    passwords::PasswordFacts,
};

/// A user. Its node stands under its realm; credentials are not here.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Its node.
    pub id: NodeId,
    /// The realm it belongs to: the parent of the node.
    pub realm: NodeId,
    /// Its name in the realm: the name of the node.
    pub username: Name,
    /// Where it gets mail.
    pub email: Option<Email>,
    /// How far it is known that the user reads mail there.
    pub email_trust: EmailTrust,
    /// How people call it.
    pub full_name: Option<FullName>,
    /// What else it signs in with; the user name is not among them.
    pub aliases: Vec<Alias>,
    /// `subject.<name>` in conditions.
    pub attributes: Attributes,
    /// The user's own.
    pub metadata: Metadata,
    /// Whether it may do everything.
    pub superuser: bool,
    /// Whether it is switched off or locked.
    pub state: State,
    /// From this moment on it is denied everything.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes: the `ETag`.
    pub version: i64,
}

/// Whether a user is switched off, locked, or both: the one does not undo the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// Neither.
    #[default]
    Active,
    /// Locked; a lock can have ended by itself.
    Locked(Lock),
    /// Switched off by hand.
    Disabled,
    /// Both.
    DisabledAndLocked(Lock),
}

/// How far it is known that mail to an address gets to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmailTrust {
    /// The user says so himself, and nobody has tried. Nothing is sent there but a link to verify it.
    Claimed,
    /// Whoever manages the user says so.
    #[default]
    Given,
    /// A secret that was sent there came back, or whoever manages the user vouches for it.
    Verified(Timestamp),
}

impl EmailTrust {
    /// Whether the address is verified.
    pub fn is_verified(self) -> bool {
        matches!(self, Self::Verified(_))
    }
}

/// A lock, as it stands in the list of locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Since when.
    pub since: Timestamp,
    /// Before which moment; none: until somebody unlocks.
    pub until: Option<Timestamp>,
    /// Why, in the words of whoever locked.
    pub reason: Option<String>,
}

/// What a user's state amounts to at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// May sign in.
    Active,
    /// Switched off by hand.
    Disabled,
    /// Locked.
    Locked,
    /// Past its end.
    Expired,
}

impl State {
    /// Locked; a new lock replaces an old one.
    pub fn lock(self, lock: Lock) -> Self {
        match self {
            Self::Active | Self::Locked(_) => Self::Locked(lock),
            Self::Disabled | Self::DisabledAndLocked(_) => Self::DisabledAndLocked(lock),
        }
    }

    /// Not locked.
    pub fn unlock(self) -> Self {
        match self {
            Self::Active | Self::Locked(_) => Self::Active,
            Self::Disabled | Self::DisabledAndLocked(_) => Self::Disabled,
        }
    }

    /// Switched off.
    pub fn disable(self) -> Self {
        match self {
            Self::Active | Self::Disabled => Self::Disabled,
            Self::Locked(lock) | Self::DisabledAndLocked(lock) => Self::DisabledAndLocked(lock),
        }
    }

    /// Switched on; a lock stays.
    pub fn enable(self) -> Self {
        match self {
            Self::Active | Self::Disabled => Self::Active,
            Self::Locked(lock) | Self::DisabledAndLocked(lock) => Self::Locked(lock),
        }
    }

    /// The lock, ended or not.
    pub fn locked(&self) -> Option<&Lock> {
        match self {
            Self::Locked(lock) | Self::DisabledAndLocked(lock) => Some(lock),
            Self::Active | Self::Disabled => None,
        }
    }

    /// Whether it is switched off.
    pub fn is_disabled(&self) -> bool {
        matches!(self, Self::Disabled | Self::DisabledAndLocked(_))
    }
}

impl Lock {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl User {
    /// A new user at its node, with nothing said about it.
    pub fn new(node: Node, realm: NodeId) -> Self {
        Self {
            id: node.id,
            realm,
            username: node.name,
            email: None,
            email_trust: EmailTrust::default(),
            full_name: None,
            aliases: Vec::new(),
            attributes: Attributes::default(),
            metadata: Metadata::default(),
            superuser: false,
            state: State::Active,
            expires_at: None,
            created_at: node.created_at,
            updated_at: node.updated_at,
            version: node.version,
        }
    }

    /// Locked from now on.
    pub fn lock(self, lock: Lock) -> Result<Self, Problem> {
        if !lock.holds(lock.since) {
            return Err(Problem::invalid("/until", "must be in the future"));
        }
        Ok(Self { state: self.state.lock(lock), ..self })
    }

    /// Not locked.
    #[must_use]
    pub fn unlock(self) -> Self {
        Self { state: self.state.unlock(), ..self }
    }

    /// Switched off.
    #[must_use]
    pub fn disable(self) -> Self {
        Self { state: self.state.disable(), ..self }
    }

    /// Switched on.
    #[must_use]
    pub fn enable(self) -> Self {
        Self { state: self.state.enable(), ..self }
    }

    /// What its state amounts to: disabled before locked before expired.
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.state.is_disabled() {
            Standing::Disabled
        } else if self.state.locked().is_some_and(|lock| lock.holds(now)) {
            Standing::Locked
        } else if self.expires_at.is_some_and(|end| now >= end) {
            Standing::Expired
        } else {
            Standing::Active
        }
    }

    /// The address, if it is verified.
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_trust.is_verified())
    }

    /// The address, unless nobody but the user says that it is his: what may be told of the user may be sent there.
    pub fn trusted_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_trust != EmailTrust::Claimed)
    }

    /// The alias that is the e-mail address: it goes along when that is changed.
    pub fn alias_of_email(&self) -> Option<&Alias> {
        let email = fold(self.email.as_ref()?.as_str());
        self.aliases
            .iter()
            .find(|alias| alias.kind == AliasKind::email() && alias.folded() == email)
    }

    /// What a new password of it must not contain.
    pub fn password_facts(&self) -> PasswordFacts {
        let words = self.email.iter().map(Email::as_str);
        let words = words.chain(self.full_name.iter().map(FullName::as_str));
        let words = words.chain(self.aliases.iter().map(|alias| alias.value.as_str()));
        PasswordFacts {
            user: Some(self.id),
            username: self.username.as_str().to_owned(),
            words: words.map(str::to_owned).collect(),
        }
    }

    /// What the engine knows of it.
    pub fn subject(&self) -> policy::Subject {
        policy::Subject {
            id: self.id,
            kind: policy::SubjectKind::User,
            realm: Some(self.realm),
            username: self.username.as_str().to_owned(),
            superuser: self.superuser,
            disabled: self.state.is_disabled(),
            lock: match self.state.locked() {
                None => policy::Lock::None,
                Some(Lock { until: Some(until), .. }) => policy::Lock::Until(*until),
                Some(Lock { until: None, .. }) => policy::Lock::ForGood,
            },
            expires_at: self.expires_at,
            attributes: self.attributes.as_map().clone(),
        }
    }
}

impl context::Resource for User {
    fn node(&self) -> NodeId {
        self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn lock(until: Option<i64>) -> Lock {
        Lock { since: at(100), until: until.map(at), reason: None }
    }

    fn user(state: State) -> User {
        let node = Node {
            id: NodeId::GLOBAL,
            parent: Some(NodeId::GLOBAL),
            kind: kernel::NodeKind::parse("user").unwrap(),
            name: Name::parse("jane").unwrap(),
            label: 1,
            label_end: 2,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        };
        User { state, ..User::new(node, NodeId::GLOBAL) }
    }

    #[test]
    fn locking_and_disabling_do_not_undo_each_other() {
        let both = State::Active.lock(lock(None)).disable();
        assert_eq!(both, State::DisabledAndLocked(lock(None)));
        assert_eq!(both.clone().enable(), State::Locked(lock(None)));
        assert_eq!(both.clone().unlock(), State::Disabled);
        assert_eq!(both.unlock().enable(), State::Active);
    }

    #[test]
    fn a_transition_made_twice_is_made_once() {
        assert_eq!(State::Active.disable().disable(), State::Disabled);
        assert_eq!(State::Active.enable().unlock(), State::Active);
        assert_eq!(State::Locked(lock(None)).lock(lock(Some(200))), State::Locked(lock(Some(200))));
    }

    #[test]
    fn a_lock_ends_at_its_moment() {
        let user = user(State::Locked(lock(Some(200))));
        assert_eq!(user.standing(at(199)), Standing::Locked);
        assert_eq!(user.standing(at(200)), Standing::Active);
    }

    #[test]
    fn a_lock_into_the_past_is_refused() {
        let problem = user(State::Active).lock(lock(Some(100))).unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/until");
        assert!(user(State::Active).lock(lock(Some(101))).is_ok());
    }

    #[test]
    fn an_end_counts_from_its_moment_on() {
        let user = User { expires_at: Some(at(50)), ..user(State::Active) };
        assert_eq!(user.standing(at(49)), Standing::Active);
        assert_eq!(user.standing(at(50)), Standing::Expired);
    }

    #[test]
    fn the_engine_hears_of_all_of_it() {
        let subject = user(State::DisabledAndLocked(lock(Some(200)))).subject();
        assert!(subject.disabled);
        assert_eq!(subject.lock, policy::Lock::Until(at(200)));
        let subject = user(State::Locked(lock(None))).subject();
        assert_eq!((subject.disabled, subject.lock), (false, policy::Lock::ForGood));
    }
}
