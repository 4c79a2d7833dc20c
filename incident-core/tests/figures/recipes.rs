//! The tables beside the totals, computed once more: escalations, backlog, reporters, tags, and the days before.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use incident_core::figures::{
    Ageing, Backlog, Case, Escalations, Figures, Headline, Promise, ReporterFigures, Resolution, TagFigures,
    Tally, Window, Zone,
};
use incident_core::ids::{Number, PersonId};
use incident_core::incident::{Command, Tag};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Filed;
use incident_core::testkit::{Given, cast, given};
use incident_core::time::Timestamp;
use proptest::prelude::{TestCaseError, prop_assert_eq};

use super::tale::Tale;
use super::{Company, TARGETS, slowly, summed};

impl Company {
    /// Compares what is told of some incidents' resolution with what their journals say.
    fn resolution_agrees(&self, told: &Resolution, which: fn(&Tale) -> bool) -> Result<(), TestCaseError> {
        let own = || self.counted.iter().filter(|tale| which(tale));
        let count = |which: &dyn Fn(&&Tale) -> bool| own().filter(which).count() as u64;
        let (all, resolved) = (count(&|_| true), count(&|tale| tale.resolved.is_some()));
        prop_assert_eq!((told.counted, told.resolved), (all, resolved));
        prop_assert_eq!(
            summed(told.until_resolved),
            slowly(own().filter_map(Tale::until_resolved).collect())
        );
        let Promise { within, kept, broken, undecided } = told.promise;
        prop_assert_eq!(within, TARGETS.resolve);
        let in_time = count(&|tale| tale.until_done().is_some_and(|time| Some(time) <= within));
        prop_assert_eq!((kept, kept + broken + undecided), (in_time, all));
        Ok(())
    }

    pub(super) fn ways_agree(&self) -> Result<(), TestCaseError> {
        let escalations = &self.figures.escalations;
        self.resolution_agrees(&escalations.escalated, |tale| tale.escalated.is_some())?;
        self.resolution_agrees(&escalations.direct, |tale| tale.escalated.is_none())?;
        prop_assert_eq!(escalations.claimed, self.count(|tale| tale.answered.is_some()));
        let mut claims = BTreeMap::<PersonId, (u64, u64)>::new();
        for (tale, held) in
            self.counted.iter().flat_map(|tale| tale.stints.iter().map(move |held| (tale, held)))
        {
            let own = claims.entry(held.person).or_default();
            own.0 += u64::from(held.level == 1);
            own.1 += u64::from(tale.asked_above(held));
        }
        let people = self.figures.people.iter().filter(|(_, own)| own.claims > 0);
        let told = people.map(|(person, own)| (*person, (own.first_level_claims, own.escalations)));
        prop_assert_eq!(told.collect::<BTreeMap<_, _>>(), claims);
        Ok(())
    }

    pub(super) fn backlog_agrees(&self) -> Result<(), TestCaseError> {
        let people = |tale: &Tale| tale.stints.iter().map(|held| held.person).collect::<BTreeSet<_>>().len();
        let [none, one, two] = [0, 1, 2].map(|number| self.count(|tale| people(tale) == number));
        prop_assert_eq!(self.figures.holders, [none, one, two, self.figures.counted - none - one - two]);
        let hours = |tale: &Tale| self.now.since(tale.reported.expect("it was").1).as_secs() / 3_600;
        let ages = [0..1, 1..4, 4..24, 24..72, 72..168, 168..u64::MAX];
        let waiting = ages.map(|age| self.count(|tale| tale.over.is_none() && age.contains(&hours(tale))));
        prop_assert_eq!(self.figures.ageing.0.map(|class| class.waiting), waiting);
        Ok(())
    }

    pub(super) fn origins_agree(&self) -> Result<(), TestCaseError> {
        let mut reporters = BTreeMap::<PersonId, Vec<Timestamp>>::new();
        for (person, at) in self.counted.iter().filter_map(|tale| tale.reported) {
            reporters.entry(person).or_default().push(at);
        }
        let told = self.figures.reporters.iter().map(|own| (own.person, (own.reported, own.last)));
        let heard = reporters.iter().map(|(person, all)| {
            (*person, (all.len() as u64, all.iter().max().copied().expect("they reported")))
        });
        prop_assert_eq!(told.collect::<BTreeMap<_, _>>(), heard.collect());
        let groups: Vec<u64> = self.figures.group_reporters.values().copied().collect();
        let one_group = if reporters.is_empty() { Vec::new() } else { vec![reporters.len() as u64] };
        prop_assert_eq!(groups, one_group);
        Ok(())
    }

    pub(super) fn tags_agree(&self) -> Result<(), TestCaseError> {
        let known: BTreeSet<Option<&Tag>> = self.counted.iter().flat_map(tags_of).collect();
        prop_assert_eq!(self.figures.tags.len(), known.len());
        for own in &self.figures.tags {
            let theirs = || self.counted.iter().filter(|tale| tags_of(tale).contains(&own.tag.as_ref()));
            let count = |which: &dyn Fn(&&Tale) -> bool| theirs().filter(which).count() as u64;
            let sum = |time: fn(&Tale) -> Option<Duration>| theirs().filter_map(time).sum::<Duration>();
            let heard = TagFigures {
                tag: own.tag.clone(),
                counted: count(&|_| true),
                claimed: count(&|tale| tale.claimed.is_some()),
                escalated: count(&|tale| tale.escalated.is_some()),
                resolved: count(&|tale| tale.resolved.is_some()),
                until_claimed: sum(Tale::until_claimed),
                until_resolved: sum(Tale::until_resolved),
            };
            prop_assert_eq!(own, &heard);
        }
        Ok(())
    }
}

fn tags_of(tale: &Tale) -> Vec<Option<&Tag>> {
    if tale.tags.is_empty() { vec![None] } else { tale.tags.iter().map(Some).collect() }
}

fn case(given: &Given, seq: u32) -> Case {
    Case::from(&Filed { number: Number { year: 2026, seq }, incident: given.incident().clone() })
}

fn reported(at: Timestamp) -> Given {
    given(Policy::preset(Preset::TwoTier)).at(at).asked(cast::DRIVER, cast::report("A tyre is flat"))
}

fn tagged(given: Given, words: &[&str]) -> Given {
    words.iter().fold(given, |given, word| {
        given.asked(cast::MIA, Command::Tag { tag: Tag::new(word).expect("it is a tag") })
    })
}

/// The day on which the cast begins, counted as of some time later.
fn counted(cases: &[Case], later: Duration) -> Figures {
    let day = Zone::UTC.date(cast::START);
    let window = Window::between(day, day, &Zone::UTC).expect("a day of the calendar");
    let mut tally = Tally::compared(window, TARGETS, cast::START + later);
    cases.iter().for_each(|case| tally.add(case));
    tally.finish()
}

#[test]
fn what_waits_is_of_an_age_from_its_lower_bound_on() {
    let waits = case(&reported(cast::START), 1);
    let microsecond = Duration::from_micros(1);
    for (class, bound) in (1..).zip(Ageing::BOUNDS) {
        let mut expected = Ageing::default();
        expected.0[class] = Backlog { waiting: 1, unclaimed: 1 };
        let since = waits.created_at.since(cast::START);
        assert_eq!(counted(std::slice::from_ref(&waits), since + bound).ageing, expected, "{bound:?}");
        (expected.0[class], expected.0[class - 1]) = (Backlog::default(), expected.0[class]);
        let younger = counted(std::slice::from_ref(&waits), since + bound - microsecond);
        assert_eq!(younger.ageing, expected, "just below {bound:?}");
    }
    let held = case(&reported(cast::START).asked(cast::ANN, Command::Acknowledge), 1);
    let ageing = counted(&[held], Duration::from_secs(60)).ageing;
    assert_eq!(ageing.0[0], Backlog { waiting: 1, unclaimed: 0 });
}

#[test]
fn what_was_escalated_waits_above_until_somebody_claims_it_there() {
    let up = reported(cast::START).asked(cast::ANN, Command::Acknowledge).asked(cast::ANN, Command::Escalate);
    let told = |given: &Given| {
        let figures = counted(&[case(given, 1)], Duration::from_secs(600));
        let person = figures.people[&cast::ANN];
        let above = figures.escalations;
        (above.waiting, above.claimed, (person.first_level_claims, person.escalations))
    };
    assert_eq!(told(&up), (1, 0, (1, 1)));
    assert_eq!(told(&up.asked(cast::MIA, Command::Acknowledge)), (0, 1, (1, 1)));
}

#[test]
fn tags_come_by_the_number_of_their_incidents_and_what_has_none_last() {
    let mut cases = vec![case(&reported(cast::START), 1), case(&reported(cast::START), 2)];
    cases.extend((3..5).map(|seq| case(&tagged(reported(cast::START), &["brakes"]), seq)));
    cases.push(case(&tagged(reported(cast::START), &["tyres", "brakes", "axle"]), 5));
    let tags = counted(&cases, Duration::from_secs(60)).tags;
    let told: Vec<_> = tags.iter().map(|own| (own.tag.as_ref().map(Tag::as_str), own.counted)).collect();
    assert_eq!(told, [(Some("brakes"), 3), (Some("axle"), 1), (Some("tyres"), 1), (None, 2)]);
}

#[test]
fn of_many_tags_and_reporters_the_first_fifty_are_told() {
    let one = case(&reported(cast::START), 1);
    let some = (1..=60).flat_map(|n: u32| std::iter::repeat_n(n, if n == 60 { 2 } else { 1 }));
    let cases: Vec<Case> = some
        .map(|n| Case {
            reporter: PersonId::new(n),
            tags: vec![Tag::new(&format!("tag{n:02}")).expect("it is a tag")],
            ..one.clone()
        })
        .collect();
    let figures = counted(&cases, Duration::from_secs(60));
    let tags: Vec<_> = figures.tags.iter().filter_map(|own| own.tag.as_ref().map(Tag::as_str)).collect();
    assert_eq!((tags.len(), tags[0], tags[49]), (50, "tag60", "tag49"));
    let people: Vec<u32> = figures.reporters.iter().map(|own| own.person.get()).collect();
    assert_eq!((people.len(), people[0], people[49]), (50, 60, 49));
    assert_eq!(figures.group_reporters.values().copied().collect::<Vec<_>>(), [60]);
}

#[test]
fn the_days_before_are_counted_apart() {
    let eve = Timestamp::from_micros(cast::START.as_micros() - 86_400_000_000);
    let cases = [reported(eve), reported(cast::START), reported(cast::START)];
    let cases: Vec<Case> = (1..).zip(&cases).map(|(seq, given)| case(given, seq)).collect();
    let figures = counted(&cases, Duration::from_secs(60));
    let before = figures.before.as_deref().expect("there is a day before");
    let alone = counted(&cases[1..], Duration::from_secs(60));
    assert_eq!((before.counted, before.window.until()), (1, figures.window.from()));
    assert_eq!(Headline::from(&figures), Headline::from(&alone));
    let last = ReporterFigures { person: cast::DRIVER, reported: 2, last: cases[2].created_at };
    assert_eq!(figures.reporters, [last]);
}

/// What an earlier release left in the outbox can still be sent.
#[test]
fn figures_without_the_later_tables_can_be_read() {
    let held = reported(cast::START).asked(cast::ANN, Command::Acknowledge);
    let whole = counted(&[case(&held, 1)], Duration::from_secs(60));
    let mut stored = serde_json::to_value(&whole).expect("figures are data");
    assert_eq!(serde_json::from_value::<Figures>(stored.clone()).expect("it reads back"), whole);
    let person = stored["people"][0][1].as_object_mut().expect("named fields");
    for later in ["first_level_claims", "escalations"] {
        person.remove(later).expect(later);
    }
    let fields = stored.as_object_mut().expect("named fields");
    for later in ["escalations", "holders", "ageing", "reporters", "group_reporters", "tags", "before"] {
        fields.remove(later).expect(later);
    }
    let mut expected = Figures {
        escalations: Escalations::default(),
        holders: [0; 4],
        ageing: Ageing::default(),
        reporters: Vec::new(),
        group_reporters: BTreeMap::new(),
        tags: Vec::new(),
        before: None,
        ..whole
    };
    expected.people.values_mut().for_each(|own| own.first_level_claims = 0);
    assert_eq!(serde_json::from_value::<Figures>(stored).expect("it reads"), expected);
}
