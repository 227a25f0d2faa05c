//! The keys in use.

use std::collections::BTreeMap;

use super::{jwk::Jwks, signing_key::SigningKey, verifying_key::VerifyingKey};

/// One key that signs, and all that verify: the same one, those before it until their last token has expired, and the
/// next one so that it is known before it signs.
#[derive(Debug)]
pub struct KeyRing {
    active: SigningKey,
    others: BTreeMap<String, VerifyingKey>,
}

impl KeyRing {
    /// A ring that signs with `active`, whose public half verifies too.
    pub fn new(active: SigningKey, others: impl IntoIterator<Item = VerifyingKey>) -> Self {
        let others = others
            .into_iter()
            .filter(|key| key.kid() != active.kid())
            .map(|key| (key.kid().to_owned(), key))
            .collect();
        Self { active, others }
    }

    /// The key that signs.
    pub fn active(&self) -> &SigningKey {
        &self.active
    }

    /// The verifying key of that name. The name is looked up among those known and used for nothing else.
    pub fn verifying(&self, kid: &str) -> Option<&VerifyingKey> {
        if kid == self.active.kid() {
            return Some(self.active.public());
        }
        self.others.get(kid)
    }

    /// The public document (RFC 7517, section 5), the signing key first.
    pub fn jwks(&self) -> Jwks {
        let others = self.others.values().map(VerifyingKey::jwk);
        Jwks { keys: std::iter::once(self.active.public().jwk()).chain(others).cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::Algorithm;

    #[test]
    fn the_document_has_each_public_half_once_and_nothing_private() {
        let [active, old] =
            [Algorithm::Es256, Algorithm::EdDsa].map(|a| SigningKey::generate(a).unwrap());
        let (again, retired) = (active.public().clone(), old.public().clone());
        let ring = KeyRing::new(active, [again, retired]);

        let document = serde_json::to_value(ring.jwks()).unwrap();
        let keys = document["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0]["kid"], ring.active().kid());
        assert_eq!(keys[1]["kid"], old.kid());
        let members = |key: &serde_json::Value| {
            key.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(members(&keys[0]), "alg crv kid kty use x y");
        assert_eq!(members(&keys[1]), "alg crv kid kty use x");
    }

    #[test]
    fn only_known_names_find_a_key() {
        let active = SigningKey::generate(Algorithm::Es256).unwrap();
        let kid = active.kid().to_owned();
        let ring = KeyRing::new(active, []);
        assert!(ring.verifying(&kid).is_some());
        for strange in ["", "../../dev/null", "' OR '1'='1", "x\0", &kid[1..], &kid.to_lowercase()]
        {
            assert!(ring.verifying(strange).is_none(), "{strange}");
        }
    }
}
