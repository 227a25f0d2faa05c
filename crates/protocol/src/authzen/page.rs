//! Pages of a search (section "Pagination"). A token holds where the next page begins, how large it is, and a digest of
//! what was asked: with another question it is refused. It gives no right, and is no secret.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    malformed::Malformed,
    wire::{GivenAction, GivenThing, Object, SearchBody},
};

/// The size of a page where none is asked for.
const DEFAULT_LIMIT: usize = 50;
/// The largest size of a page.
const MAX_LIMIT: u64 = 500;
/// Longest token, in bytes.
const MAX_TOKEN: usize = 16 * 1024;
/// How much of the digest a token holds, in bytes: enough to notice a mistake.
const DIGEST: usize = 12;

/// Which part of the results is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Where the page before ended; `None` for the first page.
    pub after: Option<String>,
    /// How many at most, 0 to 500.
    pub limit: usize,
    digest: String,
}

/// Which part of the results an answer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageAnswer {
    /// Leads to the next page; empty on the last one.
    pub next_token: String,
    /// How many are in this answer.
    pub count: usize,
    /// How many there are in all; absent if counting them takes too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What a token holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    a: Option<String>,
    l: usize,
    d: String,
}

impl Paging {
    /// What the body asks for. `what` tells one search from another.
    pub(crate) fn of(what: &str, body: &SearchBody) -> Result<Self, Malformed> {
        let digest = digest(what, body);
        let Object(page) = body.page.clone().unwrap_or_default();
        let limit = page.limit.map(|limit| usize::try_from(limit.min(MAX_LIMIT)).unwrap_or(0));
        // An empty token is what the last page gave: whoever sends it begins anew.
        let Some(text) = page.token.filter(|text| !text.is_empty()) else {
            return Ok(Self { after: None, limit: limit.unwrap_or(DEFAULT_LIMIT), digest });
        };
        let wrong = || Malformed::at("/page/token", "is not one that this search has given");
        let token = read(&text).ok_or_else(wrong)?;
        if token.d != digest {
            let detail = "belongs to another question: all but the token must stay the same";
            return Err(Malformed::at("/page/token", detail));
        }
        if limit.is_some_and(|limit| limit != token.l) {
            return Err(Malformed::at("/page/limit", "must stay the same from page to page"));
        }
        Ok(Self { after: token.a, limit: token.l, digest })
    }

    /// The answer's page: `last` is where it ends, if there is more behind it.
    pub fn answer(
        &self,
        count: usize,
        total: impl Into<Option<u64>>,
        last: Option<String>,
    ) -> PageAnswer {
        let next = last.map(|last| {
            // A page of none ends where it began.
            let after = if count == 0 { self.after.clone() } else { Some(last) };
            let token = Token { a: after, l: self.limit, d: self.digest.clone() };
            BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
        });
        PageAnswer { next_token: next.unwrap_or_default(), count, total: total.into() }
    }
}

fn read(text: &str) -> Option<Token> {
    if text.len() > MAX_TOKEN {
        return None;
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let token: Token = serde_json::from_slice(&bytes).ok()?;
    (token.l <= usize::try_from(MAX_LIMIT).ok()?).then_some(token)
}

/// Of all that must stay the same. Members of objects are in one order, whatever order they were sent in.
fn digest(what: &str, body: &SearchBody) -> String {
    let thing = |given: &Option<Object<GivenThing>>| {
        given.as_ref().map(|Object(thing)| json!([thing.r#type, thing.id, thing.properties]))
    };
    let action = |Object(given): &Object<GivenAction>| json!([given.name, given.properties]);
    let all: Value = json!([
        what,
        thing(&body.subject),
        body.action.as_ref().map(action),
        thing(&body.resource),
        body.context,
    ]);
    let digest = crate::digest::sha256(&[all.to_string().as_bytes()]);
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..DIGEST])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(value: Value) -> Result<Paging, Malformed> {
        Paging::of("subject", &serde_json::from_value(value).unwrap())
    }

    fn asked(name: &str, page: Value) -> Value {
        json!({"action": {"name": name}, "context": {"a": 1, "b": 2}, "page": page})
    }

    #[test]
    fn a_token_leads_on() {
        let first = paging(asked("read", json!({"limit": 2}))).unwrap();
        assert_eq!((first.after.as_deref(), first.limit), (None, 2));
        let page = first.answer(2, 3, Some("x".into()));
        // The standard's own example leaves the limit out on the second request.
        for next in
            [json!({"token": page.next_token}), json!({"token": page.next_token, "limit": 2})]
        {
            let second = paging(asked("read", next)).unwrap();
            assert_eq!((second.after.as_deref(), second.limit), (Some("x"), 2));
        }
        assert_eq!(first.answer(1, 3, None).next_token, "");
    }

    #[test]
    fn a_token_belongs_to_its_question() {
        let token =
            paging(asked("read", json!({}))).unwrap().answer(50, 60, Some("x".into())).next_token;
        assert!(paging(asked("write", json!({"token": token}))).is_err());
        assert!(paging(asked("read", json!({"token": token, "limit": 51}))).is_err());
        let body = serde_json::from_value(asked("read", json!({"token": token}))).unwrap();
        assert!(Paging::of("resource", &body).is_err());
        for wrong in ["x", "e30", &token[1..], &"A".repeat(MAX_TOKEN + 1)] {
            assert_eq!(
                paging(asked("read", json!({"token": wrong}))).unwrap_err().pointer,
                "/page/token"
            );
        }
    }

    #[test]
    fn limits_are_kept() {
        let limit = |page| paging(asked("read", page)).unwrap().limit;
        assert_eq!(limit(Value::Null), 50);
        assert_eq!(limit(json!({"limit": 10_000})), 500);
        assert_eq!(limit(json!({"limit": 0, "token": ""})), 0);
        // A page of none gets on to itself.
        let none = paging(asked("read", json!({"limit": 0}))).unwrap();
        let token = none.answer(0, 3, Some(String::new())).next_token;
        assert_eq!(paging(asked("read", json!({"token": token}))).unwrap(), none);
    }
}
