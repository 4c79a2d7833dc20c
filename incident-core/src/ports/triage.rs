//! Asking somebody clever what a report is about.

use async_trait::async_trait;

use crate::incident::Finding;
use crate::text::Text;

/// What leaves the house: the words of a report and nothing about whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// What was reported.
    pub description: Text,
    /// What the reporter added, oldest first.
    pub replies: Vec<Text>,
}

/// Says that no finding could be had.
#[derive(Debug, thiserror::Error)]
#[error("triage failed: {reason}")]
pub struct TriageError {
    /// What went wrong, without secrets.
    pub reason: String,
}

/// Finds out how bad a report is. What it finds is a proposal, judged like any other command.
#[async_trait]
pub trait Triage: Send + Sync {
    /// Judges a report.
    ///
    /// # Errors
    /// If there is no answer, or none that makes sense; the incident then goes to people.
    async fn assess(&self, brief: &Brief) -> Result<Finding, TriageError>;
}
