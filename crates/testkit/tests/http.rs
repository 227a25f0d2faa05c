//! The client against a server that answers with what it was sent.

#![expect(clippy::unwrap_used, reason = "the server of these tests may fail as they do")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::json;
use testkit::Client;

/// Answers each connection once with `head` (status line and headers) and `body`; the thread gives back the requests.
fn serve(answers: Vec<(&'static str, String)>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let answer = |(head, body): (&str, String)| {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_request(&stream);
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .unwrap();
            request
        };
        answers.into_iter().map(answer).collect()
    });
    (base, serving)
}

fn read_request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "the request ended early: {head}");
    }
    let length = head.to_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length: ").map(|length| length.parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn sends_json_and_credentials() {
    let ok = || ("200 OK\r\ncontent-type: application/json", json!({"name": "ada"}).to_string());
    let (base, serving) = serve(vec![ok(), ok()]);
    let client = Client::new(&base);

    let answer = client.with_bearer("t0").post("/users?x=1", json!({"a": [1]})).await.expect(200);
    assert_eq!(answer.text_at("/name"), "ada");
    client.with_api_key("k0").get("/users").await.expect(200);

    let requests = serving.join().unwrap();
    assert!(requests[0].starts_with("POST /users?x=1 HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].contains("authorization: Bearer t0\r\n"), "{}", requests[0]);
    assert!(requests[0].ends_with(r#"{"a":[1]}"#), "{}", requests[0]);
    assert!(requests[1].contains("x-api-key: k0\r\n"), "{}", requests[1]);
    assert!(!requests[1].contains("authorization"), "{}", requests[1]);
}

#[tokio::test]
async fn keeps_cookies_until_they_are_taken_back() {
    let set = "204 No Content\r\nset-cookie: a=1; Path=/; Secure\r\nset-cookie: b=2";
    let unset = "204 No Content\r\nset-cookie: a=; Max-Age=0";
    let (base, serving) = serve([set, unset, "204 No Content"].map(|h| (h, String::new())).into());
    let browser = Client::new(&base).with_cookies();
    for _ in 0..3 {
        browser.get("/").await.expect(204);
    }
    assert_eq!((browser.cookie("a"), browser.cookie("b").as_deref()), (None, Some("2")));
    let requests = serving.join().unwrap();
    assert!(!requests[0].contains("cookie"), "{}", requests[0]);
    assert!(requests[1].contains("cookie: a=1; b=2\r\n"), "{}", requests[1]);
    assert!(requests[2].contains("cookie: b=2\r\n"), "{}", requests[2]);
}

#[tokio::test]
async fn reads_problems_text_and_nothing() {
    let problem = json!({"status": 422, "errors": [{"pointer": "/name", "detail": "too long"}]});
    let (base, _serving) = serve(vec![
        (
            "422 Unprocessable Content\r\ncontent-type: application/problem+json",
            problem.to_string(),
        ),
        ("200 OK\r\ncontent-type: text/plain", "plain".to_owned()),
        ("302 Found\r\nlocation: /elsewhere", String::new()),
    ]);
    let client = Client::new(&base);
    assert_eq!(client.get("/").await.expect(422).problem_pointer(), Some("/name"));
    assert_eq!(client.get("/").await.expect(200).body, json!("plain"));
    let redirect = client.get("/").await.expect(302);
    assert_eq!((redirect.header("location"), redirect.body.is_null()), (Some("/elsewhere"), true));
}

#[tokio::test]
#[should_panic(
    expected = "DELETE /users/ada: expected 204, got 403 Forbidden\n{\n  \"detail\": \"no\"\n}"
)]
async fn an_unexpected_status_is_told_in_full() {
    let answer = ("403 Forbidden\r\ncontent-type: application/json", json!({"detail": "no"}));
    let (base, _serving) = serve(vec![(answer.0, answer.1.to_string())]);
    Client::new(&base).delete("/users/ada").await.expect(204);
}
