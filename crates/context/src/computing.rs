//! Questions that take the processor for a while: only a few run at a time, none for long, and none on the threads that
//! serve the others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kernel::{Problem, ProblemKind};
use tokio::sync::Semaphore;

/// How long one waits for its turn.
const QUEUE: Duration = Duration::from_secs(5);

/// The turns of this server: as many as half of the processors, at least one.
#[derive(Debug, Clone)]
pub struct Computing {
    turns: Arc<Semaphore>,
    queue: Duration,
}

/// Tells whether anybody still waits for the answer.
#[derive(Debug, Clone, Default)]
pub struct Awaited(Arc<AtomicBool>);

impl Awaited {
    /// Whether the work goes on.
    pub fn goes_on(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// Ends the work when nobody waits for it any more.
struct Waiting(Awaited);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Default for Computing {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |number| number.get());
        Self { turns: Arc::new(Semaphore::new((processors / 2).max(1))), queue: QUEUE }
    }
}

impl Computing {
    /// Does the work; `None` if it takes longer than this, or ends itself when told to. 503 if it does not get its turn.
    pub async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce(&Awaited) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, Problem> {
        let turn = tokio::time::timeout(self.queue, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.map_err(Problem::internal)?;
        let awaited = Awaited::default();
        let _waiting = Waiting(awaited.clone());
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&awaited)
        });
        match tokio::time::timeout(patience, done).await {
            Ok(done) => done.map_err(Problem::internal),
            Err(_) => Ok(None),
        }
    }
}

fn busy() -> Problem {
    Problem::new(ProblemKind::Unavailable, "Others ask such questions at this moment.")
        .retry_after(5)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn computing() -> Computing {
        Computing { turns: Arc::new(Semaphore::new(1)), queue: Duration::from_millis(10) }
    }

    #[tokio::test]
    async fn work_that_takes_too_long_is_told_to_stop() {
        let computing = computing();
        let (ended, end) = mpsc::channel();
        let work = move |awaited: &Awaited| {
            while awaited.goes_on() {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
            Some(1)
        };
        assert_eq!(computing.run(Duration::from_millis(10), work).await.unwrap(), None);
        end.recv().unwrap();
        // Its turn is free again.
        assert_eq!(computing.run(Duration::from_secs(9), |_| Some(2)).await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn who_does_not_get_a_turn_is_told_to_come_back() {
        let computing = computing();
        let _turn = computing.turns.clone().acquire_owned().await.unwrap();
        let refused = computing.run(Duration::from_secs(1), |_| Some(1)).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Unavailable);
    }
}
