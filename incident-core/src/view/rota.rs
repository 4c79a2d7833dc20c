//! Who is on duty when, in words.

use super::{About, Arg, Line, Phrase};
use crate::ids::PersonId;
use crate::roster::{Grantee, Schedule};

/// The schedules of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// Each with the name of its team, and whether it is a time of duty now.
    pub schedules: Vec<(Schedule, Option<String>, bool)>,
    /// By the clock of which time zone.
    pub zone: String,
}

impl Rota {
    /// Lists whom it names.
    pub(super) fn people(&self) -> Vec<PersonId> {
        let person = |(schedule, ..): &(Schedule, _, _)| match schedule.who {
            Grantee::Person(person) => Some(person),
            Grantee::Handle(_) | Grantee::Circle(_) => None,
        };
        self.schedules.iter().filter_map(person).collect()
    }

    pub(super) fn lines(&self, about: &About<'_>) -> Vec<Line> {
        if self.schedules.is_empty() {
            return vec![about.phrase(Phrase::RotaNone, &[])];
        }
        let line = |(schedule, team, on): &(Schedule, Option<String>, bool)| {
            let mut args = vec![
                ("person", Arg::from(about.people.grantee(about.locale, &schedule.who).shown())),
                ("week", schedule.week.to_string().into()),
                ("mark", (if *on { "🟢" } else { "⚪" }).into()),
            ];
            args.extend(team.as_ref().map(|team| ("team", Arg::from(team.as_str()))));
            let phrase = if team.is_some() { Phrase::RotaLineTeam } else { Phrase::RotaLine };
            about.locale.line(phrase, &args)
        };
        let intro = about.phrase(Phrase::RotaIntro, &[("zone", self.zone.as_str().into())]);
        std::iter::once(intro).chain(self.schedules.iter().map(line)).collect()
    }
}
