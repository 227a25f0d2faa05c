//! `portcullis calibrate`: what hashing costs on this machine.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use protocol::password::{Argon2Cost, Memory};
use secrecy::SecretString;
use serde_json::json;

use super::{failure::Failed, output::Output};
use crate::settings::PASSWORD_HASH_COST;

/// What hashing a password may cost.
#[derive(Debug, Args)]
pub struct Calibrate {
    /// How long the hash of a password should take, in milliseconds.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(5..=2000))]
    pub milliseconds: u64,
    /// How much memory each hash may take, in MiB: each thread that hashes keeps as much.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(19..=256))]
    pub memory: u32,
}

/// The shortest of so many is taken: what came between was somebody else's work.
const TRIES: u32 = 3;
/// The least memory that is proposed, in KiB: what is usual.
const LEAST: u32 = 19_456;

/// Measures, and prints the setting.
pub fn run(arguments: &Calibrate, output: Output) -> Result<ExitCode, Failed> {
    let target = Duration::from_millis(arguments.milliseconds);
    let (cost, time) = propose(target, arguments.memory * 1024, &mut measure);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.saturating_sub(1).max(1);
    let a_second = f64::from(u32::try_from(threads).unwrap_or(1)) / time.as_secs_f64();
    let memory = threads as u64 * u64::from(cost.memory()) / 1024;
    let answer = json!({
        "setting": PASSWORD_HASH_COST.key, "value": cost.to_string(),
        "milliseconds": millis(time), "threads": threads,
        "sign_ins_per_second": (a_second * 10.0).round() / 10.0, "memory_mib": memory,
    });
    output.show(&answer, || {
        format!(
            "A hash with {cost} takes {:.1} ms here (asked for: {:.1} ms).\n\
             {threads} thread(s) that hash: about {a_second:.0} sign-ins a second, in {memory} MiB.\n\
             In portcullis.toml, the same on all servers:\n\n    {} = \"{cost}\"",
            millis(time),
            millis(target),
            PASSWORD_HASH_COST.key,
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// The cost whose time is the longest within the target, and that time. Memory is worth more than passes (RFC 9106,
/// section 4), so it grows first, to the most that is allowed; then passes. Never below what is safe, however slow the
/// machine.
fn propose(
    target: Duration,
    most_memory: u32,
    measure: &mut impl FnMut(Argon2Cost) -> Duration,
) -> (Argon2Cost, Duration) {
    let least = Argon2Cost::default();
    let mut best = (least, measure(least));
    let memory = (1..).map(|step| LEAST * step / 2).skip(2).take_while(|m| *m < most_memory);
    let wider = memory.chain([most_memory]).filter(|m| *m > LEAST).map(|memory| (memory, 2));
    let longer = (3..=32).map(|passes| (most_memory, passes));
    for (memory, passes) in wider.chain(longer) {
        let Ok(cost) = Argon2Cost::new(memory, passes, 1) else { break };
        let time = measure(cost);
        if time > target {
            break;
        }
        best = (cost, time);
    }
    best
}

/// How long a hash takes, with memory that was used before, as the server's threads have it.
#[expect(clippy::disallowed_methods, reason = "the time that work takes is what is asked for")]
fn measure(cost: Argon2Cost) -> Duration {
    let mut memory = Memory::default();
    let password = SecretString::from("seventeen green bottles");
    let mut once = || {
        let start = Instant::now();
        // Nobody's password: the same work, and no randomness is needed.
        let verdict = protocol::password::verify_nobody(&password, &cost, &mut memory);
        std::hint::black_box(verdict.is_ok());
        start.elapsed()
    };
    once();
    (0..TRIES).map(|_| once()).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine that needs so many microseconds for a MiB and pass.
    fn proposed(micros: u32, target: u64, most_memory: u32) -> Argon2Cost {
        let mut measure = |cost: Argon2Cost| {
            Duration::from_micros(u64::from(cost.memory() / 1024 * cost.passes() * micros))
        };
        propose(Duration::from_millis(target), most_memory, &mut measure).0
    }

    #[test]
    fn memory_grows_before_passes() {
        assert_eq!(proposed(500, 50, 65_536).to_string(), "m=48640,t=2,p=1");
        assert_eq!(proposed(500, 64, 65_536).to_string(), "m=65536,t=2,p=1");
        assert_eq!(proposed(500, 130, 65_536).to_string(), "m=65536,t=4,p=1");
    }

    #[test]
    fn a_slow_machine_keeps_what_is_safe_and_a_fast_one_what_can_be_borne() {
        assert_eq!(proposed(1_000_000, 5, 65_536), Argon2Cost::default());
        let most = proposed(1, 2000, 262_144);
        assert_eq!(most.to_string(), "m=262144,t=4,p=1");
        assert_eq!(proposed(1, 2000, LEAST).to_string(), "m=19456,t=32,p=1");
    }

    #[test]
    fn a_hash_takes_time() {
        assert!(measure(Argon2Cost::default()) > Duration::ZERO);
    }
}
