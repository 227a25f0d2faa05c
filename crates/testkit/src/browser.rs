//! A real browser: Chromium without a window, driven by its DevTools protocol over two pipes.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Chromium reads commands on descriptor 3 and answers on 4; what it prints must not come between.
const START: &str = r#"exec chromium "$@" 3<&0 4>&1 0</dev/null 1>&2"#;
const FLAGS: [&str; 11] = [
    "--remote-debugging-pipe",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "about:blank",
];
/// How long anything may take. Two browsers at once on a busy machine are slow to start.
const LIMIT: Duration = Duration::from_secs(60);

/// A browser with one page. It has nothing that another one had before, and ends when it is dropped.
pub struct Browser {
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// The page that is open.
    page: Option<String>,
    last_id: u64,
    /// What happened and nobody has asked for.
    events: Vec<String>,
    _child: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start; `build/require.sh chromium chromium` installs it.
    pub async fn start() -> Self {
        or_fail(Self::begin().await)
    }

    /// Opens an address in the page, and waits until it is there.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub async fn open(&mut self, url: &str) {
        or_fail(self.navigate(url).await.with_context(|| format!("opening {url}")));
    }

    /// Runs the body of an async function in the page, and gives back what it returns, or what it throws as text.
    ///
    /// # Panics
    /// When the browser does not answer.
    pub async fn run(&mut self, body: &str) -> Result<Value, String> {
        let expression = format!("(async () => {{ {body} }})()");
        let input = json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let answer = self.call("Runtime.evaluate", input).await;
        match answer.pointer("/exceptionDetails") {
            None => Ok(answer["result"]["value"].clone()),
            Some(thrown) => {
                let text = thrown.pointer("/exception/description").unwrap_or(thrown);
                Err(text.as_str().map_or_else(|| text.to_string(), str::to_owned))
            }
        }
    }

    /// Calls a method of the DevTools protocol for the page.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn call(&mut self, method: &str, input: Value) -> Value {
        or_fail(self.ask(method, input).await)
    }

    /// A virtual authenticator that is part of the machine, with room for passkeys that it names itself. It verifies its
    /// user, who is there and is the right one, if it `verifies`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_authenticator(&mut self, verifies: bool) -> String {
        self.call("WebAuthn.enable", json!({"enableUI": false})).await;
        let options = json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": verifies, "isUserVerified": verifies, "automaticPresenceSimulation": true});
        let added =
            self.call("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await;
        added["authenticatorId"].as_str().unwrap_or_default().to_owned()
    }

    async fn begin() -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let mut child = Command::new("sh")
            .args(["-c", START, "chromium", &folder])
            .args(FLAGS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromium (build/require.sh chromium chromium installs it)")?;
        let commands = child.stdin.take().context("no pipe to the browser")?;
        let answers = BufReader::new(child.stdout.take().context("no pipe from the browser")?);
        let mut browser = Self {
            commands,
            answers,
            page: None,
            last_id: 0,
            events: Vec::new(),
            _child: child,
            _profile: profile,
        };
        let made = browser.ask("Target.createTarget", json!({"url": "about:blank"})).await?;
        let attach = json!({"targetId": made["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", attach).await?;
        browser.page = attached["sessionId"].as_str().map(str::to_owned);
        browser.ask("Page.enable", json!({})).await?;
        // Passkeys are for the page that somebody looks at.
        browser.ask("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).await?;
        Ok(browser)
    }

    async fn navigate(&mut self, url: &str) -> anyhow::Result<()> {
        self.events.clear();
        let answer = self.ask("Page.navigate", json!({"url": url})).await?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("{error}");
        }
        let mut arrived = self.events.iter().any(|event| event == "Page.loadEventFired");
        while !arrived {
            arrived = self.message().await?["method"] == "Page.loadEventFired";
        }
        Ok(())
    }

    async fn ask(&mut self, method: &str, input: Value) -> anyhow::Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        let mut command = json!({"id": id, "method": method, "params": input});
        if let Some(page) = &self.page {
            command["sessionId"] = json!(page);
        }
        let mut text = command.to_string().into_bytes();
        text.push(0);
        self.commands
            .write_all(&text)
            .await
            .with_context(|| format!("{method}: the browser has ended"))?;
        loop {
            let message = self.message().await.with_context(|| method.to_owned())?;
            if message["id"] != json!(id) {
                self.events.extend(message["method"].as_str().map(str::to_owned));
                continue;
            }
            return match message.get("error") {
                None => Ok(message["result"].clone()),
                Some(error) => Err(anyhow!("{method}: {error}")),
            };
        }
    }

    async fn message(&mut self) -> anyhow::Result<Value> {
        let mut text = Vec::new();
        let read = self.answers.read_until(0, &mut text);
        let length = tokio::time::timeout(LIMIT, read).await.context("no answer in time")??;
        if length == 0 {
            bail!("the browser has ended");
        }
        text.pop();
        Ok(serde_json::from_slice(&text)?)
    }
}

#[expect(clippy::panic, reason = "a test without its browser must fail, with the cause")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_script_runs_in_a_page() {
        let mut browser = Browser::start().await;
        browser.open("data:text/html,<title>here</title>").await;
        assert_eq!(browser.run("return document.title + (await 1)").await.unwrap(), "here1");
        let thrown = browser.run("throw new TypeError('no')").await.unwrap_err();
        assert!(thrown.starts_with("TypeError: no"), "{thrown}");
    }
}
