//! The tables beside the totals: reckoned from the plan alone, and compared with what a report tells.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Act::{Cancel, Claim, Reopen, Summarize, Tag};
use super::plan::Member::{Dave, Dora};
use super::plan::{DAY, FORWARD, HOUR, Job, PLAN, Values, percentile};

/// The values of one table.
struct Told<'a>(&'a Values, &'static str);

impl Told<'_> {
    fn value(&self, row: &str, column: &str) -> String {
        let key = (self.1.to_owned(), row.to_owned(), column.to_owned());
        self.0.get(&key).cloned().unwrap_or_default()
    }

    fn rows(&self) -> BTreeSet<&str> {
        self.0.keys().filter(|(table, ..)| table == self.1).map(|(_, row, _)| row.as_str()).collect()
    }

    /// Compares a mean to the microsecond.
    fn has_mean(&self, row: &str, column: &str, times: &[i64]) {
        let told: f64 = self.value(row, column).parse().expect("a number");
        let exact = times.iter().sum::<i64>() as f64 / times.len() as f64;
        assert!((told - exact).abs() < 1e-5, "{row}, {column}: {told}, not {exact}");
    }
}

impl Job {
    fn is_cancelled(&self) -> bool {
        self.acts.iter().any(|(_, act)| *act == Cancel)
    }

    fn begun(&self) -> i64 {
        self.acts.iter().find(|(_, act)| *act == Reopen).map_or(0, |(after, _)| *after)
    }

    /// How long it took from when it was last opened until something was done.
    fn until(&self, done: impl Fn(&super::Act) -> bool) -> Option<i64> {
        let begun = self.begun();
        let first = self.acts.iter().find(|(after, act)| *after >= begun && done(act));
        first.map(|(after, _)| after - begun)
    }

    fn until_resolved(&self) -> Option<i64> {
        self.until(|act| matches!(act, Summarize(_)))
    }

    fn claimers(&self) -> Vec<super::Member> {
        let claims =
            self.acts.iter().filter_map(|(_, act)| if let Claim(who) = act { Some(*who) } else { None });
        claims.collect()
    }

    fn tags(&self) -> Vec<&'static str> {
        let tags =
            self.acts.iter().filter_map(|(_, act)| if let Tag(_, word) = act { Some(*word) } else { None });
        tags.collect()
    }
}

/// The incidents that count, of a group or of all, with their places in the plan.
fn counted(group: Option<usize>, days: std::ops::Range<i64>) -> Vec<(usize, &'static Job)> {
    let jobs = PLAN.iter().enumerate().filter(|(_, job)| days.contains(&job.reported) && !job.is_cancelled());
    jobs.filter(|(_, job)| group.is_none_or(|group| job.group == group)).collect()
}

fn resolved(jobs: &[(usize, &Job)]) -> Vec<i64> {
    let mut times: Vec<i64> = jobs.iter().filter_map(|(_, job)| job.until_resolved()).collect();
    times.sort_unstable();
    times
}

/// Compares what can be told at whatever time.
pub(super) fn compare_tables(told: &Values, group: Option<usize>) {
    let jobs = counted(group, 0..7 * DAY - HOUR);
    let times = resolved(&jobs);
    let change = Told(told, "change");
    let before = counted(group, -7 * DAY..0).len();
    let reported = ["These days", "Before", "Change"].map(|column| change.value("Reported", column));
    assert_eq!(reported, [jobs.len(), before, jobs.len() - before].map(|count| count.to_string()));
    assert_eq!(change.value("Median to resolution", "These days"), percentile(&times, 50).to_string());

    let resolution = Told(told, "resolution");
    let row = "Without an escalation";
    let counts = ["Incidents", "Resolved"].map(|column| resolution.value(row, column));
    assert_eq!(counts, [jobs.len().to_string(), times.len().to_string()]);
    assert_eq!(resolution.value("With an escalation", "Incidents"), "0");
    assert_eq!(resolution.value(row, "p90"), percentile(&times, 90).to_string());
    resolution.has_mean(row, "Mean", &times);

    let held_by = |number: usize| {
        let people = |job: &Job| job.claimers().into_iter().collect::<BTreeSet<_>>().len();
        jobs.iter().filter(|(_, job)| people(job) == number).count().to_string()
    };
    let holders = Told(told, "holders");
    let told_of = ["Nobody", "One person", "Two people", "Three or more"];
    assert_eq!(told_of.map(|row| holders.value(row, "Incidents")), [0, 1, 2, 3].map(held_by));
    compare_tags(&Told(told, "tags"), &jobs);
}

fn compare_tags(told: &Told<'_>, jobs: &[(usize, &Job)]) {
    let mut tagged = BTreeMap::<String, Vec<&Job>>::new();
    for (_, job) in jobs {
        let mut names: Vec<String> = job.tags().iter().map(|tag| format!("#{tag}")).collect();
        if names.is_empty() {
            names.push("Without a tag".to_owned());
        }
        names.into_iter().for_each(|name| tagged.entry(name).or_default().push(job));
    }
    assert_eq!(told.rows(), tagged.keys().map(String::as_str).collect());
    for (name, theirs) in &tagged {
        let claimed: Vec<i64> =
            theirs.iter().filter_map(|job| job.until(|act| matches!(act, Claim(_)))).collect();
        let times: Vec<i64> = theirs.iter().filter_map(|job| job.until_resolved()).collect();
        let counts = ["Incidents", "Resolved"].map(|column| told.value(name, column));
        assert_eq!(counts, [theirs.len().to_string(), times.len().to_string()], "{name}");
        told.has_mean(name, "Mean to claim", &claimed);
        told.has_mean(name, "Mean to resolve", &times);
    }
}

/// Compares who reported and who claimed in one group, where no two people have the same name.
pub(super) fn compare_origins(told: &Values, group: usize) {
    let jobs = counted(Some(group), 0..7 * DAY - HOUR);
    let mut reported = BTreeMap::<String, (usize, i64)>::new();
    for (place, job) in &jobs {
        let own = reported.entry(format!("Driver{}", place % 5 + 1)).or_default();
        *own = (own.0 + 1, own.1.max(job.reported));
    }
    let reporters = Told(told, "reporters");
    assert_eq!(reporters.rows(), reported.keys().map(String::as_str).collect());
    for (name, (count, last)) in &reported {
        let wall = last + if *last >= FORWARD { HOUR } else { 0 };
        let last = format!("2026-03-{} {:02}:{:02}", 23 + wall / DAY, wall % DAY / HOUR, wall % HOUR / 60);
        let values = ["Incidents", "Last report"].map(|column| reporters.value(name, column));
        assert_eq!(values, [count.to_string(), last], "{name}");
    }
    let title = ["Drivers_north", "Drivers_south"][group];
    let people = Told(told, "groups").value(title, "People who reported");
    assert_eq!(people, reported.len().to_string());
    let dispatchers = Told(told, "dispatchers");
    for (name, member) in [("Dora", Dora), ("Dave", Dave)] {
        let claims = jobs.iter().flat_map(|(_, job)| job.claimers()).filter(|who| *who == member).count();
        let columns = ["Claims at the first level", "A higher level was asked"];
        let values = columns.map(|column| dispatchers.value(name, column));
        assert_eq!(values, [claims.to_string(), "0".to_owned()], "{name}");
    }
}

/// Compares how old what waits is, as of some seconds after midnight of Monday.
pub(super) fn compare_ages(told: &Values, group: usize, now: i64) {
    let jobs = counted(Some(group), 0..7 * DAY - HOUR);
    let ages =
        jobs.iter().filter(|(_, job)| job.until_resolved().is_none()).map(|(_, job)| now - job.reported);
    let ages: Vec<i64> = ages.collect();
    for (row, hours) in [
        ("Under 1 hour", 0..1),
        ("1 to 4 hours", 1..4),
        ("4 to 24 hours", 4..24),
        ("1 to 3 days", 24..72),
        ("3 to 7 days", 72..168),
        ("7 days and more", 168..i64::MAX),
    ] {
        let reckoned = ages.iter().filter(|age| hours.contains(&(*age / HOUR))).count();
        assert_eq!(Told(told, "ageing").value(row, "Incidents"), reckoned.to_string(), "{row}");
    }
}
