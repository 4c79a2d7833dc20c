use super::*;

fn week(text: &str) -> Week {
    Week::read(text).unwrap_or_else(|_| panic!("{text} is a schedule"))
}

fn zone(name: &str) -> Zone {
    name.parse().expect("it exists")
}

/// Reads an instant as UTC has it: `2026-03-02T08:00`.
fn utc(text: &str) -> Timestamp {
    let date: Date = text[..10].parse().expect("a date");
    let minute = minute(&text[11..]).expect("a time of day");
    Zone::UTC.instant(date, minute).expect("it exists")
}

fn starts(week: Week, zone: &Zone, after: Timestamp, count: usize) -> Vec<String> {
    let mut at = after;
    let next = || {
        at = week.next_start(zone, at)?;
        Some(at.to_string()[..16].to_owned())
    };
    std::iter::from_fn(next).take(count).collect()
}

#[test]
fn schedules_are_read_and_written_back() {
    for (text, written) in [
        ("mon-fri 07:00-19:00", "mon-fri 07:00-19:00"),
        ("MON-FRI 7-19 Saturday 9:30-13", "mon-fri 07:00-19:00 sat 09:30-13:00"),
        ("daily 22:00-06:00", "mon-sun 22:00-06:00"),
        ("sat,sun 0-24", "sat-sun 00:00-24:00"),
        ("fri-mon 08:00-16:00", "mon 08:00-16:00 fri-sun 08:00-16:00"),
        ("daily 8-16 wed 10-12", "mon-tue 08:00-16:00 wed 10:00-12:00 thu-sun 08:00-16:00"),
    ] {
        assert_eq!(week(text).to_string(), written);
        assert_eq!(week(written), week(text));
    }
}

#[test]
fn what_is_no_schedule_is_refused() {
    for text in [
        "",
        "mon",
        "07:00-19:00",
        "mon 07:00",
        "mon 07:00-07:00",
        "mon 24-8",
        "mon 7:60-8",
        "mon 25-26",
        "mon 007-8",
        "mo 7-8",
        "mon- 7-8",
        "mon-xyz 7-8",
        "mon 7-8 tue",
        "mon -7-8",
        "mon ٧-٨",
        "mon,,tue 7-8",
    ] {
        assert_eq!(Week::read(text), Err(NoSchedule), "{text}");
    }
    assert_eq!(serde_json::from_str::<Week>("[null,null,null,null,null,null,null]").ok(), None);
    assert_eq!(serde_json::from_str::<Week>("[[1,1],null,null,null,null,null,null]").ok(), None);
    let stored = serde_json::to_string(&week("mon 7-19 sun 22-6")).expect("it can be stored");
    assert_eq!(stored, "[[420,1140],null,null,null,null,null,[1320,360]]");
    assert_eq!(serde_json::from_str::<Week>(&stored).ok(), Some(week("mon 7-19 sun 22-6")));
}

/// The system that this one replaces took Monday's night for the early hours of Monday.
#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    let night = week("mon 22:00-06:00");
    let on = |text| night.is_on(&Zone::UTC, utc(text));
    // The 2nd of March 2026 is a Monday.
    assert_eq!(
        ["2026-03-02T02:00", "2026-03-02T21:59", "2026-03-02T22:00", "2026-03-03T02:00", "2026-03-03T06:00"]
            .map(on),
        [false, false, true, true, false]
    );
}

#[test]
fn a_shift_begins_on_its_minute_and_ends_before_its_last() {
    let day = week("mon-fri 07:00-19:00");
    let on = |at| day.is_on(&Zone::UTC, at);
    let moment = |at: Timestamp| Timestamp::from_micros(at.as_micros() - 1);
    let (from, until) = (utc("2026-03-06T07:00"), utc("2026-03-06T19:00"));
    assert_eq!([moment(from), from, moment(until), until].map(on), [false, true, true, false]);
    assert_eq!(day.next_start(&Zone::UTC, moment(from)), Some(from));
    assert_eq!(day.next_start(&Zone::UTC, from), Some(utc("2026-03-09T07:00")), "after Friday comes Monday");
}

#[test]
fn shifts_begin_by_the_clock_of_the_group() {
    let day = week("daily 07:00-19:00");
    let (here, there) = (zone("America/New_York"), zone("Asia/Kathmandu"));
    assert_eq!(starts(day, &here, utc("2026-01-10T00:00"), 2), ["2026-01-10T12:00", "2026-01-11T12:00"]);
    assert_eq!(starts(day, &there, utc("2026-01-10T00:00"), 2), ["2026-01-10T01:15", "2026-01-11T01:15"]);
}

/// In Amsterdam the clock goes from 02:00 to 03:00 on the 29th of March 2026, and from 03:00 back to 02:00 on the 25th
/// of October.
#[test]
fn where_the_clock_skips_a_shifts_beginning_it_begins_that_much_later() {
    let early = week("daily 02:30-10:00");
    let here = zone("Europe/Amsterdam");
    assert_eq!(
        starts(early, &here, utc("2026-03-28T00:00"), 3),
        ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"]
    );
    let on = |text| early.is_on(&here, utc(text));
    assert_eq!(
        ["2026-03-29T01:29", "2026-03-29T01:30", "2026-03-29T07:59", "2026-03-29T08:00"].map(on),
        [false, true, true, false]
    );
}

#[test]
fn where_the_clock_goes_back_a_shift_begins_once_and_at_the_first_of_the_two() {
    let early = week("daily 02:30-10:00");
    let here = zone("Europe/Amsterdam");
    assert_eq!(starts(early, &here, utc("2026-10-24T12:00"), 2), ["2026-10-25T00:30", "2026-10-26T01:30"]);
    let on = |text| early.is_on(&here, utc(text));
    assert_eq!(["2026-10-25T00:29", "2026-10-25T00:30", "2026-10-25T01:30"].map(on), [false, true, true]);
}

/// Whoever takes over at an hour that is skipped, or comes twice, leaves no gap and no overlap.
#[test]
fn shifts_that_join_on_the_wall_join_on_the_days_of_a_clock_change() {
    let here = zone("Europe/Amsterdam");
    let (night, day) = (week("daily 22:00-02:30"), week("daily 02:30-22:00"));
    for date in ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"] {
        for quarter in 0..=2 * 96 {
            let at = utc(&format!("{date}T00:00")) + std::time::Duration::from_secs(900 * quarter);
            assert_ne!(night.is_on(&here, at), day.is_on(&here, at), "{at}");
        }
    }
}

#[test]
fn a_day_and_a_night_go_round_the_clock_all_year() {
    for name in ["America/New_York", "Europe/Amsterdam", "Australia/Lord_Howe", "UTC"] {
        let here = zone(name);
        let (night, day) = (week("daily 19-7"), week("daily 7-19"));
        let mut at = utc("2026-01-01T00:00");
        while at < utc("2027-01-01T00:00") {
            assert_ne!(night.is_on(&here, at), day.is_on(&here, at), "{name}: {at}");
            let next = day.next_start(&here, at).expect("there is another day");
            assert!(at < next && day.is_on(&here, next), "{name}: {at}");
            at = at + std::time::Duration::from_secs(3 * 3_600 + 7);
        }
    }
}

#[test]
fn the_ends_of_the_calendar_are_no_obstacle() {
    let day = week("mon-fri 07:00-19:00");
    for at in [Timestamp::MIN, Timestamp::MAX] {
        assert!(!day.is_on(&Zone::UTC, at));
        assert!(day.next_start(&Zone::UTC, at).is_none_or(|next| next > at));
    }
}
