//! Two incidents at once: the product of the states of each, over what they share.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Search;
use super::lives::{Id, Lives};
use crate::incident::{Command, Input, Rejection, step};
use crate::policy::Actor;
use crate::testkit::cast;
use crate::testkit::invariants::Broken;
use crate::testkit::prove::Counterexample;

/// How long the desk may be down.
const DOWN: Duration = Duration::from_secs(30 * 86_400);

type Outcome<T> = Result<T, Box<Counterexample>>;
type Pair = (Id, Id);

/// Whatever two incidents can come to in so many turns. Which of the two is which does not matter.
#[derive(Debug)]
pub(super) struct Pairs {
    pub(super) known: BTreeSet<Pair>,
    /// After how many turns nothing new was found, if it came to that.
    pub(super) complete: Option<usize>,
}

impl Pairs {
    pub(super) fn explore(search: &Search, lives: &mut Lives<'_>) -> Outcome<Self> {
        let mut pairs = Self { known: BTreeSet::from([(0, 0)]), complete: None };
        let mut latest = vec![(0, 0)];
        for turn in 0..search.depth {
            let mut found = Vec::new();
            for pair in latest {
                let next = after(search, lives, pair)?.into_iter();
                let next = next.map(|(one, other)| (one.min(other), one.max(other)));
                found.extend(next.filter(|pair| pairs.known.insert(*pair)));
            }
            if found.is_empty() {
                pairs.complete = Some(turn);
                break;
            }
            latest = found;
        }
        Ok(pairs)
    }
}

/// Where one turn leads: somebody asks something of either, time goes on to the next deadline of the two, or
/// the desk is down for long and nobody looks.
fn after(search: &Search, lives: &mut Lives<'_>, (one, other): Pair) -> Outcome<Vec<Pair>> {
    let mut next = Vec::new();
    for (asked, left) in [(one, other), (other, one)] {
        let there =
            if asked == 0 && left != 0 { reported(search, lives, left)? } else { lives.next(asked)? };
        next.extend(there.into_iter().map(|there| (there, left)));
        if one == other {
            break;
        }
    }
    let due = [one, other].map(|id| lives.due_in(id));
    if let Some(first) = due.into_iter().flatten().min() {
        let [one, other] = [(one, due[0]), (other, due[1])].map(|(id, due)| {
            let aged = lives.aged(id, first)?;
            if due == Some(first) { lives.woken(aged) } else { Ok(aged) }
        });
        next.push((one?, other?));
    }
    next.push((lives.aged(one, DOWN)?, lives.aged(other, DOWN)?));
    Ok(next)
}

/// Reports a second incident: the one thing in which the first one counts, because of the reporter's quota.
fn reported(search: &Search, lives: &mut Lives<'_>, first: Id) -> Outcome<Vec<Id>> {
    let now = lives.of(first).now;
    let before = lives.of(first).incident.as_ref().map(|it| (it.reporter, it.clocks.created_at));
    let mut next = BTreeSet::new();
    for member in &search.people {
        let recent: Vec<_> =
            before.filter(|(by, _)| *by == member.id).map(|(_, at)| at).into_iter().collect();
        let over = search.policy.rules().reports.is_some_and(|quota| {
            usize::from(quota.count) <= recent.len() && recent.iter().all(|at| now.since(*at) < quota.within)
        });
        let Command::Create { mut report } = cast::report("A lamp is out") else {
            continue;
        };
        report.recent = recent;
        let actor = Actor::Person(member.clone());
        let input = Input::new(cast::INCIDENT, now, actor, Command::Create { report });
        let refused = matches!(step(&search.policy, None, &input), Err(Rejection::RateLimited { .. }));
        if refused != over {
            let how = format!("refused: {refused}, too many: {over}");
            return Err(lives.shown([&input], Broken { invariant: "a quota is kept and no more", how }));
        }
        next.extend(lives.ask(0, input)?);
    }
    Ok(next.into_iter().collect())
}
