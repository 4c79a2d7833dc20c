//! The days before: what a report compares its own days with.

use super::{Date, Window, WindowError};

impl Window {
    /// Returns the days before it: of a month of the calendar the month before, or else as many days.
    ///
    /// # Errors
    /// If they lie beyond the calendar.
    pub fn before(&self) -> Result<Self, WindowError> {
        let beyond = |_| WindowError::Range;
        let (Some((Date(first), _)), Some((Date(last), _))) = (self.days.first(), self.days.last()) else {
            return Err(WindowError::Range);
        };
        let eve = first.yesterday().map_err(beyond)?;
        let begin = if *first == last.first_of_month() && *last == first.last_of_month() {
            eve.first_of_month()
        } else {
            let days = i64::try_from(self.days.len()).map_err(|_| WindowError::Range)?;
            first.checked_sub(jiff::Span::new().days(days)).map_err(beyond)?
        };
        Self::between(Date(begin), Date(eve), &self.zone)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;
    use crate::figures::Zone;

    #[test]
    fn before_a_month_is_a_month_and_before_other_days_are_as_many() {
        let before = |first: &str, last: &str| {
            let window = Window::between(first.parse().unwrap(), last.parse().unwrap(), &Zone::UTC).unwrap();
            let before = window.before().unwrap();
            assert_eq!(before.until(), window.from());
            before.days().next().unwrap().to_string()
        };
        assert_eq!(before("2026-03-01", "2026-03-31"), "2026-02-01");
        assert_eq!(before("2026-03-02", "2026-03-08"), "2026-02-23");
        assert_eq!(before("2026-03-01", "2026-03-01"), "2026-02-28");
        assert_eq!(before("2026-03-01", "2026-03-30"), "2026-01-30");
        let early = Date(civil::date(-9999, 1, 3));
        let earliest = Window::between(early, early, &Zone::UTC).unwrap();
        assert_eq!(earliest.before(), Err(WindowError::Range));
    }
}
