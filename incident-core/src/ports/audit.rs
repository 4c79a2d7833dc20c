//! What only a verification asks of a store: its rows as they are, those included that nothing can be read from.

use async_trait::async_trait;

use super::StoreError;
use crate::ids::{CompanyId, IncidentId};
use crate::incident::Incident;

/// Looks behind a [`Store`](super::Store), at the rows themselves.
///
/// A store that keeps columns beside the state, or rows that refer to one another, implements it as well; one that
/// keeps nothing but what its port tells has nothing to add. What is found is told as sentences for an operator, with
/// ids and columns, and without what people wrote.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Lists the ids of incidents after `after`, in their order, at most `limit`: those too of which only a journal
    /// is left, or only a row that cannot be read.
    async fn incident_ids(
        &self,
        company: CompanyId,
        after: Option<IncidentId>,
        limit: u32,
    ) -> Result<Vec<IncidentId>, StoreError>;

    /// Compares the rows of an incident, if it has any, with the incident as its journal tells it; a sentence for
    /// each difference.
    async fn differences(&self, incident: &Incident) -> Result<Vec<String>, StoreError>;

    /// Finds rows that refer to nothing or contradict another row, and damage of the database itself; a sentence for
    /// each, at most `limit` of each kind.
    async fn strays(&self, limit: u32) -> Result<Vec<String>, StoreError>;
}
