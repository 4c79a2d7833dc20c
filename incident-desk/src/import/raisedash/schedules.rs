//! The weekly hours of members of departments: seven days, each with the minutes at which it begins and ends.

use incident_core::figures::Weekday;
use incident_core::roster::{Hours, Week};
use serde_json::Value;

use super::cells::Cells;
use crate::import::old::OldDuty;

/// Reads who of a group is on duty when; what makes no sense is named.
pub(super) fn read(rows: &[Cells], (chat, title): (i64, &str), remarks: &mut Vec<String>) -> Vec<OldDuty> {
    let mut duties = Vec::new();
    for row in rows.iter().filter(|row| row.number("group_id") == Some(chat)) {
        let Some(user) = row.number("user_id") else { continue };
        let Some(text) = row.text("schedule") else { continue };
        match serde_json::from_str(&text).ok().as_ref().and_then(week) {
            Some(week) => duties.push(OldDuty { user, team: row.number("department_id"), week }),
            None => remarks.push(format!("the schedule of user {user} in {title} was not understood")),
        }
    }
    duties
}

fn week(value: &Value) -> Option<Week> {
    let days = value.as_array().or_else(|| value.get("days")?.as_array())?;
    let mut week = [None; 7];
    for day in days {
        let place = week.get_mut(weekday(day.get("day")?)?)?;
        let enabled = day.get("enabled").is_none_or(|enabled| *enabled == true || *enabled == 1);
        let minute = |field| u16::try_from(day.get(field)?.as_u64()?).ok();
        if enabled {
            *place = Some(Hours::new(minute("start_minute")?, minute("end_minute")?)?);
        }
    }
    Week::try_from(week).ok()
}

/// A day by its number, from 0 for Monday, or by its English name or the beginning of that.
fn weekday(value: &Value) -> Option<usize> {
    if let Some(number) = value.as_u64() {
        return usize::try_from(number).ok().filter(|number| *number < 7);
    }
    let name = value.as_str()?.to_ascii_lowercase();
    Weekday::ALL.iter().position(|day| name.len() >= 3 && day.as_str().starts_with(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        week(&serde_json::from_str(text).expect("it is JSON")).map(|week| week.to_string())
    }

    #[test]
    fn seven_days_become_a_week() {
        let days = r#"[{"day":0,"enabled":true,"start_minute":420,"end_minute":1140},
            {"day":1,"enabled":false,"start_minute":420,"end_minute":1140},
            {"day":"sun","enabled":1,"start_minute":1320,"end_minute":360}]"#;
        assert_eq!(read(days).as_deref(), Some("mon 07:00-19:00 sun 22:00-06:00"));
        assert_eq!(read(&format!(r#"{{"days":{days}}}"#)), read(days));
    }

    #[test]
    fn what_is_no_week_is_none() {
        for text in [
            "[]",
            "{}",
            "7",
            r#"[{"day":7,"enabled":true,"start_minute":0,"end_minute":60}]"#,
            r#"[{"day":0,"enabled":true,"start_minute":60,"end_minute":60}]"#,
            r#"[{"day":0,"enabled":true,"start_minute":-1,"end_minute":60}]"#,
            r#"[{"day":0,"enabled":false,"start_minute":0,"end_minute":60}]"#,
            r#"[{"day":0,"enabled":true}]"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
