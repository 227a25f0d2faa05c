//! A wire between the server and PostgreSQL that can be cut at the worst moment.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use store::Target;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Weather {
    /// Everything passes.
    Fine = 0,
    /// The next COMMIT arrives, its answer does not; then all is fine.
    LosesAnswer = 1,
    /// The next COMMIT does not arrive; then all is fine.
    LosesCommit = 2,
    /// The next COMMIT arrives, its answer does not, and nothing passes after it.
    LosesAnswerAndDies = 3,
    /// Nothing passes.
    Dead = 4,
}

/// The wire.
#[derive(Clone)]
pub struct Wire {
    weather: Arc<AtomicU8>,
    /// The database, through the wire.
    pub target: Target,
}

impl Wire {
    /// A wire to this database.
    pub async fn to(target: &Target) -> Self {
        let Target::Postgres(url) = target else { panic!("PostgreSQL") };
        let (before, rest) = url.split_once('@').unwrap();
        let (host, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let wire = Self {
            weather: Arc::default(),
            target: Target::Postgres(format!("{before}@{here}/{name}")),
        };
        tokio::spawn(wire.clone().accept(listener, host.to_owned()));
        wire
    }

    /// From now on.
    pub fn set(&self, weather: Weather) {
        self.weather.store(weather as u8, Ordering::SeqCst);
    }

    fn is(&self, weather: Weather) -> bool {
        self.weather.load(Ordering::SeqCst) == weather as u8
    }

    async fn accept(self, listener: TcpListener, host: String) {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            if !self.is(Weather::Dead) {
                let server = TcpStream::connect(&host).await.unwrap();
                tokio::spawn(self.clone().pass(client, server));
            }
        }
    }

    /// Ends when either side does, or the wire is cut.
    async fn pass(self, mut client: TcpStream, mut server: TcpStream) {
        let (mut up, mut down) = ([0; 16384], [0; 16384]);
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let Ok(count @ 1..) = read else { return };
                    let commits = up[..count].windows(6).any(|bytes| bytes == b"COMMIT");
                    if commits && self.is(Weather::LosesCommit) {
                        return self.set(Weather::Fine);
                    }
                    if self.is(Weather::Dead) || server.write_all(&up[..count]).await.is_err() {
                        return;
                    }
                    let after = if self.is(Weather::LosesAnswer) { Weather::Fine } else { Weather::Dead };
                    if commits && !self.is(Weather::Fine) {
                        // It has happened when PostgreSQL answers.
                        let _ = server.read(&mut down).await;
                        return self.set(after);
                    }
                }
                read = server.read(&mut down) => {
                    let Ok(count @ 1..) = read else { return };
                    if self.is(Weather::Dead) || client.write_all(&down[..count]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
