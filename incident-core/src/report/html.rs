//! A report as one HTML file: no script, nothing from elsewhere, and all that people wrote as text.

use std::time::Duration;

use super::Report;
use super::chart::{Bar, bars};
use super::table::{Cell, DAYS, HOURS, Table, tables};
use crate::figures::Figures;
use crate::text::visible;
use crate::view::{Arg, Locale, Phrase, Span};

const STYLE: &str = include_str!("style.css");

/// Writes a report as a page, in the words of a language.
pub fn html(report: &Report, locale: &Locale) -> String {
    let figures = &report.figures;
    let zone = figures.window.zone();
    let days = report.days(locale);
    let title = escaped(&report.title);
    let as_of = Arg::from(zone.written(figures.as_of));
    let about = [("days", days.as_str().into()), ("zone", zone.to_string().into()), ("at", as_of)];
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}, {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>{}</p>\n",
        escaped(locale.tag()),
        escaped(&days),
        escaped(&said(locale, Phrase::ReportAbout, &about)),
    );
    for table in tables(report, locale) {
        page.push_str(&section((figures, locale), &table));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn said(locale: &Locale, phrase: Phrase, args: &[(&str, Arg)]) -> String {
    locale.line(phrase, args).iter().map(Span::as_plain).collect()
}

fn section((figures, locale): (&Figures, &Locale), table: &Table) -> String {
    let mut out = format!(
        "<section id=\"{}\">\n<h2>{}</h2>\n<p>{}</p>\n",
        table.name,
        escaped(&table.title),
        escaped(&table.note)
    );
    if let Some(chart) = chart((figures, locale), table) {
        out.push_str(&chart);
        out.push('\n');
    }
    if table.rows.is_empty() {
        out.push_str(&format!("<p>{}</p>\n</section>\n", escaped(&locale.text(Phrase::ReportNothing))));
        return out;
    }
    out.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    for column in &table.columns {
        out.push_str(&format!("<th scope=\"col\">{}</th>", escaped(column)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            let value = shown(cell);
            let cell = if index == 0 {
                format!("<th scope=\"row\">{value}</th>")
            } else {
                format!("<td>{value}</td>")
            };
            out.push_str(&cell);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n</section>\n");
    out
}

fn chart((figures, locale): (&Figures, &Locale), table: &Table) -> Option<String> {
    let reported = locale.text(Phrase::ReportReported);
    let resolved = locale.text(Phrase::ReportResolved);
    let list: Vec<Bar> = match table.name {
        DAYS => figures
            .days
            .iter()
            .map(|day| Bar {
                label: day.date.to_string().split_off(5),
                values: vec![(reported.clone(), day.reported), (resolved.clone(), day.resolved)],
            })
            .collect(),
        HOURS => (0..24)
            .map(|hour| Bar {
                label: format!("{hour:02}"),
                values: vec![(reported.clone(), figures.hours.iter().map(|day| day[hour]).sum())],
            })
            .collect(),
        _ => return None,
    };
    Some(bars(&table.title, &list))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => escaped(words),
        Cell::Count(count) => count.to_string(),
        Cell::Share(_, 0) | Cell::Empty => "–".to_owned(),
        Cell::Share(part, all) => format!("{:.1} %", *part as f64 * 100.0 / *all as f64),
        Cell::Time(time) => clock(*time),
        Cell::MoreCount(more) => format!("{}{}", sign(*more), more.unsigned_abs()),
        Cell::MoreShare(more) => {
            let tenths = (more * 1_000.0).round() as i64;
            format!("{}{:.1} pp", sign(tenths), tenths.unsigned_abs() as f64 / 10.0)
        }
        Cell::MoreTime(secs) => {
            format!("{}{}", sign(*secs), clock(Duration::from_secs(secs.unsigned_abs())))
        }
    }
}

const fn sign(number: i64) -> &'static str {
    match number {
        1.. => "+",
        0 => "±",
        ..0 => "−",
    }
}

/// Writes a time as hours, minutes and seconds, rounded down.
fn clock(time: Duration) -> String {
    let secs = time.as_secs();
    format!("{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// Makes text of whatever it is, in elements and in quoted attributes.
///
/// Characters that reverse or hide the text around them are written out, so that a name cannot disguise a number.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_wherever_it_stands() {
        assert_eq!(
            escaped("<script>alert('x')</script> & \"q\""),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;"
        );
        assert_eq!(escaped("truck \u{202e}21"), "truck ⟨U+202E⟩21");
    }

    #[test]
    fn a_time_is_written_to_the_second() {
        assert_eq!(
            [59, 3_661, 360_000].map(|secs| clock(Duration::from_secs(secs))),
            ["0:00:59", "1:01:01", "100:00:00"]
        );
    }
}
