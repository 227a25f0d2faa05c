//! What a read costs on this machine, where each tells where the next one is: what a decision on a large world waits for,
//! whatever it computes.

use std::cell::Cell;

use bench::random::Random;

use crate::{measure, report::Row, row, shared};

/// As much as a line of the processor's cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(u32);

/// One read after the other over so many bytes, at random.
pub fn measure(bytes: usize, seed: u64) -> Row {
    let lines = chain(bytes / size_of::<Line>(), seed);
    let at = Cell::new(0);
    // Eight at a time: one alone is too short for the clock.
    let times = measure::times(lines.len(), |_| {
        (0..8).for_each(|_| at.set(lines[at.get() as usize].0));
        at.get()
    });
    row("one read at random, as a measure", shared(times, 8), format!("over {} MiB", bytes >> 20))
}

/// A chain that comes by every line once (Sattolo, *An algorithm to generate a random cyclic permutation*, 1986).
fn chain(count: usize, seed: u64) -> Vec<Line> {
    let random = &mut Random::new(seed);
    let count = u32::try_from(count).expect("few lines");
    let mut lines: Vec<Line> = (0..count).map(Line).collect();
    for at in (1..count).rev() {
        lines.swap(at as usize, random.below(at) as usize);
    }
    lines
}
