//! The clock on the wall: which instant a time of some day is.

use super::{Date, Weekday, Zone};
use crate::time::Timestamp;

impl Zone {
    /// Returns the instant of so many minutes after midnight on the clock of a day; where a clock change skips it, as
    /// much later, and where it comes twice, the first. More minutes than a day has are of the days after.
    pub(crate) fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let date = date.plus(i32::from(minute / 1_440))?;
        let (hour, minute) = (i8::try_from(minute % 1_440 / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let zoned = date.0.at(hour, minute, 0, 0).to_zoned(self.0.clone()).ok()?;
        Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
    }
}

impl Date {
    /// Returns the day so many days later; `None` beyond the calendar.
    pub(crate) fn plus(self, days: i32) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Self)
    }

    pub(crate) fn weekday(self) -> Weekday {
        Weekday::of(self.0)
    }
}
