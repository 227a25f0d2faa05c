//! Bodies of the Authorization API: reading one is repeatable, a refusal has a pointer, one of many is read as it would
//! be alone, and a page's token leads to the next page of the same question. Input: a body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::authzen::{
    ActionSearch, Evaluation, Evaluations, MAX_EVALUATIONS, Malformed, Paging, ResourceSearch,
    SubjectSearch,
};
use serde_json::{Value, json};

fuzz_target!(|body: &[u8]| {
    let one = pointed(Evaluation::parse(body));
    assert!(one.is_none() || std::str::from_utf8(body).is_ok(), "JSON is UTF-8");
    assert_eq!(one, Evaluation::parse(body).ok());
    match pointed(Evaluations::parse(body)) {
        None => {}
        Some(Evaluations::One(same)) => {
            assert_eq!(Some(same), one, "without evaluations it is one")
        }
        Some(Evaluations::Several { evaluations, .. }) => several(body, &evaluations),
    }
    paged(body, SubjectSearch::parse, |search| &search.paging);
    paged(body, ResourceSearch::parse, |search| &search.paging);
    paged(body, ActionSearch::parse, |search| &search.paging);
});

fn pointed<T>(parsed: Result<T, Malformed>) -> Option<T> {
    parsed
        .inspect_err(|error| {
            assert!(error.pointer.is_empty() || error.pointer.starts_with('/'));
            assert!(!error.detail.is_empty());
        })
        .ok()
}

/// Each of several is what it is when it stands alone, with the defaults written into it.
fn several(body: &[u8], evaluations: &[Result<Evaluation, Malformed>]) {
    assert!((1..=MAX_EVALUATIONS).contains(&evaluations.len()));
    // What is ignored is not looked at, and may be beyond what a `Value` holds.
    let Ok(whole) = serde_json::from_slice::<Value>(body) else { return };
    for (number, read) in evaluations.iter().enumerate() {
        let Some(mut alone) = whole["evaluations"][number].as_object().cloned() else {
            assert!(read.is_err(), "what is no object is no evaluation");
            continue;
        };
        for part in ["subject", "action", "resource", "context"] {
            if alone.get(part).is_none_or(Value::is_null) {
                alone.insert(part.to_owned(), whole[part].clone());
            }
        }
        let alone = Evaluation::parse(Value::Object(alone).to_string().as_bytes());
        // A member that is there twice is refused, and a `Value` has forgotten the first.
        match read {
            Ok(read) => assert_eq!(Some(read), alone.ok().as_ref()),
            Err(error) => {
                assert!(error.pointer.starts_with(&format!("/evaluations/{number}")));
                assert!(alone.is_err() || error.detail.contains("duplicate"));
            }
        }
    }
}

fn paged<T>(
    body: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, Malformed>,
    paging: impl Fn(&T) -> &Paging,
) {
    let Some(first) = pointed(parse(body)) else { return };
    let first = paging(&first);
    let token = first.answer(1, 2, Some("last".to_owned())).next_token;
    let Ok(mut next) = serde_json::from_slice::<Value>(body) else { return };
    next["page"] = json!({ "token": token });
    let next = parse(next.to_string().as_bytes()).expect("the token belongs to the question");
    assert_eq!((paging(&next).after.as_deref(), paging(&next).limit), (Some("last"), first.limit));
}
