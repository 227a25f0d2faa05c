//! What is asked of whom after the first step, by settings and rules.

use ::store::Run;
use context::State;
use jiff::Timestamp;
use kernel::{NodeId, Problem, RoleId};
use policy::Snapshot;

use super::{
    method::Method,
    rule::{FactorRule, Whose},
    store::rules,
};
use crate::{
    settings::{ACCEPT_EMAIL, ACCEPT_SMS, REQUIRED_OF},
    signin::Signin,
};

/// What is asked of a user after the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Demand {
    /// How many further steps there must be; 0: those that the user has made himself, if any.
    pub(crate) steps: usize,
    /// The types that count.
    pub(crate) accepted: Vec<Method>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// The sign-in is complete.
    Nothing,
    /// One of these is to be shown.
    Show(Vec<Method>),
    /// A factor of one of these types is to be made.
    Enrol(Vec<Method>),
}

impl Demand {
    /// What is asked of this user at this moment.
    pub(crate) async fn of(
        signin: &Signin,
        run: &impl Run,
        state: &State,
        user: NodeId,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let settings = &state.settings;
        let subject = state.engine.subject(user);
        let required = match settings.text(&REQUIRED_OF) {
            "nobody" => false,
            "superusers" => subject.is_some_and(|subject| subject.superuser),
            "everybody" => true,
            other => return Err(Problem::internal(format!("second_factor.required_of: {other}"))),
        };
        let realm = subject.and_then(|subject| subject.realm);
        let roles = roles_of(&state.engine, user, now);
        let is_meant = |rule: &FactorRule| match rule.whose {
            Whose::Realm(id) => realm == Some(id),
            Whose::User(id) => id == user,
            Whose::Role(id) => roles.contains(&id),
        };
        let rules: Vec<FactorRule> = rules::all(run).await?.into_iter().filter(is_meant).collect();
        // Where none is sent, no code can be asked for.
        let mut sent = Vec::new();
        if settings.is_on(&ACCEPT_EMAIL)? && signin.outbox.is_on() {
            sent.push(Method::Email);
        }
        if settings.is_on(&ACCEPT_SMS)? && signin.outbox.sends_texts() {
            sent.push(Method::Sms);
        }
        Ok(Self::from(required, &rules, (signin.relying_party.is_some(), &sent)))
    }

    fn from(required: bool, rules: &[FactorRule], (passkeys, sent): (bool, &[Method])) -> Self {
        let steps = rules.iter().map(|rule| rule.steps).max().unwrap_or(0);
        let counts = |method: &Method| rules.iter().all(|rule| rule.methods.contains(method));
        let sent = sent.iter().copied().filter(counts);
        // Nothing is stronger than a passkey, so no rule is against it. Where there are none, a rule that wants nothing else
        // must keep nobody out.
        let passkey = passkeys.then_some(Method::Passkey);
        let totp = Some(Method::Totp).filter(|totp| !passkeys || counts(totp));
        let accepted: Vec<Method> = passkey.into_iter().chain(totp).chain(sent).collect();
        // No more than there are types: else nobody could come in.
        let steps = steps.max(usize::from(required)).min(accepted.len());
        Self { steps, accepted }
    }

    /// What comes next, for a user who has these types of factors, and has shown these at this sign-in.
    pub(crate) fn next(&self, have: &[Method], has_codes: bool, shown: &[Method]) -> Next {
        let may_recover = has_codes && !shown.contains(&Method::Recovery);
        let recovery = may_recover.then_some(Method::Recovery);
        if self.steps == 0 {
            return if have.is_empty() || !shown.is_empty() {
                Next::Nothing
            } else {
                Next::Show(have.iter().copied().chain(recovery).collect())
            };
        }
        let counts =
            |method: &&Method| **method == Method::Recovery || self.accepted.contains(*method);
        if shown.iter().filter(counts).count() >= self.steps {
            return Next::Nothing;
        }
        let open: Vec<Method> = self
            .accepted
            .iter()
            .copied()
            .filter(|method| have.contains(method) && !shown.contains(method))
            .collect();
        if !open.is_empty() {
            return Next::Show(open.into_iter().chain(recovery).collect());
        }
        if shown.is_empty() && !have.is_empty() {
            // Whoever has a factor that does not count shows it before he makes one that does: else the password alone
            // would be enough to make one. A recovery code stands in for none here.
            return Next::Show(have.to_vec());
        }
        Next::Enrol(self.accepted.iter().copied().filter(|m| !have.contains(m)).collect())
    }
}

/// The roles that somebody holds anywhere, by himself and by groups, whatever their conditions.
fn roles_of(engine: &Snapshot, user: NodeId, now: Timestamp) -> Vec<RoleId> {
    let holders = engine.groups_of(user).into_iter().chain([user]);
    holders
        .flat_map(|holder| engine.assignments_of_subject(holder))
        .filter(|held| held.expires_at.is_none_or(|end| now < end))
        .map(|held| held.role)
        .collect()
}

#[cfg(test)]
mod tests {
    use kernel::FactorRuleId;
    use uuid::Uuid;

    use super::*;
    use Method::{Email, Passkey, Recovery, Totp};

    fn demand(steps: usize, accepted: &[Method]) -> Demand {
        Demand { steps, accepted: accepted.to_vec() }
    }

    #[test]
    fn without_a_demand_what_one_has_is_asked() {
        let demand = demand(0, &[Totp]);
        assert_eq!(demand.next(&[], false, &[]), Next::Nothing);
        assert_eq!(demand.next(&[], true, &[]), Next::Nothing);
        assert_eq!(demand.next(&[Email], false, &[]), Next::Show(vec![Email]));
        assert_eq!(demand.next(&[Totp, Email], true, &[]), Next::Show(vec![Totp, Email, Recovery]));
        for shown in [Totp, Email, Recovery] {
            assert_eq!(demand.next(&[Totp, Email], true, &[shown]), Next::Nothing);
        }
    }

    #[test]
    fn who_has_none_must_make_one() {
        let demand = demand(1, &[Totp, Email]);
        assert_eq!(demand.next(&[], false, &[]), Next::Enrol(vec![Totp, Email]));
        // Codes without a factor are left over, and open nothing.
        assert_eq!(demand.next(&[], true, &[]), Next::Enrol(vec![Totp, Email]));
        assert_eq!(demand.next(&[Email], true, &[]), Next::Show(vec![Email, Recovery]));
        assert_eq!(demand.next(&[Email], true, &[Recovery]), Next::Nothing);
    }

    #[test]
    fn a_factor_that_does_not_count_is_shown_before_another_is_made() {
        let demand = demand(1, &[Totp]);
        assert_eq!(demand.next(&[Email], true, &[]), Next::Show(vec![Email]));
        assert_eq!(demand.next(&[Email], true, &[Email]), Next::Enrol(vec![Totp]));
        assert_eq!(demand.next(&[Totp, Email], true, &[Email, Totp]), Next::Nothing);
    }

    #[test]
    fn two_steps_are_two_types() {
        let demand = demand(2, &[Totp, Email]);
        let have = [Totp, Email];
        assert_eq!(demand.next(&have, true, &[]), Next::Show(vec![Totp, Email, Recovery]));
        assert_eq!(demand.next(&have, true, &[Totp]), Next::Show(vec![Email, Recovery]));
        assert_eq!(demand.next(&have, true, &[Recovery]), Next::Show(vec![Totp, Email]));
        assert_eq!(demand.next(&have, true, &[Recovery, Email]), Next::Nothing);
        assert_eq!(demand.next(&[Totp], true, &[Totp]), Next::Enrol(vec![Email]));
        assert_eq!(demand.next(&[Totp], false, &[]), Next::Show(vec![Totp]));
    }

    #[test]
    fn the_strictest_rule_counts() {
        let rule = |steps, methods: &[Method]| FactorRule {
            id: FactorRuleId(Uuid::nil()),
            whose: Whose::User(NodeId::GLOBAL),
            steps,
            methods: methods.to_vec(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let of = |required, rules: &[FactorRule]| Demand::from(required, rules, (false, &[Email]));
        assert_eq!(of(false, &[]), demand(0, &[Totp, Email]));
        assert_eq!(of(true, &[]), demand(1, &[Totp, Email]));
        let loose = rule(2, &[Totp, Email]);
        assert_eq!(of(true, std::slice::from_ref(&loose)), demand(2, &[Totp, Email]));
        assert_eq!(of(false, &[loose, rule(1, &[Totp])]), demand(1, &[Totp]));
        let off = Demand::from(false, &[rule(2, &[Totp, Email])], (false, &[]));
        assert_eq!(off, demand(1, &[Totp]), "the setting counts too");
        let with = |rules: &[FactorRule]| Demand::from(false, rules, (true, &[Email]));
        assert_eq!(with(&[]), demand(0, &[Passkey, Totp, Email]));
        assert_eq!(with(&[rule(1, &[Totp])]), demand(1, &[Passkey, Totp]));
        let alone = [rule(2, &[Passkey]), rule(1, &[Totp, Email])];
        assert_eq!(with(&alone), demand(1, &[Passkey]));
        assert_eq!(of(false, &alone), demand(1, &[Totp]), "where there are none");
    }
}
