//! Requests as they are typed: clients normalise what attackers do not.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// What came back.
#[derive(Debug)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// What the backend was sent, if it was reached.
    pub backend: Option<Value>,
}

impl RawAnswer {
    /// The values of a header that the backend was sent.
    pub fn sent(&self, name: &str) -> Vec<&str> {
        let headers = self.backend.as_ref().and_then(|told| told["headers"].as_array());
        let pairs = headers.into_iter().flatten().filter(|pair| pair[0] == name);
        pairs.filter_map(|pair| pair[1].as_str()).collect()
    }
}

/// Sends a request line and headers to a port of this machine, and reads to the end.
pub async fn send(port: u16, line: &str, headers: &[(&str, &str)]) -> RawAnswer {
    let mut text = format!("{line} HTTP/1.1\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("Connection: close\r\n\r\n");
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // Some close hard once they have refused.
        let _ = stream.read_to_end(&mut bytes).await;
        bytes
    };
    let bytes = timeout(Duration::from_secs(30), exchange).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    // The body may come in chunks; what the backend tells is one line of JSON.
    let json = body.lines().find(|line| line.starts_with("{\"backend\""));
    let backend = json.map(|line| serde_json::from_str(line).unwrap());
    RawAnswer { status, head: head.to_owned(), backend }
}
