//! By which clock and calendar a group lives.

use serde::{Deserialize, Serialize};

use super::Roster;
use crate::figures::{Weekday, Zone};
use crate::ids::GroupId;

/// The name of a time zone, which existed when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneName(String);

impl ZoneName {
    /// Returns the name of a zone as the IANA database writes it; `None` if there is no such zone.
    pub fn find(name: &str) -> Option<Self> {
        name.parse().ok().map(|zone: Zone| Self(zone.to_string()))
    }

    /// Returns the zone; UTC if the database knows the name no more.
    pub fn zone(&self) -> Zone {
        self.0.parse().unwrap_or(Zone::UTC)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first day of a week, as calendars in use have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the day of that name")]
pub enum WeekStart {
    Monday,
    Sunday,
    Saturday,
}

impl WeekStart {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Monday, Self::Sunday, Self::Saturday];
}

impl From<WeekStart> for Weekday {
    fn from(start: WeekStart) -> Self {
        match start {
            WeekStart::Monday => Self::Monday,
            WeekStart::Sunday => Self::Sunday,
            WeekStart::Saturday => Self::Saturday,
        }
    }
}

/// By which clock and calendar days, weeks and months are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The time zone.
    pub zone: Zone,
    /// The first day of a week.
    pub week_start: Weekday,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { zone: Zone::UTC, week_start: Weekday::Monday }
    }
}

impl Roster {
    /// Returns by which clock and calendar a group lives: its own, where it has set one, else the installation's.
    pub fn calendar(&self, group: GroupId, base: &Calendar) -> Calendar {
        let own = self.settings.groups.get(&group);
        let zone =
            own.and_then(|own| own.timezone.as_ref()).map_or_else(|| base.zone.clone(), ZoneName::zone);
        let week_start = own.and_then(|own| own.week_start).map_or(base.week_start, Weekday::from);
        Calendar { zone, week_start }
    }
}
