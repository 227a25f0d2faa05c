//! Liberty's permission grammar, over HTTP.

use serde::Deserialize;
use serde_json::json;
use testkit::{Backend, on_both};

use crate::access::cast::Cast;

const CASES: &str = include_str!("../../../../policy/tests/cases/grammar.yaml");

#[derive(Deserialize)]
#[serde(untagged)]
enum Case {
    Refused { refused: String },
    Asked { rules: Vec<String>, ask: String, expect: String },
}

on_both! {
    async fn rules_mean_what_the_cases_say(backend: Backend) {
        let cast = Cast::empty(backend).await;
        let jane = cast.absent("jane").await;
        let role = cast.role("R", "/$global", json!([])).await;
        cast.assign(&jane, &role, "/$global").await;
        let place = format!("/api/v1/roles/{role}");
        let cases: Vec<Case> = serde_saphyr::from_str(CASES).unwrap();
        assert!(cases.len() >= 30);
        for case in cases {
            match case {
                Case::Refused { refused } => {
                    let answer = cast.operator.put(&place, json!({"rules": [refused]})).await.expect(422);
                    assert_eq!(answer.problem_pointer(), Some("/rules/0"));
                    assert!(!answer.text_at("/errors/0/detail").is_empty());
                }
                Case::Asked { rules, ask, expect } => {
                    cast.operator.put(&place, json!({"rules": rules})).await.expect(200);
                    let allowed = cast.may("jane", &ask, "/$global").await;
                    assert_eq!(allowed, expect == "allow", "{rules:?} {ask}");
                }
            }
        }
    }
}
