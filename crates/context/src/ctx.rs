//! One request: who asks, when, and from where.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::Timestamp;
use kernel::{NodeId, PermissionName, Problem, Revision, Setting};
use policy::{Principal, Who};

use crate::{
    action::Action,
    credentials::Credential,
    event::{Event, EventKind},
    idempotency::Repeatable,
    permit::{self, Permitted},
    reading::Reading,
    refusal::Refusal,
    source::Source,
    system::{State, System},
    writing::Writing,
};

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFacts {
    /// The request id, as it is answered in `X-Request-Id`.
    pub id: String,
    /// The path, without its query.
    pub path: String,
    /// The route that it leads to, `/auth/users/{username}`, if it leads to one.
    pub route: Option<String>,
    /// The client's address, behind trusted proxies only.
    pub ip: Option<IpAddr>,
    /// Whether a trusted proxy sent it: its word on the client's request counts.
    pub by_proxy: bool,
    /// The client's own description of itself, cut to 256 characters.
    pub user_agent: Option<String>,
    /// The `Idempotency-Key`, if there is one.
    pub repeatable: Option<Repeatable>,
    /// The revision that the client has seen, as it says in `Portcullis-Revision`.
    pub seen: Option<Revision>,
}

impl RequestFacts {
    /// The route, or the path if it leads to none.
    pub fn route(&self) -> &str {
        self.route.as_deref().unwrap_or(&self.path)
    }
}

/// Who a request is from, as the authenticator found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who asks.
    pub principal: Principal,
    /// What was shown for it.
    pub credential: Credential,
    /// The user name, for logs and audit.
    pub username: Option<String>,
    /// How: `access token`, `API key`, `cookie`, `control socket`.
    pub method: &'static str,
}

impl Caller {
    /// Nobody signed in.
    pub fn nobody() -> Self {
        Self::plain(Who::Nobody, "none")
    }

    /// The operator of the machine: the control socket, an offline command, the first start.
    pub fn operator() -> Self {
        Self::plain(Who::Operator, "control socket")
    }

    fn plain(who: Who, method: &'static str) -> Self {
        Self {
            principal: Principal::new(who),
            credential: Credential::None,
            username: None,
            method,
        }
    }
}

/// What every operation is handed first; cheap to clone.
#[derive(Debug, Clone)]
pub struct Ctx(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    system: Arc<System>,
    caller: Caller,
    request: RequestFacts,
    now: Timestamp,
    noted: Mutex<Noted>,
}

/// What the edge needs to know after the operation.
#[derive(Debug, Default)]
struct Noted {
    refusal: Option<Refusal>,
    revision: Option<Revision>,
    secret: bool,
}

impl Ctx {
    /// A request that begins now.
    pub fn new(system: Arc<System>, caller: Caller, request: RequestFacts) -> Self {
        let now = system.now();
        Self(Arc::new(Inner { system, caller, request, now, noted: Mutex::default() }))
    }

    /// The same request by another caller, from now on; what it commits is not what a repeat of the request is answered
    /// with.
    pub fn acting(&self, caller: Caller) -> Self {
        let request = RequestFacts { repeatable: None, ..self.0.request.clone() };
        Self::new(self.0.system.clone(), caller, request)
    }

    /// The same request of nobody, whatever was shown with it.
    pub fn as_nobody(&self) -> Self {
        self.acting(Caller::nobody())
    }

    /// What all requests share.
    pub fn system(&self) -> &Arc<System> {
        &self.0.system
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.0.caller.principal
    }

    /// Who asks, with how it is known.
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// When the request began: the one time that all of it uses.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Where it came from.
    pub fn request(&self) -> &RequestFacts {
        &self.0.request
    }

    /// The kind of the principal, in one word.
    pub fn principal_kind(&self) -> &'static str {
        match &self.principal().who {
            Who::User(_) => "user",
            Who::ServiceAccount(_) => "service_account",
            Who::ApiKey { .. } => "api_key",
            Who::Operator => "operator",
            Who::Job { .. } => "job",
            Who::Nobody => "nobody",
        }
    }

    /// The state to decide on when nothing else is read. Not older than what the client has seen.
    pub async fn state(&self) -> Result<Arc<State>, Problem> {
        let state = self.system().state();
        match self.request().seen {
            Some(seen) if seen > state.revision => Ok(self.read().await?.into_state()),
            _ => Ok(state),
        }
    }

    /// Starts to read: engine and rows of one revision.
    pub async fn read(&self) -> Result<Reading, Problem> {
        Reading::begin(self.clone()).await
    }

    /// Starts to write: waits for the write lock, then engine and rows are those of the last commit.
    pub async fn begin(&self) -> Result<Writing, Problem> {
        Writing::begin(self.clone()).await
    }

    /// Asks the engine at the last published state: for operations that read no rows.
    pub fn permit<A: Action>(
        &self,
        resource: A::Resource,
    ) -> Result<Permitted<A, A::Resource>, Problem> {
        permit::permit(self, &self.system().state().engine, resource)
    }

    /// Whether the caller may, without a trace in the audit.
    pub fn may(&self, state: &State, permission: &PermissionName, node: NodeId) -> bool {
        permit::allowed(self, &state.engine, permission, node)
    }

    /// 403 for whoever acts in somebody else's place: no credential, and nothing that outlasts the impersonation, is made
    /// or changed in it.
    pub fn refuse_impersonation(&self) -> Result<(), Problem> {
        match self.principal().impersonator {
            None => Ok(()),
            Some(_) => Err(Problem::forbidden("This cannot be done while impersonating.")),
        }
    }

    /// Whether somebody is signed in.
    pub fn signed_in(&self) -> bool {
        !matches!(self.principal().who, Who::Nobody)
    }

    /// The answer carries a secret: it must not be kept for a repeat.
    pub fn answers_with_secret(&self) {
        self.noted().secret = true;
    }

    /// Whether the answer carries a secret.
    pub fn has_secret_answer(&self) -> bool {
        self.noted().secret
    }

    /// The revision that this request made.
    pub fn revision(&self) -> Option<Revision> {
        self.noted().revision
    }

    /// The refusal of this request, if there was one.
    pub fn take_refusal(&self) -> Option<Refusal> {
        self.noted().refusal.take()
    }

    /// Writes a refusal to the audit, unless its like was written in this minute.
    pub async fn audit_refusal(&self, refusal: &Refusal) -> Result<(), Problem> {
        let who = self.principal().subject().map_or_else(
            || format!("{} {:?}", self.principal_kind(), self.request().ip),
            |id| id.to_string(),
        );
        // What somebody tries in another's place is not hidden by what that one has tried.
        let by = self.principal().impersonator;
        let kind = format!("{who} {by:?} {} {}", refusal.permission, refusal.node);
        if !self.system().refusals().is_first(self.now(), kind) {
            return Ok(());
        }
        let event = Event::new(EventKind::AccessDenied, "request")
            .about("node", refusal.node, refusal.node)
            .with("permission", refusal.permission.as_str())
            .failed("not permitted");
        self.audit(event).await
    }

    /// Writes an event that belongs to no change, such as a failed sign-in.
    pub async fn audit(&self, event: Event) -> Result<(), Problem> {
        let mut writing = Writing::begin_any(self.clone()).await?;
        writing.audit(event);
        writing.commit().await.map(drop)
    }

    /// Uses one of what is limited for each source on this server: 429 with `Retry-After` if there is none left. The
    /// setting says how many there are a minute; 0: no limit. The operator of the machine has none.
    pub fn throttle(&self, limit: &Setting) -> Result<(), Problem> {
        if matches!(self.principal().who, Who::Operator) {
            return Ok(());
        }
        let source = Source::of(self.request().ip);
        self.system().take_turn(limit, source)
    }

    /// Notes a refusal, which the gate writes to the audit.
    pub fn note_refusal(&self, refusal: Refusal) {
        self.noted().refusal = Some(refusal);
    }

    pub(crate) fn note_revision(&self, revision: Revision) {
        self.noted().revision = Some(revision);
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        match self.0.noted.lock() {
            Ok(noted) => noted,
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}
