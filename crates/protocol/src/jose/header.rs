//! The header of a token: exactly `alg`, `typ` and `kid`.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

use super::refused::TokenRefused;

/// The header, none of it trusted. What else a header may hold (a key, an address of one, extensions) is refused, since
/// all of it asks the reader to do something.
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: String,
    pub(super) kid: String,
}

impl Header {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenRefused> {
        let Members(mut members) =
            serde_json::from_slice(json).map_err(|_| TokenRefused::Malformed)?;
        let mut take = |name| match members.remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenRefused::Malformed),
            None => Ok(None),
        };
        let (alg, typ, kid) = (take("alg")?, take("typ")?, take("kid")?);
        if !members.is_empty() {
            return Err(TokenRefused::HeaderMember);
        }
        Ok(Self {
            alg: alg.ok_or(TokenRefused::WrongAlgorithm)?,
            typ: typ.ok_or(TokenRefused::WrongType)?,
            kid: kid.ok_or(TokenRefused::NoKeyId)?,
        })
    }
}

/// A JSON object whose members are unique (RFC 7515, section 5.2, step 4): where a name comes twice, two readers may
/// take different ones.
struct Members(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Unique)
    }
}

struct Unique;

impl<'de> Visitor<'de> for Unique {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of unique members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member comes twice"));
            }
        }
        Ok(Members(members))
    }
}
