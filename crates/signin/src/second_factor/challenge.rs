//! Challenges: a sign-in that has begun and waits for its next step; and the small trait of the types of steps.

use std::{fmt, pin::Pin};

use ::store::Run;
use context::{Ctx, Writing};
use jiff::{SignedDuration, Timestamp};
use kernel::{FactorId, NodeId, Problem, SessionId};
use realms::User;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    email_code::EmailCode,
    factor::Factor,
    method::{Method, shown},
    passkey::Passkey,
    recovery_code::RecoveryCode,
    sms_code::SmsCode,
    store::{UseUp, factors},
    totp::Totp,
};
use crate::signin::Signin;

/// How long a challenge may be answered.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// The same where an app has to be set up before.
pub(crate) const ENROLMENT_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What a type of step does, in time.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// One type of second step. A new type is a file with this, a line in [`of`], and a [`Method`].
pub(crate) trait ChallengeType: Send + Sync {
    /// What a new factor of this type keeps, and what its user is shown of it. Refused for what is no factor.
    fn make(&self, making: Making<'_>) -> Result<Made, Problem>;

    /// What is to be done before it can be answered, such as sending a code.
    fn begin<'a>(&'a self, at: Beginning<'a>) -> Work<'a, Sent>;

    /// What is used up if this is the right answer; none if it is wrong. Changes nothing but counts.
    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>>;
}

/// The type of a method.
pub(crate) fn of(method: Method) -> &'static dyn ChallengeType {
    match method {
        Method::Passkey => &Passkey,
        Method::Totp => &Totp,
        Method::Email => &EmailCode,
        Method::Sms => &SmsCode,
        Method::Recovery => &RecoveryCode,
    }
}

/// For whom a factor is made.
#[derive(Clone, Copy)]
pub(crate) struct Making<'a> {
    pub(crate) signin: &'a Signin,
    pub(crate) tx: &'a Writing,
    pub(crate) user: &'a User,
    /// The number that was given with it.
    pub(crate) phone: Option<&'a str>,
    /// The factors that the user has.
    pub(crate) others: &'a [Factor],
}

/// A new factor.
pub(crate) struct Made {
    /// What is sealed.
    pub(crate) secret: Zeroizing<Vec<u8>>,
    /// What the user is shown.
    pub(crate) shown: Shown,
}

/// What the user is shown of a new factor.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) key: Option<SecretString>,
    pub(crate) uri: Option<SecretString>,
    pub(crate) qr_code: Option<SecretString>,
    pub(crate) public_key: Option<Value>,
}

/// Where a step begins.
pub(crate) struct Beginning<'a> {
    pub(crate) signin: &'a Signin,
    pub(crate) tx: &'a Writing,
    pub(crate) user: &'a User,
    /// The factors of the type that may answer it.
    pub(crate) factors: Vec<Factor>,
    /// The challenge; none where a factor is made.
    pub(crate) challenge: Option<Uuid>,
}

/// An answer.
pub(crate) struct Asked<'a> {
    pub(crate) signin: &'a Signin,
    pub(crate) ctx: &'a Ctx,
    pub(crate) user: NodeId,
    /// The factors of the type that may answer it.
    pub(crate) factors: Vec<Factor>,
    pub(crate) code: &'a SecretString,
    /// What the browser was asked before.
    pub(crate) ceremony: Option<&'a str>,
}

/// What has been done before a step: a code was sent, or there is something to ask the browser.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Sent {
    /// Whether a code was sent just now; absent where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    code_sent: Option<bool>,
    /// Where codes go, with most of it hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// In how many seconds another code can be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    send_again_in: Option<u64>,
    /// For `passkey`: what `PublicKeyCredential.parseRequestOptionsFromJSON` takes at a sign-in, and
    /// `parseCreationOptionsFromJSON` where one is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    public_key: Option<Value>,
}

impl Sent {
    /// The browser is asked for a passkey.
    pub(crate) fn asked(public_key: Value) -> Self {
        Self { public_key: Some(public_key), ..Self::default() }
    }

    /// The same, and what the browser is asked to make.
    pub(crate) fn and_asked(self, public_key: Option<Value>) -> Self {
        Self { public_key: public_key.or(self.public_key), ..self }
    }

    /// A code was sent, or one was a moment ago.
    pub(crate) fn code(was_sent: bool, hint: Option<String>, again_in: u64) -> Self {
        Self { code_sent: Some(was_sent), hint, send_again_in: Some(again_in), public_key: None }
    }
}

/// What a challenge asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// A factor that the user has.
    Answer,
    /// A new factor.
    Enrolment,
}

impl Asks {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Enrolment => "enrol",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Answer, Self::Enrolment].into_iter().find(|asks| asks.name() == name)
    }
}

/// How the session that a sign-in opens is kept: said at the first step, and not again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionChoice {
    /// What the user calls the device.
    pub device_name: Option<String>,
    /// Whether a browser keeps it in a cookie.
    pub with_cookie: bool,
    /// Where the sign-in is to be remembered on the device: the name of the realm that was signed in at.
    pub remember_at: Option<String>,
    /// The session that the same user steps up by it; none: a new one.
    pub steps_up: Option<SessionId>,
}

/// A sign-in that waits for its next step. Its token is not here.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) id: Uuid,
    pub(crate) user: NodeId,
    /// Where wrong answers are counted: as the tries of the first step were.
    pub(crate) counter: Uuid,
    /// The type of the first step.
    pub(crate) first_method: String,
    /// When the credential of the first step was made: it must still be that one.
    pub(crate) credential_of: Timestamp,
    /// The steps after the first that have been shown.
    pub(crate) shown: Vec<Method>,
    pub(crate) asks: Asks,
    /// What may answer it, any of them.
    pub(crate) methods: Vec<Method>,
    /// The factor that is being enrolled.
    pub(crate) factor: Option<FactorId>,
    pub(crate) choice: SessionChoice,
    /// What the browser was asked, where it answers.
    pub(crate) ceremony: Option<String>,
    pub(crate) expires_at: Timestamp,
}

impl Challenge {
    /// The types of factors that were shown until now.
    pub(crate) fn factors_shown(&self) -> Vec<Method> {
        shown(&self.first_method, &self.shown)
    }

    /// The factors that may answer it by this method.
    pub(crate) async fn factors(
        &self,
        run: &impl Run,
        method: Method,
    ) -> Result<Vec<Factor>, Problem> {
        let all = factors::of_user(run, self.user).await?;
        let may_answer = |factor: &Factor| match self.asks {
            Asks::Answer => factor.is_confirmed(),
            Asks::Enrolment => Some(factor.id) == self.factor,
        };
        Ok(all.into_iter().filter(|f| f.method == method && may_answer(f)).collect())
    }

    /// As its holder sees it.
    pub(crate) fn view(&self, token: SecretString, at: &At, sent: Sent) -> ChallengeView {
        let r#type = match at.method {
            Some(method) => method.name(),
            None => self.asks.name(),
        };
        let expires_in = self.expires_at.as_second() - at.now.as_second();
        let options = ChallengeOptions { methods: self.methods.clone(), sent };
        ChallengeView { token, r#type, options, expires_in, recovery_codes: Vec::new() }
    }
}

/// When a challenge is seen, and by which method it is to be answered.
pub(crate) struct At {
    pub(crate) method: Option<Method>,
    pub(crate) now: Timestamp,
}

/// A challenge as its holder sees it.
#[derive(Serialize, ToSchema)]
pub struct ChallengeView {
    /// Good for the next step and for nothing else.
    #[serde(serialize_with = "exposed")]
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// The `type` of the answer: `passkey`, `totp`, `email`, `sms`, `recovery`; or `enrol`: a factor is needed first.
    #[schema(value_type = String, example = "totp")]
    r#type: &'static str,
    /// More about it.
    options: ChallengeOptions,
    /// In how many seconds it is over.
    expires_in: i64,
    /// Recovery codes, if a factor was made in the step before. This is the only time that they are shown.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "all_exposed")]
    #[schema(value_type = Vec<String>)]
    pub(crate) recovery_codes: Vec<SecretString>,
}

impl ChallengeView {
    /// What was done before it can be answered, if it has to be kept, as the audit calls it.
    pub(crate) fn done(&self) -> Option<&'static str> {
        match &self.options.sent {
            Sent { code_sent: Some(true), .. } => Some("sign_in.send_code"),
            Sent { public_key: Some(_), .. } => Some("sign_in.ask_passkey"),
            _ => None,
        }
    }
}

impl fmt::Debug for ChallengeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengeView").field("type", &self.r#type).finish_non_exhaustive()
    }
}

/// What is public about a challenge.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeOptions {
    /// All types that may answer it.
    methods: Vec<Method>,
    #[serde(flatten)]
    sent: Sent,
}

/// A secret on its way to its holder.
pub(crate) fn exposed<S: serde::Serializer>(
    secret: &SecretString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secrecy::ExposeSecret::expose_secret(secret))
}

/// Secrets on their way to their holder.
pub(crate) fn all_exposed<S: serde::Serializer>(
    secrets: &[SecretString],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(secrets.iter().map(secrecy::ExposeSecret::expose_secret))
}

/// 401: there is no such challenge any more, whatever became of it.
pub(crate) fn over() -> Problem {
    Problem::unauthenticated("The sign-in has to begin again.")
}
