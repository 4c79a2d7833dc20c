//! Figures are what the journals say: each is computed once more here, slowly and from what happened rather than
//! from what is stored, over stories that nobody planned.

mod recipes;
mod tale;

use std::collections::BTreeMap;
use std::time::Duration;

use incident_core::figures::{Case, Figures, Tally, Targets, Window, Zone};
use incident_core::ids::{Number, PersonId};
use incident_core::incident::Level;
use incident_core::policy::{Anchor, Policy};
use incident_core::ports::Filed;
use incident_core::testkit::{Jump, Story, Told, cast, strategies};
use incident_core::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, TestCaseError, prop_assert_eq};
use proptest::test_runner::TestRunner;

use self::tale::Tale;

/// Stories in which no two turns are at the same instant, so that what happened first is told by its time.
fn stories() -> impl Strategy<Value = Vec<Story>> {
    let later = |mut story: Story| {
        for turn in &mut story.turns {
            turn.jump = match turn.jump {
                Jump::Forward(by) => Jump::Forward(by),
                Jump::Still | Jump::Due => Jump::Forward(Duration::from_secs(301)),
                Jump::Back(by) => Jump::Forward(by + Duration::from_micros(1)),
            };
        }
        story
    };
    vec(strategies::story(strategies::policy(), 30).prop_map(later), 1..12)
}

const TARGETS: Targets = Targets {
    response: Some(Duration::from_secs(600)),
    escalation: Some(Duration::from_secs(400)),
    resolve: Some(Duration::from_secs(3_600)),
    anchor: Anchor::Created,
};

/// The number, the mean in microseconds and three percentiles in seconds, the slow way.
fn slowly(mut times: Vec<Duration>) -> (u64, u128, [u64; 3]) {
    times.sort();
    let total: u128 = times.iter().map(Duration::as_micros).sum();
    let at = |percent: usize| {
        let enough = |n: usize| n * 100 >= times.len() * percent;
        (1..=times.len()).find(|n| enough(*n)).map_or(0, |n| times[n - 1].as_secs())
    };
    (times.len() as u64, total / (times.len() as u128).max(1), [at(50), at(90), at(95)])
}

fn summed(summary: incident_core::figures::Summary) -> (u64, u128, [u64; 3]) {
    (
        summary.count,
        summary.mean.as_micros(),
        [summary.p50, summary.p90, summary.p95].map(|time| time.as_secs()),
    )
}

fn tally(told: &[Told], window: &Window, now: Timestamp) -> Figures {
    let mut tally = Tally::new(window.clone(), TARGETS, now);
    for (seq, told) in (1..).zip(told) {
        let incident = told.incident.clone().expect("only told ones are counted");
        tally.add(&Case::from(&Filed { number: Number { year: 2026, seq }, incident }));
    }
    tally.finish()
}

/// A company, counted once by the core and once from the journals.
struct Company {
    figures: Figures,
    now: Timestamp,
    counted: Vec<Tale>,
    left_out: usize,
}

impl Company {
    fn new(stories: &[Story]) -> Self {
        let told = stories.iter().filter_map(|story| story.play(|_| Ok(())).ok());
        let told: Vec<Told> = told.filter(|told| told.incident.is_some()).collect();
        let last = told.iter().flat_map(|told| &told.journal).map(|event| event.at).max();
        let now = last.unwrap_or(cast::START) + Duration::from_secs(500);
        let [first, second] = [0, 86_400].map(|secs| Zone::UTC.date(cast::START + Duration::from_secs(secs)));
        let window = Window::between(first, second, &Zone::UTC).expect("two days of the calendar");
        let reported =
            told.iter().filter(|told| told.journal.first().is_some_and(|event| window.contains(event.at)));
        let tales: Vec<Tale> = reported.map(|told| Tale::of(&told.journal)).collect();
        let (left_out, counted): (Vec<Tale>, Vec<Tale>) = tales.into_iter().partition(|tale| tale.left_out);
        Self { figures: tally(&told, &window, now), now, counted, left_out: left_out.len() }
    }

    fn count(&self, which: impl Fn(&Tale) -> bool) -> u64 {
        self.counted.iter().filter(|tale| which(tale)).count() as u64
    }

    fn times(&self, time: impl Fn(&Tale) -> Option<Duration>) -> (u64, u128, [u64; 3]) {
        slowly(self.counted.iter().filter_map(time).collect())
    }

    fn counts_agree(&self) -> Result<(), TestCaseError> {
        let figures = &self.figures;
        let all = (self.counted.len() as u64, self.left_out as u64);
        prop_assert_eq!((figures.counted, figures.left_out), all);
        prop_assert_eq!(figures.claimed, self.count(|tale| tale.claimed.is_some()));
        prop_assert_eq!(figures.escalated, self.count(|tale| tale.escalated.is_some()));
        prop_assert_eq!(figures.resolved, self.count(|tale| tale.resolved.is_some()));
        let first_level = self.count(|tale| tale.resolved.is_some() && tale.level == 1);
        prop_assert_eq!(figures.resolved_first_level, first_level);
        let sums = [
            figures.states.values().sum::<u64>(),
            figures.groups.values().sum(),
            figures.days.iter().map(|day| day.reported).sum(),
            figures.hours.iter().flatten().sum(),
            figures.teams.values().map(|team| team.counted).sum(),
        ];
        prop_assert_eq!(sums, [figures.counted; 5]);
        Ok(())
    }

    fn times_agree(&self) -> Result<(), TestCaseError> {
        let times = self.figures.times;
        prop_assert_eq!(summed(times.until_claimed), self.times(Tale::until_claimed));
        prop_assert_eq!(summed(times.until_escalation_claimed), self.times(Tale::until_answered));
        prop_assert_eq!(summed(times.until_resolved), self.times(Tale::until_resolved));
        let unheld = |tale: &Tale| Some(tale.until_resolved()? - tale.held);
        prop_assert_eq!(summed(times.until_resolved_unheld), self.times(unheld));
        Ok(())
    }

    fn promises_agree(&self) -> Result<(), TestCaseError> {
        let Figures { response, escalation, resolve, counted, .. } = &self.figures;
        for (promise, time) in [
            (response, Tale::until_claimed as fn(&Tale) -> Option<Duration>),
            (escalation, Tale::until_answered),
            (resolve, Tale::until_done),
        ] {
            let kept = self.count(|tale| time(tale).is_some_and(|time| Some(time) <= promise.within));
            prop_assert_eq!(promise.kept, kept);
            prop_assert_eq!(promise.kept + promise.broken + promise.undecided, *counted);
        }
        let late = self.count(|tale| {
            let time = tale.until_claimed().or_else(|| tale.unclaimed_for(self.now));
            time.is_some_and(|time| Some(time) > response.within)
        });
        prop_assert_eq!(response.broken, late);
        Ok(())
    }

    fn teams_agree(&self) -> Result<(), TestCaseError> {
        for (team, own) in &self.figures.teams {
            let theirs = || self.counted.iter().filter(|tale| tale.team == *team);
            prop_assert_eq!(own.counted, theirs().count() as u64);
            let claimed = theirs().filter_map(Tale::until_team_claimed).collect();
            prop_assert_eq!(summed(own.until_claimed), slowly(claimed));
            let resolved = theirs().filter_map(Tale::until_team_resolved).collect();
            prop_assert_eq!(summed(own.until_resolved), slowly(resolved));
        }
        Ok(())
    }

    fn people_agree(&self) -> Result<(), TestCaseError> {
        let mut active = BTreeMap::<PersonId, Duration>::new();
        let mut resolved = BTreeMap::<PersonId, u64>::new();
        for tale in &self.counted {
            let holding = tale.holders.iter().map(|(person, (_, since))| (person, self.now.since(*since)));
            for (person, time) in tale.active.iter().map(|(person, time)| (person, *time)).chain(holding) {
                *active.entry(*person).or_default() += time;
            }
            if let Some((person, _)) = tale.resolved {
                *resolved.entry(person).or_default() += 1;
            }
        }
        let people = &self.figures.people;
        let held = people.iter().filter(|(_, own)| own.claims > 0).map(|(person, own)| (*person, own.active));
        prop_assert_eq!(held.collect::<BTreeMap<_, _>>(), active);
        let credit = people.iter().filter(|(_, own)| own.resolved > 0);
        let credit = credit.map(|(person, own)| (*person, own.resolved));
        prop_assert_eq!(credit.collect::<BTreeMap<_, _>>(), resolved);
        Ok(())
    }
}

fn agree(stories: &[Story]) -> Result<(), TestCaseError> {
    let company = Company::new(stories);
    company.counts_agree()?;
    company.times_agree()?;
    company.promises_agree()?;
    company.teams_agree()?;
    company.people_agree()?;
    company.ways_agree()?;
    company.backlog_agrees()?;
    company.origins_agree()?;
    company.tags_agree()
}

#[test]
fn figures_are_what_the_journals_say() {
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    if let Err(failure) = TestRunner::new(config).run(&stories(), |stories| agree(&stories)) {
        panic!("{failure}");
    }
}

#[test]
fn targets_are_those_of_the_timers() {
    use incident_core::policy::{Preset, Rules};
    let minutes = |count: u64| Some(Duration::from_secs(60 * count));
    let two_tier = Targets::from(&Policy::preset(Preset::TwoTier));
    let expected =
        Targets { response: minutes(10), escalation: minutes(15), resolve: None, anchor: Anchor::Created };
    assert_eq!(two_tier, expected);
    let mut rules = Rules::from(Preset::TwoTier);
    (rules.sla.response, rules.sla.resolve, rules.sla.anchor) = (minutes(5), minutes(60), Anchor::Routed);
    rules.levels.truncate(1);
    let own = Targets::from(&Policy::new(rules).expect("valid rules"));
    let expected =
        Targets { response: minutes(5), escalation: None, resolve: minutes(60), anchor: Anchor::Routed };
    assert_eq!(own, expected);
    assert_eq!(Level::FIRST.get(), 1);
}
