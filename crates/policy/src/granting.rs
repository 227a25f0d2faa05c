//! Who may hand on what: nobody gives more than he has.

use jiff::Timestamp;
use kernel::{NodeId, Pattern};

use crate::{
    bearer::{Bearer, Standing},
    decide::Candidate,
    grant::{Grant, Region, Withheld},
    matcher::meet,
    principal::Principal,
    snapshot::Snapshot,
};

impl Snapshot {
    /// Whether the principal may give this grant: one unconditional allow of his covers it, and no deny of his could
    /// reach into it. Superusers and the operator are free.
    pub fn may_grant(
        &self,
        giver: &Principal,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<(), Withheld> {
        match self.giver(giver, now)? {
            None => Ok(()),
            Some(bearer) => self.may_bearer_grant(&bearer, grant, now),
        }
    }

    /// All that a user, service account or group is allowed at this moment, by its own assignments and its groups'.
    /// Denies are not taken off.
    pub fn grants_of(&self, subject: NodeId, now: Timestamp) -> Vec<Grant> {
        let Some(node) = self.forest.find(subject) else { return Vec::new() };
        let bearer = Bearer::listed(node, self.holders_of(node));
        self.held(&bearer)
            .filter(|candidate| !candidate.rule.is_deny())
            .filter(|candidate| !candidate.assignment.has_expired(now))
            .map(|candidate| self.grant(&candidate))
            .collect()
    }

    /// Whether the actor may take over a user or service account (reset its password, impersonate it, ...): he could
    /// give all that it holds. Only superusers touch superusers.
    pub fn may_take_over(
        &self,
        actor: &Principal,
        target: NodeId,
        now: Timestamp,
    ) -> Result<(), Withheld> {
        let (_, subject) = self.known_subject(target).ok_or(Withheld::UnknownSubject)?;
        let Some(bearer) = self.giver(actor, now)? else { return Ok(()) };
        if subject.superuser {
            return Err(Withheld::SuperusersOnly);
        }
        let grants = self.grants_of(target, now);
        grants.iter().try_for_each(|grant| self.may_bearer_grant(&bearer, grant, now))
    }

    /// Whose assignments the giver's power comes from; `None` for those who are free.
    fn giver(&self, giver: &Principal, now: Timestamp) -> Result<Option<Bearer>, Withheld> {
        if giver.impersonator.is_some() {
            return Err(Withheld::Impersonating);
        }
        match self.standing(giver, now) {
            Standing::Free(_) => Ok(None),
            Standing::Bears(bearer) if bearer.subject.is_some() => Ok(Some(bearer)),
            Standing::Bears(_) | Standing::Refused(_) => Err(Withheld::NotEntitled),
        }
    }

    fn may_bearer_grant(
        &self,
        bearer: &Bearer,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<(), Withheld> {
        let bounds = grant
            .region
            .nodes()
            .iter()
            .map(|node| self.forest.find(*node))
            .collect::<Option<Vec<u32>>>()
            .ok_or(Withheld::UnknownNode)?;
        let held: Vec<Candidate<'_>> =
            self.held(bearer).filter(|candidate| !candidate.assignment.has_expired(now)).collect();
        if !held.iter().any(|mine| self.covers(bearer, mine, grant, &bounds)) {
            return Err(Withheld::NotHeld { pattern: grant.pattern.clone() });
        }
        let denied = held.iter().find(|mine| {
            mine.rule.is_deny() && meets_pattern(mine, grant) && self.can_meet(mine, &bounds)
        });
        match denied {
            None => Ok(()),
            Some(deny) => Err(Withheld::Denied {
                pattern: grant.pattern.clone(),
                denied: deny.rule.rule.pattern.clone(),
                assignment: deny.assignment.assignment.id,
            }),
        }
    }

    /// Whether this rule of the giver, alone and without condition, allows all that the grant would.
    fn covers(&self, bearer: &Bearer, mine: &Candidate<'_>, grant: &Grant, bounds: &[u32]) -> bool {
        let rule = &mine.rule.rule;
        let except_covered = |except: &Pattern| {
            meet(except, &grant.pattern).is_none_or(|met| excepts(&grant.except, &met))
        };
        !mine.rule.is_deny()
            && bearer.may_use(mine.role.id)
            && mine.is_unconditional()
            && rule.pattern.covers(&grant.pattern)
            && rule.except.iter().all(except_covered)
            && covers_data(mine, grant)
            && self.lasts(bearer, mine, grant)
            && self.covers_region(mine, bounds)
    }

    /// Whether each node that bounds the giver's allow is above some node that bounds the grant: then all that is below
    /// the latter is below the former.
    fn covers_region(&self, mine: &Candidate<'_>, bounds: &[u32]) -> bool {
        let above_one = |mine: u32| bounds.iter().any(|bound| self.reaches(mine, *bound));
        mine.bounds().into_iter().all(above_one)
    }

    /// Whether the giver's allow lasts as long as the grant; it ends with the giver's own time.
    fn lasts(&self, bearer: &Bearer, mine: &Candidate<'_>, grant: &Grant) -> bool {
        let subject = bearer.subject.and_then(|subject| self.people.subject(subject));
        let ends = [mine.assignment.assignment.expires_at, subject.and_then(|s| s.expires_at)];
        ends.into_iter().flatten().all(|end| grant.until.is_some_and(|until| until <= end))
    }

    /// Whether a node can be within reach of the giver's deny and of the grant: then one of the nodes that bound either,
    /// or one with a connection to it, is; for what is above any other node is above its parent too.
    fn can_meet(&self, deny: &Candidate<'_>, bounds: &[u32]) -> bool {
        let mut all = bounds.to_vec();
        all.extend(deny.bounds());
        let below_all = |node: u32| all.iter().all(|bound| self.reaches(*bound, node));
        all.iter().copied().chain(self.links.inherited.all_rights()).any(below_all)
    }

    fn grant(&self, candidate: &Candidate<'_>) -> Grant {
        let Candidate { assignment, rule, .. } = candidate;
        let conditions = [assignment.assignment.when.clone(), rule.rule.when.clone()];
        Grant {
            pattern: rule.rule.pattern.clone(),
            except: rule.rule.except.clone(),
            region: Region::new(candidate.bounds().map(|bound| self.forest.id(bound))),
            until: assignment.assignment.expires_at,
            when: conditions.into_iter().flatten().collect(),
            fields: rule.rule.fields.clone(),
            rows: rule.rule.rows.clone(),
        }
    }
}

/// Whether one of the exceptions takes out all of the pattern.
fn excepts(exceptions: &[Pattern], pattern: &Pattern) -> bool {
    exceptions.iter().any(|except| except.covers(pattern))
}

/// Whether the deny is about something that the grant would give.
fn meets_pattern(deny: &Candidate<'_>, grant: &Grant) -> bool {
    let rule = &deny.rule.rule;
    meet(&rule.pattern, &grant.pattern)
        .is_some_and(|met| !excepts(&grant.except, &met) && !excepts(&rule.except, &met))
}

/// Whether the giver's allow shows all fields and rows that the grant would.
fn covers_data(mine: &Candidate<'_>, grant: &Grant) -> bool {
    let rule = &mine.rule.rule;
    let fields = rule.fields.as_ref().is_none_or(|mine| {
        grant.fields.as_ref().is_some_and(|given| given.iter().all(|field| mine.contains(field)))
    });
    fields && (rule.rows.is_none() || rule.rows == grant.rows)
}
