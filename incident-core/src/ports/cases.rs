//! What only figures ask of a store: the columns of many incidents and their tags, without what else people wrote.

mod reading;

use async_trait::async_trait;

pub use reading::each_page;
pub(crate) use reading::others_first;

use super::StoreError;
use crate::figures::{Case, Window};
use crate::ids::{CompanyId, GroupId, IncidentId};
use crate::time::Timestamp;

/// Which incidents are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Whose.
    pub company: CompanyId,
    /// Of which group; `None` for all of the company.
    pub group: Option<GroupId>,
    /// Reported at this instant or later.
    pub from: Timestamp,
    /// Reported before this instant.
    pub until: Timestamp,
}

impl Scope {
    /// Asks for what a company, or a group of it, reported in a window.
    pub fn new(company: CompanyId, group: Option<GroupId>, window: &Window) -> Self {
        Self { company, group, from: window.from(), until: window.until() }
    }
}

/// Where a page of cases begins: after the case with this instant of report and this id.
pub type CaseMark = (Timestamp, IncidentId);

/// Tells of many incidents what figures are made of.
///
/// A store that has columns reads nothing else for it, so that a year of a large company takes seconds.
#[async_trait]
pub trait Cases: Send + Sync {
    /// Lists incidents in the order in which they were reported, and of ids where that is the same instant; those
    /// after `after`, at most `limit`.
    async fn cases(
        &self,
        scope: &Scope,
        after: Option<CaseMark>,
        limit: u32,
    ) -> Result<Vec<Case>, StoreError>;
}

/// Gives each case its own of what was found, which comes in the order of the incidents' ids; what belongs to none of
/// the cases is left.
pub fn allot<T>(
    cases: &mut [Case],
    found: impl IntoIterator<Item = (IncidentId, T)>,
    mut add: impl FnMut(&mut Case, T),
) {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_unstable_by_key(|index| cases[*index].id);
    let mut next = order.into_iter().peekable();
    for (id, own) in found {
        while next.next_if(|index| cases[*index].id < id).is_some() {}
        if let Some(index) = next.peek().filter(|index| cases[**index].id == id) {
            add(&mut cases[*index], own);
        }
    }
}
