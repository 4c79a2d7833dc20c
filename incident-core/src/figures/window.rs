//! The days a report is about, by the calendar and clock of a company. Time zones are compiled in, so that nothing is
//! read from the machine that happens to make the report.

mod before;
mod wall;

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// A time zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// Why there is no such window, zone or day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No time zone has this name.
    #[error("no time zone has that name; names are like Europe/Amsterdam")]
    Zone,
    /// It is no date.
    #[error("it is no date; dates are like 2026-03-02")]
    Date,
    /// No period has this name.
    #[error("it is no period; the periods are day, week and month")]
    Period,
    /// No day of the week has this name.
    #[error("it is no day of the week; those are like monday")]
    Weekday,
    /// It lies beyond the calendar, or ends before it begins.
    #[error("these days lie beyond the calendar, or the last is before the first")]
    Range,
}

impl Zone {
    /// The zone without an offset.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Returns the date and the hour of the day of an instant.
    pub(super) fn civil(&self, at: Timestamp) -> (Date, Weekday, u8) {
        let local = self.0.to_datetime(at.to_jiff());
        (Date(local.date()), Weekday::of(local.date()), local.hour().unsigned_abs())
    }

    /// Returns the date at an instant.
    pub fn date(&self, at: Timestamp) -> Date {
        self.civil(at).0
    }

    /// Writes an instant as people there read it: `2026-03-02 09:00`.
    pub fn written(&self, at: Timestamp) -> String {
        self.0.to_datetime(at.to_jiff()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Returns the first instant of a day; where a clock change skips midnight, the first that exists.
    fn begin(&self, date: civil::Date) -> Result<Timestamp, WindowError> {
        let zoned = date.to_zoned(self.0.clone()).map_err(|_| WindowError::Range)?;
        Ok(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
    }
}

impl FromStr for Zone {
    type Err = WindowError;

    fn from_str(name: &str) -> Result<Self, WindowError> {
        TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| WindowError::Zone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl FromStr for Date {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        // Only the one form: the parser would take a time of day as well, and forget it.
        if text.len() != "2026-03-02".len() {
            return Err(WindowError::Date);
        }
        text.parse().map(Self).map_err(|_| WindowError::Date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the day of that name")]
pub enum Weekday {
    #[default]
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All days, from Monday.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Returns its English name in small letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    fn of(date: civil::Date) -> Self {
        Self::ALL[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()) % 7]
    }
}

impl FromStr for Weekday {
    type Err = WindowError;

    fn from_str(name: &str) -> Result<Self, WindowError> {
        let found = Self::ALL.into_iter().find(|day| day.as_str().eq_ignore_ascii_case(name));
        found.ok_or(WindowError::Weekday)
    }
}

/// How many days a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// One day.
    Day,
    /// The seven days from one week's first to the next's.
    Week,
    /// A month of the calendar.
    Month,
}

impl Period {
    /// All periods, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Returns its English name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl FromStr for Period {
    type Err = WindowError;

    fn from_str(name: &str) -> Result<Self, WindowError> {
        let found = Self::ALL.into_iter().find(|period| period.as_str().eq_ignore_ascii_case(name));
        found.ok_or(WindowError::Period)
    }
}

/// Some whole days of a time zone. A day may have 23 or 25 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Span", into = "Span")]
pub struct Window {
    zone: Zone,
    /// The days with the instants at which they begin.
    days: Vec<(Date, Timestamp)>,
    until: Timestamp,
}

/// A window as it is stored.
#[derive(Serialize, Deserialize)]
struct Span {
    zone: String,
    first: Date,
    last: Date,
}

impl From<Window> for Span {
    fn from(window: Window) -> Self {
        let ends = window.days().next().zip(window.days().last());
        let (first, last) = ends.expect("a window has at least one day");
        Self { zone: window.zone.to_string(), first, last }
    }
}

impl TryFrom<Span> for Window {
    type Error = WindowError;

    fn try_from(span: Span) -> Result<Self, WindowError> {
        Self::between(span.first, span.last, &span.zone.parse()?)
    }
}

impl Window {
    /// Returns the day, week or month that a date lies in; weeks begin with `first`.
    ///
    /// # Errors
    /// If it lies beyond the calendar.
    pub fn of(period: Period, date: Date, zone: &Zone, first: Weekday) -> Result<Self, WindowError> {
        let beyond = |_| WindowError::Range;
        let span = |days: i64| jiff::Span::new().days(days);
        let (from, last) = match period {
            Period::Day => (date.0, date.0),
            Period::Week => {
                let back = (7 + Weekday::of(date.0) as i64 - first as i64) % 7;
                let from = date.0.checked_sub(span(back)).map_err(beyond)?;
                (from, from.checked_add(span(6)).map_err(beyond)?)
            }
            Period::Month => (date.0.first_of_month(), date.0.last_of_month()),
        };
        Self::between(Date(from), Date(last), zone)
    }

    /// Returns the days from one date to another, both included.
    ///
    /// # Errors
    /// If the last is before the first, more than ten years later, or beyond the calendar.
    pub fn between(first: Date, last: Date, zone: &Zone) -> Result<Self, WindowError> {
        const MOST: usize = 3_660;
        let mut days = Vec::new();
        let mut date = first.0;
        while date <= last.0 {
            if days.len() == MOST {
                return Err(WindowError::Range);
            }
            days.push((Date(date), zone.begin(date)?));
            date = date.tomorrow().map_err(|_| WindowError::Range)?;
        }
        if days.is_empty() {
            return Err(WindowError::Range);
        }
        Ok(Self { zone: zone.clone(), days, until: zone.begin(date)? })
    }

    /// Returns its time zone.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns its first instant.
    pub fn from(&self) -> Timestamp {
        self.days.first().map_or(Timestamp::MIN, |(_, at)| *at)
    }

    /// Returns the first instant after it.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Lists its days.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.days.iter().map(|(date, _)| *date)
    }

    /// Tells whether an instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from() <= at && at < self.until
    }

    /// Returns the position of the day that an instant lies in, from 0.
    pub(super) fn day(&self, at: Timestamp) -> Option<usize> {
        let after = self.days.partition_point(|(_, begin)| *begin <= at);
        self.contains(at).then(|| after.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(period: &str, date: &str, zone: &str, first: Weekday) -> (String, String, usize) {
        let zone: Zone = zone.parse().unwrap();
        let window = Window::of(period.parse().unwrap(), date.parse().unwrap(), &zone, first).unwrap();
        (window.from().to_string(), window.until().to_string(), window.days().count())
    }

    fn told(from: &str, until: &str, days: usize) -> (String, String, usize) {
        (from.to_owned(), until.to_owned(), days)
    }

    #[test]
    fn days_begin_at_midnight_of_the_zone() {
        let day = |date, zone| window("day", date, zone, Weekday::Monday);
        assert_eq!(day("2026-03-02", "UTC"), told("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", 1));
        let amsterdam = day("2026-03-02", "Europe/Amsterdam");
        assert_eq!(amsterdam, told("2026-03-01T23:00:00Z", "2026-03-02T23:00:00Z", 1));
    }

    #[test]
    fn days_on_which_clocks_change_are_shorter_or_longer() {
        let day = |date, zone| window("day", date, zone, Weekday::Monday);
        let spring = day("2026-03-29", "Europe/Amsterdam");
        assert_eq!(spring, told("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 1));
        let autumn = day("2026-10-25", "Europe/Amsterdam");
        assert_eq!(autumn, told("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 1));
        // Beirut skips midnight: the day begins at one.
        let skipped = day("2026-03-29", "Asia/Beirut");
        assert_eq!(skipped, told("2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", 1));
    }

    #[test]
    fn a_week_begins_on_the_day_that_the_company_says() {
        let week = |date, first| window("week", date, "UTC", first);
        let monday = told("2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", 7);
        assert_eq!(week("2026-03-02", Weekday::Monday), monday);
        assert_eq!(week("2026-03-08", Weekday::Monday), monday);
        let sunday = told("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z", 7);
        assert_eq!(week("2026-03-02", Weekday::Sunday), sunday);
        assert_eq!(week("2026-03-07", Weekday::Sunday), sunday);
    }

    #[test]
    fn a_month_is_that_of_the_calendar() {
        let month = window("month", "2028-02-10", "America/New_York", Weekday::Monday);
        assert_eq!(month, told("2028-02-01T05:00:00Z", "2028-03-01T05:00:00Z", 29));
    }

    #[test]
    fn what_is_not_in_the_calendar_is_refused() {
        let between = |first: &str, last: &str| {
            Window::between(first.parse().unwrap(), last.parse().unwrap(), &Zone::UTC).map(drop)
        };
        assert_eq!(between("2026-03-02", "2026-03-01"), Err(WindowError::Range));
        assert_eq!(between("2026-03-02", "2046-03-02"), Err(WindowError::Range));
        assert_eq!(between("9999-12-30", "9999-12-31"), Err(WindowError::Range));
        assert_eq!("Europe/Atlantis".parse::<Zone>(), Err(WindowError::Zone));
        for date in ["", "2026-02-30", "2026-3-2", "2026-03-02T10:00", "yesterday!"] {
            assert_eq!(date.parse::<Date>(), Err(WindowError::Date), "{date}");
        }
        assert_eq!("year".parse::<Period>(), Err(WindowError::Period));
        assert_eq!("mon".parse::<Weekday>(), Err(WindowError::Weekday));
    }

    #[test]
    fn an_instant_is_in_the_day_that_its_zone_says() {
        let zone: Zone = "America/Chicago".parse().unwrap();
        let window = Window::of(Period::Week, "2026-03-02".parse().unwrap(), &zone, Weekday::Monday).unwrap();
        let moment = Timestamp::from_micros(window.from().as_micros() - 1);
        assert_eq!((window.day(moment), window.day(window.from())), (None, Some(0)));
        let last = Timestamp::from_micros(window.until().as_micros() - 1);
        assert_eq!((window.day(last), window.day(window.until())), (Some(6), None));
        assert_eq!(zone.written(last), "2026-03-08 23:59");
    }
}
