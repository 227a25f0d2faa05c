//! After a step of a sign-in: which one comes next, or none.

use ::store::Run;
use context::{Event, EventKind, Reading, State, Writing};
use jiff::{SignedDuration, Timestamp};
use kernel::{EventId, NodeId, Problem};
use protocol::secret_token::{Kind, SecretToken};
use secrecy::SecretString;

use super::{
    challenge::{
        self, Asks, At, Beginning, Challenge, ChallengeView, ENROLMENT_LIFE, LIFE, SessionChoice,
    },
    demand::{Demand, Next},
    factor::kinds,
    method::{Method, steps},
    store::{challenges, factors, recovery_codes},
};
use crate::{authenticator::Proven, own::own_user, settings::after, signin::Signin};

/// What follows a step.
#[derive(Debug)]
pub enum Step {
    /// Nothing: a session may be opened.
    Complete(Box<Complete>),
    /// This.
    Challenge(ChallengeView),
}

/// A sign-in that is complete.
#[derive(Debug)]
pub struct Complete {
    /// Who it is.
    pub proven: Proven,
    /// How the session is kept.
    pub choice: SessionChoice,
    /// Recovery codes that were made in the course of it.
    pub recovery_codes: Vec<SecretString>,
    /// How many recovery codes are left, after one was used and few are.
    pub recovery_codes_left: Option<i64>,
}

impl Complete {
    /// Without anything to tell about recovery codes.
    pub(crate) fn new(proven: Proven, choice: SessionChoice) -> Box<Self> {
        Box::new(Self { proven, choice, recovery_codes: Vec::new(), recovery_codes_left: None })
    }
}

/// Which step comes next in this sign-in. A challenge is kept, and audited, when this is committed.
pub async fn next_step(
    signin: &Signin,
    tx: &mut Writing,
    proven: Proven,
    choice: SessionChoice,
) -> Result<Step, Problem> {
    let now = tx.ctx().now();
    let (asks, methods) =
        match next(signin, tx, tx.state(), (proven.user, &proven.factors_shown()), now).await? {
            Next::Nothing => return Ok(Step::Complete(Complete::new(proven, choice))),
            Next::Show(methods) => (Asks::Answer, methods),
            Next::Enrol(methods) => (Asks::Enrolment, methods),
        };
    let life = match asks {
        Asks::Answer => LIFE,
        Asks::Enrolment => ENROLMENT_LIFE,
    };
    let challenge = new_challenge(tx, &proven, choice, (asks, methods), life);
    Ok(Step::Challenge(issue(signin, tx, challenge).await?))
}

/// Whether more than the first step is asked of somebody: then a password with each request is not enough.
pub(crate) async fn asks_for_more(
    signin: &Signin,
    read: &Reading,
    user: NodeId,
) -> Result<bool, Problem> {
    let now = read.ctx().now();
    Ok(next(signin, read, read.state(), (user, &[]), now).await? != Next::Nothing)
}

/// Whether nothing more would be asked today of who has taken these steps, as a session's method names them.
pub(crate) async fn is_enough(
    signin: &Signin,
    run: &impl Run,
    state: &State,
    (user, method): (NodeId, &str),
    now: Timestamp,
) -> Result<bool, Problem> {
    Ok(next(signin, run, state, (user, &steps(method)), now).await? == Next::Nothing)
}

/// 401 unless a challenge still asks for a factor of that type: another sign-in may have made one meanwhile, and then the
/// password alone must not make a second.
pub(super) async fn still_enrols(
    signin: &Signin,
    tx: &Writing,
    challenge: &Challenge,
    method: Method,
) -> Result<(), Problem> {
    let now = tx.ctx().now();
    match next(signin, tx, tx.state(), (challenge.user, &challenge.factors_shown()), now).await? {
        Next::Enrol(methods) if methods.contains(&method) => Ok(()),
        _ => Err(challenge::over()),
    }
}

async fn next(
    signin: &Signin,
    run: &impl Run,
    state: &State,
    (user, shown): (NodeId, &[Method]),
    now: Timestamp,
) -> Result<Next, Problem> {
    let demand = Demand::of(signin, run, state, user, now).await?;
    let have = kinds(&factors::of_user(run, user).await?);
    let has_codes = recovery_codes::count_left(run, user).await? > 0;
    Ok(demand.next(&have, has_codes, shown))
}

fn new_challenge(
    tx: &Writing,
    proven: &Proven,
    choice: SessionChoice,
    (asks, methods): (Asks, Vec<Method>),
    life: SignedDuration,
) -> Challenge {
    let now = tx.ctx().now();
    Challenge {
        id: EventId::new(now, tx.ctx().system().entropy()).0,
        user: proven.user,
        counter: proven.counter,
        first_method: proven.method.to_owned(),
        credential_of: proven.credential_of,
        shown: proven.further.clone(),
        asks,
        methods,
        factor: None,
        choice,
        ceremony: None,
        expires_at: after(now, life),
    }
}

/// Keeps a challenge, and does what its first method asks for before it can be answered.
async fn issue(
    signin: &Signin,
    tx: &mut Writing,
    challenge: Challenge,
) -> Result<ChallengeView, Problem> {
    let now = tx.ctx().now();
    let token = SecretToken::generate(Kind::Challenge, challenge.id, tx.ctx().system().entropy());
    challenges::insert(tx.as_ref(), &challenge, &token.hash(), now).await?;
    let method = challenge.methods.first().copied().filter(|_| challenge.asks == Asks::Answer);
    let sent = match method {
        Some(method) => {
            let user = own_user(tx, challenge.user).await?;
            let factors = challenge.factors(tx, method).await?;
            let at = Beginning { signin, tx, user: &user, factors, challenge: Some(challenge.id) };
            challenge::of(method).begin(at).await?
        }
        None => challenge::Sent::default(),
    };
    let steps = challenge.shown.iter().map(|method| method.name()).collect::<Vec<_>>().join("+");
    tx.audit(
        Event::new(EventKind::DataCreate, "sign_in.challenge")
            .about("user", challenge.user, challenge.user)
            .of(challenge.user)
            .with("asks", challenge.asks.name())
            .with("after", format!("{}+{steps}", challenge.first_method).trim_end_matches('+')),
    );
    Ok(challenge.view(token.to_text(), &At { method, now }, sent))
}
