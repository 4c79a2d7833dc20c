//! The work that is measured: claims of incidents that were filed before, each in a chat of its own.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use incident_core::ids::{ChatRef, CompanyId, GroupId, IncidentId, PersonId, Platform, Version};
use incident_core::incident::{Command, Incident, Input, Priority, Report, step};
use incident_core::policy::{Actor, Member, Policy, Preset, Role};
use incident_core::ports::{Commit, Origin, RequestKey, Store};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::measure::{Measured, Stopwatch};

const START: i64 = 1_772_438_400;
pub(crate) const COMPANY: CompanyId = CompanyId::from_u128(1 << 80);

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

/// Names the n-th incident; like real ids, they differ in the middle.
pub(crate) fn id(n: usize) -> IncidentId {
    IncidentId::from_u128((0x0190_0000_0000 + n as u128) << 80 | 0x7abc_def0_1234)
}

pub(crate) fn chat(n: usize) -> ChatRef {
    ChatRef::new(Platform::Telegram, format!("-100{n:09}"))
}

pub(crate) fn policy() -> Policy {
    Policy::preset(Preset::TwoTier)
}

pub(crate) fn text(words: &str) -> Text {
    Text::new(words, Limits::NOTE).expect("short texts")
}

pub(crate) fn actor(person: u32, role: Role) -> Actor {
    Actor::Person(Member::new(PersonId::new(person), role))
}

/// Prepares the report of the n-th incident.
pub(crate) fn report(n: usize) -> Commit {
    let report = Report {
        company: COMPANY,
        group: GroupId::from_u128(2 << 80),
        group_active: true,
        topic: None,
        description: text("Truck 17 has a flat tyre on the A9 near exit 52, blocking the right lane"),
        attachments: Vec::new(),
        priority: Priority::Normal,
        recent: Vec::new(),
        recent_here: Vec::new(),
    };
    let input = Input::new(id(n), at(0), actor(1, Role::Reporter), Command::Create { report });
    let step = step(&policy(), None, &input).expect("anybody may report");
    Commit::new(Version::NONE, step, chat(n), at(0))
}

/// Prepares what somebody asks of an incident, with all that a desk puts into a commit.
pub(crate) fn asks(n: usize, incident: &Incident, who: (u32, Role), command: Command) -> Commit {
    let now = at(i64::from(incident.version.get()) * 60);
    let input = Input::new(incident.id, now, actor(who.0, who.1), command);
    let step = step(&policy(), Some(incident), &input).expect("the machine accepts it");
    let key =
        RequestKey::new(format!("telegram:7001:{}", 100_000_000 + n * 16 + incident.version.get() as usize));
    let origin = Origin { key, answer: "Claimed.".to_owned() };
    let commit = Commit::new(incident.version, step, chat(n), now);
    commit.answering(origin).claiming(now + Duration::from_secs(60))
}

/// Prepares the claim of the n-th incident by a dispatcher.
pub(crate) fn claim(n: usize) -> Commit {
    asks(n, &report(n).incident, (2, Role::Responder), Command::Acknowledge)
}

/// Files incidents, and forgets what is owed for it.
pub(crate) async fn file(store: &Arc<dyn Store>, incidents: Range<usize>) {
    let mut tasks = JoinSet::new();
    for shard in 0..64 {
        let (store, incidents) = (Arc::clone(store), incidents.clone());
        tasks.spawn(async move {
            for n in incidents.skip(shard).step_by(64) {
                let mut report = report(n);
                report.effects.clear();
                store.commit(report).await.expect("the report is filed");
            }
        });
    }
    tasks.join_all().await;
}

/// Claims incidents, with so many callers at once; returns how long it took.
pub(crate) fn together(
    runtime: &Runtime,
    store: &Arc<dyn Store>,
    incidents: Range<usize>,
    callers: usize,
) -> Measured {
    let mut shares: Vec<Vec<Commit>> = (0..callers).map(|_| Vec::new()).collect();
    for n in incidents {
        shares[n % callers].push(claim(n));
    }
    let write = |share: Vec<Commit>| {
        let store = Arc::clone(store);
        async move {
            for commit in share {
                store.commit(commit).await.expect("the claim is written");
            }
        }
    };
    runtime.block_on(async {
        let stopwatch = Stopwatch::start();
        shares.into_iter().map(write).collect::<JoinSet<()>>().join_all().await;
        stopwatch.stop()
    })
}
