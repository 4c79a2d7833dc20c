//! All cases of a scope, page by page and several parts of the scope at once: while one page is counted, the store can
//! make another. Whoever counts need not know in which order pages come.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{CaseMark, Cases, Scope};
use crate::figures::Case;
use crate::ports::StoreError;
use crate::time::Timestamp;

/// How many pages are asked for at once.
const AT_ONCE: usize = 2;
/// Into how many parts the time is divided: reports are spread unevenly over it, and who is done with a quiet part takes
/// another.
const PARTS: i64 = 8;

/// Shows every case of a scope once, `limit` at a time. Cases of one page are in the order of the reports, pages are not.
/// At most three pages are in memory at once. Between pages, whatever else is ready goes first.
///
/// # Errors
/// If the store fails; some pages may have been shown by then.
pub async fn each_page(
    cases: &dyn Cases,
    scope: &Scope,
    limit: u32,
    mut see: impl FnMut(&[Case]) + Send,
) -> Result<(), StoreError> {
    let whole = Part { scope: *scope, after: None };
    let (first, rest) = whole.read(cases, limit).await?;
    see(&first);
    let Some(rest) = rest else {
        return Ok(());
    };
    drop(first);
    let mut reading = Reading { cases, limit, parts: rest.divided(), pages: Vec::new() };
    while let Some(page) = reading.next().await? {
        see(&page);
        others_first().await;
    }
    Ok(())
}

/// Lets whatever else is ready go first, once: a store may answer without ever waiting.
pub(crate) async fn others_first() {
    let mut waited = false;
    poll_fn(|context| {
        if mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What is left to read of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    scope: Scope,
    after: Option<CaseMark>,
}

impl Part {
    /// Reads a page, with what is left after it if there may be anything.
    async fn read(self, cases: &dyn Cases, limit: u32) -> Outcome {
        let page = cases.cases(&self.scope, self.after, limit).await?;
        let last = page.last().filter(|_| page.len() >= limit as usize);
        let rest = last.map(|last| Self { after: Some((last.created_at, last.id)), ..self });
        Ok((page, rest))
    }

    /// Divides it into stretches of the same length.
    fn divided(self) -> VecDeque<Self> {
        let until = self.scope.until.as_micros();
        let mut from = self.after.map_or(self.scope.from, |(at, _)| at).as_micros();
        let length = until.saturating_sub(from).max(0) / PARTS;
        if length == 0 {
            return VecDeque::from([self]);
        }
        let mut parts = VecDeque::new();
        for left in (0..PARTS).rev() {
            let end = if left == 0 { until } else { from + length };
            let scope = Scope {
                from: Timestamp::from_micros(from),
                until: Timestamp::from_micros(end),
                ..self.scope
            };
            let after = self.after.filter(|_| parts.is_empty());
            parts.push_back(Self { scope, after });
            from = end;
        }
        parts
    }
}

/// A page, with what is left after it.
type Outcome = Result<(Vec<Case>, Option<Part>), StoreError>;

type Page<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// The pages that were asked for, and what is still to be asked.
struct Reading<'a> {
    cases: &'a dyn Cases,
    limit: u32,
    parts: VecDeque<Part>,
    pages: Vec<Page<'a>>,
}

impl Reading<'_> {
    /// Returns whichever page is there first; `None` if all have been returned.
    async fn next(&mut self) -> Result<Option<Vec<Case>>, StoreError> {
        while self.pages.len() < AT_ONCE
            && let Some(part) = self.parts.pop_front()
        {
            self.pages.push(Box::pin(part.read(self.cases, self.limit)));
        }
        if self.pages.is_empty() {
            return Ok(None);
        }
        let (page, rest) = poll_fn(|context| self.poll(context)).await?;
        rest.into_iter().for_each(|rest| self.parts.push_front(rest));
        Ok(Some(page))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Outcome> {
        for index in 0..self.pages.len() {
            if let Poll::Ready(page) = self.pages[index].as_mut().poll(context) {
                drop(self.pages.remove(index));
                return Poll::Ready(page);
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use futures::executor::block_on;

    use super::*;
    use crate::ids::{CompanyId, GroupId, IncidentId, Number, PersonId};
    use crate::incident::{Cycle, Level, StateKind};

    /// Cases by the instants of their reports, which answers only when it is asked again.
    struct Shelf {
        cases: Vec<Case>,
        asked: Mutex<(usize, usize)>,
    }

    fn case(index: usize, at: i64) -> Case {
        let created_at = Timestamp::from_micros(at);
        Case {
            id: IncidentId::from_u128(index as u128),
            number: Number { year: 2026, seq: 1 },
            group: GroupId::from_u128(1),
            reporter: PersonId::new(1),
            state: StateKind::Open,
            close_reason: None,
            level: Level::FIRST,
            team: None,
            cycle: Cycle(1),
            resolver: None,
            created_at,
            cycle_at: created_at,
            routed_at: None,
            first_ack_at: None,
            escalated_at: None,
            resolution_requested_at: None,
            resolved_at: None,
            closed_at: None,
            held: std::time::Duration::ZERO,
            stints: Vec::new(),
            tags: Vec::new(),
        }
    }

    #[async_trait]
    impl Cases for Shelf {
        async fn cases(
            &self,
            scope: &Scope,
            after: Option<CaseMark>,
            limit: u32,
        ) -> Result<Vec<Case>, StoreError> {
            let asked = |change: fn(&mut (usize, usize))| change(&mut self.asked.lock().unwrap());
            asked(|(now, most)| (*now, *most) = (*now + 1, (*now + 1).max(*most)));
            others_first().await;
            asked(|(now, _)| *now -= 1);
            let within = |case: &&Case| {
                (scope.from..scope.until).contains(&case.created_at)
                    && after.is_none_or(|after| (case.created_at, case.id) > after)
            };
            Ok(self.cases.iter().filter(within).take(limit as usize).cloned().collect())
        }
    }

    fn seen_in_pages(shelf: &Shelf, scope: &Scope, limit: u32) -> Vec<u128> {
        let mut seen = Vec::new();
        let read = each_page(shelf, scope, limit, |page| {
            assert!(page.len() <= limit as usize);
            seen.extend(page.iter().map(|case| case.id.as_u128()));
        });
        block_on(read).unwrap();
        seen.sort_unstable();
        seen
    }

    #[test]
    fn every_case_of_a_scope_is_shown_once_however_they_lie() {
        for (spread, until) in [(0, 1), (0, 1_000), (1, 40), (3, 1_000), (1_000_000, i64::MAX)] {
            let cases = (0..40).map(|index| case(index, spread * (index / 2) as i64)).collect();
            let shelf = Shelf { cases, asked: Mutex::default() };
            let scope = Scope {
                company: CompanyId::from_u128(1),
                group: None,
                from: Timestamp::from_micros(0),
                until: Timestamp::from_micros(until),
            };
            for limit in 1..=41 {
                let seen = seen_in_pages(&shelf, &scope, limit);
                assert_eq!(
                    seen,
                    (0..40).collect::<Vec<_>>(),
                    "{limit} at a time, {spread} apart, until {until}"
                );
            }
            let (now, most) = *shelf.asked.lock().unwrap();
            assert_eq!(
                (now, most),
                (0, AT_ONCE.min(1 + usize::from(until > 1))),
                "{spread} apart, until {until}"
            );
        }
    }
}
