//! Times as the old bot wrote them: with a zone, or of a clock on a wall.

use incident_core::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::cells::Cells;

/// Knows what a clock on the wall showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clockwork {
    /// How far it was ahead of UTC, in minutes.
    pub(super) utc_offset: i32,
}

impl Clockwork {
    /// Reads a column that holds an instant.
    ///
    /// # Errors
    /// Says what stands there if that is no instant.
    pub(super) fn read(self, cells: &Cells, column: &str) -> Result<Option<Timestamp>, String> {
        let Some(text) = cells.text(column) else {
            return Ok(None);
        };
        let instant = self.parse(text.trim());
        instant
            .map(Some)
            .ok_or_else(|| format!("{column} is no time: {}", text.chars().take(40).collect::<String>()))
    }

    /// Reads an instant as Python's `isoformat` and SQLite write it, or as seconds since 1970.
    fn parse(self, text: &str) -> Option<Timestamp> {
        let micros = |instant: jiff::Timestamp| Timestamp::from_micros(instant.as_microsecond());
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(micros(instant));
        }
        if let Ok(wall) = text.parse::<DateTime>() {
            let offset = Offset::from_seconds(self.utc_offset * 60).ok()?;
            return offset.to_timestamp(wall).ok().map(micros);
        }
        let secs: i64 = text.split('.').next()?.parse().ok()?;
        (secs > 0).then(|| Timestamp::from_secs(secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_with_a_zone_is_that_instant_and_one_without_is_of_the_clock_on_the_wall() {
        let clockwork = Clockwork { utc_offset: -300 };
        let shown = |text: &str| clockwork.parse(text).map(|instant| instant.to_string());
        let cases = [
            ("2025-03-01T12:00:00+00:00", Some("2025-03-01T12:00:00Z")),
            ("2025-03-01T12:00:00.250000+02:00", Some("2025-03-01T10:00:00.25Z")),
            ("2025-03-01T12:00:00Z", Some("2025-03-01T12:00:00Z")),
            ("2025-03-01T12:00:00.5", Some("2025-03-01T17:00:00.5Z")),
            ("2025-03-01 12:00:00", Some("2025-03-01T17:00:00Z")),
            ("1740830400", Some("2025-03-01T12:00:00Z")),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
