//! An office that was opened before, in a database opened again or in a task of its own.

use incident_core::ids::{CompanyId, GroupId, PersonId};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::testkit::conformance::fixture::{Office, chat};

/// Returns the office that [`Office::open`] opened with this index.
pub(crate) fn again(store: &dyn Store, index: u32) -> Office<'_> {
    Office {
        store,
        index,
        company: CompanyId::from_u128(1_000 + u128::from(index)),
        group: GroupId::from_u128(2_000 + u128::from(index)),
        chat: chat(&format!("-100{index}")),
        policy: Policy::preset(Preset::TwoTierShared),
        driver: PersonId::new(1),
        ann: PersonId::new(2),
        ben: PersonId::new(3),
    }
}
