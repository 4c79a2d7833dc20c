//! The way of a group to being admitted.

use std::time::Duration;

use super::{Verdict, unless};
use crate::ids::GroupId;
use crate::incident::{Invalid, Rejection};
use crate::policy::Act;
use crate::roster::admission::{REQUESTS, REQUESTS_WITHIN};
use crate::roster::{
    Admission, AdmissionFact, AdmissionNews, AdmissionOrder, Announcement, GroupStatus, Roster, RosterEffect,
    RosterFact,
};
use crate::time::Timestamp;

/// Who decides is who lets groups work; what comes before is for the administrators of the group.
pub(super) const fn needed(order: &AdmissionOrder) -> Act {
    match order {
        AdmissionOrder::Ask
        | AdmissionOrder::Request { .. }
        | AdmissionOrder::Tell
        | AdmissionOrder::Leave
        | AdmissionOrder::Welcome => Act::Administer,
        AdmissionOrder::Deny | AdmissionOrder::Alone | AdmissionOrder::Into { .. } => Act::Onboard,
    }
}

pub(super) fn judge(roster: &Roster, group: GroupId, order: &AdmissionOrder) -> Verdict {
    let fact = |fact| RosterFact::Admission { group, fact };
    let admission = roster.admission(group);
    let waits = roster.groups.get(&group).is_some_and(|group| group.status == GroupStatus::Pending);
    match order {
        AdmissionOrder::Welcome => Ok(Vec::new()),
        AdmissionOrder::Tell => {
            let told = admission.is_some_and(|admission| admission.told);
            Ok(unless(told || !waits, || fact(AdmissionFact::Told)))
        }
        AdmissionOrder::Into { company } => match admission.and_then(|admission| admission.went.as_ref()) {
            Some(went) if went.company == *company => Ok(Vec::new()),
            Some(_) => Err(Rejection::TooLate),
            None if waits && roster.is_provisional() => {
                Ok(vec![fact(AdmissionFact::Into { company: *company })])
            }
            None => Err(Rejection::TooLate),
        },
        AdmissionOrder::Leave => {
            let known = admission.is_some_and(|admission| !admission.left) && roster.is_provisional();
            Ok(unless(!(waits && known), || fact(AdmissionFact::Left)))
        }
        AdmissionOrder::Ask if waits => {
            let asked = admission.is_some_and(|admission| !admission.left);
            Ok(unless(asked, || fact(AdmissionFact::Asked)))
        }
        AdmissionOrder::Ask => Err(Rejection::Unknown),
        AdmissionOrder::Request { .. } | AdmissionOrder::Deny | AdmissionOrder::Alone
            if !waits || !roster.is_provisional() =>
        {
            Err(Rejection::TooLate)
        }
        AdmissionOrder::Request { name, by, at, .. } => {
            let same =
                |known: &crate::text::Text| known.as_str().to_lowercase() == name.as_str().to_lowercase();
            match admission {
                Some(known) if known.name.as_ref().is_some_and(same) => Err(Invalid::NoChange.into()),
                Some(_) | None => match admission.and_then(|known| too_often(known, *at)) {
                    Some(wait) => Err(Rejection::RateLimited { retry_after_secs: wait.as_secs().max(1) }),
                    None => Ok(vec![fact(AdmissionFact::Requested { name: name.clone(), by: *by })]),
                },
            }
        }
        AdmissionOrder::Deny => {
            Ok(unless(admission.is_some_and(|admission| admission.denied), || fact(AdmissionFact::Denied)))
        }
        AdmissionOrder::Alone => Ok(vec![fact(AdmissionFact::Alone)]),
    }
}

/// Tells how long those who decide are to be left alone, if they were asked too often about a group.
fn too_often(known: &Admission, at: Timestamp) -> Option<Duration> {
    let first = known.asked.first().filter(|_| known.asked.len() >= REQUESTS)?;
    let wait = (*first + REQUESTS_WITHIN).since(at);
    (!wait.is_zero()).then_some(wait)
}

/// What the group is told, and who is asked.
pub(super) fn owed(
    roster: &Roster,
    group: GroupId,
    order: &AdmissionOrder,
    changes: bool,
) -> Vec<RosterEffect> {
    let tell = |news| RosterEffect::Tell { group, announcement: Announcement::Admission { news } };
    match order {
        AdmissionOrder::Welcome => vec![tell(AdmissionNews::Admitted { name: roster.name.clone() })],
        AdmissionOrder::Ask | AdmissionOrder::Deny | AdmissionOrder::Alone if !changes => Vec::new(),
        AdmissionOrder::Ask => vec![tell(AdmissionNews::Asked)],
        AdmissionOrder::Deny => vec![tell(AdmissionNews::Denied)],
        AdmissionOrder::Alone => vec![tell(AdmissionNews::Admitted { name: roster.name.clone() })],
        AdmissionOrder::Request { name, consult, .. } => {
            let asked = consult.iter().map(|to| RosterEffect::Consult { group, to: to.clone() });
            let told = tell(AdmissionNews::Requested { name: name.clone() });
            std::iter::once(told).chain(asked).collect()
        }
        AdmissionOrder::Into { .. } | AdmissionOrder::Tell | AdmissionOrder::Leave => Vec::new(),
    }
}
