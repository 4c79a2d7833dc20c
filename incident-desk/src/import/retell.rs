//! A tale told again: every deed is put to the machine as a command, at the time and by the person of old, under
//! rules that allow what the old bot allowed. So an imported incident is one that could have happened here, its
//! journal is what its state folds from, and nothing is written past the rules.

use std::collections::BTreeMap;
use std::time::Duration;

use incident_core::ids::{CompanyId, GroupId, IncidentId, PersonId, TeamId};
use incident_core::incident::{
    Command, Event, Incident, Input, Level, Priority, Report, State, StateKind, TeamChoice, step,
};
use incident_core::policy::{
    Actor, Eligible, Initial, Member, Policy, Preset, Role, Roles, Rules, Standing, SummaryEnd, SummaryRule,
};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;

use super::old::{Deed, Doing, OldRules, Tale, UserId};

/// Where a tale is told: what its names mean here.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The id it gets.
    pub incident: IncidentId,
    /// The company.
    pub company: CompanyId,
    /// The group.
    pub group: GroupId,
    /// The people of the tale.
    pub people: &'a BTreeMap<UserId, PersonId>,
    /// The departments of the company, by their old numbers.
    pub teams: &'a BTreeMap<i64, TeamId>,
    /// Whether incidents of this desk move between teams; where not, one that waits for a department waits for
    /// everybody.
    pub has_teams: bool,
    /// The present instant; nothing happened after it.
    pub now: Timestamp,
}

/// A tale that was told to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The incident.
    pub incident: Incident,
    /// Its journal.
    pub events: Vec<Event>,
    /// What could not be told as it was.
    pub remarks: Vec<String>,
}

/// Tells a tale again.
///
/// # Errors
/// Says why there is no incident that it could be told of.
pub fn retell(tale: &Tale, setting: &Setting<'_>) -> Result<Told, String> {
    let mut teller =
        Teller { setting, rules: rules(tale.rules), told: None, events: Vec::new(), remarks: Vec::new() };
    teller.create(tale)?;
    for deed in &tale.deeds {
        teller.tell(tale, deed)?;
    }
    teller.conclude(tale)?;
    let Teller { told, events, remarks, .. } = teller;
    let incident = told.ok_or("nothing happened to it")?;
    Ok(Told { incident, events, remarks })
}

/// The rules of the old bot, without what only concerns people who are there.
fn rules(of: OldRules) -> Rules {
    let preset = match of {
        OldRules::TwoTier => Preset::TwoTier,
        OldRules::Departments { .. } => Preset::Departments,
    };
    let mut rules = Rules::from(preset);
    rules.reports = None;
    for level in &mut rules.levels {
        level.eligible = Eligible::Roles(Roles::from(Role::Responder));
    }
    if of == (OldRules::Departments { routed: false }) {
        rules.initial = Initial::Open;
    }
    rules
}

struct Teller<'a> {
    setting: &'a Setting<'a>,
    rules: Rules,
    told: Option<Incident>,
    events: Vec<Event>,
    remarks: Vec<String>,
}

impl Teller<'_> {
    fn create(&mut self, tale: &Tale) -> Result<(), String> {
        let (description, rest) = self.fitted(&tale.description, Limits::DESCRIPTION, "description")?;
        let report = Report {
            company: self.setting.company,
            group: self.setting.group,
            group_active: true,
            topic: None,
            description,
            attachments: Vec::new(),
            priority: Priority::Normal,
            recent: Vec::new(),
            recent_here: Vec::new(),
        };
        let reporter = self.somebody(tale.reporter)?;
        self.ask(tale.at, &reporter, Command::Create { report })?;
        self.keep(tale.at, &reporter, &rest)
    }

    fn tell(&mut self, tale: &Tale, deed: &Deed) -> Result<(), String> {
        let at = deed.at;
        let told = match &deed.what {
            Doing::Claim => deed.by.map_or_else(|| Err("nobody is named".to_owned()), |by| self.hold(at, by)),
            Doing::Release => self.release(at, deed.by),
            Doing::Route(team) => self.route(at, deed.by.unwrap_or(tale.reporter), *team),
            Doing::Escalate => {
                let by = self.somebody(deed.by.unwrap_or(tale.reporter))?;
                self.ask(at, &by, Command::Escalate)
            }
            Doing::Promise => {
                deed.by.map_or_else(|| Err("nobody is named".to_owned()), |by| self.promise(at, by))
            }
            Doing::Resolve(summary) => self.resolve(at, deed.by, summary.as_deref()),
            Doing::TimeOut => self.time_out(at, deed.by),
            Doing::Note(text) => {
                let by = self.somebody(deed.by.unwrap_or(tale.reporter))?;
                self.keep(at, &by, text)
            }
        };
        if let Err(why) = told {
            self.remarks.push(format!("{} at {at} is left out: {why}", named(&deed.what)));
        }
        Ok(())
    }

    /// Compares where the tale led with where it should have; what is over may not come to life again.
    fn conclude(&mut self, tale: &Tale) -> Result<(), String> {
        let (kind, level) =
            self.told.as_ref().map_or((tale.ends, tale.level), |told| (told.state.kind(), told.level));
        if (tale.ends.is_terminal() || kind.is_terminal()) && kind != tale.ends {
            return Err(format!(
                "it is said to be {}, and what is told of it ends as {}",
                tale.ends.as_str(),
                kind.as_str()
            ));
        }
        if (kind, level) != (tale.ends, tale.level) {
            let (ends, asked, kind) = (tale.ends.as_str(), tale.level, kind.as_str());
            self.remarks.push(format!(
                "it is said to be {ends} at level {asked}, and is taken over as {kind} at level {level}, which is \
                 where what is told of it leads"
            ));
        }
        if kind == StateKind::Triage && !self.setting.has_teams {
            let reason = Text::new("no department had been chosen before the import", Limits::REASON);
            let reason = reason.map_err(|error| error.to_string())?;
            self.ask(self.setting.now, &Actor::System, Command::TriageFailed { reason })?;
            self.remarks.push("nobody had chosen a department: it waits for everybody now".to_owned());
        }
        Ok(())
    }

    fn ask(&mut self, at: Timestamp, actor: &Actor, command: Command) -> Result<(), String> {
        let policy = Policy::new(self.rules.clone()).map_err(|error| error.to_string())?;
        let last = self.told.as_ref().map_or(Timestamp::MIN, |told| told.clocks.updated_at);
        if at > self.setting.now {
            self.remarks.push(format!("{at} lies ahead: it counts as now; see --utc-offset"));
        } else if at < last {
            self.remarks.push(format!("{at} is before what happened before it: it counts as {last}"));
        }
        let input = Input::new(self.setting.incident, at.min(self.setting.now), actor.clone(), command);
        let step = step(&policy, self.told.as_ref(), &input).map_err(|rejection| rejection.to_string())?;
        self.told = Some(step.incident);
        self.events.extend(step.events);
        Ok(())
    }

    fn told(&self) -> Result<&Incident, String> {
        self.told.as_ref().ok_or_else(|| "nothing was reported".to_owned())
    }

    /// Whoever did something was allowed to, by the old bot's lists of that time.
    fn somebody(&self, user: UserId) -> Result<Actor, String> {
        let person =
            *self.setting.people.get(&user).ok_or_else(|| format!("the user {user} is not known"))?;
        let roles = Roles::from(Role::Reporter).with(Role::Responder).with(Role::Manager);
        let teams = self.told.iter().filter_map(|told| told.team).collect();
        Ok(Actor::Person(Member::new(person, Standing { roles, teams })))
    }

    fn holds(&self, user: UserId) -> Result<bool, String> {
        let told = self.told()?;
        let person = self.setting.people.get(&user).ok_or_else(|| format!("the user {user} is not known"))?;
        Ok(told.holds_at(*person, told.level))
    }

    fn hold(&mut self, at: Timestamp, user: UserId) -> Result<(), String> {
        let actor = self.somebody(user)?;
        self.ask(at, &actor, Command::Acknowledge)
    }

    /// A claim that had ended with something else is over by now.
    fn release(&mut self, at: Timestamp, by: Option<UserId>) -> Result<(), String> {
        let Some(user) = by else {
            return Err("nobody is named".to_owned());
        };
        if !self.holds(user)? || self.told()?.state.is_terminal() {
            return Ok(());
        }
        let actor = self.somebody(user)?;
        self.ask(at, &actor, Command::Release)
    }

    fn route(&mut self, at: Timestamp, by: UserId, team: i64) -> Result<(), String> {
        let team = *self.setting.teams.get(&team).ok_or_else(|| format!("there is no department {team}"))?;
        let to = TeamChoice { team, restricted: false };
        let actor = self.somebody(by)?;
        if self.told()?.state.kind() == StateKind::Triage {
            return self.ask(at, &actor, Command::Route { to });
        }
        self.ask(at, &actor, Command::Transfer { to })
    }

    /// Only who held an incident could resolve it: a claim that is not told of is told now.
    fn promise(&mut self, at: Timestamp, by: UserId) -> Result<(), String> {
        if !self.holds(by)? {
            self.hold(at, by)?;
            self.remarks
                .push(format!("the user {by} resolved it without a claim that is told of: claimed at {at}"));
        }
        let actor = self.somebody(by)?;
        self.ask(at, &actor, Command::RequestResolve)
    }

    fn resolve(&mut self, at: Timestamp, by: Option<UserId>, summary: Option<&str>) -> Result<(), String> {
        let user = by.ok_or("nobody is named who resolved it")?;
        if self.told()?.state.kind() != StateKind::PendingSummary {
            self.promise(at, user)?;
        }
        let (summary, rest) = self.fitted(summary.unwrap_or_default(), Limits::SUMMARY, "summary")?;
        self.rules.summary_by_others = true;
        let actor = self.somebody(user)?;
        self.ask(at, &actor, Command::SubmitSummary { summary })?;
        self.keep(at, &actor, &rest)
    }

    /// The wait is as long as it was.
    fn time_out(&mut self, at: Timestamp, by: Option<UserId>) -> Result<(), String> {
        if self.told()?.state.kind() != StateKind::PendingSummary {
            self.promise(at, by.ok_or("nobody is named who promised a summary")?)?;
        }
        let State::PendingSummary(pending) = &self.told()?.state else {
            return Err("no summary is outstanding".to_owned());
        };
        let after = at.min(self.setting.now).since(pending.since).max(Duration::from_micros(1));
        let at = pending.since + after;
        self.rules.summary_wait = Some(SummaryRule { after, reminders: 0, then: SummaryEnd::Close });
        self.ask(at, &Actor::System, Command::Wake)
    }

    /// Keeps a text as internal notes.
    fn keep(&mut self, at: Timestamp, actor: &Actor, text: &str) -> Result<(), String> {
        let letters: Vec<char> = text.chars().collect();
        for part in letters.chunks(Limits::NOTE.max) {
            let part: String = part.iter().collect();
            if let Ok(text) = Text::new(&part, Limits::NOTE) {
                self.ask(at, actor, Command::AddNote { text, internal: true })?;
            }
        }
        Ok(())
    }

    /// Returns a text within limits, and what did not fit.
    fn fitted(&mut self, text: &str, limits: Limits, what: &str) -> Result<(Text, String), String> {
        let text = text.trim();
        let length = text.chars().count();
        let whole = if length < limits.min {
            self.remarks.push(format!(
                "its {what} has {length} characters, too few: [imported] is written before it"
            ));
            format!("[imported] {text}")
        } else {
            text.to_owned()
        };
        let rest: String = whole.chars().skip(limits.max).collect();
        if !rest.is_empty() {
            self.remarks
                .push(format!("its {what} has {length} characters: what does not fit is kept as notes"));
        }
        let whole: String = whole.chars().take(limits.max).collect();
        Text::new(&whole, limits).map(|text| (text, rest)).map_err(|error| format!("its {what} is {error}"))
    }
}

const fn named(what: &Doing) -> &'static str {
    match what {
        Doing::Claim => "a claim",
        Doing::Release => "a release",
        Doing::Route(_) => "a choice of department",
        Doing::Escalate => "an escalation",
        Doing::Promise => "the promise of a summary",
        Doing::Resolve(_) => "the resolution",
        Doing::TimeOut => "the end of waiting for a summary",
        Doing::Note(_) => "a note",
    }
}

/// Tells at which level an incident may be said to be; for the summary of a listing.
pub(super) fn stands(incident: &Incident) -> String {
    let kind = incident.state.kind().as_str();
    if incident.level > Level::FIRST {
        format!("{kind} at level {}", incident.level)
    } else {
        kind.to_owned()
    }
}
