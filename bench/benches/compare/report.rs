//! The figures as a table, and as files.

use std::{fs, io, path::Path};

use crate::{chart, machine, measure::Times};

/// A line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was asked.
    pub name: String,
    /// How long it took.
    pub times: Times,
    /// What else there is to say.
    pub note: String,
}

impl Row {
    /// For the process that collects them.
    pub fn print(&self) -> String {
        let Times { mean, median, p99 } = self.times;
        format!("{}\t{mean}\t{median}\t{p99}\t{}", self.name, self.note)
    }

    /// What [`Row::print`] printed.
    pub fn parse(line: &str) -> Self {
        let mut fields = line.split('\t');
        let mut next = || fields.next().expect("five fields");
        let (name, mean, median, p99, note) = (next(), next(), next(), next(), next());
        let number = |text: &str| text.parse().expect("a number");
        let mean = mean.parse().expect("a number");
        let times = Times { mean, median: number(median), p99: number(p99) };
        Self { name: name.to_owned(), times, note: note.to_owned() }
    }
}

/// All lines.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<(String, Row)>,
}

impl Report {
    /// Adds what was measured on a world.
    pub fn push(&mut self, world: &str, row: Row) {
        let (size, kind) = world.split_once(' ').unwrap_or((world, ""));
        let label = format!("{} {kind}", short(size.parse().unwrap_or(0)));
        eprintln!("{label}: {}", cells(&row, 1.0));
        self.rows.push((label, row));
    }

    /// The table, with the machine.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "Measured on {}, by `make bench`.\n\n| world | what | mean | median | p99 | against decide | |\n|---|---|---|---|---|---|---|\n",
            machine::describe()
        );
        for (world, row) in &self.rows {
            let decide = self.rows.iter().find(|(other, _)| other == world).map(|(_, row)| row);
            let ratio = decide.map_or(1.0, |decide| row.times.mean / decide.times.mean);
            text += &format!("| {world} | {} |\n", cells(row, ratio));
        }
        text
    }

    /// Writes table and chart.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let bars: Vec<(String, f64)> = self
            .rows
            .iter()
            .filter(|(_, row)| !row.name.ends_with("explain") && !row.name.ends_with("measure"))
            .map(|(world, row)| (format!("{world}: {}", row.name), row.times.mean))
            .collect();
        fs::write(directory.join("decide.svg"), chart::bars(&bars))?;
        fs::write(directory.join("decide.table.md"), self.markdown())
    }
}

fn cells(row: &Row, ratio: f64) -> String {
    let Times { mean, median, p99 } = row.times;
    let times = [mean, median as f64, p99 as f64].map(duration).join(" | ");
    let ratio = if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{ratio:.0}") };
    format!("{} | {times} | {ratio} | {}", row.name, row.note)
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

fn short(nodes: u32) -> String {
    match nodes {
        n if n >= 1_000_000 => format!("{} M", n / 1_000_000),
        n => format!("{} k", n / 1_000),
    }
}
