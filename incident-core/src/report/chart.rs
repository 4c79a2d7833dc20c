//! Bars, drawn as SVG inside the page. Colours and fonts are those of the page, so that they suit its light and dark.

use std::fmt::Write as _;

use super::html::escaped;

const WIDTH: usize = 720;
const HEIGHT: usize = 160;

/// One place on the axis with its bars, drawn over one another.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) values: Vec<(String, u64)>,
}

/// Draws bars. Whoever cannot see them finds the numbers in the table beside.
pub(super) fn bars(title: &str, bars: &[Bar]) -> String {
    let most = bars.iter().flat_map(|bar| &bar.values).map(|(_, value)| *value).max().unwrap_or(0);
    let slot = WIDTH / bars.len().max(1);
    let mut svg = format!(
        "<svg role=\"img\" viewBox=\"0 0 {WIDTH} {}\" aria-label=\"{}\">",
        HEIGHT + 20,
        escaped(title)
    );
    let every = bars.len().div_ceil(16).max(1);
    for (index, bar) in bars.iter().enumerate() {
        let left = index * slot;
        for (kind, (name, value)) in bar.values.iter().enumerate() {
            // The tallest fills nine tenths, so that its number fits above.
            let height = (u128::from(*value) * (HEIGHT as u128 * 9 / 10) / u128::from(most.max(1))) as usize;
            let inset = (slot / 8 + kind * slot / 6).min(slot / 3);
            let width = slot.saturating_sub(2 * inset).max(1);
            write_to(
                &mut svg,
                format_args!(
                    "<rect class=\"b{kind}\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"><title>{}: {} {value}</title></rect>",
                    left + inset,
                    HEIGHT - height,
                    escaped(&bar.label),
                    escaped(name),
                ),
            );
        }
        if index % every == 0 {
            let middle = left + slot / 2;
            let label = escaped(&bar.label);
            write_to(&mut svg, format_args!("<text x=\"{middle}\" y=\"{}\">{label}</text>", HEIGHT + 15));
        }
    }
    write_to(&mut svg, format_args!("<path d=\"M0 {HEIGHT}H{WIDTH}\"/>"));
    if most > 0 {
        write_to(&mut svg, format_args!("<text class=\"most\" x=\"0\" y=\"10\">{most}</text>"));
    }
    svg.push_str("</svg>");
    svg
}

fn write_to(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}
