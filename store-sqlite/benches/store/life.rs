//! Whole lives of incidents, with somebody who delivers what is owed.

use std::sync::Arc;

use incident_core::ids::MessageRef;
use incident_core::incident::{Command, Effect, Incident};
use incident_core::policy::Role;
use incident_core::ports::{Claim, Commit, Owed, Posted, PostedKind, Settlement, Store};

use crate::work;

/// Lets incidents live, so many at a time, and delivers what is owed meanwhile; returns how many steps that were.
pub(crate) async fn live(store: &Arc<dyn Store>, callers: usize, lives: usize) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let mut steps = 0;
            for n in (0..lives).skip(caller).step_by(callers) {
                steps += life(&store, n).await;
            }
            steps
        });
    }
    tasks.join_all().await.into_iter().sum()
}

/// Lets an incident live: reported, claimed, escalated, claimed, resolved, summed up.
async fn life(store: &Arc<dyn Store>, n: usize) -> usize {
    let report = work::report(n);
    let report = report.claiming(work::at(60));
    let mut incident = write(store, n, report).await;
    let summary = || work::text("Changed the tyre, the lane is free again");
    let steps = [
        ((2, Role::Responder), Command::Acknowledge),
        ((2, Role::Responder), Command::Escalate),
        ((3, Role::Manager), Command::Acknowledge),
        ((3, Role::Manager), Command::RequestResolve),
        ((3, Role::Manager), Command::SubmitSummary { summary: summary() }),
    ];
    let count = steps.len() + 1;
    for (who, command) in steps {
        incident = write(store, n, work::asks(n, &incident, who, command)).await;
    }
    count
}

/// Writes a commit; what was born claimed is delivered meanwhile, as a desk does.
async fn write(store: &Arc<dyn Store>, n: usize, commit: Commit) -> Incident {
    let incident = commit.incident.clone();
    let committed = store.commit(commit).await.expect("the step is written");
    for claim in committed.claims {
        let settlement = delivered(n, &incident, &claim);
        let store = Arc::clone(store);
        let now = claim.since;
        tokio::spawn(async move { store.settle(&claim, settlement, now).await.expect("it is settled") });
    }
    incident
}

/// A card is posted once and edited from then on, everything else is a message.
fn delivered(n: usize, incident: &Incident, claim: &Claim) -> Settlement {
    let card = matches!(claim.owed, Owed::Incident { effect: Effect::ShowCard, .. });
    let kind = if card { PostedKind::Card { pinned: true } } else { PostedKind::Notice };
    let message = MessageRef::new(work::chat(n), format!("{}", claim.effect));
    let posted = Posted { message, incident: incident.id, kind };
    let edited = card && incident.version.get() > 1;
    Settlement::Done { posted: (!edited).then_some(posted), gone: Vec::new() }
}
