//! A report as comma-separated values: one value a line, so that each line has the same fields and any program can pick
//! what it wants.

use std::time::Duration;

use super::Report;
use super::table::{Cell, Table, tables};
use crate::text::visible;
use crate::view::Phrasebook;

/// Writes a report as RFC 4180 has it, with the fields `table`, `row`, `column`, `value`. Times are in seconds, shares
/// from 0 to 1, and words are English.
///
/// What people call themselves may look like a formula; such a field begins with an apostrophe, which spreadsheets
/// take as a sign of plain text.
pub fn csv(report: &Report) -> String {
    let figures = &report.figures;
    let window = &figures.window;
    let mut out = String::from("table,row,column,value\r\n");
    let (first, last) = report.ends();
    for (row, value) in [
        ("about", report.title.clone()),
        ("first day", first),
        ("last day", last),
        ("time zone", window.zone().to_string()),
        ("as of", figures.as_of.to_string()),
    ] {
        line(&mut out, ["report", row, ""], &field(&value));
    }
    let english = Phrasebook::new();
    tables(report, english.locale(None)).iter().for_each(|table| write(&mut out, table));
    out
}

fn write(out: &mut String, table: &Table) {
    for cells in &table.rows {
        let Some((Cell::Text(row), values)) = cells.split_first() else {
            continue;
        };
        for (column, cell) in table.columns.iter().skip(1).zip(values) {
            if let Some(value) = plain(cell) {
                line(out, [table.name, row, column], &value);
            }
        }
    }
}

/// Writes a value as a field. Numbers are ours: a spreadsheet may well take them for what they are.
fn plain(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(words) => Some(field(words)),
        Cell::Count(count) => Some(count.to_string()),
        Cell::Share(_, 0) | Cell::Empty => None,
        Cell::Share(part, all) => Some(format!("{:.6}", *part as f64 / *all as f64)),
        Cell::Time(time) => Some(seconds(*time)),
        Cell::MoreCount(more) | Cell::MoreTime(more) => Some(more.to_string()),
        Cell::MoreShare(more) => Some(format!("{more:.6}")),
    }
}

/// Writes seconds, with as many digits after the point as there are.
fn seconds(time: Duration) -> String {
    let text = format!("{}.{:06}", time.as_secs(), time.subsec_micros());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn line(out: &mut String, names: [&str; 3], value: &str) {
    for name in names {
        out.push_str(&field(name));
        out.push(',');
    }
    out.push_str(value);
    out.push_str("\r\n");
}

fn field(text: &str) -> String {
    let text = visible(text);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_cannot_end_early_nor_be_a_formula() {
        let cases = [
            ("Ann", "Ann"),
            ("Ann, \"the boss\"", "\"Ann, \"\"the boss\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
        ];
        for (text, written) in cases {
            assert_eq!(field(text), written, "{text}");
        }
    }

    #[test]
    fn seconds_are_exact_and_short() {
        let written =
            [0, 1_000_000, 1_500_000, 10_000_001].map(|micros| seconds(Duration::from_micros(micros)));
        assert_eq!(written, ["0", "1", "1.5", "10.000001"]);
    }
}
