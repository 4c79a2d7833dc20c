//! A report on everything, page by page as a desk reads it: the same work for each store.

use incident_core::figures::{Figures, Tally, Targets, Window};
use incident_core::ids::CompanyId;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Cases, Scope};

/// How many incidents are read at once, as a report does.
const PAGE: u32 = 5_000;

pub(crate) async fn report(store: &dyn Cases, window: &Window) -> Figures {
    let targets = Targets::from(&Policy::preset(Preset::TwoTier));
    let mut tally = Tally::new(window.clone(), targets, window.until());
    let scope = Scope::new(CompanyId::from_u128(1), None, window);
    let mut after = None;
    loop {
        let page = store.cases(&scope, after, PAGE).await.expect("columns are readable");
        page.iter().for_each(|case| tally.add(case));
        after = page.last().map(|case| (case.created_at, case.id));
        if page.len() < PAGE as usize {
            return tally.finish();
        }
    }
}
