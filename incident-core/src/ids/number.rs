//! The number by which people speak of an incident.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number people use: `TKT-2026-0042`. Taken by the store from a counter per company and year, in the
/// transaction that files the incident: gaps may occur, duplicates cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number {
    /// The calendar year, UTC, of the creation.
    pub year: i16,
    /// The position within that year, from 1.
    pub seq: u32,
}

impl Number {
    /// Reads a number as people say it: `42` or `#42` is the one of this year, `TKT-2025-0042` that of another.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn said(text: &str, this_year: i16) -> Result<Self, InvalidNumber> {
        let digits = text.trim().trim_start_matches('#');
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse();
        }
        match digits.parse() {
            Ok(seq) if seq > 0 => Ok(Self { year: this_year, seq }),
            Ok(_) | Err(_) => Err(InvalidNumber),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TKT-{}-{:04}", self.year, self.seq)
    }
}

/// Says that a text is not an incident number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an incident number: expected something like TKT-2026-0042, or 42 for this year's")]
pub struct InvalidNumber;

impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let text = text.trim().trim_start_matches('#').to_ascii_uppercase();
        let (year, seq) =
            text.strip_prefix("TKT-").and_then(|rest| rest.split_once('-')).ok_or(InvalidNumber)?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !digits(year) || seq.len() < 4 || !digits(seq) {
            return Err(InvalidNumber);
        }
        let seq = seq.parse().map_err(|_| InvalidNumber)?;
        if seq == 0 {
            return Err(InvalidNumber);
        }
        Ok(Self { year: year.parse().map_err(|_| InvalidNumber)?, seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_four_digits_until_it_needs_five() {
        assert_eq!(Number { year: 2026, seq: 42 }.to_string(), "TKT-2026-0042");
        assert_eq!(Number { year: 2026, seq: 10_000 }.to_string(), "TKT-2026-10000");
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        let number = Number { year: 2026, seq: 42 };
        for text in ["TKT-2026-0042", "tkt-2026-0042", " #TKT-2026-0042 "] {
            assert_eq!(text.parse(), Ok(number), "{text}");
        }
        for text in
            ["TKT-2026-42", "TKT-26-0042", "TKT-2026-", "TKT-2026-0000", "2026-0042", "TKT-2026-99999999999"]
        {
            assert_eq!(text.parse::<Number>(), Err(InvalidNumber), "{text}");
        }
    }

    #[test]
    fn a_number_without_a_year_is_one_of_this_year() {
        let said = |text| Number::said(text, 2027);
        assert_eq!(["42", "#42", " 0042 "].map(said), [Ok(Number { year: 2027, seq: 42 }); 3]);
        assert_eq!(said("TKT-2026-0042"), Ok(Number { year: 2026, seq: 42 }));
        assert_eq!(["", "#", "0", "4 2", "99999999999", "x"].map(said), [Err(InvalidNumber); 6]);
    }
}
