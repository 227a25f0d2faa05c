//! The Authorization API 1.0 of OpenID AuthZEN: every rule of the standard, and the scenarios of its working group.

mod certification;
mod configuration;
mod evaluation;
mod evaluations;
mod names;
mod search_action;
mod search_resource;
mod search_subject;
mod todo;

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client};

use crate::access::cast::Cast;

pub const EVALUATION: &str = "/access/v1/evaluation";
pub const EVALUATIONS: &str = "/access/v1/evaluations";
pub const SUBJECTS: &str = "/access/v1/search/subject";
pub const RESOURCES: &str = "/access/v1/search/resource";
pub const ACTIONS: &str = "/access/v1/search/action";

/// An enforcement point: a service account of the realm `main` with an API key, that may ask about everything.
pub struct Pep {
    pub cast: Cast,
    pub client: Client,
    key: String,
}

impl Pep {
    /// With the world of the certification scenario: `alice` and `bob`, `record-1` and `record-2`.
    pub async fn certified(backend: Backend) -> Self {
        Self::start(backend, certification::world()).await
    }

    /// With a world file.
    pub async fn start(backend: Backend, file: Value) -> Self {
        let cast = Cast::empty(backend).await;
        cast.operator.post("/api/v1/world", file).await.expect(200);
        let account = json!({"name": "pep", "owner": "/main"});
        let account = cast.operator.post("/api/v1/service-accounts", account).await.expect(201);
        let id = account.text_at("/id");
        cast.assign(id, "admin", "/$global").await;
        let key = json!({"name": "pep", "role": "admin", "owner": id});
        let key = cast.operator.post("/api/v1/api-keys", key).await.expect(201);
        let key = key.text_at("/key").to_owned();
        let client = cast.server.anonymous().with_api_key(&key);
        Self { cast, client, key }
    }

    /// The answer to one evaluation, which is 200.
    pub async fn evaluate(&self, body: Value) -> Value {
        self.client.post(EVALUATION, body).await.expect(200).body
    }

    /// Whether it is permitted, with nothing else to say.
    pub async fn may(&self, subject: &str, action: &str, resource: &str) -> bool {
        let answer = self.evaluate(question(subject, action, resource)).await;
        answer["decision"].as_bool().unwrap()
    }

    /// Sends a body as it is, under a media type or none.
    pub async fn raw(&self, path: &str, media: Option<&str>, body: &str) -> u16 {
        let url = format!("{}{path}", self.cast.server.base);
        let mut request = reqwest::Client::new().post(url).body(body.to_owned());
        request = request.header("x-api-key", &self.key);
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

/// About a user and a record.
pub fn question(subject: &str, action: &str, resource: &str) -> Value {
    json!({"subject": {"type": "user", "id": subject}, "action": {"name": action},
        "resource": {"type": "record", "id": resource}})
}

/// The decisions of several evaluations.
pub fn decisions(answer: &Answer) -> Vec<bool> {
    let evaluations = answer.body["evaluations"].as_array().unwrap();
    evaluations.iter().map(|one| one["decision"].as_bool().unwrap()).collect()
}

/// The ids, or names, of the results of a search.
pub fn results(answer: &Answer) -> Vec<&str> {
    let results = answer.body["results"].as_array().unwrap();
    let text = |one: &'_ Value| one.get("id").or_else(|| one.get("name")).cloned();
    assert!(results.iter().all(|one| text(one).is_some_and(|text| text.is_string())));
    results.iter().map(|one| one["id"].as_str().or(one["name"].as_str()).unwrap()).collect()
}
