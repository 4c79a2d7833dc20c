//! Whom a command means.

use crate::desk::handle::Scene;
use crate::desk::request::{Ask, Named, Request};
use crate::desk::{Desk, HandleError};
use crate::ids::{Circle, CompanyId, Handle, PersonId, Platform};
use crate::policy::Role;
use crate::ports::Profile;
use crate::roster::{Grantee, Group, Roster};
use crate::time::Timestamp;

/// Why a command's arguments name nobody.
pub(super) enum Nobody {
    Missing,
    Bad(String),
}

impl Desk {
    /// The people that a command names.
    ///
    /// A handle is kept as a handle until its owner appears, since whoever was last seen with it may have given
    /// it up. Only where somebody holds the role already, the handle they were last seen with means them.
    pub(super) async fn grantees(
        &self,
        (company, roster): (CompanyId, Option<&Roster>),
        holding: Option<(&Group, Role)>,
        request: &Request,
        now: Timestamp,
    ) -> Result<Vec<Grantee>, HandleError> {
        // Another account of somebody means themselves.
        let who = |person| roster.map_or(person, |roster| roster.who(person));
        let mut grantees = Vec::new();
        for name in named(request).unwrap_or_default() {
            grantees.push(match name {
                Person::Known(profile) => {
                    Grantee::Person(who(self.store.identify(company, profile, now).await?))
                }
                Person::Called(handle) => {
                    let known = self.store.by_handle(company, &handle).await?;
                    called(known.map(who), holding, handle)
                }
                Person::All(circle) => Grantee::Circle(held(holding, circle)),
            });
        }
        Ok(grantees)
    }

    /// The person that a command means, if they were ever seen here.
    pub(super) async fn seen(
        &self,
        scene: &Scene<'_>,
        who: Person<'_>,
    ) -> Result<Option<PersonId>, HandleError> {
        let known = match who {
            Person::Known(profile) => self.store.by_account(scene.company, &profile.identity).await?,
            Person::Called(handle) => self.store.by_handle(scene.company, &handle).await?,
            Person::All(_) => None,
        };
        Ok(known.map(|person| scene.roster.who(person)))
    }
}

fn called(known: Option<PersonId>, holding: Option<(&Group, Role)>, handle: Handle) -> Grantee {
    let (known, unbound) = (known.map(Grantee::Person), Grantee::Handle(handle));
    let Some((group, role)) = holding else {
        return unbound;
    };
    let holds = |grantee: &Grantee| group.holders(role).any(|holder| holder == grantee);
    if holds(&unbound) { unbound } else { known.filter(holds).unwrap_or(unbound) }
}

/// Returns a circle as it is called where it holds a role already, so that it is known for the same.
fn held(holding: Option<(&Group, Role)>, circle: &Circle) -> Circle {
    let holders = holding.into_iter().flat_map(|(group, role)| group.holders(role));
    let same = holders.filter_map(|holder| match holder {
        Grantee::Circle(known) => Some(known).filter(|known| known.is_same(circle)),
        Grantee::Person(_) | Grantee::Handle(_) => None,
    });
    same.last().unwrap_or(circle).clone()
}

/// Somebody a command names.
pub(super) enum Person<'a> {
    Known(&'a Profile),
    Called(Handle),
    All(&'a Circle),
}

impl Person<'_> {
    /// Returns what was written to name them.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Known(profile) => profile.name.to_string(),
            Self::Called(handle) => format!("@{}", handle.name()),
            Self::All(circle) => format!("@{}", circle.name()),
        }
    }
}

/// Reads the names that follow a command, before anybody is remembered.
pub(super) fn named(request: &Request) -> Result<Vec<Person<'_>>, Nobody> {
    named_after(request, 0)
}

/// Reads the names that follow a command and some words that name nobody.
pub(super) fn named_after(request: &Request, words: usize) -> Result<Vec<Person<'_>>, Nobody> {
    let Ask::Command { named, .. } = &request.ask else {
        return Err(Nobody::Missing);
    };
    let named = named.get(words..).unwrap_or_default();
    if named.is_empty() {
        return Err(Nobody::Missing);
    }
    named.iter().map(|name| read(request.chat.platform, name)).collect()
}

pub(super) fn read(platform: Platform, name: &Named) -> Result<Person<'_>, Nobody> {
    match name {
        Named::Account(profile) => Ok(Person::Known(profile)),
        Named::Circle(circle) => Ok(Person::All(circle)),
        Named::Word(word) => match Handle::parse(platform, word) {
            Ok(handle) if platform.has_handles() => Ok(Person::Called(handle)),
            Ok(_) | Err(_) => Err(Nobody::Bad(word.chars().take(64).collect())),
        },
    }
}
