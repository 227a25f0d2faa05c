//! Who we are to browsers, by the configured address alone; and the ceremonies of WebAuthn. What an answer must be is
//! checked by the library: type, challenge, origin, RP id, presence, verification, signature, counter.

use std::time::Duration;

use kernel::Problem;
use realms::User;
use serde::Deserialize;
use serde_json::Value;
use url::{Host, Url};
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AttestationConveyancePreference, AuthenticationState, Credential, CredentialID,
        PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
        RequestRegistrationExtensions, ResidentKeyRequirement, UserVerificationPolicy,
    },
};

/// How long a browser waits for its user.
const PATIENCE: Duration = Duration::from_secs(300);
/// Longest id of a credential (WebAuthn, section 4).
const LONGEST_ID: usize = 1023;

/// Who we are to browsers.
#[derive(Debug)]
pub(crate) struct RelyingParty(WebauthnCore);

/// What a browser is asked, and what must be known when it answers.
pub(crate) struct Begun<T> {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    pub(crate) options: Value,
    pub(crate) state: T,
}

/// Why an assertion is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It proves nothing.
    Wrong,
    /// It is signed by the passkey, whose counter went back: there are two of it.
    Copied,
}

impl RelyingParty {
    /// By the public address. None where browsers have no passkeys: without TLS (but at `localhost`), and where the host is
    /// an IP address.
    pub(crate) fn of(public_address: &str) -> Option<Self> {
        let origin = Url::parse(public_address).ok()?;
        let Some(Host::Domain(host)) = origin.host() else { return None };
        if origin.scheme() != "https" && host != "localhost" {
            return None;
        }
        let host = host.to_owned();
        // No other subdomain, no other port.
        let strict = (Some(false), Some(false));
        let origins = vec![origin];
        Some(Self(WebauthnCore::new_unsafe_experts_only(
            &host, &host, origins, PATIENCE, strict.0, strict.1,
        )))
    }

    /// What the browser is asked to make a passkey for this user, on no device that has one of `known`.
    pub(crate) fn begin_registration(
        &self,
        user: &User,
        party: &str,
        known: Vec<CredentialID>,
    ) -> Result<Begun<RegistrationState>, Problem> {
        let name = user.username.as_str();
        let builder = self
            .0
            .new_challenge_register_builder(user.id.0.as_bytes(), name, name)
            .map_err(Problem::internal)?
            .attestation(AttestationConveyancePreference::None)
            .user_verification_policy(UserVerificationPolicy::Preferred)
            .exclude_credentials(Some(known))
            .extensions(Some(no_extensions()));
        let (begun, state) =
            self.0.generate_challenge_register(builder).map_err(Problem::internal)?;
        let mut options = begun.public_key;
        party.clone_into(&mut options.rp.name);
        // The library has no word for it: one that the device can name itself, where it has room for that.
        if let Some(selection) = &mut options.authenticator_selection {
            selection.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        let options = serde_json::to_value(options).map_err(Problem::internal)?;
        Ok(Begun { options, state })
    }

    /// The new passkey, if this answers what was asked.
    pub(crate) fn finish_registration(
        &self,
        answer: &str,
        state: &RegistrationState,
    ) -> Option<Credential> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).ok()?;
        let made = self.0.register_credential(&answer, state, None);
        let made = made.inspect_err(|error| tracing::debug!(%error, "a passkey is not taken")).ok();
        made.filter(|made| (1..=LONGEST_ID).contains(&made.cred_id.len()))
    }

    /// What the browser is asked to show one of these passkeys; none: any that the device knows for us.
    pub(crate) fn begin_assertion(
        &self,
        allowed: Vec<Credential>,
        verification: UserVerificationPolicy,
    ) -> Result<Begun<AuthenticationState>, Problem> {
        let builder = self.0.new_challenge_authenticate_builder(allowed, Some(verification));
        let builder = builder.map_err(Problem::internal)?;
        let (begun, mut state) =
            self.0.generate_challenge_authenticate(builder).map_err(Problem::internal)?;
        // They are looked up again when it is answered.
        state.set_allowed_credentials(Vec::new());
        let options = serde_json::to_value(begun.public_key).map_err(Problem::internal)?;
        Ok(Begun { options, state })
    }

    /// Whether this passkey answers what was asked: its new counter, and whether the device has verified its user.
    pub(crate) fn finish_assertion(
        &self,
        answer: &PublicKeyCredential,
        state: &AuthenticationState,
        credential: &Credential,
    ) -> Result<(u32, bool), Refused> {
        if is_framed(answer) {
            return Err(Refused::Wrong);
        }
        let judged = self.0.authenticate_single_credential(answer, state, credential);
        match judged {
            Ok(shown) => Ok((shown.counter(), shown.user_verified())),
            // Said only of what is signed: the signature is looked at before.
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Refused::Copied),
            Err(error) => {
                tracing::debug!(%error, "an assertion is refused");
                Err(Refused::Wrong)
            }
        }
    }
}

/// An answer to [`RelyingParty::begin_assertion`]; none if it is no such thing.
pub(crate) fn assertion(text: &str) -> Option<PublicKeyCredential> {
    serde_json::from_str(text).ok()
}

/// Whether it was asked for in a frame of another page. The library looks at that when a passkey is made, and not here.
fn is_framed(answer: &PublicKeyCredential) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Frame {
        #[serde(default)]
        cross_origin: bool,
        top_origin: Option<Value>,
    }
    let frame = serde_json::from_slice::<Frame>(&answer.response.client_data_json);
    frame.map_or(true, |frame| frame.cross_origin || frame.top_origin.is_some())
}

fn no_extensions() -> RequestRegistrationExtensions {
    RequestRegistrationExtensions {
        cred_protect: None,
        uvm: None,
        cred_props: None,
        min_pin_length: None,
        hmac_create_secret: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_tls_and_a_name() {
        for good in
            ["https://id.example.com", "https://id.example.com:8443", "http://localhost:8080"]
        {
            assert!(RelyingParty::of(good).is_some(), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "https://192.0.2.1",
            "https://[2001:db8::1]:8443",
            "http://127.0.0.1:8080",
            "http://localhost.example.com",
            "localhost",
            "",
        ] {
            assert!(RelyingParty::of(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn anybody_is_asked_the_same() {
        let party = RelyingParty::of("https://id.example.com").unwrap();
        let begin =
            || party.begin_assertion(Vec::new(), UserVerificationPolicy::Required).unwrap().options;
        let (mut one, other) = (begin(), begin());
        assert_eq!(one["rpId"], "id.example.com");
        assert_eq!(
            (&one["userVerification"], &one["allowCredentials"]),
            (&"required".into(), &Value::Array(Vec::new()))
        );
        assert_ne!(one["challenge"], other["challenge"]);
        one["challenge"] = other["challenge"].clone();
        assert_eq!(one, other);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in ["", "{}", "null", "[]", r#"{"id":"x","rawId":"eA","type":"public-key"}"#] {
            assert!(assertion(text).is_none(), "{text}");
        }
    }
}
