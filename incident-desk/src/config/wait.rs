//! Spans of time as people write them: `90s`, `10m`, `1h30m`.

use std::{borrow::Cow, time::Duration};

use incident_core::time::{SpanError, read_span, write_span};

const LONGEST: Duration = Duration::from_secs(30 * 86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// Reads a span from one second to thirty days.
pub(crate) fn parse(text: &str) -> Result<Duration, Cow<'static, str>> {
    read_span(text).map_err(|error| match error {
        SpanError::NoUnit => format!("has no unit; {text}m are minutes, {text}s are seconds").into(),
        SpanError::Malformed | SpanError::TooShort | SpanError::TooLong => error.to_string().into(),
    })
}

/// Reads a span from one second to one hour.
pub(super) fn parse_hour(text: &str) -> Result<Duration, Cow<'static, str>> {
    let span = parse(text)?;
    if span > HOUR { Err("is too long".into()) } else { Ok(span) }
}

/// Reads a whole number of minutes, from one minute to one hour.
pub(super) fn parse_minutes_of_hour(text: &str) -> Result<Duration, Cow<'static, str>> {
    Ok(Duration::from_secs(whole_minutes(text, 60)? * 60))
}

/// Reads a whole number of minutes, from one minute to thirty days.
pub(super) fn parse_minutes(text: &str) -> Result<Duration, Cow<'static, str>> {
    within(Duration::from_secs(whole_minutes(text, 43_200)? * 60))
}

/// Reads a whole number of minutes from 1 to `most`.
pub(super) fn whole_minutes(text: &str, most: u64) -> Result<u64, Cow<'static, str>> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(0) => Err("is too short".into()),
        Ok(minutes) if digits && minutes <= most => Ok(minutes),
        Ok(_) | Err(_) if digits => Err("is too long".into()),
        Ok(_) | Err(_) => Err("is not a whole number".into()),
    }
}

fn within(span: Duration) -> Result<Duration, Cow<'static, str>> {
    match span {
        Duration::ZERO => Err("is too short".into()),
        span if span > LONGEST => Err("is too long".into()),
        span => Ok(span),
    }
}

/// Writes a span in the shortest form that [`parse`] reads back.
pub(super) fn show(span: Duration) -> String {
    write_span(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_back() {
        let cases = [
            ("1s", 1, "1s"),
            ("90s", 90, "1m30s"),
            ("10m", 600, "10m"),
            ("120m", 7_200, "2h"),
            ("1h30m", 5_400, "1h30m"),
            ("1d2h3m4s", 93_784, "1d2h3m4s"),
            ("30d", 2_592_000, "30d"),
        ];
        for (text, seconds, shown) in cases {
            let span = parse(text);
            assert_eq!(span, Ok(Duration::from_secs(seconds)), "{text}");
            assert_eq!(span.map(show), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        let no_span = "is not a span of time";
        let cases = [
            ("10", "has no unit; 10m are minutes, 10s are seconds"),
            ("0s", "is too short"),
            ("0d0h", "is too short"),
            ("30d1s", "is too long"),
            ("99999999999999999999d", "is too long"),
            ("10 m", no_span),
            ("10min", no_span),
            ("m", no_span),
            ("-5m", no_span),
            ("1.5h", no_span),
            ("30m1h", no_span),
            ("1m1m", no_span),
            ("10M", no_span),
            ("10µ", no_span),
            ("500ms", no_span),
        ];
        for (text, wrong) in cases {
            assert_eq!(parse(text), Err(wrong.into()), "{text}");
        }
    }

    #[test]
    fn minutes_are_whole_and_bounded() {
        let results =
            ["1", "43200", "0", "43201", "99999999999999999999", "1.5", "-1", "+1", "10m", "ten", ""]
                .map(|text| parse_minutes(text).map_err(Cow::into_owned));
        let wrong = |text: &str| Err(text.to_owned());
        let expected = [
            Ok(Duration::from_secs(60)),
            Ok(Duration::from_secs(2_592_000)),
            wrong("is too short"),
            wrong("is too long"),
            wrong("is too long"),
            wrong("is not a whole number"),
            wrong("is not a whole number"),
            wrong("is not a whole number"),
            wrong("is not a whole number"),
            wrong("is not a whole number"),
            wrong("is not a whole number"),
        ];
        assert_eq!(results, expected);
    }
}
