//! Hashing on threads of its own, so that it neither holds up other requests nor takes all cores; what does not fit into
//! the queue is told to come again.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};

use context::System;
use kernel::{Problem, ProblemKind};
use protocol::password::{self, Argon2Cost, Memory, PasswordHash, PasswordTooLong, Verdict};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Work, with the memory that the thread keeps.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// How many hashes may wait for each thread: about a second of work.
const WAITING: usize = 32;

/// The threads that hash.
pub struct Hasher {
    cost: Argon2Cost,
    queue: Mutex<Option<SyncSender<Job>>>,
    /// As many as fit into the queue.
    room: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}

impl Hasher {
    /// As many threads as the machine has cores less one, at least one.
    pub fn spawn(cost: Argon2Cost) -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.saturating_sub(1).max(1);
        Self::spawn_some(cost, threads, threads * WAITING)
    }

    /// So many threads, and a queue of that length.
    pub fn spawn_some(cost: Argon2Cost, threads: usize, waiting: usize) -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(waiting);
        let receiver = Arc::new(Mutex::new(receiver));
        let spawn = |number: usize| {
            let receiver = receiver.clone();
            thread::Builder::new().name(format!("hasher-{number}")).spawn(move || work(&receiver))
        };
        let threads = (0..threads.max(1)).map(spawn).collect::<io::Result<Vec<_>>>()?;
        let (queue, room) = (Mutex::new(Some(sender)), Arc::new(Semaphore::new(waiting.max(1))));
        Ok(Self { cost, queue, room, threads: Mutex::new(threads) })
    }

    /// A place in the queue, for as long as it is held: asked for before the work that leads to a hash, which would be
    /// for nothing. 503 if there is none.
    pub(crate) fn admit(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.room.clone().try_acquire_owned().map_err(|_| too_many())
    }

    /// Ends the threads when what waits is done. Blocks until then; later calls of the others answer 503.
    pub fn shutdown(&self) {
        drop(lock(&self.queue).take());
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // A thread's panic was answered where its work was asked for.
            let _ = thread.join();
        }
    }

    /// Hashes a password. 422 if it is over 4 KiB, 503 if too much waits.
    pub async fn hash(
        &self,
        system: &Arc<System>,
        password: SecretString,
    ) -> Result<PasswordHash, Problem> {
        let (cost, system) = (self.cost, system.clone());
        let hashed = self
            .run(move |memory| password::hash(&password, &cost, system.entropy(), memory))
            .await?;
        hashed.map_err(too_long)
    }

    /// Verifies a password; without a stored hash it does the work for nobody, which never matches. 422 if the password
    /// is over 4 KiB, 503 if too much waits.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, Problem> {
        let cost = self.cost;
        let verified = self
            .run(move |memory| match stored {
                Some(stored) => password::verify(&password, &stored, &cost, memory),
                None => password::verify_nobody(&password, &cost, memory),
            })
            .await?;
        verified.map_err(too_long)
    }

    /// Runs work in its turn. 503 if too much waits.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, answered) = oneshot::channel();
        let job = move |memory: &mut Memory| {
            // Nobody waits any more: the work would be for nothing.
            if !answer.is_closed() {
                let _ = answer.send(work(memory));
            }
        };
        self.send(Box::new(job))?;
        answered.await.map_err(|_| Problem::internal("a hashing thread panicked or was ended"))
    }

    fn send(&self, job: Job) -> Result<(), Problem> {
        let sent = match &*lock(&self.queue) {
            Some(queue) => queue.try_send(job),
            None => Err(TrySendError::Disconnected(job)),
        };
        sent.map_err(|_| too_many())
    }
}

/// The answer when more is to be hashed than can be.
pub(crate) fn too_many() -> Problem {
    Problem::new(ProblemKind::Unavailable, "Too many sign-ins at once.").retry_after(2)
}

/// One job after the other, until there will be no more.
fn work(receiver: &Mutex<Receiver<Job>>) {
    let mut memory = Memory::default();
    while let Some(job) = next(receiver, &mut memory) {
        // The one who asked learns it by the closed channel; the thread lives on.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

fn next(receiver: &Mutex<Receiver<Job>>, memory: &mut Memory) -> Option<Job> {
    // Who has the lock for longer waits for a job: then there is none.
    if let Ok(receiver) = receiver.try_lock()
        && let Ok(job) = receiver.try_recv()
    {
        return Some(job);
    }
    memory.give_back();
    lock(receiver).recv().ok()
}

/// The answer to a password that is not even looked at.
pub(crate) fn too_long(error: PasswordTooLong) -> Problem {
    Problem::invalid("/password", error)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    fn hasher(waiting: usize) -> Hasher {
        Hasher::spawn_some(Argon2Cost::default(), 1, waiting).unwrap()
    }

    #[test]
    fn there_is_room_for_as_many_as_wait() {
        let hasher = Hasher::spawn_some(Argon2Cost::default(), 1, 2).unwrap();
        let (_one, two) = (hasher.admit().unwrap(), hasher.admit().unwrap());
        assert_eq!(hasher.admit().unwrap_err().retry_after_seconds(), Some(2));
        drop(two);
        assert!(hasher.admit().is_ok());
    }

    #[tokio::test]
    async fn nobody_never_matches_and_too_long_is_refused() {
        let hasher = hasher(4);
        let verdict = hasher.verify("x".into(), None).await.unwrap();
        assert_eq!(verdict, Verdict::NoMatch);
        let refused = hasher.verify("x".repeat(5000).into(), None).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Invalid);
    }

    #[tokio::test]
    async fn a_full_queue_is_told_to_come_again() {
        let hasher = Arc::new(hasher(1));
        let (release, wait) = channel::<()>();
        let (started, has_started) = channel::<()>();
        hasher
            .send(Box::new(move |_| {
                started.send(()).unwrap();
                wait.recv().unwrap();
            }))
            .unwrap();
        has_started.recv().unwrap();
        hasher.send(Box::new(|_| {})).unwrap();
        let refused = hasher.verify("x".into(), None).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Unavailable);
        assert_eq!(refused.retry_after_seconds(), Some(2));
        release.send(()).unwrap();
        hasher.shutdown();
        assert_eq!(
            hasher.verify("x".into(), None).await.unwrap_err().kind(),
            ProblemKind::Unavailable
        );
    }

    #[tokio::test]
    async fn a_panic_ends_the_job_and_not_the_thread() {
        let hasher = hasher(4);
        let failed: Result<(), Problem> = hasher.run(|_| panic!("on purpose")).await;
        assert_eq!(failed.unwrap_err().kind(), ProblemKind::Internal);
        assert_eq!(hasher.run(|_| 7).await.unwrap(), 7);
    }
}
