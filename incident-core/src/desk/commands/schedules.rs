//! The command that says when somebody is on duty, and shows who is.

use super::naming::{Nobody, Person, read};
use crate::desk::change::RosterOrder;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, Named};
use crate::desk::{Desk, HandleError};
use crate::ids::TeamId;
use crate::policy::Standing;
use crate::ports::Origin;
use crate::roster::{Grantee, RosterCommand, Week};
use crate::view::{CommandWord, Rota, Said};

/// The word that takes a schedule away.
const OFF: &str = "off";

/// What is said of somebody's duty, before it is known who is meant.
struct Wanted<'a> {
    team: Option<TeamId>,
    who: Person<'a>,
    week: Option<Week>,
}

impl Desk {
    pub(super) async fn schedule(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { named, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        if named.is_empty() {
            return Ok(self.rota(scene));
        }
        let wanted = match wanted(scene, named) {
            Ok(wanted) => wanted,
            Err(said) => return Ok(Answer::of(said)),
        };
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let who = self.on_duty_as(scene, wanted.who).await?;
        let (group, team, week) = (scene.group.id, wanted.team, wanted.week);
        let commands = vec![RosterCommand::SetSchedule { group, team, who, week }];
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "schedule".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        Ok(match self.change_roster(order, scene.now).await? {
            Ok(roster) => {
                scene.take(roster);
                self.rota(scene)
            }
            Err(rejection) => Answer::of(Said::Refused(rejection)),
        })
    }

    /// A handle is kept until its owner appears, since whoever was last seen with it may have given it up; unless
    /// they do something here already.
    async fn on_duty_as(&self, scene: &Scene<'_>, who: Person<'_>) -> Result<Grantee, HandleError> {
        let handle = match who {
            Person::Known(profile) => {
                let person = self.store.identify(scene.company, profile, scene.now).await?;
                return Ok(Grantee::Person(scene.roster.who(person)));
            }
            Person::All(circle) => return Ok(Grantee::Circle(circle.clone())),
            Person::Called(handle) => handle,
        };
        let known = self.store.by_handle(scene.company, &handle).await?;
        let known = known.map(|person| scene.roster.who(person));
        let does_something =
            |person: &_| scene.roster.standing(scene.group.id, *person) != Standing::default();
        Ok(known.filter(does_something).map_or(Grantee::Handle(handle), Grantee::Person))
    }

    fn rota(&self, scene: &Scene<'_>) -> Answer {
        let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
        let own = scene.roster.schedules.iter().filter(|schedule| schedule.group == scene.group.id);
        let line = |schedule: &crate::roster::Schedule| {
            let team = schedule.team.and_then(|team| scene.roster.teams.get(&team));
            let team = team.map(|team| team.name.to_string());
            (schedule.clone(), team, schedule.week.is_on(&zone, scene.now))
        };
        Answer::of(Said::Schedules(Rota { schedules: own.map(line).collect(), zone: zone.to_string() }))
    }
}

/// Reads a team where there is one, a person, and their hours.
fn wanted<'a>(scene: &Scene<'_>, named: &'a [Named]) -> Result<Wanted<'a>, Said> {
    let usage = || Said::Usage(CommandWord::Schedule);
    let number = match named.first() {
        Some(Named::Word(word)) if word.bytes().all(|byte| byte.is_ascii_digit()) => Some(word),
        Some(Named::Word(_) | Named::Account(_) | Named::Circle(_)) | None => None,
    };
    let team = match number {
        Some(word) => {
            let team =
                word.parse().ok().map(TeamId::new).filter(|team| scene.roster.teams.contains_key(team));
            Some(team.ok_or_else(|| Said::NoSuchTeam(word.chars().take(64).collect()))?)
        }
        None => None,
    };
    let (who, rest) = named[usize::from(team.is_some())..].split_first().ok_or_else(usage)?;
    let who = match read(scene.request.chat.platform, who) {
        Ok(who) => who,
        Err(Nobody::Missing) => return Err(usage()),
        Err(Nobody::Bad(text)) => return Err(Said::BadHandle(text)),
    };
    let words: Option<Vec<&str>> = rest
        .iter()
        .map(|named| match named {
            Named::Word(word) => Some(word.as_str()),
            Named::Account(_) | Named::Circle(_) => None,
        })
        .collect();
    let text = words.ok_or_else(usage)?.join(" ");
    let week =
        if text.eq_ignore_ascii_case(OFF) { None } else { Some(Week::read(&text).map_err(|_| usage())?) };
    Ok(Wanted { team, who, week })
}
