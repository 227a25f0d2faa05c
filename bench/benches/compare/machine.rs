//! Where it was measured.

use std::fs;

/// Cores, processor and memory, in one line.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kibibytes: u64 = memory.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    format!("{cores} cores ({model}), {} GiB", kibibytes >> 20)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
