//! Times and memory.

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

/// How long a mean is measured for, at least.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
/// How many single questions are timed.
const SINGLES: usize = 400_000;
/// Several means; the middle one is told.
const RUNS: usize = 5;

/// How many questions for a world of this size: so many that what they touch does not stay in the nearer caches.
pub fn questions(nodes: u32) -> usize {
    if nodes > 1_000_000 { 262_144 } else { 32_768 }
}

/// The times of a question, in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Of processor time, without a clock in between: what else the machine does is not in it.
    pub mean: f64,
    /// One by one, the reading of the clock taken off.
    pub median: u64,
    /// Of a hundred, the slowest but one.
    pub p99: u64,
}

/// Asks the questions one after the other, over and over.
pub fn times<T>(questions: usize, ask: impl Fn(usize) -> T) -> Times {
    (0..questions.min(2_000)).for_each(|at| drop(black_box(ask(at))));
    let mut means: Vec<f64> = (0..RUNS).map(|_| mean(questions, &ask)).collect();
    means.sort_unstable_by(f64::total_cmp);
    let clock = sorted(questions, |_| ());
    let single = sorted(questions, &ask);
    let at = |permille: usize| single[(single.len() - 1) * permille / 1000];
    let clock = clock[clock.len() / 2];
    Times {
        mean: means[RUNS / 2],
        median: nanoseconds(at(500).saturating_sub(clock)),
        p99: nanoseconds(at(990).saturating_sub(clock)),
    }
}

fn mean<T>(questions: usize, ask: &impl Fn(usize) -> T) -> f64 {
    let start = worked();
    let mut asked = 0_u32;
    let mut at = 0;
    loop {
        // Looks at the clock every now and then, so that slow and fast ones run about as long.
        for _ in 0..64 {
            drop(black_box(ask(at)));
            at = if at + 1 == questions { 0 } else { at + 1 };
        }
        asked += 64;
        let so_far = worked() - start;
        let long = so_far > LONG_ENOUGH / u32::try_from(RUNS).unwrap_or(1);
        if long && (asked as usize >= questions || so_far > LONG_ENOUGH) {
            return so_far.as_secs_f64() * 1e9 / f64::from(asked);
        }
    }
}

/// The processor time of this thread.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a time that is not negative")
}

fn sorted<T>(questions: usize, ask: impl Fn(usize) -> T) -> Vec<Duration> {
    let end = Instant::now() + 2 * LONG_ENOUGH;
    let mut times = Vec::with_capacity(SINGLES);
    for at in 0..SINGLES {
        let start = Instant::now();
        drop(black_box(ask(at % questions)));
        let now = Instant::now();
        times.push(now - start);
        if now > end {
            break;
        }
    }
    times.sort_unstable();
    times
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The memory of this process that is in use, in bytes.
pub fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = text.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a number");
    pages * 4096
}
