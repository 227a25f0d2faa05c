//! A network that misbehaves: passes bytes between a client and a server until it is told to say nothing, as a firewall
//! that has forgotten a connection does. Neither side notices.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How much of what a client says first is remembered, to tell connections apart.
const BEGINNING: usize = 2048;

/// A proxy on loopback. Dropping it closes all connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    links: Links,
    new_are_silent: watch::Sender<bool>,
    task: AbortHandle,
}

type Links = Arc<Mutex<Vec<Link>>>;

#[derive(Debug)]
struct Link {
    beginning: Arc<Mutex<Vec<u8>>>,
    silent: watch::Sender<bool>,
    tasks: Vec<AbortHandle>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        lock(&self.links).clear();
    }
}

impl Proxy {
    /// Passes on to this address.
    ///
    /// # Panics
    /// When no port can be had.
    #[expect(clippy::panic, reason = "a test without its network must fail")]
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port for the proxy: {error}"));
        let address = listener.local_addr();
        let address = address.unwrap_or_else(|error| panic!("no port for the proxy: {error}"));
        let links = Links::default();
        let (new_are_silent, silent) = watch::channel(false);
        let task = tokio::spawn(accept(listener, server, links.clone(), silent)).abort_handle();
        Self { address, links, new_are_silent, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says nothing any more on the connections that there are, in either direction, if the client's first words contain
    /// `text`. Tells how many.
    #[must_use]
    pub fn silence(&self, text: &str) -> usize {
        let links = lock(&self.links);
        let chosen = links.iter().filter(|link| contains(&lock(&link.beginning), text));
        chosen.map(|link| link.silent.send_replace(true)).filter(|was| !was).count()
    }

    /// Takes new connections, or lets them wait for an answer for ever.
    pub fn silence_new(&self, silent: bool) {
        self.new_are_silent.send_replace(silent);
    }

    /// Goes on where it stopped.
    pub fn speak(&self) {
        self.silence_new(false);
        for link in lock(&self.links).iter() {
            link.silent.send_replace(false);
        }
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    links: Links,
    new_are_silent: watch::Receiver<bool>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(server).await else { continue };
        let beginning = Arc::new(Mutex::new(Vec::new()));
        let (silent, seen) = watch::channel(*new_are_silent.borrow());
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let up = pass(from_client, to_server, seen.clone(), Some(beginning.clone()));
        let down = pass(from_server, to_client, seen, None);
        let tasks = [tokio::spawn(up), tokio::spawn(down)].map(|task| task.abort_handle()).into();
        lock(&links).push(Link { beginning, silent, tasks });
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut silent: watch::Receiver<bool>,
    beginning: Option<Arc<Mutex<Vec<u8>>>>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if let Some(beginning) = &beginning {
            let mut beginning = lock(beginning);
            let room = BEGINNING.saturating_sub(beginning.len()).min(read);
            beginning.extend_from_slice(&buffer[..room]);
        }
        if silent.wait_for(|silent| !silent).await.is_err()
            || to.write_all(&buffer[..read]).await.is_err()
        {
            return;
        }
    }
    // The end is a word too.
    let _ = silent.wait_for(|silent| !silent).await;
}

fn contains(bytes: &[u8], text: &str) -> bool {
    text.is_empty() || bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A server that says what it is told.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        address
    }

    async fn says(stream: &mut TcpStream, word: &[u8]) -> bool {
        stream.write_all(word).await.unwrap();
        hears(stream, word).await
    }

    async fn hears(stream: &mut TcpStream, word: &[u8]) -> bool {
        let mut answer = vec![0; word.len()];
        let read = tokio::time::timeout(Duration::from_millis(300), stream.read_exact(&mut answer));
        matches!(read.await, Ok(Ok(_))) && answer == word
    }

    #[tokio::test]
    async fn one_connection_falls_silent_and_speaks_again() {
        let proxy = Proxy::to(echo().await).await;
        let mut one = TcpStream::connect(proxy.address()).await.unwrap();
        let mut other = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says(&mut one, b"I am one").await && says(&mut other, b"I am another").await);
        assert_eq!(proxy.silence("am one"), 1);
        assert!(!says(&mut one, b"lost").await);
        assert!(says(&mut other, b"heard").await);
        proxy.speak();
        assert!(hears(&mut one, b"lost").await);
    }

    #[tokio::test]
    async fn new_ones_may_be_silent_too() {
        let proxy = Proxy::to(echo().await).await;
        proxy.silence_new(true);
        let mut late = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(!says(&mut late, b"hello").await);
        proxy.speak();
        assert!(hears(&mut late, b"hello").await);
    }
}
