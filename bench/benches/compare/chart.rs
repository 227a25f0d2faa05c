//! Bars on a logarithmic scale, as SVG.

use std::fmt::Write as _;

const LEFT: f64 = 330.0;
const WIDTH: f64 = 470.0;
const STEP: f64 = 26.0;
const TOP: f64 = 34.0;

/// A bar for each name, in nanoseconds.
pub fn bars(bars: &[(String, f64)]) -> String {
    let decades = bars.iter().map(|(_, value)| value.log10()).fold(1.0, f64::max).ceil();
    let x = |value: f64| LEFT + WIDTH * value.max(1.0).log10() / decades;
    let height = TOP + STEP * bars.len() as f64 + 10.0;
    let width = LEFT + WIDTH + 90.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for decade in 0..=decades as i32 {
        let value = 10_f64.powi(decade);
        let _ = writeln!(
            svg,
            "<line x1=\"{0}\" y1=\"{TOP}\" x2=\"{0}\" y2=\"{height}\" stroke=\"#ddd\"/><text x=\"{0}\" y=\"20\" text-anchor=\"middle\" fill=\"#555\">{1}</text>",
            x(value),
            label(value)
        );
    }
    for (at, (name, value)) in bars.iter().enumerate() {
        let y = TOP + STEP * at as f64 + 4.0;
        let own = name.contains("Portcullis");
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text><rect x=\"{LEFT}\" y=\"{y}\" width=\"{:.1}\" height=\"18\" fill=\"{}\"/><text x=\"{:.1}\" y=\"{}\">{}</text>",
            LEFT - 8.0,
            y + 13.0,
            x(*value) - LEFT,
            if own { "#1d6f5c" } else { "#b0b4ba" },
            x(*value) + 6.0,
            y + 13.0,
            label(*value)
        );
    }
    svg + "</svg>\n"
}

fn label(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.0} µs", n / 1e3),
        n => format!("{:.0} ms", n / 1e6),
    }
}
