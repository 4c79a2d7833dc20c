//! What happens to incidents, counted for whoever operates the desk: how many come in, how long they wait for a claim and
//! for an end, how often somebody had to be reminded.
//!
//! Each process counts what it committed itself, so that the sum over all replicas counts everything once. The counts
//! begin with the process; figures about the past come from the journal.

use incident_core::incident::{Event, Fact, Incident, Lane, Level, State};
use incident_core::time::Timestamp;

use crate::retention;

/// How many incidents were reported.
const CREATED: &str = "incidents_created_total";
/// How many times a higher level was asked.
const ESCALATED: &str = "incidents_escalated_total";
/// How many times one was resolved.
const RESOLVED: &str = "incidents_resolved_total";
/// How many times one was closed without having been resolved, or after it.
const CLOSED: &str = "incidents_closed_total";
/// How many times one was opened again.
const REOPENED: &str = "incidents_reopened_total";
/// How many reminders became due, by what for.
const REMINDERS: &str = "reminders_total";
/// How many promised times were broken.
const BREACHES: &str = "sla_breaches_total";
/// From the report, or from reopening, to the first claim.
pub(crate) const CLAIM: &str = "incident_claim_seconds";
/// From the report, or from reopening, to the resolution.
pub(crate) const RESOLUTION: &str = "incident_resolution_seconds";

const KINDS: [&str; 3] = ["unrouted", "unclaimed", "escalated"];

/// Lets every count begin at zero: what has not happened yet is a number too, and a rate needs one to begin with.
pub(crate) fn begin(now: Timestamp) {
    for name in [CREATED, ESCALATED, RESOLVED, CLOSED, REOPENED, BREACHES, "database_errors_total"] {
        metrics::counter!(name).increment(0);
    }
    for kind in KINDS {
        metrics::counter!(REMINDERS, "kind" => kind).increment(0);
    }
    for lane in Lane::ALL.map(Lane::as_str) {
        for outcome in ["done", "overtaken", "retried", "abandoned", "late", "failed"] {
            metrics::counter!("deliveries_total", "lane" => lane, "outcome" => outcome).increment(0);
        }
    }
    for kind in retention::KINDS {
        metrics::counter!(retention::FORGOTTEN, "kind" => kind).increment(0);
    }
    metrics::gauge!("process_start_time_seconds").set(now.as_micros() as f64 / 1e6);
}

/// Counts what has just happened to an incident.
pub(crate) fn count(incident: &Incident, events: &[Event]) {
    for event in events {
        if let Some(name) = counted(&event.fact) {
            metrics::counter!(name).increment(1);
        }
        if matches!(event.fact, Fact::ReminderSent { .. }) {
            metrics::counter!(REMINDERS, "kind" => reminded(incident)).increment(1);
        }
        let took = event.at.since(incident.clocks.cycle_at).as_secs_f64();
        if matches!(event.fact, Fact::Acknowledged { first: true, .. }) {
            metrics::histogram!(CLAIM).record(took);
        }
        if matches!(event.fact, Fact::Resolved { .. }) {
            metrics::histogram!(RESOLUTION).record(took);
        }
    }
}

fn counted(fact: &Fact) -> Option<&'static str> {
    if matches!(fact, Fact::Created { .. }) {
        Some(CREATED)
    } else if matches!(fact, Fact::Escalated { .. }) {
        Some(ESCALATED)
    } else if matches!(fact, Fact::Resolved { .. }) {
        Some(RESOLVED)
    } else if matches!(fact, Fact::Closed { .. }) {
        Some(CLOSED)
    } else if matches!(fact, Fact::Reopened { .. }) {
        Some(REOPENED)
    } else if matches!(fact, Fact::SlaBreached { .. }) {
        Some(BREACHES)
    } else {
        None
    }
}

fn reminded(incident: &Incident) -> &'static str {
    let [unrouted, unclaimed, escalated] = KINDS;
    if matches!(incident.state, State::Triage(_)) {
        unrouted
    } else if incident.level == Level::FIRST {
        unclaimed
    } else {
        escalated
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use incident_core::incident::Command;
    use incident_core::policy::{Policy, Preset};
    use incident_core::testkit::cast::{self, ANN, DRIVER, MIA, START, text};
    use incident_core::testkit::given;

    use super::*;
    use crate::telemetry::Metrics;

    /// The lines of the metrics that are not zero, without types and buckets.
    fn lines(metrics: &Metrics) -> Vec<String> {
        let text = metrics.render();
        let shown =
            |line: &&str| !line.starts_with('#') && !line.contains("_bucket") && !line.ends_with(" 0");
        let mut lines: Vec<String> =
            text.lines().filter(shown).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn a_life_is_counted_as_it_was() {
        let metrics = Metrics::of(|| {
            begin(START);
            let minute = Duration::from_secs(60);
            let mut told = given(Policy::preset(Preset::TwoTier));
            let mut known = 0;
            let mut go = |next: &dyn Fn(incident_core::testkit::Given) -> incident_core::testkit::Given| {
                told = next(told.clone());
                let events = told.journal();
                count(told.incident(), &events[known..]);
                known = events.len();
            };
            // Whatever somebody asks takes them a second.
            go(&|told| told.asked(DRIVER, cast::report("A tyre is flat")));
            go(&|told| told.woken_after(10 * minute).and());
            go(&|told| told.later(5 * minute).asked(ANN, Command::Acknowledge));
            go(&|told| told.asked(ANN, Command::Escalate));
            go(&|told| told.asked(MIA, Command::Acknowledge));
            go(&|told| told.asked(MIA, Command::RequestResolve));
            go(&|told| {
                told.later(15 * minute).asked(MIA, Command::SubmitSummary { summary: text("Changed it") })
            });
        });
        let expected = [
            "incident_claim_seconds_count 1",
            "incident_claim_seconds_sum 901",
            "incident_resolution_seconds_count 1",
            "incident_resolution_seconds_sum 1805",
            "incidents_created_total 1",
            "incidents_escalated_total 1",
            "incidents_resolved_total 1",
            &format!("process_start_time_seconds {}", START.as_micros() / 1_000_000),
            "reminders_total{kind=\"unclaimed\"} 1",
        ];
        assert_eq!(lines(&metrics), expected);
        let text = metrics.render();
        assert!(text.contains("incident_claim_seconds_bucket{le=\"1800\"} 1\n"), "{text}");
        assert!(text.contains("incident_claim_seconds_bucket{le=\"900\"} 0\n"), "{text}");
    }
}
