//! What `report` is given: about whom, about which days, in which form.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use incident_core::figures::{Date, Period, Weekday, Zone};
use incident_core::roster::WeekStart;

/// Holds the options of `report`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Report {
    /// Report on the company with this NAME or id; needed where there are several
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,

    /// Report on the group with this TITLE or id alone
    #[arg(long, value_name = "TITLE")]
    pub group: Option<String>,

    /// Report on the day, week or month that DATE lies in
    #[arg(long, value_name = "day|week|month", value_parser = |word: &str| word.parse::<Period>())]
    pub period: Period,

    /// A day of the period, such as 2026-03-02; today if left out
    #[arg(long, value_name = "DATE", value_parser = |word: &str| word.parse::<Date>())]
    pub at: Option<Date>,

    /// The time zone in which days begin; that of the group or of the installation if left out
    #[arg(long, value_name = "ZONE", value_parser = |word: &str| word.parse::<Zone>())]
    pub zone: Option<Zone>,

    /// The day that weeks begin with; that of the group or of the installation if left out
    #[arg(long, value_name = "DAY", value_parser = week_start)]
    pub week_start: Option<Weekday>,

    /// Write the page in the language with this TAG, such as nl; in English where there are no words for it
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub language: String,

    /// Write a page to look at, or a table to compute with
    #[arg(long, value_enum, default_value_t = Format::Html)]
    pub format: Format,

    /// Write to the file at PATH instead of the standard output
    #[arg(long, value_name = "PATH", alias = "out")]
    pub output: Option<PathBuf>,
}

/// Weeks begin as groups and the installation may have them begin.
fn week_start(word: &str) -> Result<Weekday, &'static str> {
    let named = |day: &Weekday| day.as_str().eq_ignore_ascii_case(word);
    let known = WeekStart::ALL.map(Weekday::from).into_iter().find(named);
    known.ok_or("weeks begin on monday, sunday or saturday")
}

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One HTML file with everything in it.
    Html,
    /// Comma-separated values, as RFC 4180 has them.
    Csv,
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use super::*;
    use crate::cli::{Cli, Command};

    fn parse(line: &str) -> Result<Command, ErrorKind> {
        let words = ["incident-desk", "report"].into_iter().chain(line.split_whitespace());
        Cli::try_parse_from(words).map(|cli| cli.requested()).map_err(|error| error.kind())
    }

    #[test]
    fn a_report_is_about_a_period_of_a_company() {
        let plain = Report {
            company: None,
            group: None,
            period: Period::Day,
            at: None,
            zone: None,
            week_start: None,
            language: "en".to_owned(),
            format: Format::Html,
            output: None,
        };
        let chosen = Report {
            company: Some("Hauliers".to_owned()),
            group: Some("Night".to_owned()),
            period: Period::Week,
            at: Some("2026-03-02".parse().unwrap()),
            zone: Some("Europe/Amsterdam".parse().unwrap()),
            week_start: Some(Weekday::Sunday),
            language: "nl".to_owned(),
            format: Format::Csv,
            output: Some("a.csv".into()),
        };
        let all = "--company Hauliers --group Night --period week --at 2026-03-02 --zone Europe/Amsterdam \
                   --week-start sunday --language nl --format csv --output a.csv";
        assert_eq!(parse("--period day"), Ok(Command::Report(plain)));
        assert_eq!(parse(all), Ok(Command::Report(chosen)));
    }

    #[test]
    fn what_no_calendar_knows_is_a_usage_error() {
        assert_eq!(parse(""), Err(ErrorKind::MissingRequiredArgument));
        assert_eq!(parse("--period day --format pdf"), Err(ErrorKind::InvalidValue));
        for line in [
            "--period year",
            "--period day --at 2026-02-30",
            "--period day --zone Mars/Phobos",
            "--period day --week-start today",
            "--period day --week-start friday",
        ] {
            assert_eq!(parse(line), Err(ErrorKind::ValueValidation), "{line}");
        }
    }
}
