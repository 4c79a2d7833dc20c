//! Why something was refused, in the words of whoever asked.

use super::{About, Arg, CommandWord, Line, Phrase, Span};
use crate::incident::{Invalid, Rejection};
use crate::policy::Act;
use crate::text::TextError;

impl About<'_> {
    pub(super) fn refusal(&self, rejection: &Rejection) -> Line {
        let person = |id| ("person", Arg::from(Span::Plain(self.people.mention(self.locale, id).shown())));
        match rejection {
            Rejection::NotAuthorized => self.phrase(self.unauthorised(), &[]),
            Rejection::WrongState { .. } => self.phrase(Phrase::RefusedWrongState, &[]),
            Rejection::AlreadyAcknowledged { by } => {
                self.phrase(Phrase::RefusedAlreadyAcknowledged, &[person(*by)])
            }
            Rejection::AlreadyAssignee => self.phrase(Phrase::RefusedAlreadyAssignee, &[]),
            Rejection::NotAssignee => self.phrase(Phrase::RefusedNotAssignee, &[]),
            Rejection::NotEligible => self.phrase(Phrase::RefusedNotEligible, &[]),
            Rejection::ClosingOut { resolver } => {
                self.phrase(Phrase::RefusedClosingOut, &[person(*resolver)])
            }
            Rejection::InvalidInput { reason } => self.invalid(*reason),
            Rejection::RateLimited { retry_after_secs } => self.rate_limited(*retry_after_secs),
            Rejection::Unknown => self.phrase(Phrase::RefusedUnknown, &[]),
            Rejection::TenantInactive => {
                let usage = CommandWord::ConfigureManagers.usage(self.locale);
                self.phrase(Phrase::RefusedInactive, &[("usage", usage.into())])
            }
            Rejection::Stale => self.phrase(Phrase::RefusedStale, &[]),
            Rejection::TooLate => self.phrase(Phrase::RefusedTooLate, &[]),
        }
    }

    /// In seconds where it is soon, else in minutes, the last one begun counting whole.
    fn rate_limited(&self, secs: u64) -> Line {
        const SOON: u64 = 120;
        if secs <= SOON {
            return self.phrase(Phrase::RefusedRateLimited, &[("seconds", secs.into())]);
        }
        self.phrase(Phrase::RefusedRateLimitedMinutes, &[("minutes", secs.div_ceil(60).into())])
    }

    fn unauthorised(&self) -> Phrase {
        match self.act {
            Some(Act::Acknowledge(crate::incident::Level::FIRST)) => Phrase::RefusedNotAuthorizedClaim,
            Some(Act::Acknowledge(_)) => Phrase::RefusedNotAuthorizedClaimEscalation,
            Some(Act::Administer) => Phrase::RefusedNotAuthorizedAdmin,
            Some(Act::Onboard) => Phrase::RefusedNotAuthorizedPlatform,
            Some(Act::Summarise) => Phrase::RefusedNotAuthorizedSummary,
            Some(
                Act::Assign
                | Act::Reassign
                | Act::Escalate
                | Act::Deescalate
                | Act::Resolve
                | Act::Withdraw
                | Act::Amend,
            ) => Phrase::RefusedOnlyHolder,
            Some(Act::Revoke | Act::Close) => Phrase::RefusedOnlyManagers,
            Some(Act::Hold | Act::Classify | Act::Transfer) => Phrase::RefusedOnlyWorkers,
            Some(Act::Cancel | Act::Confirm) => Phrase::RefusedOnlyReporter,
            Some(Act::Reopen | Act::Edit | Act::Annotate | Act::Answer | Act::Route) => {
                Phrase::RefusedOnlyInvolved
            }
            Some(Act::Repair | Act::Survey) => Phrase::RefusedOnlyStaff,
            Some(Act::Override) => Phrase::RefusedOverride,
            Some(
                Act::Report | Act::View | Act::Register | Act::Triage | Act::Tend | Act::Erase | Act::Observe,
            )
            | None => Phrase::RefusedNotAuthorized,
        }
    }

    fn invalid(&self, reason: Invalid) -> Line {
        let count = |count: usize| ("count", Arg::Number(count as u64));
        match reason {
            Invalid::Text(TextError::TooShort { min }) => self.phrase(Phrase::RefusedTooShort, &[count(min)]),
            Invalid::Text(TextError::TooLong { max }) => self.phrase(Phrase::RefusedTooLong, &[count(max)]),
            Invalid::NoSummary => self.phrase(Phrase::RefusedNoSummary, &[]),
            Invalid::NoChange => self.phrase(Phrase::RefusedNoChange, &[]),
            Invalid::NoSuchLevel => self.phrase(Phrase::RefusedNoSuchLevel, &[]),
            Invalid::Unreachable => self.phrase(Phrase::RefusedUnreachable, &[]),
            Invalid::TooMany => self.phrase(Phrase::RefusedTooMany, &[]),
        }
    }
}
