//! Who is on duty when: the hours of a week, by the clock of the group.
//!
//! A schedule decides who is mentioned and nothing else; whoever may act may do so at any hour. Instants are computed
//! from the clock on the wall: where a clock change skips a time of day, it is that much later; where one comes twice,
//! the first counts. So shifts that join on the wall join on that day as well.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Calendar, Grantee, GroupStatus, Roster};
use crate::figures::{Date, Weekday, Zone};
use crate::ids::{GroupId, TeamId};
use crate::time::Timestamp;

/// The minutes of a day.
const DAY: u16 = 24 * 60;
/// How many days a search looks at: a week, and the days on which hours of others may still go on.
const DAYS: i32 = 9;

/// A span of hours that begins on some day, in minutes from midnight. It reaches into the next day where it ends no
/// later than it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u16, u16)", into = "(u16, u16)")]
pub struct Hours {
    from: u16,
    until: u16,
}

/// The hours of a week: one span at most for each day on which it begins, and at least one in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "[Option<Hours>; 7]", into = "[Option<Hours>; 7]")]
pub struct Week([Option<Hours>; 7]);

/// Says that this is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no schedule; schedules are like mon-fri 07:00-19:00")]
pub struct NoSchedule;

/// When somebody is on duty in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The group.
    pub group: GroupId,
    /// For which team; without one, whatever they do there.
    pub team: Option<TeamId>,
    /// Who.
    pub who: Grantee,
    /// When it was set: what began before is none of its shifts.
    pub since: Timestamp,
    /// When they are on duty.
    pub week: Week,
}

/// People whose shift has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftStart {
    /// In which group.
    pub group: GroupId,
    /// For which team; without one, whatever they do there.
    pub team: Option<TeamId>,
    /// Who.
    pub who: Vec<Grantee>,
}

impl Hours {
    /// Makes a span of two times of day, in minutes from midnight; `None` if they are none, or the same.
    pub fn new(from: u16, until: u16) -> Option<Self> {
        (from < DAY && until <= DAY && from != until).then_some(Self { from, until })
    }

    fn read(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        Self::new(minute(from)?, minute(until)?)
    }

    /// The instants at which a span that begins on a day begins and ends.
    fn on(self, date: Date, zone: &Zone) -> Option<(Timestamp, Timestamp)> {
        let until = if self.until > self.from { self.until } else { self.until + DAY };
        Some((zone.instant(date, self.from)?, zone.instant(date, until)?))
    }
}

/// Reads a time of day: `7`, `07:00`, `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let digits = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| fits)
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|minute| *minute < 60)?);
    Some(hour * 60 + minute).filter(|minute| *minute <= DAY)
}

impl TryFrom<(u16, u16)> for Hours {
    type Error = NoSchedule;

    fn try_from((from, until): (u16, u16)) -> Result<Self, NoSchedule> {
        Self::new(from, until).ok_or(NoSchedule)
    }
}

impl From<Hours> for (u16, u16) {
    fn from(hours: Hours) -> Self {
        (hours.from, hours.until)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, until } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

impl TryFrom<[Option<Hours>; 7]> for Week {
    type Error = NoSchedule;

    fn try_from(days: [Option<Hours>; 7]) -> Result<Self, NoSchedule> {
        if days.iter().any(Option::is_some) { Ok(Self(days)) } else { Err(NoSchedule) }
    }
}

impl From<Week> for [Option<Hours>; 7] {
    fn from(week: Week) -> Self {
        week.0
    }
}

impl Week {
    /// Reads days and hours by turns: `mon-fri 07:00-19:00 sat,sun 9-13`. A day that is named twice has the later hours;
    /// `daily` names all.
    ///
    /// # Errors
    /// If it is nothing of the kind.
    pub fn read(text: &str) -> Result<Self, NoSchedule> {
        let mut days = [None; 7];
        let mut words = text.split_whitespace();
        while let Some(named) = words.next() {
            let hours = words.next().and_then(Hours::read).ok_or(NoSchedule)?;
            for day in read_days(named).ok_or(NoSchedule)? {
                days[day] = Some(hours);
            }
        }
        Self::try_from(days)
    }

    /// Tells whether it is a time of duty.
    pub fn is_on(&self, zone: &Zone, now: Timestamp) -> bool {
        let days = (-2..=1).filter_map(|days| zone.date(now).plus(days));
        self.spans(days, zone).any(|(from, until)| from <= now && now < until)
    }

    /// Returns when the first span after an instant begins.
    pub fn next_start(&self, zone: &Zone, after: Timestamp) -> Option<Timestamp> {
        let days = (-2..DAYS).filter_map(|days| zone.date(after).plus(days));
        self.spans(days, zone).map(|(from, _)| from).filter(|from| *from > after).min()
    }

    fn spans<'a>(
        &'a self,
        days: impl Iterator<Item = Date> + 'a,
        zone: &'a Zone,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
        days.filter_map(|date| self.0[date.weekday() as usize % 7]?.on(date, zone))
    }
}

/// Reads `mon`, `mon-fri`, `sat,sun` or `daily`; days count from 0 for Monday.
fn read_days(text: &str) -> Option<Vec<usize>> {
    if text.eq_ignore_ascii_case("daily") {
        return Some((0..7).collect());
    }
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (read_day(first)?, read_day(last)?);
        let count = (last + 7 - first) % 7;
        days.extend((first..=first + count).map(|day| day % 7));
    }
    Some(days)
}

/// Reads the first three letters of an English day, or all of them.
fn read_day(text: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    Weekday::ALL
        .iter()
        .position(|day| day.as_str() == text || (text.len() == 3 && day.as_str().starts_with(&text)))
}

impl fmt::Display for Week {
    /// Writes it as it can be read again, days of the same hours together.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |day: usize| &Weekday::ALL[day].as_str()[..3];
        let mut parts = Vec::new();
        let mut day = 0;
        while day < 7 {
            let same = self.0[day..].iter().take_while(|hours| **hours == self.0[day]).count();
            let last = day + same - 1;
            parts.extend(self.0[day].map(|hours| match same {
                1 => format!("{} {hours}", name(day)),
                _ => format!("{}-{} {hours}", name(day), name(last)),
            }));
            day = last + 1;
        }
        f.write_str(&parts.join(" "))
    }
}

impl Roster {
    /// Returns when somebody is on duty for a team of a group: as was set for the team, else whatever they do there.
    pub fn schedule(&self, group: GroupId, team: Option<TeamId>, who: &Grantee) -> Option<&Schedule> {
        let own = |team| {
            let mut all = self.schedules.iter();
            all.find(|other| other.group == group && other.team == team && other.who == *who)
        };
        team.and_then(|team| own(Some(team))).or_else(|| own(None))
    }

    /// Puts a schedule in its place, and in that of one for the same duty.
    pub(super) fn put(&mut self, schedule: Schedule) {
        self.unschedule((schedule.group, schedule.team), &schedule.who);
        let key = |schedule: &Schedule| (schedule.group, schedule.team, schedule.who.clone());
        let place = self.schedules.partition_point(|other| key(other) < key(&schedule));
        self.schedules.insert(place, schedule);
    }

    pub(super) fn unschedule(&mut self, (group, team): (GroupId, Option<TeamId>), who: &Grantee) {
        let is_it = |other: &Schedule| other.group == group && other.team == team && other.who == *who;
        self.schedules.retain(|other| !is_it(other));
    }

    /// Tells whether somebody is on duty. Whoever has no schedule always is.
    pub fn is_on_duty(
        &self,
        post: (GroupId, Option<TeamId>),
        who: &Grantee,
        zone: &Zone,
        now: Timestamp,
    ) -> bool {
        self.schedule(post.0, post.1, who).is_none_or(|schedule| schedule.week.is_on(zone, now))
    }

    /// Returns when the next shift begins that nobody has looked at yet, which may be past already.
    pub fn next_shift(&self, base: &Calendar) -> Option<Timestamp> {
        let next = |schedule: &Schedule| {
            schedule.week.next_start(&self.calendar(schedule.group, base).zone, self.seen(schedule))
        };
        self.serving().filter_map(next).min()
    }

    /// Lists whose shift began since somebody last looked, and still goes on.
    pub fn shifts_begun(&self, base: &Calendar, now: Timestamp) -> Vec<ShiftStart> {
        let mut begun: Vec<ShiftStart> = Vec::new();
        for schedule in self.serving() {
            let zone = self.calendar(schedule.group, base).zone;
            let start = schedule.week.next_start(&zone, self.seen(schedule));
            if start.is_none_or(|start| start > now) || !schedule.week.is_on(&zone, now) {
                continue;
            }
            let (group, team) = (schedule.group, schedule.team);
            match begun.iter_mut().find(|shift| (shift.group, shift.team) == (group, team)) {
                Some(shift) => shift.who.push(schedule.who.clone()),
                None => begun.push(ShiftStart { group, team, who: vec![schedule.who.clone()] }),
            }
        }
        begun
    }

    fn seen(&self, schedule: &Schedule) -> Timestamp {
        self.watched_until.map_or(schedule.since, |until| until.max(schedule.since))
    }

    /// The schedules of groups that work.
    fn serving(&self) -> impl Iterator<Item = &Schedule> {
        let active = |group| self.groups.get(group).is_some_and(|group| group.status == GroupStatus::Active);
        self.schedules.iter().filter(move |schedule| active(&schedule.group))
    }
}

#[cfg(test)]
mod tests;
