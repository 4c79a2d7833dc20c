//! A report on everything, page by page as a desk reads it: the same work for each store.

use incident_core::figures::{Figures, Tally, Targets, Window};
use incident_core::ids::CompanyId;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Cases, Scope, each_page};

/// How many incidents are read at once, as a report does.
const PAGE: u32 = 5_000;

pub(crate) async fn report(store: &dyn Cases, window: &Window) -> Figures {
    let targets = Targets::from(&Policy::preset(Preset::TwoTier));
    let mut tally = Tally::new(window.clone(), targets, window.until());
    let scope = Scope::new(CompanyId::from_u128(1), None, window);
    each_page(store, &scope, PAGE, |page| page.iter().for_each(|case| tally.add(case)))
        .await
        .expect("columns are readable");
    tally.finish()
}
