//! How fast the machine decides, beside the least that any machine would have to do: copy the incident, look at
//! the command, write down one event and one effect.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use incident_core::incident::{
    Command, Effect, Event, Fact, HoldReason, Incident, Input, Rejection, State, Step, step,
};
use incident_core::policy::{Actor, Policy, Preset};
use incident_core::testkit::cast::{self, ANN, BOB, DRIVER};
use incident_core::testkit::{Given, given};

const ROUNDS: u32 = 7;
const ROUND: Duration = Duration::from_millis(150);
const BATCH: u32 = 1_000;

struct Case {
    name: &'static str,
    policy: Policy,
    incident: Option<Incident>,
    input: Input,
}

impl Case {
    fn new(name: &'static str, given: &Given, actor: Actor, command: Command) -> Self {
        let input = Input::new(cast::INCIDENT, given.now() + Duration::from_secs(1), actor, command);
        Self { name, policy: given.policy().clone(), incident: Some(given.incident().clone()), input }
    }
}

fn cases() -> Vec<Case> {
    let policy = Policy::preset(Preset::TwoTier);
    let open = given(policy.clone()).asked(DRIVER, cast::report("A tyre is flat on the A7 near exit 12"));
    let claimed = open.clone().asked(ANN, Command::Acknowledge);
    let held = claimed.clone().asked(ANN, Command::Hold { reason: HoldReason::External });
    let summary = Command::Resolve { summary: Some(cast::text("Changed the tyre, sent the driver on")) };
    let ann = || cast::actor(ANN);
    let report = Input::new(cast::INCIDENT, cast::START, cast::actor(DRIVER), cast::report("A tyre is flat"));
    vec![
        Case::new("claim", &open, ann(), Command::Acknowledge),
        Case::new("release", &claimed, ann(), Command::Release),
        Case::new("escalate", &claimed, ann(), Command::Escalate),
        Case::new("resolve", &claimed, ann(), summary),
        Case::new("resume", &held, ann(), Command::Resume),
        Case::new("claim in vain", &claimed, cast::actor(BOB), Command::Acknowledge),
        Case::new("wake too early", &open, Actor::System, Command::Wake),
        Case { name: "report", policy, incident: None, input: report },
    ]
}

/// The least: no policy, no permission, no deadline, nothing refused.
fn naive(incident: &Incident, input: &Input) -> Step {
    let mut after = incident.clone();
    let fact = match (&after.state, &input.command) {
        (State::Open(_), Command::Acknowledge) => Fact::Acknowledged { person: ANN, first: true },
        _ => Fact::Touched,
    };
    after.state = State::Acknowledged { since: input.at };
    after.version = after.version.next();
    after.clocks.updated_at = input.at;
    let events = vec![Event { at: input.at, by: input.actor.by(), fact }];
    Step { incident: after, events, effects: vec![Effect::ShowCard], wake_at: None }
}

/// Returns the time of one call, in nanoseconds: the best of several rounds.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn measure<T>(mut call: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let (begun, mut calls) = (Instant::now(), 0_u32);
        while begun.elapsed() < ROUND {
            for _ in 0..BATCH {
                black_box(call());
            }
            calls += BATCH;
        }
        best = best.min(begun.elapsed().as_nanos() as f64 / f64::from(calls));
    }
    best
}

fn print(name: &str, nanos: f64, least: f64) {
    println!("| {name:22} | {nanos:7.0} | {:12.0} | {:9.2} × |", 1e9 / nanos, nanos / least);
}

fn main() {
    let cases = cases();
    let claim = &cases[0];
    let open = claim.incident.as_ref().expect("it was reported");
    let least = measure(|| naive(black_box(open), black_box(&claim.input)));
    println!("| step                   | ns      | per second   | of naive    |");
    println!("|------------------------|--------:|-------------:|------------:|");
    print("naive copy and match", least, least);
    for case in &cases {
        let decide = || -> Result<Step, Rejection> {
            step(black_box(&case.policy), black_box(case.incident.as_ref()), black_box(&case.input))
        };
        print(case.name, measure(decide), least);
    }
}
