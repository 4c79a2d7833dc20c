//! The commands that tell a group its figures, by the calendar of the group: today's, this week's and this month's in a few
//! lines, or those of any day, week or month as files.

use super::handle::{Answer, Scene};
use super::request::Ask;
use super::{Desk, HandleError};
use crate::figures::{Case, Period, Tally, Targets, Window};
use crate::incident::Rejection;
use crate::policy::Act;
use crate::ports::{Listing, Page, Scope, StoreError, each_page, others_first};
use crate::report::{Form, named};
use crate::roster::{Calendar, RosterEffect};
use crate::time::Timestamp;
use crate::view::{CommandWord, Said, Stats};

/// How many incidents are read at once, so that others get their turn between.
const PAGE: u32 = 1_000;

impl Desk {
    /// Tells the group's figures to those who work on its incidents.
    pub(super) async fn stats(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        if let Err(answer) = self.surveyor(scene).await? {
            return Ok(answer);
        }
        let Calendar { zone, week_start } = scene.roster.calendar(scene.group.id, &self.calendar);
        let day = zone.date(scene.now);
        let windows = Period::ALL.map(|period| Window::of(period, day, &zone, week_start).ok());
        let windows: Vec<Window> = windows.into_iter().flatten().collect();
        let targets = Targets::from(&scene.policy);
        let tally = |window: &Window| Tally::new(window.clone(), targets, scene.now);
        let mut tallies: Vec<Tally> = windows.iter().map(tally).collect();
        let ends = windows.iter().map(Window::from).min().zip(windows.iter().map(Window::until).max());
        if let Some((from, until)) = ends {
            let scope = Scope { company: scene.company, group: Some(scene.group.id), from, until };
            self.each_page(&scope, |page| {
                tallies.iter_mut().for_each(|tally| page.iter().for_each(|case| tally.add(case)));
            })
            .await?;
        }
        let figures = tallies.into_iter().map(|tally| Stats::from(&tally.finish())).collect();
        Ok(Answer::of(Said::Stats { figures, zone: zone.to_string() }))
    }

    /// Owes the group a report on its figures as they are now: files for people and for programs.
    pub(super) async fn report(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let calendar = scene.roster.calendar(scene.group.id, &self.calendar);
        let Some(window) = window(scene, &calendar) else {
            return Ok(Answer::of(Said::Usage(CommandWord::Report)));
        };
        if let Err(answer) = self.surveyor(scene).await? {
            return Ok(answer);
        }
        let scope = Scope::new(scene.company, Some(scene.group.id), &window);
        let mut tally = Tally::compared(window, Targets::from(&scene.policy), scene.now);
        let scope = Scope { from: tally.from(), ..scope };
        self.each_page(&scope, |page| page.iter().for_each(|case| tally.add(case))).await?;
        let mut figures = tally.finish();
        // What no report names need not be kept for one.
        let people = named(&figures);
        figures.people.retain(|person, _| people.contains(person));
        let (group, topic, chat) = (scene.group.id, &scene.request.topic, scene.mirror());
        let effects = [Form::Html, Form::Csv].map(|form| {
            let (topic, figures) = (topic.clone(), Box::new(figures.clone()));
            RosterEffect::SendReport { group, chat: chat.clone(), topic, form, figures }
        });
        self.owe_group(scene, effects.into()).await?;
        Ok(Answer::of(Said::Rostered))
    }

    /// Whoever asks, if they may see figures.
    async fn surveyor(&self, scene: &mut Scene<'_>) -> Result<Result<(), Answer>, HandleError> {
        let Some(actor) = self.actor_for(scene, Act::Survey, None).await? else {
            return Ok(Err(Answer::of(Said::TryAgain)));
        };
        if scene.policy.may(&actor, Act::Survey, None) {
            return Ok(Ok(()));
        }
        Ok(Err(Answer::of(Said::Refused(Rejection::NotAuthorized)).asking(Act::Survey)))
    }

    /// Tells when there were reports within a scope.
    pub(super) async fn reported_within(&self, scope: &Scope) -> Result<Vec<Timestamp>, StoreError> {
        let mut reported = Vec::new();
        self.each_page(scope, |page| {
            let instants = page.iter().map(|case| case.created_at);
            reported.extend(instants.filter(|at| (scope.from..scope.until).contains(at)));
        })
        .await?;
        Ok(reported)
    }

    /// Shows every incident of a scope once, and of a store without columns those beyond it as well.
    async fn each_page(&self, scope: &Scope, mut see: impl FnMut(&[Case]) + Send) -> Result<(), StoreError> {
        if let Some(cases) = &self.cases {
            return each_page(&**cases, scope, PAGE, see).await;
        }
        let listing = Listing { group: scope.group, ..Listing::default() };
        let mut after = None;
        loop {
            let filed = self.store.list(scope.company, &listing, Page { after, limit: PAGE }).await?;
            let page: Vec<Case> = filed.iter().map(Case::from).collect();
            see(&page);
            after = page.last().map(|case| case.id);
            if after.is_none() {
                return Ok(());
            }
            others_first().await;
        }
    }
}

/// The days that a report is asked for; `None` if the words say none.
fn window(scene: &Scene<'_>, calendar: &Calendar) -> Option<Window> {
    let Ask::Command { text, .. } = &scene.request.ask else { return None };
    let mut words = text.split_whitespace();
    let period: Period = words.next()?.parse().ok()?;
    let date = match words.next() {
        Some(date) => date.parse().ok()?,
        None => calendar.zone.date(scene.now),
    };
    let window = Window::of(period, date, &calendar.zone, calendar.week_start).ok()?;
    words.next().is_none().then_some(window)
}
