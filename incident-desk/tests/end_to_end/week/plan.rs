//! The plan of the week, and what it comes to: reckoned from the plan alone.

use std::collections::BTreeMap;

use incident_core::time::Timestamp;

use self::Act::{Cancel, Choose, Claim, Hold, Leave, Reopen, Resolve, Resume, Summarize, Tag};
use self::Member::{Dave, Dora};

/// Midnight of Monday, 23 March 2026, in Amsterdam: 23:00 of the day before in UTC.
const MONDAY: i64 = 1_774_220_400;
pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;
/// Clocks go forward on the Sunday, at 02:00: whatever is later is an hour further from Monday on clocks on walls.
pub(super) const FORWARD: i64 = 6 * DAY + 2 * HOUR;

/// Returns an instant by what has passed since Monday's midnight.
pub(super) fn at(secs: i64) -> Timestamp {
    Timestamp::from_micros((MONDAY + secs) * 1_000_000)
}

/// What somebody does about an incident. People are numbered within the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Choose(&'static str),
    Claim(Member),
    Leave(Member),
    Hold(Member),
    Resume(Member),
    Resolve(Member),
    Summarize(Member),
    Tag(Member, &'static str),
    Cancel,
    Reopen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    Dora,
    Dave,
}

/// An incident of the plan: when it is reported, in which group, and what happens how many seconds later.
pub(super) struct Job {
    pub(super) reported: i64,
    pub(super) group: usize,
    pub(super) acts: &'static [(i64, Act)],
}

/// The week, with a report just before it and one just after.
pub(super) const PLAN: [Job; 11] = [
    Job { reported: -1, group: 0, acts: &[(20, Choose("Tyres")), (40, Claim(Dora))] },
    Job {
        reported: 8 * HOUR,
        group: 0,
        acts: &[
            (30, Choose("Tyres")),
            (95, Claim(Dora)),
            (200, Tag(Dora, "flat")),
            (600, Resolve(Dora)),
            (690, Summarize(Dora)),
        ],
    },
    Job {
        reported: 8 * HOUR + 120,
        group: 1,
        acts: &[(10, Choose("Safety")), (701, Claim(Dave)), (2_000, Resolve(Dave)), (2_099, Summarize(Dave))],
    },
    // Claimed on the next day, given back, and done by somebody else.
    Job {
        reported: DAY - 30,
        group: 0,
        acts: &[
            (5, Choose("Tyres")),
            (61, Claim(Dave)),
            (90, Tag(Dave, "night")),
            (95, Tag(Dave, "flat")),
            (120, Leave(Dave)),
            (1_800, Claim(Dora)),
            (2_400, Resolve(Dora)),
            (2_503, Summarize(Dora)),
        ],
    },
    // Nobody chooses a team.
    Job { reported: DAY + 12 * HOUR, group: 1, acts: &[] },
    // Does not count.
    Job { reported: 2 * DAY + 9 * HOUR, group: 0, acts: &[(8, Choose("Safety")), (50, Cancel)] },
    // Waits for a part for an hour and some seconds.
    Job {
        reported: 3 * DAY + 10 * HOUR,
        group: 1,
        acts: &[
            (15, Choose("Tyres")),
            (33, Claim(Dora)),
            (50, Tag(Dora, "parts")),
            (100, Hold(Dora)),
            (3_777, Resume(Dora)),
            (4_000, Resolve(Dora)),
            (4_321, Summarize(Dora)),
        ],
    },
    // Opened again: its times begin anew.
    Job {
        reported: 4 * DAY + 15 * HOUR,
        group: 0,
        acts: &[
            (9, Choose("Tyres")),
            (70, Claim(Dora)),
            (80, Resolve(Dora)),
            (90, Summarize(Dora)),
            (1_000, Reopen),
            (1_250, Claim(Dave)),
            (1_300, Resolve(Dave)),
            (1_400, Summarize(Dave)),
        ],
    },
    // Before and after the clocks go forward.
    Job {
        reported: 6 * DAY + HOUR / 2,
        group: 0,
        acts: &[(3, Choose("Tyres")), (7, Claim(Dave)), (10_800, Resolve(Dave)), (10_811, Summarize(Dave))],
    },
    Job {
        reported: FORWARD + 20 * HOUR + HOUR / 2,
        group: 1,
        acts: &[(4, Choose("Tyres")), (400, Claim(Dora)), (500, Resolve(Dora)), (555, Summarize(Dora))],
    },
    // Half an hour after Sunday has ended.
    Job { reported: 7 * DAY - HOUR / 2, group: 0, acts: &[(6, Choose("Safety"))] },
];

/// What the plan comes to, reckoned from it alone.
#[derive(Default)]
pub(super) struct Reckoned {
    pub(super) reported: usize,
    left_out: usize,
    until_claimed: Vec<i64>,
    until_resolved: Vec<i64>,
    unheld: Vec<i64>,
    days: [usize; 7],
    /// By weekday and hour on the wall.
    hours: BTreeMap<(usize, i64), usize>,
    /// By member, where it is about one group: what was resolved by them in the end, claims, seconds of work.
    pub(super) people: BTreeMap<Member, (usize, usize, i64)>,
    /// How many had several people one after the other, and how many were opened again.
    shared: usize,
    reopened: usize,
}

impl Reckoned {
    pub(super) fn of(plan: &[Job], group: Option<usize>) -> Self {
        let mut sums = Self::default();
        // Sunday has 23 hours.
        let within = |job: &&Job| (0..7 * DAY - HOUR).contains(&job.reported);
        for job in plan.iter().filter(within).filter(|job| group.is_none_or(|group| job.group == group)) {
            sums.add(job);
        }
        sums
    }

    fn add(&mut self, job: &Job) {
        if job.acts.iter().any(|(_, act)| *act == Cancel) {
            self.left_out += 1;
            return;
        }
        self.reported += 1;
        let wall = job.reported + if job.reported >= FORWARD { HOUR } else { 0 };
        let day = usize::try_from(wall / DAY).expect("it is of the week");
        self.days[day] += 1;
        *self.hours.entry((day, wall % DAY / HOUR)).or_default() += 1;
        let when =
            |wanted: Act| job.acts.iter().rev().find(|(_, act)| *act == wanted).map(|(after, _)| *after);
        let begun = when(Reopen).unwrap_or(0);
        let cycle = job.acts.iter().filter(|(after, _)| *after >= begun);
        let mut claimed = cycle.clone().filter(|(_, act)| matches!(act, Claim(_)));
        self.until_claimed.extend(claimed.next().map(|(after, _)| after - begun));
        let held = when(Resume(Dora)).zip(when(Hold(Dora))).map_or(0, |(to, from)| to - from);
        let resolved =
            cycle.clone().find(|(_, act)| matches!(act, Summarize(_))).map(|(after, _)| after - begun);
        self.until_resolved.extend(resolved);
        self.unheld.extend(resolved.map(|resolved| resolved - held));
        self.add_people(job);
        let claimed_by = |member| job.acts.iter().any(|(_, act)| *act == Claim(member));
        self.shared += usize::from(claimed_by(Dora) && claimed_by(Dave));
        self.reopened += usize::from(when(Reopen).is_some());
    }

    fn add_people(&mut self, job: &Job) {
        let mut since = None;
        let last = job.acts.last().map_or(0, |(after, _)| *after);
        for (after, act) in job.acts {
            match act {
                Claim(who) => {
                    self.people.entry(*who).or_default().1 += 1;
                    since = Some(*after);
                }
                Leave(who) | Summarize(who) => {
                    let person = self.people.entry(*who).or_default();
                    person.0 += usize::from(*act == Summarize(*who) && *after == last);
                    person.2 += after - since.take().expect("somebody held it");
                }
                Choose(_) | Hold(_) | Resume(_) | Resolve(_) | Tag(..) | Cancel | Reopen => {}
            }
        }
    }
}

/// The smallest value that so many in a hundred do not exceed.
pub(super) fn percentile(sorted: &[i64], percent: usize) -> i64 {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

/// The values of a report by table, row and column.
pub(super) type Values = BTreeMap<(String, String, String), String>;

/// Reads a report.
pub(super) fn values(csv: &str) -> Values {
    let fields = |line: &str| {
        let fields: Vec<String> = line.splitn(4, ',').map(str::to_owned).collect();
        let [table, row, column, value] = fields.try_into().expect("each line has four fields");
        ((table, row, column), value)
    };
    csv.split("\r\n").skip(1).filter(|line| !line.is_empty()).map(fields).collect()
}

/// Compares a report with what the plan comes to.
pub(super) fn compare(told: &Values, plan: &Reckoned) {
    let value = |table: &str, row: &str, column: &str| {
        told.get(&(table.to_owned(), row.to_owned(), column.to_owned()))
            .map(String::as_str)
            .unwrap_or_default()
    };
    let count = |row: &str| value("totals", row, "Incidents").parse::<usize>().expect("a number");
    assert_eq!(
        [count("Reported"), count("Claimed"), count("Resolved"), count("Left out: cancelled or duplicates")],
        [plan.reported, plan.until_claimed.len(), plan.until_resolved.len(), plan.left_out]
    );
    assert_eq!(
        [count("Not over yet"), count("Opened again"), count("Held by several people")],
        [plan.reported - plan.until_resolved.len(), plan.reopened, plan.shared]
    );
    for (row, times) in [
        ("Report to first claim (MTTA)", &plan.until_claimed),
        ("Report to resolution (MTTR)", &plan.until_resolved),
        ("The same without time on hold", &plan.unheld),
    ] {
        let mut sorted = times.clone();
        sorted.sort_unstable();
        let told = ["p50", "p90", "p95", "Longest"].map(|column| value("times", row, column).to_owned());
        let reckoned = [50, 90, 95, 100].map(|percent| percentile(&sorted, percent).to_string());
        assert_eq!(told, reckoned, "{row}");
        let mean: f64 = value("times", row, "Mean").parse().expect("a number");
        let exact = sorted.iter().sum::<i64>() as f64 / sorted.len() as f64;
        assert!((mean - exact).abs() < 1e-5, "{row}: {mean}, not {exact}");
    }
    for (day, reported) in plan.days.iter().enumerate() {
        assert_eq!(
            value("days", &format!("2026-03-{}", 23 + day), "Reported"),
            reported.to_string(),
            "day {day}"
        );
    }
    let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    for (day, name) in weekdays.iter().enumerate() {
        for hour in 0..24 {
            let reckoned = plan.hours.get(&(day, hour)).copied().unwrap_or(0);
            assert_eq!(value("hours", &format!("{hour:02}"), name), reckoned.to_string(), "{name} at {hour}");
        }
    }
}

/// Compares what a report on one group tells of its people with what the plan comes to.
pub(super) fn compare_people(told: &Values, plan: &Reckoned) {
    for (name, (resolved, claims, active)) in [("Dora", plan.people[&Dora]), ("Dave", plan.people[&Dave])] {
        let value = |column: &str| told[&("people".to_owned(), name.to_owned(), column.to_owned())].clone();
        let reckoned = [resolved.to_string(), claims.to_string(), active.to_string()];
        assert_eq!(["Resolved", "Claims", "Active"].map(value), reckoned, "{name}");
    }
}
