//! Spans of time as people write them: `90s`, `10m`, `1h30m`.

use std::time::Duration;

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// Why a text is no span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It is a number, and nobody knows of what.
    #[error("has no unit")]
    NoUnit,
    /// It is not written as spans are.
    #[error("is not a span of time")]
    Malformed,
    /// It is nothing at all.
    #[error("is too short")]
    TooShort,
    /// It is longer than thirty days.
    #[error("is too long")]
    TooLong,
}

/// Reads a span from one second to thirty days, written like `90s`, `10m`, `2h`, `1d` or `1h30m`.
///
/// # Errors
/// If it is none of these.
pub fn read_span(text: &str) -> Result<Duration, SpanError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SpanError::NoUnit);
    }
    match Duration::from_secs(seconds(text).ok_or(SpanError::Malformed)?) {
        Duration::ZERO => Err(SpanError::TooShort),
        span if span > LONGEST => Err(SpanError::TooLong),
        span => Ok(span),
    }
}

/// Adds up numbers with units, each unit at most once and the larger first; too much saturates.
fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut total, mut units) = (text, 0_u64, UNITS.as_slice());
    while !rest.is_empty() {
        let unit_at = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let letter = rest[unit_at..].chars().next()?;
        let position = units.iter().position(|(unit, _)| *unit == letter)?;
        if unit_at == 0 {
            return None;
        }
        let number = rest[..unit_at].parse().unwrap_or(u64::MAX);
        total = total.saturating_add(units[position].1.saturating_mul(number));
        units = &units[position + 1..];
        rest = &rest[unit_at + letter.len_utf8()..];
    }
    Some(total)
}

/// Writes a span, in whole seconds, in the shortest form that [`read_span`] reads back.
pub fn write_span(span: Duration) -> String {
    let (mut left, mut text) = (span.as_secs(), String::new());
    for (unit, length) in UNITS {
        if left >= length {
            text.push_str(&format!("{}{unit}", left / length));
            left %= length;
        }
    }
    text
}
